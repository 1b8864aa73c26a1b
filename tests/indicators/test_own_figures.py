"""An organisation's own figures: right, protected for the donor, and nobody else's business."""

import io

import pytest
from click.testing import CliRunner

from config.commands.indicators import figures
from duga.evidence.model import ALL
from duga.indicators import actions, queries, rules
from duga.indicators.models import OwnFigures
from duga.plain.errors import Conflict, NotFound, Refused
from tests.indicators.ledgers import people_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(cast, rows):
    """Nikšić's figures of 2020, counted."""
    by = cast.viewer("coordinator")
    asked = actions.ask_own_figures(by=by, slug="niksic", period="2020", start=False)
    return actions.count_own_figures(by=by, figures_id=asked.pk)


def mine(rows, cast):
    return [row for row in rows if row.organisation_id == cast.niksic.pk]


def test_own_numbers_are_the_slow_twins(own, rows, cast):
    assert own.state == "done", own.message
    rows = mine(rows, cast)
    for name in ("people", "months"):
        table = own.result["tables"][name]
        for cell in table["own"]:
            labels = {dimension: cell[dimension] for dimension in table["breakdown"]}
            assert cell["value"] == len(people_of(rows, country="ME", year=2020, **labels)), labels
    assert own.result["tables"]["households"]["own"][-1]["value"] == 1
    quantities = {}
    for row in rows:
        if row.date.year == 2020:
            for month in (f"{row.date:%Y-%m}", ALL):
                quantities[row.unit, month] = quantities.get((row.unit, month), 0) + float(row.quantity)
    counted = {(c["unit"], c["month"]): c["value"] for c in own.result["tables"]["units"]["own"] if c["value"]}
    assert counted == quantities


def test_the_donors_version_hides_small_numbers_and_lies_about_none(own):
    hidden = 0
    for name, table in own.result["tables"].items():
        true = {rules.cell_key(table, cell): cell["value"] for cell in table["own"]}
        for cell in table["donor"]:
            value = true.get(rules.cell_key(table, cell), 0)
            if cell["status"] == "hidden":
                hidden += 1
                assert cell["value"] is None and (value > 0 or name == "units")
            else:
                assert cell["value"] == value
                assert name == "units" or value == 0 or value >= rules.MINIMUM
    assert hidden
    assert own.result["tables"]["people"]["donor"][-1]["value"]  # the one number a donor wants


def test_quantities_tell_no_donor_how_few_people_stand_behind_them():
    """What the totals leave for the months kept back is above the minimum, and at most a few months are."""
    from duga.indicators.queries.own import _months_kept_back

    def cells(**quantities):
        return [{"unit": "parcel", "month": month, "value": q} for month, q in quantities.items()]

    assert _months_kept_back(cells(a=3, b=9, c=40), set(), 5) == set()
    assert _months_kept_back(cells(a=30, b=9, c=40), {"a"}, 5) == {"a"}
    assert _months_kept_back(cells(a=3, b=9, c=40), {"a"}, 5) == {"a", "b"}
    assert _months_kept_back(cells(a=1, b=2, c=40, d=0), {"a"}, 5) == {"a", "b", "c"}


def test_the_workbook_says_the_same(own):
    import openpyxl

    for donor in (True, False):
        book = openpyxl.load_workbook(io.BytesIO(queries.own_workbook(own, donor=donor, language="sr-latn")))
        cells = [cell.value for row in book.active.iter_rows() for cell in row]
        assert queries.total_people(own) in cells
        assert any("Dnevni centar Nikšić" in str(cell) for cell in cells)
        assert not any(str(cell).startswith("=") for cell in cells)
    text = queries.own_csv(own, donor=True, language="en").decode("utf-8-sig")
    assert text.count("small, or hidden to protect a small one") > 2


def test_a_very_small_organisation_still_gets_an_answer(cast, data):
    from tests.indicators.ledgers import fill

    fill(cast, people=4, seed=9, years=(2020,))
    by = cast.viewer("coordinator")
    asked = actions.ask_own_figures(by=by, slug="niksic", period="2020", start=False)
    done = actions.count_own_figures(by=by, figures_id=asked.pk)
    assert done.state == "done", done.message
    assert queries.total_people(done) == 3
    people = done.result["tables"]["people"]["donor"]
    assert [cell["status"] for cell in people] == ["hidden"]
    queries.own_workbook(done, donor=True, language="en")


