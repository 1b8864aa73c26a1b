"""Files others take: the data package, the spreadsheet, the map, the card, schema.org."""

import csv
import io
import json
import zipfile

import pytest

from duga.directory import actions
from duga.directory.actions.exchange import import_hsds
from duga.directory.models import Provider, Service
from duga.directory.queries.hsds import listing
from duga.directory.rules.hsds import formats
from duga.directory.rules.hsds.files import unpacked
from tests.directory import build
from tests.directory.test_hsds_api import SECRET, TRACES, directory  # noqa: F401
from tests.directory.test_hsds_round_trip import HSDS, needs_examples


def body(client, path):
    reply = client.get(path)
    assert reply.status_code == 200
    return b"".join(reply.streaming_content) if reply.streaming else reply.content


def test_the_package_holds_every_table_and_its_references(client, directory):  # noqa: F811
    files = unpacked(body(client, "/services/data/services.zip"))
    listing_ = json.loads(files["datapackage.json"])
    rows = {
        each["name"]: list(csv.DictReader(io.StringIO(files[each["path"]].decode()))) for each in listing_["resources"]
    }
    assert {row["name"] for row in rows["service"]} == {"Besplatna pravna pomoć", "Socijalni rad"}
    ids = {name: {row["id"] for row in told} for name, told in rows.items()}
    for each in listing_["resources"]:
        assert len(ids[each["name"]]) == len(rows[each["name"]])
        for key in each["schema"].get("foreignKeys", ()):
            for row in rows[each["name"]]:
                assert row[key["fields"]] == "" or row[key["fields"]] in ids[key["reference"]["resource"]]
    assert [row["name"] for row in rows["contact"]] == ["Objavljena Osoba"]


@needs_examples
def test_the_package_has_the_tables_of_the_official_one(client, directory):  # noqa: F811
    official = json.loads((HSDS / "datapackage.json").read_text())
    fields = {each["name"]: {f["name"]: f for f in each["schema"]["fields"]} for each in official["resources"]}
    files = unpacked(body(client, "/services/data/services.zip"))
    for each in json.loads(files["datapackage.json"])["resources"]:
        ours = {f["name"] for f in each["schema"]["fields"]}
        assert set(fields[each["name"]]) <= ours, each["name"]  # the official listing leaves some fields out


def test_the_package_comes_in_elsewhere_whole(client, directory):  # noqa: F811
    before = {
        name: listing.one("services", str(row.pk)) for name, row in (("a", directory.legal), ("b", directory.social))
    }
    data = body(client, "/services/data/services.zip")
    Service.objects.all().delete()
    Provider.objects.all().delete()
    outcome = import_hsds(by=directory.viewer("national"), network_id=directory.me.pk, name="x.zip", data=data)
    assert outcome.errors == []
    for told in before.values():
        after = listing.one("services", told["id"])
        for name in ("name", "phones", "languages", "schedules", "service_at_locations", "capacities", "contacts"):
            assert told.get(name) == after.get(name), name


def test_the_spreadsheet_opens_in_excel_and_runs_nothing(client, directory):  # noqa: F811
    build.service(directory, directory.provider, name='=HYPERLINK("http://x")', description="@SUM(A1)")
    data = body(client, "/services/data/services.csv")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == 4 and len({len(row) for row in rows}) == 1
    assert not any(cell.startswith(("=", "@", "+", "-")) for row in rows[1:] for cell in row if not cell[1:].isdigit())
    only = body(client, "/services/data/services.csv?country=RS")
    assert only.count(b"\n") == 1
    assert client.get("/services/data/services.csv?country=QQ").status_code == 404


def test_the_map_holds_a_point_for_each_place(client, directory):  # noqa: F811
    told = json.loads(body(client, "/services/data/services.geojson"))
    points = {each["properties"]["name"]: each["geometry"]["coordinates"] for each in told["features"]}
    assert points == {"Besplatna pravna pomoć": [18.944, 42.773], "Socijalni rad": [19.26, 42.44]}


