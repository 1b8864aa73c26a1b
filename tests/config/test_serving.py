"""Duga starts safely or not at all, says why, and stays small."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.config.house import ROOT, House, answer, children, free_port

HEAVY = {"ibis", "duckdb", "pandas", "altair", "vl_convert", "pyarrow", "highspy", "numpy"}
MOST = 250  # MB, supervisor and worker together


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A real installation that has begun."""
    house = House(tmp_path_factory.mktemp("real") / "data")
    said = house.run("begin", "--network", "Test network", "--email", "first@example.org")
    assert "/invitation/" in said
    assert "TWO people keep it in TWO places" in said
    return house


def pss(pid):
    """Proportional set size in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@pytest.fixture(scope="module")
def served(house):
    """(port, pid of the supervisor) of a server that answers."""
    port = free_port()
    process = house.start("serve", "--port", port)
    assert answer(port)[0] == 200
    yield port, process.pid
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert "Traceback" not in out + err
    assert process.returncode == 0


def test_the_lists_of_the_directory_are_there_from_the_first_day_and_after_an_upgrade(house):
    counted = (
        "from duga.directory.models import Criterion, LicenceKind, TaxonomyTerm as Term; "
        "print(Term.objects.count(), LicenceKind.objects.count(), Criterion.objects.count())"
    )
    first = [int(number) for number in house.python(counted).split()]
    assert all(first)
    house.python("from duga.directory.models import Criterion; Criterion.objects.all().delete()")
    house.run("upgrade")
    assert [int(number) for number in house.python(counted).split()] == first


@pytest.mark.parametrize(
    "said, part",
    [
        ({"DUGA_SECRET": ""}, "DUGA_SECRET is not set"),
        ({"DUGA_SECRET": "short"}, "shorter than 32"),
        ({"DUGA_DEBUG": "1"}, "DUGA_DEBUG is on"),
        ({"DUGA_HOSTS": "*"}, "wildcard"),
        ({"DUGA_HOSTS": ""}, "DUGA_HOSTS is empty"),
        ({"DUGA_REQUIRE_TOTP": "0"}, "second factor"),
    ],
)
def test_it_refuses_to_start_insecurely(house, said, part):
    assert part in house.run("serve", "--port", free_port(), fails=True, **said)


def test_it_refuses_what_has_not_begun(tmp_path):
    assert "`duga begin`" in House(tmp_path / "new").run("serve", "--port", free_port(), fails=True)


def test_it_refuses_a_demo(tmp_path):
    (tmp_path / "demo.json").write_text("{}")
    assert "holds a demo" in House(tmp_path).run("serve", "--port", free_port(), fails=True)


def test_it_refuses_when_the_key_is_another(house, tmp_path):
    other = tmp_path / "other.key"
    other.write_text("22" * 32)
    said = house.run("serve", "--port", free_port(), fails=True, DUGA_KEY_FILE=str(other))
    assert "belongs to another one" in said


def test_it_begins_only_once(house):
    assert "begun already" in house.run("begin", "--network", "Again", "--email", "x@example.org", fails=True)


def test_a_busy_port_is_said_with_what_to_do(house, served):
    port, _ = served
    said = house.run("serve", "--port", port, fails=True)
    assert f"Port {port} is taken" in said
    assert "A Duga already answers there" in said
    assert f"duga serve --port {port + 1}" in said


def test_a_port_taken_by_something_else(house):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        said = house.run("serve", "--port", other.getsockname()[1], fails=True)
    assert "taken by another program" in said
    assert "A Duga" not in said


def test_it_is_ready_and_small(served):
    port, pid = served
    status, body = answer(port)
    assert status == 200
    assert json.loads(body)["status"] == "ready"
    assert answer(port, "/")[0] == 200
    assert answer(port, "/evidence/")[0] == 200
    together = sum(map(pss, [pid, *children(pid)]))
    assert together < MOST, f"{together:.0f} MB"


def test_it_never_imports_the_engines(house):
    """Every address's view is loaded, and none of the counting libraries with it."""
    loaded = house.python(
        "import sys, config.wsgi\n"
        "from django.urls import get_resolver\n"
        "def walk(patterns):\n"
        "    for pattern in patterns:\n"
        "        walk(pattern.url_patterns) if hasattr(pattern, 'url_patterns') else pattern.callback\n"
        "walk(get_resolver().url_patterns)\n"
        "print(' '.join(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    assert not HEAVY & set(loaded.split())


def test_the_files_of_an_installation_are_its_owners_alone(house):
    public = house.data / "static"
    private = [path for path in house.data.rglob("*") if not path.is_relative_to(public)]
    others = [path for path in private if path.stat().st_mode & 0o077]
    assert not others
    assert os.stat(house.data).st_mode & 0o077 == 0


def test_only_one_clock_runs(house, served):
    time.sleep(1)
    assert "one is enough" in house.run("worker", fails=True)


def test_a_restore_waits_for_the_server_to_stop(house, served, tmp_path):
    house.run("backup", "--to", tmp_path)
    archive = next(tmp_path.glob("duga-*.tar.gz"))
    assert "stop the server" in house.run("restore", archive, "--over", fails=True)


def test_a_server_without_a_clock_holds_its_data_too(tmp_path):
    """As `duga serve --no-clock` does from before it listens until it ends, however it ends."""
    house = House(tmp_path / "data")
    held = "from config import serving; import time; lock = serving.hold_data(alone=False); print('held', flush=True)"
    server = subprocess.Popen(
        [sys.executable, "-c", f"from config.cli import django_ready; django_ready(); {held}; time.sleep(60)"],
        cwd=ROOT, env=house.environment, text=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert server.stdout.readline() == "held\n"
        assert house.python("from config import serving; print(serving.hold_data(alone=False) is not None)") == "True"
        archive = tmp_path / "x.tar.gz"
        archive.write_bytes(b"")
        assert "stop the server" in house.run("restore", archive, "--over", fails=True)
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    assert "cannot be read as a backup" in house.run("restore", archive, "--over", fails=True)


def test_the_doctor_finds_nothing_wrong(house):
    assert "All is well." in house.run("doctor")
    assert json.loads(house.run("doctor", "--json"))["wrong"] == 0
