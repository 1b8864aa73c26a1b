"""Forms: read strictly, filled as a loop would fill them, and telling nothing small, alone or side by side."""

import io
import itertools

import pytest
from click.testing import CliRunner

from config.commands.indicators import figures
from duga.casework.models import MonthlyRequest, Programme
from duga.evidence.model import ALL
from duga.indicators import actions
from duga.indicators.queries import reports as shown
from duga.indicators.queries.reports import counting, files, quantities
from duga.indicators.rules.reports import Told, find_layout, load_layouts, parse_layout
from duga.members.models import Organisation
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused
from tests.evidence.pieces import Pieces
from tests.indicators.ledgers import people_of, release_by_hand
from tests.indicators.workloads import fill_work, report_by_hand


@pytest.fixture
def work(cast, data):
    from duga.places.models import Area

    area, _new = Area.objects.get_or_create(
        code="ME-12", defaults={"country": "ME", "kind": "region", "name": "Region ME-12"}
    )
    Area.objects.filter(pk=area.pk).update(region=area)
    fill_work(cast, area)


def filled(cast, form, period):
    by = cast.viewer("coordinator")
    asked = actions.ask_report(by=by, slug="niksic", form=form, period=period, start=False)
    done = actions.count_report(by=by, report_id=asked.pk)
    assert done.state == "done", done.message
    return done


def cells(report, donor):
    """(form's own title of the row and head of the column): what stands there."""
    form = shown.filled_report(report, donor=donor, language="en")
    return {
        (part.title, row[0], head): cell
        for part in form.parts for row in part.rows for head, cell in zip(part.heads or ["", ""], row, strict=False)
    }  # fmt: skip


# --- Layouts ----------------------------------------------------------------------------------------------


def test_every_form_is_read_and_says_where_it_comes_from():
    forms = load_layouts()
    assert len(forms) == 6 and all(each.source and each.title["sr"] for each in forms.values())
    assert find_layout("helpline_bulletin").who == ("organisation",)


@pytest.mark.parametrize(
    ("old", "new", "offered"),
    [
        ("figure: households_reached", "figure: households_reach", "households_reached"),
        ("{unit: parcel}", "{unit: parcell}", "parcel"),
        ("{unit: parcel}", "{units: parcel}", "unit"),
        ("show: organisation", "show: organization", "organisation"),
        ("each: area", "each: aria", "area"),
        ("periods: [month", "periods: [months", "month"),
        ("heading: {en: Area", "headings: {en: Area", "heading"),
        ("figure: people_assisted, of: {sex: male}", "figure: referral_hours_to_answer", "mean"),
        ("figure: people_assisted, of: {sex: male}", "figure: people_assisted, of: {sex: [male, female]}", "twice"),
        ("at: A8", "at: eight", "B7"),
        ("title: {en: Where,", "title: {xx: Where,", "English"),
    ],
)
def test_an_unknown_word_is_refused_with_the_near_ones(old, new, offered):
    text = find_layout("people_reached_by_unit_and_area").text
    assert old in text
    with pytest.raises(Refused) as refused:
        parse_layout(text.replace(old, new, 1))
    assert offered in str(refused.value)
    with pytest.raises(Refused, match="helpline_bulletin"):
        find_layout("helpline_buletin")


def test_what_is_about_violence_stands_in_no_region():
    text = find_layout("who_does_what_where").text
    with pytest.raises(Refused, match="violence"):
        parse_layout(text.replace("{service_type: day_centre}", "{service_type: shelter}"))


# --- An organisation's own --------------------------------------------------------------------------------


