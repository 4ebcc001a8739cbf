"""``make bench`` runs from end to end; nothing here looks at how long anything took."""

import os
import subprocess
import sys

import pytest

from bench.client import forms_of
from bench.rows import ROWS
from bench.table import Result, Timing, text
from microcreds.local.places import ROOT


@pytest.mark.faults
def test_the_bench_measures_every_row_at_both_apps(tmp_path):
    command = [sys.executable, "-m", "bench", "--rounds", "1", "150"]
    left = {k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "DEBUG")}
    ended = subprocess.run(command, cwd=ROOT, env=left, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr[-2000:]
    for row in ROWS:
        assert f"| {row.name} | 150 |" in ended.stdout
    assert "| outbox, two workers | 150 |" in ended.stdout


def test_a_row_over_its_budget_is_a_miss():
    result = Result(1000, memory=(70, 70), mails={"smtplib": 10, "workers_1": 5, "workers_2": 8})
    result.rows = {row.name: (Timing(30, 5), Timing(10, 5)) for row in ROWS}
    lines = text([result], "a machine").splitlines()
    assert "| Submit the form | 1,000 | 30.0 | 10.0 | 3.00 | 5 / 5 | ≤ 2 × | **miss** |" in lines
    assert "| Memory of a web worker, MB | 1,000 | 70 | 70 | 1.00 | | ≤ 1.6 × | pass |" in lines
    assert "| outbox, one worker | 1,000 | 5 | 0.50 | ≥ 0.6 × smtplib | **miss** |" in lines
    assert "| outbox, two workers | 1,000 | 8 | 1.60 | ≥ 1.5 × one | pass |" in lines


def test_a_form_is_sent_as_a_browser_would_send_it():
    [form] = forms_of(
        '<form action="/go/"><input name="a" value="1"><input type="checkbox" name="b">'
        '<input type="radio" name="c" value="x" checked><button name="d">Go</button>'
        '<textarea name="e">\none &amp; two</textarea>'
        '<select name="f"><option value="1">1<option value="2" selected>2</select></form>'
    )
    assert form.action == "/go/"
    assert form.fields == [("a", "1"), ("c", "x"), ("e", "one & two"), ("f", "2")]
