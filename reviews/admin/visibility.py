"""The page that shows what each audience reads, from the tables that the program itself obeys."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from microcreds.outbox.wording.source import Text
from partners.models import Share
from partners.visibility import OUTCOMES
from proposals.interest import PAGES, QUESTIONS, Question
from proposals.models import Proposal
from proposals.visibility import LETTERS, OUTSIDE, Audience, is_grantable
from reviews.admin.pages import show
from reviews.desk import desk_of, sees_desk
from reviews.imitating import may_imitate
from reviews.permits import parties_in, with_parties
from reviews.visibility import fields_of, is_inside, models_of_ours, where_outside

READERS: dict[Audience, Text] = {
    Audience.PROPOSER: gettext_lazy("Proposers"),
    Audience.STAFF: gettext_lazy("eLearning, auditor"),
    Audience.REVIEWER: gettext_lazy("Committee, deans"),
    Audience.CHAIR: gettext_lazy("Chair"),
}
YES, SWITCH, NO = "yes", "switch", "no"
MOST_EXAMPLES = 20


@dataclass(frozen=True)
class AnswerRow:
    """One question, or one cell of its rows, and for each audience in turn: yes, switch or no."""

    label: str
    cells: tuple[str, ...]
    is_cell: bool = False


@dataclass(frozen=True)
class FieldRow:
    """One field that people outside can read, and where."""

    model: str
    field: str
    where: str


@require_safe
def visibility(request: SignedInRequest) -> HttpResponse:
    """Read by everybody whom the desk lets in; nothing can be changed here."""
    if not request.user.has_perm("reviews.view_triageitem"):
        raise PermissionDenied
    context = {
        "title": _("What each reader sees"),
        "audiences": [*READERS.values(), _("The partner it is about"), _("Anybody else outside")],
        "pages": [(page, _rows_of(page.key)) for page in PAGES.values()],
        "outside": list(_outside()),
        "inside": list(_inside()),
        "may_look": sees_desk(request.user),
        "shares": _shares_to_look_at(request.user) if sees_desk(request.user) else [],
    }
    return show(request, "visibility", context)


def _shares_to_look_at(user: User) -> list[Share]:
    """The newest of which this person may read the status page as its contact does."""
    proposals = Prefetch("engagement__proposal", with_parties(Proposal.objects.all()))
    newest = (
        Share.objects.current()
        .filter(engagement__proposal__in=desk_of(user))
        .select_related("contact", "engagement__organization")
        .prefetch_related(proposals)
        .order_by("-pk")[:MOST_EXAMPLES]
    )
    of = {share: share.engagement.proposal for share in newest}
    return [share for share in newest if may_imitate(user, of[share], parties_in(of[share]))]


def _rows_of(page: str) -> list[AnswerRow]:
    rows = []
    for question in QUESTIONS.values():
        if question.page == page:
            rows.append(AnswerRow(question.label, _cells(question, question)))
            rows += [
                AnswerRow(column.label, _cells(column, question), is_cell=True)
                for column in question.columns
            ]
    return rows


def _cells(asked: Question, question: Question) -> tuple[str, ...]:
    """Of a question or a cell of it: inside by its letters, outside by the tables."""
    inside = [YES if LETTERS[audience] in asked.sees else NO for audience in READERS]
    partner = NO
    if question.key in OUTCOMES and is_grantable(asked.sees):
        partner = SWITCH
    elif question.column in OUTSIDE["proposals.Proposal"]:
        partner = YES
    return (*inside, partner, NO)


def _outside() -> Iterator[FieldRow]:
    for model in models_of_ours():
        for field in fields_of(model):
            if where := where_outside(model, field.name):
                name = str(model._meta.verbose_name)
                yield FieldRow(capfirst(name), str(field.verbose_name), str(where))


def _inside() -> Iterator[tuple[str, str]]:
    """Each model, and its fields that nobody outside reads."""
    for model in models_of_ours():
        fields = [str(f.verbose_name) for f in fields_of(model) if is_inside(model, f.name)]
        if fields:
            yield capfirst(str(model._meta.verbose_name)), ", ".join(fields)
