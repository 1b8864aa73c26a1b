"""Heavy work in a process of its own, gone when done: the server stays small."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings


def _start(*arguments: str) -> None:
    """Starts `duga figures …` beside the server, without waiting for it."""
    subprocess.Popen(  # noqa: S603 (our own command, no shell, no input of a user's)
        [sys.executable, "-m", "config.cli", "figures", *arguments],
        cwd=Path(settings.ROOT), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
