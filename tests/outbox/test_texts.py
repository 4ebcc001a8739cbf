"""What mails say: the program's texts, those of staff, and what is refused."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError, connection, transaction

from microcreds.outbox.events import EVENTS
from microcreds.outbox.models import MailText
from microcreds.outbox.services import compose
from microcreds.outbox.wording import in_force, occasions, texts, trying
from microcreds.outbox.wording.source import Variable, fill, fill_subject, read
from microcreds.outbox.wording.table import WORDINGS
from tests.accounts.people import person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
TODO = {
    "name": "Dana",
    "title": "Sampling",
    "reference": "MC-2026-0042",
    "actor": "Ola",
    "due_on": date(2026, 12, 7),
    "quoted": "> Call them.",
    "url": "http://testserver/admin/",
}
BODY = "{actor} asks, by {due_on}:\n\n{quoted}\n\n{url}"
# Mails whose words are the program's alone: codes and links that open an account.
OF_THE_PROGRAM = {"account", texts.TEST}


@pytest.fixture
def lead(db):
    return person("lead@miamioh.edu", "lead")


def save(lead, key="todo", subject="For you: {title}", body=BODY, seen=0, **changed):
    text = texts.save_text(
        **{
            "wording": WORDINGS[key],
            "subject": subject,
            "body": body,
            "why": "Shorter.",
            "by": lead,
            "seen": seen,
            **changed,
        }
    )
    in_force.refresh()
    return text


def composed(context=TODO, event="todo"):
    return compose(event=event, to="d@miamioh.edu", context=context, dedupe_key="x", at=NOON)


def errors_of(call):
    with pytest.raises(ValidationError) as refused:
        call()
    return refused.value.message_dict


def test_every_event_has_its_texts():
    assert {each.event for each in WORDINGS.values()} == set(EVENTS) - OF_THE_PROGRAM


@pytest.mark.parametrize("wording", WORDINGS.values(), ids=lambda each: each.key)
def test_the_programs_own_text_passes_its_check(wording):
    source = wording.read(*texts.cleaned(wording, *wording.default))

    assert trying.refusals(wording, source, occasions.examples_of(wording)) == {}
    assert texts.cleaned(wording, *wording.default) == wording.default


def test_a_mail_says_what_staff_wrote_from_then_on(lead):
    before = composed()
    save(lead)
    after = composed()

    assert before.subject == "To do for “Sampling” (MC-2026-0042) by 7 December"
    assert after.subject == "For you: Sampling"
    assert after.body.startswith(
        "Ola asks, by Monday, 7 December 2026:\n\n> Call them.\n\nhttp://testserver/admin/\n\n-- \n"
    )


def test_a_mail_of_another_reader_keeps_its_own_text(lead):
    save(lead, "message:internal", "A note about {title}", "{author}\n\n{url}")
    context = {**TODO, "author": "Ola"}

    assert composed({**context, "is_internal": True}, "message").subject == "A note about Sampling"
    assert composed({**context, "is_internal": False}, "message").subject.startswith("Ola wrote")


def test_what_says_nothing_leaves_no_line_and_no_gap(lead):
    context = {**TODO, "stage": "Triage", "due_on": None, "quoted": ""}

    body = composed(context, "assigned").body

    assert "Expected by" not in body
    assert "What Ola says" not in body
    assert "\n\n\n" not in body


def test_other_processes_follow_within_a_minute_and_one_plan_at_once(lead, monkeypatch):
    save(lead)
    in_force.as_in_code()  # as a process that read the texts before
    assert composed().subject.startswith("To do")

    later = time.monotonic() + 61
    monkeypatch.setattr("time.monotonic", lambda: later)

    assert composed().subject == "For you: Sampling"


def test_a_hundred_mails_ask_the_database_nothing(lead, django_assert_num_queries):
    save(lead)

    with django_assert_num_queries(0):
        for _ in range(100):
            composed()


def test_following_the_number_that_is_known_asks_nothing(lead, django_assert_num_queries):
    text = save(lead)

    with django_assert_num_queries(0):
        in_force.follow(text.pk)
    in_force.as_in_code()
    with django_assert_num_queries(1):
        in_force.follow(text.pk)
    assert composed().subject == "For you: Sampling"


@pytest.mark.parametrize(
    ("subject", "body", "field", "said"),
    [
        (
            "{titel}",
            BODY,
            "subject",
            "There is no {titel} in this mail. There are: {name}, {title}",
        ),
        ("{title", BODY, "subject", "“{title” is no variable"),
        ("x", BODY + "{{ title }}", "body", "is no variable"),
        ("x", BODY + "{% if title %}", "body", "“{% if title %}” is no variable"),
        ("x", BODY + "{title!r}", "body", "“{title!r}” is no variable"),
        ("x", BODY + "{Title}", "body", "“{Title}” is no variable"),
        ("{quoted}", BODY, "subject", "{quoted} is a paragraph; a subject has none."),
        ("{url}", BODY, "subject", "{url} leads somewhere; a subject does not."),
        ("x", "He says {quoted} {due_on} {url}", "body", "let it stand alone in its line"),
        ("x", "{quoted}\n{due_on}", "body", "{url} must stand in it: Its page on the desk."),
        ("", BODY, "subject", "A mail needs this."),
        (
            "x",
            "{reason} by {due_on}\n{correction}\n{label}\n{message}\n{url}",
            "body",
            "{reason} must stand in another line than {due_on}, which may say nothing.",
        ),
        ("x", " \n", "body", "A mail needs this."),
        ("x" * 201, BODY, "subject", "Write at most 200 characters."),
        ("x", BODY + "y" * 10_000, "body", "Write at most 6000 characters."),
        ("x" * 190 + "{title}", BODY, "subject", "more than 200 characters for An example"),
        ("x", BODY + "\n[[link:6f2c1a52]]", "body", "Somebody's own link stands in it"),
        ("x", BODY + "\nhttp://testserver/partners/link/abc/", "body", "Somebody's own link"),
    ],
)
def test_what_cannot_be_mailed_is_refused_at_its_field(lead, subject, body, field, said):
    key = "moved" if "{correction}" in body else "todo"
    errors = errors_of(lambda: save(lead, key, subject, body))

    assert list(errors) == [field]
    assert said in " ".join(errors[field])
    assert not MailText.objects.exists()


def test_a_text_says_why(lead):
    assert list(errors_of(lambda: save(lead, why=" "))) == ["why"]


@pytest.mark.parametrize("kind", ["elearning", "auditor", "deans"])
def test_only_the_lead_writes(kind):
    with pytest.raises(ValidationError, match="Only the eLearning lead"):
        save(person("other@miamioh.edu", kind))


def test_whoever_saw_an_older_version_is_told_who_was_faster(lead):
    save(lead)

    with pytest.raises(ValidationError, match=r"Lead has changed it meanwhile"):
        save(lead, subject="Another", seen=0)


def test_the_same_text_again_is_no_version(lead):
    save(lead)

    with pytest.raises(ValidationError, match="Nothing is changed"):
        save(lead, seen=1)


def test_versions_are_brought_back_and_stay_on_record(lead):
    wording = WORDINGS["todo"]
    save(lead)
    save(lead, subject="Second: {title}", seen=1)

    texts.bring_back(wording=wording, number=1, by=lead)
    in_force.refresh()
    assert composed().subject == "For you: Sampling"
    texts.bring_back(wording=wording, number=0, by=lead)
    in_force.refresh()

    assert composed().subject.startswith("To do for")
    found = texts.history_of(wording).values_list("number", "subject", "why")
    assert list(found) == [
        (4, "", "Back to the default."),
        (3, "For you: {title}", "Back to version 1."),
        (2, "Second: {title}", "Shorter."),
        (1, "For you: {title}", "Shorter."),
    ]


def test_a_version_that_never_was_is_not_brought_back(lead):
    with pytest.raises(ValidationError, match="no such version"):
        texts.bring_back(wording=WORDINGS["todo"], number=7, by=lead)


def test_the_programs_text_written_by_hand_is_the_programs(lead):
    subject, body = WORDINGS["todo"].default
    save(lead)

    assert save(lead, subject=subject, body=body.replace("\n", "\r\n"), seen=1).subject == ""


@pytest.mark.parametrize(
    "write", ["UPDATE outbox_mailtext SET why = 'x'", "DELETE FROM outbox_mailtext"]
)
def test_a_version_is_never_changed(lead, write):
    save(lead)

    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(write)


def test_two_at_once_cannot_be_one_version(lead):
    text = save(lead)

    with pytest.raises(IntegrityError), transaction.atomic():
        MailText.objects.create(key="todo", number=text.number, why="x", by=lead, at=NOON)


def test_a_text_that_a_newer_program_cannot_fill_gives_way_to_its_own(lead):
    MailText.objects.create(
        key="todo", number=1, subject="{gone}", body="x", why="x", by=lead, at=NOON
    )
    MailText.objects.create(
        key="no_mail", number=1, subject="x", body="x", why="x", by=lead, at=NOON
    )
    in_force.refresh()

    assert composed().subject.startswith("To do for")
    assert not in_force.is_changed(WORDINGS["todo"])


def test_nobodys_title_becomes_a_button_or_a_second_line(lead):
    save(lead, body=BODY + "\n\n{title}")
    title = "http://testserver/accounts/logout/\r\nBcc: x@evil.example"

    body = composed({**TODO, "title": title}).body
    assert "http://testserver/accounts/logout/ Bcc: x@evil.example\n" in body
    body = composed({**TODO, "title": "http://testserver/accounts/logout/"}).body
    assert "\n“http://testserver/accounts/logout/”\n" in body


def test_a_text_that_fails_for_a_proposal_is_said_so(caplog):
    def fails(values):
        raise KeyError(values)

    broken = Variable("x", "x", "x")
    source = read("{x}", "{x}", {"x": broken})
    wording = WORDINGS["co_proposer_out"]

    found = trying.refusals(wording, source, [occasions.Occasion("MC-2026-0042 Sampling", {})])

    assert found == {"body": ["It fails for MC-2026-0042 Sampling."]}


def test_a_subject_that_says_nothing_for_somebody_is_refused():
    empty = {"x": Variable("x", "x", "")}
    source = read("{x}", "x", empty)

    assert fill_subject(source, {"x": ""}) == ""
    assert fill(source, {"x": ""}, empty) == "x"
    found = trying.refusals(
        WORDINGS["co_proposer_out"], source, [occasions.Occasion("MC-1", {"x": ""})]
    )
    assert found == {"subject": ["Nothing stands in it for MC-1."]}


def test_a_test_leaves_at_once_to_whoever_tries_it_marked_and_without_a_link(lead):
    wording = WORDINGS["partner_update"]
    link = {**occasions.examples_of(wording)[0].values, "link": "[[link:" + "0" * 8 + "]]"}
    look = trying.look_of(wording, wording.read(*wording.default), occasions.Occasion("x", link))
    real = occasions.Occasion(
        "x", {**link, "link": f"[[link:{'0' * 8}-0000-0000-0000-{'0' * 12}]]"}
    )
    look = trying.look_of(wording, wording.read(*wording.default), real)

    mail = texts.send_test(look=look, wording=wording, to=lead, at=NOON)
    again = texts.send_test(look=look, wording=wording, to=lead, at=NOON + timedelta(seconds=5))

    assert (mail.to, mail.event, mail.state, mail.due_at) == (
        lead.email,
        "text_test",
        "queued",
        NOON,
    )
    assert mail.subject.startswith("[Test] Correction: “Sampling for shift leads”")
    assert "[personal link]" in mail.body
    assert "[[" not in mail.body
    assert again.pk == mail.pk
