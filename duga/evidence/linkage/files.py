"""Tables of records as files: read whatever a spreadsheet program saves as CSV, write who is who."""

import csv
import io
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from duga.plain.errors import NotFound, Refused, gettext_noop
from duga.plain.tables.delimited import decode

_DELIMITERS = ",;\t|"


def read_records(path: str | Path, identifier: str, roles: Mapping[str, str]) -> tuple[list[str], list[dict]]:
    """Identifiers and rows (by column) of a CSV file, only the columns asked for.

    UTF-8, UTF-16, Windows-1250 or Windows-1251; comma, semicolon, tab or bar; columns in any order, others ignored.
    Refuses a missing column (offering near ones), a record without an identifier and an identifier that comes twice.
    """
    path = Path(path)
    rows = _rows(path)
    header = [cell.strip() for cell in next(rows, [])]
    places = {name: _place(path, header, name) for name in dict.fromkeys([identifier, *roles.values()])}
    ids, records, seen = [], [], {}
    for number, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = {name: cells[i].strip() if i < len(cells) else "" for name, i in places.items()}
        who = row[identifier]
        if not who:
            raise Refused(
                gettext_noop("%(file)s, row %(row)s: no %(name)s. Every record needs its identifier."),
                file=path.name,
                row=number,
                name=identifier,
            )
        if who in seen:
            raise Refused(
                gettext_noop(
                    "%(file)s: the identifier %(who)s stands in rows %(first)s and %(row)s. "
                    "Each record needs one of its own; persons may repeat, identifiers may not."
                ),
                file=path.name,
                who=who,
                first=seen[who],
                row=number,
            )
        seen[who] = number
        ids.append(who)
        records.append(row)
    if not ids:
        raise Refused(gettext_noop("%(file)s has no records."), file=path.name)
    return ids, records


def _rows(path: Path):
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(gettext_noop("There is no file %(file)s."), file=str(path)) from error
    except OSError as error:
        raise Refused(
            gettext_noop("%(file)s cannot be read: %(why)s."), file=str(path), why=error.strerror or error
        ) from error
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"PAR1"):
        raise Refused(gettext_noop("%(file)s is not a CSV file. Save the table as CSV (UTF-8)."), file=path.name)
    try:
        text = decode(data)
    except Refused as error:
        raise Refused(gettext_noop("%(file)s: %(why)s"), file=path.name, why=str(error)) from error
    if text.startswith("sep=") and len(text) > 5:
        delimiter, text = text[4], text.split("\n", 1)[-1]
    else:
        head = text[: text.find("\n") + 1 or len(text)]
        delimiter = max(_DELIMITERS, key=head.count)
    csv.field_size_limit(10_000_000)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise Refused(gettext_noop("%(file)s cannot be read: %(why)s."), file=path.name, why=error) from error


def _place(path: Path, header: Sequence[str], name: str) -> int:
    if name in header:
        return header.index(name)
    folded = [column.casefold() for column in header]
    if folded.count(name.casefold()) == 1:
        return folded.index(name.casefold())
    near = get_close_matches(name.casefold(), folded, n=3, cutoff=0.5)
    shown = [header[folded.index(each)] for each in near] or header[:20]
    raise Refused(
        gettext_noop("%(file)s has no column %(name)s. %(hint)s: %(columns)s."),
        file=path.name,
        name=name,
        hint="Near ones" if near else "Its columns",
        columns=", ".join(shown) or "-",
    )


def names_of(paths: Sequence[Path]) -> list[str]:
    """What each file is called in the result: its name; its path as given where two have one name."""
    real = [path.resolve() for path in paths]
    for i, each in enumerate(real):
        if each in real[:i]:
            raise Refused(gettext_noop("%(file)s is given twice. Give each file once."), file=str(paths[i]))
    names = [path.name for path in paths]
    return [str(path) if names.count(path.name) > 1 else path.name for path in paths]
