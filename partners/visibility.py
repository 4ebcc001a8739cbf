"""What a partner may see: this is the whole list, and the default is no."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Unit, User
from microcreds.outbox.wording.source import Text
from partners.models import (
    Endorsement,
    Engagement,
    Inquiry,
    InquiryEntry,
    Mou,
    NamedColleague,
    PartnerAsk,
)
from partners.models.endorsements import AssessedBy, Recognition, Verdict
from partners.models.mou import MouVersion
from proposals.interest import QUESTIONS, Kind, display
from proposals.models import Comment, Proposal
from proposals.visibility import is_grantable

_WILL_DO = next(each for each in QUESTIONS["partners"].columns if each.key == "will_do")


class Step(Protocol):
    """One of the six steps, for the timeline."""

    @property
    def label(self) -> str: ...
    @property
    def since(self) -> datetime | None: ...


class PartnerProgress(Protocol):
    """The part of ``reviews.progress.Progress`` that is worded for partners."""

    @property
    def step(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def since(self) -> datetime: ...
    @property
    def partner_label(self) -> str: ...
    @property
    def partner_text(self) -> str: ...
    @property
    def partner_next(self) -> str: ...
    @property
    def steps_for_partner(self) -> Sequence[Step]: ...


class Needed(Protocol):
    """The part of ``reviews.asks.Ask`` that its partner reads."""

    @property
    def words(self) -> str: ...
    @property
    def by_day(self) -> date | None: ...
    @property
    def due(self) -> str: ...
    @property
    def is_late(self) -> bool: ...
    @property
    def reference(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def action(self) -> str: ...


@dataclass(frozen=True)
class MouFile:
    """One version of the memorandum that was opened to its partner, and what was said of it."""

    key: str
    name: str
    size: int
    number: int
    is_signed_copy: bool
    changed: str


@dataclass(frozen=True)
class MouPage:
    """Everything a partner reads of the memorandum of their own engagement. Its clauses, its
    number, the words of staff and who reads it at the university are not here."""

    status: str
    label: str
    text: str
    is_theirs: bool
    since: datetime
    due_on: date | None
    start_on: date | None
    end_on: date | None
    files: Sequence[MouFile]
    answer_url: str = ""  # where this reader answers, while they are asked

    @property
    def newest(self) -> MouFile | None:
        """The newest text, which they are asked about while it is theirs."""
        return next((each for each in self.files if not each.is_signed_copy), None)


@dataclass(frozen=True)
class NamedContact:
    """Whom to write to or ring at the university."""

    name: str
    unit: str
    email: str
    phone: str


@dataclass(frozen=True)
class OutcomeLine:
    """One answer of the outcomes block; ``rows``: where it is a list, the words of each entry, what
    matters first."""

    label: str
    text: str = ""
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class StatusPage:
    """Everything the page of one engagement shows. A field that is not here cannot be seen.
    ``outcomes`` are put in where staff have switched them on (``partners.outcomes``)."""

    reference: str
    title: str
    summary: str
    step: int
    state: str
    label: str
    text: str
    since: datetime
    next_step: str
    steps: Sequence[Step]
    contact: NamedContact | None
    usual: str = ""
    said: Sequence[tuple[str, str]] = ()
    needed: Sequence[Needed] = ()
    outcomes: Sequence[OutcomeLine] = ()
    mou: MouPage | None = None
    named: "WhoNamed | None" = None


@dataclass(frozen=True)
class EndedPage:
    """All that a page shows whose organisation takes part no more: why is not here."""

    reference: str
    title: str
    since: datetime
    words: str
    contact: NamedContact | None


@dataclass(frozen=True)
class WhoNamed:
    """Who at the university named this organisation, when, and what they hope for from it."""

    who: str
    on: datetime
    why: Sequence[str]


@dataclass(frozen=True)
class Said:
    """One message between a partner and eLearning; ``is_theirs``: of the partner's people."""

    who: str
    at: datetime
    words: str
    is_theirs: bool


