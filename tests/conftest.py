"""People by role; the cache table, which sign-in's rate limits need."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from microcreds.accounts.contacts import forget_units
from microcreds.accounts.models import User
from microcreds.outbox.wording import in_force
from reviews import figures, policies, watch
from reviews.asks import number
from reviews.durations import Durations, remember
from reviews.holidays import forget_days_off
from tests.factories import Cast, make_cast
from tests.faults import record


def pytest_configure(config: pytest.Config) -> None:
    if record.is_wanted(config):
        config.pluginmanager.register(record.Record())


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Django's test runner makes the cache table by itself; so does this, for a reused database."""
    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)
    yield


@pytest.fixture(autouse=True)
def no_units_of_the_last_test() -> None:
    """A database that is rolled back tells nobody."""
    forget_units()
    forget_days_off()


@pytest.fixture(autouse=True)
def nothing_is_wrong() -> None:
    """Nor does the home look for what to warn of, except where a test forgets this."""
    watch.remember([])


@pytest.fixture(autouse=True)
def nothing_is_counted_for_the_header() -> None:
    """Pages remember for a while how much is asked of their reader; a test that looks at it
    forgets this."""
    number.say_for_all(0)


@pytest.fixture(autouse=True)
def nothing_took_long() -> None:
    """Each process measures once an hour how long things took; a test that asks measures itself."""
    remember(Durations({}, {}))


@pytest.fixture(autouse=True)
def process_as_in_code() -> None:
    """Nor does what staff set in a test that is over."""
    policies.as_in_code()


@pytest.fixture(autouse=True)
def mails_as_in_code() -> None:
    """Nor what staff made of the words of mails."""
    in_force.as_in_code()


@pytest.fixture(autouse=True)
def nothing_is_counted_before() -> None:
    """Figures that were slow to count are remembered; a test's database is gone after it."""
    figures.forget()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def proposer(cast: Cast) -> User:
    return cast.proposer


@pytest.fixture
def other_proposer(cast: Cast) -> User:
    return cast.other_proposer


@pytest.fixture
def oxford(cast: Cast) -> User:
    """eLearning staff of the unit whose campus ``whole_answers`` names."""
    return cast.oxford


@pytest.fixture
def regionals(cast: Cast) -> User:
    return cast.regionals


@pytest.fixture
def lead(cast: Cast) -> User:
    return cast.lead


@pytest.fixture
def committee(cast: Cast) -> User:
    return cast.committee


@pytest.fixture
def committee_chair(cast: Cast) -> User:
    return cast.committee_chair


@pytest.fixture
def deans(cast: Cast) -> User:
    return cast.deans


@pytest.fixture
def chair(cast: Cast) -> User:
    return cast.chair


@pytest.fixture
def auditor(cast: Cast) -> User:
    return cast.auditor


@pytest.fixture
def admin_user(cast: Cast) -> User:
    return cast.admin_user
