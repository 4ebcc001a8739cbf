"""What a partner writes to eLearning, whom they name in their place, and their own history."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partners.forms import ColleagueForm, ReplyForm
from partners.history import history_of
from partners.models import NamedColleague
from partners.views.session import nothing_here, partner_page, session_link, shared_as
from partners.views.typed import bring_back, partner_form
from partners.visibility import colleagues_shown
from reviews.outside import colleagues, talk


@partner_form
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, ref: str) -> HttpResponse:
    """A message to eLearning, for this partner's own thread."""
    personal = session_link(request)
    engagement = shared_as(personal.contact if personal else None, ref)
    if personal is None or engagement is None:
        return nothing_here(request)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            talk.write_as_contact(
                engagement=engagement,
                contact=personal.contact,
                body=form.cleaned_data["body"],
                key=request.POST.get("key", "")[:64],
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Your message is with eLearning."))
            return redirect("partners:engagement_detail", ref)
    bring_back(request, form)
    context: dict[str, Any] = {"form": form, "reference": ref}
    context["title"] = engagement.proposal.working_title
    return render(request, "partners/write.html", context, status=422 if form.is_bound else 200)


@partner_form
@require_http_methods(["GET", "HEAD", "POST"])
def colleague(request: HttpRequest, ref: str) -> HttpResponse:
    """Somebody else is the right person; nothing is sent to them before eLearning approves it."""
    personal = session_link(request)
    engagement = shared_as(personal.contact if personal else None, ref)
    if personal is None or engagement is None:
        return nothing_here(request)
    form = ColleagueForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            colleagues.name_colleague(
                engagement=engagement, contact=personal.contact, **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Thank you. eLearning looks at it before they write."))
            return redirect("partners:colleague", ref)
    bring_back(request, form)
    named = NamedColleague.objects.filter(engagement=engagement, named_by=personal.contact)
    context = {"form": form, "reference": ref, "title": engagement.proposal.working_title}
    context["named"] = colleagues_shown(named)
    context["is_waiting"] = colleagues.is_waiting(engagement)
    return render(request, "partners/colleague.html", context, status=422 if form.is_bound else 200)


@partner_page
@require_safe
def history(request: HttpRequest, ref: str) -> HttpResponse:
    """What they sent us about this idea, and what we sent them, newest first."""
    personal = session_link(request)
    engagement = shared_as(personal.contact if personal else None, ref)
    if personal is None or engagement is None:
        return nothing_here(request)
    context = {
        "lines": history_of(engagement, personal.contact),
        "reference": ref,
        "title": engagement.proposal.working_title,
    }
    return render(request, "partners/history.html", context)