@dataclass(frozen=True)
class AskPage:
    """Everything the page of one ask shows: what is asked, by whom, by when, how it ended."""

    reference: str
    title: str
    words: str
    asker: str
    due_on: date
    is_open: bool
    is_answered: bool
    state: str
    settled_at: datetime | None
    settled_words: str
    contact: NamedContact | None
    answers: Sequence[tuple[str, str]] = ()
    picked: str = ""


@dataclass(frozen=True)
class ColleagueShown:
    """Somebody whom a contact named in their place, as that contact reads what became of it."""

    name: str
    on: datetime
    state: str
    words: str


@dataclass(frozen=True)
class HistoryLine:
    """One thing of their own history: what they sent, or what was sent to them."""

    at: datetime
    words: str
    is_theirs: bool
    url: str = ""


@dataclass(frozen=True)
class InquiryStep:
    """One of the four steps of an inquiry, as ``templates/components/timeline.html`` draws it."""

    label: str
    state: str
    since: datetime | None = None


@dataclass(frozen=True)
class InquiryPage:
    """Everything the page of one inquiry shows to whoever sent it; ``answers`` are those that were
    mailed to them. Notes, owner's history and whoever of the faculty was asked are not here."""

    reference: str
    organization: str
    state: str
    label: str
    text: str
    since: datetime
    answer_by: date | None
    steps: Sequence[InquiryStep]
    said: Sequence[tuple[str, str]]
    answers: Sequence[tuple[datetime, str]]
    contact: NamedContact | None


# The outcomes block: these questions of the interest form, in partner wording, for an engagement
# for which staff have switched it on.
OUTCOMES: dict[str, Text] = {
    "qualifies_statement": _("Someone who holds it can be trusted to"),
    "outcomes": _("What they will know, be able to do, or have experienced"),
    "job_functions": _("The jobs it is for"),
    "credit_kind": _("Academic credit"),
    "formality": _("How formal it is"),
    "effort_hours": _("Hours of work for a learner"),
    "duration_kind": _("How long it takes"),
    "duration_value": _("How many that makes"),
    "delivery_modes": _("How it is taught"),
    "delivery_fit": _("How that fits into working life"),
}

