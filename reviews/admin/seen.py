"""What the page of a plan is asked for, and what it sends back of what its reader saw."""

from django.http import HttpRequest, QueryDict

LARGEST_KEY = 2**63 - 1


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
    keys = (int(each) for each in named if each.isascii() and each.isdigit() and len(each) < 20)
    return list(dict.fromkeys(key for key in keys if key <= LARGEST_KEY))


def joined(ids: list[int]) -> str:
    """The same for an address."""
    return ",".join(map(str, ids))
