"""The conversations of a proposal: who reads and writes which, what is new, who is told."""

from threading import Barrier
from threading import Thread as Worker

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from microcreds.outbox.models import Message
from proposals.models import (
    Comment,
    CommentEdit,
    InterestForm,
    LastRead,
    Participant,
    Proposal,
    Stage,
    Thread,
)
from proposals.services import unread_counts
from proposals.services.conversation import change_comment, mark_read
from reviews import threads
from reviews.permits import parties_of
from tests.factories import make_at, make_cast, make_draft, make_person

pytestmark = pytest.mark.django_db
PROPOSERS, INTERNAL = Thread.Kind.PROPOSERS, Thread.Kind.INTERNAL


@pytest.fixture
def proposal(cast):
    return make_at(Stage.APC_REVIEW, owner=cast.proposer)


def join(proposal, user, capacity="editor"):
    Participant.objects.create(
        proposal=proposal, user=user, capacity=capacity, since=proposal.created_at
    )


def access(proposal, user):
    found = threads.access_to(proposal, user, parties_of([proposal.pk])[proposal.pk])
    return {kind.value: found.may_write(kind) for kind in found.reads}


def say(proposal, by, body, kind=PROPOSERS, **more):
    return threads.write(proposal=proposal, kind=kind, by=by, body=body, **more)


def mails():
    return [
        (mail.event, mail.to)
        for mail in Message.objects.filter(event__in=["message", "mentioned"]).order_by("pk")
    ]


def address(name, proposal, *args):
    return reverse(f"proposals:{name}", args=[proposal.reference, *args])


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("proposer", {"proposers": True}),
        ("other_proposer", {}),
        ("oxford", {"proposers": True, "internal": True}),
        ("regionals", {"proposers": False, "internal": True}),
        ("lead", {"proposers": True, "internal": True}),
        ("admin_user", {"proposers": True, "internal": True}),
        ("auditor", {"proposers": False, "internal": False}),
        ("committee", {}),
        ("committee_chair", {}),
        ("deans", {}),
        ("chair", {}),
    ],
)
def test_each_role_reads_and_writes_its_threads(cast, proposal, who, expected):
    """By kind of thread: whether it is written in; one that is not read is not there."""
    user = getattr(cast, who)
    say(proposal, cast.oxford, "canary-proposers")
    say(proposal, cast.oxford, "canary-internal", INTERNAL)
    client = Client()
    client.force_login(user)

    assert access(proposal, user) == expected
    for kind in ("proposers", "internal"):
        response = client.get(address("conversation", proposal, kind))
        assert response.status_code == (200 if kind in expected else 404)
        assert (f"canary-{kind}" in response.content.decode()) is (kind in expected)
        wrote = client.post(address("conversation", proposal, kind), {"body": "Hm."}).status_code
        assert wrote == ({True: 302, False: 409}[expected[kind]] if kind in expected else 404)
    page = client.get(address("proposal_detail", proposal)).content.decode()
    assert "canary-internal" not in page
    assert ("canary-proposers" in page) is (who == "proposer")


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [("editor", {"proposers": True}), ("viewer", {"proposers": False}), ("chair", {})],
)
def test_who_takes_part_reads_and_editors_write(cast, proposal, capacity, expected):
    join(proposal, cast.other_proposer, capacity)

    assert access(proposal, cast.other_proposer) == expected


@pytest.mark.parametrize("who", ["oxford", "lead", "auditor", "admin_user"])
def test_staff_never_read_the_internal_thread_of_a_proposal_they_take_part_in(client, cast, who):
    user = getattr(cast, who)
    proposal = make_at(Stage.SUBMITTED, owner=user)
    say(proposal, cast.regionals if who == "oxford" else cast.oxford, "canary-note", INTERNAL)
    client.force_login(user)

    desk = reverse("admin:reviews_triageitem_change", args=[proposal.pk])
    assert access(proposal, user) == {"proposers": True}
    assert "canary-note" not in client.get(desk).content.decode()
    assert client.get(address("conversation", proposal, "internal")).status_code == 404
    note = reverse("admin:reviews_triageitem_note", args=[proposal.pk])
    assert client.post(note, {"body": "mine"}).status_code == 404