# What people outside can read, field by field, and where; whoever comes by a link reads it of what
# is shared with them alone. A field that is in neither table fails tests/partners/test_canaries.py.
OUTSIDE: dict[str, dict[str, Text]] = {
    "partners.Organization": {
        "name": _("of their own, beside an endorsement, and in a mail about its memorandum"),
    },
    "partners.Contact": {
        "name": _("in their own mails"),
        "title": _("of themselves, as what the form of an endorsement begins with"),
        "email": _("as the address of their own mails, and masked beside a code"),
    },
    "partners.Engagement": {
        "opened_at": _("on the status page, as the day they were named"),
        "outcomes_since": _("as whether the outcomes are on their page"),
        "ended_at": _("on the page that says that they take part no more"),
        "end_words": _("on the page that says that they take part no more"),
    },
    "partners.PartnerAsk": {
        "id": _("in the address of what is asked of them"),
        "kind": _("in the list of what is asked of them, and on its page"),
        "words": _("on the page of what is asked of them, in its mails, and in their history"),
        "due_on": _("on the page of what is asked of them, and in its mails"),
        "asked_by": _("by name, on the page of what is asked of them"),
        "state": _("on the page of what is asked of them, and in their history"),
        "settled_at": _("on the page of what is asked of them, and in their history"),
        "settled_words": _("on the page of what is asked of them, as why it ended"),
    },
    "partners.Question": {
        "id": _("as the name of its field, on the page of what is asked of them"),
        "kind": _("as its field, on the page of what is asked of them"),
        "words": _("on the page of what is asked of them"),
        "choices": _("on the page of what is asked of them"),
        "text": _("as their own answer, on the page of what is asked of them"),
        "number": _("as their own answer, on the page of what is asked of them"),
        "attachment": _("by name, as their own answer, on the page of what is asked of them"),
    },
    "partners.OfferedTime": {
        "id": _("as the value of a choice, on the page of what is asked of them"),
        "starts_at": _("on the page of what is asked of them"),
        "minutes": _("on the page of what is asked of them"),
        "place": _("on the page of what is asked of them"),
        "is_picked": _("on the page of what is asked of them"),
    },
    "partners.NamedColleague": {
        "name": _("of whom they named themselves, there and in their history"),
        "at": _("of whom they named themselves, there and in their history"),
        "state": _("of whom they named themselves"),
        "settled_words": _("of whom they named themselves, as why eLearning does not write"),
    },
    "partners.EndorsementDraft": {
        "answers": _("as what they saved themselves of an endorsement"),
        "letter": _("as what they saved themselves of an endorsement"),
        "version": _("as the number of what they saved themselves, hidden in the form"),
        "saved_at": _("as when they saved it themselves"),
    },
    "partners.Endorsement": {
        "revision": _("by its number, on the page of their own endorsement"),
        "outcomes": _("on the page of their own endorsement"),
        "recognition": _("on the page of their own endorsement"),
        "learners": _("on the page of their own endorsement"),
        "assessed_by": _("on the page of their own endorsement"),
        "words": _("on the page of their own endorsement"),
        "remarks": _("of an endorsement that they signed themselves, not of one that staff noted"),
        "letter": _("on the page of their own endorsement"),
        "signer_name": _("on the page of their own endorsement, and in its mail"),
        "signer_title": _("on the page of their own endorsement"),
        "signed_on": _("on the page of their own endorsement, and in its mail"),
        "sha256": _("on the page of their own endorsement, and in its mail"),
    },
    "partners.OnBehalf": {
        "by": _("by name, on the page of what was noted on their behalf, and in its mail"),
        "said_on": _("on the page of what was noted on their behalf, and in its mail"),
        "channel": _("on the page of what was noted on their behalf, and in its mail"),
        "words": _("on the page of what was noted on their behalf"),
        "objected_at": _("on the page of what was noted on their behalf"),
        "objection": _("as their own words, on the page of what was noted on their behalf"),
    },
    "partners.Mou": {
        "status": _("on the status page, in partner wording"),
        "status_since": _("on the status page"),
        "due_on": _("in what is asked of them, while it is with them"),
        "start_on": _("on the status page, once both sides have signed"),
        "end_on": _("on the status page, once both sides have signed, and in a mail before it"),
    },
    "partners.MouVersion": {
        "number": _("of a version that is open to them"),
        "file": _("of a version that is open to them, by name and to be saved"),
        "changed": _("of a version that is open to them"),
        "is_signed_copy": _("of a version that is open to them"),
    },
    "partners.Link": {"uuid": _("as the link in their own mails")},
    "partners.Code": {"keyed_hash": _("as the code in their own mail, never by its hash")},
    "partners.Inquiry": {
        "state": _("on the page of their own inquiry"),
        "state_since": _("on the page of their own inquiry"),
        "abilities": _("on the page of their own inquiry, and of the proposal that came of it"),
        "jobs": _("on the page of their own inquiry, and of the proposal that came of it"),
        "how_many": _("on the page of their own inquiry, and of the proposal that came of it"),
        "by_when": _("on the page of their own inquiry, and of the proposal that came of it"),
        "by_day": _("on the page of their own inquiry, and of the proposal that came of it"),
        "place": _("on the page of their own inquiry, and of the proposal that came of it"),
        "org_name": _("on the page of their own inquiry"),
        "contact_name": _("in their own mails"),
        "contact_email": _("as the address of their own mails"),
        "sent_at": _("on the page of their own inquiry"),
        "heard_on": _("in the mail that answers their own inquiry"),
        "confirmed_at": _("on the page of their own inquiry"),
        "unit": _("on the page of their own inquiry"),
        "owner": _("by name, as whom to call about their own inquiry"),
        "answer_by": _("on the page of their own inquiry"),
        "first_answered_at": _("as whether an answer is still due"),
        "closing_words": _("on the page of their own inquiry, and in its mail"),
        "closed_from": _("as the step at which their own inquiry ended"),
        "proposal": _("as the page that goes on in its place"),
    },
    "partners.InquiryEntry": {
        "at": _("of an answer that was mailed, on the page of their own inquiry"),
        "words": _("of an answer that was mailed, on the page of their own inquiry"),
    },
}
INSIDE: dict[str, str] = {
    "partners.Organization": "id place kind website is_fictional created_at merged_into",
    "partners.OrganizationMerge": "id kept merged moved at by undone_at undone_by",
    "partners.Alias": "id organization name since",
    "partners.Contact": "id phone created_at",
    "partners.Code": "id contact purpose sent_at expires_at used_at tries",
    "partners.Engagement": (
        "id proposal organization named_partner contact staff_note ended_by end_reason outcomes_by "
        "thread"
    ),
    "partners.EngagementEntry": "id engagement kind at by was now",
    "partners.PartnerAsk": "engagement contact asked_at opened_at settled_by",
    "partners.Question": "asked position",
    "partners.OutcomeSource": "id proposal outcome question at by",
    "partners.OfferedTime": "asked",
    "partners.NamedColleague": "id engagement named_by email words settled_at settled_by",
    "partners.EndorsementDraft": "asked revision",
    "partners.Endorsement": "id asked signer_email signed_at",
    "partners.OnBehalf": "id asked recorded_at evidence untold_because",
    "partners.Mou": (
        "engagement not_needed_because template_version minimum_learners buyway_number "
        "renewal_notice_days version agreed_by_partner agreed_by_university signed_by_partner_on "
        "signed_by_university_on terminated_on terminated_because told_days_left partner_told_at"
    ),
    "partners.MouVersion": "id mou is_for_partner is_for_proposers at by contact",
    "partners.MouClause": "id mou head state words at by",
    "partners.MouSignatory": "id mou side name title signed_on",
    "partners.MouEntry": (
        "id mou kind move from_status to_status at by contact words version channel heard_on "
        "evidence undoes before"
    ),
    "partners.Share": "id engagement contact since by until ended_by",
    "partners.FileShare": "id engagement attachment since by until ended_by",
    "partners.Link": (
        "id contact token_sha256 created_at expires_at revoked_at revoked_by last_used_at event"
    ),
    "partners.Access": (
        "id link engagement attachment at network after_bounce from_many_networks after_end"
    ),
    "partners.Inquiry": (
        "id uuid token_sha256 form_key website contact_title contact_phone channel typed_by "
        "mailed_at contact organization reason words"
    ),
    "partners.InquiryEntry": "id inquiry kind by",
    "partners.FacultyAsk": (
        "id key inquiry email name working_title need words asked_by asked_at state state_since "
        "user answer reference"
    ),
}

