"""An organization's part in a proposal, put right and ended from the desk."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from partners.correcting import write_note
from partners.leaving import end_engagement
from partners.models import Contact, Engagement, Organization
from proposals.models import Stage
from reviews.models import TriageItem
from reviews.text_search import search
from tests.factories import make_at
from tests.partners.sharing import come_by_link, share_it, summarized

pytestmark = pytest.mark.django_db

READERS = ("oxford", "lead", "auditor", "admin_user")
OTHERS = ("proposer", "committee", "committee_chair", "deans", "chair")
HOSTILE = '"><script>alert(1)</script>{{ request.user }}'
NOTE = "They also talk to Ohio U."


@pytest.fixture
def part(cast) -> Engagement:
    part = summarized(make_at(Stage.APC_REVIEW)).engagements.get()
    return write_note(engagement=part, note=NOTE, seen="", by=cast.oxford)


def desk(part: Engagement) -> str:
    return f"/admin/reviews/triageitem/{part.proposal_id}/change/"


def page_of(part: Engagement) -> str:
    return f"/admin/reviews/triageitem/{part.proposal_id}/engagement/{part.pk}/"


def press(client: Client, part: Engagement, action: str, **given: str):
    posted = {f"{action}-{name}": value for name, value in given.items()}
    return client.post(page_of(part), posted | {"action": action})


@pytest.mark.parametrize("role", READERS)
def test_who_reads_the_desk_reads_facts_note_and_history(client, cast, part, role):
    client.force_login(getattr(cast, role))

    page = client.get(page_of(part)).content.decode()

    for words in ("Tallgrass Fasteners, Hamilton, Ohio", NOTE, "Confidential note changed"):
        assert words in page


@pytest.mark.parametrize("role", OTHERS)
def test_for_everybody_else_there_is_no_page(client, cast, part, role):
    client.force_login(getattr(cast, role))

    assert client.get(page_of(part)).status_code == 404
    assert press(client, part, "end", reason="withdrew").status_code == 404


@pytest.mark.parametrize("role", ["regionals", "auditor"])
def test_who_does_not_work_on_it_presses_nothing(client, cast, part, role):
    client.force_login(getattr(cast, role))

    page = client.get(page_of(part)).content.decode().split("<article")[1]

    assert "<button" not in page
    assert press(client, part, "end", reason="withdrew").status_code == 404


def test_reviewers_and_outsiders_never_read_the_note(client, cast, part):
    share = share_it(part.proposal, cast.oxford)
    for reviewer in (cast.committee_chair, cast.deans):
        client.force_login(reviewer)
        assert NOTE not in client.get(desk(part)).content.decode()
    client.force_login(cast.proposer)
    assert NOTE not in client.get(f"/proposals/{part.proposal.reference}/").content.decode()
    outside = Client()
    come_by_link(outside, share.contact)
    shown = outside.get(f"/partners/{part.proposal.reference}/")
    assert shown.status_code == 200
    assert NOTE not in shown.content.decode()


def test_a_part_of_another_proposal_is_not_there(client, cast, part):
    other = make_at(Stage.TRIAGE)
    client.force_login(cast.oxford)

    for key in (part.pk, "9" * 30):
        path = f"/admin/reviews/triageitem/{other.pk}/engagement/{key}/"
        assert client.get(path).status_code == 404


def test_every_button_does_what_it_says(client, cast, part):
    right = Organization.objects.create(name="Tallgrass Fasteners Inc")
    client.force_login(cast.oxford)
    pressed = [
        press(client, part, "organization", organization=str(right.pk), is_another_name="on"),
        press(client, part, "organization", organization="new", name="TG", place="Troy"),
        press(client, part, "contact", contact="new", name="Rae", email="rae@tallgrass.example"),
        press(client, part, "contact", contact="nobody"),
        press(client, part, "note", note="No more.", seen=NOTE),
        press(client, part, "end", reason="withdrew", words="Thank you."),
        press(client, part, "reopen"),
    ]

    assert [answer.status_code for answer in pressed] == [302] * 7
    part.refresh_from_db()
    assert (str(part.organization), part.contact, part.staff_note) == ("TG", None, "No more.")
    kinds = list(part.entries.order_by("pk").values_list("kind", flat=True))
    expected = ["note", "organization", "organization", "contact", "contact", "note"]
    assert kinds == [*expected, "ended", "reopened"]
    assert right.aliases.get().name == "Tallgrass Fasteners"


@pytest.mark.parametrize(
    ("action", "given", "words"),
    [
        ("organization", {}, "Choose one."),
        ("organization", {"organization": "7"}, "Choose one of those offered here."),
        ("organization", {"organization": "new"}, "Write its name."),
        ("organization", {"organization": "new", "name": "x" * 10_000}, "at most 160 characters"),
        (
            "organization",
            {"organization": "new", "name": "tallgrass fasteners", "place": "hamilton, ohio"},
            "in the directory already",
        ),
        ("contact", {"contact": "new", "email": "x"}, "Enter an e-mail address."),
        ("contact", {"contact": "new", "email": "x@y.example"}, "Write a name."),
        ("contact", {"contact": "9" * 30}, "Choose one of those offered here."),
        ("note", {"note": "x" * 10_000, "seen": NOTE}, "at most 2000 characters"),
        ("note", {"note": "nul\x00", "seen": NOTE}, "Null characters are not allowed."),
        ("note", {"note": "Mine.", "seen": "Something else"}, "while you wrote"),
        ("end", {"reason": ""}, "Choose a reason."),
        ("end", {"reason": "because"}, "Choose one of the reasons offered here."),
        ("end", {"reason": "withdrew", "words": "x" * 601}, "at most 600 characters"),
        ("reopen", {}, "It has not ended."),
        ("nonsense", {}, "Choose one of the buttons of this page."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, cast, part, action, given, words):
    client.force_login(cast.oxford)

    response = press(client, part, action, **given)

    assert response.status_code == 422
    assert words in response.content.decode()


def test_who_has_read_the_newer_note_can_save_over_it(client, cast, part):
    client.force_login(cast.oxford)

    refused = press(client, part, "note", note="Mine.", seen="Something else").content.decode()

    assert f'name="note-seen" value="{NOTE}"' in refused
    assert press(client, part, "note", note="Mine.", seen=NOTE).status_code == 302


def test_a_partner_that_left_is_flagged_in_list_and_page(client, cast, part):
    client.force_login(cast.oxford)
    assert "Partner left" not in client.get(desk(part)).content.decode()
    end_engagement(engagement=part, reason="withdrew", by=cast.oxford)

    assert "Partner left" in client.get(desk(part)).content.decode()
    cell = client.get("/admin/reviews/triageitem/?q=left:yes&columns=").content.decode()
    assert part.proposal.reference in cell


def test_the_search_language_finds_those_that_were_left(cast, part):
    other = make_at(Stage.TRIAGE)
    end_engagement(engagement=part, reason="withdrew", by=cast.oxford)

    def found(words: str) -> list[str]:
        rows = search(TriageItem.objects.all(), words, cast.oxford)
        return [row.reference for row in rows]

    assert found("left:yes") == [part.proposal.reference]
    assert found("left:no") == [other.reference]


def test_hostile_words_are_text(client, cast, part):
    write_note(engagement=part, note=HOSTILE, seen=NOTE, by=cast.oxford)
    Contact.objects.update(name=HOSTILE)
    Organization.objects.update(name=HOSTILE)
    end_engagement(engagement=part, reason="withdrew", words=HOSTILE, by=cast.oxford)
    client.force_login(cast.oxford)

    for path in (page_of(part), desk(part)):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert escape(HOSTILE) in page


def test_the_page_takes_as_many_statements_for_more(client, cast, part):
    client.force_login(cast.oxford)
    taken = []
    client.get(page_of(part))  # what the header counts is remembered for a while
    for number in (0, 3):
        for n in range(number):
            person = Contact.objects.create(name=f"P{n}", email=f"p{n}@tallgrass.example")
            person.organizations.add(part.organization)
            Organization.objects.create(name=f"Tallgrass Fasteners {n}")
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of(part))
        taken.append(len(queries))

    assert taken[0] == taken[1]
