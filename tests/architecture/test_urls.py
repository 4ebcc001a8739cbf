"""Every address × every role: open, elsewhere, refused or not there. A new address needs a line."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from microcreds.outbox.links import token_for
from partners.models import Engagement
from partners.services import issue_links
from proposals.models import Proposal, Stage, Thread
from proposals.services.conversation import add_comment
from tests.factories import make_at, make_cast

pytestmark = pytest.mark.django_db

ROLES = (
    "anonymous",
    "proposer",
    "other_proposer",
    "oxford",
    "regionals",
    "lead",
    "committee",
    "committee_chair",
    "deans",
    "chair",
    "auditor",
    "admin_user",
)
DESK = ("oxford", "regionals", "lead", "committee_chair", "deans", "auditor", "admin_user")
SIGN_IN = "302 /accounts/login/"
OPEN = dict.fromkeys(ROLES, "200")
OUTSIDERS = {"proposer": "404", "other_proposer": "404", "committee": "404", "chair": "404"}


def closed(*may: str, else_: str = "404") -> dict[str, str]:
    """Open to these roles; a 404 to everybody else signed in; sign-in first."""
    return {
        role: SIGN_IN if role == "anonymous" else "200" if role in may else else_ for role in ROLES
    }


SIGNED_IN = closed(*ROLES)
AWAY_WHEN_SIGNED_IN = {role: "200" if role == "anonymous" else "302 /home/" for role in ROLES}
NOTHING_BEGUN = dict.fromkeys(ROLES, "302")
IMITATORS = ("oxford", "regionals", "lead", "auditor", "admin_user")
READERS = ("proposer", "oxford", "regionals", "lead", "auditor", "admin_user")
# The proposal is one in triage, its owner is "proposer"; only its owner acts on it.
ADDRESSES: dict[str, dict[str, str]] = {
    "front": OPEN,
    "examples": OPEN,
    "how_long": OPEN,
    "questions": OPEN,
    "help_by_role": OPEN,
    "accessibility": OPEN,
    "privacy": OPEN,
    "healthz": OPEN,
    "readyz": OPEN,
    "home": {
        role: SIGN_IN
        if role == "anonymous"
        else "302 /admin/"
        if role in DESK
        else "302 /proposals/"
        for role in ROLES
    },
    "desk_home": closed(*DESK),
    "account_login": AWAY_WHEN_SIGNED_IN,
    "account_request_login_code": AWAY_WHEN_SIGNED_IN,
    "account_signup": AWAY_WHEN_SIGNED_IN,
    "account_confirm_login_code": NOTHING_BEGUN,
    "account_email_verification_sent": NOTHING_BEGUN,
    "account_logout": SIGNED_IN | {"anonymous": "302 /"},
    "account_inactive": OPEN,
    "account_reset_password": OPEN,
    "account_reset_password_done": OPEN,
    "account_reset_password_from_key": OPEN,
    "account_reset_password_from_key_done": OPEN,
    "account_change_password": closed(else_="302 /accounts/password/set/"),
    "account_set_password": SIGNED_IN,
    "account_session": OPEN | {"anonymous": "401"},
    # Somebody who signs in by code has no password to give again.
    "account_reauthenticate": closed(else_="403"),
    "account_email": closed(else_="302 /home/"),
    "proposals:proposal_list": SIGNED_IN,
    "proposals:proposal_new": SIGNED_IN,
    "proposals:proposal_asked": closed(),
    "proposals:proposal_detail": closed(*READERS),
    "proposals:proposal_record": closed(*READERS),
    "proposals:proposal_download": closed(*READERS),
    "proposals:proposal_resume": closed() | {"proposer": "302"},
    "proposals:proposal_edit": closed() | {"proposer": "302"},
    "proposals:proposal_autosave": dict.fromkeys(ROLES, "405"),
    "proposals:proposal_check": closed() | {"proposer": "302"},
    "proposals:proposal_leave_open": closed(else_="405"),
    "proposals:proposal_lookalikes": closed(else_="405"),
    "proposals:proposal_advice": dict.fromkeys(ROLES, "405") | {"anonymous": SIGN_IN},
    "proposals:proposal_partners": closed("proposer"),
    "proposals:proposal_self_check": closed("proposer"),
    "proposals:proposal_delete": closed("proposer"),
    "proposals:proposal_points": closed("proposer"),
    "proposals:proposal_revisions": closed("proposer"),
    "proposals:proposal_ask": closed("proposer"),
    "proposals:proposal_withdraw": closed("proposer"),
    "proposals:proposal_take_back": closed("proposer"),
    "proposals:proposal_full": closed("proposer"),
    "proposals:proposal_undo": closed("proposer"),
    "proposals:proposal_as_proposer": closed(*IMITATORS),
    "proposals:file_list": closed(*READERS),
    "proposals:file_download": closed(),
    "proposals:file_remove": closed(),
    "partners:file_download": dict.fromkeys(ROLES, "404"),
    "proposals:conversation": closed(*READERS),
    "proposals:message_edit": closed("proposer"),
    "proposals:conversation_read": closed() | dict.fromkeys(READERS, "302"),
    "proposals:proposal_invitation": closed() | {"proposer": "302"},
    "proposals:proposal_people": closed("proposer"),
    "proposals:proposal_hand_over": closed("proposer"),
    "proposals:proposal_endorsements": closed("proposer"),
    # Nobody was asked for one.
    "proposals:proposal_endorsement": closed(),
    "proposals:endorsement_letter": closed(),
    "proposals:proposal_look": closed("proposer"),
    "proposals:proposal_copy": closed("proposer"),
    "proposals:proposal_ask_to_withdraw": closed("proposer"),
    "asks:ask_list": SIGNED_IN,
    "mail:mail_list": SIGNED_IN,
    "mail:mail_preferences": SIGNED_IN,
    "mail:mail_detail": closed(),
    "mail:unsubscribe": dict.fromkeys(ROLES, "404"),
    "mail:mail_events": dict.fromkeys(ROLES, "405"),
    "mail:mail_replies": dict.fromkeys(ROLES, "405"),
    "partners:engagement_list": OPEN,
    # Without a personal link the way to a fresh one.
    "partners:mail_list": dict.fromkeys(ROLES, "302 /partners/"),
    "partners:mail_preferences": dict.fromkeys(ROLES, "302 /partners/"),
    "partners:mail_detail": dict.fromkeys(ROLES, "404"),
    "partners:link": OPEN,
    "partners:fresh_link": dict.fromkeys(ROLES, "405"),
    "partners:start": OPEN,
    "partners:started": OPEN,
    "partners:inquiry_detail": dict.fromkeys(ROLES, "404"),
    "partners:leave": dict.fromkeys(ROLES, "405"),
    "partners:questions": dict.fromkeys(ROLES, "404"),
    "partners:meeting_time": dict.fromkeys(ROLES, "404"),
    "partners:write": dict.fromkeys(ROLES, "404"),
    "partners:colleague": dict.fromkeys(ROLES, "404"),
    "partners:history": dict.fromkeys(ROLES, "404"),
    # Nothing is shared with that contact.
    "partners:mou_turn": dict.fromkeys(ROLES, "404"),
    "partners:mou_file": dict.fromkeys(ROLES, "404"),
    "proposals:mou_file": closed(),
    "partners:engagement_as": closed(),
    "partners:endorsement": dict.fromkeys(ROLES, "404"),
    "partners:endorsement_sign": dict.fromkeys(ROLES, "404"),
    "partners:endorsement_decline": dict.fromkeys(ROLES, "404"),
    "partners:endorsement_letter": dict.fromkeys(ROLES, "404"),
    "partners:recorded": dict.fromkeys(ROLES, "404"),
    "partners:engagement_detail": dict.fromkeys(ROLES, "404"),
    "demo:sign_in": dict.fromkeys(ROLES, "404"),
    "demo:partner": dict.fromkeys(ROLES, "404"),
    "demo:mail_list": dict.fromkeys(ROLES, "404"),
    "demo:mail_detail": dict.fromkeys(ROLES, "404"),
}


def addresses() -> Iterator[tuple[str, URLPattern]]:
    """Every named address of the site but the admin's, with its namespace."""

    def walk(patterns: list, namespace: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                if pattern.namespace != "admin":
                    inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                    yield from walk(pattern.url_patterns, inner)
            elif pattern.name:
                yield f"{namespace}{pattern.name}", pattern

    yield from walk(get_resolver().url_patterns, "")


def path_of(name: str, pattern: URLPattern, proposal: Proposal) -> str:
    known = {
        "ref": proposal.reference,
        "page": "need",
        "uidb36": "1",
        "key": "nonsense",
        "file": "nonsense",
        "name": "nobody.eml",
        "token": token_of_its_partner(proposal),
        "kind": "proposers",
        "contact": 1,
        "ask": 1,
        "pk": 1,
        "message": message_of_its_owner(proposal),
    }
    return reverse(name, kwargs={key: known[key] for key in pattern.pattern.regex.groupindex})


def message_of_its_owner(proposal: Proposal) -> int:
    return add_comment(
        proposal=proposal,
        kind=Thread.Kind.PROPOSERS,
        author=proposal.submitter,
        body="When do we hear?",
        key="once",
    )[0].pk


def token_of_its_partner(proposal: Proposal) -> str:
    contact = Engagement.objects.get(proposal=proposal).contact
    return token_for(issue_links(contacts=[contact])[contact.pk].uuid)


def answer(client: Client, path: str) -> str:
    """The status, and for a redirect where to, without the query."""
    response = client.get(path)
    if response.streaming:
        response.getvalue()  # read to its end, it closes its file
    where = response.get("Location", "").split("?")[0]
    return f"{response.status_code} {where}".strip()


def client_of(role: str) -> Client:
    client = Client(raise_request_exception=True)
    if role != "anonymous":
        client.force_login(getattr(make_cast(), role))
    return client


def test_every_address_has_its_line_here():
    assert {name for name, _ in addresses()} == set(ADDRESSES)


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_each_role_as_its_line_says(role):
    proposal, client = make_at(Stage.TRIAGE), client_of(role)
    wrong = []
    for name, pattern in addresses():
        expected = ADDRESSES[name][role]
        found = answer(client, path_of(name, pattern, proposal))
        if found != expected and not (" " not in expected and found.startswith(f"{expected} ")):
            wrong.append(f"{name}: expected {expected}, got {found}")
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_the_admin_opens_only_what_permissions_name(role):
    """Lists and "add" pages of every model: 200 by permission, 403 without, 404 off the desk."""
    client, wrong = client_of(role), []
    user = getattr(make_cast(), role, None)
    for model in admin.site._registry:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        for page, action in (("changelist", "view"), ("add", "add")):
            try:
                found = answer(client, reverse(f"admin:{label}_{page}"))
            except NoReverseMatch:  # a desk page has no "add" at all
                continue
            permission = f"{model._meta.app_label}.{action}_{model._meta.model_name}"
            if role == "anonymous":
                expected = {SIGN_IN}
            elif role not in DESK:
                expected = {"404"}
            elif user.has_perm(permission):
                expected = {"200"} if page == "changelist" else {"200", "403"}
            else:
                expected = {"403"}
            if found not in expected:
                wrong.append(f"{label} {page}: expected {expected}, got {found}")
    assert wrong == []