State = Inquiry.State
INQUIRY_STEPS: dict[str, tuple[Promise, Promise]] = {
    State.RECEIVED: (
        _("Received"),
        _("What you told us is here. Somebody of eLearning reads it next."),
    ),
    State.READING: (_("Being read"), _("Somebody of eLearning is reading what you told us.")),
    State.SEEKING: (
        _("Looking for a faculty team"),
        _("We are asking faculty who could teach what your people need."),
    ),
    State.PROPOSAL: (
        _("Became a proposal"),
        _(
            "A faculty member has taken it up and is writing the proposal. Once it is sent, this"
            " page shows the six steps that it takes."
        ),
    ),
}


def inquiry_page(inquiry: Inquiry, answers: Iterable[InquiryEntry]) -> InquiryPage:
    """The page as its sender reads it; staff see the same. ``answers`` are the entries of mailed
    answers. Expects ``unit`` and ``owner`` to be loaded."""
    is_closed = inquiry.state == State.CLOSED
    here = inquiry.closed_from if is_closed else inquiry.state
    label, text = INQUIRY_STEPS[here]
    return InquiryPage(
        reference=inquiry.reference,
        organization=inquiry.org_name,
        state=inquiry.state,
        label=str(State.CLOSED.label if is_closed else label),
        text=inquiry.closing_words if is_closed else str(text),
        since=inquiry.state_since,
        answer_by=inquiry.answer_by if inquiry.is_open and not inquiry.first_answered_at else None,
        steps=_inquiry_steps(inquiry, here, is_closed),
        said=inquiry.said(),
        answers=[(entry.at, entry.words) for entry in answers],
        contact=_contact_at(inquiry.unit, inquiry.owner),
    )


