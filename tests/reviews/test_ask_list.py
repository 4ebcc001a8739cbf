"""The page of what is asked, the number in the header, the first lines of a digest."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from microcreds.accounts.models import User
from microcreds.outbox import digests
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose
from partners.models import Contact
from proposals.models import Proposal, Stage
from reviews.asks import number
from reviews.draft_looks import ask_to_look
from reviews.kept_numbers import KEPT
from reviews.middleware import ACTED
from reviews.services import save_triage
from reviews.todos import add_todo, tick_off
from tests.factories import make_at, make_cast, make_draft, make_submitted
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db
PAGE = "/asks/"


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def counted() -> None:
    """The header counts, as it does outside of tests."""
    number.forget()


def said_in_header(page: bytes) -> str:
    _before, mark, after = page.decode().partition('class="nav-number">')
    return after.partition("<")[0] if mark else ""


@pytest.mark.parametrize(
    "who", ["proposer", "oxford", "lead", "committee", "committee_chair", "deans", "auditor"]
)
def test_everybody_has_a_page_that_says_so_where_nothing_is_asked(cast, who):
    page = browser_of(getattr(cast, who)).get(PAGE).content.decode()

    assert "Nothing is asked of you" in page
    assert page.count("<h1") == 1


def test_what_is_asked_of_the_unit_stands_apart(cast):
    make_at(Stage.TRIAGE)
    make_submitted()

    context = browser_of(cast.oxford).get(PAGE).context

    assert [len(context["own"]), len(context["shared"])] == [1, 1]


def test_a_line_says_what_about_which_by_when_and_leads_there(cast):
    proposal = make_at(Stage.TRIAGE)
    late = {"due_on": timezone.localdate() - timedelta(days=1)}
    Proposal.objects.filter(pk=proposal.pk).update(working_title="Sam & <b>Co</b>", **late)

    page = browser_of(cast.oxford).get(PAGE).content.decode()

    assert f'href="/admin/reviews/triageitem/{proposal.pk}/change/"' in page
    assert "Sam &amp; &lt;b&gt;Co&lt;/b&gt;" in page
    assert "date-late" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_statements(cast, count, django_assert_num_queries):
    for _each in range(count):
        make_at(Stage.TRIAGE)
    client = browser_of(cast.oxford)
    client.get(PAGE)

    with django_assert_num_queries(3):
        assert len(client.get(PAGE).context["own"]) == count


def test_my_home_opens_with_the_most_pressing_and_leads_to_all(cast):
    for _each in range(7):
        make_at(Stage.FULL_PROPOSAL)

    response = browser_of(cast.proposer).get("/proposals/")

    assert len(response.context["asks"]) == 6
    page = response.content.decode()
    assert page.index("What is asked of you") < page.index("Your turn")
    assert f'<a href="{PAGE}">All 7' in page


def test_a_search_among_my_proposals_is_not_pushed_down(cast):
    make_at(Stage.FULL_PROPOSAL)

    page = browser_of(cast.proposer).get("/proposals/?q=shift").content.decode()

    assert "What is asked of you" not in page


@pytest.mark.parametrize(
    ("who", "stage"), [("committee_chair", Stage.APC_REVIEW), ("deans", Stage.CAD_CONSENT)]
)
def test_the_desks_of_chair_and_deans_open_with_what_is_asked_of_them(cast, who, stage):
    make_at(stage)

    context = browser_of(getattr(cast, who)).get("/admin/").context

    assert len(context["asks"]) == 1


def test_the_desk_leads_with_what_is_due_and_what_proposers_ask_of_it(cast):
    draft, late, later = make_draft(), make_at(Stage.TRIAGE), make_at(Stage.TRIAGE)
    ask_to_look(proposal=draft, by=draft.submitter, question="Is it one?")
    today = timezone.localdate()
    for proposal, day in ((late, today), (later, today + timedelta(days=9))):
        add_todo(proposal=proposal, words="Ring Pat", by_day=day, owner=cast.oxford, by=cast.oxford)

    context = browser_of(cast.oxford).get("/admin/reviews/triageitem/").context

    assert [ask.reference for ask in context["due"]] == [late.reference]
    assert [ask.reference for ask in context["requests"]] == [draft.reference]


@pytest.mark.usefixtures("counted")
def test_the_header_says_how_much_is_asked_of_me_on_every_page(cast):
    make_at(Stage.TRIAGE)
    make_submitted()  # asked of the unit, so of nobody in particular
    client = browser_of(cast.oxford)

    for path in ("/mail/", "/", PAGE, "/admin/", "/proposals/"):
        assert said_in_header(client.get(path).content) == "1"
    assert said_in_header(browser_of(cast.proposer).get("/mail/").content) == ""


@pytest.mark.usefixtures("counted")
def test_a_number_is_kept_for_a_while(cast, django_assert_num_queries):
    client = browser_of(cast.oxford)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.get("/mail/")
        with django_assert_num_queries(3):
            client.get("/mail/")
        make_at(Stage.TRIAGE)
        assert said_in_header(client.get("/mail/").content) == ""
        clock.shift(KEPT + 1)
        assert said_in_header(client.get("/mail/").content) == "1"


@pytest.mark.usefixtures("counted")
def test_what_i_did_counts_at_once_in_every_process(cast):
    row, day = make_at(Stage.FULL_PROPOSAL), timezone.localdate()
    todo = add_todo(proposal=row, words="Ring", owner=cast.oxford, by_day=day, by=cast.oxford)
    client = browser_of(cast.oxford)
    assert said_in_header(client.get("/mail/").content) == "1"
    tick_off(todo=todo, by=cast.oxford)  # by another process, which tells this one nothing

    client.post("/mail/preferences/", {"requests": "nonsense"})

    assert client.cookies[ACTED]["httponly"] is True
    assert said_in_header(client.get("/mail/").content) == ""


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("value", ["", "nonsense", "nan", "inf", "-1", "9" * 400])
def test_nonsense_for_when_i_acted_harms_nothing(cast, value):
    client = browser_of(cast.oxford)
    client.cookies[ACTED] = value

    assert client.get("/mail/").status_code == 200


def digest_for(to: str, user: User | None) -> Message:
    at = timezone.now()
    proposal = make_cast().proposer.proposals.first()
    message = compose(
        event="moved",
        to=to,
        user=user,
        about=proposal.reference if proposal else "",
        dedupe_key=f"news:{to}",
        at=at,
        context={"name": to, "title": "News"},
    )
    message.state, message.due_at = Message.State.GATHERED, at
    message.save()
    assert digests.send_digests(at=at + timedelta(minutes=1)) == 1
    return Message.objects.get(event="digest")


def test_a_digest_opens_with_what_waits_on_its_reader(cast, settings):
    for _each in range(11):
        make_at(Stage.FULL_PROPOSAL)

    mail = digest_for(cast.proposer.email, cast.proposer)

    assert mail.subject == "What waits on you: 11, and news of 1 proposal"
    assert mail.body.index("What waits on you") < mail.body.index("What is new")
    assert mail.body.count("* Write the full proposal and submit it: “Sampling") == 10
    assert "* and 1 more" in mail.body
    assert "\nhttp://testserver/asks/\n" in mail.body.replace(
        "http://127.0.0.1:8000", "http://testserver"
    )


def test_a_digest_of_who_is_asked_nothing_tells_the_news_alone(cast):
    mail = digest_for(cast.other_proposer.email, cast.other_proposer)

    assert mail.subject == "What is new: 1 proposal"
    assert "What waits on you" not in mail.body


def test_a_partners_digest_opens_with_what_we_need_from_them(cast):
    share = share_it(summarized(make_submitted()), cast.oxford)
    words = {"asked_of_partner": "Name a teacher."}
    save_triage(proposal=share.engagement.proposal, by=cast.oxford, values=words)

    mail = digest_for(Contact.objects.get().email, None)

    assert "* Name a teacher.: “Sampling for shift leads”" in mail.body
    assert "/partners/mail/" in mail.body
    assert "/asks/" not in mail.body