def test_own_numbers_are_the_slow_twins_and_what_is_told_is_neither_false_nor_small(cast, rows):
    mine = [row for row in rows if row.organisation_id == cast.niksic.pk]
    done, april = filled(cast, "people_reached_by_unit_and_area", "2020-04"), {"year": 2020, "month": "2020-04"}
    found, told = cells(done, donor=False), cells(done, donor=True)
    assert found["By area", "All areas", "People reached"].value == len(people_of(mine, country="ME", **april))
    ages = {"0-5": "0 to 5", "60-79": "60 to 79", "80+": "80 and over"}
    sexes = {"female": "Women and girls", "male": "Men and boys"}
    for (band, title), (sex, head) in itertools.product(ages.items(), sexes.items()):
        people = people_of(mine, country="ME", sex=sex, age_band=band, **april)
        assert found["By age and sex", title, head].value == len(people)
    for area in ("ME-12", "ME-16"):
        people = people_of(mine, country="ME", area=area, **april)
        assert found["By area", f"Region {area}", "People reached"].value == len(people)
    parcels = sum(row.quantity for row in mine if row.unit == "parcel" and f"{row.date:%Y-%m}" == "2020-04")
    assert found["By area", "All areas", "Parcels"].value == parcels
    numbers = {place: cell for place, cell in told.items() if isinstance(cell, Told)}
    assert {cell.status for cell in numbers.values()} == {"shown", "hidden"}
    for place, cell in numbers.items():
        if cell.status == "shown":
            assert cell.value == found[place].value and (cell.unit != "person" or not 0 < cell.value < 5)


def attacked(reports, code):
    """The narrowest hidden number of a count, from all tables of all these forms, by an attacker written apart."""
    tables = [table for each in reports for table in each.result["tables"] if table["code"] == code]
    published = [(0, counting.pair_of(table)[0]) for table in tables if not table["note"]]
    months = [f"2020-{n:02}" for n in range(1, 13)]
    spans = {"2020-01..2020-12": set(months), "2020-04..2020-06": set(months[3:6]), "2020-04..2020-04": {months[3]}}
    hidden = sum(cell.hidden for _release, safe in published for cell in safe.cells.values())
    return Pieces(published, cuts={"year": spans.get}).narrowest(), hidden


def test_no_hidden_number_follows_from_several_forms_side_by_side(cast, work):
    asked = (("annual_service_report", "2020"), ("cases_referrals_workload", "2020-Q2"))
    made = [filled(cast, form, period) for form, period in asked]
    for code in ("cases_closed", "requests_received"):
        (width, _release, key), hidden = attacked(made, code)
        assert hidden and width >= 5, key
    small = [cell for each in made for cell in cells(each, donor=True).values() if isinstance(cell, Told)]
    units = ("referral", "case", "request", "message")
    assert not any(cell.unit in units and cell.status == "shown" and 0 < cell.value < 5 for cell in small)


def test_cases_open_at_the_end_give_no_hidden_step_back(cast, work):
    place = ("III. Cases", "Open at the end of the year", "Number")
    quarter = cells(filled(cast, "cases_referrals_workload", "2021-Q2"), donor=True)
    assert quarter["Cases", "Open at the end", "Number"].status == "hidden"
    year = cells(filled(cast, "annual_service_report", "2020"), donor=True)
    assert {year["III. Cases", name, "Number"].status for name in ("Opened", "Closed")} == {"shown"}
    assert year[place].status == "shown"
    later = cells(filled(cast, "annual_service_report", "2022"), donor=True)  # 2021 was not told
    assert later[place].status == "hidden"


def test_people_by_kind_of_help_are_told_of_no_times_that_cut_one_another(cast, rows):
    whole = cells(filled(cast, "who_does_what_where", "2020-Q2"), donor=True)
    assert whole["What", "Errands", "People reached"].status == "shown"
    month = cells(filled(cast, "who_does_what_where", "2020-04"), donor=True)
    kinds = [cell for (title, name, _h), cell in month.items() if title == "What" and isinstance(cell, Told)]
    assert kinds == [] or {cell.status for cell in kinds} == {"unknown"}


def test_quantities_do_not_tell_how_few_people_stand_behind_them():
    told = {"by": ["unit"], "note": "", "period": "2020-01..2020-12", "cells": [[["parcel"], 50, 50, "exact", 0]]}
    april = told | {"period": "2020-04..2020-04", "cells": [[["parcel"], 3, None, "exact", 0]]}
    rest = told | {"period": "2020-05..2020-05", "cells": [[["parcel"], 42, 42, "exact", 0]]}
    assert quantities.follows(rest, [told, april], 5) == [["parcel"]]  # else 50 - 42 bounds April's people
    assert quantities.follows(rest | {"cells": [[["parcel"], 20, 20, "exact", 0]]}, [told, april], 5) == []
    assert quantities.follows(told, [april, rest], 5) == [["parcel"]]
    widened = quantities._widened({("a",)}, {(ALL,): 60, ("a",): 2, ("b",): 4, ("c",): 54}, 5)
    assert widened == {("a",), ("b",)}


