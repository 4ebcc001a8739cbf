"""Second thoughts: a look at a draft, a copy, a withdrawal asked for, a draft left or deleted."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox.models import Message
from proposals import services
from proposals.models import (
    InterestForm,
    Invitation,
    LookRequest,
    Participant,
    Proposal,
    Stage,
    WithdrawalRequest,
)
from reviews.draft_looks import ask_to_look
from reviews.models import StageChange
from reviews.plans import build_plan
from reviews.withdrawal_requests import ask_to_withdraw, refuse_to_withdraw
from reviews.workflow import Move
from tests.factories import do_move, make_at, make_draft, make_submitted, send, take_part

pytestmark = pytest.mark.django_db
DESK = reverse("admin:reviews_triageitem_changelist")


def url_of(proposal: Proposal, name: str) -> str:
    return reverse(f"proposals:proposal_{name}", args=[proposal.reference])


def mails(event: str) -> list[Message]:
    return list(Message.objects.filter(event=event, state="queued").order_by("pk"))


def colleague(cast) -> dict:
    return {"name": "Gus", "email": cast.other_proposer.email}


# --- eLearning looks at a draft ------------------------------------------------------------------


def test_a_look_opens_the_draft_and_tells_its_units_staff(client, cast):
    draft = make_draft(cast.proposer)
    client.force_login(cast.proposer)

    client.post(url_of(draft, "look"), {"question": "Is this one at all?"})

    [mail] = mails("look_asked")
    assert mail.to == cast.oxford.email and "> Is this one at all?" in mail.body
    own = client.get(url_of(draft, "detail")).content.decode()
    assert "Ola Oxford" in own and "Close it to eLearning again" in own
    client.force_login(cast.oxford)
    page = client.get(url_of(draft, "detail")).content.decode()
    assert "Shift leads at small plants" in page and "Is this one at all?" in page
    assert url_of(draft, "resume") not in page
    assert client.get(url_of(draft, "resume")).status_code == 404
    assert draft.reference in client.get(DESK).content.decode()


def test_a_look_shows_what_stands_now_also_of_a_draft_taken_back(client, cast):
    draft = make_submitted(cast.proposer)
    do_move(draft, Move.TAKE_BACK, cast.proposer)
    services.save_page(
        proposal=draft,
        page="need",
        answers={"need_statement": "CANARY-NEWER"},
        form_version=InterestForm.objects.get(proposal=draft).version,
        by=cast.proposer,
    )
    ask_to_look(proposal=draft, by=cast.proposer, question="")
    client.force_login(cast.oxford)

    assert "CANARY-NEWER" in client.get(url_of(draft, "detail")).content.decode()


def test_staff_do_nothing_to_a_draft_they_look_at(client, cast):
    draft = make_draft(cast.proposer)
    ask_to_look(proposal=draft, by=cast.proposer, question="")
    client.force_login(cast.oxford)

    plan = build_plan(proposals=[draft], move=Move.WITHDRAW, actor=cast.oxford)
    assert plan.items[0].refusal
    change = reverse("admin:reviews_triageitem_change", args=[draft.pk])
    assert client.get(change).status_code == 404


def test_a_closed_look_is_closed_and_its_mail_recalled(client, cast):
    draft = make_draft(cast.proposer)
    ask_to_look(proposal=draft, by=cast.proposer, question="")
    client.force_login(cast.proposer)

    client.post(url_of(draft, "look"), {"action": "close"})

    assert not mails("look_asked")
    client.force_login(cast.oxford)
    assert client.get(url_of(draft, "detail")).status_code == 404
    assert draft.working_title not in client.get(DESK).content.decode()


def test_a_look_ends_with_the_submission(cast):
    draft = make_draft(cast.proposer)
    ask_to_look(proposal=draft, by=cast.proposer, question="")
    send(draft)

    do_move(Proposal.objects.get(pk=draft.pk), Move.TAKE_BACK, cast.proposer)

    assert LookRequest.objects.get().closed_at
    assert not Proposal.objects.visible_to(cast.oxford).exists()


def test_a_look_is_asked_once_and_by_the_owner(cast):
    draft = make_draft(cast.proposer, co_proposers=[colleague(cast)])
    take_part(draft, cast.other_proposer)
    with pytest.raises(ValidationError, match="Only Fay Proposer"):
        ask_to_look(proposal=draft, by=cast.other_proposer, question="")
    ask_to_look(proposal=draft, by=cast.proposer, question="")

    with pytest.raises(ValidationError, match="can read this draft already"):
        ask_to_look(proposal=draft, by=cast.proposer, question="")


# --- Taken back, copied --------------------------------------------------------------------------


def test_one_click_takes_it_back_and_the_desk_says_so(client, cast):
    proposal = make_submitted(cast.proposer)
    client.force_login(cast.proposer)
    page = client.get(url_of(proposal, "detail"))
    assert 'data-move="take_back"' in page.content.decode()

    client.post(url_of(proposal, "take_back"), {"seen": page.context["newest_change"]})

    proposal.refresh_from_db()
    assert proposal.is_draft
    client.force_login(cast.oxford)
    desk = client.get(DESK).content.decode()
    assert "Taken back" in desk and proposal.reference in desk and "Fay Proposer" in desk


def test_one_click_on_a_stale_page_is_refused(client, cast):
    proposal = make_submitted(cast.proposer)
    client.force_login(cast.proposer)

    assert client.post(url_of(proposal, "take_back"), {"seen": "0"}).status_code == 409


def test_a_copy_is_ones_own_and_tied_to_nothing(client, cast):
    original = make_at(Stage.TRIAGE, owner=cast.proposer, co_proposers=[colleague(cast)])
    take_part(original, cast.other_proposer)
    invited = Message.objects.filter(event="co_proposer_invited").count()
    client.force_login(cast.proposer)
    key = {"form_key": str(uuid4())}

    first, second = (client.post(url_of(original, "copy"), key) for _ in range(2))

    assert first["Location"] == second["Location"]
    copied = Proposal.objects.get(stage=Stage.DRAFT)
    assert copied.renews is None and copied.submitter == cast.proposer
    assert copied.interest.answers["need_statement"] == original.interest.answers["need_statement"]
    assert "co_proposers" not in copied.interest.answers
    assert not Participant.objects.filter(proposal=copied).exists()
    assert not Invitation.objects.filter(proposal=copied).exists()
    assert Message.objects.filter(event="co_proposer_invited").count() == invited


def test_a_copy_of_somebody_elses_is_not_there(client, cast):
    original = make_submitted(cast.proposer, co_proposers=[colleague(cast)])
    take_part(original, cast.other_proposer)
    client.force_login(cast.other_proposer)

    assert client.post(url_of(original, "copy")).status_code == 404


# --- A withdrawal asked for ----------------------------------------------------------------------


def test_after_the_committee_the_owner_asks_and_staff_withdraw(client, cast, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0  # decisions are told at once
    proposal = make_at(Stage.CAD_CONSENT, owner=cast.proposer)
    client.force_login(cast.proposer)
    assert (
        url_of(proposal, "ask_to_withdraw")
        in client.get(url_of(proposal, "detail")).content.decode()
    )
    plan = build_plan(proposals=[proposal], move=Move.WITHDRAW, actor=cast.oxford)
    assert "when its owner asks" in plan.items[0].refusal

    client.post(url_of(proposal, "ask_to_withdraw"), {"reason": "The partner left."})

    [mail] = mails("withdrawal_asked")
    assert mail.to == proposal.assignee.email and "> The partner left." in mail.body
    do_move(proposal, Move.WITHDRAW, cast.oxford, note="Asked for here.")
    assert proposal.stage == Stage.WITHDRAWN
    assert WithdrawalRequest.objects.get().is_granted
    told = Message.objects.filter(event="moved", to=cast.proposer.email).latest("pk")
    assert "Withdrawn" in told.subject and "declined" not in told.body.lower()


def test_the_owner_does_not_withdraw_it_by_asking(cast, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0
    proposal = make_at(Stage.CAD_CONSENT, owner=cast.proposer)
    ask_to_withdraw(proposal=proposal, by=cast.proposer, reason="No.")

    plan = build_plan(proposals=[proposal], move=Move.WITHDRAW, actor=cast.proposer)

    assert plan.items[0].refusal


def test_a_no_is_in_words_that_the_proposers_read(client, cast, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0  # decisions are told at once
    proposal = make_at(Stage.APPROVED, owner=cast.proposer)
    ask_to_withdraw(proposal=proposal, by=cast.proposer, reason="Too much work.")
    answer = reverse("admin:reviews_triageitem_withdrawal", args=[proposal.pk])
    client.force_login(cast.oxford)
    page = client.get(reverse("admin:reviews_triageitem_change", args=[proposal.pk]))
    assert "Too much work." in page.content.decode()
    assert client.post(answer, {"reply": ""}).status_code == 422

    client.post(answer, {"reply": "Learners have signed up; let us talk."})

    assert "> Learners have signed up" in mails("withdrawal_refused")[0].body
    assert client.post(answer, {"reply": "Again."}).status_code == 409
    client.force_login(cast.proposer)
    own = client.get(url_of(proposal, "detail")).content.decode()
    assert "Learners have signed up" in own and url_of(proposal, "ask_to_withdraw") in own


def test_a_withdrawal_is_asked_for_once_and_not_before_the_committee(cast, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0
    early = make_at(Stage.TRIAGE, owner=cast.proposer)
    with pytest.raises(ValidationError, match="nothing to ask for"):
        ask_to_withdraw(proposal=early, by=cast.proposer, reason="No.")
    late = make_at(Stage.CAD_CONSENT, owner=cast.proposer)
    ask_to_withdraw(proposal=late, by=cast.proposer, reason="No.")

    with pytest.raises(ValidationError, match="asked already"):
        ask_to_withdraw(proposal=late, by=cast.proposer, reason="No.")
    with pytest.raises(ValidationError, match="Staff of its unit"):
        refuse_to_withdraw(proposal=late, by=cast.regionals, reply="No.")


# --- Left alone, deleted -------------------------------------------------------------------------


def test_an_idle_draft_is_told_once_a_step_and_anew_after_a_save(cast):
    now = timezone.now()
    draft = make_draft(cast.proposer, at=now - timedelta(days=15))

    assert services.remind_of_idle_drafts(at=now) == 1
    assert services.remind_of_idle_drafts(at=now + timedelta(days=1)) == 0
    [mail] = mails("idle_draft")
    for page in ("resume", "look", "delete"):
        assert url_of(draft, page) in mail.body
    assert services.remind_of_idle_drafts(at=now + timedelta(days=46)) == 2
    [lead] = mails("idle_draft_lead")
    assert lead.to == cast.lead.email and "Shift leads" not in lead.body

    services.save_page(
        proposal=draft,
        page="need",
        answers={"need_statement": "Again at it."},
        form_version=99,
        by=cast.proposer,
        at=now + timedelta(days=47),
    )
    assert services.remind_of_idle_drafts(at=now + timedelta(days=50)) == 0
    assert services.remind_of_idle_drafts(at=now + timedelta(days=62)) == 1


def test_what_was_sent_is_no_idle_draft_and_what_was_taken_back_is_not_to_be_deleted(cast):
    long_ago = timezone.now() - timedelta(days=30)
    make_submitted(cast.proposer, at=long_ago)
    back = make_submitted(cast.other_proposer, at=long_ago)
    do_move(back, Move.TAKE_BACK, cast.other_proposer, at=long_ago + timedelta(days=1))

    services.remind_of_idle_drafts()

    [mail] = mails("idle_draft")
    assert mail.to == cast.other_proposer.email and "/delete/" not in mail.body


def test_an_owner_who_has_left_is_not_mailed_and_the_lead_is(cast):
    make_draft(cast.proposer, at=timezone.now() - timedelta(days=70))
    cast.proposer.is_active = False
    cast.proposer.save()

    services.remind_of_idle_drafts()

    assert not mails("idle_draft")
    assert "hand-over" in mails("idle_draft_lead")[0].body


def test_deleting_a_draft_takes_its_invitations_along_and_tells_who_accepted(cast):
    new = {"name": "New", "email": "new@miami.example"}
    draft = make_draft(cast.proposer, co_proposers=[colleague(cast), new])
    take_part(draft, cast.other_proposer)

    services.delete_draft(proposal=draft, by=cast.proposer)

    assert not Invitation.objects.exists() and not StageChange.objects.exists()
    assert [mail.to for mail in mails("draft_deleted")] == [cast.other_proposer.email]
    assert not mails("co_proposer_invited")


def test_the_note_of_a_withdrawal_begins_with_what_the_owner_asked(client, cast):
    proposal = make_at(Stage.APPROVED, owner=cast.proposer)
    ask_to_withdraw(proposal=proposal, by=cast.proposer, reason="No teacher is left.")
    client.force_login(cast.oxford)
    page = reverse("admin:reviews_triageitem_move", args=[proposal.pk, "withdraw"])

    note = client.get(page).context["form"]["note"].value()

    assert note.startswith("Fay Proposer asked for it on ")
    assert note.endswith(": No teacher is left.")
