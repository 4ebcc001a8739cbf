"""Who opened what of one proposal from outside, when, by which link, and what stands out of it."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from microcreds.accounts.requests import SignedInRequest
from partners.models import Access
from reviews.admin import panels
from reviews.admin.pages import found, show

PAGE_SIZE = 50


@require_safe
def opened(request: SignedInRequest, pk: int) -> HttpResponse:
    """The newest first; ``?only=flagged``: what stands out."""
    item = found(request, pk)
    if not panels.Reader(request.user).sees_desk:
        raise Http404
    accesses = Access.objects.filter(engagement__proposal=item).for_log()
    only = request.GET.get("only") == "flagged"
    shown = accesses.flagged() if only else accesses
    context = {
        **panels.head_of(item),
        "title": _("Opened from outside"),
        "only_flagged": only,
        "page": Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page")),
        "flagged": accesses.flagged().count(),
    }
    return show(request, "opened", context)