def test_the_same_again_is_the_same_bytes(cast, work):
    first, again = (filled(cast, "cases_referrals_workload", "2020-Q2") for _n in range(2))
    assert first.pk != again.pk and first.result["tables"] == again.result["tables"]
    form = shown.filled_report(first, donor=True, language="sr")
    same = shown.filled_report(again, donor=True, language="sr")
    assert files.workbook(form, "sr") == files.workbook(same, "sr")
    assert files.paper(form, "sr") == files.paper(same, "sr")


def test_the_workbook_holds_the_form_cell_by_cell_and_no_formula(cast, rows):
    import openpyxl

    Organisation.objects.filter(pk=cast.niksic.pk).update(name="=1+1")
    done = filled(cast, "people_reached_by_unit_and_area", "2020-04")
    by = cast.viewer("coordinator")
    data = actions.take_report(by=by, slug="niksic", report_id=done.pk, name="donor.xlsx", language="en")
    book = openpyxl.load_workbook(io.BytesIO(data))
    form, method = book.worksheets
    assert form["A1"].value == "People reached, by unit and area" and form["B3"].value == "'=1+1"
    assert [form.cell(9, n).value for n in (1, 2, 4)] == ["Area", "People reached", "Parcels"]
    told = cells(done, donor=True)
    for row in range(10, 14):
        cell = told["By area", form.cell(row, 1).value, "People reached"]
        assert form.cell(row, 2).value == (cell.value if cell.status == "shown" else files.told_words(cell))
    texts = [str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value]
    assert not any(text.startswith(("=", "+", "@")) for text in texts)
    assert any(done.result["fingerprints"]["facts"][:16] in text for text in texts)
    assert any(str(cell.value).startswith("people_assisted v1 (") for cell in method["C"])
    own = actions.take_report(by=by, slug="niksic", report_id=done.pk, name="own.xlsx", language="en")
    sheet = openpyxl.load_workbook(io.BytesIO(own)).worksheets[0]
    assert any("Internal: not for publication" in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_nothing_recorded_is_unknown_and_not_nought(cast, data):
    by = cast.viewer("coordinator")
    asked = actions.ask_report(by=by, slug="niksic", form="annual_service_report", period="2020", start=False)
    done = actions.count_report(by=by, report_id=asked.pk)
    assert done.state == "failed" and "Nothing was recorded" in done.message
    found = cells(report_by_hand(cast), donor=True)
    assert found["3. Indicators", "People supported", "Value"].value == 12
    assert found["3. Indicators", "Cases opened", "Value"].status == "unknown"


def test_the_bulletin_tells_what_was_told_on_request_and_no_more(cast, data):
    programme = Programme.objects.create(organisation=cast.niksic, name="Line", kind="helpline", sealed=True)
    cell = {"status": "shown", "qualifier": "exact"}
    told = [
        {"measure": "helpline_calls", "unit": "contact", "dimensions": ["caller"], "cells": [
            cell | {"caller": ALL, "value": 40}, cell | {"caller": "self", "value": 30},
            {"caller": "third_party", "value": None, "status": "hidden", "qualifier": None}]},
        {"measure": "helpline_services", "unit": "service", "dimensions": ["call_service"],
         "cells": [cell | {"call_service": ALL, "value": 51}, cell | {"call_service": "talk", "value": 51}]},
    ]  # fmt: skip
    who = cast.accounts["supervisor"]
    MonthlyRequest.objects.create(
        programme=programme, asked_by="Ministry", asked_on="2020-05-02", purpose="Report", month="2020-04-01",
        noted_by=who, decided_by=who, decided_at="2020-05-03T00:00:00Z", state="released",
        table={"country": "ME", "month": "2020-04", "tables": told},
    )  # fmt: skip
    done = filled(cast, "helpline_bulletin", "2020-04")
    for donor in (True, False):
        found = cells(done, donor=donor)
        assert found["Who called", "She herself", "Calls"].value == 30
        assert found["Who called", "A third party", "Calls"].status == "hidden"
        assert found["", "Services given in the calls", ""].value == 51 if ("", "Calls", "") in found else True
    text = files.workbook(shown.filled_report(done, donor=True, language="en"), "en")
    assert cast.niksic.name.encode() not in text
    other = cells(filled(cast, "helpline_bulletin", "2020-05"), donor=False)
    assert other["Who called", "She herself", "Calls"].status == "unknown"


# --- Doors ------------------------------------------------------------------------------------------------


def test_only_who_may_asks_and_one_thing_at_a_time(cast, data):
    by, form = cast.viewer("coordinator"), "annual_service_report"
    for name in ("worker", "manager", "other_coordinator", "secretariat", "administrator"):
        with pytest.raises((NotFound, NotAllowed, Refused)):
            actions.ask_report(by=cast.viewer(name), slug="niksic", form=form, period="2020", start=False)
    for period, why in (("2020-04", "filled by year"), ("2020-02..2020-04", "filled by"), ("2999", "not begun")):
        with pytest.raises(Refused, match=why):
            actions.ask_report(by=by, slug="niksic", form=form, period=period, start=False)
    first = actions.ask_report(by=by, slug="niksic", form=form, period="2020", start=False)
    assert actions.ask_report(by=by, slug="niksic", form=form, period="2020", start=False) == first
    with pytest.raises(Conflict):
        actions.ask_report(by=by, slug="niksic", form=form, period="2019", start=False)
    with pytest.raises(NotFound):
        actions.take_report(by=by, slug="niksic", report_id=first.pk, name="donor.xlsx", language="en")


def test_from_the_choice_to_the_form(cast, work, sign_in, monkeypatch, django_capture_on_commit_callbacks):
    started, client = [], sign_in("coordinator")
    monkeypatch.setattr("duga.indicators.actions.reports._start", lambda *arguments: started.append(arguments))
    address = "/workspace/organisations/niksic/reports/"
    wrong = client.post(address, {"form": "annual_service_report", "period": "2020-04"})
    assert wrong.status_code == 422 and "This form is filled for years" in wrong.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(address, {"form": "third_party_support_annex", "period": "2020"})
    assert 'http-equiv="refresh"' in client.get(answer["Location"]).content.decode()
    assert CliRunner().invoke(figures, started[0]).exit_code == 0
    page = client.get(answer["Location"]).content.decode()
    assert "different people received support" in page and "How these numbers were made" in page
    assert "Internal: not for publication" in client.get(answer["Location"] + "?show=own").content.decode()
    pdf = client.get(f"{answer['Location']}donor.pdf")
    assert pdf.content.startswith(b"%PDF") and "niksic" not in pdf["Content-Disposition"]


def test_a_country_is_filled_from_figures_in_force(cast, data, sign_in):
    by, release = cast.viewer("secretariat"), release_by_hand(cast)
    form = shown.network_form(by, "third_party_support_annex", "ME", 2020, "en")
    every = [cell for part in form.parts for cell in part.told()]
    told = {cell.figure.code: cell for cell in every}
    assert told["households_reached"].value == 12 and told["people_assisted"].status == "unknown"
    assert [table.note["release"] for table in form.tables] == [release.table["id"]]
    page = sign_in("secretariat").get("/workspace/reports/", {"form": "annual_service_report", "place": "ME-2020"})
    assert page["Location"].endswith("/annual_service_report/ME/2020/")
    with pytest.raises(NotFound):
        shown.network_form(by, "third_party_support_annex", "ME", 2013, "en")
    with pytest.raises(NotFound):
        shown.network_form(by, "helpline_bulletin", "ME", 2020, "en")
    with pytest.raises(NotFound):
        shown.network_form(cast.viewer("coordinator"), "annual_service_report", "ME", 2020, "en")
    with pytest.raises(NotFound):
        actions.take_network_report(
            by=by, form="annual_service_report", country="ME", year=2020, kind="exe", language="en"
        )
