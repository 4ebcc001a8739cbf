"""The whole form, from its title to the receipt: by keyboard only, without scripts on a phone, and
with nothing but a vague idea and an employer's e-mail."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from proposals.models import InterestForm, NamedPartner, Proposal, Stage
from tests.browser.conftest import press, sign_in, violations_of
from tests.browser.test_journey import ANSWERS, fill

pytestmark = pytest.mark.browser
MOST_TABS = 400  # more stops than any page has
WIDTH = "document.documentElement.scrollWidth"
# What has the focus: what is asked of it here, in one call.
FOCUSED = """() => { const e = document.activeElement; return {
  name: e.name ?? "", value: e.value ?? "", type: e.type ?? "", id: e.id,
  words: (e.textContent ?? "").trim(), label: e.labels?.[0]?.textContent.trim() ?? "",
  seen: [e, e.closest(".choice")].some((each) =>
    each && getComputedStyle(each).outlineStyle !== "none") }; }"""


def tab_to(page: Page, **wanted: str) -> dict[str, str]:
    """Tabs on until what has the focus is this; whoever looks sees where the focus is."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        if all(here[key] == value for key, value in wanted.items()):
            return here
    raise AssertionError(f"{wanted} is not reached by Tab on {page.url}")


def answer_by_keyboard(page: Page, name: str, answer: str | list[str]) -> None:
    inputs = page.locator(f"main [name='{name}']:not([type=hidden])")
    kind = inputs.first.get_attribute("type")
    if kind == "checkbox":
        for value in answer:
            tab_to(page, name=name, value=value)
            page.keyboard.press("Space")
    elif kind == "radio":
        tab_to(page, name=name)
        if page.evaluate(FOCUSED)[key_of(inputs, str(answer))] == answer:
            page.keyboard.press("Space")
        for _ in range(inputs.count()):
            if page.evaluate(FOCUSED)[key_of(inputs, str(answer))] == answer:
                break
            page.keyboard.press("ArrowDown")
    elif inputs.first.evaluate("e => e.tagName") == "SELECT":
        tab_to(page, name=name)
        wanted = inputs.first.evaluate(
            """(select, wanted) => [...select.options]
              .findIndex((option) => [option.value, option.text].includes(wanted))""",
            str(answer),
        )
        for _ in range(wanted):  # by arrows: typing its words opens the list at the first space
            page.keyboard.press("ArrowDown")
    else:
        tab_to(page, name=name)
        page.keyboard.type(str(answer))


def key_of(inputs: Locator, answer: str) -> str:
    """Whether the answer is the value of a choice or its words."""
    values = inputs.evaluate_all("all => all.map((each) => each.value)")
    return "value" if answer in values else "label"


