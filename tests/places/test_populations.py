"""Tables of population: what is loaded, what is refused, and what a rate divides by."""

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from config.commands.places import places
from duga.members.models import TrailEntry
from duga.places import actions, queries
from duga.places.models import PopulationTable
from duga.plain.errors import NotAllowed, NotFound, Refused

pytestmark = pytest.mark.django_db
WHOLE = "country,year,population\nME,2019,622000\nME,2021,619000\nMNE,2023,616000\n"
MUNICIPALITIES = 21


def load(by, text, **told):
    words = {"source": "Statistical office", "licence": "CC BY 4.0"} | told
    return actions.load_population(by=by, name="populations.csv", data=text.encode(), **words)


def test_the_shipped_populations_have_source_and_licence(shipped):
    table = queries.population_table()
    found = {row["country"]: row for row in queries.population_rows_for([c.code for c in queries.countries()], "2024")}
    assert found.keys() == {"AL", "BA", "HR", "XK", "ME", "MK", "RS"}
    assert found["ME"]["population"] == table.of({"country": ("ME",), "year": ("2024",)}) == 628_986
    assert (found["ME"]["year"], found["XK"]["year"]) == ("2020", "2024")
    assert all(row["source"] and row["licence"] for row in found.values())
    assert found["RS"]["note"] == "without Kosovo*"
    assert found["RS"]["population"] + found["XK"]["population"] > 8_900_000  # neither holds the other


def test_the_same_populations_are_kept_once(shipped, system):
    before = PopulationTable.objects.count()
    actions.load_shipped_places(by=system)
    assert PopulationTable.objects.count() == before


def test_the_table_loaded_last_counts_and_the_older_stays(shipped, cast):
    by = cast.viewer("secretariat")
    before = PopulationTable.objects.count()
    assert load(by, WHOLE).loaded
    assert PopulationTable.objects.count() == before + 1
    assert queries.population_rows_for(["ME"], "2020")[0]["population"] == 628_986  # another year: still the UN's
    assert queries.population_rows_for(["ME"], "2022")[0]["population"] == 619_000
    assert queries.population_rows_for(["ME"], "2030")[0]["year"] == "2023"
    assert queries.population_rows_for(["ME"], "1999") == []
    assert load(by, "country,year,population\nME,2021,1\n").loaded
    assert queries.population_rows_for(["ME"], "2022")[0]["population"] == 1
    assert load(by, WHOLE).loaded  # once more, whatever it is called: it counts again
    assert queries.population_rows_for(["ME"], "2022")[0]["population"] == 619_000
    assert TrailEntry.objects.filter(event="places.population_loaded").count() == 3


def test_all_that_is_in_force_is_read_at_once(shipped, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len({row["country"] for row in queries.populations_in_force()}) == 7


def test_regions_sexes_and_ages_are_added_where_no_total_is_told(shipped, cast):
    codes = sorted(set(queries.region_codes()["MK"].values()))
    lines = [f"MK,{code},2021,{sex},{n}" for code in codes for sex, n in (("female", 100), ("male", 90))]
    assert load(cast.viewer("secretariat"), "\n".join(["country,area,year,sex,population", *lines])).loaded
    table = queries.population_table()
    assert table.of({"country": ("MK",), "year": ("2021",)}) == 190 * len(codes)
    assert table.of({"area": (codes[0],), "year": ("2021",), "sex": ("male",)}) == 90
    assert table.of({"country": ("MK",), "year": ("2020",)}) == 2_111_055  # a year of less detail stays what it was
    assert table.of({"country": ("ME",), "sex": ("male",)}) is None


@pytest.mark.parametrize(
    "lines, row, column, words",
    [
        ("Atlantis,,2020,5", 2, "country", "no country"),
        (",,2020,5", 2, "country", "missing"),
        ("ME,ME-99,2020,5", 2, "area", "ME-01"),
        ("ME,,1820,5", 2, "year", "from 1900"),
        ("ME,,2020,many", 2, "population", "whole number"),
        ("ME,,2020,5\nME,,2020,6", 3, "population", "rows 2, 3"),
        ("ME,ME-01,2020,5", 2, "area", "regions are missing"),
    ],
)
def test_wrong_rows_are_named_and_nothing_is_loaded(shipped, cast, lines, row, column, words):
    before = PopulationTable.objects.count()
    outcome = load(cast.viewer("secretariat"), f"country,area,year,population\n{lines}\n")
    assert not outcome.loaded and PopulationTable.objects.count() == before
    assert any((e.row, e.column) == (row, column) and words in str(e) for e in outcome.errors), outcome.errors


def test_no_table_without_a_source_a_column_or_the_permission(shipped, cast):
    by = cast.viewer("secretariat")
    with pytest.raises(Refused, match="licence"):
        load(by, WHOLE, licence=" ")
    with pytest.raises(Refused, match="year"):
        load(by, "country,population\nME,5\nRS,6\n")
    with pytest.raises((NotAllowed, NotFound)):
        load(cast.viewer("worker"), WHOLE)


def test_on_screen(shipped, cast, client):
    client.force_login(cast.accounts["secretariat"], backend="allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("places:population")
    page = client.get(address).content.decode()
    assert "Kosovo*" in page and "1244/1999" in page and "UN DESA" in page and "without Kosovo*" in page
    told = {"source": "Statistical office", "licence": "CC BY 4.0", "note": ""}
    bad = SimpleUploadedFile("people.csv", b"country,year,population\nME,2021,few\nME,2022,5\n")
    answer = client.post(address, told | {"file": bad})
    assert answer.status_code == 422 and "One row needs mending" in answer.content.decode()
    good = SimpleUploadedFile("people.csv", WHOLE.encode())
    assert client.post(address, told | {"file": good}).status_code == 302
    assert "Statistical office (CC BY 4.0)" in client.get(address).content.decode()


def test_by_command(shipped, cast, settings, tmp_path):
    settings.DATA = tmp_path
    file = tmp_path / "people.csv"

    def run(text, *more):
        file.write_text(text)
        words = ["population", str(file), "--source", "Statistical office", "--licence", "CC BY 4.0"]
        return CliRunner().invoke(places, [*words, "--as", "secretariat@example.org", *more])

    refused = run(WHOLE + "ME,2024,x\n")
    assert refused.exit_code == 1 and "Row 5, population" in refused.output
    assert "Not loaded: 3 rows" in run(WHOLE, "--dry-run").output
    assert "Loaded: 3 rows" in run(WHOLE).output
    assert "ME,,2021,,,619000,Statistical office" in (tmp_path / "snapshots" / "population.csv").read_text()
