"""Nonsense and other people's ids in every address: never an error of ours, nothing to see."""

from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from proposals.models import Proposal, Stage
from reviews.workflow import Move
from tests.architecture.test_urls import addresses
from tests.factories import make_cast, make_draft, make_submitted
from tests.partners.sharing import come_by_link, share_it, summarized

pytestmark = pytest.mark.django_db

READERS = ("anonymous", "partner", "proposer", "oxford")
# Places of an address that take a number alone.
DIGITS = {"message", "contact", "pk", "ask"}
OF_OTHERS = {"page": "need", "file": "nonsense", "kind": "proposers", **dict.fromkeys(DIGITS, 1)}
NONSENSE = (
    "9" * 5000,  # Python reads no number of more than 4,300 digits
    "9" * 4000,
    "9" * 20,
    "1e3",
    "٣",
    "-1",
    "0",
    "%00",
    "%ff",
    "..%2f..%2fetc%2fpasswd",
    "'\";--",
    "😀",
    "x" * 300,
)
DESK = "/admin/reviews/triageitem"
DESK_PAGES = (
    "change",
    "move/start_triage",
    "sharing",
    "engagement/1",
    "assign",
    "note",
    "triage",
    "undo",
    "todo",
    "todo/1",
    "talk",
)
# By name; what a page does not take, it passes over, and the desk refuses.
DESK_TAKES = {
    "p": ("abc", "-1", "0", "9" * 40),
    "q": ("\x00", "'\"%_\\", "word" * 2500, "word " * 2000, "\ud800", "\u202e", "MC-2026-٣"),
    "o": ("junk", "9" * 40, "-", "1.junk", "-9.99"),
    "e": ("1",),
    "all": ("1",),
    "_popup": ("nonsense",),
    "stage": ("nonsense", "9" * 40, "draft"),
    "unit": ("nonsense", "9" * 40, "-1"),
    "turn": ("nonsense",),
    "owner": ("nonsense", "9" * 40),
    "due": ("nonsense",),
    "step": ("nonsense",),
    "queue": ("nonsense", "9" * 40),
    "columns": ("nonsense",),
}
OTHERS_TAKE = {
    "page": ("abc", "-1", "0", "9" * 40, "1.5", "last"),
    "order_by": ("owner__password",),
    "submitter__password__startswith": ("a",),
    "whose_turn": ("nonsense",),
    "year": ("nonsense", "9" * 40, "-1", "0"),
    "show": ("nonsense",),
    "next": ("javascript:alert(1)", "//evil.example", "9" * 4000),
}
ADMIN_TAKES = {
    "p": DESK_TAKES["p"],
    "q": ("'\"%_\\", "\ud800"),
    "o": ("9" * 40, "-9.99"),
    "is_active__exact": ("nonsense",),
    "unit__id__exact": ("nonsense", "9" * 40),
    "roles__kind__exact": ("nonsense",),
    "kind": ("nonsense",),
    "event": ("9" * 4000,),
    "_to_field": ("password",),
}


@pytest.fixture
def shared(cast) -> Proposal:
    """One that waits, and that a partner follows."""
    proposal = summarized(make_submitted())
    share_it(proposal, cast.oxford)
    return proposal


def come_as(reader: str, proposal: Proposal) -> Client:
    client = Client()
    if reader == "partner":
        come_by_link(client, proposal.engagements.get().contact)
    elif reader != "anonymous":
        client.force_login(getattr(make_cast(), reader))
    return client


def named_addresses_with(nonsense: str, proposal: Proposal) -> list[str]:
    """Each named address that takes something, with nonsense in one of its places."""
    good = {"ref": proposal.reference, "page": "need", "uidb36": "1"}
    found = []
    for name, pattern in addresses():
        for place in pattern.pattern.regex.groupindex:
            names = pattern.pattern.regex.groupindex
            known = {key: good.get(key, "nobody") for key in names} | {place: "nonsense"}
            for digits in DIGITS.intersection(known):  # their places take no other
                known[digits] = 987654321
            found.append(
                reverse(name, kwargs=known)
                .replace("987654321", nonsense)
                .replace("nonsense", nonsense)
            )
    return found


def statuses(client: Client, paths: list[str], **posted: str) -> dict[str, int]:
    """What each address answers, asked and posted to; an error of ours is raised here."""
    found = {f"GET {path[:80]}": client.get(path).status_code for path in paths}
    return found | {f"POST {path[:80]}": client.post(path, posted).status_code for path in paths}


def not_among(found: dict[str, int], *allowed: int) -> dict[str, int]:
    return {path: status for path, status in found.items() if status not in allowed}


def as_queries(taken: dict[str, tuple[str, ...]]) -> list[str]:
    pairs = [(name, value) for name, values in taken.items() for value in values]
    return [urlencode([pair], errors="surrogatepass") for pair in pairs]


