"""My proposals, one proposal's page, and the moves its owner makes there."""

from collections.abc import Hashable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.accounts.models import Role, User
from microcreds.accounts.requests import SignedInRequest
from microcreds.kept_statements import KeptStatements
from partners.endorsements import asked_in
from proposals.documents import documents_for
from proposals.filters import ProposalFilter
from proposals.forms.own_moves import OwnMoveForm, WithdrawForm
from proposals.interest import read_view
from proposals.kept import Annotations, kept_for
from proposals.models import HandOver, Participant, Proposal, ProposalQuerySet, Stage
from proposals.services import answers_of, hand_overs_of, sent_answers_of
from proposals.views.conversation import panel_for
from proposals.views.endorsements import endorsers_of
from proposals.views.home import as_told_to_readers, groups_of, in_home_order, others_of
from proposals.views.people import colleagues_of, with_hand_overs, with_invitations
from proposals.views.points import points_and_asks
from proposals.views.readers import (
    audience_of,
    following_of,
    is_editor,
    with_partners_left,
)
from proposals.views.second_thoughts import look_at, withdrawal_of
from proposals.views.standing import asked, history, standings
from proposals.views.talks import talks_of, with_talks
from proposals.views.undo import undo_offer
from proposals.visibility import Audience
from reviews import policies
from reviews import services as reviews_services
from reviews.asks import asks_of, number
from reviews.durations import usual_words
from reviews.grace import as_told, told_copy
from reviews.looks import note_reading
from reviews.models import AskToChange, Holiday, StageChange
from reviews.mou.beside import mous_in, with_mous
from reviews.outside.taking_over import said_by, with_sources
from reviews.permits import permit
from reviews.plans import Given, build_plan
from reviews.progress import oldest_first
from reviews.threads import with_talk
from reviews.withdrawal_requests import can_ask_to_withdraw
from reviews.workflow import AFTER_THE_COMMITTEE, Move, standing

PAGE_SIZE = 20
ASKS_SHOWN = 6
# Roles that read what others propose.
READING_ROLES = (
    Role.Kind.CHAIR,
    Role.Kind.COMMITTEE,
    Role.Kind.COMMITTEE_CHAIR,
    Role.Kind.DEANS,
)
OWN_MOVES = (Move.TAKE_BACK, Move.SUBMIT_FULL_PROPOSAL, Move.WITHDRAW)


@require_safe
def proposal_list(request: SignedInRequest) -> HttpResponse:
    """What is asked of me, then what I own or take part in; with a reading role, on a second tab
    what else I may read."""
    reads_others = request.user.has_role(*READING_ROLES) or _is_named(request.user)
    is_mine = not (reads_others and request.GET.get("show") == "readable")
    proposals = Proposal.objects.mine(request.user)
    if not is_mine:
        visible = Proposal.objects.visible_to(request.user)
        proposals = visible.exclude(pk__in=proposals.values("pk"))
    begun = _MINE_BY_YEAR.rows(user=request.user) if is_mine else by_year(proposals)
    years = [year for year, _number in begun]
    found = ProposalFilter(request.GET, queryset=proposals.for_list(), years=years)
    is_narrowed = any(request.GET.get(name) for name in found.filters)
    in_order = in_home_order if is_mine else as_told_to_readers
    listed: Any = in_order(found.qs, timezone.now())
    if is_mine and not is_narrowed:
        listed = _Mine(request.user, sum(number for _year, number in begun))
    page = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    asks = asks_of(request.user)
    number.remember(request.user, asks)
    context = {
        "page": page,
        "asks": asks[:ASKS_SHOWN] if is_mine and not is_narrowed else (),
        "asks_in_all": len(asks),
        "groups": groups_of(page, request.user) if is_mine else others_of(page),
        "filter": found,
        # With nothing chosen it reads alike for all who have these years to choose from.
        "reads_alike": "" if is_narrowed else f"{policies.version()} {years}",
        "query": query.urlencode(),
        "is_narrowed": is_narrowed,
        "is_mine": is_mine,
        "reads_others": reads_others,
    }
    return render(request, "proposals/proposal_list.html", context)


class _Mine:
    """The whole list of a person, as a paginator reads it."""

    def __init__(self, user: User, number: int) -> None:
        self._user, self._number = user, number

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, part: slice) -> list[Any]:
        grace, now = settings.NOTIFICATION_GRACE_SECONDS, timezone.now()
        return _HOME_ROWS.rows(grace, part.start, part.stop, user=self._user, at=now)


_HOME_ROWS = KeptStatements(
    lambda _grace, first, last, *, user, at: in_home_order(
        Proposal.objects.mine(user).for_list(), at
    )[first:last]
)


