"""One form, one list, one page, the plain admin."""

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path

from bench.floor.answers import FILLED
from bench.floor.celery import send_mail
from bench.floor.models import Idea


class IdeaForm(forms.ModelForm):
    class Meta:
        model = Idea
        fields = tuple(FILLED)


@login_required
def idea_new(request: HttpRequest) -> HttpResponse:
    form = IdeaForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.instance.owner = request.user
        idea = form.save()
        send_mail.delay(request.user.email, idea.title)
        return redirect("idea", idea.pk)
    return render(request, "floor/form.html", {"form": form})


@login_required
def idea_list(request: HttpRequest) -> HttpResponse:
    ideas = Idea.objects.filter(owner=request.user)[:20]
    return render(request, "floor/list.html", {"ideas": ideas})


@login_required
def idea(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Idea, pk=pk, owner=request.user)
    answers = [(Idea._meta.get_field(name).verbose_name, getattr(found, name)) for name in FILLED]
    return render(request, "floor/page.html", {"idea": found, "answers": answers})


urlpatterns = [
    path("ideas/", idea_list),
    path("ideas/new/", idea_new),
    path("ideas/<int:pk>/", idea, name="idea"),
    path("admin/", admin.site.urls),
]
