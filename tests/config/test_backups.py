"""The restore drill, and every way a backup can be wrong."""

import csv
import datetime as dt
import gzip
import io
import json
import shutil
import sqlite3
import tarfile

import pytest

from config import backups, restoring
from duga.plain.errors import Refused
from tests.config.house import House

FILL = """
from duga.members import actions as members, queries
from duga.members.rules import Role, Viewer
from duga.casework import actions as casework
import datetime as dt
house = Viewer(system="test")
network = queries.network_by_slug(house, "test-network")
niksic = members.create_organisation(by=house, network=network, name="Topli prag", country="ME", slug="prag", demo=True)
lead = members.create_account(by=house, email="lead@example.org", name="Lead", password="correct horse battery")
members.give_role(by=house, account=lead, role=Role.ORGANISATION_COORDINATOR, of=niksic)
by = queries.viewer_by_email("lead@example.org")
for given in ("Милица", "Petar"):
    person = casework.register_person(by=by, organisation_id=niksic.pk, identity={"given": given, "family": "Perović"},
                                      special={"health": "asthma"}, sex="female", birth_year=1950)
    casework.record_assistance(by=by, organisation_id=niksic.pk, person_id=person.pk, service_type="home_visit",
                               unit="visit", date=dt.date(2026, 5, 4), note="kept the dog company")
    print(person.pk)
"""
SEE = """
from duga.members import queries
from duga.casework import actions as casework
by = queries.viewer_by_email("lead@example.org")
organisation = queries.organisation_by_slug(by, "prag")
print("|".join(found.name for found in casework.find_people(by=by, organisation_id=organisation.pk, text="perovic")))
"""
HELP_AGAIN = """
from duga.members import queries
from duga.casework import actions as casework
import datetime as dt
by = queries.viewer_by_email("lead@example.org")
organisation = queries.organisation_by_slug(by, "prag")
casework.record_assistance(by=by, organisation_id=organisation.pk, person_id="{person}", service_type="home_visit",
                           unit="visit", date=dt.date(2026, 6, 2))
"""
OPEN_ROUND = """
from duga.members import actions as members, queries
from duga.members.models import Network
from duga.members.rules import Role, Viewer
from duga.indicators import actions
house = Viewer(system="test")
lead = members.create_account(by=house, email="secretary@example.org", name="Secretary", password="correct horse bat")
members.give_role(by=house, account=lead, role=Role.NETWORK_SECRETARIAT, of=Network.objects.get())
actions.open_round(by=queries.viewer_by_email("secretary@example.org"), purpose="How many people", first_year=2026,
                   last_year=2026, start=False)
"""
SEE_ROUND = """
from duga.indicators.models import CountingRound
print(CountingRound.objects.get().state)
"""
ERASE = """
from duga.members import queries
from duga.casework import actions as casework
casework.erase_person(by=queries.viewer_by_email("lead@example.org"), person_id="{person}", reason="she asked for it")
"""


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """An installation with two people helped, backed up once; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("begun")
    house = House(folder / "data", DUGA_BACKUPS=str(folder / "backups"))
    house.run("begin", "--network", "Test network", "--email", "first@example.org")
    people = house.python(FILL).split()
    house.run("backup")
    return folder, people


@pytest.fixture
def house(begun, tmp_path):
    """A copy of one's own, its backups in a folder of their own."""
    folder, people = begun
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    house = House(tmp_path / "data", DUGA_BACKUPS=str(tmp_path / "backups"))
    house.people = people
    return house


def archive_of(house):
    return backups.archives(house.data.parent / "backups")[-1]


