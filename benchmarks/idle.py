"""The idle server: seconds until it answers, and the memory of supervisor and worker together, beside Django's own.

`python -m benchmarks.idle` serves an installation of its own on this machine and leaves nothing behind. The peer is
`manage.py runserver` of the same code, the usual way to try a Django system: one process, no supervisor, no clock.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks import row

MOST_MB = 250.0
PAGES = ("/health", "/", "/evidence/", "/accounts/login/")


def pss(pid: int) -> float:
    """Proportional memory of a process and all below it, in MB."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    own = next((int(line.split()[1]) / 1024 for line in rollup if line.startswith("Pss:")), 0.0)
    return own + sum(pss(int(child)) for child in below)


def measure(command: list[str], port: int, environment: dict) -> tuple[float, float]:
    """(seconds until the first answer, MB when idle after a few pages)."""
    begin = time.perf_counter()
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://localhost:{port}/health", timeout=2).read()
                break
            except OSError:
                if time.perf_counter() - begin > 120 or server.poll() is not None:
                    raise SystemExit(f"{' '.join(command)} did not answer") from None
                time.sleep(0.05)
        seconds = time.perf_counter() - begin
        for page in PAGES:
            urllib.request.urlopen(f"http://localhost:{port}{page}", timeout=20).read()
        time.sleep(5)
        return seconds, pss(server.pid)
    finally:
        server.terminate()  # not an interrupt: what runs in the background of a shell does not hear it
        server.wait(30)


def main() -> None:
    """Prints a row each for starting and for memory."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "DUGA_DATA": folder, "DUGA_SECRET": "only for measuring" * 3, "DUGA_HOSTS": "localhost", "DUGA_HTTPS": "0",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }  # fmt: skip
        duga = [sys.executable, "-m", "config.cli"]
        begin = [*duga, "begin", "--network", "Bench", "--email", "bench@example.org"]
        subprocess.run(begin, env=environment, check=True, stdout=subprocess.DEVNULL)
        ours = measure([*duga, "serve", "--host", "127.0.0.1", "--port", "8971"], 8971, environment)
        run = [sys.executable, "-m", "django", "runserver", "--noreload", "localhost:8972"]
        peer = measure(run, 8972, environment)
    command = "python -m benchmarks.idle"
    row(
        "idle server: first answer, beside runserver", ours=f"{ours[0]:.1f} s", peer=f"{peer[0]:.1f} s",
        ratio=f"{peer[0] / ours[0]:.1f}x", command=command,
    )  # fmt: skip
    row(
        "idle server: memory of supervisor and worker, beside runserver", ours=f"{ours[1]:.0f} MB",
        peer=f"{peer[1]:.0f} MB", ratio=f"{peer[1] / ours[1]:.1f}x", bar=f"<={MOST_MB:.0f} MB", met=ours[1] <= MOST_MB,
        command=command,
    )  # fmt: skip


if __name__ == "__main__":
    main()