def test_the_card_holds_name_phones_and_place(client, directory):  # noqa: F811
    text = body(client, f"/services/{directory.legal.pk}/card.vcf").decode()
    assert text.startswith("BEGIN:VCARD\r\nVERSION:4.0\r\n") and text.endswith("END:VCARD\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole = text.replace("\r\n ", "")
    assert "TEL;VALUE=text:+382 40 000 001" in whole and "GEO:geo:42.773,18.944" in whole
    assert "Checked on: 20" in whole
    hidden = build.service(directory, directory.provider, name="Sigurna kuća", discreet=True, locations=[])
    assert client.get(f"/services/{hidden.pk}/card.vcf").status_code == 404


@pytest.mark.parametrize("name", ["Ж" * 80, "a;b,c\\d\ne", "x" * 74 + "č"])
def test_any_name_makes_a_card(name):
    text = formats.vcard({"id": "1", "name": name}, "https://example.org/")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = text.replace("\r\n ", "").split("\r\n")
    assert lines[4].startswith("FN:") and "\n" not in lines[4]


def test_search_engines_are_told_in_schema_org(client, directory):  # noqa: F811
    told = formats.schema_org(listing.one("services", str(directory.legal.pk)), "https://example.org/s/1")
    assert (told["@context"], told["@type"], told["name"]) == (
        "https://schema.org",
        "Service",
        "Besplatna pravna pomoć",
    )
    channel = told["availableChannel"]
    assert channel["servicePhone"][0]["telephone"] == "+382 40 000 001"
    assert channel["serviceLocation"][0]["address"]["addressLocality"] == "Nikšić"
    assert told["hoursAvailable"][0]["opens"] == "09:00"
    assert told["isAccessibleForFree"] is True
    assert "</" not in json.dumps(told)


def test_no_file_tells_a_confidential_place(client, directory):  # noqa: F811
    shelter = build.service(
        directory, directory.provider, name="Sigurna kuća", discreet=True,
        locations=[{"address_1": "Tajnovita 17", "city": "Nikšić", "latitude": 42.79, "longitude": 18.93}],
    )  # fmt: skip
    actions.keep_place(by=directory.viewer("coordinator"), service_id=shelter.pk, kind="shelter", told=SECRET)
    whole = "".join(body(client, f"/services/data/services.{kind}").decode() for kind in ("csv", "geojson", "ndjson"))
    with zipfile.ZipFile(io.BytesIO(body(client, "/services/data/services.zip"))) as archive:
        whole += "".join(archive.read(name).decode() for name in archive.namelist())
    assert "Sigurna kuća" in whole
    assert [trace for trace in TRACES if trace in whole] == []
    assert "ld+json" not in client.get(f"/services/{shelter.pk}/").content.decode()
    assert client.get(f"/services/{shelter.pk}/card.vcf").status_code == 404


def test_a_shelter_by_its_kind_has_no_card_and_a_merged_service_has_that_of_the_other(client, directory):  # noqa: F811
    terms = {"needs": ["shelter"], "service_types": ["shelter"]}
    shelter = build.service(directory, directory.provider, name="Prihvatilište", terms=terms, locations=[])
    assert client.get(f"/services/{shelter.pk}/card.vcf").status_code == 404
    by, twin = directory.viewer("coordinator"), build.service(directory, directory.provider)
    pair = actions.note_duplicate(by=by, entity="service", first_id=directory.legal.pk, second_id=twin.pk, likeness=1.0)
    actions.merge(by=by, duplicate_id=pair.pk, keep_id=directory.legal.pk)
    card = client.get(f"/services/{twin.pk}/card.vcf").content.decode()
    assert f"UID:urn:uuid:{directory.legal.pk}" in card


def test_where_an_unlisted_service_is_stands_in_no_file_and_no_answer(client, directory):  # noqa: F811
    place = {"name": "Tajna baza", "address_1": "Skrivena 9", "city": "Bar"}
    build.service(directory, directory.provider, name="Interna", listed=False, locations=[place])
    told = "".join(
        client.get(f"/api/hsds/{path}").content.decode()
        for path in (f"services/{directory.legal.pk}", f"organizations/{directory.provider.pk}", "services?full=true")
    )
    told += body(client, "/services/data/services.ndjson").decode()
    with zipfile.ZipFile(io.BytesIO(body(client, "/services/data/services.zip"))) as archive:
        told += "".join(archive.read(name).decode() for name in archive.namelist())
    assert "Izmišljena ulica" in told
    assert "Skrivena" not in told and "Tajna baza" not in told
