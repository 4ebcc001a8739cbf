"""Who takes part: invited, accepting, taken out, handing over; nobody learns more than they may."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertNotContains

from microcreds.outbox.models import Message
from proposals import services
from proposals.models import HandOver, InterestForm, Invitation, Participant, Proposal, Stage
from reviews.left_owners import hand_over_for_who_left
from tests.factories import (
    make_at,
    make_cast,
    make_draft,
    make_person,
    make_submitted,
    take_part,
    whole_answers,
)
from tests.proposals.posting import address, as_post

pytestmark = pytest.mark.django_db
NEW = {"name": "New Comer", "email": "new@miami.example"}


def gus(**cells):
    return {"id": "6b1f6a4e-3c1c-4c49-9e4e-0d9c9c1b7a11", "name": "Gus", **cells} | {
        "email": make_cast().other_proposer.email
    }


def url_of(proposal: Proposal, name: str) -> str:
    return reverse(f"proposals:proposal_{name}", args=[proposal.reference])


def save_rows(proposal: Proposal, rows: list, by=None) -> None:
    services.save_page(
        proposal=proposal,
        page="about",
        answers={"co_proposers": rows},
        form_version=InterestForm.objects.get(proposal=proposal).version,
        by=by or proposal.submitter,
    )


def mails(event: str) -> list[Message]:
    return list(Message.objects.filter(event=event, state="queued").order_by("pk"))


def test_a_named_colleague_is_mailed_title_and_inviter_and_nothing_else(cast, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 300
    make_draft(need_statement="CANARY-NEED " * 10, co_proposers=[gus(role="CANARY-ROLE")])

    [mail] = mails("co_proposer_invited")

    assert mail.to == cast.other_proposer.email
    assert "Fay Proposer" in mail.subject and "Sampling for shift leads" in mail.subject
    assert "/invitation/" in mail.body and "CANARY" not in mail.body
    assert mail.due_at > timezone.now() + timedelta(seconds=200)  # what was mistyped can be righted


def test_an_address_that_was_righted_in_time_is_not_mailed(cast):
    draft = make_draft(co_proposers=[gus(email="")])
    row = {**gus(), "email": "gu@miami.example"}
    save_rows(draft, [row])

    save_rows(draft, [{**row, "email": cast.other_proposer.email}])

    assert [mail.to for mail in mails("co_proposer_invited")] == [cast.other_proposer.email]
    assert Invitation.objects.live().get().email == cast.other_proposer.email


def test_a_save_that_changes_no_address_asks_nothing(cast, django_assert_num_queries):
    draft = Proposal.objects.with_answers().get(pk=make_draft(co_proposers=[gus()]).pk)
    rows = draft.interest.answers["co_proposers"]

    with django_assert_num_queries(0):
        services.people.follow_co_proposers(
            proposal=draft, before=rows, by=cast.proposer, at=timezone.now()
        )


@pytest.mark.parametrize(("access", "edits"), [("edit", True), ("view", False), ("", True)])
def test_who_accepts_edits_or_reads_as_invited(client, cast, access, edits):
    draft = make_draft(co_proposers=[gus(access=access)])
    client.force_login(cast.other_proposer)
    asked = client.get(url_of(draft, "invitation"))
    assert "Fay Proposer" in asked.content.decode()
    assert "Shift leads at small plants" not in asked.content.decode()
    assert draft.reference in client.get(reverse("proposals:proposal_list")).content.decode()

    client.post(url_of(draft, "invitation"), {"answer": "accept"})

    assert client.get(url_of(draft, "detail")).status_code == 200
    assert Proposal.objects.editable_by(cast.other_proposer).exists() is edits
    assert [mail.to for mail in mails("co_proposer_answered")] == [cast.proposer.email]


def test_who_declines_sees_nothing_and_the_owner_is_told(client, cast):
    draft = make_draft(co_proposers=[gus()])
    client.force_login(cast.other_proposer)

    client.post(url_of(draft, "invitation"), {"answer": "decline"})

    assert client.get(url_of(draft, "invitation")).status_code == 404
    assert not Proposal.objects.mine(cast.other_proposer).exists()
    assert "declined" in mails("co_proposer_answered")[0].subject


def test_who_reads_a_proposal_is_told_only_who_accepted(client, cast):
    proposal = make_at(Stage.APC_REVIEW, co_proposers=[gus()])
    client.force_login(cast.committee)
    page = reverse("proposals:proposal_detail", args=[proposal.reference])

    assert client.get(page).context["colleagues"] == []
    assertNotContains(client.get(page), "Co-proposers")


def test_an_invitation_is_nobody_elses(client, cast):
    draft = make_draft(co_proposers=[gus()])
    for user in (cast.oxford, cast.lead, cast.admin_user, cast.chair):
        client.force_login(user)
        assert client.get(url_of(draft, "invitation")).status_code == 404


def test_who_makes_an_account_later_finds_the_invitation(client, cast):
    draft = make_draft(co_proposers=[NEW])
    newcomer = make_person("new@miami.example", "New Comer")
    client.force_login(newcomer)

    page = client.get(reverse("proposals:proposal_list")).content.decode()

    assert "asks you to take part" in page and url_of(draft, "invitation") in page
    assert "Make an account" in mails("co_proposer_invited")[0].body


def test_a_changed_right_holds_at_once(cast):
    draft = make_draft(co_proposers=[gus(access="edit")])
    take_part(draft, cast.other_proposer)

    save_rows(draft, [{**services_row(draft), "access": "view"}])

    assert Participant.objects.get(proposal=draft).capacity == "viewer"
    assert len(mails("co_proposer_invited")) == 1


def services_row(draft: Proposal) -> dict:
    return InterestForm.objects.get(proposal=draft).answers["co_proposers"][0]


def test_the_owner_takes_an_invitation_back_and_the_form_forgets_it(client, cast):
    draft = make_draft(co_proposers=[gus()])
    client.force_login(cast.proposer)

    client.post(url_of(draft, "people"), {"action": "out", "address": cast.other_proposer.email})

    assert not mails("co_proposer_invited")  # recalled
    assert InterestForm.objects.get(proposal=draft).answers["co_proposers"] == []
    client.force_login(cast.other_proposer)
    assert client.get(url_of(draft, "invitation")).status_code == 404


def test_a_co_proposer_leaves_and_takes_nobody_else_out(client, cast):
    draft = make_draft(co_proposers=[gus(), NEW])
    take_part(draft, cast.other_proposer)
    client.force_login(cast.other_proposer)

    refused = client.post(url_of(draft, "people"), {"action": "out", "address": NEW["email"]})
    client.post(url_of(draft, "people"), {"action": "out", "address": cast.other_proposer.email})

    assert refused.status_code == 409
    assert "Only Fay Proposer" in refused.content.decode()
    assert not Proposal.objects.mine(cast.other_proposer).exists()
    assert [mail.to for mail in mails("co_proposer_left")] == [cast.proposer.email]


@pytest.mark.parametrize("posted", [{}, {"action": "out"}, {"action": "x", "address": "é"}])
def test_nonsense_on_the_page_of_people_is_refused_in_words(client, proposer, posted):
    draft = make_draft(proposer)
    client.force_login(proposer)

    response = client.post(url_of(draft, "people"), posted)

    assert response.status_code == 409
    assert "Choose somebody on this page." in response.content.decode()


def test_nobody_is_asked_twice_a_day(cast):
    draft = make_draft(co_proposers=[gus()])
    again = {"proposal": draft, "address": cast.other_proposer.email, "by": cast.proposer}
    with pytest.raises(ValidationError, match="asked today"):
        services.invite_again(**again)

    services.invite_again(**again, at=timezone.now() + timedelta(days=2))

    assert len(mails("co_proposer_invited")) == 2
    assert Invitation.objects.live().count() == 1


def test_an_invitation_stands_once_for_an_address(cast):
    draft = make_draft(co_proposers=[gus()])
    invitation = Invitation.objects.get()
    invitation.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        invitation.save()
    assert draft.invitations.count() == 1


def test_the_new_owner_submits_and_the_old_one_edits(client, cast):
    draft = make_draft(co_proposers=[gus()])
    take_part(draft, cast.other_proposer)
    client.force_login(cast.proposer)

    response = client.post(url_of(draft, "hand_over"), {"to": cast.other_proposer.pk})

    draft.refresh_from_db()
    assert response.status_code == 302 and draft.submitter == cast.other_proposer
    assert Participant.objects.get(proposal=draft).user == cast.proposer
    [row] = InterestForm.objects.get(proposal=draft).answers["co_proposers"]
    assert row["email"] == cast.proposer.email
    assert [mail.to for mail in mails("handed_over")] == [cast.other_proposer.email]
    page = client.get(url_of(draft, "detail")).content.decode()
    assert "Handed over to Gus Proposer" in page
    assert client.get(url_of(draft, "hand_over")).status_code == 404


def test_a_proposal_goes_only_to_who_accepted(client, cast):
    draft = make_draft(co_proposers=[gus()])
    client.force_login(cast.proposer)

    assert client.get(url_of(draft, "hand_over")).status_code == 200
    response = client.post(url_of(draft, "hand_over"), {"to": cast.other_proposer.pk})

    assert response.status_code == 422
    with pytest.raises(ValidationError):
        services.hand_over(proposal=draft, to=cast.other_proposer, by=cast.proposer)


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.TRIAGE])
def test_staff_hand_over_what_its_owner_left_with_a_reason(client, cast, stage):
    proposal = make_at(stage, owner=cast.proposer)
    client.force_login(cast.oxford)
    given = {"address": cast.other_proposer.email, "reason": "Fay moved to Ohio State."}
    assert client.post(url_of(proposal, "hand_over"), given).status_code == 404  # still here
    cast.proposer.is_active = False
    cast.proposer.save()

    missing = client.post(url_of(proposal, "hand_over"), {**given, "reason": ""})
    response = client.post(url_of(proposal, "hand_over"), given)

    assert missing.status_code == 422 and response.status_code == 302
    proposal.refresh_from_db()
    assert proposal.submitter == cast.other_proposer
    assert not Participant.objects.filter(proposal=proposal, user=cast.proposer).exists()
    assert cast.other_proposer.email in {mail.to for mail in mails("handed_over")}
    assert cast.proposer.email not in {mail.to for mail in mails("handed_over")}
    assert "Fay moved" in mails("handed_over")[0].body


def test_staff_of_another_unit_hand_over_nothing(cast):
    proposal = make_submitted(cast.proposer)
    cast.proposer.is_active = False
    cast.proposer.save()

    with pytest.raises(ValidationError, match="Staff of its unit"):
        hand_over_for_who_left(
            proposal=proposal, to=cast.other_proposer, by=cast.regionals, reason="Left."
        )


def test_the_database_refuses_a_hand_over_by_staff_without_a_reason(cast):
    draft = make_draft(cast.proposer)
    row = {"proposal": draft, "number": 1, "at": timezone.now(), "from_user": cast.proposer}

    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.create(**row, to_user=cast.other_proposer, actor=cast.oxford)
    with pytest.raises(IntegrityError), transaction.atomic():
        HandOver.objects.create(**row, to_user=cast.proposer, actor=cast.proposer)


@pytest.mark.django_db(transaction=True)
def test_of_two_hand_overs_at_once_one_wins():
    cast = make_cast()
    other = make_person("ida@miami.example", "Ida")
    draft = make_draft(cast.proposer, co_proposers=[gus(), {**NEW, "email": other.email}])
    take_part(draft, cast.other_proposer, other)
    start, refused = threading.Barrier(2), []

    def give(to):
        start.wait()
        try:
            services.hand_over(proposal=draft, to=to, by=cast.proposer)
        except ValidationError as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    both = [threading.Thread(target=give, args=[to]) for to in (cast.other_proposer, other)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert len(refused) == 1 and HandOver.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_acceptances_at_once_are_one():
    cast = make_cast()
    draft = make_draft(cast.proposer, co_proposers=[gus()])
    start, refused = threading.Barrier(2), []

    def accept():
        start.wait()
        try:
            services.accept_invitation(proposal=draft, user=cast.other_proposer)
        except ValidationError as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    both = [threading.Thread(target=accept) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert len(refused) == 1 and Participant.objects.filter(proposal=draft).count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_people_query_count(client, cast, count, django_assert_num_queries):
    rows = [{"name": f"C {n}", "email": f"c{n}@miami.example"} for n in range(count)]
    draft = make_draft(cast.proposer, co_proposers=rows)
    client.force_login(cast.proposer)

    with django_assert_num_queries(5):
        assert client.get(url_of(draft, "people")).status_code == 200


# --- One's own row in the form -------------------------------------------------------------------


@pytest.fixture
def shared(client, cast) -> Proposal:
    """A draft whose co-proposer, signed in, may edit it."""
    draft = make_draft(co_proposers=[gus(access="edit")])
    take_part(draft, cast.other_proposer)
    client.force_login(cast.other_proposer)
    return draft


def about_with(draft: Proposal, **cells) -> dict:
    """Page 2A as this co-proposer posts it, with these inputs of their own row changed."""
    form = InterestForm.objects.get(proposal=draft)
    answers = whole_answers()["about"] | {"co_proposers": form.answers["co_proposers"]}
    return as_post("about", answers, form.version) | cells


def autosave_of(draft: Proposal) -> str:
    return reverse("proposals:proposal_autosave", args=[draft.reference, "about"])


def test_who_takes_out_their_own_row_and_saves_is_led_to_their_list_and_told(client, cast, shared):
    posted = about_with(shared, **{"co_proposers-0-DELETE": "on"})

    page = client.post(address(shared, "about"), posted, follow=True)

    assert page.redirect_chain == [(reverse("proposals:proposal_list"), 302)]
    assert "You took yourself out of “Sampling for shift leads”" in page.content.decode()
    assert not Proposal.objects.mine(cast.other_proposer).exists()
    assert [mail.to for mail in mails("co_proposer_left")] == [cast.proposer.email]
    assert not mails("co_proposer_out")


def test_who_makes_themselves_a_reader_is_led_to_the_page_and_told(client, cast, shared):
    posted = about_with(shared, **{"co_proposers-0-access": "view"})

    page = client.post(address(shared, "about"), posted, follow=True)

    assert page.redirect_chain == [(url_of(shared, "detail"), 302)]
    assert "You read “Sampling for shift leads” now, and Fay Proposer can" in page.content.decode()


@pytest.mark.parametrize(
    "cells",
    [
        {"co_proposers-0-DELETE": "on"},
        {"co_proposers-0-access": "view"},
        {"co_proposers-0-email": "someone@miami.example"},
    ],
)
def test_autosave_takes_nobody_out_who_is_typing(client, cast, shared, cells):
    before = InterestForm.objects.get(proposal=shared).answers["co_proposers"]
    posted = about_with(shared, **cells) | {"submitter_phone": "(513) 555-0199"}

    told = client.post(autosave_of(shared), posted)

    assert told.status_code == 200
    answers = InterestForm.objects.get(proposal=shared).answers
    assert answers["co_proposers"] == before
    assert answers["submitter_phone"] == "(513) 555-0199"
    assert Proposal.objects.editable_by(cast.other_proposer).exists()
    assert not mails("co_proposer_left")


def test_the_owner_takes_others_out_while_typing(client, cast, shared):
    client.force_login(cast.proposer)
    posted = about_with(shared, **{"co_proposers-0-DELETE": "on"})

    client.post(autosave_of(shared), posted)

    assert not Proposal.objects.mine(cast.other_proposer).exists()
    assert [mail.to for mail in mails("co_proposer_out")] == [cast.other_proposer.email]
