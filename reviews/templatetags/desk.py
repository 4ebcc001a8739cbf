"""The words and pictures of the tables of stages, moves and mails, for templates."""

from functools import cache

from django import template
from django.template import loader

from microcreds.outbox import links
from microcreds.outbox.fates import LOOKS
from microcreds.outbox.models import Message
from proposals.models import Stage, Turn
from reviews.models import StageChange
from reviews.workflow import MOVES, STAGES, Move, Phase, StageInfo, name_of

register = template.Library()

_BY_TURN = {
    Turn.SUBMITTER: ("warning", "pencil"),
    Turn.UNIVERSITY: ("info", "inbox"),
    Turn.COMMITTEE: ("accent", "users"),
    Turn.DEANS: ("accent", "landmark"),
    Turn.PARTNER: ("warning", "handshake"),
    Turn.NOBODY: ("success", "circle-check"),
}


def _look_of(stage: StageInfo) -> tuple[str, str]:
    if stage.key == Stage.DRAFT:
        return "neutral", "pencil"
    if stage.phase == Phase.ENDED:
        return "neutral", "circle-slash"
    if stage.phase == Phase.PAUSED:
        return "warning", "circle-pause"
    return _BY_TURN[stage.turn]


@cache
def _badge(tone: str, icon: str, text: str) -> str:
    """Drawn once for each state there is: a list of fifty rows has fifty badges."""
    badge = {"tone": tone, "icon": icon, "text": text}
    return loader.render_to_string("components/badge.html", badge)


@register.simple_tag
def badge(*, tone: str, icon: str, text: str) -> str:
    """``components/badge.html``, for tables of very many rows."""
    return _badge(tone, icon, text)


@register.simple_tag
def stage_badge(stage: str) -> str:
    """The stage in icon, word and color."""
    known = STAGES[Stage(stage)]
    return _badge(*_look_of(known), known.name)


@register.simple_tag
def proposer_badge(stage: str) -> str:
    """The same stage by the name proposers know it."""
    known = STAGES[Stage(stage)]
    return _badge(*_look_of(known), str(known.proposer_label))


@register.simple_tag
def mail_badge(mail: Message) -> str:
    """What became of a mail, in icon, word and color."""
    state = Message.State(mail.state)
    return _badge(*LOOKS[state], str(state.label))


@register.filter
def move_name(change: StageChange) -> str:
    return name_of(change.move)


@register.filter
def reason_words(change: StageChange) -> str:
    """The reason of a stage change; a code that is no longer offered stands as it is."""
    return MOVES[Move(change.move)].reason_words(change.reason_code)


@register.filter
def hide_links(text: str) -> str:
    """A mail's text as anybody but its recipient reads it."""
    return links.hide(text)
