"""Nothing that a partner typed is lost when their session has ended, and nobody else reads it."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from partners import typed
from partners.models import PartnerAsk, Question, Share, Typed
from partners.services import issue_links, revoke_links
from proposals.models import Comment
from tests.partners.contacts import offer, put
from tests.partners.endorsing import asked_of, other_contact
from tests.partners.sharing import come_by_link, token_of
from tests.partners.test_questions import another_share

pytestmark = pytest.mark.django_db
SAID = "We weld. Day shift, twelve people."
HALF_AN_HOUR = timedelta(minutes=31)


def address(name: str, share: Share, *args: object) -> str:
    return reverse(f"partners:{name}", args=[share.engagement.proposal.reference, *args])


def mark_on(client, url: str) -> str:
    """What the page of this form says of whom it was handed to."""
    [mark, *_others] = re.findall(r'name="whose" value="([^"]+)"', client.get(url).content.decode())
    return unescape(mark)


def sent_too_late(client, url: str, values: dict, **more):
    """The form is opened, and sent when the session has ended."""
    mark = mark_on(client, url)
    with time_machine.travel(timezone.now() + HALF_AN_HOUR):
        return client.post(url, values | {"whose": mark}, **more)


def back(client, share: Share) -> str:
    """Where the button of their link leads."""
    return client.post(reverse("partners:link", args=[token_of(share.contact)])).url


@pytest.fixture
def forms(share) -> dict[str, tuple[str, str]]:
    """Each long form of a partner: its address, and the field that is typed into."""
    asked, declined = put(share), asked_of(share)
    first = f"q{asked.questions.first().pk}"
    return {
        "questions": (address("questions", share, asked.pk), first),
        "questions, declined": (address("questions", share, asked.pk), "decline-words"),
        "meeting": (address("meeting_time", share, offer(share).pk), "words"),
        "endorsement": (address("endorsement", share, declined.pk), "words"),
        "endorsement, declined": (address("endorsement_decline", share, declined.pk), "words"),
        "reply": (address("write", share), "body"),
        "colleague": (address("colleague", share), "words"),
    }


@pytest.mark.parametrize(
    "which",
    [
        "questions",
        "questions, declined",
        "meeting",
        "endorsement",
        "endorsement, declined",
        "reply",
        "colleague",
    ],
)
def test_what_is_sent_too_late_is_shown_kept_and_stands_in_the_form_again(
    client, share, forms, which
):
    url, field = forms[which]
    come_by_link(client, share.contact)
    answer = sent_too_late(client, url, {field: SAID})
    page = answer.content.decode()
    assert (answer.status_code, SAID in page, "What you typed is safe" in page) == (404, True, True)
    assert back(client, share) == url
    page = client.get(url).content.decode()
    assert re.search(rf"<textarea[^>]*>\s*{SAID}</textarea>", page)
    assert "did not reach us. It is here again" in page


def test_choices_and_several_answers_come_back_and_files_are_said_to_be_missing(client, share):
    asked = put(share)
    words, number, choice, file = (f"q{each.pk}" for each in asked.questions.all())
    url = address("questions", share, asked.pk)
    come_by_link(client, share.contact)
    letter = SimpleUploadedFile("job.pdf", b"%PDF-1.4")
    given = {words: SAID, number: "12", choice: "Night", file: letter}
    assert "A file is not kept" in sent_too_late(client, url, given).content.decode()
    come_by_link(client, share.contact)
    initial = client.get(url).context["form"].initial
    assert (initial[words], initial[number], initial[choice]) == (SAID, "12", "Night")


def test_the_reply_box_of_the_status_page_has_it_again(client, share):
    come_by_link(client, share.contact)
    sent_too_late(client, address("write", share), {"body": SAID})
    come_by_link(client, share.contact)
    assert SAID in client.get(address("engagement_detail", share)).content.decode()


def test_once_it_is_sent_it_is_forgotten(client, share):
    url = address("write", share)
    come_by_link(client, share.contact)
    sent_too_late(client, url, {"body": SAID})
    come_by_link(client, share.contact)
    assert client.post(url, {"body": SAID, "whose": mark_on(client, url)}).status_code == 302
    assert [each.body for each in Comment.objects.all()] == [SAID]
    assert not Typed.objects.exists()
    assert SAID not in client.get(url).content.decode()


def test_they_throw_it_away(client, share):
    url = address("write", share)
    come_by_link(client, share.contact)
    sent_too_late(client, url, {"body": SAID})
    come_by_link(client, share.contact)
    assert client.post(url, {"leave_out": "1"}).status_code == 302
    assert (Typed.objects.exists(), SAID in client.get(url).content.decode()) == (False, False)


def test_nobody_else_at_this_computer_or_elsewhere_reads_it(client, share, cast):
    url = address("write", share)
    come_by_link(client, share.contact)
    sent_too_late(client, url, {"body": SAID})
    client.post(reverse("partners:leave"))
    assert SAID not in client.get(url).content.decode()
    jo = other_contact(share)
    for stranger in (jo, another_share(cast).contact):
        come_by_link(client, stranger)
        assert SAID not in client.get(url).content.decode()
        assert SAID not in client.get(address("engagement_detail", share)).content.decode()


def test_what_was_typed_before_another_link_was_opened_is_kept_for_whom_it_was_asked(client, share):
    url, jo = address("write", share), other_contact(share)
    come_by_link(client, share.contact)
    mark = mark_on(client, url)
    come_by_link(client, jo)
    page = client.post(url, {"body": SAID, "whose": mark}).content.decode()
    assert "Somebody else’s personal link was opened" in page
    assert not Comment.objects.exists()
    assert [each.contact for each in Typed.objects.all()] == [share.contact]


@pytest.mark.parametrize("mark", ["", "1:1", "nonsense", "1:1:abc:def", "x" * 5000])
def test_without_a_genuine_mark_it_is_shown_to_be_copied_and_kept_for_nobody(client, share, mark):
    answer = client.post(address("write", share), {"body": f"{SAID}\x00", "whose": mark})
    page = answer.content.decode()
    assert (answer.status_code, SAID in page, "Copy what you typed" in page) == (404, True, True)
    assert not Typed.objects.exists()


def test_a_link_that_was_withdrawn_keeps_nothing(client, share, oxford):
    url = address("write", share)
    come_by_link(client, share.contact)
    mark = mark_on(client, url)
    revoke_links(contact=share.contact, by=oxford)
    assert SAID in client.post(url, {"body": SAID, "whose": mark}).content.decode()
    assert not Typed.objects.exists()


def test_what_is_typed_is_shown_as_text(client, share):
    hostile = "<script>alert(1)</script> {{ 7|add:7 }}"
    page = client.post(address("write", share), {"body": hostile}).content.decode()
    assert ("<script>alert" in page, "{{ 7|add:7 }}" in page) == (False, True)


def test_while_they_type_it_is_kept_and_not_acted_on(client, share):
    url = address("write", share)
    come_by_link(client, share.contact)
    given = {"body": SAID, "whose": mark_on(client, url), "keep": "1"}
    assert client.post(url, given).status_code == 204
    assert not Comment.objects.exists()
    assert "Here is what you typed" in client.get(url).content.decode()
    # Nobody asked to send it: a link leads where it always does.
    assert back(client, share) == address("engagement_detail", share)


def test_typing_counts_as_being_there(client, share):
    url = address("write", share)
    come_by_link(client, share.contact)
    given = {"body": SAID, "whose": mark_on(client, url)}
    now = timezone.now()
    for minutes in (20, 40):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            assert client.post(url, given | {"keep": "1"}).status_code == 204
    with time_machine.travel(now + timedelta(minutes=60)):
        assert client.post(url, given).status_code == 302


def test_two_forms_of_one_page_are_kept_beside_each_other(share):
    keep = {"contact": share.contact, "path": "/partners/x/"}
    typed.keep(**keep, fields={"q1": ["Weld"], "q2": ["12"]})
    typed.keep(**keep, fields={"decline-words": ["No time"]})
    typed.keep(**keep, fields={"q1": ["Welding"]})
    assert Typed.objects.get().fields == {"q1": ["Welding"]}
    typed.keep(**keep, fields={"decline-words": ["No time"]})
    assert Typed.objects.get().fields == {"q1": ["Welding"], "decline-words": ["No time"]}


def test_no_contact_fills_the_house(share):
    fields = {"body": ["x"]}
    kept = [
        typed.keep(contact=share.contact, path=f"/partners/{n}/", fields=fields) for n in range(25)
    ]
    assert kept == [True] * typed.MOST_KEPT + [False] * 5
    too_long = {"body": ["x" * (typed.LONGEST_KEPT + 1)]}
    assert not typed.keep(contact=share.contact, path="/partners/1/", fields=too_long)


def test_after_three_days_it_is_offered_no_more_and_then_gone(client, share):
    url = address("write", share)
    then = timezone.now() - timedelta(days=3, minutes=1)
    typed.keep(contact=share.contact, path=url, fields={"body": [SAID]}, was_sent=True, at=then)
    come_by_link(client, share.contact)
    assert SAID not in client.get(url).content.decode()
    assert (typed.forget_old(), Typed.objects.exists()) == (1, False)


def test_what_was_settled_meanwhile_still_shows_what_was_typed(client, share, oxford):
    asked = put(share)
    url, field = address("questions", share, asked.pk), f"q{asked.questions.first().pk}"
    come_by_link(client, share.contact)
    mark = mark_on(client, url)
    PartnerAsk.objects.update(state=PartnerAsk.State.EXPIRED, settled_at=timezone.now())
    given = {field: SAID, "whose": mark, "action": "send"}
    assert SAID in client.post(url, given).content.decode()
    PartnerAsk.objects.update(state=PartnerAsk.State.TAKEN_BACK, settled_by=oxford)
    page = client.post(url, given).content.decode()
    assert ("no longer open to you" in page, SAID in page) == (True, True)
    assert not Question.objects.filter(text=SAID).exists()


def test_where_nothing_is_kept_no_page_takes_a_statement_more(
    client, share, django_assert_max_num_queries
):
    come_by_link(client, share.contact)
    url = address("write", share)
    client.get(url)
    with django_assert_max_num_queries(4) as seen:
        client.get(url)
    assert not any('FROM "partners_typed"' in each["sql"].split("WHERE")[0] for each in seen)


def test_no_link_is_needed_twice_and_none_stands_in_what_is_kept(client, share):
    fresh = issue_links(contacts=[share.contact])[share.contact.pk]
    mark = typed.mark_of(fresh)
    assert typed.contact_named_in(mark) == (fresh.pk, share.contact.pk)
    assert token_of(share.contact) not in mark


def test_of_a_page_that_is_open_no_more_they_read_what_they_typed_and_go_on(client, share, oxford):
    asked = put(share)
    url, field = address("questions", share, asked.pk), f"q{asked.questions.first().pk}"
    come_by_link(client, share.contact)
    sent_too_late(client, url, {field: SAID})
    taken_back = PartnerAsk.State.TAKEN_BACK
    PartnerAsk.objects.update(state=taken_back, settled_at=timezone.now(), settled_by=oxford)
    assert back(client, share) == url
    page = client.get(url)
    assert (page.status_code, SAID in page.text) == (404, True)
    answer = client.post(url, {"leave_out": "gone"})
    assert (answer.url, Typed.objects.exists()) == (reverse("partners:engagement_list"), False)
    assert back(client, share) == address("engagement_detail", share)
