"""What runs beside the stages of a proposal, as far as the tool holds a record of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from proposals.models import Stage
from reviews.outside.reading import asked_words, next_meeting
from reviews.workflow import in_force


@dataclass(frozen=True)
class Track:
    """One of them: how it stands in icon and word, what is known, and where it is on the page."""

    name: str
    state: str
    icon: str
    tone: str
    words: str
    anchor: str


def tracks_of(proposal: Any, page: Mapping[str, Any]) -> list[Track]:
    """The consultation, by its stage, talks and to-dos; the partners, by what is open to them."""
    return [_consultation(proposal, page), _partners(page, asked_words(proposal))]


def _consultation(proposal: Any, page: Mapping[str, Any]) -> Track:
    moves = in_force(page["changes"])
    has_begun = any(Stage.CONSULTATION in (move.from_stage, move.to_stage) for move in moves)
    talks = sum(not talk.is_struck for talk in page["talks"])
    todos = len(page["todos"]) + bool(page["next_step"])
    if proposal.stage == Stage.CONSULTATION:
        state = (_("Under way"), "circle-dot", "info")
    elif has_begun:
        state = (_("Held"), "circle-check", "success")
    else:
        state = (_("Not begun"), "circle-dashed", "neutral")
    words = [
        ngettext("%(n)d talk noted", "%(n)d talks noted", talks) % {"n": talks},
        ngettext("%(n)d thing to do", "%(n)d things to do", todos) % {"n": todos},
    ]
    if meeting := next_meeting(proposal, timezone.now()):
        words.append(meeting)
    return Track(_("Consultation"), *state, " · ".join(words), "talks")


def _partners(page: Mapping[str, Any], asked: list[str]) -> Track:
    rows = page["engagements"]
    following = sum(bool(row.shares) for row in rows)
    if not rows:
        state = (_("None named"), "circle-dashed", "neutral")
    elif following:
        state = (_("Following"), "circle-dot", "info")
    else:
        state = (_("Named"), "circle-dashed", "neutral")
    named = ngettext("%(n)d organization", "%(n)d organizations", len(rows)) % {"n": len(rows)}
    told = _("%(n)d can follow it") % {"n": following}
    words = " · ".join([named, told, *asked]) if rows else ""
    return Track(_("Partners"), *state, words, "partners")
