"""How the words of a file were understood: asked about when unknown, shown when known, and the first good rows."""

from duga.casework.actions.imports.reading import Job
from duga.casework.rules import CODE_LISTS, IGNORE, ParsedRow, meaning
from duga.plain.tables import SheetTable, cell_text
from duga.plain.text import fold

ASKED = 20  #: so many words of a column are asked about at once
SHOWN = 40  #: and so many shown as understood
FIRST = 5  #: good rows shown as understood


def _words(table: SheetTable, columns: dict[str, int], values: dict):
    """(field, word as it first stands in the file, what was said of it or None, (list, code) or None) of each
    different word of the code columns: equal in another script or case is the same word."""
    for name in CODE_LISTS:
        if name not in columns:
            continue
        said = {fold(word): code for word, code in values.get(name, {}).items()}
        texts = {}
        for value in table.values(columns[name]):
            texts.setdefault(fold(text := " ".join(cell_text(value).split())), text)
        for key, text in texts.items():
            if key:
                yield name, text, said.get(key), _meaning(name, said.get(key) or text)


def _meaning(name: str, word: str) -> tuple[str, str] | None:
    """(code list, code) of a word; None for one that means nothing."""
    return None if word == IGNORE else meaning(name, word)


def _unknown_words(table: SheetTable, columns: dict[str, int], values: dict) -> dict[str, list[str]]:
    """The words that mean nothing yet, for the mapping screen to ask about."""
    found = {}
    for name, text, said, means in _words(table, columns, values):
        if not said and not means and len(found.get(name, ())) < ASKED:
            found.setdefault(name, []).append(text)
    return found


def _said_words(table: SheetTable, columns: dict[str, int], values: dict) -> dict[str, dict[str, str]]:
    """What was said of words of this file, for the mapping screen to let it be changed."""
    found = {}
    for name, text, said, _ in _words(table, columns, values):
        if said:
            found.setdefault(name, {})[text] = said
    return found


def _understood(job: Job) -> list[dict]:
    """The words that were understood: field, word, and the list and code it means (code IGNORE: no attention)."""
    told, count = [], {}
    for name, text, said, means in _words(job.table, job.columns, job.values):
        if (said != IGNORE and means is None) or count.get(name, 0) >= SHOWN:
            continue
        count[name] = count.get(name, 0) + 1
        list_name, code = means or ("", IGNORE)
        told.append({"field": name, "word": text[:80], "list": list_name, "code": code})
    return told


def _sample(rows: list[ParsedRow]) -> list[dict]:
    """The first good rows as they were understood, without anything that names a person."""
    return [
        {
            "row": row.number, "date": row.date.isoformat(), "service": row.service_type, "unit": row.unit,
            "quantity": f"{row.quantity.normalize():f}", "qualifier": row.qualifier, "recipient": row.recipient.value,
            "size": row.size,
        }
        for row in rows[:FIRST]
    ]  # fmt: skip
