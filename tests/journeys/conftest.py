"""Journeys in Debian's Chromium against a server of the test's own."""

import pytest

from tests.conftest import PASSWORD


@pytest.fixture
def open_page(chromium, live_server):
    """`open_page(phone=True)`: a fresh visitor on a 360-pixel phone, or at a desk. Errors on a page fail the test."""
    contexts = []

    def open_(*, phone=False, **options):
        size = {"width": 360, "height": 740} if phone else {"width": 1280, "height": 900}
        context = chromium.new_context(base_url=live_server.url, viewport=size, has_touch=phone, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        context.on("page", listen)
        return context.new_page()

    def listen(page):
        page.wrong = []
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("console", lambda told: page.wrong.append(told.text) if told.type == "error" else None)

    yield open_
    told = [text for context in contexts for page in context.pages for text in page.wrong]
    wrong = [text for text in told if "ERR_INTERNET_DISCONNECTED" not in text]  # journeys cut the line on purpose
    for context in contexts:
        context.close()
    assert wrong == []


def sign_in(page, email, password=PASSWORD):
    """Through the front door, as people do."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url("**/workspace/**")


def press(page, selector):
    """Clicks what leads to a page, and waits until that page is there: what is read next stands on the new one."""
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.click(selector)


def nothing_hangs_over(page):
    """No page scrolls sideways on a phone."""
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"


def no_violations(page):
    """axe finds nothing."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    told = [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
    assert told == [], page.url
