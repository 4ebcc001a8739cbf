"""People, places and proposals for tests: one dull maker for each, by the services."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from microcreds.accounts.models import Campus, Department, Division, Role, Unit, User
from microcreds.accounts.services import create_person
from partners import mou as records
from partners.models import Mou
from proposals.interest import ATTESTATIONS
from proposals.models import InterestForm, Proposal, Stage
from proposals.services import accept_invitation
from reviews.models import StageChange
from reviews.mou.table import MouMove
from reviews.plans import Given
from reviews.services import move_as_seen, save_triage, submit
from reviews.workflow import Move
from tests.drafts import PLACES, TITLE, copied_draft, saved_draft


def make_unit(name: str = "Oxford") -> Unit:
    return make_units(name)[name]


def make_units(*names: str) -> dict[str, Unit]:
    """These units by name, in two statements at the most."""
    found = {unit.name: unit for unit in Unit.objects.filter(name__in=names)}
    new = [
        Unit(name=name, email=f"{name.lower()}@miami.example")
        for name in names
        if name not in found
    ]
    return found | {unit.name: unit for unit in Unit.objects.bulk_create(new)}


def make_campus(name: str = "Oxford") -> Campus:
    return Campus.objects.get_or_create(name=name, defaults={"unit": make_unit(name)})[0]


def make_department(name: str = "Statistics", division: str = "Arts and Science") -> Department:
    return Department.objects.get_or_create(
        name=name, division=Division.objects.get_or_create(name=division)[0]
    )[0]


def make_person(
    email: str,
    name: str = "",
    *kinds: str,
    unit: Unit | None = None,
    department: Department | None = None,
    is_superuser: bool = False,
) -> User:
    """Somebody with these roles since long ago, or who is there already by this address."""
    person = User.objects.filter(email=email).first() or create_person(
        email=email, name=name or email.split("@")[0].title(), is_superuser=is_superuser
    )
    for kind in kinds:
        Role.objects.get_or_create(
            user=person,
            kind=kind,
            unit=unit if kind == Role.Kind.ELEARNING else None,
            department=department if kind == Role.Kind.CHAIR else None,
            defaults={"starts_on": timezone.localdate() - timedelta(days=3650)},
        )
    return person


@dataclass(frozen=True)
class Cast:
    """One person for each role of design.md §3.1, named like the fixtures."""

    proposer: User
    other_proposer: User
    oxford: User
    regionals: User
    lead: User
    committee: User
    committee_chair: User
    deans: User
    chair: User
    auditor: User
    admin_user: User


# By the names of the fixtures: address, name, role, and the unit or department of that role.
PEOPLE: dict[str, tuple[str, str, str, str]] = {
    "proposer": ("fay@miami.example", "Fay Proposer", "", ""),
    "other_proposer": ("gus@miami.example", "Gus Proposer", "", ""),
    "oxford": ("ola@miami.example", "Ola Oxford", Role.Kind.ELEARNING, "Oxford"),
    "regionals": ("ria@miami.example", "Ria Regionals", Role.Kind.ELEARNING, "Regionals"),
    "lead": ("lena@miami.example", "Lena Lead", Role.Kind.LEAD, ""),
    "committee": ("cai@miami.example", "Cai Committee", Role.Kind.COMMITTEE, ""),
    "committee_chair": ("cora@miami.example", "Cora Chair", Role.Kind.COMMITTEE_CHAIR, ""),
    "deans": ("dean@miami.example", "Dee Deans", Role.Kind.DEANS, ""),
    "chair": ("chris@miami.example", "Chris Head", Role.Kind.CHAIR, "Statistics"),
    "auditor": ("aud@miami.example", "Aud Auditor", Role.Kind.AUDITOR, ""),
    "admin_user": ("adm@miami.example", "Adm Admin", "", ""),
}
SUPERUSER = "admin_user"


def make_cast() -> Cast:
    """The same people however often it is asked for; one statement once they are all there."""
    addresses = {who: address for who, (address, *_more) in PEOPLE.items()}
    known = {person.email: person for person in User.objects.filter(email__in=addresses.values())}
    if not known:
        return _make_whole_cast()
    if len(known) == len(PEOPLE):
        return Cast(**{who: known[address] for who, address in addresses.items()})
    return Cast(**{who: _make_of_cast(who) for who in PEOPLE})


def _make_of_cast(who: str) -> User:
    address, name, kind, part = PEOPLE[who]
    return make_person(
        address,
        name,
        *filter(None, [kind]),
        unit=make_unit(part) if kind == Role.Kind.ELEARNING else None,
        department=make_department(part) if kind == Role.Kind.CHAIR else None,
        is_superuser=who == SUPERUSER,
    )


def _make_whole_cast() -> Cast:
    """What ``_make_of_cast`` would make of each (tests/test_factories.py says so), in few
    statements: half of all tests begin with it."""
    cast = {
        who: User(email=address, name=name, is_superuser=who == SUPERUSER)
        for who, (address, name, _kind, _part) in PEOPLE.items()
    }
    for person in cast.values():
        person.set_unusable_password()
    User.objects.bulk_create(cast.values())
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True)
        for person in cast.values()
    )
    since = timezone.localdate() - timedelta(days=3650)
    units = make_units(*(part for *_, kind, part in PEOPLE.values() if kind == Role.Kind.ELEARNING))
    Role.objects.bulk_create(
        Role(
            user=cast[who],
            kind=kind,
            unit=units.get(part) if kind == Role.Kind.ELEARNING else None,
            department=make_department(part) if kind == Role.Kind.CHAIR else None,
            starts_on=since,
        )
        for who, (_address, _name, kind, part) in PEOPLE.items()
        if kind
    )
    return Cast(**cast)


def make_draft(
    owner: User | None = None,
    *,
    at: datetime | None = None,
    answers: dict[str, dict[str, Any]] | None = None,
    **changed: Any,
) -> Proposal:
    """A draft with every answer that submit needs. ``changed`` are answers by key; ``answers``
    replaces whole pages."""
    owner = owner or make_cast().proposer
    pages = whole_answers() | (answers or {})
    for given in pages.values():
        given |= {key: value for key, value in changed.items() if key in given}
    names_others = {*PLACES, "co_proposers"} & changed.keys() or "about" in (answers or {})
    return (saved_draft if names_others else copied_draft)(owner, pages, at)


def take_part(proposal: Proposal, *users: User) -> None:
    """These, whom its form names, accept to take part."""
    for user in users:
        accept_invitation(proposal=proposal, user=user)


def send(proposal: Proposal, *, at: datetime | None = None) -> StageChange:
    """Its owner submits it, for the first time or again, as it stands."""
    return submit(
        proposal=proposal,
        actor=proposal.submitter,
        form_version=InterestForm.objects.get(proposal=proposal).version,
        attestations=dict.fromkeys(ATTESTATIONS, True),
        at=at,
    )


def make_submitted(
    owner: User | None = None, *, at: datetime | None = None, **changed: Any
) -> Proposal:
    """A proposal in the queue of its unit."""
    proposal = make_draft(owner, at=at, **changed)
    send(proposal, at=at)
    proposal.refresh_from_db()
    return proposal


def do_move(
    proposal: Proposal,
    which: Move,
    actor: User | None,
    *,
    at: datetime | None = None,
    **given: Any,
) -> StageChange:
    """One move of one proposal, which is fresh afterwards."""
    changes = move_as_seen(
        proposals=[proposal], move=which, actor=actor, given=Given(**given), at=at
    )
    change = next(each for each in changes if each.proposal_id == proposal.pk)
    proposal.refresh_from_db()
    if which == Move.SUBMIT_FULL_PROPOSAL and actor:
        need_no_mou(proposal, by=actor, at=at)
    return change


def given_for(which: Move, at: datetime | None = None) -> dict[str, Any]:
    """What this move needs, filled in plainly; a merge needs its ``target`` from the test."""
    today = timezone.localdate(at)
    needed: dict[Move, dict[str, Any]] = {
        Move.SEND_TO_COMMITTEE: {"meeting_on": today + timedelta(days=14)},
        Move.RECOMMEND_WITH_CONDITIONS: {"message": "Name who assesses."},
        Move.DEFER: {"meeting_on": today + timedelta(days=40)},
        Move.PULL: {"message": "To be discussed."},
        Move.CANCEL: {"reason_code": "no_funds"},
        Move.SUSPEND: {"reason_code": "staffing", "wake_on": today + timedelta(days=90)},
        Move.RETURN: {"reason_code": "assessment_missing", "message": "How is it assessed?"},
        Move.HOLD: {"reason_code": "timing", "wake_on": today + timedelta(days=30)},
        Move.DECLINE: {"reason_code": "duplicate", "message": "It exists."},
        Move.REDIRECT: {"target": "CIM", "message": "A certificate goes to CIM."},
        Move.WITHDRAW: {"note": "By mail."},
        Move.REOPEN: {"note": "Money came."},
        Move.PUT_BACK: {"note": "The wrong one was moved."},
    }
    return needed.get(which, {})


def _triaged(proposal: Proposal, cast: Cast, at: datetime | None) -> None:
    save_triage(
        proposal=proposal,
        by=cast.oxford,
        values={"credential_type": "microcredential", "is_duplicate_checked": True},
        at=at,
    )


_MAIN: list[tuple[Stage, Move, str]] = [
    (Stage.TRIAGE, Move.START_TRIAGE, "oxford"),
    (Stage.CONSULTATION, Move.CONSULT, "oxford"),
    (Stage.FULL_PROPOSAL, Move.OPEN_FULL_PROPOSAL, "oxford"),
    (Stage.READINESS, Move.SUBMIT_FULL_PROPOSAL, "proposer"),
    (Stage.APC_REVIEW, Move.SEND_TO_COMMITTEE, "oxford"),
    (Stage.CAD_CONSENT, Move.RECOMMEND, "committee_chair"),
    (Stage.APPROVED, Move.CONSENT, "deans"),
    (Stage.DEVELOPMENT, Move.START_DEVELOPMENT, "oxford"),
    (Stage.ACTIVE, Move.LAUNCH, "lead"),
    (Stage.RENEWAL_REVIEW, Move.OPEN_RENEWAL, "oxford"),
]
_ASIDE: dict[Stage, tuple[Stage, Move, str]] = {
    Stage.RETURNED: (Stage.TRIAGE, Move.RETURN, "oxford"),
    Stage.ON_HOLD: (Stage.TRIAGE, Move.HOLD, "oxford"),
    Stage.DECLINED: (Stage.TRIAGE, Move.DECLINE, "oxford"),
    Stage.REDIRECTED: (Stage.TRIAGE, Move.REDIRECT, "oxford"),
    Stage.MERGED: (Stage.TRIAGE, Move.MERGE, "oxford"),
    Stage.WITHDRAWN: (Stage.TRIAGE, Move.WITHDRAW, "proposer"),
    Stage.CANCELLED: (Stage.APPROVED, Move.CANCEL, "lead"),
    Stage.SUSPENDED: (Stage.ACTIVE, Move.SUSPEND, "oxford"),
    Stage.RETIRED: (Stage.ACTIVE, Move.RETIRE, "oxford"),
}


def make_at(
    stage: Stage, *, at: datetime | None = None, owner: User | None = None, **changed: Any
) -> Proposal:
    """A proposal that went all the way to ``stage`` by moves of the right people."""
    cast = make_cast()
    if stage == Stage.DRAFT:
        return make_draft(owner, at=at, **changed)
    proposal = make_submitted(owner, at=at, **changed)
    path = [*_MAIN]
    if stage in _ASIDE:
        until, which, who = _ASIDE[stage]
        stops = [reached for reached, _move, _who in _MAIN]
        path = [*_MAIN[: stops.index(until) + 1], (stage, which, who)]
    for reached, which, who in path:
        if proposal.stage == stage:
            break
        if reached == Stage.CONSULTATION:
            _triaged(proposal, cast, at)
        given = given_for(which, at)
        if which == Move.MERGE:
            given = {"target": make_submitted(cast.other_proposer, at=at).reference}
        actor = proposal.submitter if who == "proposer" else getattr(cast, who)
        do_move(proposal, which, actor, at=at, **given)
    return proposal


def need_no_mou(proposal: Proposal, *, by: User, at: datetime | None = None) -> None:
    """Staff said, and nobody was mailed, that none of its partners needs a memorandum: its gates
    are open."""
    at = at or timezone.now()
    for engagement in proposal.engagements.filter(mou__isnull=True):
        mou = Mou(engagement=engagement, status="", not_needed_because="A course they know.")
        status = Mou.Status.NOT_NEEDED
        records.enter(mou, status, move=MouMove.NOT_NEEDED, at=at, by=by, words="Known.")


def whole_answers() -> dict[str, dict[str, Any]]:
    """An interest form by page, as the forms clean it: complete enough to submit."""
    department = make_department()
    return {
        "about": {
            "submitter_phone": "(513) 555-0100",
            "campus_home": str(make_campus().pk),
            "division": str(department.division_id),
            "department": str(department.pk),
            "co_proposers": [],
            "chair_informed": "not_yet",
            "together": [],
        },
        "need": {
            "working_title": TITLE,
            "origin": "partner_asked",
            "need_statement": "Shift leads at small plants guess at quality; scrap goes unread, and"
            " nobody can say which machine it came from.",
            "need_level": ["one_organisation", "region"],
            "audience": ["partner_employees"],
            "audience_note": "",
            "start_by": "no_rush",
            "together": [],
        },
        "skills": {
            "job_functions": [{"title": "Quality inspector", "extent": "one_function"}],
            "qualifies_statement": "run a control chart and act on what it says",
            "outcomes": [
                {"text": "Draw a sample by plan", "kind": "skill", "evidence": "At the line"},
                {"text": "Read a control chart", "kind": "skill"},
            ],
            "scope_kind": "specific",
            "scope_in_out": "In: variables charts. Out: design of experiments.",
            "stands_alone": "A lead who can read a chart is worth having on any shift.",
            "stack_kind": ["nothing"],
            "stack_targets": [],
            "together": [],
        },
        "shape": {
            "credit_kind": "noncredit",
            "formality": "informal",
            "effort_hours": 24,
            "duration_kind": "weeks",
            "duration_value": 4,
            "duration_reason": "One chart a week, each tried out at work.",
            "delivery_modes": ["workplace", "online_live"],
            "off_campus": "yes",
            "together": [],
        },
        "partners": {
            "partner_status": "yes",
            "partners": [
                {
                    "org_name": "Tallgrass Fasteners",
                    "kind": "employer",
                    "place": "Hamilton, Ohio",
                    "contact_name": "Pat Doe",
                    "contact_email": "pat@tallgrass.example",
                    "who_approached": "they_did",
                    "stage": "said_yes",
                    "will_do": ["send_learners"],
                    "learners": 12,
                    "share_status": "yes",
                }
            ],
            "together": [],
        },
        "finish": {
            "demand_evidence": ["employer_said_so"],
            "demand_summary": "Tallgrass would send a dozen people in the first year.",
            "learners_y1": "10_24",
            "help_wanted": ["design", "badge"],
            "together": [],
        },
    }
