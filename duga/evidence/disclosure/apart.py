"""Protecting small tables in a process of its own, so that a server never carries the solver. About half a second."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from duga.evidence.disclosure.protect import CannotProtect, protect_together
from duga.evidence.disclosure.rule import Rule
from duga.evidence.model import ALL, Cell, ProtectedTable, Table
from duga.plain.errors import gettext_noop

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 60

FAILED = gettext_noop("These tables could not be protected, so nothing is told. Try again, or ask for less.")


def protect_apart(tables: Sequence[Table], minimum: int) -> tuple[ProtectedTable, ...]:
    """`protect_together` of plain counts with shown grand totals, in a process of its own.

    A table whose grand total is itself small gives no total away. CannotProtect when that process found no way.
    """
    told = [
        {"measure": t.measure, "unit": t.unit, "dimensions": t.dimensions, "distinct": t.distinct,
         "cells": [[list(key), cell.value] for key, cell in t.cells.items()]}
        for t in tables
    ]  # fmt: skip
    given = json.dumps({"tables": told, "minimum": minimum})
    done = subprocess.run(
        [sys.executable, "-m", "duga.evidence.disclosure.apart"], input=given, capture_output=True, text=True,
        cwd=ROOT, timeout=SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        raise CannotProtect(FAILED)
    return tuple(ProtectedTable.from_dict(each) for each in json.loads(done.stdout))


def _main() -> None:
    given = json.load(sys.stdin)
    tables = [
        Table(
            each["measure"], each["unit"], tuple(each["dimensions"]),
            {tuple(key): Cell(value) for key, value in each["cells"]}, distinct=each["distinct"],
        )
        for each in given["tables"]
    ]  # fmt: skip
    tops = [(ALL,) * len(each.dimensions) for each in tables]
    keep = [
        (n, top)
        for n, (each, top) in enumerate(zip(tables, tops, strict=True))
        if top in each.cells and not 0 < each.cells[top].value < given["minimum"]
    ]
    safe = protect_together(tables, Rule(given["minimum"]), keep=keep)
    json.dump([each.to_dict() for each in safe], sys.stdout)


if __name__ == "__main__":
    _main()
