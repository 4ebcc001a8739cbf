"""Pages for everyone and advice while typing, in a browser: axe, keyboard, same counting."""

import pytest
from playwright.sync_api import Page, expect

from proposals.interest import QUESTIONS, length
from proposals.models import Proposal
from proposals.services import create_draft
from tests.browser.conftest import press, violations_of
from tests.browser.test_form import signed_in
from tests.factories import make_cast

pytestmark = pytest.mark.browser
PUBLIC = ["/", "/examples/", "/questions/", "/how-long/", "/help/", "/accessibility/", "/privacy/"]
LOOKS = [{"width": 1280, "color_scheme": "light"}, {"width": 390, "color_scheme": "dark"}]
WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth > window.innerWidth"
# What browsers and Python take differently for white space, and what is more than one unit long.
TEXTS = {
    "line breaks": "one\ntwo\n\n three",
    "beyond the first plane": "🐝" * 7 + " 𝔘",
    "joined and combined": "👩‍🔬 e\u0301 n\u0303",
    "spaces around": " \t\u3000\u00a0text\u2003\u2028\n\n",
    "a mark that only browsers trim": "\ufefftext\ufeff",
    "separators that only Python trims": "\x1c\x1d\x1e\x1ftext\x85",
    "a mark inside": "a\ufeff\x85b",
    "nothing but space": " \n\u2009 ",
}


@pytest.fixture
def draft(transactional_db) -> Proposal:
    return create_draft(owner=make_cast().proposer, working_title="Reading a control chart")


@pytest.mark.parametrize("look", LOOKS, ids=["wide-light", "narrow-dark"])
def test_no_page_for_everyone_breaks_wcag_2_2_aa_or_its_frame(demo_site, visit, look):
    page, found = visit(**look), []
    for path in PUBLIC:
        page.goto(path)
        found += violations_of(page)
        if page.evaluate(WIDER_THAN_THE_SCREEN):
            found.append(f"{path} is wider than the screen")
    assert found == []


@pytest.mark.parametrize("look", LOOKS, ids=["wide-light", "narrow-dark"])
def test_advice_appears_while_typing_is_announced_and_moves_no_focus(visit, site, draft, look):
    page = signed_in(visit(**look), draft, site)
    page.goto(f"/proposals/{draft.reference}/edit/shape/")
    place = page.locator("#advice_formality")
    assert place.get_attribute("aria-live") == "polite"

    page.get_by_label("Yes, credit").check()
    page.get_by_label("Informal: workshops, projects, mentoring, events").check()
    expect(place).to_contain_text("needs curriculum approval (CIM)")
    page.locator("[name=credits_max]").fill("18")
    expect(page.locator("#advice_credits_max")).to_contain_text("more than 17 credit hours")
    expect(page.locator("[name=credits_max]")).to_be_focused()
    assert violations_of(page) == []

    press(page, "Save")
    expect(page.locator("#advice_credits_max")).to_contain_text("more than 17 credit hours")
    page.goto(f"/proposals/{draft.reference}/check/")
    assert violations_of(page) == []
    page.locator("section:has(#worth-a-look) a").first.click()
    expect(page.locator("[name=credits_max]")).to_be_visible()


def test_advice_is_there_after_saving_without_scripts(visit, site, draft):
    page = signed_in(visit(java_script_enabled=False), draft, site)
    page.goto(f"/proposals/{draft.reference}/edit/need/")
    page.locator("[name=working_title]").fill("Certificate of Charts")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator("#advice_working_title")).to_contain_text("The title says “certificate”")


def test_a_model_answer_opens_by_keyboard_beside_its_question(visit, site, draft):
    page = signed_in(visit(), draft, site)
    page.goto(f"/proposals/{draft.reference}/edit/need/")
    example = page.locator("#id_need_statement_field details")

    example.locator("summary").focus()
    page.keyboard.press("Enter")

    expect(example).to_contain_text(QUESTIONS["need_statement"].example[:40])
    assert violations_of(page) == []


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_counter_counts_as_the_server_counts(visit, site, draft, text):
    page = signed_in(visit(), draft, site)
    page.goto(f"/proposals/{draft.reference}/edit/need/")
    limit = QUESTIONS["need_statement"].max_length or 0

    type_into(page, text)
    shown = page.locator('[data-count-for="id_need_statement"]')

    expect(shown).to_have_text(f"Characters left: {limit - length(text)}")


def test_the_counter_and_the_refusal_name_the_same_number(visit, site, draft):
    page = signed_in(visit(), draft, site)
    page.goto(f"/proposals/{draft.reference}/edit/need/")
    limit = QUESTIONS["need_statement"].max_length or 0

    type_into(page, "\ufeff" + "🐝\n" * limit)
    expect(page.locator('[data-count-for="id_need_statement"]')).to_have_text(
        f"Too long by {limit}"
    )
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator("#id_need_statement_error")).to_contain_text(f"there are {2 * limit} now")


def type_into(page: Page, text: str) -> None:
    page.evaluate(
        """(text) => {
          const box = document.getElementById("id_need_statement");
          box.value = text;
          box.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        text,
    )


@pytest.mark.parametrize("look", LOOKS, ids=["wide-light", "narrow-dark"])
def test_the_self_check_by_keyboard_and_without_findings(visit, site, draft, look):
    page = signed_in(visit(**look), draft, site)
    page.goto(f"/proposals/{draft.reference}/self-check/")
    assert violations_of(page) == []

    page.locator("[name=outcomes][value='1']").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Your score: 1.0 of 4")).to_be_visible()
    expect(page.locator(".self-check-score li").first).to_contain_text("What people will be able")
    assert violations_of(page) == []
    assert not page.evaluate(WIDER_THAN_THE_SCREEN)
