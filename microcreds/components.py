"""What the shared pieces in ``templates/components/`` draw too often to draw it each time anew."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import format_html
from lucide.templatetags import lucide as icons

register = template.Library()


@register.simple_tag
def lucide(name: str, *, size: int | None = 24, **attributes: Any) -> str:
    """The icon as ``lucide`` draws it; the same one is drawn once in a process."""
    return _drawn(name, size, tuple(attributes.items()))


@lru_cache(maxsize=512)
def _drawn(name: str, size: int | None, attributes: tuple[tuple[str, Any], ...]) -> str:
    drawn: str = icons.lucide(name, size=size, **dict(attributes))
    return drawn


@register.simple_tag
def day(moment: date | None) -> str:
    """One day, the year said only where it is not this one; nothing where there is none."""
    if not moment:
        return ""
    on = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    return day_said(on, on.year == timezone.localdate().year)


@lru_cache(maxsize=2048)
def day_said(on: date, is_this_year: bool) -> str:
    """The same, for whoever knows which year it is; one that reads the same is drawn once in a
    process."""
    words = f"{on:%a} {on.day} {on:%b}" if is_this_year else f"{on.day} {on:%b} {on.year}"
    return format_html('<time datetime="{}">{}</time>', f"{on:%Y-%m-%d}", words)


@register.filter(is_safe=True)
def colon(label: str) -> str:
    """What stands before its words: with a colon, unless it ends a sentence itself."""
    said = str(label)
    return said if said[-1:] in "?.…" else f"{said}:"


@register.simple_tag
def turn(
    words: str, since: date | str | None = None, tone: str = "", icon: str = "arrow-right-left"
) -> str:
    """Whose turn it is, and since which day, as ``components/turn.html`` draws it; one that reads
    the same is drawn once in a process."""
    return _turn(words, day(since) if isinstance(since, date) else since, tone, icon)


@lru_cache(maxsize=2048, typed=True)  # text that is to be escaped is not text that is safe
def _turn(words: str, since: str | None, tone: str, icon: str) -> str:
    drawn = get_template("components/turn.html")
    return drawn.render({"words": words, "since": since, "tone": tone, "icon": icon})
