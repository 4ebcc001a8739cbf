"""What the shared pieces in ``templates/components/`` draw too often to draw it each time anew."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
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
    on = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    words = f"{on:%a} {on.day} {on:%b}"
    if on.year != timezone.localdate().year:
        words = f"{on.day} {on:%b} {on.year}"
    return format_html('<time datetime="{}">{}</time>', f"{on:%Y-%m-%d}", words)
