"""`duga demo` is whole or not there at all, and deletes only what it made."""

import json
import os
import re
import signal
import socket
import sqlite3
import tarfile
import time

import pytest

from duga.plain.text import fold, to_cyrillic, to_latin
from tests.config.house import House, answer, children, free_port


@pytest.fixture
def place(tmp_path):
    return House(tmp_path / "demo")


def test_a_busy_port_is_said_before_anything_is_built(place):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = place.run("demo", "--port", port, fails=True)
    assert f"Port {port} is taken by another program" in said
    assert f"make demo PORT={port + 1}" in said
    assert not place.data.exists()


def test_a_folder_that_is_no_demo_is_never_touched(place):
    place.data.mkdir()
    (place.data / "thesis.docx").write_text("years of work")
    for arguments in (["--fresh"], []):
        said = place.run("demo", "--build-only", *arguments, fails=True)
        assert "no demo: nothing there was touched" in said
    assert (place.data / "thesis.docx").read_text() == "years of work"


def started(place):
    """A build that is under way."""
    process = place.start("demo", "--build-only")
    work = place.data.with_name(f".{place.data.name}.building")
    for _ in range(200):
        if (work / "duga.sqlite3").exists():
            return process, work
        time.sleep(0.05)
    raise AssertionError("the build did not start")


def test_a_killed_build_leaves_no_half_demo_and_the_next_one_clears_up(place):
    process, work = started(place)
    for pid in [process.pid, *children(process.pid)]:
        os.kill(pid, signal.SIGKILL)
    process.communicate()
    assert not place.data.exists()
    assert work.exists()
    (work / "left over").write_text("x")
    again = place.start("demo", "--build-only")
    for _ in range(200):
        if not (work / "left over").exists():
            break
        time.sleep(0.05)
    assert not (work / "left over").exists()
    again.send_signal(signal.SIGINT)
    out, err = again.communicate(timeout=120)
    assert "Traceback" not in out + err
    assert again.returncode == 130
    assert not work.exists()
    assert not place.data.exists()


def test_two_builds_do_not_meet(place):
    process, work = started(place)
    try:
        assert "Another `make demo` is building here" in place.run("demo", "--build-only", fails=True)
    finally:
        process.terminate()
        process.communicate(timeout=120)
    assert not work.exists()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A demo of each fortieth person, all steps else."""
    house = House(tmp_path_factory.mktemp("small") / "demo")
    said = house.run("demo", "--build-only", "--small")
    assert "[18/18]" in said
    return house


def test_it_is_whole(small):
    told = json.loads((small.data / "demo.json").read_text())
    assert len(told["people"]) == 11
    db = sqlite3.connect(small.data / "duga.sqlite3")
    count = {
        table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("members_organisation", "casework_person", "casework_assistance", "indicators_release")
    }
    assert count["members_organisation"] > 200
    assert count["casework_person"] > 200
    assert count["casework_assistance"] > 1500
    assert count["indicators_release"] >= 5
    assert "Fatal" not in small.run("doctor")


#: One more person, with all that is written down of somebody; prints every name and number the demo knows.
EVERYTHING = """
import datetime as dt, json
from duga.casework import actions
from duga.casework.models import Person
from duga.members import queries
from duga.vault import sealing
by = queries.viewer_by_email("manager@demo.example")
organisation = queries.organisation_by_slug(by, "dc-topli-prag-niksic").pk
person = actions.register_person(by=by, organisation_id=organisation, sex="female", birth_year=1951, identity={
    "given": "Ljubosava", "family": "Brajušković", "father": "Vukosav", "phone": "069 712 845",
    "birth_date": "1951-08-09", "document": "QX5530917"}, special={"health": "polyneuropathy"})
actions.record_assistance(by=by, organisation_id=organisation, person_id=person.pk, service_type="home_visit",
                          unit="visit", date=dt.date(2026, 5, 4), note="sat with her budgerigar")
rows = list(Person.objects.exclude(identity=b"").values_list("pk", "identity"))
opened = sealing.unseal_many(field="casework.Person.identity", rows=rows)
print(json.dumps([each for each in opened.values()]))
"""


def test_nothing_about_anybody_lies_readable_in_data_or_backups(small, tmp_path):
    """Whoever takes the folder, and the backups with their keys, and greps: no name, number, note or finding."""
    told = json.loads(small.python(EVERYTHING))
    assert len(told) > 200
    small.run("backup", "--to", tmp_path)
    content = {path: path.read_bytes() for path in _files(small.data) if "static" not in path.parts}
    content |= {path: path.read_bytes() for path in _files(tmp_path)}
    for archive in tmp_path.glob("*.tar.gz"):
        with tarfile.open(archive) as tar:
            content |= {f"{archive.name}:{each.name}": tar.extractfile(each).read() for each in tar.getmembers()}
    public = _public(small.data / "duga.sqlite3")
    secrets = {word for word in _words(told) if not any(fold(word) in other for other in public)}
    secrets = set(sorted(secrets, key=len)[-20:])
    secrets |= {"Brajušković", "Ljubosava", "069 712 845", "069712845", "QX5530917", "polyneuropathy", "budgerigar"}
    assert len(secrets) > 20
    forms = {form for word in secrets for form in (word, word.lower(), to_latin(word), to_cyrillic(word), fold(word))}
    sought = {form.encode() for form in forms} | {word.encode("utf-16-le") for word in secrets}
    assert {(path, word) for path, data in content.items() for word in sought if word in data} == set()


def _files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def _words(identities) -> set[str]:
    """Words of names that are long enough to mean somebody."""
    return {
        word
        for each in identities
        for value in each.values()
        for word in re.findall(r"\w+", str(value))
        if len(word) > 6
    }


def _public(database) -> set[str]:
    """Words that stand in the database for another reason: places, organisations, who works there."""
    db, found = sqlite3.connect(database), set()
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    for table in tables:
        if table.startswith(("places_", "members_organisation", "members_network", "members_account")):
            for row in db.execute(f"SELECT * FROM {table}"):
                found.update(re.findall(r"\w+", " ".join(value for value in row if isinstance(value, str))))
    db.close()
    return {fold(word) for word in found}


def test_it_serves_and_stops_cleanly(small):
    port = free_port()
    began = time.monotonic()
    process = small.start("demo", "--port", port)
    assert answer(port, "/evidence/")[0] == 200
    took = time.monotonic() - began
    workers = children(process.pid)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "Traceback" not in out + err
    assert f"http://localhost:{port}/" in out
    assert "worker@demo.example" in out
    assert "second factor (TOTP)" in out
    assert took < 20
    assert not [pid for pid in workers if os.path.exists(f"/proc/{pid}")]


def test_the_servers_of_real_use_refuse_it(small):
    assert "holds a demo" in small.run("serve", "--port", free_port(), fails=True)


def test_fresh_starts_over(small, tmp_path):
    import shutil

    copy = House(tmp_path / "demo")
    shutil.copytree(small.data, copy.data)
    process = copy.start("demo", "--build-only", "--fresh")
    for _ in range(200):
        if not copy.data.exists():
            break
        time.sleep(0.05)
    process.terminate()
    process.communicate(timeout=120)
    assert not copy.data.exists()
