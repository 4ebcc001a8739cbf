"""The conversations of a proposal: read page by page, written in, changed, marked as read.

Proposers and eLearning use the same addresses. A thread that is not for its reader does not exist.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from microcreds.accounts.models import User
from microcreds.accounts.requests import SignedInRequest
from proposals.forms.conversation import MessageForm
from proposals.models import Comment, Participant, Proposal, Thread
from proposals.services.conversation import mark_read
from proposals.views.from_desk import desk_page
from reviews import threads
from reviews.permits import Parties, parties_of

PANEL_SIZE = 10


@dataclass
class Talk:
    """One thread as its reader opened it; a 404 to whoever may not read it."""

    proposal: Proposal
    kind: Thread.Kind
    request: SignedInRequest

    @property
    def user(self) -> User:
        return self.request.user

    @cached_property
    def parties(self) -> Parties:
        return parties_of([self.proposal.pk])[self.proposal.pk]

    @cached_property
    def access(self) -> threads.Access:
        return threads.access_to(self.proposal, self.user, self.parties)

    @cached_property
    def people(self) -> list[User]:
        """Whom its reader may notify by name."""
        if not self.access.may_write(self.kind):
            return []
        return threads.readers_of(self.proposal, self.kind, self.user, self.parties)

    @property
    def home(self) -> str:
        """The page of the proposal that this reader works on: their own, or the desk's."""
        if self.access.is_proposer:
            return reverse("proposals:proposal_detail", args=[self.proposal.reference])
        return desk_page(self.request, self.proposal)

    @property
    def address(self) -> str:
        return reverse("proposals:conversation", args=[self.proposal.reference, self.kind])


def panel_for(
    user: User, proposal: Proposal, participants: list[Participant]
) -> threads.Conversation:
    """The newest of the conversation with eLearning, for a proposer's page of the proposal."""
    capacities = [each.capacity for each in participants if each.user_id == user.pk]
    access = threads.access_of(user, proposal, capacities=capacities, is_involved=True)
    [shown] = threads.conversations(proposal, user, access, size=PANEL_SIZE)
    return shown


@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: SignedInRequest, ref: str, kind: str) -> HttpResponse:
    """One thread, 50 messages a page; a POST writes in it, once for each form that was shown."""
    talk = _open(request, ref, kind)
    if request.method != "POST":
        return _show(request, talk, MessageForm(people=talk.people))
    if not talk.access.may_write(talk.kind):
        return _show(request, talk, MessageForm(), status=409)
    form = MessageForm(request.POST, people=talk.people)
    status = 422
    if form.is_valid():
        try:
            comment = threads.write(
                proposal=talk.proposal,
                kind=talk.kind,
                by=request.user,
                body=form.cleaned_data["body"],
                key=request.POST.get("key", "")[:64],
                seen=_number(request.POST.get("seen", "")),
                notify=form.notified,
                uploads=request.FILES.getlist("attachments"),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
            status = 422 if form.has_error("body") else 409
        else:
            messages.success(request, _SENT[talk.kind]())
            here = talk.address if "stay" in request.POST else talk.home
            return redirect(f"{here}#message-{comment.pk}")
    return _show(request, talk, form, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def message_edit(request: SignedInRequest, ref: str, message: int) -> HttpResponse:
    """The author says it better; what the message said before stays to be read."""
    comment = _message(ref, message)
    talk = _open(request, ref, comment.thread.kind)
    if comment.author_id != request.user.pk or not talk.access.may_write(talk.kind):
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form = MessageForm(posted, initial={"body": comment.body})
    status = 200
    if form.is_valid():
        try:
            threads.edit(
                proposal=talk.proposal,
                comment=comment,
                by=request.user,
                body=form.cleaned_data["body"],
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Changed. What it said before can still be read."))
            return redirect(f"{talk.address}?message={comment.pk}#message-{comment.pk}")
    if form.is_bound:
        status = 422
    context = {"talk": talk, "comment": comment, "form": form}
    return render(request, "proposals/message_edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def conversation_read(request: SignedInRequest, ref: str) -> HttpResponse:
    """The reader has come as far as the message ``upto``: posted by a script once it was on the
    screen, or by a button. A GET of any page marks nothing: it may be a preview nobody looked at.

    A GET comes from the sign-in page, and leads to the proposal.
    """
    if request.method != "POST":
        get_object_or_404(Proposal.objects.visible_to(request.user), reference=ref)
        return redirect("proposals:proposal_detail", ref)
    comment = _message(ref, _number(request.POST.get("upto", "")))
    talk = _open(request, ref, comment.thread.kind)
    mark_read(comment=comment, by=request.user)
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect(talk.home)


_SENT = {
    Thread.Kind.PROPOSERS: lambda: _("Your message is sent."),
    Thread.Kind.INTERNAL: lambda: _("The note is on record."),
}


def _open(request: SignedInRequest, ref: str, kind: str) -> Talk:
    visible = Proposal.objects.visible_to(request.user)
    proposal = get_object_or_404(
        visible.select_related("submitter", "assignee", "unit"), reference=ref
    )
    if kind not in Thread.Kind.values:
        raise Http404
    talk = Talk(proposal, Thread.Kind(kind), request)
    if talk.kind not in talk.access.reads:
        raise Http404
    return talk


def _message(ref: str, number: int | None) -> Comment:
    said = Comment.objects.select_related("thread", "author")
    return get_object_or_404(said, thread__proposal__reference=ref, pk=number)


def _show(
    request: SignedInRequest, talk: Talk, form: MessageForm, *, status: int = 200
) -> HttpResponse:
    shown, page = threads.page_of_thread(
        talk.proposal,
        talk.kind,
        request.user,
        talk.access,
        number=request.GET.get("page", ""),
        around=_number(request.GET.get("message", "")),
    )
    context: dict[str, Any] = {"talk": talk, "conversation": shown, "page": page, "form": form}
    return render(request, "proposals/conversation.html", context, status=status)


def _number(text: str) -> int | None:
    """The id that a page sent; nonsense is none."""
    return int(text) if text.isdecimal() and len(text) < 19 else None
