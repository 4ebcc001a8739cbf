"""What stands on the page of one MoU on the desk, and what each of its buttons does."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from microcreds.accounts.requests import SignedInRequest
from microcreds.keys import key_in
from partners.models import Contact, Engagement, Mou, MouClause, MouEntry, MouVersion, PartnerAsk
from partners.mou import CLAUSES
from partners.visibility import mou_page
from proposals.models import Turn
from reviews.admin.panels import Due
from reviews.clocks import business_days_between, campus_day
from reviews.forms.mou import ClausesForm, FactsForm, SignatoriesForm, VersionForm
from reviews.holidays import days_off
from reviews.mou import correcting, moving, record
from reviews.mou.plan import Around, around_of, open_moves, unmet_of, works_on
from reviews.mou.table import MOVES, MouMove, info_of, label_of


def mou_of(pk: int) -> Mou | None:
    """The MoU of this engagement, begun or not; ``None`` where there is no such engagement."""
    loaded = Engagement.objects.select_related(
        "organization", "contact", "named_partner", "proposal", "mou__version"
    ).defer("named_partner__confidential_text")
    engagement = loaded.filter(pk=pk).first()
    if engagement is None:
        return None
    mou = getattr(engagement, "mou", None) or Mou(engagement=engagement, status="")
    mou.engagement = engagement
    return mou


def page_of(request: SignedInRequest, mou: Mou, wrong: forms.Form | None = None) -> dict[str, Any]:
    """All of the page, in a fixed number of statements; ``wrong`` is the form that was refused."""
    around, at = around_of(mou.engagement), timezone.now()
    if not mou._state.adding:
        prefetch_related_objects([mou], "clauses", "signatories")
    entries = list(mou.entries.select_related("by", "contact", "version", "evidence", "undoes"))
    versions = list(mou.versions.select_related("file", "by", "contact"))
    may_work = works_on(request.user, around)
    newest = entries[0] if entries else None
    can_undo = newest is not None and not moving.why_not_undo(newest, request.user, at)
    blank = _forms(mou) if may_work and not mou._state.adding else {}
    return {
        **_head_of(mou, around),
        "title": _("Memorandum with %(who)s") % {"who": mou.engagement.organization},
        "moves": _buttons(mou, request, around),
        "undo": newest if can_undo and may_work else None,
        "can_correct": not can_undo and not correcting.refusal_of(mou, request.user, around),
        "newest": newest,
        "entries": entries,
        "versions": versions,
        "asks": list(
            PartnerAsk.objects.filter(
                engagement=mou.engagement, kind=PartnerAsk.Kind.MOU
            ).select_related("contact", "on_behalf__by")
        ),
        "page": mou_page(mou, [each for each in versions if each.is_for_partner]),
        "signatories": list(mou.signatories.all()),
        "clauses": [] if mou._state.adding else _clauses_of(mou),
        "is_signed": mou.status in Mou.SIGNED_ONCE,
        "may_work": may_work,
        "is_begun": not mou._state.adding,
        "forms": blank | ({wrong.prefix: wrong} if wrong and wrong.prefix else {}),
        "wrong": wrong,
    }


def _head_of(mou: Mou, around: Around) -> dict[str, Any]:
    """Where it stands, whose turn it is, since when and until when."""
    info, days = info_of(mou), days_off()
    today = campus_day(timezone.now())
    since = campus_day(mou.status_since) if mou.status_since else today
    return {
        "mou": mou,
        "engagement": mou.engagement,
        "proposal": around.proposal,
        "status": label_of(mou),
        "info": info,
        "turn": "" if info.turn == Turn.NOBODY else info.turn.label,
        "waited": business_days_between(since, today, days),
        "due": Due.of(mou.due_on, days),
        "contacts": around.contacts,
    }


def _clauses_of(mou: Mou) -> list[dict[str, Any]]:
    """Every head of the list, and how far it is."""
    standing = {each.head: each for each in mou.clauses.all()}
    blank = MouClause(state=MouClause.State.OPEN)
    return [
        {"label": label, "state": each.get_state_display(), "words": each.words}
        for label, each in ((label, standing.get(head, blank)) for head, label in CLAUSES.items())
    ]


def _buttons(mou: Mou, request: SignedInRequest, around: Around) -> list[dict[str, Any]]:
    at = timezone.now()
    return [
        {"key": move, "info": MOVES[move], "unmet": unmet_of(mou, move, at)}
        for move in open_moves(mou, request.user, around)
    ]


def contacts_for(mou: Mou) -> list[Contact]:
    """Whom staff may have heard: the contacts of its organization, the named one first."""
    known = list(mou.engagement.organization.contacts.order_by("name"))
    named = mou.engagement.contact
    return [named, *(each for each in known if each != named)] if named else known


def press(request: SignedInRequest, mou: Mou) -> tuple[forms.Form | None, str]:
    """Does what the button says: the refused form, or what was done, in words."""
    action = request.POST.get("action", "")
    if not works_on(request.user, around_of(mou.engagement)):
        raise Http404
    if action not in _DONE:
        return _press_plain(request, mou, action)
    form = _form(action, mou, request.POST, request.FILES)
    if form.is_valid():
        try:
            return None, _DONE[action](request, mou, form)
        except ValidationError as refusal:
            tell(form, refusal)
    return form, ""


def _press_plain(request: SignedInRequest, mou: Mou, action: str) -> tuple[forms.Form | None, str]:
    """A button without anything to type."""
    form = forms.Form({}, prefix="plain")
    try:
        match action:
            case "undo":
                moving.undo(entry=_entry(request, mou), by=request.user)
                return None, _("The move is taken back.")
            case "grant":
                record.grant(
                    version=_version(request, mou),
                    is_for_partner="partner" in request.POST.getlist("open_to"),
                    is_for_proposers="proposers" in request.POST.getlist("open_to"),
                    by=request.user,
                )
                return None, _("Saved: who may have this file.")
        form.add_error(None, _("Choose one of the buttons of this page."))
    except ValidationError as refusal:
        form.add_error(None, refusal)
    return form, ""


def _entry(request: SignedInRequest, mou: Mou) -> MouEntry:
    found = mou.entries.filter(pk=key_in(request.POST.get("entry", ""))).first()
    if found is None:
        raise Http404
    return found


def _version(request: SignedInRequest, mou: Mou) -> MouVersion:
    found = mou.versions.filter(number=key_in(request.POST.get("version", ""))).first()
    if found is None:
        raise Http404
    return found


def _facts(request: SignedInRequest, mou: Mou, form: Any) -> str:
    record.save_facts(engagement=mou.engagement, facts=form.cleaned_data, by=request.user)
    return _("Dates and numbers are saved.")


def _clauses(request: SignedInRequest, mou: Mou, form: Any) -> str:
    record.save_clauses(engagement=mou.engagement, clauses=form.clauses(), by=request.user)
    return _("The clauses are saved.")


def _signatories(request: SignedInRequest, mou: Mou, form: Any) -> str:
    record.save_signatories(
        engagement=mou.engagement, signatories=form.signatories(), by=request.user
    )
    return _("The signatories are saved.")


def _add(request: SignedInRequest, mou: Mou, form: Any) -> str:
    version = record.add_version(engagement=mou.engagement, by=request.user, **form.cleaned_data)
    return _("Version %(n)d is added.") % {"n": version.number}


_DONE: dict[str, Callable[[SignedInRequest, Mou, Any], str]] = {
    "facts": _facts,
    "clauses": _clauses,
    "signatories": _signatories,
    "version": _add,
}


def _form(action: str, mou: Mou, *posted: Any) -> Any:
    match action:
        case "facts":
            return FactsForm(*posted, prefix=action, mou=mou)
        case "clauses":
            return ClausesForm(*posted, prefix=action, clauses=list(mou.clauses.all()))
        case "signatories":
            rows = list(mou.signatories.all())
            return SignatoriesForm(*posted, prefix=action, signatories=rows)
    return VersionForm(*posted, prefix=action, mou=mou)


def _forms(mou: Mou) -> dict[str, Any]:
    """Each form of the page, as its record stands."""
    return {action: _form(action, mou) for action in _DONE}


def tell(form: forms.Form, refusal: ValidationError) -> None:
    """Beside the input where there is one; above them all otherwise."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, wrong in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, wrong)


def move_of(key: str) -> MouMove:
    """The move of this name; a 404 where there is none."""
    if key not in MouMove.values:
        raise Http404
    return MouMove(key)
