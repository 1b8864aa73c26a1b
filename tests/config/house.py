"""Running the duga command on an installation of a test's own, in processes of their own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECRET = "only for tests, never for people: 0123456789abcdef"


class House:
    """An installation in a folder: `run("doctor")`, or `python("…")` with Django set up."""

    def __init__(self, data: Path, **environment):
        self.data = data
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DUGA_", "DATABASE_URL"))}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        self.environment = kept | {
            "DUGA_DATA": str(data), "DUGA_SECRET": SECRET, "DUGA_HOSTS": "localhost,127.0.0.1", "DUGA_HTTPS": "0",
            **environment,
        }  # fmt: skip

    def start(self, *arguments, **more) -> subprocess.Popen:
        """The command, running."""
        return subprocess.Popen(
            [sys.executable, "-m", "config.cli", *map(str, arguments)],
            cwd=ROOT, env=self.environment | more, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *arguments, fails=False, **more) -> str:
        """What the command says, both streams; it must succeed, or fail when told so, and never with a traceback."""
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=120)
        said = out + err
        assert "Traceback" not in said, said
        assert bool(process.returncode) == fails, said
        return said

    def python(self, code: str) -> str:
        """What a few lines print inside this installation."""
        done = subprocess.run(
            [sys.executable, "-c", f"from config.cli import django_ready; django_ready()\n{code}"], cwd=ROOT,
            env=self.environment, text=True, capture_output=True, timeout=120,
        )  # fmt: skip
        assert not done.returncode, done.stderr
        return done.stdout.strip()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer(port, path="/health"):
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer")


def children(pid):
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