@pytest.mark.parametrize("reader", READERS)
def test_nonsense_in_a_named_address_is_nothing(shared, reader, settings, tmp_path):
    settings.DEMO, settings.MAIL_SINK_DIR = True, tmp_path
    client = come_as(reader, shared)
    # The script that saves is told in its own way that nobody is signed in.
    sign_in = [302, 401] if reader in ("anonymous", "partner") else []
    for nonsense in NONSENSE:
        paths = named_addresses_with(nonsense, shared)
        resets = [path for path in paths if "/reset/key/" in path or path.endswith("/fresh/")]
        others = [path for path in paths if path not in resets]
        # A page that says the link is no good, to whoever is signed out; one for a fresh link that
        # answers the same whatever it is asked for.
        assert not_among(statuses(client, resets), 200, 302, 400, 404, 405) == {}
        assert not_among(statuses(client, others), 400, 404, 405, *sign_in) == {}


@pytest.mark.parametrize("reader", READERS)
def test_nonsense_on_the_desk_is_nothing(shared, reader):
    client = come_as(reader, shared)
    sign_in = [302] if reader in ("anonymous", "partner") else []
    for nonsense in NONSENSE:
        paths = [f"{DESK}/{nonsense}/{page}/" for page in DESK_PAGES]
        paths.append(f"{DESK}/{shared.pk}/move/{nonsense}/")
        paths.append(f"{DESK}/undo/{nonsense}/")
        assert not_among(statuses(client, paths), 400, 404, 405, *sign_in) == {}


def test_nonsense_for_an_id_in_the_admin_is_no_error(admin_user):
    client = Client()
    client.force_login(admin_user)
    for model in admin.site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}"
        paths = [f"{base}/{nonsense}/change/" for nonsense in NONSENSE]
        # 200, because Django reads the digits of every script.
        assert not_among(statuses(client, paths), 200, 302, 400, 403, 404, 405) == {}


def test_what_is_other_peoples_is_not_there(shared, cast):
    """Posted to as well: ``test_urls`` only asks."""
    client = Client()
    client.force_login(cast.other_proposer)
    paths = [
        reverse(
            name,
            kwargs={"ref": shared.reference}
            | {key: value for key, value in OF_OTHERS.items() if key in keys},
        )
        for name, pattern in addresses()
        if "ref" in (keys := pattern.pattern.regex.groupindex)
    ]
    paths += [f"{DESK}/{shared.pk}/{page}/" for page in DESK_PAGES]

    assert not_among(statuses(client, paths), 404, 405) == {}
    assert Proposal.objects.get().stage == Stage.SUBMITTED


def test_partners_open_nothing_that_is_not_shared_with_them(shared, cast):
    other = summarized(make_submitted(cast.other_proposer))
    drafted = make_draft()
    client = come_as("partner", shared)

    for proposal in (other, drafted):
        path = reverse("partners:engagement_detail", args=[proposal.reference])
        assert client.get(path).status_code == 404


def test_the_desk_knows_no_draft(cast):
    drafted = make_draft()
    client = Client()
    client.force_login(cast.oxford)
    paths = [f"{DESK}/{drafted.pk}/{page}/" for page in DESK_PAGES]
    paths += [f"{DESK}/{drafted.pk}/move/{move}/" for move in Move]

    assert not_among(statuses(client, paths), 404, 405) == {}


@pytest.mark.parametrize(
    ("reader", "path"),
    [
        ("anonymous", "/"),
        ("anonymous", "/accounts/login/"),
        ("partner", "/partners/"),
        ("proposer", "/proposals/"),
        ("oxford", "/proposals/"),
        ("oxford", f"{DESK}/"),
    ],
)
def test_nonsense_in_a_query_shows_the_page_all_the_same(shared, reader, path):
    client, wrong = come_as(reader, shared), {}
    for query in as_queries(DESK_TAKES | OTHERS_TAKE):
        is_refused = "%00" in query or (DESK in path and query.split("=")[0] in OTHERS_TAKE)
        status = client.get(f"{path}?{query}").status_code
        if status not in ((400,) if is_refused else (200, 302)):
            wrong[query[:80]] = status
    assert wrong == {}


def test_nonsense_in_a_query_of_the_admin_is_no_error(shared, admin_user):
    client, wrong = Client(), {}
    client.force_login(admin_user)
    for model in admin.site._registry:
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for query in as_queries(ADMIN_TAKES):
            status = client.get(f"{path}?{query}").status_code
            if status not in (200, 302, 400):
                wrong[f"{path}?{query}"[:80]] = status
    assert wrong == {}


@pytest.mark.parametrize(
    "asked",
    [
        "outbox/message/?body__contains=4",
        "accounts/user/?password__startswith=m",
        "partners/link/?token_sha256__startswith=a",
        "reviews/triageitem/?fit_tags__contains=a",
        "reviews/triageitem/?created_at__year=99999",
        "partners/contact/?name__regex=(",
        "partners/contact/?pk__gt=1",
    ],
)
def test_lists_of_the_admin_answer_only_what_they_offer(client, admin_user, asked):
    client.force_login(admin_user)
    assert client.get(f"/admin/{asked}").status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        "accounts/user/?roles__kind__exact=lead&is_active__exact=1",
        "accounts/role/?unit__id__exact=1&kind__isnull=True",
        "outbox/message/?event=account&state__exact=sent",
        "partners/organization/?is_fictional__exact=0&kind=employer",
    ],
)
def test_lists_of_the_admin_answer_what_they_offer(client, admin_user, asked):
    client.force_login(admin_user)
    assert client.get(f"/admin/{asked}").status_code == 200
