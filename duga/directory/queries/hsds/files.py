"""The directory as files: HSDS data package, spreadsheet, GeoJSON; read some hundred services at a time."""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator

from django.utils import timezone

from duga.directory.models import Taxonomy, TaxonomyTerm, Unit
from duga.directory.queries.bundles import parts
from duga.directory.queries.hsds import nesting, shelf
from duga.directory.queries.hsds.listing import listed_keys
from duga.directory.rules.hsds import formats, package, profile
from duga.directory.rules.hsds.tables import ORDER, TABLES
from duga.directory.rules.hsds.values import tell
from duga.plain.tables.writing import safe_cell

BATCH = 200


def services(country: str = "") -> Iterator[dict]:
    """Every public service, in full."""
    for part in parts(listed_keys(country), BATCH):
        told = shelf.fill(part)
        for key in part:
            if (row := told.rows["service"].get(key)) is not None:
                yield nesting.full_service(row, told)


def spreadsheet(country: str, headings: list[str]) -> Iterator[bytes]:
    """A CSV with a byte order mark, one row a service, that no spreadsheet takes for formulas."""
    yield "\ufeff".encode()
    yield _line(headings)
    for told in services(country):
        yield _line(formats.cells(told))


def _line(row) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([safe_cell(cell) for cell in row])
    return out.getvalue().encode()


def lines(country: str) -> Iterator[bytes]:
    """One full service a line, as HSDS JSON."""
    for told in services(country):
        yield json.dumps(told, ensure_ascii=False).encode() + b"\n"


def geojson(country: str, address) -> Iterator[bytes]:
    """A GeoJSON feature collection; `address(service id)` gives a service's page."""
    yield b'{"type":"FeatureCollection","features":['
    first = True
    for told in services(country):
        for feature in formats.features(told, address(told["id"])):
            yield (b"" if first else b",\n") + json.dumps(feature, ensure_ascii=False).encode()
            first = False
    yield b"]}"


def data_package(country: str, *, title: str, homepage: str):
    """An open temporary file that holds the zip of the tabular package; whoever asked closes it."""
    with tempfile.TemporaryDirectory() as folder:
        tables = _Tables(folder)
        for part in parts(listed_keys(country), BATCH):
            _flat(shelf.fill(part), tables)
        _lists(tables)
        tables.close()
        file = tempfile.TemporaryFile()  # noqa: SIM115
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            made = timezone.now().isoformat(timespec="seconds")
            listing = package.datapackage(tables.files, title=title, made=made, homepage=homepage)
            archive.writestr("datapackage.json", json.dumps(listing, ensure_ascii=False, indent=1))
            for entity, opened in tables.files.items():
                archive.write(opened.name, TABLES[entity].path)
    file.seek(0)
    return file


class _Tables:
    """One CSV per table that has rows, each row once."""

    def __init__(self, folder):
        self.folder, self.files, self.writers = folder, {}, {}
        self.seen: set = set()

    def put(self, entity: str, told: dict) -> None:
        if (entity, told["id"]) in self.seen:
            return
        self.seen.add((entity, told["id"]))
        columns = TABLES[entity].columns
        if entity not in self.files:
            self.files[entity] = open(  # noqa: SIM115
                f"{self.folder}/{TABLES[entity].path}", "w", newline="", encoding="utf-8"
            )
            self.writers[entity] = csv.DictWriter(self.files[entity], list(columns), extrasaction="ignore")
            self.writers[entity].writeheader()
        self.writers[entity].writerow({name: "" if value is None else value for name, value in told.items()})

    def close(self):
        for file in self.files.values():
            file.close()


def _flat(told: shelf.Shelf, tables: _Tables) -> None:
    for entity in ORDER:
        for row in told.rows[entity].values():
            if entity == "service_capacity" and row.available is None:
                continue
            tables.put(entity, _record(entity, row, told))
            for each in (row.extra or {}).get("metadata", ()):
                if isinstance(each, dict) and each.get("id"):
                    tables.put("metadata", {**each, "resource_id": str(row.pk), "resource_type": entity})
            for trait in nesting._traits(entity, row, told):
                _trait(trait, row, tables)


def _lists(tables: _Tables) -> None:
    """Every taxonomy, term and unit there is, also those that nothing in the package bears."""
    for entity, model in (("taxonomy", Taxonomy), ("unit", Unit)):
        for row in model.objects.order_by("pk"):
            tables.put(entity, {**nesting.simple(entity, row), "id": str(row.pk)})
    for row in TaxonomyTerm.objects.order_by("pk"):
        told = nesting.simple("taxonomy_term", row)
        tables.put("taxonomy_term", {**told, "taxonomy_id": row.taxonomy_id or (row.extra or {}).get("taxonomy_id")})


def _record(entity, row, told) -> dict:
    """A row under HSDS's columns, its references among what is told."""
    record = {**nesting.simple(entity, row), "id": str(row.pk)}
    for name, column in TABLES[entity].refs.items():
        key = getattr(row, column.ours)
        here = key is not None and key in told.rows[column.to]
        record[name] = str(key) if here else (row.extra or {}).get(name, "")
    if entity == "attribute":
        record |= {"link_id": str(row.link_id), "link_entity": row.link_entity}
    if entity == "service" and not record.get("assured_date"):
        record["assured_date"] = nesting.assured(row, told)
    return {name: tell(value) if not isinstance(value, list | dict) else "" for name, value in record.items()}


def _trait(trait, row, tables):
    term = trait["taxonomy_term"]
    tables.put("taxonomy", profile.taxonomy())
    tables.put("taxonomy_term", {**term, "taxonomy_id": profile.TAXONOMY_ID})
    tables.put("attribute", {**trait, "link_id": str(row.pk), "taxonomy_term_id": term["id"]})
