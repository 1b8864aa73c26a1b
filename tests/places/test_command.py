"""`duga places`: loads, names bad rows, exits as scripts expect."""

import pytest
from click.testing import CliRunner

from config.commands.places import places
from duga.places import queries
from duga.places.models import Area

pytestmark = pytest.mark.django_db
GOOD = "Šifra;Naziv;Viša šifra\nA;Горња;\nA1;Мала;A\n"


@pytest.fixture
def run(cast, tmp_path):
    def run(text, *more, name="areas.csv"):
        file = tmp_path / name
        file.write_text(text)
        words = ["load", str(file), "--scheme", "national", "--country", "SI", "--as", "secretariat@example.org", *more]
        return CliRunner().invoke(places, words)

    return run


def test_a_file_is_loaded_by_guessed_columns(run):
    done = run(GOOD, "--column", "parent=Viša šifra")
    assert done.exit_code == 0, done.output
    assert "code = Šifra, name = Naziv, parent = Viša šifra" in done.output
    assert "Loaded: 2 rows read, 2 new areas" in done.output
    assert queries.area_by_code("national", "A1").parent.name == "Gornja"
    again = run(GOOD, "--column", "parent=Viša šifra")
    assert "0 new areas, 0 changed, 2 as they were" in again.output


def test_bad_rows_refuse_the_file_or_are_set_aside(run):
    refused = run(GOOD + "A1;Opet;\n")
    assert refused.exit_code == 1
    assert "Row 3, code: The code A1 stands in rows 3, 4" in refused.output
    assert "Nothing was loaded" in refused.output
    assert Area.objects.count() == 0
    taken = run(GOOD + "A1;Opet;\n", "--bad-rows", "set-aside")
    assert taken.exit_code == 0
    assert Area.objects.count() == 1


def test_a_dry_run_says_what_would_be(run):
    done = run(GOOD, "--dry-run")
    assert done.exit_code == 0
    assert "Not loaded: 2 rows read, 2 new areas" in done.output
    assert Area.objects.count() == 0


def test_an_unknown_kind_is_refused_before_anything_is_read(run):
    assert run(GOOD, "--kind", "planet").exit_code == 2


def test_shipped_places_by_command(cast):
    done = CliRunner().invoke(places, ["shipped", "--as", "secretariat@example.org"])
    assert "3115 new areas" in done.output