def by_year(proposals: ProposalQuerySet) -> QuerySet:
    """How many of these were begun in each year, the newest first."""
    years = proposals.order_by("-created_at__year").values_list("created_at__year")
    return years.annotate(number=Count("pk"))


_MINE_BY_YEAR = KeptStatements(lambda *, user: by_year(Proposal.objects.mine(user)))


@require_safe
def proposal_detail(request: SignedInRequest, ref: str) -> HttpResponse:
    """One proposal as its reader may see it: where it stands, what is asked, the answers."""
    context = detail_of(request.user, page_row(request.user, ref))
    if request.method == "GET":
        note_reading(changes=context["known"], by=request.user)
    return render(request, "proposals/proposal_detail.html", context)


def page_row(user: User, ref: str) -> Any:
    """The proposal with this reference, loaded for its page; a 404 where ``user`` may not read
    it."""
    found = _PAGE_ROWS.rows(user.rights, user=user, ref=ref)
    if not found:
        raise Http404
    return found[0]


def _page_rows(_rights: Hashable, *, user: User, ref: str) -> QuerySet:
    visible = with_invitations(Proposal.objects.visible_to(user).for_list().with_answers())
    loaded = with_sources(with_mous(_with_what_few_have(with_talks(with_talk(visible)))))
    loaded = with_partners_left(loaded)
    return loaded.filter(reference=ref)


_PAGE_ROWS = KeptStatements(_page_rows)


@kept_for(Proposal)
def _with_what_few_have() -> Annotations:
    """Looked for in the statement that reads the proposal; and the days off."""
    return {
        "holidays": ArraySubquery(Holiday.objects.values("on")),
        "was_handed_over": Exists(HandOver.objects.filter(proposal=OuterRef("pk"))),
        "endorsements_asked": ArraySubquery(asked_in(engagement__proposal=OuterRef("pk"))),
        "has_asks": Exists(AskToChange.objects.filter(proposal=OuterRef("pk"))),
    }


_PARTICIPANTS = KeptStatements(
    lambda proposal: Participant.objects.filter(proposal=proposal).select_related("user")
)


def detail_of(
    user: User, proposal: Any, *, as_sent: bool = False, confidential: bool = True
) -> dict[str, Any]:
    """Everything on the page of a proposal from ``page_row``, as ``user`` reads it.

    For somebody who looks as its proposer: the answers ``as_sent``, and without confidential text
    where that is not for them.
    """
    participants = _PARTICIPANTS.rows(proposal=proposal)
    audience = audience_of(user, proposal, participants)
    is_proposer = audience == Audience.PROPOSER
    tells_messages = audience in (Audience.PROPOSER, Audience.STAFF)
    known = reviews_services.HISTORY.rows(True, proposal=proposal)
    newest = known[0].pk if known else 0
    changes = as_told(proposal, known)
    look = look_at(proposal) if proposal.is_draft else None
    if (is_proposer and not as_sent) or look:  # what eLearning is to look at was perhaps never sent
        answers = answers_of(proposal, confidential=is_proposer and confidential)
    else:
        answers = sent_answers_of(proposal, confidential=is_proposer and confidential)
    [stands] = standings(
        [proposal], is_proposer=is_proposer, changes=changes, holidays=proposal.holidays
    )
    edits = is_editor(user, proposal, participants)
    context: dict[str, Any] = {
        "files": documents_for(
            proposal=proposal,
            user=user,
            audience=audience,
            is_editor=edits,
        ),
        "proposal": proposal,
        "stands": stands,
        "progress": stands.progress,
        "usual": usual_words(Stage(proposal.stage)) if stands.progress.state == "current" else "",
        "asked": asked(proposal, changes) if tells_messages else None,
        "sections": read_view(answers | {"said_by": said_by(proposal)}, audience),
        "following": following_of(proposal, answers) if tells_messages else [],
        **points_and_asks(proposal, changes, is_editor=edits, tells_messages=tells_messages),
        "talks": talks_of(proposal) if tells_messages else [],
        "mous": mous_in(proposal) if tells_messages and not proposal.is_draft else [],
        "endorsers": endorsers_of(proposal, audience),
        "history": with_hand_overs(
            history(changes, tells_messages=tells_messages),
            hand_overs_of(proposal) if proposal.was_handed_over else [],
            tells_messages=tells_messages,
        ),
        "colleagues": [
            each
            for each in colleagues_of(proposal, participants)
            if is_proposer or each.state == "accepted"
        ],
        "is_owner": user == proposal.submitter,
        "look": look,
        "withdrawal": withdrawal_of(user, proposal, changes) if tells_messages else None,
        "newest_change": newest,
        "known": known,
        "undo": undo_offer(user, changes),
        "is_proposer": is_proposer,
        "may_edit": proposal.is_editable and edits,
        "may_delete": proposal.is_draft and user == proposal.submitter and not changes,
        "moves": _own_moves(user, proposal, participants, changes) if is_proposer else {},
        "conversation": panel_for(user, proposal, participants) if is_proposer else None,
        "has_desk_page": user.is_staff and proposal.submitted_at,
        "continues_in": _continues_in(user, proposal),
    }
    return context


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_withdraw(request: SignedInRequest, ref: str) -> HttpResponse:
    """The proposal ends here; its owner says why."""
    return _own_move(request, ref, Move.WITHDRAW, WithdrawForm)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_take_back(request: SignedInRequest, ref: str) -> HttpResponse:
    """A submitted form becomes a draft again, as long as nobody has begun to read it."""
    return _own_move(request, ref, Move.TAKE_BACK, OwnMoveForm)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_full(request: SignedInRequest, ref: str) -> HttpResponse:
    """The full proposal goes to eLearning for the final checks."""
    return _own_move(request, ref, Move.SUBMIT_FULL_PROPOSAL, OwnMoveForm)


