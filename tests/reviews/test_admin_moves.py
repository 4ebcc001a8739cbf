"""The plan of a move shown and carried out, or refused in words."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from microcreds.accounts.models import Role
from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage
from reviews.models import StageChange
from reviews.services import save_triage
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_submitted

pytestmark = pytest.mark.django_db


def at(proposal, move):
    return reverse("admin:reviews_triageitem_move", args=[proposal.pk, move])


def seen(response):
    """The hidden inputs of the plan page."""
    return {"seen": response.context["seen"], "digest": response.context["plan"].digest}


def stage_of(proposal):
    return Proposal.objects.get(pk=proposal.pk).stage


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.DRAFT])
def test_every_button_leads_to_its_plan(client, lead, stage):
    proposal = make_at(stage)
    client.force_login(lead)
    page = client.get(reverse("admin:reviews_triageitem_change", args=[proposal.pk]))

    for move in page.context["moves"]:
        plan = client.get(at(proposal, move.key))
        assert plan.status_code == 200
        assert stage_of(proposal) == stage


def test_get_shows_and_post_does(client, oxford):
    proposal = make_submitted()
    client.force_login(oxford)
    plan = client.get(at(proposal, "start_triage"))
    assert stage_of(proposal) == Stage.SUBMITTED
    planned = {(mail.event, mail.to) for mail in plan.context["plan"].items[0].messages}
    Message.objects.all().delete()

    response = client.post(at(proposal, "start_triage"), {**seen(plan), "stage": "approved"})

    assert response.status_code == 302
    assert stage_of(proposal) == Stage.TRIAGE
    assert {(mail.event, mail.to) for mail in Message.objects.all()} == planned


def test_plan_says_what_is_met_who_is_told_and_who_is_not(client, oxford):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(oxford)

    page = client.get(at(proposal, "consult")).content.decode()

    assert "Not met" in page
    assert "#triage" in page
    assert proposal.submitter.email in page
    assert "Ola Oxford: " in page
    assert 'type="submit">Invite' not in page


def test_unmet_guard_refuses_a_post_too(client, oxford):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(oxford)

    response = client.post(at(proposal, "consult"), {"message": "Come and talk"})

    assert response.status_code == 422
    assert "Come and talk" in response.content.decode()
    assert stage_of(proposal) == Stage.TRIAGE


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"reason_code": "nonsense", "message": "kept"},
        {"reason_code": "other", "message": ""},
        {"reason_code": "other", "message": "x" * 3001},
        {"reason_code": "other", "message": "nul\x00"},
    ],
)
def test_what_a_move_needs_is_asked_for(client, oxford, given):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(oxford)

    response = client.post(at(proposal, "return"), {**given, "note": "still here"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "There is a problem" in page
    assert "still here" in page
    assert stage_of(proposal) == Stage.TRIAGE


@pytest.mark.parametrize("wake_on", ["soon", "2020-01-01", "9999-12-31", "NaN"])
def test_bad_dates_are_refused(client, oxford, wake_on):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(oxford)

    response = client.post(at(proposal, "hold"), {"reason_code": "timing", "wake_on": wake_on})

    assert response.status_code == 422
    assert stage_of(proposal) == Stage.TRIAGE


def test_preview_shows_the_mails_with_the_words_typed_and_does_nothing(client, oxford):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(oxford)
    given = {"reason_code": "other", "message": "Who assesses <it>?", "preview": "1"}

    response = client.post(at(proposal, "return"), given)

    assert response.status_code == 200
    assert "&gt; Who assesses &lt;it&gt;?" in response.content.decode()
    assert stage_of(proposal) == Stage.TRIAGE


def test_a_preview_opens_the_mails_and_says_what_the_proposers_page_quotes(client, oxford):
    client.force_login(oxford)
    page = at(make_at(Stage.TRIAGE), "hold")
    typed = {"reason_code": "timing", "message": "The lab moves.", "preview": "1"}
    shut, shown = client.get(page).content.decode(), client.post(page, typed).content.decode()
    assert '<details class="details" open>' not in shut
    assert shown.count('<details class="details" open>') == 1
    assert shown.count("<br>“The lab moves.”") == 1
    assert f'formaction="{page}#told"' in shown


def test_what_a_move_needs_is_asked_first(client, oxford):
    client.force_login(oxford)
    form = client.get(at(make_at(Stage.TRIAGE), "hold")).context["form"]
    assert list(form.fields) == ["reason_code", "wake_on", "message", "partner_message", "note"]


def test_a_meeting_without_its_day_has_words_in_its_mails(client, oxford):
    client.force_login(oxford)
    page = client.get(at(make_at(Stage.READINESS), "send_to_committee"))
    mail = next(
        each for each in page.context["plan"].items[0].mailed if each.event == "committee_date"
    )
    assert mail.subject.endswith("goes to the committee on a day still to be named")
    assert "at its meeting on a day still to be named:" in mail.body


def test_second_post_is_refused_in_words(client, oxford):
    proposal = make_submitted()
    client.force_login(oxford)
    plan = seen(client.get(at(proposal, "start_triage")))
    client.post(at(proposal, "start_triage"), plan)
    changes = StageChange.objects.count()

    response = client.post(at(proposal, "start_triage"), {**plan, "note": "typed"})

    page = response.content.decode()
    assert response.status_code == 409
    assert "you made the move" in page
    assert "typed" in page
    assert StageChange.objects.count() == changes


def test_plan_of_a_proposal_that_moved_meanwhile_is_refused(client, oxford, lead):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(oxford)
    plan = seen(client.get(at(proposal, "hold")))
    do_move(proposal, Move.HOLD, lead, **given_for(Move.HOLD))
    do_move(proposal, Move.RESUME, lead)
    wake_on = timezone.localdate() + timedelta(days=20)

    given = {"reason_code": "timing", "wake_on": wake_on.isoformat()}
    response = client.post(at(proposal, "hold"), {**plan, **given})

    assert response.status_code == 409
    assert "Lena Lead moved" in response.content.decode()
    assert "press again if you agree" in response.content.decode()
    assert stage_of(proposal) == Stage.TRIAGE
    again = client.post(at(proposal, "hold"), {**seen(response), **given})
    assert again.status_code == 302


def test_plan_whose_readers_changed_meanwhile_is_refused(client, oxford, lead, regionals):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(oxford)
    plan = seen(client.get(at(proposal, "return")))
    Proposal.objects.filter(pk=proposal.pk).update(assignee=lead)
    given = {"reason_code": "other", "message": "Why?"}

    response = client.post(at(proposal, "return"), {**plan, **given})

    assert response.status_code == 409
    assert stage_of(proposal) == Stage.TRIAGE


@pytest.mark.parametrize("digest", ["nonsense", "1:a:b:c:d", "x" * 5000])
def test_forged_plan_is_refused(client, oxford, digest):
    proposal = make_submitted()
    client.force_login(oxford)

    for given in ({"digest": digest}, {"seen": digest}):
        response = client.post(at(proposal, "start_triage"), given)
        assert response.status_code == 409
    assert stage_of(proposal) == Stage.SUBMITTED


@pytest.mark.parametrize(
    ("who", "stage", "move", "status"),
    [
        ("oxford", Stage.TRIAGE, "nonsense", 404),
        ("oxford", Stage.TRIAGE, "submit", 404),
        ("oxford", Stage.APC_REVIEW, "recommend", 404),
        ("committee_chair", Stage.APC_REVIEW, "hold", 404),
        ("committee_chair", Stage.TRIAGE, "return", 404),
        ("auditor", Stage.TRIAGE, "return", 404),
        ("proposer", Stage.TRIAGE, "withdraw", 404),
        ("regionals", Stage.TRIAGE, "return", 422),
        ("oxford", Stage.DEVELOPMENT, "launch", 422),
    ],
)
def test_a_move_that_is_not_theirs_changes_nothing(client, cast, who, stage, move, status):
    proposal = make_at(stage)
    client.force_login(getattr(cast, who))
    given = {"reason_code": "other", "message": "Because"}

    assert client.get(at(proposal, move)).status_code == (200 if status == 422 else 404)
    assert client.post(at(proposal, move), given).status_code == status
    assert stage_of(proposal) == stage


def test_button_of_a_closed_move_says_why_and_who_can(client, regionals):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(regionals)

    page = client.get(
        reverse("admin:reviews_triageitem_change", args=[proposal.pk])
    ).content.decode()

    assert "Staff of Oxford can move this; ask Ola Oxford." in page
    assert 'aria-disabled="true" data-move="consult"' in page
    assert "Somebody else moves it; the reasons are below." in page


def test_nobody_moves_a_proposal_of_their_own_in_another_role(client, oxford, proposer):
    Role.objects.create(user=proposer, kind=Role.Kind.ELEARNING, unit=oxford.roles.get().unit)
    proposal = make_submitted(proposer)
    client.force_login(proposer)

    plan = client.get(at(proposal, "start_triage"))
    done = client.post(at(proposal, "start_triage"), seen(plan))

    assert "You take part in this proposal" in plan.content.decode()
    assert done.status_code == 422
    assert stage_of(proposal) == Stage.SUBMITTED


def test_merge_names_the_other_by_reference(client, oxford, other_proposer):
    proposal, other = make_at(Stage.TRIAGE), make_submitted(other_proposer)
    client.force_login(oxford)

    wrong = client.post(at(proposal, "merge"), {"target": "MC-1999-0001"})
    done = client.post(at(proposal, "merge"), {"target": other.reference})

    assert (wrong.status_code, done.status_code) == (422, 302)
    assert stage_of(proposal) == Stage.MERGED


def test_launch_of_a_renewal_shows_the_one_that_ends(client, cast, oxford, lead):
    old = make_at(Stage.RENEWAL_REVIEW)
    new = make_at(Stage.DEVELOPMENT)
    Proposal.objects.filter(pk=new.pk).update(renews=old)
    client.force_login(lead)

    plan = client.get(at(new, "launch"))
    done = client.post(at(new, "launch"), seen(plan))

    assert old.reference in plan.content.decode()
    assert done.status_code == 302
    assert (stage_of(new), stage_of(old)) == (Stage.ACTIVE, Stage.RETIRED)


@pytest.mark.parametrize("notes", [1, 3])
def test_plan_takes_the_same_statements_whatever_happened(
    client, oxford, notes, django_assert_num_queries
):
    proposal = make_at(Stage.TRIAGE)
    for _number in range(notes):
        do_move(proposal, Move.HOLD, oxford, **given_for(Move.HOLD))
        do_move(proposal, Move.RESUME, oxford)
    save_triage(
        proposal=proposal,
        by=oxford,
        values={"credential_type": "techcred", "is_duplicate_checked": True},
    )
    client.force_login(oxford)

    with django_assert_num_queries(15):
        client.get(at(proposal, "consult"))


def test_what_corrects_a_move_stands_with_the_history_and_not_among_the_moves(
    client, oxford, lead, settings
):
    settings.NOTIFICATION_GRACE_SECONDS = 0
    page = reverse("admin:reviews_triageitem_change", args=[make_at(Stage.CONSULTATION).pk])
    client.force_login(lead)
    led = client.get(page)
    assert Move.PUT_BACK not in [move.key for move in led.context["moves"]]
    assert led.content.decode().count('data-move="put_back"') == 1
    client.force_login(oxford)
    words = f"Moved by mistake? Only the eLearning lead can move this; ask {lead}."
    assert words in client.get(page).content.decode()


def test_whatever_is_wrong_is_summed_up_once_and_said_in_the_title(client, oxford):
    client.force_login(oxford)
    proposal = make_at(Stage.TRIAGE)
    typed = {"next_step": "Ring Pat", "next_step_on": "soon"}
    page = client.post(at(proposal, "hold"), typed).content.decode()
    assert page.count('id="error-summary"') == 1
    assert all(f'href="#id_{name}"' in page for name in ("reason_code", "next_step_on"))
    assert "<title>Error: Put on hold: " in page


@time_machine.travel("2026-11-24 15:00Z", tick=False)
def test_the_undo_page_counts_the_seconds_that_are_left(client, oxford, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 300
    proposal = make_submitted()
    do_move(proposal, Move.START_TRIAGE, oxford)
    client.force_login(oxford)
    with time_machine.travel("2026-11-24 15:01Z", tick=False):
        page = client.get(reverse("admin:reviews_triageitem_undo", args=[proposal.pk]))
    assert 'data-seconds="240"' in page.content.decode()
    assert "js/undo" in page.content.decode()
