"""A rate end to end: its YAML, its people, who lives there, what is hidden, its pages, its files, and verifying it."""

import csv
import io
import json

import pytest
from click.testing import CliRunner
from django.urls import reverse

from config.commands.evidence import count
from duga.evidence.model import ALL
from duga.indicators import actions, rules
from duga.indicators.models import Release
from duga.indicators.queries.verifying import differences
from duga.members.rules import Viewer
from duga.places.actions import load_population
from duga.plain.errors import Refused
from tests.indicators.ledgers import fill, people_of

pytestmark = pytest.mark.django_db
RATE = "people_assisted_per_10000"
SOURCE = "Office of statistics, mid-year"


@pytest.fixture
def inhabitants(cast):
    """Few enough people that rates differ."""
    text = "country,year,population\nME,2018,6000\nME,2020,5000\nRS,2019,7000\n"
    load_population(
        by=cast.viewer("secretariat"), name="p.csv", data=text.encode(), source=SOURCE, licence="CC BY 4.0",
        note="without guests",
    )  # fmt: skip


@pytest.fixture
def alone(settings):
    settings.SECOND_PERSON = False


def release(cast, country, year=2020):
    made = actions.release_tables(by=cast.viewer("secretariat"), country=country, year=year)
    return {f"{each.indicator}:{each.breakdown}": each for each in made}


def cells_of(release):
    return {rules.cell_key(release.table, cell): cell for cell in release.table["cells"]}


def test_a_rate_is_its_people_by_its_inhabitants(cast, rows, inhabitants, snapshot, alone):
    by_country = cells_of(release(cast, "")[f"{RATE}:country"])
    met = {country: len(people_of(rows, country=country, year=2020)) for country in ("ME", "RS")}
    live = {"ME": 5000, "RS": 7000}
    for country in met:
        cell = by_country[country,]
        assert (cell["count"], cell["inhabitants"]) == (met[country], live[country])
        assert cell["value"] == pytest.approx(met[country] / live[country] * 10_000, abs=0.05)
    total = by_country[ALL,]
    assert total["value"] == pytest.approx(sum(met.values()) / 12_000 * 10_000, abs=0.05)  # never a mean of rates
    whole = cells_of(release(cast, "ME")[f"{RATE}:"])
    assert whole[()]["value"] == by_country["ME",]["value"]


def test_the_same_as_duga_count(cast, rows, inhabitants, snapshot, alone, data, monkeypatch):
    monkeypatch.setenv("DUGA_DATA", str(data))
    told = CliRunner().invoke(count, [RATE, "--by", "country", "--period", "2020"])
    assert told.exit_code == 0, told.output
    counted = {line["country"]: line for line in csv.DictReader(io.StringIO(told.stdout))}
    for (country,), cell in cells_of(release(cast, "")[f"{RATE}:country"]).items():
        assert float(counted[country]["value"]) == cell["value"]


def test_the_page_says_who_lives_there_and_who_says_so(cast, inhabitants, snapshot, alone, client):
    made = release(cast, "ME", 2019)
    page = client.get(reverse("release", args=[made[f"{RATE}:"].pk])).content.decode()
    assert SOURCE in page and "CC BY 4.0" in page and "without guests" in page
    assert "Montenegro 2018" in page  # the last year before
    assert "per 10,000 inhabitants" in client.get("/evidence/me/2019/").content.decode()
    release(cast, "", 2019)
    assert "every 10,000 inhabitants" in client.get("/evidence/").content.decode()


def test_files_hold_count_and_inhabitants(cast, inhabitants, snapshot, alone):
    made = release(cast, "")[f"{RATE}:country"]
    files = {file.kind: bytes(file.data) for file in made.files.all()}
    line = next(row for row in csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig"))) if row["country"] == "ME")
    assert int(line["inhabitants"]) == 5000 and int(line["count"]) > 100
    assert SOURCE in json.dumps(json.loads(files["prov"])["entity"])
    assert differences(Viewer(system="test"), made.pk) == []


def test_verified_though_populations_changed_since(cast, inhabitants, snapshot, alone):
    made = release(cast, "ME")[f"{RATE}:"]
    load_population(
        by=cast.viewer("secretariat"), name="n.csv", data=b"country,year,population\nME,2020,9999\n", source="Newer",
        licence="CC0",
    )  # fmt: skip
    assert differences(Viewer(system="test"), made.pk) == []
    again = release(cast, "ME")
    assert again.keys() == {f"{RATE}:"}  # only the rate says something new
    assert again[f"{RATE}:"].supersedes_id == made.pk and cells_of(again[f"{RATE}:"])[()]["inhabitants"] == 9999


def test_hidden_people_have_no_rate_and_no_total_gives_it_back(cast, data, inhabitants, alone):
    fill(cast, people=12, seed=3, years=(2020,))
    actions.take_snapshot(by=cast.viewer("secretariat"))
    made = release(cast, "")
    people, rate = cells_of(made["people_assisted:country"]), cells_of(made[f"{RATE}:country"])
    assert people["RS",]["status"] == "hidden" and people.keys() == rate.keys() and (ALL,) not in rate
    assert rate["RS",]["status"] == "hidden" and rate["RS",]["count"] is None and rate["RS",]["value"] is None
    assert rate["ME",]["count"] == people["ME",]["value"]


def test_places_whose_inhabitants_nobody_knows(cast, snapshot, alone, client):
    assert f"{RATE}:country" not in release(cast, "")  # no table of population: no rate
    load_population(
        by=cast.viewer("secretariat"), name="p.csv", data=b"country,year,population\nME,2020,5000\n", source=SOURCE,
        licence="CC0",
    )  # fmt: skip
    cells = cells_of(release(cast, "")[f"{RATE}:country"])
    assert cells["RS",]["status"] == cells[ALL,]["status"] == "unknown" and cells["ME",]["status"] == "shown"
    assert client.get("/evidence/").status_code == 200


def test_a_few_people_more_make_no_new_rate(cast, rows, inhabitants, snapshot, alone):
    """Alone too: a rate with its inhabitants is a count, and two counts are subtracted."""
    from duga.casework.models import Assistance, Person

    by = cast.viewer("secretariat")
    wanted = [rules.public_table(RATE, (), "ME")]
    actions.release_tables(by=by, country="ME", year=2020, tables=wanted)
    told = next(row for row in rows if row.person_id and row.date.year == 2020 and row.area.country == "ME")
    new = Person.objects.create(organisation=told.organisation, code="T-new", sex="female")
    Assistance.objects.create(
        organisation=told.organisation, recipient="person", person=new, service_type="home_visit", unit="visit",
        date=told.date, area=told.area, age_band="60-79",
    )  # fmt: skip
    actions.take_snapshot(by=by)
    with pytest.raises(Refused, match="Too little"):
        actions.release_tables(by=by, country="ME", year=2020, tables=wanted)
    assert Release.objects.count() == 1