def _inquiry_steps(inquiry: Inquiry, here: str, is_closed: bool) -> list[InquiryStep]:
    order = list(INQUIRY_STEPS)
    steps = []
    for number, key in enumerate(order):
        since = inquiry.state_since if key == here else None
        if number == 0:
            since = inquiry.confirmed_at or inquiry.sent_at
        if number < order.index(here):
            state = "done"
        elif key == here:
            state = "ended" if is_closed else "current"
        else:
            state = "next"
        steps.append(InquiryStep(str(INQUIRY_STEPS[key][0]), state, since))
    return steps


def status_page(
    *,
    proposal: Proposal,
    progress: PartnerProgress,
    usual: str = "",
    said: Sequence[tuple[str, str]] = (),
    asked: Iterable[Needed] = (),
    named: WhoNamed | None = None,
) -> StatusPage:
    """The page as its partner reads it; staff see the same before they share it. ``usual`` says
    how long this step takes, of all proposals; ``said`` is what this partner told the university
    themselves, when they asked for it; ``asked`` what is asked of this partner anywhere.
    Their outcomes block and their memorandum are put beside it.

    Expects ``unit`` and ``assignee`` to be loaded.
    """
    return StatusPage(
        reference=proposal.reference,
        title=proposal.working_title,
        summary=proposal.partner_summary,
        step=progress.step,
        state=progress.state,
        label=progress.partner_label,
        text=progress.partner_text,
        since=_since(progress),
        next_step=progress.partner_next,
        steps=progress.steps_for_partner,
        contact=_named_contact(proposal),
        usual=usual if progress.state == "current" else "",
        said=said,
        needed=[ask for ask in asked if ask.reference == proposal.reference],
        named=named,
    )


_Mou = Mou.Status
MOU_WORDS: dict[str, tuple[Promise, Promise]] = {
    _Mou.TEMPLATE_REQUESTED: (
        _("Being prepared"),
        _("Miami University prepares the text. We will send it to you to read."),
    ),
    _Mou.DRAFTING: (
        _("Being written"),
        _("Miami University is writing the text. We will send it to you to read."),
    ),
    _Mou.WITH_PARTNER: (
        _("With you"),
        _("Read the text, then agree to it or tell us what should change."),
    ),
    _Mou.WITH_UNIVERSITY: (
        _("With the university"),
        _("The university's offices are reading the text. There is nothing for you to do now."),
    ),
    _Mou.AGREED_TEXT: (
        _("Text agreed"),
        _("Both sides agree to the text. It is being signed."),
    ),
    _Mou.SIGNED: (_("Signed"), _("Both sides have signed it.")),
    _Mou.ACTIVE: (_("In force"), _("It is in force.")),
    _Mou.EXPIRING: (
        _("In force, runs out soon"),
        _("It is in force, and ends within a year. Going on after that needs a new one."),
    ),
    _Mou.EXPIRED: (_("Run out"), _("Its time is over.")),
    _Mou.TERMINATED: (_("Ended"), _("It was ended before its time.")),
}


def mou_page(
    mou: Mou | None, granted: Iterable[MouVersion], answer_url: str = ""
) -> MouPage | None:
    """The memorandum as its partner reads it; staff see the same. ``None`` before it is begun, and
    where none is needed. ``granted``: the versions that are open to them, with their files; one in
    which a virus was found is nobody's."""
    if mou is None or mou.status not in MOU_WORDS:
        return None
    label, text = MOU_WORDS[mou.status]
    is_theirs = mou.status == _Mou.WITH_PARTNER
    is_settled = mou.status in Mou.SIGNED_ONCE
    return MouPage(
        status=mou.status,
        label=str(label),
        text=str(text),
        is_theirs=is_theirs,
        since=mou.status_since,
        due_on=mou.due_on if is_theirs else None,
        start_on=mou.start_on if is_settled else None,
        end_on=mou.end_on if is_settled else None,
        files=[
            MouFile(
                key=str(each.file_id),
                name=each.file.name,
                size=each.file.size,
                number=each.number,
                is_signed_copy=each.is_signed_copy,
                changed=each.changed,
            )
            for each in granted
            if each.is_for_partner and not each.file.is_infected
        ],
        answer_url=answer_url if is_theirs else "",
    )


