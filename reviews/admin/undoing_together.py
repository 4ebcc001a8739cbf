"""Taking back what one press moved: offered while it can be, shown row by row, carried out."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from microcreds.keys import LARGEST
from reviews import bulk, services
from reviews.admin.pages import show
from reviews.admin.seen import seen_in
from reviews.desk import desk_of
from reviews.grace import undo_until
from reviews.models import StageChange
from reviews.workflow import name_of

# Where a session keeps what its reader moved together of late, for as long as it can be undone.
_MOVED = "moved_together"
LIST = "admin:reviews_triageitem_changelist"


@dataclass(frozen=True)
class Offer:
    """A bulk move of this reader that can still be taken back; ``key`` is one of its moves."""

    key: int
    label: str
    number: int
    until: datetime

    @property
    def seconds(self) -> int:
        return max(int((self.until - timezone.now()).total_seconds()), 0)


def remember(request: HttpRequest, changes: list[StageChange]) -> None:
    """Until they stand for good, these moves are offered to their actor to be undone together."""
    kept = [each for each in request.session.get(_MOVED, []) if _until(each) > timezone.now()]
    first = changes[0]
    row = [first.pk, first.move, len(changes), undo_until(first).isoformat()]
    request.session[_MOVED] = [row, *kept]


def offers_to(request: HttpRequest) -> list[Offer]:
    """What this reader moved together and can still undo, the newest first; no statement."""
    return [
        Offer(key=each[0], label=name_of(each[1]), number=each[2], until=_until(each))
        for each in request.session.get(_MOVED, [])
        if _until(each) > timezone.now()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def undo_together(request: SignedInRequest, change: int) -> HttpResponse:
    """GET shows a row for each proposal that was moved together, POST takes back what was shown as
    possible, all or none. Somebody else's is 404, but for the eLearning lead."""
    moved = _moved(request, change)
    if request.method != "POST":
        return _page(request, moved)
    seen = set((seen_in(request.POST) or {}).values())
    meant = [each for each in moved if each.pk in seen]
    if not seen or len(meant) != len(seen):
        return _page(request, moved, [_("This is not what you saw. Look at it again.")])
    try:
        undone = services.undo_together(changes=meant, by=request.user)
    except ValidationError as refusal:
        return _page(request, moved, refusal.messages)
    _forget(request, moved)
    done = ngettext(
        "Undone: %(move)s. %(n)d proposal is back where it was.",
        "Undone: %(move)s. %(n)d proposals are back where they were.",
        len(meant),
    )
    messages.success(request, done % {"move": name_of(moved[0].move), "n": len(meant)})
    stages = {each.to_stage for each in undone}
    where = f"?stage={stages.pop()}" if len(stages) == 1 else ""
    return redirect(f"{reverse(LIST)}{where}")


def _moved(request: SignedInRequest, key: int) -> list[StageChange]:
    """The bulk move that this person may look at, without what is not on their desk (any more)."""
    moved = bulk.moved_together(key) if key <= LARGEST else []
    if not moved or not (request.user.is_lead or moved[0].actor_id == request.user.pk):
        raise Http404
    on_desk = desk_of(request.user).filter(pk__in=[each.proposal_id for each in moved])
    theirs = set(on_desk.values_list("pk", flat=True))
    here = [each for each in moved if each.proposal_id in theirs]
    if not here:
        raise Http404
    return here


def _page(
    request: SignedInRequest, moved: list[StageChange], refusals: list[str] | None = None
) -> HttpResponse:
    rows = bulk.undoing_of(moved, request.user)
    ready = [row for row in rows if row.plan.is_ready]
    context = {
        "title": _("Undo: %(move)s") % {"move": name_of(moved[0].move)},
        "label": name_of(moved[0].move),
        "first": moved[0],
        "is_own": moved[0].actor_id == request.user.pk,
        "rows": rows,
        "ready": ready,
        "recalled": sum(len(row.plan.recalled) for row in ready),
        "seen": " ".join(f"{row.change.proposal_id}:{row.change.pk}" for row in ready),
        "refusals": refusals or [],
    }
    return show(request, "undo_together", context, status=409 if refusals else 200)


def _forget(request: HttpRequest, moved: list[StageChange]) -> None:
    kept, keys = request.session.get(_MOVED, []), {each.pk for each in moved}
    if any(each[0] in keys for each in kept):
        request.session[_MOVED] = [each for each in kept if each[0] not in keys]


def _until(kept: list) -> datetime:
    return datetime.fromisoformat(kept[3])
