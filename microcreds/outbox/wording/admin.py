"""What mails say, in the admin: all texts, one with its preview, its versions."""

from typing import Any

from django.contrib import admin, messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.accounts.requests import SignedInRequest
from microcreds.admin_records import NeverDeleted
from microcreds.outbox import html
from microcreds.outbox.models import MailText, Message
from microcreds.outbox.wording import in_force, occasions, texts
from microcreds.outbox.wording.forms import TextForm
from microcreds.outbox.wording.mail import READERS, Wording
from microcreds.outbox.wording.table import WORDINGS
from microcreds.outbox.wording.trying import Look, look_of
from microcreds.outbox.wording.versions import versions_of
from proposals.revisions import words_between

LIST = "admin:outbox_mailtext_changelist"
# For so long the HTML of a preview can be opened, by whoever made it.
PREVIEW_SECONDS = 3600
# A mail has its style in it; nothing else of it may load, run or be pressed.
PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)


class MailTextAdmin(NeverDeleted):
    """The lead writes what mails say; everybody else of the desk reads it."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every text, by reader, and by whom it was changed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        in_force.refresh()
        newest = texts.newest_by_key()
        groups = [
            (name, [_row(each, newest) for each in WORDINGS.values() if each.reader == reader])
            for reader, name in READERS.items()
        ]
        return _show(request, "list", {"title": _("What mails say"), "groups": groups})

    def text_view(self, request: SignedInRequest, key: str) -> HttpResponse:
        """One text: GET shows it as its mails look, POST tries what was typed, or keeps it."""
        wording = self._wording(request, key)
        may_write = self.has_change_permission(request)
        if request.method == "POST":
            if not may_write:
                raise PermissionDenied
            return _write(request, wording)
        return _read(request, wording, may_write=may_write)

    def html_view(self, request: SignedInRequest, key: str) -> HttpResponse:
        """The HTML part of a preview, alone, for a frame of the text's page."""
        wording = self._wording(request, key)
        if "typed" in request.GET:
            kept = cache.get(_kept_as(request, wording))
        else:
            kept = _parts(_look_of_now(request, wording)[0])
        if not kept:
            raise Http404
        response = HttpResponse(html.as_html(*kept))
        response["Content-Security-Policy"] = PREVIEW_POLICY
        return response

    def versions_view(self, request: SignedInRequest, key: str) -> HttpResponse:
        """What the text said before, each version beside another; POST brings one back."""
        wording = self._wording(request, key)
        may_write = self.has_change_permission(request)
        if request.method == "POST":
            if not may_write:
                raise PermissionDenied
            return _bring_back(request, wording)
        by_program = request.GET.get("against") == "program"
        context = {
            "title": _("Versions: %(mail)s") % {"mail": wording.title},
            "wording": wording,
            "readers": READERS[wording.reader],
            "versions": [
                (each, words_between(*each.subjects), words_between(*each.bodies))
                for each in versions_of(wording, by_program=by_program)
            ],
            "by_program": by_program,
            "may_write": may_write,
        }
        return _show(request, "versions", context)

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        both = require_http_methods(["GET", "HEAD", "POST"])
        name = "outbox_mailtext"
        return [
            path("", guarded(self.changelist_view), name=f"{name}_changelist"),
            path("<str:key>/change/", guarded(both(self.text_view)), name=f"{name}_change"),
            path(
                "<str:key>/html/",
                xframe_options_sameorigin(guarded(require_safe(self.html_view))),
                name=f"{name}_html",
            ),
            path("<str:key>/versions/", guarded(both(self.versions_view)), name=f"{name}_versions"),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def _wording(self, request: HttpRequest, key: str) -> Wording:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if key not in WORDINGS:
            raise Http404
        return WORDINGS[key]


def _row(wording: Wording, newest: Any) -> dict[str, Any]:
    text = newest.get(wording.key)
    is_changed = bool(text and text.subject)
    return {
        "wording": wording,
        "text": text,
        "is_changed": is_changed,
        "is_unfit": is_changed and not in_force.is_changed(wording),
        "subject": texts.words_of(wording, text)[0],
    }


def _read(request: SignedInRequest, wording: Wording, *, may_write: bool) -> HttpResponse:
    newest = texts.history_of(wording).first()
    look, problem = _look_of_now(request, wording)
    subject, body = texts.words_of(wording, newest)
    asked = request.GET.get("proposal", "")[:40]
    initial = {"subject": subject, "body": body, "proposal": asked}
    form = TextForm(initial=initial | {"seen": newest.number if newest else 0})
    return _page(request, wording, form, look, may_write=may_write, newest=newest, problem=problem)


def _write(request: SignedInRequest, wording: Wording) -> HttpResponse:
    form, look = TextForm(request.POST), None
    if form.is_valid():
        typed = form.cleaned_data
        try:
            source = texts.tried(wording, typed["subject"], typed["body"], by=request.user)
            look = look_of(wording, source, _chosen(request, wording, typed["proposal"]))
            if "save" in request.POST:
                words = {name: typed[name] for name in ("subject", "body", "why", "seen")}
                texts.save_text(wording=wording, by=request.user, **words)
                said = _("Mails say this from now on: %(mail)s.") % {"mail": wording.title}
                messages.success(request, said)
                return redirect(LIST)
            if "test" in request.POST:
                test = texts.send_test(look=look, wording=wording, to=request.user)
                if test.state == Message.State.SUPPRESSED:
                    messages.warning(request, test.error)
                else:
                    said = _("A test is on its way to %(to)s.") % {"to": test.to}
                    messages.success(request, said)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    if look:
        cache.set(_kept_as(request, wording), _parts(look), PREVIEW_SECONDS)
    return _page(request, wording, form, look, status=422 if form.errors else 200)


def _page(
    request: SignedInRequest,
    wording: Wording,
    form: TextForm,
    look: Look | None,
    *,
    may_write: bool = True,
    newest: MailText | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    is_typed = request.method == "POST"
    if is_typed:
        newest = texts.history_of(wording).first()
    query = {"typed": "1"} if is_typed else {"proposal": look.occasion.reference if look else ""}
    frame = reverse("admin:outbox_mailtext_html", args=[wording.key])
    context = {
        "title": wording.title,
        "wording": wording,
        "readers": READERS[wording.reader],
        "variables": wording.variables.values(),
        "form": form,
        "look": look,
        "frame": f"{frame}?{urlencode(query)}",
        "is_typed": is_typed,
        "may_write": may_write,
        "newest": newest,
        "is_changed": bool(newest and newest.subject),
        "problem": problem,
        "proposals": occasions.real_ones(wording, request.user),
    }
    return _show(request, "text", context, status)


def _bring_back(request: SignedInRequest, wording: Wording) -> HttpResponse:
    named = request.POST.get("back", "")
    if not (named.isascii() and named.isdigit() and len(named) < 7):
        raise Http404
    try:
        texts.bring_back(wording=wording, number=int(named), by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        said = _("Mails say this from now on: %(mail)s.") % {"mail": wording.title}
        messages.success(request, said)
    return redirect("admin:outbox_mailtext_versions", wording.key)


def _look_of_now(request: SignedInRequest, wording: Wording) -> tuple[Look, str]:
    """The mail as it is now, for the proposal that the address names; why there is none."""
    in_force.refresh()
    reference, problem = request.GET.get("proposal", ""), ""
    try:
        occasion = occasions.chosen(wording, request.user, reference)
    except ValidationError as refusal:
        problem = " ".join(refusal.messages)
        occasion = occasions.chosen(wording, request.user, "")
    return look_of(wording, in_force.source_of(wording), occasion), problem


def _chosen(request: SignedInRequest, wording: Wording, reference: str) -> occasions.Occasion:
    try:
        return occasions.chosen(wording, request.user, reference)
    except ValidationError as refusal:
        raise ValidationError({"proposal": refusal.messages}) from None


def _parts(look: Look) -> tuple[str, str]:
    return look.subject, look.body


def _kept_as(request: SignedInRequest, wording: Wording) -> str:
    return f"mail-text:{request.user.pk}:{wording.key}"


def _show(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {**admin.site.each_context(request), **context}
    return render(request, f"admin/outbox/mailtext/{template}.html", context, status=status)