def ended_page(engagement: Engagement) -> EndedPage | None:
    """What contacts read of an engagement that ended, in the words written for them; ``None`` of
    one that goes on. Expects the proposal's ``unit`` and ``assignee`` to be loaded."""
    if engagement.ended_at is None:
        return None
    return EndedPage(
        reference=engagement.proposal.reference,
        title=engagement.proposal.working_title,
        since=engagement.ended_at,
        words=engagement.end_words,
        contact=_named_contact(engagement.proposal),
    )


def outcome_lines(answers: Mapping[str, Any]) -> list[OutcomeLine]:
    """The outcomes block: the questions of ``OUTCOMES`` that have an answer, of each row the cells
    that a partner may be granted; codes of occupations say nothing to them."""
    lines = []
    for key, label in OUTCOMES.items():
        question, given = QUESTIONS[key], answers.get(key)
        if not given or not question.applies(answers) or not is_grantable(question.sees):
            continue
        if question.kind is not Kind.ROWS:
            lines.append(OutcomeLine(str(label), display(question, given)))
            continue
        cells = [
            column
            for column in question.columns
            if is_grantable(column.sees) and column.kind is not Kind.OCCUPATION
        ]
        rows = [
            [words for cell in cells if (words := display(cell, row.get(cell.key)))]
            for row in given
        ]
        lines.append(OutcomeLine(str(label), rows=[row for row in rows if row]))
    return lines


def ask_page(
    asked: PartnerAsk, answers: Sequence[tuple[str, str]] = (), picked: str = ""
) -> AskPage:
    """The page of one ask as its contact reads it. ``answers``: their own words, by question;
    ``picked``: the time they picked, in words.

    Expects the proposal with ``unit`` and ``assignee``, and ``asked_by`` to be loaded.
    """
    proposal = asked.engagement.proposal
    is_answered = asked.state == PartnerAsk.State.ANSWERED
    return AskPage(
        reference=proposal.reference,
        title=proposal.working_title,
        words=asked.words,
        asker=str(asked.asked_by),
        due_on=asked.due_on,
        is_open=asked.is_open,
        is_answered=is_answered,
        state=str(asked.get_state_display()),
        settled_at=asked.settled_at,
        settled_words=asked.settled_words,
        contact=_named_contact(proposal),
        answers=answers if is_answered else (),
        picked=picked,
    )


def colleagues_shown(named: Iterable[NamedColleague]) -> list[ColleagueShown]:
    """Whom this contact named; who of eLearning decided is not told."""
    return [
        ColleagueShown(name=each.name, on=each.at, state=each.state, words=each.settled_words)
        for each in named
    ]


def who_named(engagement: Engagement) -> WhoNamed:
    """Who proposes it, and what their form says this organisation may do. Expects the named
    partner and the submitter to be loaded."""
    row = engagement.named_partner
    hopes = [display(_WILL_DO, [each]) for each in row.will_do if isinstance(each, str)]
    return WhoNamed(who=str(engagement.proposal.submitter), on=engagement.opened_at, why=hopes)


def talk_of(comments: Iterable[Comment]) -> list[Said]:
    """A partner's thread as its people read it."""
    return [
        Said(
            who=str(each.author or each.from_outside),
            at=each.at,
            words=each.body,
            is_theirs=each.author_id is None,
        )
        for each in comments
    ]


def _since(progress: PartnerProgress) -> datetime:
    """When a partner saw the page change: not each move inside a step."""
    if progress.state in ("paused", "ended"):
        return progress.since
    return progress.steps_for_partner[progress.step - 1].since or progress.since


def _named_contact(proposal: Proposal) -> NamedContact | None:
    """The person who works on it at their unit's address, else the unit's own contact.

    Nobody while no unit has it: then the units at the foot of every page are whom to ask.
    """
    return _contact_at(proposal.unit, proposal.assignee)


def _contact_at(unit: Unit | None, person: User | None) -> NamedContact | None:
    if unit is None:
        return None
    name = person.name if person else ""
    return NamedContact(
        name=name or unit.contact_name or unit.name,
        unit=unit.name,
        email=unit.email,
        phone=unit.phone,
    )


