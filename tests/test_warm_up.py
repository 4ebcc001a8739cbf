"""A web process is ready before its first request."""

import subprocess
import sys

from microcreds.local.places import ROOT

_ASK = """
import gc
from microcreds import wsgi
from django.template import engines
[cached] = engines["django"].engine.template_loaders
print(gc.get_freeze_count() > 100_000, *sorted(cached.get_template_cache))
"""


def test_a_web_process_has_compiled_its_templates_and_keeps_what_stays_out_of_the_garbage():
    ready = subprocess.run(
        [sys.executable, "-c", _ASK], cwd=ROOT, capture_output=True, text=True, check=True
    )
    kept, *templates = ready.stdout.split()
    assert kept == "True"
    assert {"base.html", "admin/reviews/triageitem/proposal.html"} <= set(templates)
