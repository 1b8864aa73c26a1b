"""The style guide in a browser: no violation in light, dark and from right to left; nothing wider than a phone."""

import pytest


@pytest.fixture
def guide(settings, live_server):
    settings.DEMO = True
    return f"{live_server.url}/workspace/styleguide/"


@pytest.fixture
def browser(chromium):
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.mark.django_db
def test_only_a_demo_shows_it(client, settings):
    assert client.get("/workspace/styleguide/").status_code == 404
    settings.DEMO = True
    assert client.get("/workspace/styleguide/").status_code == 200


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("scheme", "language", "width"), [("light", "en", 1280), ("dark", "sr", 360), ("light", "ar", 360)]
)
def test_axe_finds_nothing_and_nothing_overflows(guide, browser, scheme, language, width):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{guide}?lang={language}")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": rules})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert said == [], "the policy blocked something, or a script failed"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_keyboard_reaches_content_menus_and_back(live_server, browser):
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"
    menu = page.locator("details.menu").first
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    assert menu.get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert page.evaluate("() => document.activeElement.tagName") == "SUMMARY"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_everything_a_thumb_presses_is_large_enough(guide, browser):
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(guide)
    small = page.evaluate(
        """() => [...document.querySelectorAll('.button, .chip, .row, .tile, .menu summary, .nav a, .tabs a')]
            .filter(e => e.offsetParent && (e.getBoundingClientRect().height < 43.5))
            .map(e => e.className + ' ' + e.textContent.trim() + ' ' + e.getBoundingClientRect().height)"""
    )
    assert small == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_it_reads_without_script_and_on_paper(guide, browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(guide)
    assert page.locator("h1").inner_text() == "Style guide"
    page.locator("details.menu summary").first.click()
    assert page.locator("details.menu a[lang=ar]").is_visible()
    assert not page.locator("[data-copy]").is_visible(), "what needs a script is not offered without one"
    page.emulate_media(media="print")
    assert not page.locator(".masthead").is_visible()
    assert page.locator(".sheet").is_visible()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_colours_of_charts_follow_the_dark(guide, browser):
    fills = []
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto(guide)
        fills.append(page.locator(".chart .c1").first.evaluate("e => getComputedStyle(e).fill"))
    assert fills[0] != fills[1]
