"""A call on duty in the browser: kept at every pause though the browser is killed, and left at once without a trace."""

import pytest

from duga.casework.models import Call
from tests.casework.helpline import make_line
from tests.journeys.conftest import no_violations, nothing_hangs_over, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_call_outlives_its_browser_and_leaves_no_trace(cast, open_page):
    make_line(cast)
    page = open_page(phone=True)
    sign_in(page, "operator@example.org")
    page.goto("/workspace/organisations/niksic/duty/")
    page.click("text=Take a call")
    page.wait_for_selector("#call")
    assert page.evaluate("location.pathname") == "/workspace/"  # no address of it stays in the history
    page.click("label:has-text('Yes, only as told here')")
    page.fill("[name=number]", "069 765 432")
    page.locator("input[name=q_now][value=yes]").check(force=True)
    page.wait_for_selector("#owed >> text=High danger")
    with page.expect_response(lambda answer: answer.ok and "half a sen" in (answer.request.post_data or "")):
        page.fill("[name=note]", "half a sen")
    nothing_hangs_over(page)
    no_violations(page)
    page.context.close()  # the browser is killed in the middle of a word

    page = open_page()
    sign_in(page, "operator@example.org")
    page.goto("/workspace/organisations/niksic/duty/")
    page.click("text=go on")
    assert (page.input_value("[name=note]"), page.input_value("[name=number]")) == ("half a sen", "069 765 432")
    page.locator("input[name=services][value=talk]").check(force=True)
    page.locator("input[name=caller][value=self]").check(force=True)
    page.fill("[name=note]", "half a sentence")
    page.route("https://www.wikipedia.org/", lambda route: route.fulfill(body="<title>Elsewhere</title>"))
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url("https://www.wikipedia.org/")
    for _ in range(50):  # what ends the session outlives the page it was sent from: a moment for it to arrive
        page.goto("/workspace/organisations/niksic/duty/")
        if "/accounts/login/" in page.url:
            break
        page.wait_for_timeout(100)
    assert "/accounts/login/" in page.url  # the session ended with it
    sign_in(page, "operator@example.org")
    page.goto("/workspace/organisations/niksic/duty/")
    page.click("text=go on")
    assert page.input_value("[name=note]") == "half a sentence"
    page.click("text=Finish the call")
    page.wait_for_selector("text=Show the safe number")
    assert Call.objects.get().state == "kept"
