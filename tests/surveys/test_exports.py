"""Answers as files and feeds: what stands in them, who gets them, what they never do."""

import base64
import csv
import io
import json
import zipfile
from urllib.parse import quote

import openpyxl
import pytest
from lxml import etree

from duga.members.models import TrailEntry
from duga.plain.errors import DugaError, NotFound, Unreadable
from duga.surveys.actions import exports as actions
from duga.surveys.actions.receiving import receive, review_submission
from duga.surveys.models import FeedToken
from duga.surveys.queries.receiving import forget_kept
from duga.surveys.rules.exports import read_filter
from tests.surveys.phones import add_version, answers, make_form

INSIDE = [
    "<name>=1+1</name><age>34</age><needs>food heat</needs><where>42.77 18.95 640 5</where>"
    "<child><age>3</age><nick>Mi</nick></child><child><age>-5</age></child>",
    "<name>Иво</name><age>x</age><needs>food</needs>",
    "<name>Zeqir, i vjetër</name><age>51</age><where>91 200 0 0</where>",
]


@pytest.fixture
def form(cast):
    """A form of Nikšić with three answers, of which the first was approved."""
    forget_kept()
    version = make_form(cast.niksic)
    for number, inside in enumerate(INSIDE):
        taken = receive(
            by=cast.viewer("worker"), organisation_id=cast.niksic.pk, xml=answers(f"uuid:{number}", inside=inside)
        )
        if number == 0:
            review_submission(by=cast.viewer("manager"), submission_id=taken.submission.pk, version=1, state="approved")
    receive(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, xml=answers("uuid:try"), test=True)
    return version.form


@pytest.fixture
def take(cast, form):
    """`take("csv", …)`: an export's bytes."""

    def export(kind, by="manager", **told):
        viewer = cast.viewer(by)
        return b"".join(
            actions.export_answers(by=viewer, organisation_id=cast.niksic.pk, form_id=form.pk, kind=kind, **told)
        )

    return export


def rows(data: bytes) -> list[dict]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data[3:].decode())))


def test_csv_with_codes_is_excels_and_no_cell_runs(take):
    told = rows(take("csv"))
    assert [row["name"] for row in told] == ["'=1+1", "Иво", "Zeqir, i vjetër"]
    assert [row["age"] for row in told] == ["34", "x", "51"]
    assert (told[0]["needs"], told[0]["where/latitude"], told[0]["home/rooms"]) == ("food heat", "42.77", "2")
    assert [row["_state"] for row in told] == ["approved", "received", "received"]
    assert "wrong_type:/age" in told[1]["_flags"]
    told = rows(take("csv", table="child"))
    assert [(row["_id"], row["_row"], row["child/age"]) for row in told] == [
        ("uuid:0", "1", "3"),
        ("uuid:0", "2", "-5"),
    ]


def test_csv_with_labels_and_a_column_for_each_choice(take):
    told = rows(take("csv", language="default", split=True))
    assert (told[0]["Needs"], told[0]["Needs/Food"], told[1]["Needs/Heating"]) == ("Food; Heating", "1", "0")


def test_xlsx_opens_with_numbers_as_numbers_and_a_sheet_for_each_repeat(take):
    book = openpyxl.load_workbook(io.BytesIO(take("xlsx")))
    assert book.sheetnames == ["answers", "child"]
    head, first, *_more = book["answers"].iter_rows(values_only=True)
    told = dict(zip(head, first, strict=True))
    assert (told["name"], told["age"], told["where/latitude"], told["home/rooms"]) == ("'=1+1", 34, 42.77, 2)
    assert [row[2] for row in book["child"].iter_rows(min_row=2, values_only=True)] == [3, -5]


def test_geojson_has_the_places_that_are_on_earth(take):
    told = json.loads(take("geojson", language="default"))
    assert [feature["geometry"]["coordinates"] for feature in told["features"]] == [[18.95, 42.77, 640.0]]
    assert told["features"][0]["properties"]["needs"] == "Food; Heating"


