"""What the finder hides, too old to be told, leaves by no other door; emergency lines do, with their age."""

import csv
import datetime as dt
import io
import json
import zipfile

import pytest
from django.utils import timezone

from duga.directory.models import Fact
from duga.directory.rules import FactKind
from tests.directory import build

pytestmark = pytest.mark.django_db
PHONE, PLACE_PHONE, MAIL, STREET, HOURS = "+382 40 111 222", "+382 40 333 444", "a@example.org", "Stara 7", "07:35"
TOLD = (PHONE, PLACE_PHONE, MAIL, STREET, HOURS, "777.5")


@pytest.fixture
def aged(cast):
    """A service whose phone, hours, address and costs were verified four years ago; that it is offered, lately."""
    build.terms()
    cast.provider = build.provider(cast)
    cast.aged = build.service(
        cast, cast.provider, phones=[{"number": PHONE}], email=MAIL,
        schedules=[{"freq": "WEEKLY", "byday": "MO", "opens_at": HOURS, "closes_at": "15:00"}],
        locations=[{"address_1": STREET, "city": "Nikšić", "latitude": 42.7, "longitude": 18.9}],
        cost_options=[{"option": "svi", "amount": "777.5", "currency": "EUR"}],
    )  # fmt: skip
    place = cast.aged.service_at_locations.get().location
    place.phones.create(number=PLACE_PHONE)
    old = Fact.objects.filter(service=cast.aged).exclude(kind=FactKind.OFFERED)
    old.update(verified_at=timezone.now() - dt.timedelta(days=1500))
    return cast.aged


def body(reply):
    return b"".join(reply.streaming_content) if reply.streaming else reply.content


def every_door(client, service, **asked):
    """{door: text} of all that is told of services to anybody."""
    found = {}
    for path in ("services", f"services/{service.pk}", "service_at_locations", "organizations",
                 f"organizations/{service.provider_id}"):  # fmt: skip
        for more in ({}, {"full": "true"}, {"full_service": "true"}, {"format": "ndjson", "full": "true"}):
            reply = client.get(f"/api/hsds/{path}", {**more, **asked})
            if reply.status_code == 200:
                found[f"{path} {more}"] = body(reply).decode()
    for kind in ("csv", "geojson", "ndjson"):
        found[kind] = body(client.get(f"/services/data/services.{kind}")).decode()
    with zipfile.ZipFile(io.BytesIO(body(client.get("/services/data/services.zip")))) as archive:
        found["zip"] = "\n".join(archive.read(name).decode() for name in archive.namelist())
    found["card"] = client.get(f"/services/{service.pk}/card.vcf").content.decode().replace("\r\n ", "")
    found["page"] = client.get(f"/services/{service.pk}/").content.decode()
    return found


def test_what_is_too_old_leaves_by_no_door(client, aged):
    told = every_door(client, aged)
    assert len(told) > 10
    for door, text in told.items():
        assert [word for word in TOLD if word in text] == [], door
    assert aged.name in told["zip"] and aged.name in told["csv"] and aged.name in told["card"]


def test_who_asks_for_all_has_it_with_its_age(client, aged):
    told = client.get(f"/api/hsds/services/{aged.pk}", {"stale": "true"}).json()
    text = json.dumps(told, ensure_ascii=False)
    assert [word for word in TOLD if word not in text] == []
    values = [each["value"] for each in told["attributes"] if "value" in each]
    day = (timezone.now() - dt.timedelta(days=1500)).date()
    assert any(each.startswith(f"phone {day} ") for each in values)
    assert {"phone", "hours", "address"} <= set(next(each for each in values if "phone," in each).split(","))


def test_an_emergency_line_is_told_with_its_age(client, aged):
    type(aged).objects.filter(pk=aged.pk).update(emergency=True)
    told, day = every_door(client, aged), str((timezone.now() - dt.timedelta(days=1500)).date())
    row = next(csv.DictReader(io.StringIO(told["csv"].removeprefix("\ufeff"))))
    assert PHONE in row["Phones"] and "phone" in row["Ask first"]
    assert PHONE in told["card"] and day in told["card"] and "Ask first" in told["card"]
    (feature,) = json.loads(told["geojson"])["features"]
    assert feature["properties"]["phones"] and "phone" in feature["properties"]["ask_first"]
    assert f"phone {day}" in told["zip"] and f"phone {day}" in told["ndjson"]


def test_a_service_nobody_has_verified_for_long_is_nowhere(client, aged):
    Fact.objects.filter(service=aged).update(verified_at=timezone.now() - dt.timedelta(days=1500))
    assert client.get(f"/api/hsds/services/{aged.pk}").status_code == 404
    assert client.get(f"/api/hsds/services/{aged.pk}", {"stale": "true"}).status_code == 200
    assert client.get(f"/services/{aged.pk}/card.vcf").status_code == 404
    assert (
        aged.name
        not in body(client.get(f"/api/hsds/organizations/{aged.provider_id}", {"full_service": "true"})).decode()
    )
