"""From single records, written by actions, through the commands to the public page."""

import datetime as dt
import html
import re

import pytest
from click.testing import CliRunner

from config.commands.indicators import figures, release, snapshot
from duga.plain.errors import DugaError

pytestmark = pytest.mark.django_db
BY = ["--as", "secretariat@example.org"]


def run(command, *arguments, code=0):
    done = CliRunner().invoke(command, [str(each) for each in arguments])
    if code == 0 and done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.stdout


@pytest.fixture
def work(cast, data):
    """Thirty people, each helped once to three times by Nikšić's worker in spring 2020, as she records it."""
    from duga.casework.actions import record_assistance, register_person
    from duga.places.models import Area

    town = Area.objects.create(country="ME", code="ME-12", kind="municipality", name="Nikšić")
    Area.objects.filter(pk=town.pk).update(region=town)
    here = {"by": cast.viewer("worker"), "organisation_id": cast.niksic.pk, "area_id": town.pk}
    given = []
    for n in range(30):
        sex, born = ("female", 1940) if n % 3 else ("male", 1950 if n > 3 else 1990)
        person = register_person(**here, identity={"given": f"Osoba{n}", "family": "Probna"}, sex=sex, birth_year=born)
        for visit in range(1 + n % 3):
            day = dt.date(2020, 3 + visit, 5)
            record_assistance(**here, person_id=person.pk, service_type="home_visit", date=day)
            given.append((person.pk, sex, 2020 - born, day))
    return given


def test_from_the_record_to_the_public_page(client, work):
    told = run(snapshot, *BY)
    assert re.match(r"[0-9a-f]{64}  60 facts, 2020-03 to 2020-05", told)
    assert run(snapshot, *BY).split()[0] == told.split()[0]  # the same records, the same fingerprint
    made = run(release, "--country", "ME", "--period", "2020", *BY)
    assert made.count("people_assisted by") == 4 and "assistance_delivered by unit" in made
    page = html.unescape(client.get("/evidence/me/").content.decode())
    people = {person for person, *_ in work}
    assert f'<span class="number">{len(people)}' in page
    march = {person for person, _, _, day in work if day.month == 3}
    months = re.search(r'<section id="people_assisted-month">.*?</section>', page, re.S)[0]
    assert re.search(rf'March</th><td class="num"><a [^>]*><span class="number">{len(march)}</span>', months)
    ages = re.search(r'<section id="people_assisted-sex-age_band">.*?</section>', page, re.S)[0]
    assert "hidden-cell" in ages  # the two young men, and who protects them
    for line in made.splitlines():
        if re.match(r"[0-9a-f-]{36}", line):
            run(release, "verify", line.split()[0])


def test_one_table_as_a_draft_then_published(client, work):
    run(snapshot, *BY)
    ask = ["people_assisted", "--country", "me", "--period", "2020", "--by", "month"]
    ident = run(release, *ask, "--draft", *BY).split()[0]
    for words, why in ((["2020"], "is not the id of a release"), (["nope"], "duga release list")):
        told = CliRunner().invoke(release, ["check", *words, *BY])
        assert told.exit_code == 2 and why in told.output
    assert client.get(f"/evidence/release/{ident}/").status_code == 404
    assert run(release, "publish", ident, *BY).strip().startswith(f"/evidence/release/{ident}/")
    assert client.get(f"/evidence/release/{ident}/").status_code == 200
    assert "released" in run(release, "list", *BY)
    elsewhere = [*ask[:2], "rs", *ask[3:]]
    for words, why in (
        (ask, f"in force says the same. `duga release list --as EMAIL` tells it ({ident})"),
        ([*ask[:4], "1999", *ask[5:]], "the snapshot holds 2020-03 to 2020-05"),
        (elsewhere, "nothing was recorded there"),
    ):
        assert why in CliRunner().invoke(release, [*words, "--draft", *BY]).output
    run(release, "withdraw", ident, "--reason", "a test", *BY)
    assert "a test" in client.get(f"/evidence/release/{ident}/").content.decode()
    assert client.get("/evidence/me/").status_code == 404


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["people_assisted", "--country", "ME", "--period", "2020-03..2020-05", "--by", "month"], "neither a year"),
        (["people_assisted", "--country", "ME", "--period", "2020", "--by", "organisation"], "not one of the public"),
        (["parcels", "--country", "ME", "--period", "2020"], "not one of the public"),
    ],
)
def test_what_cannot_be_released_is_refused_with_the_way_out(work, arguments, words):
    run(snapshot, *BY)
    with pytest.raises(DugaError, match=words):
        run(release, *arguments, *BY)


def test_release_without_a_snapshot_says_what_to_do(cast, data):
    with pytest.raises(DugaError, match="duga snapshot"):
        run(release, "--country", "ME", "--period", "2020", *BY)


def test_own_figures_by_command(work, tmp_path):
    out = tmp_path / "donor.xlsx"
    by = ["--as", "coordinator@example.org"]
    told = run(figures, "--organisation", "niksic", "--period", "2020", "--out", out, *by)
    assert "30 people" in told and out.read_bytes()[:2] == b"PK"


def test_sealed_programmes_are_in_no_figure(cast, work):
    from duga.casework.actions import add_programme, name_worker, record_assistance, register_person

    coordinator = cast.viewer("coordinator")
    shelter = add_programme(by=coordinator, organisation_id=cast.niksic.pk, name="Safe house", kind="violence")
    name_worker(by=coordinator, programme_id=shelter.pk, email="operator@example.org")
    before = run(snapshot, *BY)
    here = {"by": cast.viewer("operator"), "organisation_id": cast.niksic.pk, "programme_id": shelter.pk}
    person = register_person(**here, identity={"given": "Tajna", "family": "Osoba"}, sex="female")
    record_assistance(**here, person_id=person.pk, service_type="shelter", date=dt.date(2020, 4, 4))
    assert run(snapshot, *BY).split()[0] == before.split()[0]
