"""What mails say, written in a browser: by keyboard, with and without scripts; how mails look."""

import pytest
from playwright.sync_api import Page, expect

from microcreds.outbox.models import MailText, Message
from microcreds.outbox.wording import in_force, occasions
from microcreds.outbox.wording.table import WORDINGS
from microcreds.outbox.wording.trying import look_of
from tests.browser.conftest import press, sign_in, violations_of

pytestmark = pytest.mark.browser
MOVED = "/admin/outbox/mailtext/moved/"
LOADS = """() => [...document.querySelectorAll("img, link, script, iframe, object")].length"""


def editor(visit, **options: object) -> Page:
    page: Page = visit(**options)
    sign_in(page, "lead@miami.example")
    page.goto(f"{MOVED}change/")
    return page


def test_a_text_is_written_by_keyboard_looked_at_and_saved(demo_site, visit):
    page = editor(visit)
    body, subject = page.locator("[name=body]"), page.locator("[name=subject]")

    body.focus()
    page.keyboard.press("Control+End")
    page.get_by_role("button", name="Insert {owner}").press("Enter")
    assert body.input_value().endswith("{url}{owner}")
    expect(body).to_be_focused()
    body.fill(body.input_value().removesuffix("{owner}").replace("Hello", "Dear"))
    subject.fill("News: ")
    subject.press("End")
    page.get_by_role("button", name="Insert {title}").press("Enter")
    assert subject.input_value() == "News: {title}"
    press(page, "Preview")

    assert violations_of(page) == []
    expect(page.locator("#preview")).to_contain_text("Dear Nadia Castellan,")
    expect(page.frame_locator(".text-frame").locator("main")).to_contain_text("Dear Nadia")
    page.locator("[name=why]").fill("Warmer.")
    press(page, "Save")
    expect(page.locator("main, #content").first).to_contain_text("News: {title}")
    assert MailText.objects.get().subject == "News: {title}"
    in_force.as_in_code()  # the next test's database knows nothing of it


def test_without_scripts_it_is_previewed_refused_and_tried(demo_site, visit):
    page = editor(visit, java_script_enabled=False, width=390)
    body = page.locator("[name=body]")

    body.fill(body.input_value() + "\n\nYours, {nobody}")
    press(page, "Preview")
    expect(page.locator("#id_body_error")).to_contain_text("There is no {nobody} in this mail.")
    body.fill(body.input_value().replace("{nobody}", "eLearning"))
    press(page, "Send a test to me")

    assert body.input_value().endswith("Yours, eLearning")
    test = Message.objects.get(event="text_test")
    assert test.to == "lead@miami.example"
    assert "Yours, eLearning" in test.body


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_html_of_mails_is_accessible_and_loads_nothing(demo_site, visit, scheme):
    page = visit(width=390, color_scheme=scheme)
    for key in ("returned", "partner_update", "digest", "change_asked"):
        wording = WORDINGS[key]
        example = occasions.examples_of(wording)[0]
        page.set_content(look_of(wording, wording.read(*wording.default), example).html)

        assert violations_of(page) == []
        assert page.evaluate(LOADS) == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
