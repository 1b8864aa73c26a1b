"""Measurements side by side: `make bench`, or one of them with python -m benchmarks.NAME.

Each is a module with `main()` that calls `row(…)` once a measurement. A row is printed at once; under `make bench` it
is also kept, and the whole table stands at the end.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

KEPT = "DUGA_BENCH_ROWS"
"""Names the file in which `make bench` gathers the rows, one JSON object a line."""


@dataclass(frozen=True)
class Row:
    """One measurement as it is shown. `met` None: there is no bar, the number is for information."""

    name: str
    ours: str
    peer: str
    ratio: str
    bar: str
    met: bool | None
    command: str

    def line(self) -> str:
        mark = {True: "met", False: "MISSED", None: ""}[self.met]
        return (
            f"{self.name:<64} {self.ours:>16} {self.peer:>22} {self.ratio:>9}  {self.bar:<14} {mark:<7} {self.command}"
        )


def row(
    name: str,
    *,
    ours: str,
    peer: str = "",
    ratio: str = "",
    bar: str = "",
    met: bool | None = None,
    command: str = "",
) -> Row:
    """Prints one measurement and keeps it for the table of `make bench`.

    `name` says what and against whom ("count 10,000,000 beside PostgreSQL 15, count(distinct)"), `ours` and `peer` are
    numbers with their unit, `ratio` how many times better we are ("24.1x"), `bar` what was promised (">=20x"), `met`
    whether it holds, `command` what to type to see this row again.
    """
    made = Row(name, ours, peer, ratio, bar, met, command)
    print(made.line(), flush=True)
    if os.environ.get(KEPT):
        with Path(os.environ[KEPT]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(made)) + "\n")
    return made


def kept(file: Path) -> list[Row]:
    """The rows gathered in a file."""
    return [Row(**json.loads(line)) for line in file.read_text("utf-8").splitlines()] if file.is_file() else []


def table(rows: list[Row]) -> str:
    """All rows under one heading."""
    heading = f"{'what':<64} {'ours':>16} {'peer':>22} {'ratio':>9}  {'bar':<14} {'':<7} command"
    return "\n".join([heading, "-" * len(heading), *(each.line() for each in rows)])
