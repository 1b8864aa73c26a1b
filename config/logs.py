"""What stands in the log of what broke: where, and which error; never the row it broke on, nor the secret of a link."""

import logging
import re
import traceback

from django.db import Error

#: What PostgreSQL adds below its first line: "DETAIL: Failing row contains (…)", with everything in the row.
_TOLD = ("DataError",)  #: errors whose first line already repeats a value


#: The secret part of a link in an address: longer than any id, which may be read.
_SECRET = re.compile(r"(?<=/)[\w-]{40,}")


class Discreet(logging.Formatter):
    """Formats a traceback like Python does, but lets an error of the database say its first line only, and takes the
    secret out of addresses: whoever reads the log must not be able to open what a link opens."""

    def format(self, record):
        """The line and its traceback."""
        return _SECRET.sub("…", super().format(record))

    def formatException(self, ei):
        """The chain of errors, the innermost cause first."""
        return "\n".join(_told(ei[1], set())) if ei and ei[1] is not None else ""


def _told(error, seen) -> list[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = [*_told(before, seen), "", "The error above led to:", ""] if before and id(before) not in seen else []
    frames = [line.rstrip() for line in traceback.format_tb(error.__traceback__)]
    return [*lines, "Traceback (most recent call last):", *frames, _last_line(error)]


def _last_line(error) -> str:
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    text = str(error)
    if isinstance(error, Error) or kind.__module__.split(".")[0] in ("psycopg", "sqlite3"):
        text = "" if kind.__name__ in _TOLD or kind.__name__.startswith("Invalid") else text.split("\n")[0]
    return f"{name}: {text}" if text else name
