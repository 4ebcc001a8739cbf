"""What stands out when a link is used: a dead mailbox, many networks, after the end."""

import ipaddress
from datetime import datetime, timedelta

from microcreds.outbox import addresses, links
from partners.models import Access, Contact, Engagement, Inquiry, Link, Share

MOST_NETWORKS_A_DAY = 3
# As much of an address as one household, office or telephone company's mast has, roughly.
NETWORK_BITS = {4: 24, 6: 48}


def network_of(address: str) -> str:
    """A keyed hash of the network of this address (/24, /48); the address itself is kept nowhere.
    Empty where it is none."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    network = ipaddress.ip_network((found, NETWORK_BITS[found.version]), strict=False)
    return links.keyed_hash_of("network", network)


def what_stands_out(link: Link, engagement: Engagement | None, at: datetime) -> dict[str, bool]:
    """The flags of ``Access`` for a use of this link now, by name."""
    return {
        "after_bounce": addresses.broken(link.contact.email) is not None,
        "from_many_networks": _networks_of(link, at) > MOST_NETWORKS_A_DAY,
        "after_end": _is_over(link.contact, engagement),
    }


def _networks_of(link: Link, at: datetime) -> int:
    """From how many it was used within a day, with this one."""
    lately = Access.objects.filter(link=link, at__gt=at - timedelta(days=1), network__gt="")
    known = set(lately.order_by().values_list("network", flat=True).distinct())
    return len(known | ({link.network} if link.network else set()))


def _is_over(contact: Contact, engagement: Engagement | None) -> bool:
    """What they come for is shared with them no more, or nothing at all is."""
    if engagement:
        current = Share.objects.current().filter(engagement=engagement, contact=contact)
        return bool(engagement.ended_at) or not current.exists()
    return not has_a_page(contact)


def has_a_page(contact: Contact) -> bool:
    """Something is shared with this contact, they sent an inquiry themselves, or their part ended
    while they could follow it."""
    return (
        Engagement.objects.shared_with(contact).exists()
        or Inquiry.objects.of(contact).exists()
        or Engagement.objects.left_by(contact).exists()
    )
