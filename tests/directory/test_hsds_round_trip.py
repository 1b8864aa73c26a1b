"""What comes in as HSDS goes out as it came: every official example, and everything of it."""

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest
from django.utils import timezone

from duga.directory.actions.exchange import import_hsds
from duga.directory.models import (
    Fact,
    Location,
    LooseRow,
    Provider,
    SearchEntry,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)
from duga.directory.queries.hsds import files, listing, nesting, shelf
from duga.directory.rules.hsds.files import unpacked

HSDS = Path(__file__).resolve().parents[3] / "shared" / "data" / "hsds" / "3.1-dev"
OWN = Path(__file__).with_name("own_service.json")
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
        outcome = import_hsds(
            by=cast.viewer("national"), network_id=cast.me.pk, name=name, data=data, country="ME", **more
        )
        # what nobody verified since 2005, as these examples say, would not be told
        Fact.objects.update(verified_at=timezone.now())
        SearchEntry.objects.update(hidden_on=None)
        return outcome

    return bring


def test_our_own_full_service_goes_out_as_it_came_and_only_once(bring):
    """Every table that nests in a service, in an example of our own: holds where the official ones are not at hand."""
    first = bring("own_service.json", OWN.read_bytes())
    assert (first.errors, first.stopped) == ([], False)
    row = Service.objects.get()
    assert lost(json.loads(OWN.read_text()), nesting.full_service(row, shelf.fill([row.pk]))) == []
    again = bring("own_service.json", OWN.read_bytes())
    assert (again.imported, again.already) == (0, first.imported)
    assert set(json.loads(OWN.read_text())) >= {*nesting.TABLES["service"].children, *nesting.TABLES["service"].parts}


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
@pytest.mark.parametrize("name", ["taxonomy", "taxonomy_list", "taxonomy_term", "taxonomy_term_list"])
def test_taxonomies_and_terms_go_out_as_they_came(bring, name):
    bring(f"{name}.json")
    told = example(name)
    (told,) = told.get("contents", [told])
    kind, model = ("taxonomy_terms", TaxonomyTerm) if "term" in name else ("taxonomies", Taxonomy)
    assert lost(told, listing.one(kind, str(model.objects.get().pk))) == []


def rows_of(package):
    """{file: rows} of the tables of a data package."""
    return {
        name: list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
        for name, data in package.items()
        if name.endswith(".csv")
    }


def by_file(loose):
    """{file: rows} of what hangs on nothing we know, as the package would hold it."""
    found = {}
    for row in loose:
        told = {name: str(value) for name, value in row.told.items() if value is not None}
        found.setdefault(nesting.TABLES[row.entity].path, []).append(told)
    return found


@needs_examples
@pytest.mark.parametrize("form", ["csv", "tabular.json"])
def test_the_tabular_example_goes_out_as_it_came(bring, form):
    """Each row stands in our data package, or, where its references lead nowhere, is kept whole beside it."""
    if form == "csv":
        data = {path.name: path.read_bytes() for path in (HSDS / "examples" / "csv").iterdir()}
        told = rows_of(data)
        assert len(told) == 24
    else:
        data = (HSDS / "examples" / form).read_bytes()
        told = {
            name: [{column: str(value) for column, value in row.items()} for row in rows]
            for name, rows in json.loads(data).items()
        }
    outcome = bring(form, data)
    assert (outcome.errors, outcome.stopped) == ([], False)
    with files.data_package("", title="", homepage="") as package:
        out = rows_of(unpacked(package.read()))
    loose = by_file(LooseRow.objects.all())
    missing = {}
    for name, rows in told.items():
        for row in rows:
            there = [each for each in [*out.get(name, ()), *loose.get(name, ())] if each["id"] == row["id"]]
            if there == [] or all(lost(row, each) for each in there):
                missing[name] = [lost(row, each) for each in there] or row
    assert missing == {}


@needs_examples
def test_the_root_is_told_as_the_official_example_tells_it(client, cast):
    assert set(client.get("/api/hsds/").json()) == set(example("base"))


@needs_examples
@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("service_full", "service_with_definitions"), ("service_list", "service_list"),
        ("organization_list", "organization_list"), ("service_at_location_list", "service_at_location_list"),
    ],
)  # fmt: skip
def test_what_came_in_goes_out_by_the_compiled_schemas(bring, name, schema):
    bring(f"{name}.json")
    asked = {"full": True} if name == "service_full" else {}
    kind = "services" if name == "service_full" else f"{name.removesuffix('_list')}s"
    contents = listing.listing(kind, asked)["contents"]
    assert contents
    for each in contents:
        jsonschema.validate(each, json.loads((HSDS / "schema" / "compiled" / f"{schema}.json").read_text()))


@needs_examples
def test_nothing_comes_in_twice(bring):
    first = bring("service_full.json")
    again = bring("service_full.json")
    other_name = bring("service_full.json", source="somebody else")
    assert first.imported > 20
    assert (again.imported, other_name.imported) == (0, 0)
    assert again.already == first.imported
    assert Service.objects.count() == 1
