"""/health: ready, or not, and nothing more."""

import pytest
from django.db import DatabaseError, connection

from duga.plain.errors import Refused
from duga.vault import sealing

pytestmark = pytest.mark.django_db


def test_ready(client, key_store):
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "database": "ok", "key_store": "ok"}
    assert "no-store" in answer.headers["Cache-Control"]


def test_without_its_keys_it_is_not_ready_and_does_not_say_why(client, monkeypatch, caplog):
    def missing():
        raise Refused("The installation key is missing: put it back at %(path)s.", path="/srv/secret/key")

    monkeypatch.setattr(sealing, "store", missing)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "database": "ok", "key_store": "failing"}
    assert b"secret" not in answer.content
    assert "/srv/secret/key" in caplog.text


def test_without_its_database_it_is_not_ready(client, monkeypatch, key_store):
    def broken(*args):
        raise DatabaseError("no such file: /srv/inside")

    monkeypatch.setattr(connection, "cursor", broken)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["database"] == "failing"
    assert b"inside" not in answer.content


def test_asked_to_write_it_declines(client):
    assert client.post("/health").status_code == 405
