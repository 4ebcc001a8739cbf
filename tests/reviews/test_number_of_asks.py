"""The number in the header is that of the person's own lines in the list of asks."""

from collections.abc import Callable

import pytest
from django.forms import model_to_dict
from django.utils import timezone

from microcreds.accounts.models import Role, User
from proposals.models import Proposal, Stage
from reviews.asks import MOST, asks_of
from reviews.asks.listing import number_of_own
from reviews.inquiries import working
from reviews.models import Absence, ToDo
from reviews.permissions import RoleBackend
from reviews.todos import add_todo
from tests.factories import Cast, make_at, make_draft, make_person, make_unit
from tests.partners.asking import received
from tests.reviews.test_asks import CASES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def told_at_once(settings) -> None:
    settings.NOTIFICATION_GRACE_SECONDS = 0


def assert_counted_as_listed() -> None:
    for user in User.objects.all():
        assert number_of_own(user) == sum(not each.is_shared for each in asks_of(user)), user


def colleague_of(cast: Cast) -> User:
    return make_person("oz@miami.example", "Oz", Role.Kind.ELEARNING, unit=make_unit())


def an_inquiry_of_mine(cast: Cast) -> None:
    received()
    working.give(inquiry=received(), to=cast.oxford, by=cast.oxford)


def left_behind(cast: Cast) -> None:
    make_at(Stage.TRIAGE)
    colleague_of(cast)
    User.objects.filter(pk=cast.oxford.pk).update(is_active=False)


def away(cast: Cast, *, left: bool = False) -> None:
    proposal, today = make_at(Stage.TRIAGE), timezone.localdate()
    colleague = colleague_of(cast)
    add_todo(proposal=proposal, words="Ring", owner=cast.oxford, by_day=today, by=cast.oxford)
    Absence.objects.create(person=cast.oxford, stand_in=colleague, starts_on=today, ends_on=today)
    User.objects.filter(pk=cast.oxford.pk).update(is_active=not left)


def nobodys(cast: Cast) -> None:
    make_at(Stage.TRIAGE)
    Proposal.objects.update(assignee=None)


@pytest.mark.parametrize(
    "happens",
    [
        lambda cast: make_draft(),
        *(
            lambda cast, stage=stage: make_at(stage)
            for stage in (Stage.FULL_PROPOSAL, Stage.APC_REVIEW, Stage.CAD_CONSENT)
        ),
        an_inquiry_of_mine,
        left_behind,
        away,
        lambda cast: away(cast, left=True),
        nobodys,
    ],
)
def test_the_number_is_that_of_the_persons_own_lines(cast, happens: Callable[[Cast], object]):
    happens(cast)

    assert_counted_as_listed()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_every_kind_is_counted_as_it_is_listed(cast, case):
    case.asks()

    assert_counted_as_listed()


def test_no_more_are_counted_than_are_listed(cast):
    proposal, today = make_at(Stage.TRIAGE), timezone.localdate()
    given = {"owner": cast.oxford, "by_day": today, "by": cast.oxford}
    todo = add_todo(proposal=proposal, words="Ring Pat", **given)
    columns = model_to_dict(todo, fields=["by_day", "words"]) | {"made_at": todo.made_at}
    of = {"proposal": proposal, "owner": cast.oxford, "made_by": cast.oxford}
    ToDo.objects.bulk_create([ToDo(**columns, **of) for _each in range(MOST)])

    assert number_of_own(cast.oxford) == MOST


def test_whoever_is_signed_in_is_read_with_whom_they_stand_in_for(cast, django_assert_num_queries):
    today = timezone.localdate()
    colleague = colleague_of(cast)
    Absence.objects.create(person=cast.oxford, stand_in=colleague, starts_on=today, ends_on=today)
    make_at(Stage.TRIAGE, assignee=cast.oxford)

    signed_in = RoleBackend().get_user(colleague.pk)
    assert signed_in
    with django_assert_num_queries(2):
        number = number_of_own(signed_in)

    assert number == number_of_own(colleague) == 1
