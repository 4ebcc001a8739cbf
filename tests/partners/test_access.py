"""What staff see of who opened what: when, by which link, and what stands out."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox import addresses
from partners import services
from partners.access import network_of
from partners.models import Access
from tests.factories import make_submitted
from tests.partners.sharing import come_by_link, share_it, summarized

pytestmark = pytest.mark.django_db


def page_of(share) -> str:
    return reverse("partners:engagement_detail", args=[share.engagement.proposal.reference])


def log_of(share) -> str:
    return reverse("admin:reviews_triageitem_opened", args=[share.engagement.proposal_id])


def visits(share) -> list[Access]:
    """Of the status page, the oldest first."""
    return list(Access.objects.filter(engagement=share.engagement).order_by("pk"))


@pytest.mark.parametrize(
    "one,other",
    [
        ("203.0.113.7", "203.0.113.250"),
        ("2001:db8:1:2::3", "2001:db8:1:ffff::1"),
        ("203.0.113.7", "::ffff:203.0.113.9"),
    ],
)
def test_of_an_address_its_network_is_kept_and_cannot_be_read(one, other):
    assert network_of(one) == network_of(other)
    assert network_of(one) != network_of("198.51.100.7")
    assert len(network_of(one)) == 64
    assert network_of("no address") == network_of("") == ""


def test_a_visit_tells_who_when_what_and_by_which_link(client, share, oxford):
    come_by_link(client, share.contact)
    client.get(page_of(share))
    client.force_login(oxford)

    page = client.get(log_of(share)).content.decode()

    [visit] = visits(share)
    assert visit.network == network_of("127.0.0.1")
    assert visit.flags == []
    assert "127.0.0" not in page
    for words in (share.contact.name, "The status page", "No mail on record", "Nothing"):
        assert words in page


def test_a_visit_after_mail_came_back_stands_out(client, share):
    addresses.came_back(address=share.contact.email.upper(), detail="no such user")
    come_by_link(client, share.contact)
    client.get(page_of(share))

    [visit] = visits(share)
    assert visit.flags == ["after mail to the address came back"]


def test_the_fourth_network_in_a_day_stands_out(client, share):
    come_by_link(client, share.contact)
    for number in range(1, 5):
        client.get(page_of(share), REMOTE_ADDR=f"198.51.{number}.7")

    # The network in which the button was pressed is the first.
    assert [visit.from_many_networks for visit in visits(share)] == [False, False, True, True]


def test_networks_of_other_days_do_not_count(client, share):
    come_by_link(client, share.contact)
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        for number in range(1, 7):
            clock.shift(timedelta(hours=13))
            come_by_link(client, share.contact)
            client.get(page_of(share), REMOTE_ADDR=f"198.51.{number}.7")

    assert not any(visit.from_many_networks for visit in visits(share))


def test_coming_back_after_it_was_withdrawn_stands_out_and_opens_nothing(client, share, oxford):
    come_by_link(client, share.contact)
    services.end_share(share=share, by=oxford)

    assert client.get(page_of(share)).status_code == 404

    [visit] = visits(share)
    assert visit.flags == ["after it was withdrawn or they left"]


def test_a_page_that_was_never_theirs_is_not_noted(client, share, oxford):
    other = summarized(make_submitted())
    come_by_link(client, share.contact)
    before = Access.objects.count()

    client.get(reverse("partners:engagement_detail", args=[other.reference]))
    client.get("/partners/MC-2026-9999/")

    assert Access.objects.count() == before


@pytest.mark.parametrize("what", ["link", "share"])
def test_what_is_withdrawn_ends_at_the_next_request(client, share, oxford, what):
    come_by_link(client, share.contact)
    assert client.get(page_of(share)).status_code == 200
    if what == "link":
        services.revoke_links(contact=share.contact, by=oxford)
    else:
        services.end_share(share=share, by=oxford)

    assert client.get(page_of(share)).status_code == 404
    assert client.get("/partners/mail/").status_code == (302 if what == "link" else 200)


def test_the_log_shows_only_what_stands_out_on_demand(client, share, oxford):
    link = services.issue_links(contacts=[share.contact])[share.contact.pk]
    services.note_access(link=link, engagement=share.engagement)
    addresses.came_back(address=share.contact.email, detail="no such user")
    services.note_access(
        link=link, engagement=share.engagement, at=timezone.now() + timedelta(hours=2)
    )
    client.force_login(oxford)

    flagged = client.get(log_of(share), {"only": "flagged"})

    assert len(client.get(log_of(share)).context["page"].object_list) == 2
    assert [each.after_bounce for each in flagged.context["page"].object_list] == [True]


@pytest.mark.parametrize("flag", ["any", "after_bounce", "after_end", "nonsense"])
def test_the_list_in_the_admin_is_narrowed_to_what_stands_out(client, share, oxford, flag):
    link = services.issue_links(contacts=[share.contact])[share.contact.pk]
    services.note_access(link=link, engagement=share.engagement)
    addresses.came_back(address=share.contact.email, detail="no such user")
    services.note_access(
        link=link, engagement=share.engagement, at=timezone.now() + timedelta(hours=2)
    )
    client.force_login(oxford)

    response = client.get(reverse("admin:partners_access_changelist"), {"flag": flag})

    found = {"any": 1, "after_bounce": 1, "after_end": 0, "nonsense": 2}
    assert response.context["cl"].result_count == found[flag]


@pytest.mark.parametrize("person,status", [("auditor", 200), ("committee_chair", 404)])
def test_who_sees_the_desk_reads_the_log(client, share, cast, person, status):
    client.force_login(getattr(cast, person))

    assert client.get(log_of(share)).status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_log_query_count(client, share, oxford, count, django_assert_max_num_queries):
    for number in range(count):
        link = services.issue_links(contacts=[share.contact])[share.contact.pk]
        link.network = str(number)
        services.note_access(link=link, engagement=share.engagement)
    client.force_login(oxford)
    client.get(log_of(share))

    with django_assert_max_num_queries(9):
        client.get(log_of(share))


def test_another_proposal_is_none_of_it(client, share, oxford):
    other = share_it(summarized(make_submitted()), oxford)
    come_by_link(client, share.contact)
    client.get(page_of(share))
    client.force_login(oxford)

    page = client.get(log_of(other))

    assert page.context["page"].object_list.count() == 0
