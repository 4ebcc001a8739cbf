"""Queues: who has which, how many are in each, what the desk opens with, and who changes them."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from microcreds.accounts.models import Role
from proposals.models import Proposal, Stage
from reviews import queue_list, queues
from reviews.admin import desk_list
from reviews.holidays import days_off
from reviews.kept_numbers import KEPT
from reviews.middleware import ACTED
from reviews.models import DeskPreference, Queue
from reviews.questions import Question
from tests.factories import make_at, make_submitted

pytestmark = pytest.mark.django_db
LIST = reverse("admin:reviews_triageitem_changelist")
QUEUES = f"{LIST}queues/"


def save(by, name="Mine to watch", query="stage=triage", **given):
    return queues.save_queue(by=by, name=name, query=query, **given)


def names(user):
    return [queue.name for queue in queue_list.desk_set_up(user).queues if queue.group]


def references(response):
    return [item.reference for item in response.context["cl"].result_list]


def listed(client, **query):
    return references(client.get(LIST, query or {"all": 1}))


def share(cast, **given):
    """One queue for each audience, of Ola of Oxford."""
    unit = cast.oxford.current_roles[0].unit_id
    save(cast.oxford, "Private")
    row = save(cast.oxford, "Oxford's")
    Queue.objects.filter(pk=row.pk).update(audience="unit", unit=unit)
    save(cast.oxford, "All's", audience="all")


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("oxford", ["Private", "Oxford's", "All's"]),
        ("regionals", ["All's"]),
        ("lead", ["Oxford's", "All's"]),
        ("admin_user", ["Oxford's", "All's"]),
        ("auditor", ["All's"]),
        ("committee_chair", []),
        ("deans", []),
    ],
)
def test_a_queue_is_there_for_its_owner_its_unit_or_all(cast, who, seen):
    share(cast)

    assert names(getattr(cast, who)) == seen


def test_the_number_beside_each_queue_is_what_its_link_finds(client, cast):
    make_submitted()
    late = make_at(Stage.CONSULTATION)
    Proposal.objects.filter(pk=late.pk).update(due_on="2020-01-01")
    returned = make_at(Stage.RETURNED)
    Proposal.objects.filter(pk=returned.pk).update(stage_since="2020-01-01T12:00Z")
    make_at(Stage.APC_REVIEW)
    held = make_at(Stage.ON_HOLD)
    Proposal.objects.filter(pk=held.pk).update(wake_on=timezone.localdate())
    save(cast.oxford, query="stage=consultation&stage=apc_review&q=turn:committee")
    client.force_login(cast.oxford)

    sidebar = client.get(LIST).context["sidebar"]

    listed_queues = [queue for _group, queues_of in sidebar for queue in queues_of]
    found = {q.key: references(client.get(f"{LIST}?{q.address}")) for q in listed_queues}
    assert [queue.number for queue in listed_queues] == [len(rows) for rows in found.values()]
    assert {key: len(rows) for key, rows in found.items()} == {
        "mine": 1,
        "unassigned": 1,
        "late": 1,
        "proposer": 1,
        "partner": 0,
        "meeting": 1,
        "deans": 0,
        "adrift": 5,
        "waking": 1,
        "standing-in": 0,
        "left": 0,
        "mou-ends": 0,
        str(Queue.objects.get().pk): 1,
    }


@pytest.mark.parametrize(
    ("who", "keys"),
    [
        ("committee_chair", ["committee", "meeting", "late"]),
        ("deans", ["deans", "late"]),
        ("auditor", ["unassigned", "late", "proposer", "partner", "meeting", "deans"]),
    ],
)
def test_each_role_has_the_queues_it_works_with(cast, who, keys):
    listed_queues = queue_list.desk_set_up(getattr(cast, who)).queues

    assert [queue.key for queue in listed_queues][: len(keys)] == keys


def test_counts_hold_what_their_reader_may_not_see_back(cast):
    make_submitted()
    make_at(Stage.APC_REVIEW)
    everything = [queue_list.Listed("1", "All", "")]

    counts = [queue_list.counted(everything, who)[0].number for who in (cast.oxford, cast.deans)]

    assert counts == [2, 0]


def test_numbers_beside_the_list_may_be_of_a_while_ago_but_not_before_their_reader_did_something(
    cast,
):
    everything = [queue_list.Listed("1", "All", "")]

    def number(acted_at):
        return queue_list.counted(everything, cast.oxford, acted_at=acted_at)[0].number

    make_submitted()
    assert number(acted_at=0.0) == 1
    make_submitted()
    assert number(acted_at=0.0) == 1
    assert number(acted_at=time.time()) == 2
    make_submitted()
    with time_machine.travel(timezone.now() + timedelta(seconds=KEPT + 1)):
        assert number(acted_at=0.0) == 3


def test_of_a_long_list_a_number_of_a_while_ago_does_and_of_a_short_one_none(
    client, cast, monkeypatch
):
    client.force_login(cast.oxford)
    make_submitted()
    assert client.get(LIST, {"all": 1}).context["cl"].result_count == 1
    monkeypatch.setattr(desk_list, "COUNTED_TO", 2)
    counts = []
    for _each in range(3):
        make_submitted()
        counts.append(client.get(LIST, {"all": 1}).context["cl"].result_count)
    client.cookies[ACTED] = str(time.time())
    counts.append(client.get(LIST, {"all": 1}).context["cl"].result_count)
    assert counts == [2, 2, 2, 4]


def test_a_queue_of_a_thousand_is_not_counted_to_its_end(cast, monkeypatch):
    monkeypatch.setattr(queue_list, "COUNTED_TO", 2)
    for _number in range(3):
        make_submitted()

    [queue] = queue_list.counted([queue_list.Listed("1", "All", "")], cast.oxford)

    assert (queue.number, queue.said) == (2, "1+")


def test_the_desk_opens_with_the_queue_of_its_reader_and_has_a_way_out(client, cast):
    submitted, other = make_submitted(), make_at(Stage.TRIAGE)
    queue = save(cast.oxford)
    queues.set_up(by=cast.oxford, start=str(queue.pk))
    client.force_login(cast.oxford)

    opened = client.get(LIST)

    assert opened["Location"] == f"{LIST}?queue={queue.pk}&stage=triage"
    assert references(client.get(opened["Location"])) == [other.reference]
    assert set(listed(client, all=1)) == {submitted.reference, other.reference}
    queues.delete_queue(queue=queue, by=cast.oxford)
    assert client.get(LIST).status_code == 200


def test_a_start_that_is_no_longer_theirs_opens_everything(client, cast):
    queue = save(cast.oxford, audience="all")
    queues.set_up(by=cast.regionals, start=str(queue.pk))
    queues.change_queue(queue=queue, by=cast.oxford, name="Mine", audience="private")
    client.force_login(cast.regionals)

    assert client.get(LIST).status_code == 200


def test_the_current_queue_is_marked_and_says_when_it_was_changed(client, cast):
    save(cast.oxford)
    client.force_login(cast.oxford)

    same = client.get(LIST, {"stage": "triage"})
    changed = client.get(LIST, {"queue": Queue.objects.get().pk, "stage": "submitted"})

    assert same.content.decode().count('aria-current="page"') >= 1
    assert same.context["cl"].queue.name == "Mine to watch"
    assert (same.context["cl"].is_changed, changed.context["cl"].is_changed) == (False, True)
    assert "Save “Mine to watch” like this" in changed.content.decode()


def test_saved_from_the_list_with_what_is_known_of_its_address(client, cast):
    client.force_login(cast.oxford)
    query = "stage=triage&stage=nonsense&owner=me&o=-age&q=chart&submitter__password=x&p=9"

    page = client.get(f"{QUEUES}new/?{query}").content.decode()
    answer = client.post(
        f"{QUEUES}new/?{query}&column=title&column=due", {"name": "Charts", "audience": "private"}
    )

    queue = Queue.objects.get()
    assert "Triage" in page
    assert queue.query == "stage=triage&owner=me&q=chart&o=-age"
    assert queue.columns == ["reference", "title", "due"]
    assert answer["Location"] == f"{LIST}?queue={queue.pk}&{queue.query}"


@pytest.mark.parametrize(
    "given",
    [
        {"name": ""},
        {"name": "x" * 10_000},
        {"name": "Taken"},
        {"name": "N", "audience": "unit"},
        {"name": "N", "audience": "unit", "unit": "junk"},
        {"name": "N", "audience": "everybody"},
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_lost(client, cast, given):
    save(cast.oxford, "Taken")
    client.force_login(cast.oxford)

    answer = client.post(f"{QUEUES}new/?stage=triage", {"audience": "private", **given})

    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert Queue.objects.count() == 1


def test_auditor_committee_chair_and_deans_keep_theirs_to_themselves(client, cast):
    for who in ("auditor", "committee_chair", "deans"):
        user = getattr(cast, who)
        client.force_login(user)
        client.post(f"{QUEUES}new/?turn=deans", {"name": who, "audience": "all"})
        assert Queue.objects.get(owner=user).audience == "private"
        with pytest.raises(ValidationError):
            save(user, "Shared", audience="all")


def test_a_unit_is_shared_with_by_its_own(cast):
    other = cast.regionals.current_roles[0].unit_id
    unit = queue_list.units_for(cast.lead).get(pk=other)

    with pytest.raises(ValidationError, match="unit of yours"):
        save(cast.oxford, audience="unit", unit=unit)
    assert save(cast.regionals, audience="unit", unit=unit).unit == unit


@pytest.mark.parametrize("who", ["regionals", "lead", "auditor", "deans"])
def test_another_persons_private_queue_is_not_there(client, cast, who):
    queue = save(cast.oxford)
    client.force_login(getattr(cast, who))

    pages = [f"{QUEUES}{queue.pk}/", f"{QUEUES}{queue.pk}/delete/"]
    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert client.post(f"{QUEUES}{queue.pk}/update/").status_code == 404
    assert client.post(QUEUES, {"up": queue.pk}).status_code == 404
    assert client.get(LIST, {"queue": queue.pk}).context["cl"].queue is None
    assert client.get(f"{LIST}columns/?queue={queue.pk}").context["queue"] is None


@pytest.mark.parametrize("who", ["proposer", "committee", "chair"])
def test_who_has_no_desk_has_no_queues(client, cast, who):
    client.force_login(getattr(cast, who))

    pages = [QUEUES, f"{QUEUES}new/", f"{LIST}columns/"]
    assert [client.get(page).status_code for page in pages] == [404] * 3
    with pytest.raises(ValidationError):
        save(getattr(cast, who))


def test_a_shared_one_is_changed_by_its_owner_or_a_lead(client, cast):
    queue = save(cast.oxford, audience="all")
    client.force_login(cast.regionals)
    assert client.get(f"{QUEUES}{queue.pk}/").status_code == 404

    client.force_login(cast.lead)
    client.post(f"{QUEUES}{queue.pk}/", {"name": "By the lead", "audience": "all"})

    queue.refresh_from_db()
    assert (queue.name, queue.owner) == ("By the lead", cast.oxford)


def test_what_somebody_shared_stays_when_they_leave_and_a_lead_deletes_it(client, cast):
    queue = save(cast.oxford, audience="all")
    cast.oxford.is_active = False
    cast.oxford.save()
    assert names(cast.regionals) == ["Mine to watch"]
    client.force_login(cast.lead)

    assert "has left" in client.get(QUEUES).content.decode()
    client.post(f"{QUEUES}{queue.pk}/delete/")

    assert Queue.objects.count() == 0


def test_shared_ones_stand_together_by_who_shares_them(cast):
    units = {unit.name: unit for unit in queue_list.units_for(cast.lead)}
    for name, unit in [("A", "Oxford"), ("B", ""), ("C", "Regionals"), ("D", "Oxford")]:
        audience = "unit" if unit else "all"
        save(cast.lead, name, audience=audience, unit=units.get(unit))

    groups = [(q.group, q.name) for q in queue_list.desk_set_up(cast.admin_user).queues if q.group]

    assert groups == [("Oxford", "A"), ("Oxford", "D"), ("Regionals", "C"), ("Everybody's", "B")]


def test_queues_are_put_in_order(client, cast):
    save(cast.oxford, "First")
    second = save(cast.oxford, "Second")
    client.force_login(cast.oxford)

    client.post(QUEUES, {"up": second.pk})
    assert names(cast.oxford) == ["Second", "First"]
    client.post(QUEUES, {"up": second.pk})
    client.post(QUEUES, {"down": second.pk})
    assert names(cast.oxford) == ["First", "Second"]
    assert client.post(QUEUES, {"up": "junk"}).status_code == 404


def test_start_and_mails_are_kept_together(client, cast):
    queue = save(cast.oxford)
    client.force_login(cast.oxford)

    client.post(QUEUES, {"start": "late", f"mail-{queue.pk}": "daily", "mail-late": "at_once"})
    client.post(QUEUES, {"start": "nonsense", "mail-late": "junk"})

    assert DeskPreference.objects.get(person=cast.oxford).start == "late"
    watches = cast.oxford.queue_watches.values_list("key", "how")
    assert dict(watches) == {str(queue.pk): "daily", "late": "at_once"}


def test_saved_again_it_asks_what_the_list_asks_now(client, cast):
    queue = save(cast.oxford)
    client.force_login(cast.oxford)

    client.post(f"{QUEUES}{queue.pk}/update/", {"query": "stage=triage&turn=deans&junk=1"})

    queue.refresh_from_db()
    assert queue.query == "stage=triage&turn=deans"


def test_thirty_are_enough(cast, monkeypatch):
    monkeypatch.setattr(queues, "MOST_QUEUES", 1)
    save(cast.oxford)

    with pytest.raises(ValidationError, match="Delete one"):
        save(cast.oxford, "Another")


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_the_queues(client, cast, count, django_assert_num_queries):
    for number in range(count):
        save(cast.oxford, f"Number {number}")
    client.force_login(cast.oxford)
    days_off()

    with django_assert_num_queries(9):
        client.get(LIST, {"all": 1})
    with django_assert_num_queries(5):
        client.get(QUEUES)


@pytest.mark.parametrize(
    "query",
    [
        "queue=" + "9" * 400,
        "queue=junk&stage=triage",
        "o=owner__password",
        "o=-submitter",
        "order_by=owner__password&o=99",
        "stage=triage&stage=&stage=" + "x" * 10_000,
        "unit=1&unit=junk&unit=none",
        "owner=me&owner=nobody&owner=" + "9" * 30,
        "q=waits:>" + "9" * 200,
        "q=waits:>x+meeting:never+wakes:-1",
        "columns=nonsense",
        "p=" + "9" * 40,
    ],
)
def test_nonsense_narrows_nothing_and_is_no_fault(client, cast, query):
    make_submitted()
    client.force_login(cast.oxford)

    for page in ("", "queues/new/", "columns/", "export/csv/"):
        answer = client.get(f"{LIST}{page}?{query}")
        assert answer.status_code in (200, 302, 400)
        if answer.streaming:
            answer.getvalue()


@pytest.mark.parametrize("text", ["", "\x00", "x" * 50_000, "a=b&" * 5000, "%ff=%00&stage=%zz"])
def test_any_text_is_read_as_a_question(cast, text):
    question = Question.read(text)

    assert Question.read(question.query) == question
    assert question.rows(queue_list.desk_of(cast.oxford), cast.oxford).count() == 0


def test_several_values_leave_the_rows_of_each(client, cast):
    submitted, triage = make_submitted(), make_at(Stage.TRIAGE)
    make_at(Stage.CONSULTATION)
    client.force_login(cast.oxford)

    several = listed(client, stage=["submitted", "triage"])

    assert set(several) == {submitted.reference, triage.reference}
    assert listed(client, stage=["submitted", "triage"], owner=["nobody"]) == [submitted.reference]
    assert len(listed(client, owner=["me", "nobody"])) == 3
    page = client.get(LIST, {"stage": ["submitted", "triage"]}).content.decode()
    assert '<span class="filter-said">Submitted, Triage</span>' in page


def test_an_owner_who_left_still_narrows_a_saved_view(client, cast):
    make_at(Stage.TRIAGE)
    client.force_login(cast.lead)
    Role.objects.filter(user=cast.oxford).update(ends_on="2020-01-01", starts_on="2019-01-01")

    page = client.get(LIST, {"owner": cast.oxford.pk})

    assert len(references(page)) == 1
    assert "Somebody who has left" in page.content.decode()
