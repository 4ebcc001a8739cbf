"""Every template compiles, and none of them can run what a person typed."""

import re
from pathlib import Path

import pytest
from django.template import engines

from microcreds.outbox.wording.table import WORDINGS

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    path
    for folder in (ROOT / "templates", *ROOT.glob("*/templates"), *ROOT.glob("*/*/templates"))
    if "var" not in folder.parts and ".venv" not in folder.parts
    for path in folder.rglob("*")
    if path.is_file()
)
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
MAILS = [path for path in TEMPLATES if path.suffix == ".txt" and "email" in str(path.parent)]
MAILS = [path for path in MAILS if not path.name.startswith("_")]
# Texts that staff may edit are no templates: outbox.wording reads them.
TEXTS = {
    ROOT / "templates" / "emails" / each.event / each.variant / name
    for each in WORDINGS.values()
    for name in ("subject.txt", "body.txt")
}
MAILS = [path for path in MAILS if path not in TEXTS]
INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|\son[a-z]+\s*=|\sstyle\s*=|javascript:", re.I)
UNESCAPED = re.compile(r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off", re.I)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_compiles(path):
    engines["django"].from_string(path.read_text())


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_page_escapes_everything_and_has_nothing_inline(path):
    text = path.read_text()

    assert UNESCAPED.findall(text) == []
    # Mail programs read no sheets, and no page of ours is made of it.
    inline = INLINE.findall(text)
    assert inline == (["<style"] if name_of(path) == "templates/emails/_mail.html" else [])


@pytest.mark.parametrize("path", MAILS, ids=name_of)
def test_plain_text_mail_is_not_escaped_as_html(path):
    assert path.read_text().startswith("{% autoescape off %}")


@pytest.mark.parametrize("path", sorted(TEXTS), ids=name_of)
def test_a_text_of_a_mail_has_no_template_language(path):
    assert re.findall(r"\{[{%#]", path.read_text()) == []


def test_included_forms_get_their_token():
    """``only`` hides the token from what is included, and Django's test client does not miss it."""
    with_token = {
        name_of(path).removeprefix("templates/")
        for path in PAGES
        if "csrf_token" in path.read_text()
    }
    without = [
        f"{name_of(path)}: {include}"
        for path in PAGES
        for include, name in re.findall(r'({% include "([^"]+)"[^%]* only %})', path.read_text())
        if name in with_token and "csrf_token=csrf_token" not in include
    ]
    assert without == []


def test_python_marks_nothing_as_safe():
    offenders = [
        str(path.relative_to(ROOT))
        for app in ("microcreds", "proposals", "partners", "reviews")
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"\bmark_safe\b|\bSafeString\b|csrf_exempt", path.read_text())
    ]
    # What machines post to by themselves: a mail service that proves itself by a password, and a
    # mail program by a signed token (RFC 8058).
    assert sorted(offenders) == ["microcreds/outbox/adapters.py", "microcreds/outbox/views.py"]
