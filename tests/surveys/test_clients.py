"""Our forms and doors with the programs that others run: pyxform's forms, ODK Validate (JavaRosa), Collect's posts."""

import shutil
import subprocess

import pytest

from duga.plain.xlsforms import read_form
from duga.plain.xlsforms.instances import filled
from duga.plain.xlsforms.validating import jar
from duga.surveys.actions.openrosa import connect_phone
from duga.surveys.models import Submission
from duga.surveys.queries.exports import form_tables
from duga.surveys.queries.receiving import forget_kept
from tests.surveys.phones import make_form, send

SHEETS = b"""| survey |
| | type | name | label::English (en) | label::Srpski (sr) | required | constraint | relevant |
| | start | start | | | | | |
| | text | name | Name | Ime | yes | | |
| | begin group | home | Home | Dom | | | |
| | integer | rooms | Rooms | Sobe | yes | . > 0 and . < 30 | |
| | end group | | | | | | |
| | select_multiple need | needs | Needs | Potrebe | | | ${rooms} < 3 |
| | begin repeat | child | Children | Deca | | | |
| | integer | age | Age | Godine | | . < 18 | |
| | end repeat | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::Srpski (sr) |
| | need | food | Food | Hrana |
| | need | heat | Heating | Grejanje |
| settings |
| | form_id | form_title | version |
| | clients | Clients | 3 |
"""


@pytest.fixture(scope="module")
def read():
    """The form, converted by pyxform."""
    found = read_form(SHEETS, "clients.md", validate=False)
    assert not found.errors
    return found


@pytest.fixture
def door(cast, read):
    """Where a phone of Nikšić finds it."""
    forget_kept()
    told = {"questions": read.parsed.questions, "xform": read.xform, "languages": read.parsed.languages}
    make_form(cast.niksic, slug="clients", version="3", **told)
    phone = connect_phone(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, name="Phone")
    return f"/collect/niksic/key/{phone.token}"


def test_javarosa_opens_what_a_phone_downloads(client, door, tmp_path):
    if shutil.which("java") is None or jar() is None:
        pytest.skip("ODK Validate needs Java and pyxform's copy of it")
    file = tmp_path / "form.xml"
    file.write_bytes(client.get(f"{door}/forms/clients.xml").content)
    done = subprocess.run(
        ["java", "-Xmx200m", "-XX:TieredStopAtLevel=1", "-jar", str(jar()), str(file)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "told, flags",
    [
        ({"/name": "Ana", "/home/rooms": "2", "/needs": "food heat"}, []),
        ({"/name": "Ana", "/home/rooms": "40"}, ["constraint:/home/rooms"]),
        ({"/home/rooms": "2", "/needs": "gold"}, ["not_a_choice:/needs", "required:/name"]),
        ({"/name": "Ana", "/home/rooms": "2", "/child/age": "20"}, ["constraint:/child/age"]),
    ],
)
def test_what_the_forms_own_logic_says_holds_for_what_comes_in(client, door, read, told, flags):
    assert send(client, f"{door}/submission", filled(read.xform, told, "uuid:c")).status_code == 201
    assert Submission.objects.get().flags == flags


def test_the_forms_tables_speak_its_languages(door, cast):
    form = form_tables(Submission._meta.get_field("form").related_model.objects.get())
    main, child = form.tables
    assert [column.name for column in main.columns] == ["start", "name", "home/rooms", "needs"]
    assert (child.name, [column.name for column in child.columns]) == ("child", ["child/age"])
    assert main.columns[3].said("food heat", form.languages[1]) == "Hrana; Grejanje"
