"""The finder: every state an address, violence by POST, what is told and how old it is."""

import re

import pytest

from tests.directory import build

pytestmark = pytest.mark.django_db
A_SERVICE = re.compile(r"/services/[0-9a-f-]{36}/")


@pytest.fixture
def shelf(cast):
    build.terms()
    return build.provider(cast)


def test_need_then_place_then_services(client, cast, shelf):
    build.service(cast, shelf)
    assert "What do you need?" in client.get("/services/").content.decode()
    assert "Where are you?" in client.get("/services/?need=legal").content.decode()
    found = client.get("/services/?need=legal&country=ME").content.decode()
    assert "Besplatna pravna" in found
    page = client.get(A_SERVICE.search(found).group()).content.decode()
    for told in ("Besplatna pravna", "tel:+38240000001", "9:00 – 15:00", "Monday – Friday", "Free of charge"):
        assert told in page
