"""A form filled in in Chromium by ODK's engine: in two scripts, without a connection, after the browser was killed."""

import pytest

from duga.surveys.actions.asking import make_links
from duga.surveys.actions.receiving import open_submission
from duga.surveys.models import Submission
from tests.journeys.conftest import no_violations, nothing_hangs_over, sign_in
from tests.surveys.filled import asked_form

pytestmark = pytest.mark.django_db(transaction=True)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c6360f8cf500f00038401a0d2a4d4b40000000049454e44ae426082"
)


def tell(page):
    """Answers as one would: the age wrong first."""
    page.get_by_label("Your age").fill("430")
    page.get_by_text("Send", exact=True).click()
    page.wait_for_selector("text=must be answered or put right")
    assert page.evaluate("document.activeElement.value") in ("", "430")  # taken to the first that is wrong
    page.get_by_label("Your name").fill("Đorđe")
    page.get_by_label("Your age").fill("43")
    page.get_by_label("Montenegro").check()
    assert page.get_by_label("Nikšić").is_visible() and page.get_by_label("Niš", exact=True).count() == 0
    page.get_by_label("Nikšić").check()
    page.get_by_label("Somebody to talk to").check()
    page.get_by_role("button", name="+ Child").click()
    page.get_by_label("How old?").last.fill("7")


def test_a_form_is_filled_in_by_link_in_two_scripts_and_sent_once(cast, open_page):
    version = asked_form(cast.niksic)
    made = make_links(by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, form_id=version.form_id)[0]
    address = f"/collect/fill/by-link/{made.token}/"
    page = open_page(phone=True)
    page.goto(address)
    page.wait_for_selector("main[data-ready]")
    nothing_hangs_over(page)
    no_violations(page)
    page.select_option("[data-part=language]", label="العربية")
    assert page.evaluate("document.querySelector('[data-part=form]').dir") == "rtl"
    assert page.get_by_label("اسمك").is_visible() and page.get_by_label("صربيا").is_visible()
    assert page.locator("[data-part=progress]").inner_text() == "0 / 5"
    nothing_hangs_over(page)
    page.select_option("[data-part=language]", label="English")
    tell(page)
    page.get_by_label("A picture").set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": PIXEL})
    page.wait_for_selector("text=Kept on this device")
    page.close(run_before_unload=False)  # in the middle of it

    page = page.context.new_page()
    page.goto(address)
    page.get_by_text("Go on where you were").click()
    page.wait_for_selector("main[data-ready]")
    assert page.get_by_label("Your name").input_value() == "Đorđe"
    page.context.set_offline(True)
    page.get_by_text("Send", exact=True).click()
    page.wait_for_selector("text=are kept on this device")
    assert Submission.objects.count() == 0
    page.context.set_offline(False)
    page.wait_for_selector("text=your answers have arrived")
    found = Submission.objects.get()
    told = open_submission(by=cast.viewer("coordinator"), submission_id=found.pk)
    assert told.answers["/name"] == "Đorđe" and told.answers["/needs"] == "talk"
    assert told.answers["/child"][-1] == {"/child/years": "7"}
    assert [file.size for file in found.files.all()] == [len(PIXEL)] and found.flags == []


def test_a_worker_fills_in_without_a_connection_and_it_is_sent_by_itself(cast, open_page):
    asked_form(cast.niksic)
    page = open_page(phone=True)
    sign_in(page, "worker@example.org")
    page.goto("/collect/fill/")
    page.wait_for_selector("text=are on this device now")
    page.context.set_offline(True)
    page.get_by_text("A visit").click()
    page.wait_for_selector("main[data-ready]")
    page.get_by_label("Your name").fill("Ana")
    page.get_by_label("Your age").fill("12")
    page.get_by_text("Send", exact=True).click()
    page.wait_for_selector("text=are kept on this device")
    page.locator("[data-part=waits] >> text=Back to the forms").click()
    page.wait_for_selector("text=Waiting to be sent")
    page.context.set_offline(False)
    page.wait_for_selector("text=Waiting to be sent", state="hidden")
    assert Submission.objects.get().account == cast.accounts["worker"]
