"""The directory and the records of sharing in the admin."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from microcreds.outbox import links
from partners.models import Access, Contact, Link, Organization
from tests.factories import make_submitted
from tests.partners.sharing import answers_naming, come_by_link, share_it, summarized, token_of

MODELS = ["organization", "contact", "engagement", "share", "link", "access"]


@pytest.mark.parametrize("model", MODELS)
def test_staff_read_each_list_and_page(client, share, oxford, model):
    come_by_link(client, share.contact)
    client.force_login(oxford)
    row = {"organization": Organization, "contact": Contact, "link": Link, "access": Access}
    rows = row[model].objects if model in row else type(share).objects
    if model == "engagement":
        rows = type(share.engagement).objects

    assert client.get(reverse(f"admin:partners_{model}_changelist")).status_code == 200
    url = reverse(f"admin:partners_{model}_change", args=[rows.first().pk])
    page = client.get(url)

    assert page.status_code == 200
    tokens = [links.token_for(link.uuid) for link in Link.objects.all()]
    assert not any(token in page.content.decode() for token in tokens)
    assert not any(link.token_sha256 in page.content.decode() for link in Link.objects.all())


@pytest.mark.parametrize("model", ["engagement", "share", "link", "access"])
def test_nobody_writes_records_here(client, share, admin_user, model):
    client.force_login(admin_user)

    assert client.get(reverse(f"admin:partners_{model}_add")).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted_here(client, share, admin_user, model):
    client.force_login(admin_user)

    assert client.post(reverse(f"admin:partners_{model}_delete", args=[1])).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_searching_with_junk_is_harmless(client, share, oxford, model):
    client.force_login(oxford)
    url = reverse(f"admin:partners_{model}_changelist")

    for junk in ("'\"%_", "x" * 5000, "\U0001f600"):
        assert client.get(url, {"q": junk, "p": "zzz"}).status_code in (200, 302)


def test_links_of_a_contact_can_be_revoked(client, share, oxford):
    token = token_of(share.contact)
    client.force_login(oxford)

    client.post(
        reverse("admin:partners_contact_changelist"),
        {"action": "revoke_links", "_selected_action": [share.contact.pk]},
    )

    assert client.get(f"/partners/link/{token}/").status_code == 404


@pytest.mark.parametrize("model", MODELS)
def test_lists_take_as_many_statements_for_three_rows_as_for_one(client, cast, model):
    client.force_login(cast.oxford)
    url = reverse(f"admin:partners_{model}_changelist")
    taken = []
    for number in (1, 2):
        for n in range(number):
            named = {"org_name": f"Org {number}{n}", "contact_email": f"c{number}{n}@x.example"}
            share = share_it(summarized(make_submitted(answers=answers_naming(**named))), cast.lead)
            partner = Client()
            come_by_link(partner, share.contact)
            partner.get(f"/partners/{share.engagement.proposal.reference}/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        taken.append(len(queries))

    assert taken[0] == taken[1]