def test_spss_gets_data_syntax_and_codebook(take):
    archive = zipfile.ZipFile(io.BytesIO(take("spss")))
    syntax = archive.read("read-answers.sps").decode("utf-8-sig")
    names = [line.split()[0] for line in syntax.split("/VARIABLES=")[1].split("\r\n.")[0].strip().splitlines()]
    head = next(csv.reader(io.StringIO(archive.read("answers.csv").decode("utf-8-sig"))))
    assert len(names) == len(head) == len(set(names))
    assert "  age F17.6" in syntax and "  name 'Name'" in syntax
    assert "food,Food" in archive.read("codebook.csv").decode()


def test_parquet_has_types(take):
    from pyarrow import BufferReader, parquet

    table = parquet.read_table(BufferReader(take("parquet")))
    assert table["age"].to_pylist() == [34, None, 51]
    assert table["name"].to_pylist()[1] == "Иво"


def test_what_an_older_version_asked_stays_a_column(cast, form, take):
    questions = [{"path": "/name", "type": "text"}, {"path": "/new", "type": "integer"}]
    add_version(form, version="2", questions=questions)
    assert list(rows(take("csv"))[0])[8:12] == ["name", "new", "start", "end"]


def test_nobody_else_takes_answers_along(take):
    for who in ("worker", "officer", "secretariat", "other_coordinator", "administrator"):
        with pytest.raises(DugaError):
            take("csv", by=who)


def test_each_export_leaves_an_entry(take):
    take("csv", table="child")
    entry = TrailEntry.objects.get(event="answers.exported")
    assert (entry.actor, entry.detail["table"]) == ("manager@example.org", "child")


def test_a_long_export_comes_from_the_command(cast, form, monkeypatch, capsysbinary):
    from click.testing import CliRunner

    from config.commands.answers import answers as command

    done = CliRunner().invoke(command, ["niksic", "needs", "csv", "--as", "manager@example.org"], standalone_mode=False)
    assert [row["age"] for row in rows(done.stdout_bytes)] == ["34", "x", "51"]


# --- OData ---------------------------------------------------------------------------------------------


@pytest.fixture
def feed(cast, form, client):
    """`feed("Submissions?$top=1")` asks as Power BI does, with a key of the manager's."""
    key = actions.make_feed(by=cast.viewer("manager"), name="Power BI").key

    def ask(path="", form_id="needs", slug="niksic"):
        address = path if path.startswith("http") else f"/api/v1/surveys/{slug}/{form_id}.svc/{path}"
        return client.get(address, headers={"Authorization": f"Bearer {key}"})

    ask.key = key
    return ask


def test_the_service_and_its_metadata_name_every_set(feed):
    told = feed().json()
    assert told["@odata.context"] == "http://testserver/api/v1/surveys/niksic/needs.svc/$metadata"
    assert [each["name"] for each in told["value"]] == ["Submissions", "Submissions.child"]
    reply = feed("$metadata")
    space = {"edm": "http://docs.oasis-open.org/odata/ns/edm"}
    root = etree.fromstring(reply.content)
    kinds = {each.get("Name"): each.get("Type") for each in root.findall(".//edm:Property", space)}
    assert (
        kinds["age"] == "Edm.Int64"
        and kinds["__Submissions-id"] == "Edm.String"
        and kinds["where"] == "Edm.GeographyPoint"
    )
    assert kinds["home"] == "org.opendatakit.user.needs.Submissions.home"
    sets = {each.get("Name") for each in root.findall(".//edm:EntitySet", space)}
    assert sets == {"Submissions", "Submissions.child"}


def test_entities_are_those_of_central(feed):
    told = feed("Submissions?$count=true").json()
    assert told["@odata.count"] == 3
    newest, _second, first = told["value"]
    assert newest["__id"] == "uuid:2"
    assert first["name"] == "=1+1" and first["age"] == 34 and first["home"] == {"rooms": 2}
    assert first["__system"]["reviewState"] == "approved" and newest["__system"]["reviewState"] is None
    assert first["where"] == {"type": "Point", "coordinates": [18.95, 42.77, 640.0]} and newest["where"] is None
    assert first["child@odata.navigationLink"] == "Submissions('uuid:0')/child"
    child = feed("Submissions.child").json()["value"]
    assert [(row["__Submissions-id"], row["age"]) for row in child] == [("uuid:0", 3), ("uuid:0", -5)]
    assert feed("Submissions('uuid:0')/child").json()["value"] == child
    assert feed("Submissions('uuid:0')").json()["age"] == 34
    assert [row["age"] for row in feed("Submissions?$expand=*").json()["value"][2]["child"]] == [3, -5]