def test_a_recused_colleague_reads_no_internal_note(cast, proposal):
    join(proposal, cast.regionals, "recused")

    assert access(proposal, cast.regionals) == {"proposers": False}


def test_nobody_writes_about_a_draft(cast):
    draft = make_draft(cast.proposer)

    assert access(draft, cast.oxford) == {}
    for kind, by in ((PROPOSERS, cast.proposer), (PROPOSERS, cast.oxford), (INTERNAL, cast.oxford)):
        with pytest.raises(ValidationError):
            say(draft, by, "Too early.", kind)
    assert not Comment.objects.exists()


def test_a_proposer_reaches_the_assignee_and_staff_reach_owner_and_editors(cast, proposal):
    join(proposal, cast.other_proposer)
    join(proposal, cast.chair, "viewer")

    say(proposal, cast.proposer, "When?")
    assert mails() == [("message", "ola@miami.example")]

    say(proposal, cast.oxford, "Friday.")
    assert sorted(mails()[1:]) == [
        ("message", "fay@miami.example"),
        ("message", "gus@miami.example"),
    ]


def test_without_an_assignee_the_queue_is_told(cast, proposal):
    Proposal.objects.update(assignee=None)
    proposal.refresh_from_db()
    make_person("otto@miami.example", "Otto Oxford", "elearning", unit=proposal.unit)

    say(proposal, cast.proposer, "When?")

    assert sorted(to for _event, to in mails()) == ["ola@miami.example", "otto@miami.example"]


def test_an_internal_note_is_mailed_to_nobody_outside_elearning(cast, proposal):
    join(proposal, cast.other_proposer)
    body = "@Fay Proposer @Gus Proposer @Cai Committee @Ria Regionals: look at this."

    say(proposal, cast.lead, body, INTERNAL, notify=[cast.proposer, cast.committee])

    assert sorted(mails()) == [
        ("mentioned", "ria@miami.example"),
        ("message", "ola@miami.example"),
    ]


def test_a_mail_has_the_link_to_the_message_and_not_its_text(cast, proposal):
    comment = say(proposal, cast.oxford, "canary-words")

    mail = Message.objects.get(event="message")
    assert "canary-words" not in mail.subject + mail.body
    assert f"?message={comment.pk}#message-{comment.pk}" in mail.body
    assert proposal.reference in mail.body


def test_one_mail_until_it_is_read(cast, proposal):
    say(proposal, cast.oxford, "One.")
    last = say(proposal, cast.oxford, "Two.")
    assert len(mails()) == 1

    mark_read(comment=last, by=cast.proposer)
    say(proposal, cast.oxford, "Three.")

    assert len(mails()) == 2


def test_a_mail_that_still_waits_is_recalled_once_all_is_read(cast, proposal):
    first = say(proposal, cast.oxford, "One.")
    last = say(proposal, cast.oxford, "Two.")

    mark_read(comment=first, by=cast.proposer)
    assert Message.objects.get(event="message").state == "queued"
    mark_read(comment=last, by=cast.proposer)
    assert Message.objects.get(event="message").state == "recalled"


def test_names_in_a_text_mean_the_longest_name_and_everybody_who_bears_it(cast):
    ann = make_person("a1@miami.example", "Ann")
    lee, twin = (make_person(f"{n}@miami.example", "Ann Lee") for n in ("a2", "a3"))

    assert threads.named_in("Ask @ann lee.", [ann, lee, twin]) == [lee, twin]
    assert threads.named_in("@Ann, and me@Ann Lee", [ann, lee]) == [ann]
    assert threads.named_in("@Annabel", [ann]) == []


