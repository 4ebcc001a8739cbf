"""Takes the pictures of this folder from a running site: take.py http://127.0.0.1:8000"""

import shutil
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
DESK = "/admin/reviews/triageitem/"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill("microcreds")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def address_of(page: Page, lists: str, stage: str) -> str:
    """The page of the first proposal at that stage in a list."""
    page.goto(lists)
    row = page.locator(f"[data-stage={stage}]").first
    link = (
        row.locator("a").first
        if row.locator("a").count()
        else page.locator(f"tr:has([data-stage={stage}]) a").first
    )
    return str(link.get_attribute("href"))


def shoot(page: Page, name: str, path: str = "") -> None:
    if path:
        page.goto(path)
    mode = "-dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else ""
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=HERE / f"{name}-{width}{mode}.png", full_page=True)


def anonymous(page: Page) -> None:
    shoot(page, "front", "/")
    shoot(page, "sign-in", "/accounts/login/")
    shoot(page, "sign-up", "/accounts/signup/")
    shoot(page, "not-found", "/nothing-here/")
    shoot(page, "mail-list", "/dev/mail/")
    shoot(page, "partner-start", "/partners/start/")


def faculty(page: Page) -> None:
    sign_in(page, "faculty@miami.example")
    shoot(page, "my-proposals", "/proposals/")
    shoot(page, "asks", "/asks/")
    draft = address_of(page, "/proposals/", "draft")
    shoot(page, "proposal-draft", draft)
    shoot(page, "proposal-returned", address_of(page, "/proposals/", "returned"))
    for name in ("about", "need", "skills", "shape", "partners", "finish"):
        shoot(page, f"form-{name}", f"{draft}edit/{name}/")
    shoot(page, "form-check", f"{draft}check/")
    shoot(page, "withdraw", f"{address_of(page, '/proposals/', 'submitted')}withdraw/")
    shoot(page, "new-proposal", "/proposals/new/")


def staff(page: Page) -> None:
    sign_in(page, "oxford@miami.example")
    shoot(page, "desk", DESK)
    triage = address_of(page, DESK, "triage").split("?")[0].replace("change/", "")
    page.goto(DESK)
    shoot(page, "desk-proposal", f"{triage}change/")
    if page.viewport_size and page.viewport_size["width"] > 1000:
        page.screenshot(path=HERE / "overview.png")  # what the README opens with
    shoot(page, "desk-plan", f"{triage}move/return/")
    shoot(page, "desk-sharing", f"{triage}sharing/")
    shoot(page, "admin-home", "/admin/")
    for name in ("process", "report", "queues", "hand-over"):
        shoot(page, f"desk-{name}", f"{DESK}{name}/")
    page.goto(f"{DESK}?stage=open")
    for box in page.locator("input.action-select").all()[:6]:
        box.check()
    page.get_by_role("button", name="Move…").click()
    page.get_by_role("link", name="Put on hold").first.click()
    shoot(page, "desk-bulk-plan")
    undo(page, triage)
    shoot(page, "mail-preferences", "/mail/preferences/")
    page.context.clear_cookies()
    sign_in(page, "lead@miami.example")
    shoot(page, "policy", "/admin/reviews/policy/stage:triage/change/")
    shoot(page, "ledger", "/admin/outbox/message/")
    shoot(page, "inquiries", "/admin/partners/inquiry/")
    shoot(page, "mail-text", "/admin/outbox/mailtext/moved/change/")


def undo(page: Page, triage: str) -> None:
    """A hold, the page that takes it back, and the proposal as it was."""
    page.goto(f"{triage}move/hold/")
    page.locator("select[name=reason_code]").select_option(index=1)
    wake = page.locator("input[name=wake_on]")
    wake.fill((date.today() + timedelta(days=30)).isoformat())
    page.locator("main form button.button-primary").first.click()
    page.goto(f"{triage}undo/")
    shoot(page, "desk-undo")
    page.locator("main form button.button-primary").first.click()


def partner(page: Page) -> None:
    page.goto("/accounts/login/")
    page.locator("form[action*='/dev/partner/'] button").click()
    page.wait_for_url("**/partners/link/**")
    shoot(page, "partner-link")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    if "/partners/MC-" not in page.url:
        page.locator("main a[href*='/partners/MC-']").first.click()
    shoot(page, "partner-status")


def dark(page: Page) -> None:
    """The form, the desk and the status page; the others have the same parts."""
    sign_in(page, "oxford@miami.example")
    shoot(page, "desk", DESK)
    shoot(page, "desk-proposal", address_of(page, DESK, "triage"))
    page.context.clear_cookies()
    sign_in(page, "faculty@miami.example")
    shoot(page, "form-shape", f"{address_of(page, '/proposals/', 'draft')}edit/shape/")
    page.context.clear_cookies()
    partner(page)


def tour(browser: Browser, url: str, width: int, scheme: Literal["light", "dark"]) -> None:
    for visit in (dark,) if scheme == "dark" else (anonymous, faculty, staff, partner):
        context = browser.new_context(
            base_url=url, viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        visit(context.new_page())
        context.close()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for width, scheme in ((1280, "light"), (390, "light"), (1280, "dark")):
            tour(chromium, sys.argv[1], width, scheme)
