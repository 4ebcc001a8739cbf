"""A member of the faculty is asked to begin a proposal: what it is about, accept or pass."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from partners.models import FacultyAsk
from proposals.forms.asked import AcceptForm, PassForm
from reviews.inquiries import faculty


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_asked(request: SignedInRequest, key: str) -> HttpResponse:
    """Shows the one asked what the organization needs; a button accepts or passes. For everybody
    else it does not exist."""
    ask = _ask_of(request.user, key)
    posted = request.POST if request.method == "POST" else None
    passes = posted is not None and posted.get("answer") == "pass"
    accept = AcceptForm(None if passes else posted, initial={"working_title": ask.working_title})
    pass_up = PassForm(posted if passes else None)
    form = pass_up if passes else accept
    if form.is_valid():
        try:
            return _answer(request, ask, form)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
    context = {
        "ask": ask,
        "said": ask.inquiry.said() if ask.inquiry else [(_("What you told us"), ask.need)],
        "is_open": ask.state == FacultyAsk.State.OPEN,
        "accept": accept,
        "pass_up": pass_up,
    }
    status = 422 if form.is_bound else 200
    return render(request, "proposals/proposal_asked.html", context, status=status)


def _answer(request: SignedInRequest, ask: FacultyAsk, form: AcceptForm | PassForm) -> HttpResponse:
    """Does what was chosen; raises ``ValidationError`` where it cannot be."""
    if isinstance(form, PassForm):
        faculty.pass_up(ask=ask, user=request.user, words=form.cleaned_data["words"])
        messages.success(request, _("You passed. eLearning knows, and thanks you for looking."))
        return redirect("proposals:proposal_list")
    title = form.cleaned_data["working_title"]
    draft = faculty.accept(ask=ask, user=request.user, working_title=title)
    messages.success(request, _("This draft is yours. What we know is filled in."))
    return redirect("proposals:proposal_edit", draft.reference, "need")


def _ask_of(user: User, key: str) -> FacultyAsk:
    try:
        found = FacultyAsk.objects.filter(key=uuid.UUID(key), email=user.email.lower())
    except ValueError as error:
        raise Http404 from error
    ask = found.select_related("inquiry__unit", "asked_by").first()
    if ask is None:
        raise Http404
    return ask
