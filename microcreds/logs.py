"""How log lines are written: without the token of any partner's personal link."""

import logging
import re

from django.conf import settings

_PERSONAL_LINK = re.compile(settings.PERSONAL_LINK_PATH.replace("{token}/", "") + r"[^/\s?'\"]+")


class Formatter(logging.Formatter):
    """Cuts tokens out of the whole text, tracebacks included: Django names the address of a page
    that was not found, refused for CSRF or broken."""

    def format(self, record: logging.LogRecord) -> str:
        return _PERSONAL_LINK.sub("[personal link]", super().format(record))
