"""`python -m demo`: builds the demo in DUGA_DATA. `make demo` calls it in a process of its own."""

import gc
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.umask(0o077)
gc.set_threshold(100_000, 50, 100)  # a short life that makes much and leaves few cycles: a third of its time otherwise


def main():
    """Builds, or says in one sentence why not."""
    from duga.plain.errors import DugaError

    data = Path(os.environ["DUGA_DATA"])
    data.mkdir(parents=True, exist_ok=True)
    (data / "demo.json").write_text("{}")  # settings then know that this is a demo
    import django

    django.setup()
    from demo.build import build

    try:
        build(data, small="--small" in sys.argv)
    except DugaError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