def test_unread_counts_what_others_wrote_since(cast, proposal):
    say(proposal, cast.proposer, "Mine.")
    first = say(proposal, cast.oxford, "One.")
    say(proposal, cast.oxford, "Two.")
    say(proposal, cast.oxford, "Internal.", INTERNAL)
    assert unread_counts(cast.proposer, [proposal]) == {proposal.pk: 2}
    assert unread_counts(cast.lead, [proposal]) == {proposal.pk: 3}
    assert unread_counts(cast.committee, [proposal]) == {}

    mark_read(comment=first, by=cast.proposer)
    assert unread_counts(cast.proposer, [proposal]) == {proposal.pk: 1}


def test_a_mark_never_goes_back(cast, proposal):
    first, second = (say(proposal, cast.oxford, text) for text in ("One.", "Two."))
    mark_read(comment=second, by=cast.proposer)
    mark_read(comment=first, by=cast.proposer)

    assert LastRead.objects.get(user=cast.proposer).comment == second


@pytest.mark.parametrize("count", [1, 3])
def test_unread_counts_take_one_statement(cast, count, django_assert_num_queries):
    proposals = [make_at(Stage.TRIAGE) for _ in range(count)]
    for each in proposals:
        say(each, cast.oxford, "Hello.")

    with django_assert_num_queries(2):  # the roles of the person, the counts
        counts = unread_counts(cast.proposer, proposals)
    assert counts == {each.pk: 1 for each in proposals}


@pytest.mark.parametrize("count", [1, 3])
def test_the_conversation_takes_the_same_statements_however_long(
    client, cast, proposal, count, django_assert_num_queries
):
    for number in range(count):
        comment = say(proposal, cast.oxford, f"@Fay Proposer {number}")
        change_comment(comment=comment, body=f"@Fay Proposer again {number}")
    client.force_login(cast.proposer)

    with django_assert_num_queries(11):
        page = client.get(address("proposal_detail", proposal))
    shown = page.context["conversation"]
    assert (len(shown.entries), shown.unread) == (count, count)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_the_same_moment_makes_one_message():
    cast = make_cast()
    proposal = make_at(Stage.TRIAGE, owner=cast.proposer)
    start, made = Barrier(2), []

    def click():
        start.wait()
        made.append(say(proposal, cast.proposer, "Hello", key="k").pk)
        connection.close()

    clicks = [Worker(target=click) for _ in range(2)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()

    assert len(made) == 2
    assert len(set(made)) == 1
    assert Comment.objects.count() == 1


def test_line_breaks_count_once_as_in_the_browser(cast, proposal):
    say(proposal, cast.proposer, "a\r\n" * 2500)

    assert len(Comment.objects.get().body) == 4999


def test_only_its_author_changes_a_message(client, cast, proposal):
    comment = say(proposal, cast.oxford, "Friday.")
    edit = address("message_edit", proposal, comment.pk)
    for user in (cast.proposer, cast.lead, cast.regionals, cast.committee):
        client.force_login(user)
        assert client.get(edit).status_code == 404
        assert client.post(edit, {"body": "Never."}).status_code == 404
        with pytest.raises(ValidationError):
            threads.edit(proposal=proposal, comment=comment, by=user, body="Never.")


def test_the_database_keeps_what_was_said(cast, proposal):
    comment = say(proposal, cast.proposer, "At ten.")
    changed = change_comment(comment=comment, body="At eleven.")
    edit = CommentEdit.objects.get()
    for write in (
        lambda: Comment.objects.update(body="Never said"),
        lambda: Comment.objects.update(author=cast.oxford),
        lambda: changed.delete(),
        lambda: CommentEdit.objects.update(body="Never said"),
        lambda: edit.delete(),
    ):
        with pytest.raises(Exception, match="record|pgtrigger"), transaction.atomic():
            write()
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.create(thread=comment.thread, author=cast.oxford, body="", at=comment.at)


def test_a_draft_that_was_never_sent_goes_with_its_conversation(cast):
    draft = make_draft(cast.proposer)
    thread = Thread.objects.create(proposal=draft, kind=PROPOSERS)
    at = InterestForm.objects.get(proposal=draft).saved_at
    said = Comment.objects.create(thread=thread, author=cast.oxford, body="One.", at=at)
    change_comment(comment=said, body="Two.")

    draft.delete()

    assert not Comment.objects.exists()