def test_the_drill(house, tmp_path):
    """Back up, erase one, wreck the machine, restore on a new one: she stays erased, all else is there."""
    folder = tmp_path / "backups"
    archive, first_keys = archive_of(house), backups.key_backups(folder)[-1]
    assert set(house.python(SEE).split("|")) == {"Милица Perović", "Petar Perović"}
    house.python(ERASE.format(person=house.people[0]))
    house.python("from django.conf import settings; from config.backups import note_erasures; "
                 "note_erasures(settings.BACKUPS)")  # fmt: skip
    assert house.python(SEE) == "Petar Perović"

    key = (house.data / "installation.key").read_text()
    (house.data / "duga.sqlite3").write_bytes(b"wrecked" * 1000)
    (house.data / "keys.sqlite3").unlink()
    said = house.run("restore", archive, "--keys", first_keys, "--over")
    assert "1 people erased since are erased again" in said
    assert "All is well." in said
    assert house.python(SEE) == "Petar Perović"

    elsewhere = House(tmp_path / "new machine" / "data", DUGA_BACKUPS=str(folder), DUGA_KEY=key.strip())
    said = elsewhere.run("restore", archive, "--keys", first_keys)
    assert "All is well." in said
    assert elsewhere.python(SEE) == "Petar Perović"
    shown = sqlite3.connect(elsewhere.data / "duga.sqlite3").execute(
        "SELECT identity, special, birth_year FROM casework_person WHERE erased_at IS NOT NULL"
    )
    assert shown.fetchall() == [(b"", b"", None)]


def test_snapshots_that_share_their_months_come_back_whole(house):
    house.run("snapshot")
    house.python(HELP_AGAIN.format(person=house.people[0]))
    house.run("snapshot")
    months = sorted((house.data / "snapshots").glob("*/facts/2026-05.parquet"))
    assert len(months) == 2 and months[0].samefile(months[1])
    kept = [month.read_bytes() for month in months]
    house.run("backup")
    assert "All is well." in house.run("restore", archive_of(house), "--over")
    assert [month.read_bytes() for month in months] == kept


def test_a_restore_ends_the_rounds_that_run_and_no_backup_holds_their_keys(house):
    """Also on the machine itself, whose keys of rounds are younger than the database that comes back."""
    house.python(OPEN_ROUND)
    store = house.data / "keys.rounds.sqlite3"
    wrapped = [row[0] for row in sqlite3.connect(store).execute("SELECT wrapped FROM round_key")]
    house.run("backup")
    archive, keys = archive_of(house), backups.key_backups(house.data.parent / "backups")[-1]
    with tarfile.open(archive) as tar:
        content = keys.read_bytes() + b"".join(tar.extractfile(member).read() for member in tar.getmembers())
    assert wrapped and not [each for each in wrapped if each in content]
    said = house.run("restore", archive, "--over")
    assert "Counting rounds that were under way are ended" in said
    assert "All is well." in said
    assert house.python(SEE_ROUND) == "cancelled"
    assert sqlite3.connect(store).execute("SELECT count(*) FROM round_key").fetchone() == (0,)


def test_no_key_in_an_archive_and_no_name(house):
    with tarfile.open(archive_of(house)) as tar:
        names = tar.getnames()
        content = b"".join(tar.extractfile(member).read() for member in tar.getmembers())
    assert "database.sqlite3" in names
    assert not any("key" in name for name in names)
    key = (house.data / "installation.key").read_text().strip()
    for secret in (key.encode(), bytes.fromhex(key), "Perović".encode(), "Милица".encode(), b"asthma", b"the dog"):
        assert secret not in content


def test_an_old_backup_needs_no_old_keys(house):
    """Keys stay until a person is erased: today's store opens yesterday's database."""
    house.run("backup")
    assert "All is well." in house.run("restore", archive_of(house), "--over")
    assert set(house.python(SEE).split("|")) == {"Милица Perović", "Petar Perović"}


def test_what_is_there_is_kept_unless_told_and_then_set_aside(house):
    assert "add --over" in house.run("restore", archive_of(house), fails=True)
    said = house.run("restore", archive_of(house), "--over")
    assert "before-restore-" in said
    aside = next(house.data.glob("before-restore-*"))
    assert (aside / "duga.sqlite3").exists()
    assert not list(aside.rglob("keys*"))


@pytest.fixture
def archive(house):
    return archive_of(house)


def repack(archive, change):
    """The archive with its members changed: {name: bytes} in, {name: bytes} out."""
    with tarfile.open(archive) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar.getmembers()}
    with tarfile.open(archive, "w:gz") as tar:
        for name, data in change(members).items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def changed(name, value):
    def change(members):
        manifest = json.loads(members["manifest.json"])
        manifest[name] = value
        return members | {"manifest.json": json.dumps(manifest).encode()}

    return change


