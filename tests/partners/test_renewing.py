"""Links that are dead, revoked or replaced; and that every mail to a partner carries one."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox import links
from microcreds.outbox.models import Message
from microcreds.outbox.wording.mail import Reader
from microcreds.outbox.wording.table import WORDINGS
from partners import renewing, services
from partners.models import Contact, Link
from tests.partners.sharing import come_by_link, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_was_counted() -> None:
    cache.clear()


def fresh(token: str) -> str:
    return reverse("partners:fresh_link", args=[token])


def links_page(contact: Contact) -> str:
    return reverse("admin:partners_contact_links", args=[contact.pk])


def states(contact: Contact) -> list[bool]:
    """Of each link, the oldest first: whether it works."""
    return [link.is_usable for link in contact.links.order_by("pk")]


@pytest.mark.parametrize("what", ["run out", "revoked"])
def test_a_dead_link_brings_a_fresh_one_to_the_address_on_file(client, share, what):
    token = token_of(share.contact)
    Link.objects.update(**{"expires_at" if what == "run out" else "revoked_at": timezone.now()})
    Message.objects.all().delete()

    assert 'action="fresh/"' in client.get(f"/partners/link/{token}/").content.decode()
    client.post(fresh(token))

    [mail] = Message.objects.all()
    assert (mail.event, mail.to) == ("partner_fresh_link", share.contact.email)
    newest = Link.objects.first()
    assert links.first_in(mail.body) == links.placeholder(newest.uuid)
    assert newest.is_usable


def test_the_answer_is_the_same_for_a_token_of_nobody(client, share):
    said = [
        client.post(fresh(token), follow=True).context["messages"]
        for token in (token_of(share.contact), "nonsense")
    ]

    assert [str(each) for each in said[0]] == [str(each) for each in said[1]]


def test_asking_by_one_dead_link_again_and_again_is_slowed_down(client, share):
    token = token_of(share.contact)
    Message.objects.all().delete()
    for _ in range(8):
        client.post(fresh(token))

    assert Message.objects.count() == 5
    assert client.get(fresh(token)).status_code == 405


def test_one_link_is_replaced_and_the_others_go_on(client, share, oxford):
    first, second = token_of(share.contact), token_of(share.contact)
    chosen = Link.objects.get(token_sha256=links.sha256_of(first))

    mail = renewing.rotate_links(contact=share.contact, only=chosen, by=oxford)

    assert client.post(f"/partners/link/{first}/").status_code == 404
    assert client.post(f"/partners/link/{second}/").status_code == 302
    assert "We have replaced a personal link" in mail.body
    chosen.refresh_from_db()
    assert chosen.revoked_by == oxford


def test_all_links_are_replaced_by_one(share, oxford):
    token_of(share.contact)

    renewing.rotate_links(contact=share.contact, by=oxford)

    assert states(share.contact) == [False, False, True]


def test_without_a_page_nothing_is_mailed_in_the_place_of_a_link(share, oxford):
    services.end_share(share=share, by=oxford)

    assert renewing.rotate_links(contact=share.contact, by=oxford) is None
    assert states(share.contact) == [False]


def test_staff_see_of_each_link_what_became_of_it_and_never_the_link(client, share, oxford):
    come_by_link(client, share.contact)
    services.revoke_links(contact=share.contact, by=oxford)
    services.issue_links(contacts=[share.contact], event="partner_update")
    client.force_login(oxford)

    page = client.get(links_page(share.contact)).content.decode()

    for words in ("Invitation of a partner", "A partner", "Revoked", "Ola Oxford", "Works"):
        assert words in page
    for link in Link.objects.all():
        assert str(link.uuid) not in page
        assert link.token_sha256 not in page


@pytest.mark.parametrize(
    "action,left", [("revoke", [False, True]), ("rotate", [False, True, True])]
)
def test_staff_end_or_replace_one_link_on_its_page(client, share, oxford, action, left):
    token_of(share.contact)
    client.force_login(oxford)
    first = share.contact.links.last()

    response = client.post(links_page(share.contact), {"action": action, "link": first.pk})

    assert response.status_code == 302
    assert states(share.contact) == left


def test_staff_replace_all_from_the_sharing_page(client, share, oxford):
    client.force_login(oxford)
    url = reverse("admin:reviews_triageitem_sharing", args=[share.engagement.proposal_id])

    client.post(
        url,
        {"action": "rotate", "engagement": share.engagement_id, "contact": share.contact_id},
    )

    assert states(share.contact) == [False, True]


@pytest.mark.parametrize("posted", [{}, {"action": "x"}, {"action": "revoke", "link": "99999999"}])
def test_nonsense_ends_no_link(client, share, oxford, posted):
    client.force_login(oxford)

    assert client.post(links_page(share.contact), posted).status_code == 422
    assert states(share.contact) == [True]


@pytest.mark.parametrize("person,status", [("auditor", 422), ("proposer", 404)])
def test_who_may_not_change_contacts_ends_no_link(client, share, cast, person, status):
    client.force_login(getattr(cast, person))

    response = client.post(links_page(share.contact), {"action": "revoke"})

    assert response.status_code == status
    assert states(share.contact) == [True]


@pytest.mark.parametrize("count", [1, 3])
def test_links_page_query_count(client, share, oxford, count, django_assert_num_queries):
    for _ in range(count - 1):
        token_of(share.contact)
    client.force_login(oxford)
    client.get(links_page(share.contact))

    with django_assert_num_queries(5):
        client.get(links_page(share.contact))


def test_every_mail_to_partners_carries_a_link_but_the_code_for_the_page_they_have_open():
    to_partners = [each for each in WORDINGS.values() if each.reader == Reader.PARTNERS]
    without = {
        each.key
        for each in to_partners
        if "link" not in each.variables or not each.variables["link"].must_stand
    }

    assert without == {"partner_code"}