def test_pages_and_what_is_asked_for(feed, monkeypatch):
    from duga.surveys.rules.exports import odata

    assert [row["__id"] for row in feed("Submissions?$top=1&$skip=1").json()["value"]] == ["uuid:1"]
    assert feed("Submissions/$count").content == b"3"
    assert list(feed("Submissions?$select=age&$top=1").json()["value"][0]) == ["__id", "age"]
    monkeypatch.setattr(odata, "PAGE", 2)
    page = feed("Submissions?$count=true").json()
    rest = feed(page["@odata.nextLink"]).json()
    assert [row["__id"] for row in page["value"] + rest["value"]] == ["uuid:2", "uuid:1", "uuid:0"]
    assert "@odata.nextLink" not in rest
    assert [row["__id"] for row in feed("Submissions?$orderby=__system/submissionDate asc").json()["value"]][
        0
    ] == "uuid:0"


FILTERS = [
    ("__system/reviewState eq 'approved'", ["uuid:0"]),
    ("__system/reviewState eq null", ["uuid:2", "uuid:1"]),
    ("__system/reviewState ne null", ["uuid:0"]),
    (
        "not (__system/reviewState eq 'approved') and __system/submissionDate ge 2020-01-01T00:00:00Z",
        ["uuid:2", "uuid:1"],
    ),
    ("__id eq 'uuid:1' or __id eq 'uuid:2'", ["uuid:2", "uuid:1"]),
    ("year(__system/submissionDate) lt 2020", []),
    ("__system/submissionDate lt 2020-01-01", []),
    ("__system/formVersion eq '1'", ["uuid:2", "uuid:1", "uuid:0"]),
]


def test_filters_over_what_the_house_knows(feed):
    told = [feed(f"Submissions?$filter={quote(condition)}").json()["value"] for condition, _found in FILTERS]
    assert [[row["__id"] for row in rows] for rows in told] == [found for _condition, found in FILTERS]


@pytest.mark.parametrize(
    "text",
    ["name eq 'Ana'", "__system/reviewState", "__system/reviewState eq", "(__id eq 'a'", "__id eq 'a' )", "or", "'",
     "__system/submissionDate gt 'soon'", "(" * 60 + "__id eq 'a'" + ")" * 60, "__id eq 'a'" * 500],
)  # fmt: skip
def test_filters_that_cannot_be_understood_are_named(text):
    with pytest.raises(Unreadable):
        read_filter(text)


def test_a_key_opens_what_its_owner_may_read_and_no_more(cast, feed, client):
    assert client.get("/api/v1/surveys/niksic/needs.svc").status_code == 401
    basic = base64.b64encode(f"anyone:{feed.key}".encode()).decode()
    reply = client.get("/api/v1/surveys/niksic/needs.svc", headers={"Authorization": f"Basic {basic}"})
    assert (reply.status_code, reply["OData-Version"]) == (200, "4.0")
    make_form(cast.nis)
    assert feed(slug="nis").status_code == 404
    assert feed(form_id="other").status_code == 404
    assert feed("Submissions?$filter=name eq 'x'").status_code == 400
    assert feed("Submissions?$apply=x").status_code == 400
    with pytest.raises(NotFound):
        actions.revoke_feed(by=cast.viewer("coordinator"), feed_id=FeedToken.objects.get().pk)
    actions.revoke_feed(by=cast.viewer("manager"), feed_id=FeedToken.objects.get().pk)
    assert feed().status_code == 401


# --- Other programs' exports ---------------------------------------------------------------------------

