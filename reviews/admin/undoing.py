"""Taking back the newest move of one proposal: its plan shown, and carried out."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from reviews import bulk, plans, services
from reviews.admin import panels
from reviews.admin.pages import PAGE, found, show
from reviews.desk import desk_of
from reviews.forms.moves import UndoForm


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET shows what comes back and which mails stay here, POST does it; too late is said in
    words."""
    item = found(request, pk)
    form = UndoForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            changes = services.undo(proposal=item, by=request.user, seen=form.cleaned_data["seen"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            stage = changes[0].get_to_stage_display()
            messages.success(request, _("Undone. It is at “%(stage)s” again.") % {"stage": stage})
            if desk_of(request.user).filter(pk=pk).exists():
                return redirect(PAGE, pk)
            return redirect("admin:reviews_triageitem_changelist")
    elif form.is_bound:
        form.add_error(None, _("This is not the move you saw. Look at it again."))
    plan = plans.build_undo(proposal=item, actor=request.user)
    is_bulk = plan.undone is not None and plan.undone.move in bulk.IN_BULK
    context = {
        **panels.head_of(item),
        "title": _("Undo"),
        "form": form,
        "plan": plan,
        "moved_together": plan.moved_together if is_bulk else 1,
    }
    return show(request, "undo", context, status=409 if form.errors else 200)
