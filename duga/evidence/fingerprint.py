"""The fingerprint of facts: the same facts give the same SHA-256, whatever their order, engine or machine.

Each fact is written as one line of text in a fixed form, the lines of a month are sorted by their bytes and
hashed as one stream; the whole is the hash of the list of months. Why so, and not a sum or XOR of row hashes:
XOR loses pairs of equal rows, and a plain sum of 256-bit hashes can be steered by someone who may choose
rows (Wagner's generalised birthday attack). Sorting costs a little, keeps duplicates, and is as hard to forge
as SHA-256 itself. By month, so that new facts re-hash their month only.
"""

import hashlib
from collections.abc import Iterable, Mapping

from duga.evidence.model import FACTS

SEPARATOR = "\x1f"


def line_sql() -> str:
    """DuckDB expression that writes one fact as its line of text, newline included.

    Numbers in shortest decimal form, a month as YYYY-MM, an empty value as nothing. The separator (unit
    separator, U+001F) and newlines can not occur inside a word: `snapshot` refuses them.
    """
    parts = []
    for name, kind in FACTS.items():
        if kind == "month":
            parts.append(f"strftime({name}, '%Y-%m')")
        elif kind == "decimal":
            parts.append(f"rtrim(rtrim(CAST({name} AS VARCHAR), '0'), '.')")
        elif kind == "word":
            parts.append(name)
        else:
            parts.append(f"coalesce(CAST({name} AS VARCHAR), '')")
    return " || chr(31) || ".join(parts) + " || chr(10)"


def line_of(fact: Mapping) -> bytes:
    """The same line in plain Python: the slow twin, and the definition for other engines."""
    parts = []
    for name, kind in FACTS.items():
        value = fact[name]
        if value is None:
            parts.append("")
        elif kind == "month":
            parts.append(f"{value.year:04}-{value.month:02}")
        elif kind == "decimal":
            parts.append(f"{value:.3f}".rstrip("0").rstrip("."))
        else:
            parts.append(str(value))
    return (SEPARATOR.join(parts) + "\n").encode()


def of_lines(lines: Iterable[bytes]) -> str:
    """Fingerprint of one month's lines, in any order."""
    digest = hashlib.sha256()
    for line in sorted(lines):
        digest.update(line)
    return digest.hexdigest()


def of_months(months: Mapping[str, str], schema_version: int) -> str:
    """Fingerprint of the whole from the fingerprints of its months (`{"2020-03": "…"}`)."""
    text = f"duga facts {schema_version}\n" + "".join(f"{month} {months[month]}\n" for month in sorted(months))
    return hashlib.sha256(text.encode()).hexdigest()