KOBO = (
    "start;Name;Age;Needs;Needs/Food;Needs/Heating;_where_latitude;_where_longitude;home/rooms;_id;_uuid;_index\n"
    ";Ana;34;;1;0;42.77;18.95;2;77;11111111-2222-3333-4444-555555555555;1\n"
    ";Iva;;Food;0;0;;;;78;11111111-2222-3333-4444-666666666666;2\n"
)
CENTRAL = {
    "needs.csv": "SubmissionDate,name,age,needs,where-Latitude,where-Longitude,home-rooms,meta-instanceID,KEY\n"
    "2026-01-01T10:00:00.000Z,Ana,34,food heat,42.77,18.95,2,uuid:a,uuid:a\n"
    "2026-01-01T10:00:00.000Z,Iva,,,,,,uuid:b,uuid:b\n",
    "needs-child.csv": "age,nick,PARENT_KEY,KEY\n3,Mi,uuid:a,uuid:a/child[1]\n7,,uuid:a,uuid:a/child[2]\n",
}


def zipped(files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


@pytest.fixture
def bring(cast):
    """`bring(data, …)` brings a file in as answers to an empty form."""
    forget_kept()
    form = make_form(cast.niksic, slug="brought").form

    def bring(data, **told):
        by = cast.viewer("manager")
        return actions.import_answers(by=by, organisation_id=cast.niksic.pk, form_id=form.pk, data=data, **told)

    bring.form = form
    return bring


def brought(cast, form) -> list[dict]:
    """What lies there now, by our own export."""
    parts = actions.export_answers(
        by=cast.viewer("manager"), organisation_id=cast.niksic.pk, form_id=form.pk, kind="csv"
    )
    return rows(b"".join(parts))


def test_kobos_labels_and_columns_for_choices_come_in_once(cast, bring):
    told = bring(KOBO.encode(), dry_run=True)
    assert (told.read, told.new, told.left) == (2, 0, [])
    assert bring(KOBO.encode()).new == 2
    again = bring(KOBO.encode())
    assert (again.new, again.already) == (0, 2)
    ana, iva = brought(cast, bring.form)
    assert (ana["name"], ana["age"], ana["needs"], ana["where/latitude"], ana["home/rooms"]) == (
        "Ana", "34", "food", "42.77", "2",
    )  # fmt: skip
    assert (iva["needs"], ana["_id"]) == ("food", "uuid:11111111-2222-3333-4444-555555555555")


def test_centrals_zip_brings_its_repeats_along(cast, bring):
    assert bring(zipped(CENTRAL), name="needs.csv.zip").new == 2
    child = actions.export_answers(
        by=cast.viewer("manager"), organisation_id=cast.niksic.pk, form_id=bring.form.pk, kind="csv", table="child"
    )
    assert [(row["_id"], row["child/age"]) for row in rows(b"".join(child))] == [("uuid:a", "3"), ("uuid:a", "7")]
    assert brought(cast, bring.form)[0]["needs"] == "food heat"


def test_our_own_export_comes_back_as_it_went(cast, take, bring):
    before = rows(take("csv"))
    bring(take("xlsx"), name="back.xlsx")
    after = brought(cast, bring.form)
    assert [[row[name] for name in ("_id", "name", "age", "needs")] for row in after] == [
        [row[name] for name in ("_id", "name", "age", "needs")] for row in before
    ]


def test_a_mapping_names_what_no_heading_says(cast, bring):
    told = bring(b"Ko;Koliko;x\nAna;4;1\nAna;4;1\n", mapping={"Ko": "name", "Koliko": "age"})
    assert (told.new, told.left) == (2, ["x"])
    from duga.plain.errors import Refused

    with pytest.raises(Refused):
        bring(b"Ko;x\nAna;1\n", mapping={"Ko": "nothing"})
    with pytest.raises(Refused):
        bring(b"Ko;x\nAna;1\n")
    with pytest.raises(Unreadable):
        bring(zipped({"a.txt": "x"}))


def test_the_command_brings_a_file_in(cast, bring, tmp_path):
    from click.testing import CliRunner

    from config.commands.importing import import_

    file, mapping = tmp_path / "kobo.csv", tmp_path / "mapping.json"
    file.write_text(KOBO)
    mapping.write_text('{"start": ""}')
    told = ["answers", "niksic", "brought", str(file), "--as", "manager@example.org", "--mapping", str(mapping)]
    assert "2 read; nothing" in CliRunner().invoke(import_, [*told, "--dry-run"], standalone_mode=False).output
    assert "2 new" in CliRunner().invoke(import_, told, standalone_mode=False).output
