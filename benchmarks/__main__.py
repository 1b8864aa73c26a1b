"""make bench: every measurement, one after another, and at the end one table of all of them.

Each is a module of this folder with `main()` that reports through `benchmarks.row`; it runs in a process of its own, so
that none warms the next. Name some to run only these: python -m benchmarks count protect.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import KEPT, kept, table

FOLDER = Path(__file__).parent


def main() -> int:
    known = sorted(file.stem for file in FOLDER.glob("[a-z]*.py"))
    asked = sys.argv[1:] or known
    if unknown := sorted({*asked} - {*known}):
        print(f"No measurement named {', '.join(unknown)}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    failed = []
    with tempfile.TemporaryDirectory(prefix="duga-bench-rows-") as folder:
        rows = Path(folder) / "rows.jsonl"
        for name in asked:
            print(f"\n== python -m benchmarks.{name}", flush=True)
            environment = os.environ | {KEPT: str(rows)}
            if subprocess.run(
                [sys.executable, "-m", f"benchmarks.{name}"], cwd=FOLDER.parent, env=environment
            ).returncode:
                failed.append(name)
        gathered = kept(rows)
    print(f"\n== All of it\n{table(gathered)}")
    missed = [each.name for each in gathered if each.met is False]
    if failed:
        print(f"\nDid not run through: {', '.join(failed)}", file=sys.stderr)
    if missed:
        print("\nMissed:\n  " + "\n  ".join(missed), file=sys.stderr)
    return bool(failed or missed)


if __name__ == "__main__":
    sys.exit(main())
