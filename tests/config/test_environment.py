"""What is missing is said in one sentence, with the command that brings it."""

import os
import re
import subprocess

import pytest

from tests.config.house import ROOT

FIND = ROOT / "config" / "find-python"


def find(python, path=os.environ["PATH"]):
    return subprocess.run([FIND, python], capture_output=True, text=True, env={"PATH": path})


def fake(folder, answers):
    """A python that fails at what is asked: {part of the question: exit code}."""
    script = folder / "python3"
    cases = "".join(f'case "$*" in *"{part}"*) exit {code};; esac\n' for part, code in answers.items())
    script.write_text(f'#!/bin/sh\n{cases}case "$1" in -V) echo Python 3.9.2;; esac\nexit 0\n')
    script.chmod(0o755)
    return str(script)


def test_a_good_python_passes_in_silence():
    done = find("/usr/bin/python3")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "answers, said",
    [
        ({"ensurepip": 1}, "sudo apt install python3-venv make"),
        ({"version_info": 1}, "Python 3.9.2"),
    ],
)
def test_what_is_missing_is_named_with_its_remedy(tmp_path, answers, said):
    done = find(fake(tmp_path, answers))
    assert done.returncode == 1
    assert said in done.stderr


def test_no_python_at_all(tmp_path):
    done = find(str(tmp_path / "nothing"))
    assert done.returncode == 1
    assert "sudo apt install python3-venv make" in done.stderr


def test_make_env_stops_there(tmp_path):
    """Through make, with a Python that has no venv: no half-made .venv is left."""
    (tmp_path / "config").mkdir()
    for name in ("Makefile", "config/find-python"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "config" / "find-python").chmod(0o755)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.lock").write_text("")
    (tmp_path / "pyproject.toml").write_text("")
    python = fake(tmp_path, {"ensurepip": 1})
    done = subprocess.run(["make", "env", f"PYTHON={python}"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert "sudo apt install python3-venv make" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_the_guide_names_every_variable_and_no_other():
    """docs/guide/operators.md is the list of what the environment may say."""
    told = set(re.findall(r"`(DUGA_[A-Z_]+|DATABASE_URL)`", (ROOT / "docs/guide/operators.md").read_text()))
    settings = (ROOT / "config" / "settings.py").read_text()
    read = set(re.findall(r'"(DUGA_[A-Z_]+|DATABASE_URL)"', settings))
    assert told == read


def test_the_guide_names_only_commands_that_are_there():
    from config.commands import COMMANDS

    told = set(re.findall(r"(?:`|^)duga ([a-z]+)", (ROOT / "docs/guide/operators.md").read_text(), re.MULTILINE))
    assert told <= set(COMMANDS)
    assert {"serve", "backup", "restore", "doctor", "upgrade", "begin"} <= told