def _own_move(
    request: SignedInRequest, ref: str, move: Move, form_class: type[forms.Form]
) -> HttpResponse:
    """GET shows what the move leads to, POST does it; refused in words when that has changed.

    Co-proposers read the page too, and who can do it.
    """
    mine = Proposal.objects.mine(request.user).for_list()
    proposal = get_object_or_404(mine, reference=ref)
    form = form_class(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    message = form.cleaned_data.get("message", "") if form.is_valid() else ""
    plan = build_plan(
        proposals=[proposal], move=move, actor=request.user, given=Given(message=message)
    )
    [item] = plan.items
    if form.is_valid() and request.user != proposal.submitter:
        form.add_error(None, item.refusal)
        status = 409
    elif form.is_valid():
        seen = {proposal.pk: form.cleaned_data["seen"] or 0}
        try:
            reviews_services.move(plan=plan, seen=seen, digest=_digest(form, move))
        except ValidationError as refusal:
            form.add_error(None, refusal)
            status = 409
        else:
            messages.success(request, _DONE[move]())
            return redirect("proposals:proposal_detail", ref=ref)
    context: dict[str, Any] = {
        "proposal": proposal,
        "form": form,
        "plan": plan,
        "item": item,
        "seen": plan.seen[proposal.pk],
        "may_ask_to_withdraw": move == Move.WITHDRAW
        and request.user == proposal.submitter
        and can_ask_to_withdraw(*told_copy(proposal, list(reviews_services.changes_of(proposal)))),
    }
    return render(request, f"proposals/{_TEMPLATES[move]}.html", context, status=status)


def _digest(form: forms.Form, move: Move) -> str | None:
    """What the plan's reader saw. Taking back is one click on the proposal's page, which shows no
    plan: it holds for the stage change that its reader saw there."""
    digest: str = form.cleaned_data["digest"]
    return None if move == Move.TAKE_BACK and not digest else digest


_TEMPLATES = {
    Move.WITHDRAW: "proposal_withdraw",
    Move.TAKE_BACK: "proposal_take_back",
    Move.SUBMIT_FULL_PROPOSAL: "proposal_full",
}
_DONE = {
    Move.WITHDRAW: lambda: _("The proposal is withdrawn."),
    Move.TAKE_BACK: lambda: _("It is a draft again. Change what you like, then submit it."),
    Move.SUBMIT_FULL_PROPOSAL: lambda: _("Your full proposal is with eLearning now."),
}


def _is_named(user: User) -> bool:
    """Named in a proposal of somebody else, as its chair for instance."""
    return bool(_NAMED.rows(user=user))


_NAMED = KeptStatements(
    lambda *, user: (
        Participant.objects.filter(user=user)
        .exclude(capacity__in=Participant.FROM_DRAFT_ON)
        .order_by()
        .values("pk")[:1]
    )
)


def _continues_in(user: User, proposal: Proposal) -> Proposal | None:
    """What it was merged into, where this person may read that."""
    if proposal.stage != Stage.MERGED:
        return None
    return Proposal.objects.visible_to(user).filter(duplicates=proposal).first()


def _own_moves(
    user: User,
    proposal: Proposal,
    participants: list[Participant],
    changes: list[StageChange],
) -> dict[str, Any]:
    """The moves of an owner that are open now, by key; for co-proposers with why not."""
    involved = {proposal.submitter_id, *(p.user_id for p in participants)}
    permits = {move: permit(user, move, proposal, involved=involved) for move in OWN_MOVES}
    if standing(proposal.stage, oldest_first(changes)) in AFTER_THE_COMMITTEE:
        del permits[Move.WITHDRAW]
    return {move.value: found for move, found in permits.items() if found.shown}
