"""Spreadsheets of services with any headings: guessed, mended, remembered; every bad word named."""

import json

import pytest
from click.testing import CliRunner

from duga.directory.actions.exchange import import_list
from duga.directory.models import Service, Source
from duga.directory.queries.hsds import listing
from duga.plain.errors import Refused
from duga.plain.tables import write_csv, write_xlsx
from tests.directory import build

HEAD = [
    "Установа",
    "Назив услуге",
    "Циљна група",
    "Језици",
    "Телефон",
    "Адреса",
    "Општина",
    "Радно време",
    "Контакт особа",
]
ROWS = [
    ["Центар за социјални рад", "Помоћ у кући", "starije osobe", "srpski, albanski", "020 111 222; 020 333 444",
     "Булевар 1", "Podgorica", "пон-пет 8-15", "Неко Неко"],
    ["Dom zdravlja", "Savjetovalište", "mladi", "crnogorski", "040/555-666", "Ulica 2", "Nikšić", "", ""],
]  # fmt: skip


@pytest.fixture
def bring(cast):
    build.terms()

    def bring(rows=ROWS, head=HEAD, name="ustanove.xlsx", **more):
        data = write_xlsx(head, rows) if name.endswith("xlsx") else write_csv(head, rows)
        return import_list(by=cast.viewer("national"), network_id=cast.me.pk, name=name, data=data, **more)

    return bring


def test_any_headings_in_either_script_are_understood(bring):
    outcome = bring(kind="state")
    assert [str(fault) for fault in outcome.errors] == []
    assert outcome.numbers["service"] == 2
    told = listing.one("services", str(Service.objects.get(name="Помоћ у кући").pk))
    assert told["organization"]["name"] == "Центар за социјални рад"
    assert [row["number"] for row in told["phones"]] == ["020 111 222", "020 333 444"]
    assert {row["code"] for row in told["languages"]} == {"sr", "sq"}
    codes = {each["taxonomy_term"]["code"]: each.get("value") for each in told["attributes"]}
    assert "older_people" in codes and codes["service.country"] == "ME"
    assert told["service_at_locations"][0]["location"]["addresses"][0]["city"] == "Podgorica"
    assert told["schedules"][0]["description"] == "пон-пет 8-15"
    assert Service.objects.first().provider.kind == "state"
    assert "contacts" not in told and "Неко Неко" not in json.dumps(told, ensure_ascii=False)  # nobody asked them


def test_the_same_list_again_brings_nothing_and_a_longer_one_the_rest(bring):
    bring()
    assert bring().imported == 0
    longer = bring([*ROWS, ["Dom zdravlja", "Patronaža", "porodice", "", "", "", "Nikšić", "", ""]])
    assert longer.numbers["service"] == 1
    assert Service.objects.count() == 3


def test_words_nobody_knows_are_named_and_what_they_mean_is_remembered(bring):
    rows = [[*ROWS[0][:2], "svemirci", *ROWS[0][3:]]]
    outcome = bring(rows)
    assert outcome.stopped
    (fault,) = outcome.errors
    assert (fault.place.row, fault.column) == (2, "target_groups") and "svemirci" in str(fault)
    said = {"values": {"target_groups": {"svemirci": "youth"}}}
    assert bring(rows, mapping=said).numbers["service"] == 1
    assert Source.objects.get().fetched["mappings"]
    again = [[ROWS[0][0], "Druga usluga", "svemirci", *ROWS[0][3:]]]
    assert bring(again).numbers["service"] == 1  # the same source, the same headings: it is known


def test_columns_can_be_said(bring):
    outcome = bring(
        [["A", "B", "x"]], head=["prva", "druga", "treca"], name="lista.csv",
        mapping={"organisation": "prva", "name": 1, "description": "treca", "city": "=Bar"},
    )  # fmt: skip
    assert outcome.numbers["service"] == 1
    row = Service.objects.get()
    assert (row.name, row.provider.name, row.description) == ("B", "A", "x")
    for mapping in ({"nothing": "prva"}, {"name": "peta"}, {"organisation": None, "name": None}):
        with pytest.raises(Refused):
            bring([["A", "B", "x"]], head=["prva", "druga", "treca"], name="lista.csv", mapping=mapping)


def test_the_command_reads_spreadsheets_too(cast, tmp_path, monkeypatch):
    build.terms()
    monkeypatch.setattr("config.commands.directory.django_ready", lambda: None)
    from config.commands.importing import import_

    file = tmp_path / "ustanove.xlsx"
    file.write_bytes(write_xlsx(HEAD, ROWS))
    asked = ["directory", str(file), "--network", "me", "--as", "national@example.org", "--licence", "CC BY 4.0"]
    run = CliRunner().invoke(import_, asked)
    assert run.exit_code == 0, run.output
    assert "2 rows read: 2 came in (2 services" in run.output and "name = Назив услуге" in run.output
    assert Source.objects.get().licence == "CC BY 4.0"


BAD = """Ustanova;Usluga;Grad;Telefon;Država;E-mail;Od godina;Do godina;Web
Centar za socijalni rad Bar;dnevni boravak za starije;Bar;+382 30 123 456 lok. 12;Crna Gora;a@b.me;65;-;b.me
Udruženje X;savjetovanje;Nikšić;abc;ME;;;;
;kućna pomoć;Kotor;;ME;;;;
Dom Y;letenje na mars;Bar;;QQ;;;;
Dom Z;kućna pomoć;Bar;;;nije-mail;70;60;nema
"""


def test_what_cannot_be_is_named_by_row_and_column_and_rows_are_counted_as_they_stand(cast):
    build.terms()

    def bring(**more):
        by = cast.viewer("national")
        return import_list(by=by, network_id=cast.me.pk, name="dir.csv", data=BAD.encode(), **more)

    refused = bring()
    assert refused.stopped and (refused.read, refused.rejected) == (5, 4)
    assert {(fault.place.row, fault.column) for fault in refused.errors} == {
        (3, "phone"), (4, "organisation"), (5, "country"), (6, "email"), (6, "minimum_age"), (6, "url"),
    }  # fmt: skip
    aside = bring(bad_rows="set-aside")
    assert (aside.read, aside.imported, aside.already, aside.rejected) == (5, 1, 0, 4)
    row = Service.objects.get()
    assert (row.country, row.url, row.minimum_age, row.maximum_age) == ("ME", "https://b.me", 65, None)
    again = bring(bad_rows="set-aside")
    assert (again.imported, again.already, again.rejected) == (0, 1, 4)
