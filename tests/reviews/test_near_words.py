"""A search that finds nothing says what it may have meant, of what its reader may see."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from microcreds.accounts.models import User
from proposals.models import Proposal, Stage
from reviews.desk import desk_of
from reviews.near_words import nearest
from reviews.questions import Question
from tests.factories import make_at, make_cast, make_draft, make_submitted

pytestmark = pytest.mark.django_db
LIST = "/admin/reviews/triageitem/"


def meant(text: str, reader: User | None = None, **more: str) -> str:
    reader = reader or make_cast().oxford
    filters = tuple((name, (value,)) for name, value in more.items())
    return nearest(Question(filters=filters, words=text), desk_of(reader), reader)


@pytest.fixture
def water(cast) -> Proposal:
    """By Gus Proposer, with Tallgrass Fasteners, and the longest word of a title there is."""
    return make_submitted(cast.other_proposer, working_title="Cybersecurity of water plants")


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("cybersecurty", "cybersecurity"),
        ("Cybersequrity", "cybersecurity"),
        ("talgrass", "tallgrass"),
        ("Tallgrasss", "tallgrass"),
        ("propozer", "proposer"),
        ("water plamts", "water plants"),
        ('partner:"Talgrass Fasteners"', 'partner:"tallgrass Fasteners"'),
        ("partner:talgrass water", "partner:tallgrass water"),
        ("turn:elearning cybersecurty", "turn:elearning cybersecurity"),
    ],
)
def test_a_letter_too_few_too_many_or_wrong(water, typed, near):
    assert meant(typed) == near


@pytest.mark.parametrize("typed", ["munos", "Muños", "muñozz"])
def test_an_accent_is_no_wrong_letter(cast, typed):
    cast.other_proposer.name = "Gus Muñoz"
    cast.other_proposer.save()
    make_submitted(cast.other_proposer)
    assert meant(typed) == "muñoz"


def test_an_owners_name_too(cast):
    make_at(Stage.TRIAGE)
    assert meant("owner:oxfrod") == "owner:oxford"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "qqqqqqqq",
        "wat",
        "water",
        "\x00",
        "'\"%_\\",
        "x" * 5000,
        "stage:nonsense",
        "🙂" * 9,
        "-",
    ],
)
def test_what_is_near_to_nothing_or_well_spelled_means_nothing_else(water, typed):
    assert meant(typed) == ""


def test_nothing_is_offered_that_the_filters_leave_out(water):
    assert meant("cybersecurty", stage="submitted") == "cybersecurity"
    assert meant("cybersecurty", stage="approved") == ""


def test_no_word_of_a_draft_or_of_what_its_reader_does_not_meet_is_told(cast):
    make_draft(cast.other_proposer)
    Proposal.objects.update(working_title="Hydroponics")
    assert meant("hydroponcs") == ""
    make_submitted(cast.other_proposer, working_title="Bookbinding")
    assert meant("bookbindng") == "bookbinding"
    for reader in (cast.committee_chair, cast.deans, cast.proposer):
        assert meant("bookbindng", reader) == ""
        assert meant("propozer", reader) == ""
        assert meant("talgrass", reader) == ""


def test_the_list_says_so_with_a_link_that_keeps_the_filters(client, water):
    client.force_login(make_cast().oxford)
    page = client.get(f"{LIST}?stage=submitted&q=cybersecurty")
    assert page.context["cl"].meant_query_string == "?q=cybersecurity&stage=submitted"
    assert 'href="?q=cybersecurity&amp;stage=submitted"' in page.content.decode()
    assert "Did you mean “cybersecurity”?" in page.content.decode()
    assert "Nothing matches that spelling" in page.content.decode()
    found = client.get(f"{LIST}?stage=submitted&q=cybersecurity").content.decode()
    assert water.reference in found
    assert "Did you mean" not in found


def test_it_costs_nothing_while_something_is_found_and_the_same_for_any_number(client, cast):
    client.force_login(cast.oxford)
    asked = {}
    for size in (1, 3):
        for _each in range(size):
            make_submitted(cast.other_proposer, working_title="Bookbinding")
        for words in ("bookbinding", "bookbindng"):
            client.get(f"{LIST}?q={words}")
            with CaptureQueriesContext(connection) as statements:
                client.get(f"{LIST}?q={words}")
            asked[size, words] = [each["sql"] for each in statements]
    assert not [sql for sql in asked[3, "bookbinding"] if "word_similar" in sql.lower()]
    assert len(asked[1, "bookbindng"]) == len(asked[3, "bookbindng"])
