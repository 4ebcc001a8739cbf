"""What is asked of contacts is reminded of before and after its day, once each, then closed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from microcreds.outbox.models import Message
from partners.models import Link, PartnerAsk, Share
from partners.services import end_share
from reviews.ladder.climbing import climb
from reviews.outside import asking
from tests.factories import make_cast, make_submitted
from tests.partners.contacts import put
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db
CAMPUS = ZoneInfo("America/New_York")
TO_THEM = ("partner_ask_soon", "partner_ask_late")
State = PartnerAsk.State


def on(day: int, month: int = 11, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=CAMPUS).astimezone(UTC)


@pytest.fixture
def share(cast) -> Share:
    return share_it(summarized(make_submitted(at=on(2))), cast.oxford)


@pytest.fixture
def asked(share) -> PartnerAsk:
    """On Monday 2 November, by Monday the 16th."""
    return put(share, due_on=date(2026, 11, 16), at=on(2))


def told() -> list[str]:
    found = Message.objects.filter(event__in=TO_THEM).order_by("pk")
    return list(found.values_list("event", flat=True))


def test_before_its_day_and_after_it_once_each(asked):
    climb(at=on(11))
    assert told() == []
    for day in (12, 13, 16):
        climb(at=on(day))
    assert told() == ["partner_ask_soon"]
    for day in (17, 18, 19):
        climb(at=on(day))
    assert told() == ["partner_ask_soon", "partner_ask_late"]


def test_each_reminder_has_a_live_link_of_its_own_and_waits_for_the_morning(asked, settings):
    settings.PARTNER_QUIET_HOURS = (20, 7)
    before = Link.objects.count()
    climb(at=on(12, hour=21))
    mail = Message.objects.get(event="partner_ask_soon")
    assert Link.objects.count() == before + 1
    assert mail.due_at == on(13, hour=7)
    assert (mail.to, mail.user) == (asked.contact.email, None)


def test_what_is_asked_for_tomorrow_is_not_repeated_before_its_day(share):
    put(share, due_on=date(2026, 11, 4), at=on(2))
    climb(at=on(3))
    assert told() == []


def test_ten_working_days_after_its_day_it_is_closed_and_whoever_asked_is_told(asked, cast):
    climb(at=on(30))
    asked.refresh_from_db()
    assert asked.state == State.REQUESTED  # nine working days: Thanksgiving is none here
    climb(at=on(1, 12))
    asked.refresh_from_db()
    assert (asked.state, asked.settled_by) == (State.EXPIRED, None)
    mail = Message.objects.get(event="partner_ask_settled")
    assert (mail.to, "has not answered" in mail.body) == (cast.oxford.email, True)


def test_another_day_has_reminders_of_its_own(asked, cast):
    climb(at=on(12))
    asking.extend(asked=asked, due_on=date(2026, 11, 24), by=cast.oxford, at=on(13))
    assert Message.objects.get(event="partner_ask_soon").state == Message.State.RECALLED
    climb(at=on(20))
    assert told() == ["partner_ask_soon", "partner_ask_soon"]


def test_what_is_settled_is_reminded_of_no_more(asked, cast):
    asking.take_back(asked=asked, words="By mistake.", by=cast.oxford, at=on(3))
    climb(at=on(12))
    assert told() == []


def test_whoever_cannot_open_the_page_is_not_reminded(asked, share, cast):
    end_share(share=share, by=cast.oxford)
    climb(at=on(12))
    assert told() == []


def test_only_whoever_asked_and_staff_change_what_is_asked(asked, cast):
    make_cast()
    for stranger in (cast.proposer, cast.regionals, cast.other_proposer):
        with pytest.raises(Exception, match="whoever asked"):
            asking.extend(asked=asked, due_on=date(2026, 12, 1), by=stranger, at=on(3))
