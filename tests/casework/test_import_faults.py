"""What goes wrong in mid-import leaves nothing behind: a killed process, a full disk, two at once."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def start(folder, *deed):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.casework.child", str(folder), *map(str, deed)], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def end(process):
    out, err = process.communicate(timeout=120)
    return json.loads(out) if process.returncode == 0 else (process.returncode, err)


@pytest.fixture(scope="module")
def new_house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    assert end(start(folder, "make")) == {"made": str(folder)}
    return folder


@pytest.fixture
def house(new_house, tmp_path):
    return shutil.copytree(new_house, tmp_path / "house")


def test_a_process_killed_in_mid_import_leaves_nothing(house):
    assert end(start(house, "killed", 2_500))[0] == -9
    told = end(start(house, "import", 2_500))
    assert told == {"imported": 2_500, "already": 0, "errors": [], "rows": 2_500, "people": 2_500, "batches": 1}


def test_a_full_disk_is_said_plainly_and_leaves_nothing(house):
    told = end(start(house, "full", 2_000))
    assert "disk" in told["refused"] and "same file again" in told["refused"]
    assert (told["rows"], told["people"], told["batches"]) == (0, 0, 0)
    assert end(start(house, "import", 2_000))["imported"] == 2_000


def test_two_at_once_of_the_same_file_and_of_an_overlapping_one(house):
    at_once = [start(house, "import", 600), start(house, "import", 600), start(house, "import", 600, 300)]
    told = [end(process) for process in at_once]
    assert [each["imported"] + each["already"] for each in told] == [600, 600, 600], told
    assert sum(each["imported"] for each in told) == 900  # 0–599 and 300–899: nothing doubled, nothing lost
    last = end(start(house, "import", 600))
    assert (last["rows"], last["people"], last["batches"]) == (900, 900, 2)
