"""People and programmes the tests of casework know. All of them are invented."""

import datetime as dt
from types import SimpleNamespace

import pytest

from duga.casework import actions
from duga.plain.tables import write_xlsx
from tests.casework.sheets import HEAD

DAY = dt.date(2020, 4, 3)


@pytest.fixture
def area(db):
    """Nikšić, a municipality that is its own region, and a village in it."""
    from duga.places.models import Area, AreaName

    town = Area.objects.create(country="ME", code="ME-12", kind="municipality", name="Nikšić")
    town.region = town
    town.save()
    village = Area.objects.create(
        country="ME", code="local:grahovo", kind="settlement", level=2, name="Grahovo", parent=town, region=town
    )
    AreaName.objects.create(area=town, folded="niksic", main=True)
    AreaName.objects.create(area=village, folded="grahovo", main=True)
    return SimpleNamespace(town=town, village=village)


@pytest.fixture
def add(cast):
    """`add("Petar", "Petrović", birth_year=1950)` registers a person of Nikšić; `by=` another worker of the cast."""

    def register(given, family, by="worker", **more):
        identity = {"given": given, "family": family}
        identity |= {name: more.pop(name) for name in ("father", "phone", "document", "birth_date") if name in more}
        organisation = more.pop("organisation", cast.niksic)
        return actions.register_person(by=cast.viewer(by), organisation_id=organisation.pk, identity=identity, **more)

    return register


@pytest.fixture
def shelter(cast):
    """A sealed programme of Nikšić, for which the helpline operator alone is named."""
    coordinator = cast.viewer("coordinator")
    programme = actions.add_programme(
        by=coordinator, organisation_id=cast.niksic.pk, name="Safe house", kind="violence"
    )
    actions.name_worker(by=coordinator, programme_id=programme.pk, email="operator@example.org")
    return programme


@pytest.fixture
def give(cast):
    """`give(person)` records a parcel on DAY; any field of `record_assistance` may be said otherwise."""

    def record(person=None, by="worker", **more):
        values = {"service_type": "parcel_distribution", "date": DAY, "organisation_id": cast.niksic.pk} | more
        if person is not None:
            values["person_id"] = person.pk
        return actions.record_assistance(by=cast.viewer(by), **values)

    return record


@pytest.fixture
def bring(cast, area):
    """`bring(rows, head=HEAD)` imports a sheet as Nikšić's coordinator."""

    def bring(rows, head=HEAD, by="coordinator", organisation=None, name="list.xlsx", data=None, **more):
        return actions.import_assistance(
            by=cast.viewer(by), organisation_id=(organisation or cast.niksic).pk, name=name,
            data=data or write_xlsx(head, rows), **more,
        )  # fmt: skip

    return bring
