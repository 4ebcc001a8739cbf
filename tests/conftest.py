"""People by role; a database that is migrated once for all workers, with the cache table, which
sign-in's rate limits need."""

import gc
from collections.abc import Iterator
from types import MethodType

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
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

# An example that takes long on a machine with other work proves nothing about the code.
hypothesis_settings.register_profile(
    "any_machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("any_machine")


def pytest_configure(config: pytest.Config) -> None:
    if record.is_wanted(config):
        config.pluginmanager.register(record.Record())


def pytest_collection_finish() -> None:
    """What is there before the first test stays to the end; no use to look through it for garbage,
    nor for what little a request leaves so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def copied_for_worker(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_blocker: DjangoDbBlocker,
    worker_id: str,
) -> None:
    """A worker whose database is not there has a copy of the one that a single process uses, which
    the first of them migrates."""
    own = connection.settings_dict["TEST"]["NAME"]
    if worker_id == "master" or django_db_createdb or not django_db_keepdb:
        return
    with django_db_blocker.unblock(), connection.creation._nodb_cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(1)")  # until this connection is closed
        cursor.execute("SELECT datname FROM pg_database")
        known = {name for (name,) in cursor.fetchall()}
        if own in known:
            return
        copied = own.removesuffix(f"_{worker_id}")
        if copied not in known:
            migrate(copied)
        cursor.execute(f'CREATE DATABASE "{own}" TEMPLATE "{copied}"')


def migrate(name: str) -> None:
    """This test database has our schema; nobody is connected to it."""
    aim = connection.settings_dict
    own, site = aim["TEST"]["NAME"], aim["NAME"]
    aim["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=True)
    connection.close()
    aim["TEST"]["NAME"], aim["NAME"] = own, site


def sql_flush(self, style, tables, *, reset_sequences=False, allow_cascade=False) -> list[str]:
    """Rows are deleted past all triggers: to truncate hundreds of files takes a hundred times as
    long as what a test wrote."""
    delete = style.SQL_KEYWORD("DELETE FROM")
    deletes = [f"{delete} {self.quote_name(table)}" for table in tables]
    return ["; ".join(["SET LOCAL session_replication_role = replica", *deletes])]


@pytest.fixture(scope="session")
def django_db_setup(
    copied_for_worker: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Django's test runner makes the cache table by itself; so does this, for a reused database."""
    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
            [[is_superuser]] = cursor.fetchall()
    if is_superuser:  # nobody else may pass triggers by
        connection.ops.sql_flush = MethodType(sql_flush, connection.ops)
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
