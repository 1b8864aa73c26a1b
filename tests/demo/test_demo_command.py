"""`duga demo` is whole or not there at all, and deletes only what it made."""

import json
import os
import signal
import socket
import sqlite3
import time

import pytest

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
    out, err = again.communicate(timeout=30)
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
        process.communicate(timeout=30)
    assert not work.exists()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A demo of each fortieth person, all steps else."""
    house = House(tmp_path_factory.mktemp("small") / "demo")
    said = house.run("demo", "--build-only", "--small")
    assert "[11/11]" in said
    return house


def test_it_is_whole(small):
    told = json.loads((small.data / "demo.json").read_text())
    assert len(told["people"]) == 9
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


def test_names_lie_sealed(small):
    """No name of a person helped stands readable in the database file or beside it."""
    with sqlite3.connect(small.data / "duga.sqlite3") as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    found = [path for path in small.data.rglob("*") if path.is_file() and path.suffix in (".sqlite3", ".parquet")]
    content = b"".join(path.read_bytes() for path in found)
    for name in ("Halilović", "Јовановић", "Ahmadzai", "Stojanovska"):
        assert name.encode() not in content, name


def test_it_serves_and_stops_cleanly(small):
    port = free_port()
    began = time.monotonic()
    process = small.start("demo", "--port", port)
    assert answer(port, "/evidence/")[0] == 200
    took = time.monotonic() - began
    workers = children(process.pid)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
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
    process.communicate(timeout=30)
    assert not copy.data.exists()
