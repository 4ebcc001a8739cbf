"""One proposal's page: where it stands, what is asked, who reads what."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from partners import services as partners_services
from proposals.models import NamedPartner, Participant, Proposal, Stage
from proposals.services import add_note, save_page, sent_answers_of
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_draft, make_submitted, send

PROPOSERS_STAGES = [stage for stage in Stage if stage != Stage.DRAFT]


def url_of(proposal: Proposal, name: str = "detail") -> str:
    return reverse(f"proposals:proposal_{name}", args=[proposal.reference])


def page_for(client, user, proposal: Proposal) -> str:
    client.force_login(user)
    response = client.get(url_of(proposal))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_a_page_with_at_most_one_primary_button(client, proposer, stage, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0  # decisions are told at once
    proposal = make_at(stage, owner=proposer)

    page = page_for(client, proposer, proposal)

    assert f'data-ref="{proposal.reference}" data-stage="{stage}"' in page
    assert page.count("button-primary") <= 1
    assert "Where it stands" in page


def test_others_get_a_404(client, proposer, other_proposer):
    for proposal in (make_draft(proposer), make_submitted(proposer)):
        client.force_login(other_proposer)
        assert client.get(url_of(proposal)).status_code == 404
    assert client.get("/proposals/MC-9999-0000/").status_code == 404


def test_staff_cannot_open_a_draft(client, proposer, oxford):
    client.force_login(oxford)

    assert client.get(url_of(make_draft(proposer))).status_code == 404


def test_a_draft_asks_to_be_continued(client, proposer):
    draft = make_draft(proposer)

    page = page_for(client, proposer, draft)

    assert f'href="{url_of(draft, "resume")}"' in page
    assert f'href="{url_of(draft, "check")}"' in page
    assert f'href="{url_of(draft, "delete")}"' in page
    assert url_of(draft, "withdraw") not in page
    assert "It begins on the day you submit." in page


def test_a_submitted_one_can_be_taken_back_until_it_is_read(client, proposer, oxford):
    proposal = make_submitted(proposer)
    assert url_of(proposal, "take_back") in page_for(client, proposer, proposal)
    assert url_of(proposal, "delete") not in page_for(client, proposer, proposal)

    do_move(proposal, Move.START_TRIAGE, oxford)

    assert url_of(proposal, "take_back") not in page_for(client, proposer, proposal)
    assert url_of(proposal, "withdraw") in page_for(client, proposer, proposal)


def test_a_taken_back_draft_is_not_to_be_deleted(client, proposer):
    proposal = make_submitted(proposer)
    do_move(proposal, Move.TAKE_BACK, proposer)

    assert url_of(proposal, "delete") not in page_for(client, proposer, proposal)


def test_a_returned_one_says_why_and_how_to_go_on(client, proposer):
    proposal = make_at(Stage.RETURNED, owner=proposer)

    page = page_for(client, proposer, proposal)

    assert "Assessment is missing" in page
    assert "How is it assessed?" in page
    assert "Ola Oxford" in page
    assert f'href="{url_of(proposal, "resume")}"' in page
    assert f'href="{url_of(proposal, "check")}"' in page


def test_the_newest_return_is_told_also_after_a_hold(client, proposer, oxford):
    proposal = make_at(Stage.RETURNED, owner=proposer)
    do_move(proposal, Move.HOLD, oxford, **given_for(Move.HOLD))
    do_move(proposal, Move.RESUME, oxford)

    assert "How is it assessed?" in page_for(client, proposer, proposal).split("History")[0]


def test_the_full_proposal_waits_for_its_owner(client, proposer):
    proposal = make_at(Stage.FULL_PROPOSAL, owner=proposer)

    assert f'href="{url_of(proposal, "full")}"' in page_for(client, proposer, proposal)


def test_after_the_committee_withdrawing_is_not_offered(client, proposer, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0  # decisions are told at once
    proposal = make_at(Stage.CAD_CONSENT, owner=proposer)

    assert url_of(proposal, "withdraw") not in page_for(client, proposer, proposal)


def test_a_co_proposer_reads_it_all_but_moves_nothing(client, proposer, other_proposer):
    proposal = make_submitted(proposer)
    Participant.objects.create(
        proposal=proposal, user=other_proposer, capacity="editor", since=proposal.created_at
    )

    page = page_for(client, other_proposer, proposal)

    assert url_of(proposal, "withdraw") not in page
    assert "Only Fay Proposer, who owns this proposal, can do this." in page


def test_who_reads_what(client, cast):
    """Confidential words for the proposers; notes for nobody here; reviewers less than staff."""
    proposal = make_at(Stage.APC_REVIEW, owner=cast.proposer)
    NamedPartner.objects.filter(proposal=proposal).update(
        confidential="yes", confidential_text="canary-confidential"
    )
    add_note(proposal=proposal, author=cast.oxford, body="canary-note")
    do_move(
        proposal,
        Move.RETURN,
        cast.committee_chair,
        **given_for(Move.RETURN) | {"note": "canary-why"},
    )
    Proposal.objects.filter(pk=proposal.pk).update(fit_tags="canary-tags")
    pages = {
        who: page_for(client, getattr(cast, who), proposal)
        for who in ("proposer", "oxford", "auditor", "committee", "admin_user")
    }

    assert [who for who, page in pages.items() if "canary-confidential" in page] == ["proposer"]
    assert [who for who, page in pages.items() if "How is it assessed?" in page] == [
        "proposer",
        "oxford",
        "auditor",
        "admin_user",
    ]
    assert [who for who, page in pages.items() if "(513) 555-0100" not in page] == ["committee"]
    for page in pages.values():
        assert "canary-note" not in page
        assert "canary-why" not in page
        assert "canary-tags" not in page


def test_staff_find_the_way_to_the_desk(client, proposer, oxford, committee):
    proposal = make_at(Stage.APC_REVIEW, owner=proposer)
    desk = reverse("admin:reviews_triageitem_change", args=[proposal.pk])

    assert desk in page_for(client, oxford, proposal)
    assert desk not in page_for(client, committee, proposal)
    assert desk not in page_for(client, proposer, proposal)


def test_partners_and_whether_they_follow(client, proposer, oxford):
    proposal = make_submitted(proposer)
    assert "You asked to share" in page_for(client, proposer, proposal)
    Proposal.objects.filter(pk=proposal.pk).update(partner_summary="Charts.")
    engagement = proposal.engagements.get()
    partners_services.share(engagement=engagement, contact=engagement.contact, by=oxford)
    assert "Follows it" in page_for(client, proposer, proposal)

    NamedPartner.objects.update(share_status="no")
    partners_services.end_share(share=engagement.shares.get(), by=oxford)

    assert "Not shared" in page_for(client, proposer, proposal)


def test_markup_in_a_title_is_shown_as_text(client, proposer):
    draft = make_draft(proposer)
    Proposal.objects.update(working_title="<script>alert(1)</script>")

    page = page_for(client, proposer, draft)

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_proposal_detail_query_count(client, cast, django_assert_num_queries):
    yesterday = timezone.now() - timedelta(days=1)
    proposal = make_at(Stage.RETURNED, owner=cast.proposer, at=yesterday)
    client.force_login(cast.proposer)

    with django_assert_num_queries(10):
        client.get(url_of(proposal))


def test_staff_read_a_returned_form_as_it_was_sent_until_it_is_sent_again(client, cast):
    proposal = make_at(Stage.RETURNED)
    proposer_types(proposal, "CANARY half a thought, not sent yet")

    def page(reader, address):
        client.force_login(reader)
        return client.get(address).content.decode()

    own = f"/proposals/{proposal.reference}/"
    desk = f"/admin/reviews/triageitem/{proposal.pk}/change/"
    assert "CANARY" in page(cast.proposer, own)
    assert "CANARY" not in page(cast.oxford, own)
    assert "CANARY" not in page(cast.oxford, desk)

    send(proposal)
    assert "CANARY" in page(cast.oxford, desk)


def test_confidential_words_of_a_returned_form_are_those_that_were_sent(cast):
    proposal = make_at(Stage.RETURNED)
    fresh = Proposal.objects.with_answers().get(pk=proposal.pk)
    NamedPartner.objects.filter(proposal=proposal).update(confidential_text="CANARY")

    told = sent_answers_of(fresh, confidential=True)
    untold = sent_answers_of(fresh)

    assert [row["confidential_text"] for row in told["partners"]] == [""]
    assert not any("confidential_text" in row for row in untold["partners"])


def proposer_types(proposal, words):
    save_page(
        proposal=proposal,
        page="finish",
        answers={"anything_else": words},
        form_version=proposal.interest.version,
        by=proposal.submitter,
    )