@pytest.mark.parametrize(
    "damage, said",
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-2000]), "damaged or cut short"),
        (lambda path: path.write_bytes(b"PK\x03\x04 something else"), "damaged or cut short"),
        (lambda path: path.write_bytes(gzip.compress(b"not a tar")), "damaged or cut short"),
        (
            lambda path: repack(path, lambda m: m | {"database.sqlite3": m["database.sqlite3"] + b"x"}),
            "not what it was",
        ),
        (lambda path: repack(path, lambda m: {"database.sqlite3": m["database.sqlite3"]}), "not a backup of Duga"),
        (lambda path: repack(path, lambda m: m | {"../outside": b"x"}), "unexpected entry"),
        (lambda path: repack(path, changed("migrations", ["members.9999_future"])), "newer Duga"),
        (lambda path: repack(path, changed("format", 99)), "another Duga"),
    ],
)
def test_a_wrong_archive_is_refused_and_touches_nothing(archive, house, damage, said):
    before = backups.sha256_of(house.data / "duga.sqlite3")
    damage(archive)
    assert said in house.run("restore", archive, "--over", fails=True)
    assert backups.sha256_of(house.data / "duga.sqlite3") == before
    assert not list(house.data.glob(".restore-*"))
    assert not (house.data.parent / "outside").exists()


def test_keys_of_another_installation_are_refused(archive, house, tmp_path):
    other = House(tmp_path / "other")
    other.run("begin", "--network", "Other", "--email", "o@example.org")
    said = house.run("restore", archive, "--over", "--keys", other.data / "keys.sqlite3", fails=True)
    assert "belongs to another one" in said
    assert "Petar" in house.python(SEE)


def test_without_any_key_store_it_says_what_is_lost(archive, house, tmp_path):
    (house.data / "keys.sqlite3").unlink()
    for copy in backups.key_backups(tmp_path / "backups"):
        copy.unlink()
    assert "nobody's data can be read" in house.run("restore", archive, "--over", fails=True)


def test_a_restore_cut_off_is_told_and_can_be_run_again(archive, house):
    (house.data / restoring.UNFINISHED).write_text("{}")
    assert "a restore was cut off" in house.run("doctor", fails=True)
    assert "All is well." in house.run("restore", archive, "--over")


def test_a_trail_rewritten_after_the_backup_is_noticed(archive, house):
    """Whoever can write to the database and seal it again is caught by the witness in the backup."""
    db = sqlite3.connect(house.data / "duga.sqlite3")
    db.execute("UPDATE members_trailentry SET actor='somebody else' WHERE number=2")
    db.commit()
    db.close()
    assert "was changed after it was written" in house.run("doctor", fails=True)


def test_the_doctor_finds_a_person_without_a_key(house):
    db = sqlite3.connect(house.data / "keys.sqlite3")
    db.execute("DELETE FROM person_key")
    db.commit()
    db.close()
    said = house.run("doctor", fails=True)
    assert "2 people have no key and were not erased" in said


