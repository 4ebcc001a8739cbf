"""The page of one organization's part in a proposal: its facts, and what staff put right of it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.requests import SignedInRequest
from partners import correcting, leaving
from partners.directory import Candidate, candidates
from partners.models import Engagement, Share
from proposals import interest
from reviews import permits
from reviews.admin import panels
from reviews.admin.pages import found, show
from reviews.forms.engagement import NEW, ContactForm, EndForm, NoteForm, OrganizationForm

LONGEST_LOOKED_FOR = 160
_WORDS = {column.key: column for column in interest.QUESTIONS["partners"].columns}


@require_http_methods(["GET", "HEAD", "POST"])
def engagement(request: SignedInRequest, pk: int, part: int) -> HttpResponse:
    """GET shows its facts and history; each button of it is one service."""
    item = found(request, pk)
    if not panels.Reader(request.user).sees_desk:
        raise Http404
    row = _engagement(item.pk, part)
    involved = permits.parties_in(item).involved(request.user)
    may_work = permits.may_work_on(request.user, item, involved=involved)
    wrong = None
    if request.method == "POST":
        if not may_work:
            raise Http404
        wrong, done = _press(request, row)
        if done:
            messages.success(request, done)
            return redirect(request.get_full_path())
    context = {**panels.head_of(item), **_page_of(request, row, wrong), "may_work": may_work}
    return show(request, "engagement", context, status=422 if wrong else 200)


def _engagement(proposal: int, part: int) -> Engagement:
    rows = Engagement.objects.select_related(
        "organization", "contact", "named_partner", "ended_by"
    ).defer("named_partner__confidential_text")
    return get_object_or_404(rows, pk=part, proposal=proposal)


def _page_of(request: SignedInRequest, row: Engagement, wrong: forms.Form | None) -> dict[str, Any]:
    """All of the page, in a fixed number of statements; ``wrong`` is the form that was refused."""
    entries = list(row.entries.select_related("by"))
    blank = {
        action: form(prefix=action, engagement=row, **_offered(action, request, row))
        for action, form in FORMS.items()
    }
    return {
        "title": str(row.organization),
        "part": row,
        "facts": _facts(row),
        "entries": entries,
        "is_corrected": any(entry.kind == entry.Kind.ORGANIZATION for entry in entries),
        "shares": list(Share.objects.current().filter(engagement=row).select_related("contact")),
        "forms": blank | ({wrong.prefix: wrong} if wrong and wrong.prefix else {}),
        "wrong": wrong,
        "look_for": _look_for(request),
    }


def _facts(row: Engagement) -> list[tuple[str, str]]:
    """What the form says of it, in the form's own words; what was not said is left out."""
    named = row.named_partner
    said = [
        (_("Named as"), ", ".join(filter(None, (named.org_name, named.place)))),
        (_("How firm"), _WORDS["stage"].label_of(named.stage)),
        (_("Who spoke first"), _WORDS["who_approached"].label_of(named.who_approached)),
        (_("First contact"), f"{named.first_contact:%Y-%m-%d}" if named.first_contact else ""),
        (
            _("What they will do"),
            ", ".join(_WORDS["will_do"].label_of(each) for each in named.will_do),
        ),
        (_("Learners"), str(named.learners or "")),
        (
            _("Contact, as named"),
            ", ".join(filter(None, (named.contact_name, named.contact_email))),
        ),
        (_("May follow progress"), _WORDS["share_status"].label_of(named.share_status)),
        (_("Taken out of the form"), f"{named.dropped_at:%Y-%m-%d}" if named.dropped_at else ""),
    ]
    return [(label, value) for label, value in said if value]


def _offered(action: str, request: SignedInRequest, row: Engagement) -> dict[str, Any]:
    """What a form offers to choose from."""
    match action:
        case "organization":
            return {"candidates": _candidates(request, row)}
        case "contact":
            people = {row.contact.pk: row.contact} if row.contact else {}
            known = row.organization.contacts.order_by("name", "pk")
            return {"contacts": list((people | {each.pk: each for each in known}).values())}
    return {}


def _candidates(request: SignedInRequest, row: Engagement) -> list[Candidate]:
    """What may be its organization; by another name where staff look for that."""
    named = row.named_partner
    if look_for := _look_for(request):
        return candidates(name=look_for, without=row.organization_id)
    return candidates(
        name=named.org_name,
        website=named.website,
        email=named.contact_email,
        without=row.organization_id,
    )


def _look_for(request: SignedInRequest) -> str:
    return request.GET.get("name", "")[:LONGEST_LOOKED_FOR].strip()


def _press(request: SignedInRequest, row: Engagement) -> tuple[forms.Form | None, str]:
    """Does what the button says: the refused form, or what was done, in words."""
    action = request.POST.get("action", "")
    form: Any = forms.Form({}, prefix="plain")
    if action in FORMS:
        offered = _offered(action, request, row)
        form = FORMS[action](request.POST, prefix=action, engagement=row, **offered)
    try:
        if action == "reopen":
            leaving.reopen_engagement(engagement=row, by=request.user)
            return None, _("They take part again.")
        if action not in FORMS:
            raise ValidationError(_("Choose one of the buttons of this page."))
        if form.is_valid():
            return None, _DONE[action](request, row, form)
    except ValidationError as refusal:
        _tell(form, refusal)
        if action == "note":  # whoever has read what it says now may save over it
            form.data = form.data.copy()
            form.data["note-seen"] = row.staff_note
    return form, ""


def _organization(request: SignedInRequest, row: Engagement, form: OrganizationForm) -> str:
    given: dict[str, Any] = {
        "engagement": row,
        "by": request.user,
        "is_another_name": form.cleaned_data["is_another_name"],
    }
    if form.chosen:
        row = correcting.correct_organization(organization=form.chosen, **given)
    else:
        new = {key: form.cleaned_data[key] for key in ("name", "place")}
        row = correcting.correct_to_new_organization(**new, **given)
    return _("It is %(organization)s.") % {"organization": row.organization}


def _contact(request: SignedInRequest, row: Engagement, form: ContactForm) -> str:
    given: dict[str, Any] = {"engagement": row, "by": request.user}
    if form.cleaned_data["contact"] == NEW:
        new = {key: form.cleaned_data[key] for key in ("name", "email", "title", "phone")}
        row = correcting.correct_to_new_contact(**new, **given)
    else:
        row = correcting.correct_contact(contact=form.chosen, **given)
    if row.contact is None:
        return _("It has no contact now.")
    return _("Its contact is %(who)s now.") % {"who": row.contact.name}


def _note(request: SignedInRequest, row: Engagement, form: NoteForm) -> str:
    correcting.write_note(engagement=row, by=request.user, **form.cleaned_data)
    return _("The note is saved.")


def _end(request: SignedInRequest, row: Engagement, form: EndForm) -> str:
    leaving.end_engagement(engagement=row, by=request.user, **form.cleaned_data)
    return _("It is on record that they left; a mail tells whoever owns the proposal.")


FORMS: dict[str, Callable[..., forms.Form]] = {
    "organization": OrganizationForm,
    "contact": ContactForm,
    "note": NoteForm,
    "end": EndForm,
}
_DONE: dict[str, Callable[[SignedInRequest, Engagement, Any], str]] = {
    "organization": _organization,
    "contact": _contact,
    "note": _note,
    "end": _end,
}


def _tell(form: forms.Form, refusal: ValidationError) -> None:
    """Beside the input where there is one; above them all otherwise."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, wrong in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, wrong)
