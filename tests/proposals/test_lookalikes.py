"""Look-alikes: what is found, who is told of what, and at what cost."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.utils import timezone

from proposals.lookalikes import (
    TOLD_TO_FACULTY,
    Wording,
    told_to_faculty,
    told_to_staff,
    wording_of,
)
from proposals.models import Participant, Proposal, SearchText, Stage
from proposals.services import copy_as_draft
from proposals.views.lookalikes import ASKED_A_MINUTE
from reviews.workflow import STAGES, Move, Phase
from tests.factories import (
    do_move,
    given_for,
    make_at,
    make_cast,
    make_draft,
    make_person,
    make_submitted,
    send,
)

pytestmark = pytest.mark.django_db

Told = tuple[str, tuple[str, ...], tuple[str, ...]]
# Title, jobs, outcomes of what was proposed before.
KNOWN: dict[str, Told] = {
    "payroll": (
        "Payroll and Labor-Law Essentials",
        ("Payroll clerk",),
        ("Run a payroll without errors", "Classify workers by the law", "Keep the records"),
    ),
    "watershed": (
        "Watershed Sampling Technician",
        ("Field sampling technician",),
        ("Sample a stream to protocol", "Keep the chain of custody", "Check quality of samples"),
    ),
    "robots": (
        "Industrial Robot Cell Operator",
        ("Robot cell operator",),
        ("Start a robot cell safely", "Teach points to an arm", "Recover from faults"),
    ),
    "excel": (
        "Excel Reporting Badge",
        ("Executive assistant who builds reports",),
        ("Build a report from a clean table", "Check a report with sums that agree"),
    ),
    "dementia": (
        "Dementia-Friendly Design",
        ("Interior designer",),
        ("Audit a room with residents", "Propose changes that keep a home a home"),
    ),
    "agile": (
        "Agile Delivery for Non-Software Teams",
        ("Project coordinator",),
        ("Plan a sprint", "Run a stand-up", "Lead a retrospective"),
    ),
    "cyber": (
        "Cyber Incident First Hour",
        ("Computer security analyst",),
        ("Triage an alert", "Preserve evidence", "Brief the leaders"),
    ),
    "spanish": (
        "Medical Spanish for Front-Desk Staff",
        ("Medical secretary",),
        ("Greet and schedule in Spanish", "Know when to call an interpreter"),
    ),
    "grants": (
        "Grant Writing for Volunteer Fire Departments",
        ("Grant writer",),
        ("Read a call for grants", "Draw up a budget", "Submit on time"),
    ),
    "battery": (
        "Battery-Plant Quality Inspector",
        ("Quality inspector",),
        ("Read a drawing", "Gauge a part", "Keep a control chart", "Report a defect"),
    ),
}
# The same ideas by others: other order, plural, misspelt, other words for it.
AGAIN: list[tuple[str, Told]] = [
    ("payroll", ("Esentials of Labour Law and Payrol", ("Payroll clerks",), ())),
    ("payroll", ("Paying People Right", ("Payroll clerk",), ("Run payrolls", "Classify workers"))),
    ("watershed", ("Technicians for Sampling of Watersheds", (), ())),
    ("watershed", ("River Water Tests", (), ("Sample streams by protocol", "Chain of custody"))),
    ("robots", ("Operating Industrial Robots in Cells", (), ())),
    ("robots", ("Robotics at the Line", ("Robot operator",), ("Recover a cell from faults",))),
    ("excel", ("Badge: Reports in Excel", (), ())),
    ("excel", ("Spreadsheets for Offices", (), ("Build reports from tables", "Check the sums"))),
    ("dementia", ("Designing Dementia Friendly Homes", (), ())),
    ("agile", ("Agile for Teams outside Software", (), ())),
    ("agile", ("Getting Projects Done", (), ("Run sprints and stand-ups", "Retrospectives"))),
    ("cyber", ("The First Hours of a Cyberincident", (), ())),
    ("cyber", ("When You Are Hacked", (), ("Triage alerts", "Preserving evidence for police"))),
    ("spanish", ("Spanish at the Medical Front Desk", (), ())),
    ("grants", ("Volunter Fire Departments: Writing Grants", (), ())),
    ("battery", ("Quality Inspectors for Battery Plants", (), ())),
    ("battery", ("Factory Checks", ("Quality inspection",), ("Gauge parts", "Control charts"))),
]


BEES = {"working_title": "Bees", "job_functions": [], "outcomes": []}


def answers_from(told: Told) -> dict:
    title, jobs, outcomes = told
    return {
        "working_title": title,
        "job_functions": [{"title": job, "extent": "one_function"} for job in jobs],
        "outcomes": [{"text": outcome, "kind": "skill"} for outcome in outcomes],
    }


def wording(told: Told) -> Wording:
    return wording_of(answers_from(told))


def seed(told: Told) -> Proposal:
    return make_submitted(make_cast().other_proposer, **answers_from(told))


@pytest.fixture
def known() -> dict[str, Proposal]:
    return {name: seed(told) for name, told in KNOWN.items()}


def titles(wording: Wording, draft: Proposal) -> list[str]:
    return [each.title for each in told_to_faculty(wording, without=draft)]


# --- what is found ------------------------------------------------------------------------------


def test_the_top_three_contain_the_seeded_near_duplicates(known):
    missed = []
    for name, told in AGAIN:
        found = [each.proposal_id for each in told_to_staff(wording(told), without=[])][:3]
        if known[name].pk not in found:
            missed.append(told[0])
    assert missed == []


ACCENTED: Told = ("Español Clínico", ("Recepción",), ("Saludar en español", "Pedir atención"))
BARE: Told = ("Espanol Clinico", ("Recepcion",), ("Saludar en espanol", "Pedir atencion"))


@pytest.mark.parametrize(("before", "now"), [(ACCENTED, BARE), (BARE, ACCENTED)])
def test_with_other_accents_it_is_wholly_alike(before, now):
    seed(before)
    [found] = told_to_staff(wording(now), without=[])
    assert (found.title, found.title_alike, found.words_alike) == (before[0], 1, 1)


def test_faculty_are_told_of_the_same_near_duplicates(known):
    draft = make_draft()
    missed = [
        told[0]
        for name, told in AGAIN
        if known[name].pk not in [e.proposal_id for e in told_to_faculty(wording(told), draft)]
    ]
    assert missed == []


@pytest.mark.parametrize(
    "title",
    ["Choral Conducting for Teachers", "Beekeeping", "Tax Help for Farmers", "Data", "a", "!!", ""],
)
def test_what_is_not_alike_is_not_shown(known, title):
    assert titles(Wording(title), make_draft()) == []


def test_a_title_half_typed_is_found(known):
    assert titles(Wording("Payroll and Lab"), make_draft())[0] == KNOWN["payroll"][0]


def test_the_text_compared_is_that_of_the_form_sent_last(proposer, oxford):
    proposal = make_submitted(make_cast().other_proposer, **answers_from(KNOWN["excel"]))
    do_move(proposal, Move.START_TRIAGE, oxford)
    do_move(proposal, Move.RETURN, oxford, **given_for(Move.RETURN))
    Proposal.objects.filter(pk=proposal.pk).update(working_title="Macros for Accountants")
    proposal.refresh_from_db()
    draft = make_draft(proposer)
    assert titles(Wording("Macros for Accountants"), draft) == []

    send(proposal)

    assert titles(Wording("Macros for Accountants"), draft) == ["Macros for Accountants"]
    assert SearchText.objects.get(proposal=proposal).jobs == KNOWN["excel"][1][0]


# --- who is told of what ------------------------------------------------------------------------


def test_told_to_faculty_is_what_is_open_or_active():
    assert set(TOLD_TO_FACULTY) == {
        stage
        for stage, info in STAGES.items()
        if stage != Stage.DRAFT and (info.is_open or info.phase != Phase.ENDED)
    }


@pytest.mark.parametrize("stage", list(Stage))
def test_faculty_learn_of_open_and_active_ones_and_staff_of_all_that_was_sent(stage, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0
    there = make_at(stage, owner=make_cast().other_proposer, working_title="Beekeeping on Roofs")
    draft = make_draft(make_person("new@miami.example"))
    like_it = Wording("Roof Beekeeping")

    to_faculty = [each.reference for each in told_to_faculty(like_it, without=draft)]
    to_staff = [each.reference for each in told_to_staff(like_it, without=[])]

    assert (there.reference in to_faculty) == (stage in TOLD_TO_FACULTY)
    assert (there.reference in to_staff) == (stage != Stage.DRAFT)


def test_what_was_taken_back_is_not_shown_to_faculty_or_staff(proposer):
    proposal = make_submitted(make_cast().other_proposer, working_title="Beekeeping on Roofs")
    do_move(proposal, Move.TAKE_BACK, proposal.submitter)
    assert titles(Wording("Beekeeping on Roofs"), make_draft(proposer)) == []
    assert told_to_staff(Wording("Beekeeping on Roofs"), without=[]) == []


@pytest.mark.parametrize("dropped_at", [None, timezone.now()])
def test_what_has_something_confidential_is_not_shown_to_faculty(proposer, dropped_at):
    proposal = make_submitted(make_cast().other_proposer, working_title="Beekeeping on Roofs")
    draft = make_draft(proposer)
    assert titles(Wording("Beekeeping on Roofs"), draft)

    proposal.named_partners.update(confidential="yes", dropped_at=dropped_at)

    assert titles(Wording("Beekeeping on Roofs"), draft) == []
    assert told_to_staff(Wording("Beekeeping on Roofs"), without=[])


def test_a_renewal_does_not_look_like_what_it_renews_or_itself(proposer):
    old = make_at(Stage.RENEWAL_REVIEW)
    draft = copy_as_draft(proposal=old, by=proposer, at=timezone.now())
    assert titles(Wording(draft.working_title), draft) == []
    send(draft)
    assert titles(Wording(draft.working_title), draft) == []


# --- the pages ----------------------------------------------------------------------------------


def panel(client: Client, draft: Proposal, **typed: str):
    return client.post(f"/proposals/{draft.reference}/lookalikes/", typed)


def test_the_panel_follows_what_is_typed_and_nothing_is_saved(client, proposer, known):
    draft = make_draft(proposer)
    client.force_login(proposer)

    by_title = panel(client, draft, working_title="Payroll and Labor Law").content.decode()
    rows = {"outcomes-0-text": "Run a payroll", "outcomes-1-text": "Classify workers by law"}
    by_rows = panel(client, draft, **rows, **{"job_functions-0-title": "Payroll clerk"})

    assert KNOWN["payroll"][0] in by_title
    assert "Something like it: 1 found" in by_title
    assert "Statistics" in by_title and "oxford@miami.example" in by_title
    assert KNOWN["payroll"][0] in by_rows.content.decode()
    assert Proposal.objects.get(pk=draft.pk).working_title == draft.working_title


def test_the_panel_tells_title_and_unit_and_nothing_else(client, proposer, known):
    client.force_login(proposer)
    told = panel(client, make_draft(proposer), working_title=KNOWN["payroll"][0]).content.decode()
    for secret in ("Gus Proposer", "Tallgrass", "Submitted", "Run a payroll", "scrap"):
        assert secret not in told


@pytest.mark.parametrize("page", ["need", "skills"])
def test_a_page_shows_what_its_saved_answers_look_like(client, proposer, known, page):
    draft = make_draft(proposer, **answers_from(KNOWN["cyber"]))
    client.force_login(proposer)
    assert KNOWN["cyber"][0] in client.get(f"/proposals/{draft.reference}/edit/{page}/").text


def test_the_check_page_shows_them_only_where_there_are_any(client, proposer, known):
    client.force_login(proposer)
    alike = make_draft(proposer, **answers_from(KNOWN["cyber"]))
    other = make_draft(proposer, **BEES)
    assert "Something like it: 1 found" in client.get(f"/proposals/{alike.reference}/check/").text
    assert "like it" not in client.get(f"/proposals/{other.reference}/check/").text


def test_only_those_who_may_write_a_draft_ask_for_it(client, proposer, other_proposer, oxford):
    draft = make_draft(proposer)
    reader = make_person("reader@miami.example")
    Participant.objects.create(
        proposal=draft, user=reader, capacity=Participant.Capacity.VIEWER, since=timezone.now()
    )
    for somebody in (other_proposer, oxford, reader):
        client.force_login(somebody)
        assert panel(client, draft, working_title="Payroll").status_code == 404


@pytest.mark.parametrize("title", ["x" * 100_000, "%", "' OR 1=1 --", "\\", "a & | ! b", "ä́😀"])
def test_odd_titles_find_nothing_and_break_nothing(client, proposer, known, title):
    client.force_login(proposer)
    answer = panel(client, make_draft(proposer, **BEES), working_title=title)
    assert (answer.status_code, "Nothing like it" in answer.text) == (200, True)


def test_who_asks_without_end_is_told_to_wait(client, proposer):
    caches["memory"].clear()
    draft = make_draft(proposer)
    client.force_login(proposer)
    codes = [panel(client, draft, working_title="Bees").status_code for _n in range(82)]
    caches["memory"].clear()
    assert codes[:ASKED_A_MINUTE] == [200] * ASKED_A_MINUTE
    assert codes[-1] == 429


# --- what it costs ------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_panel_takes_the_same_statements_for_any_number(
    client, proposer, count, django_assert_num_queries
):
    for _n in range(count):
        seed(KNOWN["payroll"])
    draft = make_draft(proposer)
    client.force_login(proposer)

    with django_assert_num_queries(4):  # session, person, draft, look-alikes
        answer = panel(client, draft, working_title=KNOWN["payroll"][0])

    assert answer.text.count("data-ref") == count


@pytest.mark.parametrize("count", [1, 3])
def test_words_that_all_of_a_few_proposals_share_still_find_them(proposer, count):
    """In a new installation a word may stand in every row there is, which Postgres will count."""
    abilities = ("Sample a watershed by plan", "Keep the chain of custody")
    for number in range(count):
        seed((f"Sampling {number}", ("Field technician",), abilities))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE proposals_searchtext")
    typed = Wording(title="Bees", outcomes="Technicians sample a watershed by plan")

    assert len(told_to_faculty(typed, without=make_draft(proposer))) == count


def test_the_indexes_find_it_among_thousands(proposer):
    """Many rows without proposals behind them, so that only the search is looked at."""
    seed(KNOWN["payroll"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no foreign keys
        cursor.execute(
            """
            INSERT INTO proposals_searchtext (proposal_id, title, jobs, outcomes, need)
            SELECT -n, md5(n::text), md5((n + 1)::text) || ' law',
                repeat(md5(n::text) || ' ', 30), ''
            FROM generate_series(1, 20000) AS n
            """
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ANALYZE proposals_searchtext")
    reads = "SELECT seq_scan, idx_scan FROM pg_stat_xact_user_tables WHERE relname = %s"

    with connection.cursor() as cursor:
        cursor.execute(reads, ["proposals_searchtext"])
        [before] = cursor.fetchall()
        found = told_to_staff(wording(AGAIN[0][1]), without=[])
        cursor.execute(reads, ["proposals_searchtext"])
        [after] = cursor.fetchall()

    assert [each.title for each in found] == [KNOWN["payroll"][0]]
    assert after[0] == before[0], "the whole table was read"
    assert after[1] > before[1]


def test_the_owner_of_a_database_may_bring_in_its_extensions():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, bool_and(trusted) FROM pg_available_extension_versions"
            " WHERE name IN ('pg_trgm', 'unaccent') GROUP BY name ORDER BY name"
        )
        assert cursor.fetchall() == [("pg_trgm", True), ("unaccent", True)]
