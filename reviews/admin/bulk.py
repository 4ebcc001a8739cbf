"""One move of many proposals: chosen on the list, planned row by row, carried out for the ready."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_list_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.accounts.models import Role
from microcreds.accounts.requests import SignedInRequest
from microcreds.keys import key_in
from proposals.models import Proposal, ProposalQuerySet
from reviews import bulk, permits, plans, services
from reviews.admin import undoing_together
from reviews.admin.pages import show
from reviews.admin.place import link_from
from reviews.admin.seen import chosen_by, is_cut, joined, seen_in
from reviews.forms.moves import MoveForm
from reviews.workflow import MOVES, Move


def may_move(request: SignedInRequest) -> bool:
    """Whether there is anything on the desk that this person moves several of at once: an auditor
    only reads, and what the deans' office records is a decision, taken one by one."""
    user = request.user
    return user.is_elearning or user.has_role(Role.Kind.COMMITTEE_CHAIR)


def choose_url(request: HttpRequest, ids: list[int]) -> str:
    """The page that asks which move, and leads back to this list."""
    return f"{reverse('admin:reviews_triageitem_bulk')}{link_from(request)}&ids={joined(ids)}"


@require_safe
def choose(request: SignedInRequest) -> HttpResponse:
    """Which move? Those that could be made of some of the proposals chosen."""
    rows = get_list_or_404(
        permits.with_parties(_chosen(request).select_related("submitter", "unit"))
    )
    context = {
        "title": _("Move several"),
        "proposals": rows,
        "choices": bulk.choices_for(request.user, rows),
        "ids": joined([row.pk for row in rows]),
        "most": bulk.MOST,
        "is_cut": is_cut(request),
    }
    return show(request, "bulk", context)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, key: str) -> HttpResponse:
    """GET shows the plan, a row for each; POST carries out what was shown as ready, all or none."""
    if key not in bulk.IN_BULK:
        raise Http404
    rows = get_list_or_404(_chosen(request).only("pk"))
    form = MoveForm(request.POST if request.method == "POST" else None, move=MOVES[Move(key)])
    if not form.is_bound or "preview" in request.POST:
        return _plan_page(request, rows, form)
    if not form.is_valid() or not form.exceptions.is_valid():
        return _plan_page(request, rows, form, status=422)
    seen = seen_in(request.POST)
    if not seen:
        return _plan_page(request, rows, form, [_("None of them is ready.")], 409)
    ready = [row for row in rows if row.pk in seen]
    try:
        if len(ready) != len(seen):
            raise ValidationError(_("This is not the plan you saw. Look at it again."))
        changes = services.move_as_seen(
            proposals=ready,
            move=form.move.key,
            actor=request.user,
            given=plans.Given(**form.given()),
            seen=seen,
            digest=request.POST.get("digest", ""),
        )
    except ValidationError as refusal:
        is_about_input = hasattr(refusal, "error_dict")
        refusals, status = ([], 422) if is_about_input else (refusal.messages, 409)
        return _plan_page(request, rows, form, refusals, status)
    done = ngettext(
        "%(n)d proposal is moved: %(move)s.", "%(n)d proposals are moved: %(move)s.", len(seen)
    )
    left = ngettext(
        "%(n)d was not ready and stays where it is.",
        "%(n)d were not ready and stay where they are.",
        len(rows) - len(seen),
    )
    said = [
        done % {"n": len(seen), "move": form.move.label},
        left % {"n": len(rows) - len(seen)} if len(rows) > len(seen) else "",
    ]
    messages.success(request, " ".join(filter(None, said)))
    undoing_together.remember(request, changes)
    # Back to the list it was chosen on (``keeps_its_place``); from elsewhere, to those moved.
    moved = "" if "list" in request.GET else f"?stage={changes[0].to_stage}"
    return redirect(f"{reverse('admin:reviews_triageitem_changelist')}{moved}")


def _plan(
    request: SignedInRequest, rows: list[Proposal], form: MoveForm, opened: int
) -> plans.Plan:
    """The plan of all that were chosen, with what was typed, and the mails of the one opened."""
    if form.is_bound:
        form.full_clean()
    plan = plans.build_plan(
        proposals=rows,
        move=form.move.key,
        actor=request.user,
        given=plans.Given(**(form.given() if form.is_bound else {})),
        read_of=None if len(rows) <= bulk.MOST_READ else {opened},
    )
    if form.is_bound:
        form.tell(plan.given_errors)
    return plan


def _plan_page(
    request: SignedInRequest,
    rows: list[Proposal],
    form: MoveForm,
    refusals: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    opened = key_in(request.POST.get("preview", ""))
    plan = _plan(request, rows, form, opened)
    ready = bulk.ready_part(plan)
    context = {
        "title": form.move.label,
        "form": form,
        "plan": plan,
        "ready": ready,
        # What is blocked stands first, where nobody overlooks it among two hundred.
        "items": sorted(plan.items, key=lambda item: item.is_ready),
        "opened": opened,
        "mails": sum(len(item.mailed) for item in ready.items),
        "seen": " ".join(f"{pk}:{change}" for pk, change in ready.seen.items()),
        "refusals": refusals or [],
        "ids": joined([row.pk for row in rows]),
    }
    return show(request, "bulk_plan", context, status=status)


def _chosen(request: SignedInRequest) -> ProposalQuerySet:
    if not may_move(request):
        raise Http404
    return chosen_by(request)
