"""Many at once, and power cuts: whatever was acknowledged is there, each thing once. benchmarks/ does it a thousand
times, and with the server that `duga serve` becomes."""

import os
import random
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection

from benchmarks._server import Quick, look, workers
from benchmarks.kills import kill_and_look
from duga.casework import actions
from duga.casework.models import Request, RequestStep
from duga.members.queries.trail import verify_chain
from tests.casework.parallel import at_once, real_database

pytestmark = pytest.mark.django_db(transaction=True)


def database_url() -> str:
    """Where another process finds this test's database."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def test_fifty_at_once_lose_nothing(cast, tmp_path):
    viewers = [cast.viewer(name) for name in ("worker", "manager", "supervisor", "coordinator", "operator")]

    def call(number):
        told = {"need": "food", "service_type": "errands", "details": f"Call {number}", "assessed": True}
        return actions.take_request(by=viewers[number % 5], organisation_id=cast.niksic.pk, once=str(number), **told).pk

    with real_database(tmp_path):
        taken = at_once(call, 100, writers=50)
        assert len(set(taken)) == 100 and not [each for each in taken if isinstance(each, Exception)]
        [(rows, codes, steps, chain)] = at_once(
            lambda _n: (
                set(Request.objects.values_list("pk", flat=True)), Request.objects.values("code").distinct().count(),
                RequestStep.objects.count(), verify_chain(cast.niksic.pk),
            ), 1,
        )  # fmt: skip
    assert (rows, codes, steps) == (set(taken), 100, 200)
    assert chain.sound and chain.entries == 200


def test_power_cuts_lose_no_acknowledged_write(cast, tmp_path, key_store):
    (tmp_path / "static").mkdir()
    with real_database(tmp_path):
        server = Quick(
            DATABASE_URL=database_url(), DUGA_DATA=str(tmp_path), DUGA_KEYS=str(key_store.path),
            DUGA_SECRET=django_settings.SECRET_KEY, DUGA_REQUIRE_TOTP="0", DJANGO_SETTINGS_MODULE="config.settings",
        )  # fmt: skip
        [team] = at_once(lambda _n: workers(cast.niksic, server.port, 4), 1)
        kill_and_look(server, team, 8, random.Random(5), alive=0.1)
        [found] = at_once(lambda _n: look(cast.niksic, team), 1)
    assert (found.lost, found.twice) == (0, 0) and found.acknowledged >= 8
