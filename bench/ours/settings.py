"""The product as ``make run`` serves it, with its statements counted."""

from microcreds.settings.dev import *
from microcreds.settings.dev import INSTALLED_APPS, MIDDLEWARE

MIDDLEWARE = ["bench.counting.count_statements", *MIDDLEWARE]
INSTALLED_APPS = [*INSTALLED_APPS, "bench.ours"]