@dataclass(frozen=True)
class Recorded:
    """What staff recorded on somebody's behalf says of itself for ever."""

    by: str
    channel: str
    said_on: date
    words: str
    untold_because: str
    objected_at: datetime | None
    objection: str


@dataclass(frozen=True)
class Signed:
    """An endorsement as it is read; ``remarks`` are empty for everybody but staff and its signer.

    ``outcomes``: text, verdict in words, verdict, and what was said of it. ``is_behind``: the
    outcomes of the form read otherwise now.
    """

    outcomes: Sequence[tuple[str, str, str, str]]
    said: Sequence[tuple[str, str]]
    signer: str
    signer_title: str
    organization: str
    signed_on: date | None
    revision: int
    check_number: str
    letter: str
    recorded: Recorded | None
    remarks: str = ""
    is_behind: bool = False


@dataclass(frozen=True)
class EndorsementPage:
    """Everything the page of one asked endorsement shows to its contact."""

    reference: str
    title: str
    summary: str
    asked: str
    asked_by: str
    organization: str
    due_on: date
    state: str
    label: str
    settled_at: datetime | None
    settled_words: str
    contact: NamedContact | None
    signed: Signed | None = None


def endorsement_page(asked: PartnerAsk, signed: Signed | None) -> EndorsementPage:
    """The page as the contact who was asked reads it."""
    proposal = asked.engagement.proposal
    return EndorsementPage(
        reference=proposal.reference,
        title=proposal.working_title,
        summary=proposal.partner_summary,
        asked=asked.words,
        asked_by=str(asked.asked_by),
        organization=str(asked.engagement.organization),
        due_on=asked.due_on,
        state=asked.state,
        label=asked.get_state_display(),
        settled_at=asked.settled_at,
        settled_words=asked.settled_words,
        contact=_named_contact(proposal),
        signed=signed,
    )


def signed_as_read(
    endorsement: Endorsement, *, with_remarks: bool, to_signer: bool, is_behind: bool = False
) -> Signed:
    """What its signer, the faculty and staff read; the private remarks only ``with_remarks``, and
    why its contact was not told of a record is not for them (``to_signer``)."""
    unsaid = _("Not said")
    verdicts = dict(Verdict.choices) | {"": unsaid}
    recognized = [str(Recognition(each).label) for each in endorsement.recognition]
    learners = endorsement.learners
    asked = endorsement.asked
    return Signed(
        outcomes=[
            (row["text"], str(verdicts[row["verdict"]]), row["verdict"], row["words"])
            for row in endorsement.outcomes
        ],
        said=[
            (str(_("Would recognize it")), "; ".join(recognized) or str(unsaid)),
            (
                str(_("People a year")),
                f"{learners:,}" if learners is not None else str(_("Not sure")),
            ),
            (
                str(_("Who checks that people can do it")),
                str(AssessedBy(endorsement.assessed_by).label)
                if endorsement.assessed_by
                else str(unsaid),
            ),
            *([(str(_("In their words")), endorsement.words)] if endorsement.words else []),
        ],
        signer=endorsement.signer_name,
        signer_title=endorsement.signer_title,
        organization=str(asked.engagement.organization),
        signed_on=endorsement.signed_on,
        revision=endorsement.revision.number,
        check_number=endorsement.sha256,
        letter=endorsement.letter.name if endorsement.letter else "",
        recorded=recorded_as_read(asked, to_contact=to_signer),
        remarks=endorsement.remarks if with_remarks else "",
        is_behind=is_behind,
    )


def recorded_as_read(asked: PartnerAsk, *, to_contact: bool) -> Recorded | None:
    """That staff recorded it, how, and what its contact says to that; ``None`` where they did not.
    Expects ``on_behalf`` to be loaded."""
    recorded = getattr(asked, "on_behalf", None)
    if recorded is None:
        return None
    return Recorded(
        by=str(recorded.by),
        channel=recorded.get_channel_display(),
        said_on=recorded.said_on,
        words=recorded.words,
        untold_because="" if to_contact else recorded.untold_because,
        objected_at=recorded.objected_at,
        objection=recorded.objection,
    )
