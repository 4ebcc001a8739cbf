"""Endorsements of a proposal as its proposers meet them, whom they asked and what was signed; what
counts of it is read by committee and deans, too."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods, require_safe

from microcreds.accounts.requests import SignedInRequest
from partners import endorsement_asks, endorsements
from partners.endorsements import AskedRow
from partners.models import Endorsement, PartnerAsk
from partners.visibility import signed_as_read
from proposals.downloads import download_of
from proposals.models import Proposal
from proposals.services.files import may_open
from proposals.views.readers import audience_of, is_editor
from proposals.visibility import Audience

PAGE = "proposals:proposal_endorsements"


class _Own:
    """A proposal of theirs, which was sent; to anybody else it does not exist."""

    READERS: tuple[Audience, ...] = (Audience.PROPOSER,)

    def __init__(self, request: SignedInRequest, ref: str) -> None:
        sent = Proposal.objects.visible_to(request.user).filter(submitted_at__isnull=False)
        self.proposal: Any = get_object_or_404(sent, reference=ref)
        self.user = request.user
        self.audience = audience_of(self.user, self.proposal, self._participants)
        if self.audience not in self.READERS:
            raise Http404

    @cached_property
    def _participants(self) -> list[Any]:
        return list(self.proposal.participants.all())

    @property
    def may_ask(self) -> bool:
        return is_editor(self.user, self.proposal, self._participants)


class _Read(_Own):
    """The same, for committee and deans, too: without the private remarks, as nobody here reads
    them (design.md §3.1)."""

    READERS = (Audience.PROPOSER, Audience.REVIEWER)

    @property
    def is_proposer(self) -> bool:
        return self.audience == Audience.PROPOSER

    def signed(self, ask: int) -> Endorsement:
        """What this contact signed; for committee and deans, while it counts."""
        found = Endorsement.objects.of(self.proposal)
        loaded = (found if self.is_proposer else found.counting()).select_related(
            "asked__engagement__organization",
            "asked__on_behalf__by",
            "revision",
            "letter__proposal",
        )
        return get_object_or_404(loaded, asked__pk=ask)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_endorsements(request: SignedInRequest, ref: str) -> HttpResponse:
    """Who was asked and where each stands; whoever may edit asks, gives more time, takes back."""
    own = _Own(request, ref)
    acted = endorsement_asks.Acted()
    if request.method == "POST":
        if not own.may_ask:
            raise Http404
        acted = endorsement_asks.act(request.POST, proposal=own.proposal, by=request.user)
        if acted.words:
            messages.success(request, acted.words)
            return redirect(PAGE, ref)
    context = {
        "proposal": own.proposal,
        "rows": endorsement_asks.rows_of(own.proposal, _url_of(ref)),
        "form": acted.form or (endorsement_asks.form_for(own.proposal) if own.may_ask else None),
        "refusals": acted.refusals,
        "may_ask": own.may_ask,
    }
    status = 422 if acted.form or acted.refusals else 200
    return render(request, "proposals/proposal_endorsements.html", context, status=status)


@require_safe
def proposal_endorsement(request: SignedInRequest, ref: str, ask: int) -> HttpResponse:
    """One endorsement, without the private remarks."""
    read = _Read(request, ref)
    signed = read.signed(ask)
    now = endorsements.outcomes_in(endorsements.newest_revision(read.proposal).answers)
    context = {
        "proposal": read.proposal,
        "is_proposer": read.is_proposer,
        "ask": ask,
        "signed": signed_as_read(
            signed,
            with_remarks=False,
            to_signer=not read.is_proposer,  # nor why its contact was not told
            is_behind=endorsements.changed_since(signed, now),
        ),
    }
    return render(request, "proposals/proposal_endorsement.html", context)


@require_safe
def endorsement_letter(request: SignedInRequest, ref: str, ask: int) -> HttpResponseBase:
    """The letter that came with it."""
    letter = _Read(request, ref).signed(ask).letter
    if letter is None or not may_open(letter):
        raise Http404
    try:
        return download_of(letter)
    except FileNotFoundError as gone:
        raise Http404 from gone


def endorsers_of(proposal: Any, audience: Audience) -> list[AskedRow]:
    """Who was asked, for its proposers; for committee and deans who endorses it."""
    if audience not in (Audience.PROPOSER, Audience.REVIEWER):
        return []
    rows = [AskedRow.of(row) for row in proposal.endorsements_asked]
    return [row for row in rows if row.counts or audience == Audience.PROPOSER]


def _url_of(ref: str) -> Any:
    def url(asked: PartnerAsk) -> str:
        return reverse("proposals:proposal_endorsement", args=[ref, asked.pk])

    return url
