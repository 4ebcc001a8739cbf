"""Rules of routing, who stands in, who owns how much, and work that changes hands."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from microcreds.accounts.models import Campus, Department, Role, User
from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage
from reviews import routing, workload
from reviews.models import Absence, RoutingRule, ToDo, TriageEdit
from reviews.plans import Given, build_plan
from reviews.services import assign, move, save_triage
from reviews.todo_owners import give_todos
from reviews.todos import add_todo, tick_off
from reviews.workflow import Move
from tests.factories import (
    make_at,
    make_campus,
    make_department,
    make_person,
    make_submitted,
    make_unit,
)

pytestmark = pytest.mark.django_db
HAND_OVER = reverse("admin:reviews_triageitem_hand_over")
LIST = reverse("admin:reviews_triageitem_changelist")
DAY = timedelta(days=1)


def away(person, stand_in, days=5):
    today = timezone.localdate()
    return Absence.objects.create(
        person=person, stand_in=stand_in, starts_on=today, ends_on=today + timedelta(days=days)
    )


@pytest.fixture
def colleague(cast):
    """Somebody else of the Oxford unit."""
    return make_person("olf@miami.example", "Olf Oxford", Role.Kind.ELEARNING, unit=make_unit())


def rule_for_oxford(**more):
    return RoutingRule.objects.create(
        campus=Campus.objects.get(name="Oxford"), unit=make_unit("Regionals"), **more
    )


def test_without_a_rule_the_unit_of_the_campus_takes_it(cast):
    assert make_submitted().unit == make_unit("Oxford")


def test_a_rule_sends_it_to_another_unit_and_into_somebodys_hands(cast):
    make_submitted()  # makes the campus
    rule_for_oxford(assignee=cast.regionals)

    proposal = make_submitted()

    assert (proposal.unit, proposal.assignee) == (make_unit("Regionals"), cast.regionals)
    assert Message.objects.filter(event="queue_new", to=cast.regionals.email).count() == 1


def test_the_first_active_rule_that_fits_wins(cast):
    first = make_submitted()
    other = Department.objects.exclude(pk=first.department_id).first()
    rule_for_oxford(place=1, is_active=False)
    rule_for_oxford(
        place=2,
        department=other or Department.objects.create(name="Elsewhere", division=first.division),
    )
    rule_for_oxford(place=3, department=first.department, note="This one")

    assert make_submitted().unit == make_unit("Regionals")
    RoutingRule.objects.filter(place=3).update(is_active=False)
    assert make_submitted().unit == make_unit("Oxford")


def test_an_owner_who_left_or_proposes_it_is_passed_over(cast):
    make_submitted()
    rule = rule_for_oxford(assignee=cast.regionals)

    assert make_submitted(cast.regionals).assignee is None
    cast.regionals.is_active = False
    cast.regionals.save()
    assert make_submitted().assignee is None
    assert rule.unit == make_unit("Regionals")


def test_a_rule_needs_a_condition(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoutingRule.objects.create(unit=make_unit())


def test_an_active_rule_for_exactly_the_same_stands_once(client, cast):
    client.force_login(cast.lead)
    there = RoutingRule.objects.create(unit=make_unit("Oxford"), department=make_department())
    same = {"place": 1, "department": there.department_id, "unit": make_unit("Regionals").pk}
    add = reverse("admin:reviews_routingrule_add")

    refused = client.post(add, same | {"is_active": "on"})
    words = f"There is an active rule for exactly this already: {there}. Change that one."
    assert refused.status_code == 422
    assert refused.context["adminform"].form.errors == {"department": [words]}
    with pytest.raises(IntegrityError), transaction.atomic():
        RoutingRule.objects.create(unit=there.unit, department=there.department)

    # One that sleeps may say the same, and one for less than that says something else.
    assert client.post(add, same).status_code == 302
    narrower = {**same, "campus": make_campus().pk, "is_active": "on"}
    assert client.post(add, narrower).status_code == 302
    assert RoutingRule.objects.count() == 3


def test_a_rule_names_an_owner_to_whom_something_can_come(client, cast):
    client.force_login(cast.lead)
    add, unit = reverse("admin:reviews_routingrule_add"), make_unit("Oxford")
    rule = {"place": 1, "department": make_department().pk, "unit": unit.pk}

    foreign = {**rule, "assignee": cast.regionals.pk}
    refused = client.post(add, foreign | {"is_active": "on"})
    answers = [client.post(add, foreign), client.post(add, {**rule, "assignee": cast.lead.pk})]

    words = "does not work for Oxford, so nothing would come to them."
    assertContains(refused, f"{cast.regionals} {words}", status_code=422)
    assert [answer.status_code for answer in answers] == [302, 302]


def test_what_waits_unread_is_named_when_a_rule_would_send_it_elsewhere(client, cast):
    proposal = make_submitted()
    client.force_login(cast.lead)

    response = client.post(
        reverse("admin:reviews_routingrule_add"),
        {
            "place": 1,
            "campus": proposal.campus_id,
            "unit": make_unit("Regionals").pk,
            "is_active": "on",
        },
        follow=True,
    )

    assertContains(response, f"but stays: {proposal.reference}")
    assert routing.rerouted_by(routing.active_rules()) == [proposal]


def test_who_stands_in_is_mailed_too_and_meets_the_work(client, cast, colleague):
    proposal = make_at(Stage.FULL_PROPOSAL)
    assign(proposals=[proposal], to=cast.oxford, by=cast.lead)
    away(cast.oxford, colleague)

    move(plan=build_plan(proposals=[proposal], move=Move.SUBMIT_FULL_PROPOSAL, actor=cast.proposer))

    told = Message.objects.filter(event="desk_turn").order_by("to")
    assert [message.to for message in told] == [cast.oxford.email, colleague.email]
    client.force_login(colleague)
    found = client.get(LIST, {"q": "owner:away"}).context["cl"].result_list
    assert [item.pk for item in found] == [proposal.pk]


def test_a_rule_for_somebody_away_gives_it_to_who_stands_in(cast):
    make_submitted()
    other = make_person(
        "rob@miami.example", "Rob Regionals", Role.Kind.ELEARNING, unit=make_unit("Regionals")
    )
    rule_for_oxford(assignee=cast.regionals)
    away(cast.regionals, other)

    assert make_submitted().assignee == other


def test_everybody_says_for_themselves_when_they_are_away(client, cast, colleague):
    client.force_login(cast.oxford)
    today = timezone.localdate().isoformat()
    dates = {"starts_on": today, "ends_on": today}
    add = reverse("admin:reviews_absence_add")

    other = client.post(add, {"person": cast.regionals.pk, "stand_in": colleague.pk, **dates})
    foreign = client.post(add, {"person": cast.oxford.pk, "stand_in": cast.regionals.pk, **dates})
    own = client.post(add, {"person": cast.oxford.pk, "stand_in": colleague.pk, **dates})

    assert [other.status_code, foreign.status_code, own.status_code] == [422, 422, 302]
    assert Absence.objects.get().person == cast.oxford


def test_a_hand_over_is_mailed_with_its_words_and_stays_on_record(cast, colleague):
    proposal = make_at(Stage.TRIAGE)
    assign(proposals=[proposal], to=cast.oxford, by=cast.lead)

    assign(proposals=[proposal], to=colleague, by=cast.oxford, note="Ring Pat\non Friday.")

    record = TriageEdit.objects.first()
    assert (record.changed, record.note) == (
        {"assignee": ["Ola Oxford", "Olf Oxford"]},
        "Ring Pat on Friday.",
    )
    mail = Message.objects.get(event="assigned", to=colleague.email)
    assert "> Ring Pat on Friday." in mail.body


def test_who_gets_it_back_is_told_again(cast, colleague):
    proposal = make_at(Stage.TRIAGE)

    for owner in (colleague, cast.oxford, colleague):
        assign(proposals=[proposal], to=owner, by=cast.lead)

    assert Message.objects.filter(event="assigned", to=colleague.email).count() == 2


def test_what_a_lead_does_for_another_unit_is_marked(cast, colleague):
    proposal = make_at(Stage.TRIAGE)

    assign(proposals=[proposal], to=colleague, by=cast.oxford)
    assign(proposals=[proposal], to=cast.oxford, by=cast.lead)

    assert [each.is_override for each in TriageEdit.objects.order_by("pk")] == [False, True]


def test_going_to_another_unit_is_a_change_of_hands_on_record(cast):
    proposal = make_at(Stage.TRIAGE)
    assign(proposals=[proposal], to=cast.oxford, by=cast.oxford)

    save_triage(proposal=proposal, by=cast.oxford, values={"unit": make_unit("Regionals")})

    assert TriageEdit.objects.first().changed["assignee"] == ["Ola Oxford", ""]


def test_page_of_a_proposal_tells_who_worked_on_it(client, cast, colleague):
    proposal = make_at(Stage.TRIAGE)
    assign(proposals=[proposal], to=colleague, by=cast.oxford, note="Yours <b>now</b>")
    page = reverse("admin:reviews_triageitem_change", args=[proposal.pk])

    client.force_login(cast.auditor)
    assertContains(client.get(page), "Yours &lt;b&gt;now")


def test_choosing_an_owner_shows_load_and_absence(client, cast, colleague):
    proposal = make_at(Stage.TRIAGE)
    assign(proposals=[make_at(Stage.TRIAGE)], to=colleague, by=cast.lead)
    away(colleague, cast.oxford)
    client.force_login(cast.oxford)

    response = client.get(reverse("admin:reviews_triageitem_assign", args=[proposal.pk]))

    assertContains(response, "Olf Oxford: 1 open, 0 late; away until")


def test_what_somebody_left_behind_is_found_and_handed_over(client, cast, colleague):
    proposals = [make_at(Stage.TRIAGE), make_at(Stage.CONSULTATION)]
    assign(proposals=proposals, to=colleague, by=cast.lead)
    colleague.is_active = False
    colleague.save()
    client.force_login(cast.oxford)

    assertContains(client.get(HAND_OVER), "no longer works here")
    found = client.get(LIST, {"q": "owner:left"}).context["cl"].result_list
    assert {item.pk for item in found} == {proposal.pk for proposal in proposals}
    response = client.post(
        f"{HAND_OVER}?of={colleague.pk}",
        {"proposal": [proposal.pk for proposal in proposals], "to": cast.oxford.pk, "note": ""},
    )

    assert response.status_code == 302
    assert workload.at_work().filter(assignee=cast.oxford).count() == 2


def test_a_hand_over_that_cannot_be_is_refused_whole_and_kept(client, cast, colleague):
    proposal = make_at(Stage.TRIAGE)
    assign(proposals=[proposal], to=cast.oxford, by=cast.lead)
    client.force_login(cast.regionals)

    response = client.post(
        f"{HAND_OVER}?of={cast.oxford.pk}",
        {"proposal": [proposal.pk], "to": colleague.pk, "note": "Please <i>take</i> it"},
    )

    assertContains(response, "Please &lt;i&gt;take&lt;/i&gt; it", status_code=422)
    proposal.refresh_from_db()
    assert proposal.assignee == cast.oxford


def todo_of(person, proposal, words="Ring Pat", **more):
    given = {"by_day": timezone.localdate() + DAY, "by": person, "owner": person} | more
    return add_todo(proposal=proposal, words=words, **given)


def test_what_the_owner_before_had_to_do_goes_along_with_the_proposal(cast, colleague):
    proposal, other = make_at(Stage.TRIAGE), make_at(Stage.TRIAGE)
    assign(proposals=[proposal, other], to=cast.oxford, by=cast.lead)
    todos = [
        todo_of(cast.oxford, proposal, is_next=True),
        todo_of(cast.oxford, proposal, owner=cast.lead),
        todo_of(cast.oxford, other),
        tick_off(todo=todo_of(cast.oxford, proposal), by=cast.oxford),
    ]

    assign(proposals=[proposal], to=colleague, by=cast.oxford)

    owners = [ToDo.objects.get(pk=todo.pk).owner for todo in todos]
    assert owners == [colleague, cast.lead, cast.oxford, cast.oxford]


def test_what_else_somebody_who_left_had_to_do_is_listed_and_handed_over(client, cast, colleague):
    proposal = make_at(Stage.TRIAGE)
    assign(proposals=[proposal], to=cast.oxford, by=cast.lead)
    todo = todo_of(cast.oxford, proposal, "Read the letter", owner=colleague)
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    client.force_login(cast.oxford)

    assertContains(client.get(HAND_OVER), "no longer works here")
    page = f"{HAND_OVER}?of={colleague.pk}"
    assertContains(client.get(page), "Read the letter")
    response = client.post(page, {"todo": [todo.pk], "to": cast.lead.pk}, follow=True)

    assertContains(response, "1 to-do is Lena Lead&#x27;s now.")
    assert ToDo.objects.get(pk=todo.pk).owner == cast.lead
    assert Message.objects.filter(event="todo", to=cast.lead.email).count() == 1


def test_a_to_do_of_another_unit_is_nobodys_to_give(cast, colleague):
    todo = todo_of(cast.oxford, make_at(Stage.TRIAGE))

    with pytest.raises(ValidationError, match="Staff of its unit"):
        give_todos(todos=[todo], to=cast.regionals, by=cast.regionals)
    with pytest.raises(ValidationError, match="Choose somebody at eLearning"):
        give_todos(todos=[todo], to=cast.proposer, by=cast.oxford)
    assert ToDo.objects.get(pk=todo.pk).owner == cast.oxford


def test_each_number_of_an_owner_opens_the_rows_behind_it(client, cast):
    stages = [Stage.TRIAGE, Stage.ON_HOLD, Stage.APPROVED, Stage.DECLINED, Stage.WITHDRAWN]
    assign(proposals=[make_at(stage) for stage in stages], to=cast.oxford, by=cast.lead)
    Proposal.objects.filter(stage=Stage.TRIAGE).update(due_on=timezone.localdate() - DAY)
    client.force_login(cast.lead)

    links = re.findall(r'<a href="([^"]+)">(\d+)</a>', client.get(HAND_OVER).content.decode())

    assert [number for _url, number in links] == ["3", "1"]
    found = [client.get(url.replace("&amp;", "&")).context["cl"].result_count for url, _n in links]
    assert found == [3, 1]


def test_a_hand_over_says_to_whom(client, cast, colleague):
    proposal = make_at(Stage.TRIAGE)
    assign(proposals=[proposal], to=cast.oxford, by=cast.lead)
    client.force_login(cast.oxford)

    given = {"proposal": [proposal.pk], "to": colleague.pk, "note": ""}
    response = client.post(f"{HAND_OVER}?of={cast.oxford.pk}", given, follow=True)

    assertContains(response, "1 proposal is Olf Oxford&#x27;s now.")


def test_the_pages_of_absences_say_what_they_are(client, cast):
    client.force_login(cast.oxford)
    page = client.get(reverse("admin:reviews_absence_changelist"))
    assertContains(page, "<h1>Who is away, and who stands in</h1>")
    assertContains(page, "<title>Who is away, and who stands in ·")
    form = client.get(reverse("admin:reviews_absence_add"))

    assertContains(form, "Who stands in:")
    assertContains(form, '<input type="date" name="starts_on"')
    rules = client.get(reverse("admin:reviews_routingrule_changelist"))
    assertContains(rules, "<h1>Rules of routing</h1>")


@pytest.mark.parametrize("of", ["0", "x", "9" * 40, "-1", ""])
def test_nobody_else_has_a_page_of_the_hand_over(client, cast, of):
    client.force_login(cast.oxford)

    assert client.get(HAND_OVER, {"of": of}).status_code == 404


@pytest.mark.parametrize("who", ["committee_chair", "deans", "auditor", "proposer"])
def test_only_elearning_hands_over(client, cast, who):
    client.force_login(getattr(cast, who))

    assert client.get(HAND_OVER).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_owners_take_the_same_statements_whatever_they_own(
    client, cast, django_assert_num_queries, count
):
    assign(
        proposals=[make_at(Stage.TRIAGE) for _each in range(count)], to=cast.oxford, by=cast.lead
    )
    client.force_login(cast.lead)
    client.get(HAND_OVER)

    with django_assert_num_queries(3):
        client.get(HAND_OVER)


def test_whoever_closes_an_account_learns_what_is_left_behind(client, cast):
    assign(proposals=[make_at(Stage.TRIAGE)], to=cast.oxford, by=cast.lead)
    client.force_login(cast.lead)

    response = client.post(
        reverse("admin:accounts_user_change", args=[cast.oxford.pk]),
        {"name": "Ola Oxford", "phone": ""},
        follow=True,
    )

    assertContains(response, "leaves 1 open proposal behind")


def test_a_note_of_a_novels_length_is_refused(cast, colleague):
    with pytest.raises(ValidationError):
        assign(proposals=[make_at(Stage.TRIAGE)], to=colleague, by=cast.lead, note="x" * 401)


def test_what_a_move_asks_of_the_desk_is_mailed_at_once_though_its_news_are_gathered(cast):
    proposal = make_at(Stage.APC_REVIEW)
    meeting = timezone.localdate() + timedelta(days=20)
    given = Given(meeting_on=meeting)
    chair = cast.committee_chair
    move(plan=build_plan(proposals=[proposal], move=Move.DEFER, actor=chair, given=given))

    told = Message.objects.filter(event="desk_moved", cause__startswith="stage_change").latest("pk")

    assert (told.kind, told.state) == ("action", "queued")


@pytest.mark.parametrize("who,leads", [("oxford", True), ("auditor", False)])
@pytest.mark.parametrize("page", [reverse("desk_home"), LIST])
def test_only_who_may_open_it_is_led_to_the_hand_over(client, cast, page, who, leads):
    client.force_login(getattr(cast, who))

    assert (f'href="{HAND_OVER}"' in client.get(page).content.decode()) is leads
