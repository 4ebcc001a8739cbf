"""What is asked of proposers: an answer to an invitation, to points, a time to talk, a form."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from proposals.interest import QUESTIONS
from proposals.models import Comment, Invitation, Participant, Proposal, Stage, Thread
from reviews.asks.reader import Reader
from reviews.asks.source import Row, Source, name_of, rows_of
from reviews.grace import DECISIONS
from reviews.models import Request, StageChange, TalkedWith
from reviews.untold import told_at, untold_since
from reviews.workflow import Move

# Moves after which the committee's conditions still stand.
_LEAVE_CONDITIONS = (Move.DEFER, Move.HOLD, Move.RESUME)


def invitations(reader: Reader) -> QuerySet:
    """Open for their address; where they are asked they may read its title, and nothing else."""
    found = Invitation.objects.open_for(reader.user)
    return rows_of(found, "invitation", since="invited_at", said=name_of("invited_by"))


def open_points() -> QuerySet[Request]:
    """Every point of a standing return that nobody has answered."""
    return Request.objects.filter(
        ~Exists(_returns("change__proposal").filter(pk__gt=OuterRef("change"))),
        answer="",
        change__undone_by__isnull=True,
        change__proposal__stage=Stage.RETURNED,
    )


def points(reader: Reader) -> QuerySet:
    return point_rows(open_points().filter(reader.may_edit("change__proposal__")))


def point_rows(found: QuerySet[Request]) -> QuerySet:
    """The points as rows; those of one return and day are one group."""
    return rows_of(
        found,
        "point",
        proposal="change__proposal__",
        since="change__at",
        by_day="due_on",
        said="key",
        group="change_id",
        person="change__proposal__submitter_id",
    )


def forms_to_send() -> QuerySet[Proposal]:
    """Returned forms with every point answered, with the move that ``returned`` each."""
    newest = _returns("pk").order_by("-pk")
    unanswered = Request.objects.filter(change=OuterRef("returned"), answer="")
    return (
        Proposal.objects.filter(stage=Stage.RETURNED)
        .annotate(returned=Subquery(newest.values("pk")[:1]))
        .filter(~Exists(unanswered))
    )


def sending_again(reader: Reader) -> QuerySet:
    return form_rows(forms_to_send().filter(submitter=reader.user))


def form_rows(found: QuerySet[Proposal]) -> QuerySet:
    return rows_of(
        found,
        "resubmit",
        proposal="",
        since="stage_since",
        by_day="due_on",
        group="returned",
        person="submitter_id",
    )


def full_proposals(reader: Reader) -> QuerySet:
    mine = Proposal.objects.filter(stage=Stage.FULL_PROPOSAL, submitter=reader.user)
    return rows_of(mine, "full_proposal", proposal="", since="stage_since")


def times_to_talk(reader: Reader) -> QuerySet:
    """Done once one of its proposers wrote, or a call or meeting is on record, since they were
    asked."""
    proposers = Q(author=OuterRef("submitter")) | Q(
        author__participations__proposal=OuterRef("pk"),
        author__participations__capacity__in=Participant.FROM_DRAFT_ON,
    )
    wrote = Comment.objects.filter(
        proposers,
        thread__proposal=OuterRef("pk"),
        thread__kind=Thread.Kind.PROPOSERS,
        at__gte=OuterRef("stage_since"),
    )
    talked = TalkedWith.objects.filter(
        proposal=OuterRef("pk"),
        kind__in=(TalkedWith.Kind.CALL, TalkedWith.Kind.MEETING),
        made_at__gte=OuterRef("stage_since"),
        struck_at__isnull=True,
    )
    invited = Proposal.objects.filter(
        told_at("", [Stage.CONSULTATION], reader.at),
        reader.may_edit(""),
        ~Exists(wrote),
        ~Exists(talked),
    )
    return rows_of(invited, "consultation", proposal="", since="stage_since")


def conditions(reader: Reader) -> QuerySet:
    """What the committee asked for before it recommends; told once it can no longer be undone."""
    limit = untold_since(reader.at)
    later = (
        StageChange.objects.in_force()
        .filter(proposal=OuterRef("proposal"), pk__gt=OuterRef("pk"))
        .exclude(move__in=_LEAVE_CONDITIONS)
        .exclude(move__in=DECISIONS, at__gt=limit)
    )
    standing = (
        StageChange.objects.in_force()
        .filter(reader.may_edit("proposal__"), ~Exists(later.order_by()))
        .filter(move=Move.RECOMMEND_WITH_CONDITIONS, at__lte=limit)
        .exclude(proposal__stage=Stage.ON_HOLD)
    )
    return rows_of(standing, "conditions", since="at")


def drafts_to_send(reader: Reader) -> QuerySet:
    """Copies that staff made so that something is proposed anew."""
    mine = Proposal.objects.filter(stage=Stage.DRAFT, submitter=reader.user, renews__isnull=False)
    return rows_of(
        mine, "renewal_draft", proposal="", since="created_at", by_day="renews__expires_on"
    )


def _returns(proposal: str) -> QuerySet[StageChange]:
    """The returns in force of the proposal in that column, without an order."""
    found = StageChange.objects.in_force().filter(move=Move.RETURN, proposal=OuterRef(proposal))
    return found.order_by()


def _at(name: str, anchor: str = "") -> Any:
    """The path of a page of the proposers, by name."""
    return lambda row: reverse(f"proposals:{name}", args=[row.reference]) + anchor


def _asks_to_take_part(row: Row) -> str:
    return _("%(who)s asks you to take part. Answer the invitation") % {"who": row.said}


def _asks_a_point(row: Row) -> str:
    if row.said not in QUESTIONS:
        return _("Answer what was asked about the proposal as a whole")
    return _("Answer what was asked about “%(question)s”") % {"question": QUESTIONS[row.said].label}


def _point_url(row: Row) -> str:
    return f"{reverse('proposals:proposal_points', args=[row.reference])}#point-{row.record}"


SOURCES = (
    Source("invitation", invitations, _asks_to_take_part, _at("proposal_invitation")),
    Source("point", points, _asks_a_point, _point_url),
    Source(
        "resubmit",
        sending_again,
        lambda row: _("Look over your answers and submit again"),
        _at("proposal_check"),
    ),
    Source(
        "consultation",
        times_to_talk,
        lambda row: _("Propose times to talk with eLearning"),
        _at("proposal_detail", "#conversation"),
    ),
    Source(
        "full_proposal",
        full_proposals,
        lambda row: _("Write the full proposal and submit it"),
        _at("proposal_full"),
    ),
    Source(
        "conditions",
        conditions,
        lambda row: _("Meet the committee's conditions before it recommends"),
        _at("proposal_detail"),
    ),
    Source(
        "renewal_draft",
        drafts_to_send,
        lambda row: _("Finish the copied draft and submit it again"),
        _at("proposal_resume"),
    ),
)
