"""What is asked of a partner, a page for each: questions to answer, times to pick from."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partners import asks, questions, services
from partners.forms import AnswersForm, DeclineForm, TimeForm, time_words
from partners.models import Engagement, PartnerAsk
from partners.views.session import nothing_here, session_link
from partners.views.typed import bring_back, partner_form
from partners.visibility import ask_page
from reviews.outside import answering

Kind = PartnerAsk.Kind


@partner_form
@require_http_methods(["GET", "HEAD", "POST"])
def questions_page(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Questions: what was answered is kept with each save, and stands once it is sent."""
    asked = _opened(request, ref, pk, Kind.QUESTIONS)
    if asked is None:
        return nothing_here(request)
    put = list(asked.questions.select_related("attachment"))
    page = ask_page(asked, [(each.words, each.answer) for each in put if each.is_answered])
    context: dict[str, Any] = {"page": page, "form": AnswersForm(questions=put)}
    context["decline"] = DeclineForm(prefix="decline")
    if request.method != "POST":
        bring_back(request, context["form"], context["decline"])
        return render(request, "partners/questions.html", context)
    if request.POST.get("action") == "decline":
        return _declined(request, asked, context, "partners/questions.html")
    form = context["form"] = AnswersForm(request.POST, request.FILES, questions=put)
    is_sent = request.POST.get("action") == "send"
    is_whole = form.is_valid()
    do: Callable[..., Any] = questions.save_answers
    if is_whole and is_sent:
        do = answering.send_answers
    # What could be read is kept also where something else could not: nothing is typed twice.
    if _refused(form, lambda: do(asked=asked, answers=form.given())) or not is_whole:
        return render(request, "partners/questions.html", context, status=422)
    if is_sent:
        messages.success(request, _("Thank you. Your answers are with us."))
        return redirect("partners:engagement_detail", ref)
    messages.success(request, _("Saved. Nobody reads it until you send it."))
    return redirect("partners:questions", ref, pk)


@partner_form
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_time(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Times that are offered: one is picked, or none suits."""
    asked = _opened(request, ref, pk, Kind.MEETING)
    if asked is None:
        return nothing_here(request)
    times = list(asked.times.all())
    form = TimeForm(request.POST if request.method == "POST" else None, times=times)
    picked = next((time_words(each) for each in times if each.is_picked), "")
    bring_back(request, form)
    context = {"page": ask_page(asked, picked=picked), "form": form}
    if form.is_valid():
        words, chosen = form.cleaned_data["words"], form.cleaned_data["time"]
        if chosen == TimeForm.NONE:
            refused = _refused(form, lambda: answering.decline(asked=asked, words=words))
        else:
            time = form.times[chosen]
            refused = _refused(form, lambda: answering.pick_time(asked=asked, time=time))
        if not refused:
            messages.success(request, _("Thank you. We know now, and it is on this page."))
            return redirect("partners:engagement_detail", ref)
    status = 422 if form.is_bound else 200
    return render(request, "partners/meeting_time.html", context, status=status)


def _opened(request: HttpRequest, ref: str, pk: int, kind: PartnerAsk.Kind) -> PartnerAsk | None:
    """What is asked of whoever came by a link, under this reference; noted that they saw it."""
    personal = session_link(request)
    if personal is None:
        return None
    shared = Engagement.objects.shared_with(personal.contact).filter(proposal__reference=ref)
    found = PartnerAsk.objects.filter(
        pk=pk, contact=personal.contact, kind=kind, engagement__in=shared
    ).select_related(
        "engagement__proposal__unit",
        "engagement__proposal__assignee",
        "engagement__organization",
        "asked_by",
        "contact",
    )
    asked = found.exclude(state=PartnerAsk.State.TAKEN_BACK).first()
    if asked:
        services.note_access(link=personal, engagement=asked.engagement)
        if asked.state == PartnerAsk.State.REQUESTED:
            asks.note_opened(asked=asked)
    return asked


def _declined(
    request: HttpRequest, asked: PartnerAsk, context: dict[str, Any], template: str
) -> HttpResponse:
    form = context["decline"] = DeclineForm(request.POST, prefix="decline")
    if form.is_valid():
        words = form.cleaned_data["words"]
        if not _refused(form, lambda: answering.decline(asked=asked, words=words)):
            messages.success(request, _("Thank you for telling us."))
            return redirect("partners:engagement_detail", asked.engagement.proposal.reference)
    return render(request, template, context, status=422)


def _refused(form: forms.Form, do: Callable[[], Any]) -> bool:
    """Whether the service refused; its words stand on the form then."""
    try:
        do()
    except ValidationError as refusal:
        if hasattr(refusal, "error_dict") and not set(refusal.error_dict) <= set(form.fields):
            form.add_error(None, refusal.messages)
        else:
            form.add_error(None, refusal)
        return True
    return False
