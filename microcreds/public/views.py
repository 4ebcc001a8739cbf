"""What anyone may read before they sign in: examples, questions, help, small print."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from microcreds.accounts.models import Unit
from microcreds.public.examples import EXAMPLES
from microcreds.public.questions import READERS, asked_by_page, seen_by
from proposals.interest import ATTESTATIONS, TOGETHER, read_view
from proposals.visibility import Audience
from reviews.durations import FEWEST, lately


@login_not_required
@require_safe
def examples(request: HttpRequest) -> HttpResponse:
    """Three short forms, complete enough to be sent."""
    shown = [(each, read_view(each.answers, Audience.REVIEWER)) for each in EXAMPLES]
    return render(request, "front/examples.html", {"examples": shown})


@login_not_required
@require_safe
def how_long(request: HttpRequest) -> HttpResponse:
    """What each of the six steps took lately."""
    steps = lately()
    context = {
        "steps": steps,
        "fewest": FEWEST,
        "has_figures": any(step.days is not None for step in steps),
    }
    return render(request, "front/how_long.html", context)


@login_not_required
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """Every question of the form, to read or print before one starts."""
    context = {
        "pages": asked_by_page(),
        "attestations": ATTESTATIONS.values(),
        "together": TOGETHER,
    }
    return render(request, "front/questions.html", context)


@login_not_required
@require_safe
def help_by_role(request: HttpRequest) -> HttpResponse:
    """What each person in the process does, sees and gets."""
    return render(request, "front/help_by_role.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The statement, how to report a barrier, and how to send an idea without this site."""
    units = Unit.objects.filter(is_active=True)
    return render(request, "front/accessibility.html", {"units": units})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is recorded and who sees it, from the same table that decides it."""
    context = {
        "seen_by": seen_by(),
        "readers": READERS.values(),
        "retention": settings.RETENTION_WORDS,
    }
    return render(request, "front/privacy.html", context)
