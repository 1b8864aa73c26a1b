"""An owner without an account opens the link from a letter, confirms in one tap, and corrects what has changed."""

import datetime as dt

import pytest
from django.utils import timezone

from duga.directory import actions, queries
from duga.directory.models import Fact
from tests.directory import build
from tests.journeys.conftest import no_violations, nothing_hangs_over, press, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def letter(transactional_db, cast):
    """(the address in a letter, a state office's service that nobody checked for 200 days)."""
    build.terms()
    office = build.state(cast, name="Centar za socijalni rad", told={"language": "cnr"})
    beds = [{"unit": "beds", "available": 2, "maximum": 5}]
    service = build.service(cast, office, "national", name="Novčana pomoć", capacities=beds)
    build.service(cast, office, "national", name="Besplatan obrok")
    Fact.objects.update(verified_at=timezone.now() - dt.timedelta(days=200))
    return (
        f"/services/confirm/{actions.make_confirm_link(by=cast.viewer('national'), provider_id=office.pk)[1]}/",
        service,
    )


def fresh(service):
    """All but free places, which are told as a number."""
    states = queries.facts_of(service, timezone.localdate())
    return all(state.age == "fresh" for state in states if state.kind != "capacity")


def test_an_owner_confirms_in_one_tap_and_corrects_without_an_account(letter, cast, open_page):
    address, service = letter
    page = open_page(phone=True, java_script_enabled=False)
    page.goto(address)
    assert "Novčana pomoć" in page.inner_text("main") and "Monday, Tuesday" in page.inner_text("main")
    nothing_hangs_over(page)
    assert not fresh(service)
    press(page, "text=Everything is still so")
    assert "Confirmed as of today: 2" in page.inner_text("main") and fresh(service)

    page.click("section:has-text('Novčana pomoć') >> text=Something has changed")
    page.fill("input[name=phone_0]", "+382 40 000 777")
    press(page, "text=Send")
    assert "A coordinator looks at it" in page.inner_text("main")
    assert queries.offer_of(service)["phones"][0]["number"] == "+382 40 000 001"  # not shown before someone looked

    desk = open_page()
    desk.goto(address)
    no_violations(desk)
    sign_in(desk, "national@example.org")
    desk.goto("/workspace/directory/inbox/")
    assert "+382 40 000 777" in desk.inner_text("main")
    no_violations(desk)
    press(desk, "text=Accept what is ticked")
    assert queries.offer_of(service)["phones"][0]["number"] == "+382 40 000 777"


def test_a_coordinator_keeps_a_service_on_a_phone(letter, cast, open_page):
    _address, service = letter
    page = open_page(phone=True)
    sign_in(page, "national@example.org")
    here = f"/workspace/directory/services/{service.pk}/"
    page.goto(f"{here}times/")
    page.locator("#hours label", has_text="Saturday").click()
    page.fill("#hours input[name=opens_at]", "10:00")
    page.fill("#hours input[name=closes_at]", "13:00")
    page.locator("#hours label", has_text="Albanian").click()
    press(page, "#hours button")
    assert "Saturday, 10:00 – 13:00, Albanian" in page.inner_text("main")
    press(page, "text=Closed today")
    assert queries.offer_of(service)["closures"]
    for address in ("times/", "texts/?language=sq", "more/"):
        page.goto(here + address)
        nothing_hangs_over(page)
        no_violations(page)
    page.goto(f"/workspace/directory/providers/{service.provider_id}/")
    nothing_hangs_over(page)
    no_violations(page)
    press(page, "text=One fewer")
    assert queries.offer_of(service)["capacities"][0]["available"] == 1
    page.goto("/workspace/directory/letters/")
    no_violations(page)
