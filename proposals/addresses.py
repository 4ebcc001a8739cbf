"""Where the pages of a proposal are. The resolver is asked once for each kind of page: a list, or
the mails of a bulk move, name hundreds of them."""

from functools import cache

from django.urls import reverse

from proposals.models import Proposal

# Stand in a kept path where the proposal's own will.
_ANY_REFERENCE, _ANY_KEY = "MC-0000-0000", 9_999_999_999


def page_path(proposal: Proposal, page: str = "proposal_detail", *rest: str) -> str:
    """A page of its proposers; their first, unless another ``page`` is named."""
    path = _kept(f"proposals:{page}", _ANY_REFERENCE, *rest)
    return path.replace(_ANY_REFERENCE, proposal.reference)


def desk_path(proposal: Proposal, page: str = "change") -> str:
    """A page of it on the desk; its first, unless another ``page`` is named."""
    path = _kept(f"admin:reviews_triageitem_{page}", _ANY_KEY)
    return path.replace(str(_ANY_KEY), str(proposal.pk))


@cache
def _kept(name: str, *arguments: str | int) -> str:
    return reverse(name, args=arguments)
