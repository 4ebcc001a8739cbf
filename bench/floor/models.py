"""One model."""

from django.conf import settings
from django.db import models


class Idea(models.Model):
    title = models.CharField(max_length=120)
    need = models.TextField()
    stage = models.CharField(max_length=20, default="submitted")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title