def test_export_for_the_day_an_organisation_leaves(house, tmp_path):
    to = tmp_path / "leaving"
    house.run("export", "--organisation", "prag", "--to", to, "--as", "lead@example.org")
    rows = list(csv.DictReader(io.StringIO((to / "people.csv").read_text(encoding="utf-8-sig"))))
    assert {(row["given"], row["health"]) for row in rows} == {("Милица", "asthma"), ("Petar", "asthma")}
    assert (to / "people.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assistance = json.loads((to / "assistance.json").read_text())
    assert [each["date"] for each in assistance] == ["2026-05-04"] * 2
    events = [each["event"] for each in json.loads((to / "trail.json").read_text())]
    assert "organisation.exported" in events
    readme = (to / "README.txt").read_text()
    for path in to.glob("*.csv"):
        assert f"  {path.stem} (" in readme
    assert "not empty" in house.run(
        "export", "--organisation", "prag", "--to", to, "--as", "lead@example.org", fails=True
    )
    said = house.run(
        "export", "--organisation", "prag", "--to", tmp_path / "x", "--as", "first@example.org", fails=True
    )
    assert "Nobody works here" in said
    said = house.run("export", "--organisation", "nope", "--to", tmp_path / "x", "--as", "lead@example.org", fails=True)
    assert "no organisation nope for this account. These are: prag" in said
    assert not (tmp_path / "x").exists()


def test_after_it_has_left_an_organisations_key_is_destroyed_and_stays_so(house, tmp_path):
    def destroy(*more, confirm="prag", **options):
        return house.run(
            "destroy", "--organisation", "prag", "--as", "lead@example.org", "--confirm", confirm, **options
        )

    assert "Restart" not in destroy(fails=True)  # it stands in a network still
    house.run("backup", "--to", tmp_path / "before")
    house.python(
        "from duga.members import actions, queries\nfrom duga.members.models import Network, Organisation\n"
        "by = queries.viewer_by_email('lead@example.org')\n"
        "actions.change_standing(by=by, organisation=Organisation.objects.get(slug='prag'), "
        "network=Network.objects.get(), status='left', reason='moves')"
    )
    house.run("export", "--organisation", "prag", "--to", tmp_path / "leaving", "--as", "lead@example.org")
    assert "repeat" in destroy(confirm="prga", fails=True)
    assert "data of 2 people" in destroy()
    look = (
        "from duga.casework.models import Assistance, Person, PersonToken\n"
        "sealed = Person.objects.values_list('identity')\n"
        "print([len(data) for data, in sealed], PersonToken.objects.count(), Assistance.objects.count())"
    )
    assert house.python(look) == "[0, 0] 0 2"  # how much was given stays
    assert "All is well." in house.run("doctor")
    archive = next((tmp_path / "before").glob("duga-*.tar.gz"))
    house.run("restore", archive, "--over")
    assert house.python(look) == "[0, 0] 0 2"


# --- Keeping and pruning --------------------------------------------------------------------------------


def at(folder, name, days_ago):
    moment = dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago)
    path = folder / name.format(moment.strftime(backups.MOMENT))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    return path


def test_key_backups_never_reach_their_thirtieth_day(tmp_path, settings):
    settings.BACKUP_DAYS = 29
    old = [at(tmp_path, "keys/keys-{}.sqlite3", days) for days in (29, 40)]
    young = [at(tmp_path, "keys/keys-{}.sqlite3", days) for days in (0, 28)]
    stranger = at(tmp_path, "keys/keys-of-the-house.sqlite3", 0)
    backups.prune(tmp_path)
    assert not any(path.exists() for path in old)
    assert all(path.exists() for path in [*young, stranger])
    assert restoring.key_backups_overdue(tmp_path) == []


def test_the_newest_archive_always_stays(tmp_path, settings):
    settings.BACKUP_DAYS = 29
    archives = [at(tmp_path, "duga-{}.tar.gz", days) for days in (200, 100)]
    backups.prune(tmp_path)
    assert [path.exists() for path in archives] == [False, True]


def test_erasures_are_noted_once_and_a_cut_line_is_passed_over(tmp_path, key_store):
    import uuid

    organisation, people = uuid.uuid4(), [uuid.uuid4() for _ in range(3)]
    key_store.add_organisation(organisation)
    key_store.add_people(organisation, people)
    key_store.destroy_person(people[0])
    assert backups.note_erasures(tmp_path) == 1
    key_store.destroy_person(people[1])
    assert backups.note_erasures(tmp_path) == 2
    with open(tmp_path / "erasures.jsonl", "a") as file:
        file.write('{"id": "00')
    assert {id_ for id_, _, _ in backups.read_erasures(tmp_path)} == {people[0].bytes, people[1].bytes}


def test_a_disk_without_room_is_said_before_anything_is_written(tmp_path, monkeypatch, db, key_store):
    import shutil
    from types import SimpleNamespace

    monkeypatch.setattr(backups, "_require_database", lambda: None)
    monkeypatch.setattr(backups, "_database_size", lambda: 0)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1_000_000))
    with pytest.raises(Refused, match="make room first"):
        backups.back_up(tmp_path)
    assert not backups.archives(tmp_path)
    assert not list(tmp_path.glob(".*"))


def test_a_disk_that_fills_up_leaves_nothing_half_made(tmp_path, monkeypatch, db, key_store):
    import errno

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backups, "_require_database", lambda: None)
    monkeypatch.setattr(backups, "_database_size", lambda: 0)
    monkeypatch.setattr(backups, "_dump_database", full)
    with pytest.raises(Refused, match="is full"):
        backups.back_up(tmp_path)
    assert not backups.archives(tmp_path)
    assert not list(tmp_path.glob(".*"))