def press_by_keyboard(page: Page, words: str) -> None:
    tab_to(page, words=words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_whole_form_by_keyboard_only(demo_site, visit):
    page = visit()
    sign_in(page, "faculty2@miami.example")
    page.goto("/proposals/new/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["words"] == "Skip to the content"
    tab_to(page, name="working_title")
    page.keyboard.type("Reading Production Lines")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    reference = re.search(r"MC-\d{4}-\d{4,}", page.url)[0]

    for name, answers in ANSWERS.items():
        assert f"/edit/{name}/" in page.url
        for key, answer in answers.items():
            answer_by_keyboard(page, key, answer)
            assert page.evaluate(FOCUSED)["seen"], f"{key}: nobody sees the focus"
        last = name == list(ANSWERS)[-1]
        press_by_keyboard(page, "Save and check your answers" if last else "Save and continue")
    assert page.get_by_text("Nothing is missing").count() == 1, page.inner_text("main")[:800]
    for box in ("ack_record", "ack_process"):
        tab_to(page, name=box)
        page.keyboard.press("Space")
    press_by_keyboard(page, "Submit")

    proposal = Proposal.objects.get(reference=reference)
    assert proposal.stage == Stage.SUBMITTED
    answers = InterestForm.objects.get(proposal=proposal).answers
    assert answers["delivery_modes"] == ANSWERS["shape"]["delivery_modes"]
    assert [row["text"] for row in answers["outcomes"]] == [
        ANSWERS["skills"]["outcomes-0-text"],
        ANSWERS["skills"]["outcomes-1-text"],
    ]
    assert proposal.department.name == "Statistics"


def test_the_whole_form_without_scripts_on_a_phone_in_the_dark(demo_site, visit):
    page = visit(width=390, color_scheme="dark", java_script_enabled=False)
    sign_in(page, "faculty2@miami.example")
    page.goto("/proposals/new/")
    page.locator("[name=working_title]").fill("Reading Production Lines")
    press(page, "Begin")
    reference = re.search(r"MC-\d{4}-\d{4,}", page.url)[0]
    too_wide = []

    for name, answers in ANSWERS.items():
        for key, answer in answers.items():
            fill(page, key, answer)
        if name == "skills":  # a row is added, filled, saved and taken out again
            press(page, "Add another outcome")
            page.locator("[name=outcomes-2-text]").fill("Too much")
            press(page, "Save")
            page.locator("[name=outcomes-2-DELETE]").check()
            press(page, "Save")
            assert page.get_by_text("Too much").count() == 0
        if name == "shape":  # what cannot be read is said, with a way to it, and kept
            page.locator("[name=effort_hours]").fill("many")
            press(page, "Save")
            link = page.locator("#error-summary a").first
            assert link.get_attribute("href") == "#id_effort_hours"
            assert page.locator("[name=effort_hours]").input_value() == "many"
            page.locator("[name=effort_hours]").fill("24")
        if page.evaluate(WIDTH) > 390:
            too_wide.append(name)
        press(page, re.compile("^save and", re.I))
    assert page.get_by_text("Nothing is missing").count() == 1
    for box in ("ack_record", "ack_process"):
        page.locator(f"[name={box}]").check()
    press(page, "Submit")

    assert Proposal.objects.get(reference=reference).stage == Stage.SUBMITTED
    assert page.locator(f"[data-ref='{reference}'][data-stage=submitted]").count()
    assert too_wide == []


def test_a_vague_idea_and_an_employers_mail_are_in_with_ten_answers(demo_site, visit):
    page = visit(width=390)
    sign_in(page, "faculty2@miami.example")
    given = []

    def give(name: str, answer: str) -> None:
        fill(page, name, answer)
        given.append(name)

    page.goto("/proposals/new/")
    give("working_title", "Something about charts")
    press(page, "Begin")
    for name in ("campus_home", "division", "department"):
        give(name, str(ANSWERS["about"][name]))
    press(page, "Save and continue")
    give("need_statement", str(ANSWERS["need"]["need_statement"]))
    press(page, "Save")
    page.get_by_role("link", name=re.compile("Partner organizations")).click()
    give("partner_status", "yes")
    give("partners-0-org_name", "Ridgeway Bearings")
    give("partners-0-contact_email", "jo@ridgeway.example")
    give("partners-0-wrote", "Could the university teach six of our leads to read charts?")
    press(page, "Save")
    page.goto(page.url.split("/edit/")[0] + "/check/")
    assert violations_of(page) == []
    press(page, re.compile("^Work out these"))
    expect(page.get_by_text("Nothing is missing")).to_be_visible()
    assert violations_of(page) == []
    for box in ("ack_record", "ack_process"):
        page.locator(f"[name={box}]").check()
    press(page, "Submit")

    assert len(given) <= 10
    [partner] = NamedPartner.objects.filter(org_name="Ridgeway Bearings")
    assert partner.proposal.stage == Stage.SUBMITTED
    assert partner.wrote.startswith("Could the university")
    staff = visit()
    sign_in(staff, "oxford@miami.example")
    staff.goto(f"/admin/reviews/triageitem/{partner.proposal_id}/change/")
    expect(staff.get_by_text("Could the university teach six")).to_be_visible()
