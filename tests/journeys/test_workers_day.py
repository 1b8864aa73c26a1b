"""A field worker's and a coordinator's day, on a phone and at a desk, with and without scripts."""

import pytest

from tests.journeys.conftest import no_violations, nothing_hangs_over, press, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(transactional_db, cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return cast


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "scripts off"])
def test_a_visit_is_recorded_on_a_phone(house, open_page, scripts):
    page = open_page(phone=True, java_script_enabled=scripts)
    sign_in(page, "worker@example.org")
    page.goto("/workspace/organisations/niksic/find/")
    page.fill("input[name=q]", "Đorđe Petrović")
    press(page, "main form button >> nth=0")
    press(page, "text=Add this person")
    assert page.input_value("input[name=given]") == "Đorđe"
    page.click("label:has-text('Male')")
    page.fill("input[name=birth]", "1956")
    press(page, "text=Add and record")
    page.click("label:has-text('Home visit')")
    with page.expect_navigation(url="**/recorded/"):
        page.locator("main button[type=submit], main button:not([type])").last.click()
    assert "Home visit" in page.inner_text("h1")
    if scripts:
        nothing_hangs_over(page)
        no_violations(page)
    press(page, "text=Undo")
    page.goto("/workspace/organisations/niksic/find/")
    page.fill("input[name=q]", "ЂОРЂЕ")
    press(page, "main form button >> nth=0")
    assert "Đorđe Petrović" in page.inner_text("main")
    press(page, "main ul.rows a >> nth=0")
    page.wait_for_url("**/people/**")
    page.go_back()  # to the results, not to "confirm resubmission"; and no name stands in their address
    assert "Đorđe Petrović" in page.inner_text("main")
    assert "find/?s=" in page.url and "%D" not in page.url


def test_a_spreadsheet_comes_in_at_a_desk(house, open_page, area_nik):
    page = open_page()
    sign_in(page, "coordinator@example.org")
    page.goto("/workspace/organisations/niksic/import/")
    page.set_input_files("input[type=file]", "tests/data/messy.xlsx")
    press(page, "text=Look at it")
    page.wait_for_url("**/columns/**")
    no_violations(page)
    press(page, "text=Check every row")
    page.wait_for_url("**/imports/*/")
    no_violations(page)
    assert "Every row is checked" in page.inner_text("h1")
    press(page, "button:has-text('Bring in')")
    page.wait_for_url("**/imports/*/")
    assert "It is in" in page.inner_text("h1")
    press(page, "text=Look at what came in")
    assert "entries" in page.inner_text("main")
    nothing_hangs_over(page)
    no_violations(page)


@pytest.fixture
def area_nik(transactional_db):
    """The places the messy file names."""
    from duga.members.rules import Viewer
    from duga.places.actions import load_shipped_places

    load_shipped_places(by=Viewer(system="tests"))
