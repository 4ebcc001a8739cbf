"""The way back to the desk, whose pages know the list that they were opened from."""

from django.http import HttpRequest
from django.utils.http import urlencode

from proposals.addresses import desk_path
from proposals.models import Proposal

_CARRIED = ("list", "beside")  # as the desk's links and forms have them


def carried(request: HttpRequest) -> str:
    """What says which list it was, for another address; empty where nothing does."""
    return urlencode({name: request.GET[name] for name in _CARRIED if name in request.GET})


def desk_page(request: HttpRequest, proposal: Proposal) -> str:
    """The desk's page of the proposal, at its place in that list."""
    query = carried(request)
    return f"{desk_path(proposal)}?{query}" if query else desk_path(proposal)
