"""The conversation as a page: writing, changing and reading a message there."""

import pytest
from django.urls import reverse

from proposals.models import Comment, CommentEdit, LastRead, Stage
from proposals.services import unread_counts
from tests.factories import make_at
from tests.reviews.test_threads import INTERNAL, address, join, mails, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(cast):
    return make_at(Stage.APC_REVIEW, owner=cast.proposer)


def test_reading_is_marked_by_a_post_and_only_where_one_may_read(client, cast, proposal):
    said = say(proposal, cast.oxford, "One.")
    note = say(proposal, cast.oxford, "Note.", INTERNAL)
    client.force_login(cast.proposer)
    client.get(address("proposal_detail", proposal))
    client.get(address("conversation", proposal, "proposers"))
    assert not LastRead.objects.exists()

    for upto in (note.pk, 0, "x", "9" * 40, ""):
        assert (
            client.post(address("conversation_read", proposal), {"upto": upto}).status_code == 404
        )
    fetched = client.post(
        address("conversation_read", proposal),
        {"upto": said.pk},
        headers={"X-Requested-With": "fetch"},
    )
    assert fetched.status_code == 204
    assert unread_counts(cast.proposer, [proposal]) == {}


def test_a_form_sent_twice_makes_one_message_and_other_words_make_another(client, cast, proposal):
    client.force_login(cast.proposer)
    for body in ("Hello", "Hello ", "Something else"):
        sent = client.post(
            address("conversation", proposal, "proposers"), {"body": body, "key": "k"}
        )
        assert sent.status_code == 302

    assert [comment.body for comment in Comment.objects.all()] == ["Hello", "Something else"]
    assert len(mails()) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "Write a message."),
        (" \r\n ", "Write a message."),
        ("x" * 5001, "there are 5001 now"),
        ("nul\x00kept", "Null characters"),
    ],
)
def test_a_bad_message_is_refused_at_the_field_and_kept(client, cast, proposal, body, words):
    client.force_login(cast.proposer)

    response = client.post(address("conversation", proposal, "proposers"), {"body": body})

    assert response.status_code == 422
    assert words in response.context["form"].errors["body"][0]
    assert response.context["form"]["body"].value() == body
    assert not Comment.objects.exists()


def test_text_is_shown_as_text_with_links(client, cast, proposal):
    say(proposal, cast.proposer, "<script>alert(1)</script>\nSee https://miami.example/a now")
    client.force_login(cast.proposer)

    page = client.get(address("proposal_detail", proposal)).content.decode()

    assert "<script>alert" not in page
    assert '<a href="https://miami.example/a" rel="nofollow">' in page
    assert "&lt;/script&gt;<br>See" in page


def test_an_edit_is_shown_with_what_the_message_said(client, cast, proposal):
    comment = say(proposal, cast.proposer, "At ten.")
    client.force_login(cast.proposer)
    edit = address("message_edit", proposal, comment.pk)

    assert "At ten." in client.get(edit).content.decode()
    assert client.post(edit, {"body": ""}).status_code == 422
    assert client.post(edit, {"body": "At eleven."}).status_code == 302
    client.post(edit, {"body": "At eleven."})

    client.force_login(cast.oxford)
    page = client.get(address("conversation", proposal, "proposers")).content.decode()
    assert "show what it said" in page
    assert "At ten." in page
    assert "At eleven." in page
    assert CommentEdit.objects.count() == 1


def test_a_long_conversation_shows_the_newest_and_leads_to_the_first_unread(client, cast, proposal):
    said = [say(proposal, cast.oxford, f"Message {number}.") for number in range(60)]
    client.force_login(cast.proposer)

    panel = client.get(address("proposal_detail", proposal))
    assert len(panel.context["conversation"].entries) == 10
    assert "Show all 60 messages" in panel.content.decode()
    where = f"{address('conversation', proposal, 'proposers')}?message={said[0].pk}"
    assert f'href="{where}#message-{said[0].pk}"' in panel.content.decode()
    first = client.get(where).context["conversation"]
    assert [entry.comment.pk for entry in first.entries] == [each.pk for each in said[:10]]
    newest = client.get(address("conversation", proposal, "proposers"))
    assert len(newest.context["conversation"].entries) == 50
    assert "Show earlier messages" in newest.content.decode()


def test_what_is_chosen_beside_the_message_is_notified_and_nobody_else(client, cast, proposal):
    client.force_login(cast.oxford)
    here = address("conversation", proposal, "internal")
    offered = dict(client.get(here).context["form"].fields["notify"].choices)
    assert set(offered.values()) == {"Ria Regionals", "Lena Lead"}

    bad = client.post(here, {"body": "Look", "notify": [cast.proposer.pk]})
    assert bad.status_code == 422
    good = client.post(here, {"body": "Look", "notify": [cast.regionals.pk]})
    assert good.status_code == 302
    assert mails() == [("mentioned", "ria@miami.example")]


def test_a_proposer_is_not_offered_the_names_of_all_staff(client, cast, proposal):
    join(proposal, cast.other_proposer)
    client.force_login(cast.proposer)

    form = client.get(address("conversation", proposal, "proposers")).context["form"]

    assert [name for _pk, name in form.fields["notify"].choices] == ["Gus Proposer", "Ola Oxford"]


def test_the_audience_stands_on_every_button(client, cast, proposal):
    desk = reverse("admin:reviews_triageitem_change", args=[proposal.pk])
    say(proposal, cast.oxford, "Note.", INTERNAL)
    client.force_login(cast.oxford)
    page = client.get(desk).content.decode()
    assert ">Internal: eLearning only</button>" in page
    assert ">Send to the proposers</button>" in page
    assert "Internal, and a university record" in page

    client.force_login(cast.proposer)
    page = client.get(address("proposal_detail", proposal)).content.decode()
    assert ">Send to eLearning</button>" in page
