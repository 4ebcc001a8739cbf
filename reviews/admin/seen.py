"""What the page of a plan is asked for, and what it sends back of what its reader saw."""

from django.http import HttpRequest, QueryDict

from microcreds.accounts.requests import SignedInRequest
from microcreds.keys import key_in
from proposals.models import ProposalQuerySet
from reviews import bulk
from reviews.desk import desk_of


def seen_in(posted: QueryDict) -> dict[int, int] | None:
    """The newest stage change of each proposal as the reader of the plan saw it; nonsense is none
    of them."""
    pairs = [pair.partition(":") for pair in posted.get("seen", "").split()]
    try:
        return {int(pk): int(change) for pk, _colon, change in pairs} or None
    except ValueError:
        return {}


def ids_in(request: HttpRequest) -> list[int]:
    """The keys of proposals in the address; nonsense is none."""
    named = request.GET.get("ids", "")[: 20 * 1000].split(",")
    return list(dict.fromkeys(filter(None, map(key_in, named))))


def chosen_by(request: SignedInRequest) -> ProposalQuerySet:
    """The proposals of the address that this person meets on the desk, at most ``bulk.MOST``; what
    is nobody's or not theirs is as if it had not been named."""
    return desk_of(request.user).filter(pk__in=ids_in(request)[: bulk.MOST])


def is_cut(request: HttpRequest) -> bool:
    """The address names more than are taken at once."""
    return len(ids_in(request)) > bulk.MOST


def keys_of(queryset: ProposalQuerySet) -> list[int]:
    """The keys that an action of the list hands on: no more than tell that there are too many, as
    a server takes an address of 4,000 characters and no longer one."""
    return list(queryset.values_list("pk", flat=True)[: bulk.MOST + 1])


def joined(ids: list[int]) -> str:
    """The same for an address."""
    return ",".join(map(str, ids))
