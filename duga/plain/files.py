"""Writing files so that nobody ever meets half of one."""

import os
from pathlib import Path


def write_whole(path: str | Path, data: bytes) -> None:
    """Writes a file whole or not at all: beside its place first, then put there in one step."""
    path = Path(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
