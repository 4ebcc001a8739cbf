"""Which files an engagement may see: a row for each, none by default, and never a bad one."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partners.files import end_file_share, share_file
from partners.models import Access, Engagement, FileShare
from partners.services import end_share
from proposals import services
from proposals.models import Attachment
from tests.factories import make_submitted
from tests.partners.sharing import come_by_link, share_it, summarized
from tests.proposals.filing import PDF
from tests.proposals.test_attachments import add, unlike

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement(share) -> Engagement:
    return share.engagement


@pytest.fixture
def letter(engagement) -> Attachment:
    return add(engagement.proposal)


@pytest.fixture
def partner(client, share) -> Client:
    come_by_link(client, share.contact)
    return client


def status_page(engagement: Engagement) -> str:
    return reverse("partners:engagement_detail", args=[engagement.proposal.reference])


def file_url(engagement: Engagement, file: Attachment) -> str:
    return reverse("partners:file_download", args=[engagement.proposal.reference, file.pk])


def granted(engagement: Engagement, file: Attachment, cast) -> FileShare:
    return share_file(engagement=engagement, attachment=file, by=cast.oxford)


def test_no_file_is_open_by_default(partner, engagement, letter):
    assert "letter.pdf" not in partner.get(status_page(engagement)).content.decode()
    assert partner.get(file_url(engagement, letter)).status_code == 404


def test_a_shared_file_is_on_the_page_and_saved_from_there(partner, engagement, letter, cast):
    granted(engagement, letter, cast)

    assert file_url(engagement, letter) in partner.get(status_page(engagement)).content.decode()
    response = partner.get(file_url(engagement, letter))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["Referrer-Policy"] == "no-referrer"
    assert Access.objects.filter(attachment=letter, engagement=engagement).count() == 1


def test_only_the_file_that_was_shared_is_open(partner, engagement, letter, cast):
    other = add(engagement.proposal, "other.pdf", unlike(1))
    granted(engagement, letter, cast)

    assert partner.get(file_url(engagement, other)).status_code == 404
    assert "other.pdf" not in partner.get(status_page(engagement)).content.decode()


def test_a_partner_of_another_proposal_has_none_of_it(engagement, letter, cast):
    granted(engagement, letter, cast)
    second = summarized(make_submitted(cast.other_proposer))
    foreign = share_it(second, cast.oxford)
    client = Client()
    client.get("/")
    # The same contact stands for both: taken from the first, the second opens nothing of it.
    come_by_link(client, foreign.contact)
    end_share(share=engagement.shares.get(), by=cast.oxford)

    assert client.get(file_url(engagement, letter)).status_code == 404
    assert client.get(file_url(foreign.engagement, letter)).status_code == 404


def test_nobody_without_a_link_gets_it(client, engagement, letter, cast):
    granted(engagement, letter, cast)
    assert client.get(file_url(engagement, letter)).status_code == 404
    client.force_login(cast.oxford)
    assert client.get(file_url(engagement, letter)).status_code == 404


def test_no_longer_shared_is_no_longer_open(partner, engagement, letter, cast):
    granted(engagement, letter, cast)
    end_file_share(engagement=engagement, attachment=letter, by=cast.oxford)

    assert partner.get(file_url(engagement, letter)).status_code == 404
    assert FileShare.objects.get().ended_by == cast.oxford


@pytest.mark.parametrize("scan", ["pending", "infected", "not_scanned"])
def test_where_a_scanner_is_set_up_partners_get_only_what_is_clean(
    scan, partner, engagement, letter, cast, settings
):
    granted(engagement, letter, cast)
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    Attachment.objects.update(scan=scan, scanned_at=timezone.now())
    assert partner.get(file_url(engagement, letter)).status_code == 404
    assert "letter.pdf" not in partner.get(status_page(engagement)).content.decode()

    Attachment.objects.update(scan="clean")
    assert partner.get(file_url(engagement, letter)).status_code == 200


def test_an_infected_file_is_never_open(partner, engagement, letter, cast):
    granted(engagement, letter, cast)
    Attachment.objects.update(scan="infected", scanned_at=timezone.now())
    assert partner.get(file_url(engagement, letter)).status_code == 404


def test_a_removed_file_is_open_no_more(partner, engagement, letter, cast):
    granted(engagement, letter, cast)
    services.remove(attachment=letter, by=cast.oxford, is_staff=True)
    assert partner.get(file_url(engagement, letter)).status_code == 404


def test_sharing_twice_is_one_row(engagement, letter, cast):
    assert granted(engagement, letter, cast) == granted(engagement, letter, cast)


def test_a_file_of_another_proposal_or_a_bad_one_is_refused(engagement, letter, cast):
    foreign = add(make_submitted(cast.other_proposer), content=unlike(2))
    Attachment.objects.filter(pk=letter.pk).update(scan="infected", scanned_at=timezone.now())
    for file in (foreign, letter):
        with pytest.raises(ValidationError, match="letter.pdf cannot be shared"):
            granted(engagement, file, cast)


@pytest.fixture
def sharing_page(engagement) -> str:
    return reverse("admin:reviews_triageitem_sharing", args=[engagement.proposal_id])


def switch(engagement: Engagement, file: Attachment, action: str) -> dict:
    return {"engagement": engagement.pk, "attachment": file.pk, "action": action}


def test_staff_switch_it_on_the_sharing_page(client, cast, sharing_page, engagement, letter):
    client.force_login(cast.oxford)
    shown = client.get(sharing_page).content.decode()
    assert "Not shared" in shown
    assert "letter.pdf" in shown

    client.post(sharing_page, switch(engagement, letter, "share_file"))
    assert FileShare.objects.current().get().by == cast.oxford
    client.post(sharing_page, switch(engagement, letter, "end_file"))
    assert not FileShare.objects.current().exists()


def test_staff_who_may_not_work_on_it_share_nothing(client, cast, sharing_page, engagement, letter):
    for who in (cast.regionals, cast.auditor):
        client.force_login(who)
        assert (
            client.post(sharing_page, switch(engagement, letter, "share_file")).status_code == 422
        )
    assert not FileShare.objects.exists()


def test_nonsense_on_the_sharing_page_is_refused_in_words(
    client, cast, sharing_page, engagement, letter
):
    client.force_login(cast.oxford)
    for wrong in ({"attachment": "nonsense"}, {"action": "end"}, {"engagement": "9" * 30}):
        response = client.post(sharing_page, switch(engagement, letter, "share_file") | wrong)
        assert response.status_code == 422
    assert not FileShare.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_sharing_page_takes_the_same_statements_for_any_files(
    client, cast, sharing_page, engagement, count, django_assert_max_num_queries
):
    for number in range(count):
        file = add(engagement.proposal, f"{number}.pdf", unlike(number))
        granted(engagement, file, cast)
    client.force_login(cast.oxford)
    with django_assert_max_num_queries(17):
        client.get(sharing_page)
