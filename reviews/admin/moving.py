"""One move of one proposal: its plan shown, and carried out."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from proposals.models import Proposal, Stage
from reviews import permits, plans, services
from reviews.admin import panels, returning
from reviews.admin.pages import PAGE, found, show
from reviews.admin.seen import seen_in
from reviews.forms.moves import MoveForm
from reviews.models import StageChange
from reviews.workflow import MOVES, STAGES, Move, Phase, name_of


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """GET shows the plan, POST carries it out; ``preview`` shows it with the words typed.

    A move that was possible a moment ago is refused in words; one that is not this person's is 404.
    """
    item = found(request, pk)
    if key not in Move.values:
        raise Http404
    form = returning.form_for(request, item, Move(key))
    options = {option.move.key: option for option in plans.moves_for(item, request.user)}
    if key not in options:
        if not _is_theirs(Move(key), item, request.user):
            raise Http404
        return _plan_page(request, item, form, [_what_happened(item, request.user)], status=409)
    if not form.is_bound:
        return _plan_page(request, item, form)
    if "add" in request.POST:
        form.points = returning.with_one_more(form.points)
        return _plan_page(request, item, form)
    if "preview" in request.POST:
        return _plan_page(request, item, form)
    is_wrong = not form.is_valid() or not form.exceptions.is_valid()
    if is_wrong or (form.points is not None and not form.points.is_valid()):
        return _plan_page(request, item, form, status=422)
    seen, digest = seen_in(request.POST), request.POST.get("digest", "")
    try:
        changes = services.move_as_seen(
            proposals=[item],
            move=form.move.key,
            actor=request.user,
            given=_given(form),
            seen=seen,
            digest=digest or None,
        )
    except ValidationError as refusal:
        plan = _plan(request, item, form)
        is_other_plan = seen not in (None, plan.seen)
        is_stale = is_other_plan or bool(digest and plan.differences_from(digest))
        refusals = [] if hasattr(refusal, "error_dict") else refusal.messages
        return _plan_page(request, item, form, refusals, 409 if is_stale else 422)
    moved = next(change for change in changes if change.proposal_id == item.pk)
    messages.success(
        request,
        _("Done: %(move)s. It is at “%(stage)s” now.")
        % {"move": form.move.label, "stage": Stage(moved.to_stage).label},
    )
    return redirect(PAGE, pk)


def _given(form: MoveForm) -> plans.Given:
    """What was typed; before anything was, what the form opens with."""
    typed = form.given() if form.is_bound else form.initial
    return plans.Given(**typed, points=returning.points_in(form))


def _plan(request: SignedInRequest, item: Proposal, form: MoveForm) -> plans.Plan:
    """The plan with what was typed; what the plan finds wrong in it stands beside its field."""
    if form.is_bound:
        form.full_clean()
    plan = plans.build_plan(
        proposals=[item],
        move=form.move.key,
        actor=request.user,
        given=_given(form),
    )
    if form.is_bound:
        form.tell(plan.given_errors)
        if form.points is not None:
            form.points.tell(plan.given_errors)
    return plan


def _plan_page(
    request: SignedInRequest,
    item: Proposal,
    form: MoveForm,
    refusals: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    plan = _plan(request, item, form)
    context = {
        **panels.head_of(item),
        "title": form.move.label,
        "form": form,
        "plan": plan,
        "seen": " ".join(f"{pk}:{change}" for pk, change in plan.seen.items()),
        "refusals": refusals or [],
        "ends": STAGES[plan.items[0].to_stage].phase == Phase.ENDED if plan.items else False,
        "can_be_done": plan.is_ready or plan.can_be_forced,
        "is_preview": "preview" in request.POST,
        "may_be_silent": bool(plan.items) and bool(plan.items[0].letters.messages),
    }
    return show(request, "move", context, status=status)


def _is_theirs(move: Move, item: Any, user: User) -> bool:
    """Whether this person would meet the move, did the proposal stand where the move begins."""
    if item.stage in MOVES[move].from_stages:
        return False
    involved = permits.parties_in(item).involved(user)
    people = permits.People()
    return any(
        permits.permit(user, move, item, involved=involved, people=people, stage=stage).shown
        for stage in MOVES[move].from_stages
    )


def _what_happened(item: Proposal, user: User) -> str:
    newest = StageChange.objects.filter(proposal=item).select_related("actor").latest()
    who = _("you") if newest.actor == user else newest.actor or _("the system")
    return _(
        "Nothing was changed: %(who)s made the move “%(move)s” already, on %(at)s. "
        "It is at “%(stage)s” now."
    ) % {
        "who": who,
        "move": name_of(newest.move),
        "at": date_format(timezone.localtime(newest.at), "D j M, H:i"),
        "stage": item.get_stage_display(),
    }
