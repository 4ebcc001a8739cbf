"""Pages that show what was typed once more where Django refuses the post (``csrf_failure``)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Show = Callable[[HttpRequest], HttpResponse]
_pages: dict[str, Show] = {}


def typed_again(view_name: str) -> Callable[[Show], Show]:
    """What is decorated answers in the place of the page of this name."""

    def register(show: Show) -> Show:
        _pages[view_name] = show
        return show

    return register


def shown_again(request: HttpRequest) -> HttpResponse | None:
    """The page with what was typed into it; ``None`` where it has none of its own."""
    match = request.resolver_match
    show = _pages.get(match.view_name) if match else None
    return show(request) if show else None
