"""Mail that came in: nobody buries the others', and nothing is kept for ever."""

from datetime import timedelta
from email import policy
from email.message import EmailMessage

import pytest
from django.utils import timezone

from microcreds.outbox import purging
from microcreds.outbox.models import Incoming
from microcreds.outbox.replies.taking import KEPT_OF_MANY, take

pytestmark = pytest.mark.django_db
BOT = "bot@x.example"


@pytest.fixture(autouse=True)
def set_up(settings):
    settings.INCOMING_MAILS_A_DAY, settings.INCOMING_MAIL_DAYS = 3, 180


def came(number: int, sender: str = BOT, text: str = "Buy now.", *, at=None, **headers):
    mail = EmailMessage(policy=policy.default)
    given = {"From": sender, "To": "reply@microcreds.example", "Subject": f"Number {number}"}
    for name, value in (given | {"Message-ID": f"<{number}@x.example>"} | headers).items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return take(mail, at=at)


def states(sender: str = BOT) -> list[str]:
    rows = Incoming.objects.filter(sender__iexact=sender).order_by("pk")
    return list(rows.values_list("state", flat=True))


def test_what_one_sender_writes_beyond_the_limit_of_a_day_waits_apart():
    for number in range(5):
        came(number, "Bot@X.example" if number % 2 else BOT)
    came(9, "pat@tallgrass.example")
    assert states() == ["unsorted"] * 3 + ["many"] * 2
    assert states("pat@tallgrass.example") == ["unsorted"]
    words = "Its sender wrote more than 3 such mails within a day. It names no mail of ours."
    assert Incoming.objects.filter(state="many").first().why == words


def test_a_day_later_the_sender_is_read_again():
    now = timezone.now()
    for number in range(4):
        came(number, at=now)
    came(5, at=now + timedelta(days=1, minutes=1))
    assert states() == ["unsorted"] * 3 + ["many", "unsorted"]


def test_setting_them_aside_makes_no_room_for_more_that_day(cast):
    for number in range(3):
        came(number)
    said = {"settled_by": cast.oxford, "settled_at": timezone.now(), "settled_why": "Spam"}
    Incoming.objects.update(state="aside", **said)
    came(4)
    assert states() == ["aside"] * 3 + ["many"]


def test_automatic_answers_count_for_nothing():
    for number in range(5):
        came(number, Auto_Submitted="auto-replied")
    came(6)
    assert states() == ["dropped"] * 5 + ["unsorted"]


def test_of_each_of_very_many_little_text_is_kept_and_says_so():
    for number in range(4):
        came(number, text="x" * 5000)
    first, *_others, last = Incoming.objects.order_by("pk")
    assert len(last.text) == KEPT_OF_MANY
    assert last.whole == "x" * KEPT_OF_MANY + "\n\n[3000 characters more were not kept.]"
    assert len(first.whole) == 5000


def test_a_thousand_mails_of_one_sender_leave_a_few_on_the_list(settings):
    settings.INCOMING_MAILS_A_DAY = 20
    for number in range(100):
        came(number)
    assert (states().count("unsorted"), states().count("many")) == (20, 80)


@pytest.mark.parametrize("state", ["joined", "dropped", "many"])
def test_of_an_old_mail_only_that_it_came_is_kept(state):
    came(1, text="A secret of ours.")
    Incoming.objects.update(state=state, received_at=timezone.now() - timedelta(days=181))
    assert (purging.empty_incoming(), purging.empty_incoming()) == (1, 0)
    row = Incoming.objects.get()
    assert (row.sender, row.to, row.subject, row.text, row.whole, row.files) == (
        *("",) * 5,
        [],
    )
    assert (row.message_id, row.state) == ("<1@x.example>", state)


def test_what_waits_to_be_sorted_and_what_is_young_stays(settings):
    came(1)
    Incoming.objects.update(received_at=timezone.now() - timedelta(days=999))
    came(2)
    Incoming.objects.filter(message_id="<2@x.example>").update(state="joined")
    assert purging.empty_incoming() == 0
    assert [row.whole for row in Incoming.objects.all()] == ["Buy now."] * 2


def test_an_emptied_mail_is_not_taken_again():
    came(1)
    Incoming.objects.update(state="dropped", received_at=timezone.now() - timedelta(days=181))
    purging.empty_incoming()
    assert came(1) is None
    assert Incoming.objects.count() == 1
