"""What an owner asked about withdrawing a decided proposal, answered on the desk."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from reviews import withdrawal_requests
from reviews.admin import pages, panels
from reviews.admin.withdrawal_panel import RefusalForm, withdrawal_panel


@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal(request: SignedInRequest, pk: int) -> HttpResponse:
    """The request is answered with no; a GET leads to the proposal, as after a lost sign-in."""
    item = pages.found(request, pk)
    if not request.user.is_elearning:
        raise Http404
    if request.method != "POST":
        return redirect(pages.PAGE, pk)
    form = RefusalForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            withdrawal_requests.refuse_to_withdraw(
                proposal=item, by=request.user, reply=form.cleaned_data["reply"]
            )
        except ValidationError as refusal:
            form.add_error("reply", refusal)
            status = 409
        else:
            messages.success(request, _("The proposers are told that it goes on."))
            return redirect(pages.PAGE, pk)
    page = panels.page_of(item, request.user) | withdrawal_panel(item, form)
    return pages.show(request, "proposal", page, status=status)
