"""The finder's map in a browser: nothing is loaded before a tap, nothing from elsewhere after it."""

import os

import pytest

from tests.directory import build
from tests.journeys.conftest import no_violations, nothing_hangs_over, press

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_map_is_drawn_without_script_and_moves_after_a_tap(cast, open_page, live_server):
    build.terms()
    provider = build.provider(cast)
    build.service(cast, provider)
    build.service(cast, provider, name="Savjet", locations=[{"city": "Bar", "latitude": 42.09, "longitude": 19.1}])
    plain = open_page(phone=True, java_script_enabled=False)
    plain.goto("/services/?need=legal&country=ME")
    press(plain, "text=On a map")
    assert plain.locator("svg[data-map] circle").count() == 2 and plain.locator("[data-moving]").is_hidden()
    page, asked = open_page(phone=True), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/services/map/?need=legal&country=ME")
    nothing_hangs_over(page)
    no_violations(page)
    assert not [url for url in asked if "maplibre" in url]
    if page.locator("[data-moving]").is_hidden():
        pytest.skip("this browser draws no WebGL: the drawn map stays")
    page.click("[data-moving]")
    page.wait_for_selector("[data-stage][data-ready]")
    assert page.locator(".map-mark").count() == 2 and page.locator("svg[data-map]").is_hidden()
    if os.environ.get("DUGA_SHOTS"):
        page.screenshot(path=os.environ["DUGA_SHOTS"] + "/map.png")
    page.click(".map-mark >> nth=1")
    page.wait_for_url("**/*#mark-2")
    assert [url for url in asked if not url.startswith((live_server.url, "blob:", "data:"))] == []
    nothing_hangs_over(page)
    no_violations(page)
