"""What a plan's page sends back of what its reader saw."""

from django.http import QueryDict


def seen_in(posted: QueryDict) -> dict[int, int] | None:
    """The newest stage change of each proposal as the reader of the plan saw it; nonsense is none
    of them."""
    pairs = [pair.partition(":") for pair in posted.get("seen", "").split()]
    try:
        return {int(pk): int(change) for pk, _colon, change in pairs} or None
    except ValueError:
        return {}
