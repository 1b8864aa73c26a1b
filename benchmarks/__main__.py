"""make bench: every measurement, one after another, and at the end one table of all of them.

    python -m benchmarks [--short] [NAME …]

Each is a module of this folder with `main()` that reports through `benchmarks.row`; it runs in a process of its own, so
that none warms the next. What takes minutes comes first, what takes longest (`LONG`) last: stopped with Ctrl-C, the
table of what was measured until then is still printed. Name some to run only these; `--short` leaves out the long ones
(make bench SHORT=1).
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import KEPT, kept, table

FOLDER = Path(__file__).parent
LONG = (
    ("picture",), ("kills",), ("link", "--intervals"), ("link", "--spark"), ("link", "--million"),
    ("count", "10000000", "100000000"),
)  # fmt: skip
"""Measurements of great size, with their arguments: about an hour on two cores."""


def main() -> int:
    known = sorted(file.stem for file in FOLDER.glob("[a-z]*.py"))
    names = [word for word in sys.argv[1:] if word != "--short"]
    if unknown := sorted({*names} - {*known}):
        print(f"No measurement named {', '.join(unknown)}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    asked = [(name,) for name in names or known if names or (name,) not in LONG]
    if not names and "--short" not in sys.argv:
        asked += LONG
    failed = []
    with tempfile.TemporaryDirectory(prefix="duga-bench-rows-") as folder:
        rows = Path(folder) / "rows.jsonl"
        try:
            for number, command in enumerate(asked, 1):
                if not _run(number, len(asked), command, rows):
                    failed.append(" ".join(command))
        except KeyboardInterrupt:
            failed.append("what was left when it was stopped")
        gathered = kept(rows)
    print(f"\n== All of it\n{table(gathered)}")
    missed = [each.name for each in gathered if each.met is False]
    if failed:
        print(f"\nDid not run through: {', '.join(failed)}", file=sys.stderr)
    if missed:
        print("\nMissed:\n  " + "\n  ".join(missed), file=sys.stderr)
    return bool(failed or missed)


def _run(number: int, count: int, command: tuple[str, ...], rows: Path) -> bool:
    """One measurement in a process of its own; tells whether it ran through."""
    name, *arguments = command
    print(f"\n== {number} of {count}: python -m benchmarks.{' '.join(command)}", flush=True)
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *arguments],
        cwd=FOLDER.parent,
        env=os.environ | {KEPT: str(rows)},
    )
    print(f"   {time.monotonic() - start:.0f} s", flush=True)
    return not done.returncode


if __name__ == "__main__":
    sys.exit(main())
