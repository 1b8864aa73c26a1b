"""make bench: every measurement, one after another, each row with its peer, the ratio and the command that gives it.

Each is a module of this folder with `main()`; it runs in a process of its own, so that none warms the next.
"""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    failed = []
    for file in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        command = [sys.executable, "-m", f"benchmarks.{file.stem}", *sys.argv[1:]]
        print(f"\n== python -m benchmarks.{file.stem}", flush=True)
        if subprocess.run(command, cwd=file.parents[1]).returncode:
            failed.append(file.stem)
    if failed:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
