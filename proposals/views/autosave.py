"""Saving a page of the form while its writer goes on: the same form and service as its Save button,
answered in JSON."""

import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from microcreds.accounts.requests import SignedInRequest
from proposals import services
from proposals.forms.fields import as_posted
from proposals.forms.interest import PageForm
from proposals.forms.posted import answer_at
from proposals.interest import PAGES
from proposals.models import Proposal
from proposals.services import Saved, Typed

WHO_TYPED = "X-Account"


@login_not_required
@require_POST
def proposal_autosave(request: SignedInRequest, ref: str, page: str) -> JsonResponse:
    """The page as it stands in the browser is saved; the answer tells what is not, and why.

    401 where nobody, or somebody else than who typed it, is signed in: nothing is saved then.
    """
    if page not in PAGES:
        raise Http404
    if not request.user.is_authenticated:
        return refused(_("You are signed out. Sign in to go on."), 401)
    if request.headers.get(WHO_TYPED, str(request.user.pk)) != str(request.user.pk):
        return refused(_("Somebody else is signed in now. Sign in as yourself to go on."), 401)
    try:
        posted = _posted(request)
    except (ValueError, RecursionError):  # the latter: brackets in brackets, thousands deep
        return refused(_("This could not be read, so nothing was saved."), 400)
    try:
        form, saved = save_posted(request, ref, page, posted)
    except ValidationError as refusal:
        return refused(refusal.messages[0], 409)
    is_whole = form.is_valid() and not saved.conflicts
    status = 200 if is_whole else 409 if saved.conflicts else 422
    return JsonResponse(_told(form, saved), status=status)


def save_posted(
    request: SignedInRequest,
    ref: str,
    page: str,
    posted: MultiValueDict[str, Any],
    *,
    may_leave: bool = False,
) -> tuple[PageForm, Saved]:
    """The posted page is saved, read by its form under the lock of the proposal; 404 for whoever
    may not write to it. Nobody leaves a proposal by a save they did not press a button for."""
    forms: list[PageForm] = []

    def read(stored: Any) -> Typed:
        forms.append(PageForm(page, answers=stored, data=posted))
        forms[0].is_valid()
        return forms[0].typed

    sent = (name for name in posted if name.startswith("partners-") and name.endswith("-id"))
    row_ids = [posted[name] for name in sent]

    def save(proposals: QuerySet[Proposal]) -> Saved:
        return services.save_typed(
            proposals=proposals.filter(reference=ref),
            page=page,
            read=read,
            row_ids=row_ids,
            by=request.user,
            may_leave=may_leave,
        )

    try:
        # Its owner saves most of the time, and is found by half the statement that finds editors.
        saved = save(Proposal.objects.filter(submitter=request.user))
    except Proposal.DoesNotExist:
        try:
            saved = save(Proposal.objects.editable_by(request.user))
        except Proposal.DoesNotExist:
            raise Http404 from None
    return forms[0], saved


def refused(words: str, status: int) -> JsonResponse:
    """Nothing was saved, and why."""
    return JsonResponse({"refusal": words}, status=status)


def _posted(request: HttpRequest) -> MultiValueDict[str, Any]:
    """The inputs as a form sends them, or the same as a JSON mapping of texts and lists of texts.

    Raises ``ValueError`` for anything else.
    """
    if request.content_type != "application/json":
        return request.POST
    sent = json.loads(request.body)
    if not isinstance(sent, dict):
        raise ValueError("no mapping")
    lists = {name: given if isinstance(given, list) else [given] for name, given in sent.items()}
    return MultiValueDict({name: [_text(each) for each in given] for name, given in lists.items()})


def _text(given: object) -> str:
    if isinstance(given, (dict, list)):
        raise ValueError("no text")
    return "" if given is None else str(given)


def _told(form: PageForm, saved: Saved) -> dict[str, Any]:
    """What the page must know to go on: its version, its rows' ids, what is not saved and why,
    and what others made of it meanwhile."""
    wrong = form.errors_by_path()
    conflicts = [form.shown(conflict) for conflict in saved.conflicts]
    return {
        "version": saved.version,
        "at": date_format(timezone.localtime(), "H:i"),
        "late": saved.is_late,
        "ids": form.row_ids(),
        "errors": [
            {
                "path": path,
                "name": field.html_name,
                "label": str(field.label),
                "html": render_to_string("microcreds/_error.html", {"field": field}),
            }
            for path, field in wrong.items()
        ],
        "problems": [str(error) for rows in form.rows.values() for error in rows.non_form_errors()],
        "conflicts": [
            {
                "path": shown.conflict.path,
                "name": shown.name,
                "who": str(shown.conflict.by),
                "html": render_to_string("proposals/_conflict.html", {"shown": shown}),
            }
            for shown in conflicts
        ],
        "differs": {path: _as_inputs(path, value, form) for path, value in saved.differs.items()}
        | form.joined(),
    }


def _as_inputs(path: str, value: Any, form: PageForm) -> list[str] | None:
    """What the input at this path holds for this answer; ``None`` for a row that is gone."""
    key, _dot, rest = path.partition(".")
    if key == "together" or (rest and "." not in rest):
        return ["on"] if value else None
    question, _stands = answer_at(path, form.answers)
    return as_posted(question, value)
