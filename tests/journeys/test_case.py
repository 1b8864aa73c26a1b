"""A case from its opening to its end: a worker plans and notes on a phone, another person approves and closes."""

import pytest

from tests.journeys.conftest import nothing_hangs_over, sign_in
from tests.plain.test_attached import pdf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(transactional_db, cast, settings, tmp_path):
    """Ana, in a programme whose cases a supervisor closes."""
    from duga.casework import actions

    settings.MEDIA_ROOT = tmp_path / "files"
    coordinator, here = cast.viewer("coordinator"), {"organisation_id": cast.niksic.pk}
    programme = actions.add_programme(by=coordinator, **here, name="Families", kind="general")
    actions.set_closing_approval(by=coordinator, programme_id=programme.pk, wanted=True)
    cast.ana = actions.register_person(
        by=cast.viewer("worker"), **here, identity={"given": "Ana", "family": "Kovač"}, programme_id=programme.pk
    )
    return cast


def test_a_case_from_opening_to_closing(house, open_page):
    page, desk = open_page(phone=True), open_page()
    sign_in(page, "manager@example.org")
    page.goto(f"/workspace/people/{house.ana.pk}/timeline/")
    page.click("text=New case")
    page.select_option("select[name=basis]", "legal_duty")
    page.click("text=Open the case")
    page.wait_for_url("**/plan/")
    page.fill("textarea[name=goal]", "Papers for the children")
    page.click("button:has-text('Add the goal')")
    page.wait_for_selector("h2:has-text('Papers for the children')")
    page.fill("textarea[name=step]", "To the registrar")
    page.click("button:has-text('Add the step')")
    page.wait_for_selector("text=To the registrar")
    nothing_hangs_over(page)
    page.click("text=Ask a supervisor to approve the plan")
    case = page.url.rsplit("plan/", 1)[0]
    page.goto(f"{case}note/")
    page.fill("textarea[name=text]", "She has the old birth certificates")
    page.click("text=File the note")
    page.goto(f"{case}files/")
    page.set_input_files("input[type=file]", {"name": "old.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    page.click("main button:has-text('Attach')")
    page.wait_for_selector("text=Destroy")
    sign_in(desk, "supervisor@example.org")
    desk.goto("/workspace/organisations/niksic/cases/")
    desk.click("text=1 case waits for a supervisor's word")
    desk.click("main ul.rows a >> nth=0")
    notice = desk.locator(".notice", has_text="asks about: the plan")
    assert "Papers for the children" in notice.inner_text() and "To the registrar" in notice.inner_text()
    desk.click("button:has-text('Approve')")
    desk.wait_for_selector("text=What supervisors said")
    page.goto(case)
    page.click("button:has-text('Done')")
    page.goto(f"{case}close/")
    page.select_option("select[name=reason]", "plan_done")
    page.click("label:has-text('Goals reached')")
    page.click("main button:has-text('Ask a supervisor')")
    page.wait_for_selector("text=A supervisor is asked")
    desk.goto(case)
    desk.click("button:has-text('Approve')")
    desk.wait_for_selector("text=Goals reached")
    page.goto(f"/workspace/people/{house.ana.pk}/timeline/")
    told = page.inner_text("ol.timeline")
    assert "opened" in told and "closed: The plan is carried out" in told
    nothing_hangs_over(page)
