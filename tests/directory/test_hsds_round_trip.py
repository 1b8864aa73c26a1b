"""What comes in as HSDS goes out as it came: the official examples, and everything of them."""

import json
from pathlib import Path

import pytest

from duga.directory.actions.exchange import import_hsds
from duga.directory.models import Location, Provider, Service, ServiceAtLocation
from duga.directory.queries.hsds import nesting, shelf

HSDS = Path(__file__).resolve().parents[3] / "shared" / "data" / "hsds" / "3.1-dev"
needs_examples = pytest.mark.skipif(not HSDS.is_dir(), reason="the official examples lie in ../shared/data/hsds only")


def example(name):
    return json.loads((HSDS / "examples" / f"{name}.json").read_text())


def lost(told, out, path=""):
    """What stands in `told` and not, equal, at the same place in `out`."""
    if isinstance(told, dict):
        if not isinstance(out, dict):
            return [path]
        return [each for key, value in told.items() for each in lost(value, out.get(key), f"{path}/{key}")]
    if isinstance(told, list):
        if not isinstance(out, list):
            return [path]
        by_id = {each.get("id"): each for each in out if isinstance(each, dict)}
        return [
            miss
            for number, each in enumerate(told)
            for miss in lost(
                each, by_id.get(each.get("id")) if isinstance(each, dict) else out[number], f"{path}/{number}"
            )
        ]
    return [] if told == out or (told in (None, "") and not out) else [f"{path}: {told!r} became {out!r}"]


@pytest.fixture
def bring(cast):
    def bring(name, data=None, **more):
        data = data if data is not None else (HSDS / "examples" / name).read_bytes()
        return import_hsds(
            by=cast.viewer("national"), network_id=cast.me.pk, name=name, data=data, country="ME", **more
        )

    return bring


@needs_examples
def test_a_full_service_goes_out_as_it_came(bring):
    outcome = bring("service_full.json")
    assert (outcome.errors, outcome.stopped) == ([], False)
    row = Service.objects.get()
    told = nesting.full_service(row, shelf.fill([row.pk]))
    assert lost(example("service_full"), told) == []


@needs_examples
def test_a_full_organization_goes_out_as_it_came(bring):
    bring("organization_full.json")
    row = Provider.objects.get()
    told = nesting.full_organization(
        row, shelf.fill(Service.objects.values_list("pk", flat=True), [row.pk]), services=True
    )
    assert lost(example("organization_full"), told) == []


@needs_examples
def test_a_full_service_at_location_goes_out_as_it_came(bring):
    bring("service_at_location_full.json")
    row = ServiceAtLocation.objects.get()
    told = nesting.full_pair(row, shelf.fill(pairs=[row.pk]))
    assert lost(example("service_at_location_full"), told) == []


@needs_examples
@pytest.mark.parametrize("name", ["service_list", "organization_list", "service_at_location_list"])
def test_simple_lists_go_out_as_they_came(bring, name):
    bring(f"{name}.json")
    (told,) = example(name)["contents"]
    if name == "organization_list":
        out = nesting.simple("organization", Provider.objects.get())
    elif name == "service_list":
        row = Service.objects.get()
        out = nesting.listed_service(row, shelf.fill_simple([row.pk]))
    else:
        row = ServiceAtLocation.objects.get()
        out = nesting.listed_pair(row, shelf.fill_simple(pairs=[row.pk]))
    assert lost(told, out) == []


@needs_examples
def test_a_location_alone_goes_out_as_it_came(bring):
    bring("location.json")
    row = Location.objects.get()
    assert lost(example("location"), nesting.full("location", row, shelf.fill(locations=[row.pk]))) == []


@needs_examples
def test_nothing_comes_in_twice(bring):
    first = bring("service_full.json")
    again = bring("service_full.json")
    other_name = bring("service_full.json", source="somebody else")
    assert first.imported > 20
    assert (again.imported, other_name.imported) == (0, 0)
    assert again.already == first.imported
    assert Service.objects.count() == 1
