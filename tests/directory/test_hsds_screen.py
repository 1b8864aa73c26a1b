"""Bringing a list in on screen: looked at, mended, brought in; kept sealed and for its owner only."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from duga.directory.actions import exchange
from duga.directory.models import Service, Source
from duga.plain.errors import NotFound
from tests.directory import build

LIST = "Ustanova;Usluga;Opština;Jezici\nDom zdravlja;Patronaža;Bar;srpski\nDom zdravlja;Ambulanta;Bar;svemirski\n"


@pytest.fixture
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def sent(cast, **more):
    told = {"network": str(cast.me.pk), "source": "Registar", "licence": "ODbL", "country": "", "kind": "state"}
    return {**told, "file": SimpleUploadedFile("ustanove.csv", LIST.encode()), **more}


def test_a_list_is_looked_at_before_it_comes_in(sign_in, cast, files):
    build.terms()
    client = sign_in("national")
    reply = client.post("/workspace/directory/bring/", sent(cast))
    assert reply.status_code == 302
    page = client.get(reply.headers["Location"])
    text = page.content.decode()
    assert "svemirski" in text and "Patronaža" not in text
    assert Service.objects.count() == 0
    kept = next((files / "exchange").iterdir()).read_bytes()
    assert b"Patrona" not in kept
    done = client.post(reply.headers["Location"], {"do": "bring", "column_0": "organisation", "column_1": "name",
                                                   "column_2": "city", "column_3": "languages"})  # fmt: skip
    assert done.status_code == 302
    assert [row.name for row in Service.objects.all()] == ["Patronaža"]
    source = Source.objects.get()
    assert "ODbL" in client.get(f"/workspace/directory/sources/{source.pk}/").content.decode()
    assert list((files / "exchange").iterdir()) == []
    assert client.get(reply.headers["Location"]).status_code == 404


def test_columns_are_mended_on_screen(sign_in, cast, files):
    build.terms()
    client = sign_in("national")
    where = client.post("/workspace/directory/bring/", sent(cast)).headers["Location"]
    columns = {"column_0": "organisation", "column_1": "name", "column_2": "city", "column_3": "description"}
    assert "svemirski" not in client.post(where, {"do": "check", **columns}).content.decode()
    client.post(where, {"do": "bring", **columns})
    assert {row.description for row in Service.objects.all()} == {"srpski", "svemirski"}


def test_what_is_no_list_is_said(sign_in, cast, files):
    client = sign_in("national")
    where = client.post("/workspace/directory/bring/", sent(cast, file=SimpleUploadedFile("a.json", b"{"))).headers[
        "Location"
    ]
    assert client.get(where).status_code == 422
    assert client.post("/workspace/directory/bring/", sent(cast, source="")).status_code == 422


def test_it_is_its_owners_only(cast, files):
    key = build.staged(cast)
    for who in ("secretariat", "coordinator", "administrator"):
        with pytest.raises(NotFound):
            exchange.bring_staged(by=cast.viewer(who), key=key)
    exchange.discard_staged(by=cast.viewer("national"), key=key)
    with pytest.raises(NotFound):
        exchange.bring_staged(by=cast.viewer("national"), key=key)


def test_two_columns_that_say_the_same_are_told_and_nothing_comes_in(sign_in, cast, files):
    build.terms()
    client = sign_in("national")
    where = client.post("/workspace/directory/bring/", sent(cast)).headers["Location"]
    twice = {"column_0": "organisation", "column_1": "name", "column_2": "city", "column_3": "city"}
    for do in ("bring", "check"):
        page = client.post(where, {"do": do, **twice})
        assert page.status_code == 422 and "“Opština” says this already" in page.content.decode()
    assert Service.objects.count() == 0