def test_nothing_recorded_is_said(cast, data):
    by = cast.viewer("coordinator")
    asked = actions.ask_own_figures(by=by, slug="niksic", period="2020", start=False)
    done = actions.count_own_figures(by=by, figures_id=asked.pk)
    assert done.state == "failed" and "Nothing was recorded" in done.message


def test_one_thing_is_counted_at_a_time(cast, data):
    by = cast.viewer("coordinator")
    first = actions.ask_own_figures(by=by, slug="niksic", period="2020", start=False)
    assert actions.ask_own_figures(by=by, slug="niksic", period="2020", start=False) == first
    with pytest.raises(Conflict):
        actions.ask_own_figures(by=by, slug="niksic", period="2019", start=False)
    with pytest.raises(Refused):
        actions.ask_own_figures(by=by, slug="niksic", period="2099", start=False)


def test_nobody_else_sees_inside(cast, own):
    for name in ("worker", "manager", "other_coordinator", "secretariat", "national", "administrator"):
        viewer = cast.viewer(name)
        with pytest.raises((NotFound, Refused)):
            queries.own_figures(viewer, "niksic", own.pk)
        with pytest.raises((NotFound, Refused)):
            actions.ask_own_figures(by=viewer, slug="niksic", period="2020", start=False)
        with pytest.raises((NotFound, Refused)):
            actions.take_own_figures(by=viewer, slug="niksic", figures_id=own.pk, name="own.csv", language="en")


def test_from_the_form_to_the_tables(cast, rows, sign_in, monkeypatch, django_capture_on_commit_callbacks):
    started = []
    monkeypatch.setattr("duga.indicators.actions.own._start", lambda *arguments: started.append(arguments))
    client = sign_in("coordinator")
    page = client.get("/workspace/organisations/niksic/figures/")
    assert "Figures for your donor" in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/workspace/organisations/niksic/figures/", {"first": "2020-01", "last": "2020-12"})
    waiting = client.get(answer["Location"]).content.decode()
    assert 'http-equiv="refresh"' in waiting
    asked = OwnFigures.objects.get()
    assert started == [("--id", str(asked.pk))]
    done = CliRunner().invoke(figures, started[0])  # as the process apart is started
    assert done.exit_code == 0, done.output
    donor = client.get(answer["Location"]).content.decode()
    assert "People, each counted once" in donor and "refresh" not in donor and "Protected: safe to hand on" in donor
    inside = client.get(answer["Location"] + "?show=own").content.decode()
    assert "Internal: not for publication" in inside and 'class="hidden-cell"' not in inside
    for name in ("donor.xlsx", "donor.csv", "own.xlsx", "own.csv"):
        file = client.get(answer["Location"] + name)
        assert file.status_code == 200 and "attachment" in file["Content-Disposition"]
        assert ("internal" in file["Content-Disposition"]) == name.startswith("own")
    assert client.get(answer["Location"] + "donor.exe").status_code == 404


def test_months_in_the_wrong_order_are_named(cast, rows, sign_in):
    answer = sign_in("coordinator").post(
        "/workspace/organisations/niksic/figures/", {"first": "2020-12", "last": "2020-01"}
    )
    assert answer.status_code == 422 and "lies before the first one" in answer.content.decode()


def test_the_network_sees_releases_not_insides(cast, released, sign_in):
    text = sign_in("secretariat").get("/workspace/figures/").content.decode()
    assert "Montenegro" in text and "Take a snapshot" in text
    answer = sign_in("coordinator").get("/workspace/figures/")
    assert answer["Location"] == "/workspace/organisations/niksic/figures/"
    answer = sign_in("worker").get("/workspace/figures/")
    assert answer["Location"] == "/workspace/figures/tables/"  # what others chose to share, nothing else
    assert sign_in("nobody").get("/workspace/figures/").status_code == 404


def test_own_figures_are_not_kept_for_ever(own):
    import datetime as dt

    from django.utils import timezone

    from duga.members.rules import Viewer

    assert actions.discard_old_figures(by=Viewer(system="clock")) == 0
    OwnFigures.objects.update(created_at=timezone.now() - dt.timedelta(days=31))
    assert actions.discard_old_figures(by=Viewer(system="clock")) == 1
