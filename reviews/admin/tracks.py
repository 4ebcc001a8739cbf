"""What runs beside the stages of a proposal, as far as the tool holds a record of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from proposals.models import Stage
from reviews.mou.beside import Standing
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
    url: str = ""


def tracks_of(proposal: Any, page: Mapping[str, Any]) -> list[Track]:
    """The consultation, by its stage, talks and to-dos; the partners, by what is open to them; the
    memorandum with each, by its status."""
    return [_consultation(proposal, page), _partners(page, asked_words(proposal)), *_mous(page)]


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
    left = sum(row.engagement.ended_at is not None for row in rows)
    if not rows:
        state = (_("None named"), "circle-dashed", "neutral")
    elif left:
        state = (_("Partner left"), "log-out", "warning")
    elif following:
        state = (_("Following"), "circle-dot", "info")
    else:
        state = (_("Named"), "circle-dashed", "neutral")
    named = ngettext("%(n)d organization", "%(n)d organizations", len(rows)) % {"n": len(rows)}
    told = _("%(n)d can follow it") % {"n": following}
    words = " · ".join([named, told, *asked]) if rows else ""
    return Track(_("Partners"), *state, words, "partners")


def _mous(page: Mapping[str, Any]) -> list[Track]:
    """The memorandum with each partner that stands in the form: where it stands, who has it."""
    return [
        Track(
            _("Memorandum with %(who)s") % {"who": each.organization},
            each.label,
            each.info.icon,
            each.info.tone,
            _mou_words(each),
            "",
            reverse("admin:partners_mou_change", args=[each.engagement]),
        )
        for each in page["mous"]
    ]


def _mou_words(mou: Standing) -> str:
    turn = _("with: %(who)s") % {"who": mou.turn} if mou.turn and mou.status else ""
    since = _("since %(day)s") % {"day": _day(mou.since)} if mou.since else ""
    ends = _("ends %(day)s") % {"day": _day(mou.end_on)} if mou.end_on else ""
    return " · ".join(filter(None, (turn, since, ends)))


def _day(value: date | datetime) -> str:
    day = timezone.localtime(value) if isinstance(value, datetime) else value
    return date_format(day, "D j M Y")
