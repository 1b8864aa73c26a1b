"""Whole downloads are made once for what they tell; whoever asks too fast waits, and people's pages never do."""

import pytest
from django.core.cache import cache

from duga.directory import actions
from duga.directory.queries.hsds import files
from tests.directory import build

pytestmark = pytest.mark.django_db
FILES = [f"/services/data/services.{kind}" for kind in ("zip", "csv", "geojson", "ndjson")]


@pytest.fixture
def kept(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    build.terms()
    cast.provider = build.provider(cast)
    cast.service = build.service(cast, cast.provider)
    return cast


def body(reply):
    return b"".join(reply.streaming_content)


@pytest.mark.parametrize("address", FILES)
def test_a_download_is_made_once_until_something_changes(client, kept, monkeypatch, address):
    made = []
    real = files.shelf.fill
    monkeypatch.setattr(files.shelf, "fill", lambda *args, **more: made.append(1) or real(*args, **more))
    first, again = client.get(address), client.get(address)
    assert body(first) == body(again) and len(made) == 1
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304 and len(made) == 1
    by = kept.viewer("coordinator")
    for change in (
        lambda: actions.change_service(by=by, service_id=kept.service.pk, changes={"description": "Sasvim novo"}),
        lambda: actions.verify(by=by, service_id=kept.service.pk),
        lambda: actions.change_service(by=by, service_id=kept.service.pk, changes={"listed": False}),
    ):
        change()
        later = client.get(address, headers={"if-none-match": first["ETag"]})
        assert later.status_code == 200 and later["ETag"] != first["ETag"]
        first = later
        body(later)


def test_one_file_of_a_name_is_kept(client, kept, tmp_path):
    for number in range(3):
        body(client.get("/services/data/services.csv"))
        changes = {"description": f"Opis {number}"}
        actions.change_service(by=kept.viewer("coordinator"), service_id=kept.service.pk, changes=changes)
    assert len(list((tmp_path / "downloads").iterdir())) == 1
    assert client.get("/services/data/services.csv?country=XX").status_code == 404


def test_who_asks_too_fast_waits_and_pages_are_never_counted(client, kept, settings):
    cache.clear()
    settings.PUBLIC_RATES = {"/api/hsds": "3/m/ip", "/services/data/services.": "2/m/ip"}
    codes = [client.get("/api/hsds/services").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    reply = client.get("/api/hsds/services")
    assert reply["Retry-After"] == "60" and "Wait a minute" in reply.json()["message"]
    assert client.get("/api/hsds/services", REMOTE_ADDR="203.0.113.9").status_code == 200
    for _ in range(2):
        body(client.get("/services/data/services.csv"))
    assert client.get("/services/data/services.csv").status_code == 429
    assert [client.get("/services/").status_code for _ in range(6)] == [200] * 6
    cache.clear()
