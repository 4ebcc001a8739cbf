"""One model, with a column for each question of the Initial Interest Form."""

from django.conf import settings
from django.db import models

from bench.floor.answers import CHOICES, LINES, NUMBERS, OPTIONS, TEXTS


class Idea(models.Model):
    title = models.CharField(max_length=120)
    need = models.TextField()
    start_on = models.DateField()
    stage = models.CharField(max_length=20, default="submitted")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title


for name in LINES:
    Idea.add_to_class(name, models.CharField(max_length=254, blank=True))
for name in TEXTS:
    Idea.add_to_class(name, models.TextField(max_length=1500, blank=True))
for name in CHOICES:
    Idea.add_to_class(name, models.CharField(max_length=20, choices=OPTIONS, blank=True))
for name in NUMBERS:
    Idea.add_to_class(name, models.DecimalField(max_digits=5, decimal_places=1))
