"""The product's addresses, and one for moving a hundred until the desk has a page for that."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from microcreds.accounts.models import User
from proposals.models import Proposal
from reviews.clocks import campus_day
from reviews.plans import Given, build_plan
from reviews.services import move
from reviews.workflow import Move


@csrf_exempt
@login_not_required
def move_many(request: HttpRequest, key: str) -> HttpResponse:
    """GET plans the move of ``ids``, POST carries it out: the two services, and no page."""
    asked = request.GET or request.POST
    at = timezone.now()
    plan = build_plan(
        proposals=list(Proposal.objects.filter(pk__in=asked["ids"].split(","))),
        move=Move(key),
        actor=User.objects.get(email="lead@miami.example"),
        given=Given(reason_code="timing", wake_on=campus_day(at) + timedelta(days=30)),
        at=at,
    )
    if request.method != "POST":
        return JsonResponse({"digest": plan.digest, "ready": len(plan.proposal_ids)})
    move(plan=plan)
    return redirect("admin:reviews_triageitem_changelist")


urlpatterns = [path("bench/move/<str:key>/", move_many), path("", include("microcreds.urls"))]
