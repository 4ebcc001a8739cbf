"""Hostile text, days and choices in every input that is not on the interest form.

Each is refused in words with what was typed kept, or stored and shown as text; keys that no form
has are never obeyed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from microcreds.accounts.models import Unit, User
from microcreds.outbox.models import Message
from partners.models import Contact, Engagement, Link, Organization, Share
from proposals.models import Comment, Proposal, Stage
from reviews.models import StageChange, TalkedWith, ToDo
from reviews.plans import Given, build_plan
from reviews.workflow import Move
from tests.factories import make_at, make_cast
from tests.partners.sharing import summarized

pytestmark = pytest.mark.django_db

TEXTS = (
    '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ request.user.password }}{% debug %}',
    "nul\x00nul",
    "bell\x07escape\x1b[31m",
    "half\ud800 exe.\u202egnp",
    "x" * 100_000,
)
DAYS = ("9999-12-31", "0001-01-01", "2026-02-30", "soon", "9" * 5000)
CHOICES = ("nonsense", "9" * 30, "9" * 5000, f"{'9' * 5000}:1", "<script>alert(1)\x00")
EXTRA = {
    "stage": "approved",
    "whose_turn": "nobody",
    "submitter": "1",
    "owner": "1",
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "",
    "created_at": "2001-01-01",
}
RAW = ("<script>alert", "<img src=x", "pbkdf2_", "md5$")
WATCHED = (
    Proposal,
    StageChange,
    Comment,
    ToDo,
    TalkedWith,
    Message,
    Share,
    Link,
    Contact,
    Engagement,
    Organization,
    Unit,
    User,
)


@dataclass(frozen=True)
class Place:
    """One form: who posts it, where, and what they would post; which input takes what; and what
    it answers to what is good."""

    who: str
    path: str
    good: dict[str, str]
    texts: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    stage: Stage = Stage.TRIAGE
    status: int = 302

    def attempts(self) -> Iterator[tuple[str, str]]:
        kinds = ((self.texts, TEXTS), (self.days, DAYS), (self.choices, CHOICES))
        for names, values in kinds:
            yield from ((name, value) for name in names for value in values)


TODAY = timezone.localdate().isoformat()
IN_A_MONTH = (timezone.localdate() + timedelta(days=30)).isoformat()
DESK = "/admin/reviews/triageitem/{pk}"
HOLD = {"reason_code": "timing", "wake_on": IN_A_MONTH}
TRIAGE = (
    "fit_tags",
    "partner_summary",
    "next_step_submitter",
    "next_step_partner",
    "asked_of_partner",
    "duplicate_of",
)
NO_LINKS = {"links-TOTAL_FORMS": "0", "links-INITIAL_FORMS": "0"}
PAT = {"name": "Pat", "email": "p@tall.example", **NO_LINKS}
UNIT = {"name": "Luxembourg", "email": "lux@miami.example"}
ROLE = {"user": "{user}", "kind": "committee", "starts_on": "2026-01-01"}
PLACES = {
    "new": Place(
        "proposer",
        "/proposals/new/",
        {"working_title": "Charts for leads"},
        ("working_title",),
        (),
        ("form_key",),
    ),
    "withdraw": Place(
        "proposer",
        "/proposals/{ref}/withdraw/",
        {"message": "No time", "seen": "{seen}", "digest": "{digest}"},
        ("message",),
        (),
        ("seen", "digest"),
    ),
    "return": Place(
        "oxford",
        f"{DESK}/move/return/",
        {"reason_code": "assessment_missing", "message": "How?"},
        ("message", "note"),
        (),
        ("reason_code", "seen", "digest"),
    ),
    "hold": Place(
        "oxford",
        f"{DESK}/move/hold/",
        HOLD,
        ("partner_message", "silent_because", "next_step"),
        ("wake_on", "next_step_on"),
        ("force",),
    ),
    "hold several": Place(
        "oxford",
        "/admin/reviews/triageitem/bulk/hold/?ids={pk}",
        HOLD | {"seen": "{pk}:{seen}", "digest": "{hold}"},
        ("message", "note", "next_step"),
        ("wake_on",),
        ("reason_code", "seen", "digest"),
    ),
    "undo": Place("oxford", f"{DESK}/undo/", {"seen": "{seen}"}, (), (), ("seen",)),
    "next step": Place(
        "oxford",
        f"{DESK}/todo/",
        {"next-words": "Ring Pat", "next-by_day": IN_A_MONTH, "next-owner": "{oxford}"},
        ("next-words",),
        ("next-by_day",),
        ("next-owner",),
    ),
    "call": Place(
        "oxford",
        f"{DESK}/talk/",
        {
            "talk-kind": "call",
            "talk-who": "Pat",
            "talk-said": "In May.",
            "talk-on": TODAY,
            "talk-audience": "internal",
        },
        ("talk-who", "talk-said"),
        ("talk-on",),
        ("talk-kind", "talk-audience"),
    ),
    "ask to change": Place(
        "proposer",
        "/proposals/{ref}/ask-to-change/",
        {"keys": "need_statement", "reason": "A number is wrong."},
        ("reason",),
        (),
        ("keys",),
    ),
    "message": Place(
        "proposer", "/proposals/{ref}/conversation/proposers/", {"body": "When?"}, ("body",)
    ),
    "redirect": Place(
        "oxford", f"{DESK}/move/redirect/", {"target": "CIM", "message": "There."}, ("target",)
    ),
    "merge": Place("oxford", f"{DESK}/move/merge/", {"target": "MC-1"}, ("target",), status=422),
    "committee": Place(
        "oxford",
        f"{DESK}/move/send_to_committee/",
        {"meeting_on": IN_A_MONTH},
        (),
        ("meeting_on",),
        stage=Stage.READINESS,
    ),
    "triage": Place(
        "oxford",
        f"{DESK}/triage/",
        {"priority": "2"},
        TRIAGE,
        (),
        ("route_unit", "credential_type", "priority", "read"),
    ),
    "note": Place("oxford", f"{DESK}/note/", {"body": "Hm."}, ("body",)),
    "assign": Place("oxford", f"{DESK}/assign/", {"to": "{oxford}"}, (), (), ("to",)),
    "sharing": Place(
        "oxford",
        f"{DESK}/sharing/",
        {"engagement": "{engagement}", "contact": "{contact}", "action": "share"},
        (),
        (),
        ("engagement", "contact", "action"),
    ),
    "part, organization": Place(
        "oxford",
        f"{DESK}/engagement/{{engagement}}/",
        {
            "action": "organization",
            "organization-organization": "new",
            "organization-name": "Tall",
        },
        ("organization-name", "organization-place"),
        (),
        ("action", "organization-organization"),
    ),
    "part, contact": Place(
        "oxford",
        f"{DESK}/engagement/{{engagement}}/",
        {
            "action": "contact",
            "contact-contact": "new",
            "contact-name": "Rae",
            "contact-email": "rae@tall.example",
        },
        ("contact-name", "contact-email", "contact-title", "contact-phone"),
        (),
        ("contact-contact",),
    ),
    "part, note": Place(
        "oxford",
        f"{DESK}/engagement/{{engagement}}/",
        {"action": "note", "note-note": "Hm.", "note-seen": ""},
        ("note-note",),
        (),
        ("note-seen",),
    ),
    "part, end": Place(
        "oxford",
        f"{DESK}/engagement/{{engagement}}/",
        {"action": "end", "end-reason": "withdrew"},
        ("end-words", "end-remark"),
        (),
        ("end-reason",),
    ),
    "sign-up": Place(
        "",
        "/accounts/signup/",
        {"name": "Nia", "email": "nia@miami.example"},
        ("name", "email"),
    ),
    "fresh link": Place("", "/partners/", {"email": "pat@tallgrass.example"}, ("email",)),
    "contact": Place(
        "oxford",
        "/admin/partners/contact/add/",
        PAT,
        ("name", "title", "email", "phone"),
        (),
        ("organizations",),
    ),
    "organization": Place(
        "oxford",
        "/admin/partners/organization/add/",
        {"name": "Tall", "aliases-TOTAL_FORMS": "0", "aliases-INITIAL_FORMS": "0"},
        ("name", "place", "kind", "website"),
    ),
    "unit": Place(
        "lead",
        "/admin/accounts/unit/add/",
        UNIT,
        ("name", "contact_name", "email", "phone", "hours"),
    ),
    "campus": Place(
        "lead",
        "/admin/accounts/campus/add/",
        {"name": "Luxembourg", "position": "1"},
        ("name",),
        (),
        ("unit", "position"),
    ),
    "person": Place(
        "lead",
        "/admin/accounts/user/add/",
        {"name": "Nia", "email": "nia@miami.example"},
        ("name", "email"),
    ),
    "role": Place(
        "lead",
        "/admin/accounts/role/add/",
        ROLE,
        (),
        ("starts_on", "ends_on"),
        ("user", "kind", "unit", "department"),
    ),
    "term": Place(
        "lead",
        "/admin/proposals/term/add/",
        {"name": "Fall", "starts_on": "2026-08-24", "ends_on": "2026-12-12"},
        ("name",),
        ("starts_on", "ends_on"),
    ),
    "holiday": Place(
        "lead",
        "/admin/reviews/holiday/add/",
        {"name": "Snow", "on": "2026-12-01"},
        ("name",),
        ("on",),
    ),
}


def post(client: Client, path: str, given: dict[str, str]):
    """As a browser that can send anything, half characters too."""
    body = urlencode(given, errors="surrogatepass")
    return client.post(path, body, content_type="application/x-www-form-urlencoded")


def stands() -> list:
    """All that could change, row by row."""
    return [list(model.objects.order_by("pk").values()) for model in WATCHED]


def obeyed() -> list:
    """What only the extra keys could have done."""
    powers = ("is_superuser", "is_active")
    return [
        list(Proposal.objects.filter(stage=Stage.APPROVED)),
        set(Proposal.objects.values_list("submitter__email", flat=True)),
        set(User.objects.values_list("email", *powers)) & {("nia@miami.example", True, True)},
        User.objects.filter(is_superuser=True).count(),
        User.objects.filter(is_active=False).count(),
    ]


def of(place: Place) -> tuple[str, dict[str, str], User | None]:
    """Where it is posted, what is good to post there, and by whom; what it is about is made."""
    cast = make_cast()
    proposal = summarized(make_at(place.stage))
    engagement = proposal.engagements.get()
    withdrawal = build_plan(proposals=[proposal], move=Move.WITHDRAW, actor=cast.proposer)
    on_hold = Given(reason_code="timing", wake_on=timezone.localdate() + timedelta(days=30))
    hold = build_plan(proposals=[proposal], move=Move.HOLD, actor=cast.oxford, given=on_hold)
    known = {
        "pk": proposal.pk,
        "ref": proposal.reference,
        "seen": StageChange.objects.filter(proposal=proposal).latest().pk,
        "digest": withdrawal.digest,
        "hold": hold.digest,
        "user": cast.other_proposer.pk,
        "oxford": cast.oxford.pk,
        "engagement": engagement.pk,
        "contact": engagement.contact_id,
    }
    good = {key: value.format(**known) for key, value in place.good.items()}
    return place.path.format(**known), good, getattr(cast, place.who) if place.who else None


@pytest.mark.parametrize("name", PLACES)
def test_bad_input_is_refused_in_words_or_shown_as_text(name):
    place, (path, good, person) = PLACES[name], of(PLACES[name])
    good |= EXTRA
    wrong = {}
    for key, value in place.attempts():
        with transaction.atomic():
            client = client_of(person)
            if problem := attempt(client, path, good | {key: value}, value, key in place.choices):
                wrong[f"{key}={value[:20]!r}"] = problem
            transaction.set_rollback(True)
    assert wrong == {}
    # So that each refusal above is one of the bad value.
    assert post(client_of(person), path, good).status_code == place.status


def client_of(person: User | None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def attempt(client: Client, path: str, given: dict[str, str], typed: str, is_choice: bool) -> str:
    """What is wrong with the answer to this post; empty: nothing."""
    before, powers = stands(), obeyed()
    response = post(client, path, given)
    is_stored = response.status_code == 302
    page = (client.get(response["Location"]) if is_stored else response).content.decode()
    if any(raw in page for raw in RAW):
        return "markup"
    if obeyed() != powers:
        return "an extra key was obeyed"
    if is_stored:
        return ""
    if response.status_code not in (200, 409, 422):
        return f"status {response.status_code}"
    if stands() != before:
        return "refused and stored"
    if not any(mark in page for mark in ("There is a problem", "errorlist", 'role="alert"')):
        return "refused without words"
    sent = typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return "" if is_choice or escape(sent) in page else "what was typed is lost"


@pytest.mark.parametrize("chosen", CHOICES)
def test_a_list_takes_no_nonsense_for_a_chosen_row(client, cast, chosen):
    client.force_login(cast.admin_user)
    make_at(Stage.TRIAGE)
    before = stands()
    for path, action in (
        ("reviews/triageitem", "assign_to_me"),
        ("reviews/triageitem", "nonsense"),
        ("partners/contact", "revoke_links"),
        ("outbox/message", "try_again"),
    ):
        given = {"action": action, "_selected_action": chosen, "index": chosen, **EXTRA}
        assert post(client, f"/admin/{path}/", given).status_code in (200, 302, 400)
    assert stands() == before
