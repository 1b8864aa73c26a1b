"""Facts on their way into a snapshot: checked, words turned into small numbers, laid down by month.

Each batch becomes one Arrow file beside the snapshot with one piece a month, so that a month can be taken up again
without reading the others, and memory holds one batch at a time however many facts come.
"""

import datetime
from collections.abc import Mapping
from pathlib import Path

from duga.evidence.model import FACTS, QUALIFIERS, RECIPIENTS, UNIT_KINDS
from duga.plain.errors import Refused, gettext_noop

WORD = r"[A-Za-z0-9][A-Za-z0-9+_.:-]{0,39}"
"""What a code looks like. No blanks and no letters beyond ASCII: free text and names do not pass."""

WORDS = [name for name, kind in FACTS.items() if kind == "word"]
_TYPES = {"uint32": "UINTEGER", "month": "DATE", "decimal": "DECIMAL(18,3)"}

RULES = [
    (
        "month IS NULL OR day(month) <> 1",
        gettext_noop("months only, as the first of the month: no day ever enters a snapshot"),
    ),
    ("recipient NOT IN {recipients}", gettext_noop("recipient is one of person, household, tally, institution")),
    ("unit_kind NOT IN {kinds}", gettext_noop("unit_kind is one of the seven kinds of unit")),
    ("qualifier NOT IN {qualifiers}", gettext_noop("qualifier is one of exact, about, at_least, at_most")),
    ("quantity IS NULL OR quantity < 0", gettext_noop("quantity is a number of zero or more")),
    ("organisation IS NULL", gettext_noop("organisation is a key, never empty")),
    ("recipient = 'person' AND person IS NULL", gettext_noop("help to a person carries the person's key")),
    (
        "recipient = 'household' AND (household IS NULL OR person IS NOT NULL)",
        gettext_noop("help to a household carries the household's key and no person's"),
    ),
    (
        "recipient IN ('tally', 'institution') AND (person IS NOT NULL OR household IS NOT NULL)",
        gettext_noop("a tally or an institution carries no key of a person or household"),
    ),
    ("recipient = 'tally' AND size IS NULL", gettext_noop("a tally carries the number of people in it as size")),
]
"""What makes a fact wrong, and how that is said: DuckDB conditions over the columns of a fact."""


class Staging:
    """Takes batches in with `add`, refuses all of them in `check`, gives each month back with `month`."""

    def __init__(self, folder: Path):
        import duckdb

        folder.mkdir()
        self.folder = folder
        self.words: dict[str, dict[str, int]] = {name: {} for name in WORDS}
        self.pieces: dict[int, list[tuple[int, int]]] = {}  # month -> (file, piece in it)
        self.rows: dict[int, int] = {}
        self._files = 0
        self._broken: dict[str, int] = {}
        self._con = duckdb.connect()
        lists = {"recipients": RECIPIENTS, "kinds": UNIT_KINDS, "qualifiers": QUALIFIERS}
        self._rules = [(test.format(**lists), says) for test, says in RULES]

    def close(self) -> None:
        self._con.close()

    def add(self, batch) -> None:
        """Takes in one batch: an Arrow table or record batch, a list of tuples or a list of dicts."""
        table = as_arrow(batch)
        if table.num_rows == 0:
            return
        _check_columns(table)
        table = self._typed(table)
        self._judge(table)
        self._lay_down(table)

    def check(self) -> None:
        """Refuses everything if a fact broke a rule, naming rule and number of rows (never a value)."""
        says = [says for _, says in self._rules] + [f"{name} is a short code, never free text" for name in WORDS]
        for rule in says:
            if self._broken.get(rule):
                raise Refused(
                    gettext_noop("%(count)s facts were refused and nothing was frozen: %(rule)s."),
                    count=self._broken[rule],
                    rule=rule,
                )

    def month(self, month: int):
        """All facts of a month (year * 12 + month - 1) as an Arrow table in the columns of `model.FACTS`, words
        as dictionaries of just the words that occur, sorted."""
        import numpy as np
        import pyarrow as pa

        pieces = [pa.ipc.open_file(pa.memory_map(self._file(file))).get_batch(i) for file, i in self.pieces[month]]
        table = pa.Table.from_batches(pieces).combine_chunks()
        columns = {}
        for name, kind in FACTS.items():
            column = table[name].combine_chunks()
            if kind == "word":
                codes = column.to_numpy()
                known = list(self.words[name])
                here = sorted(np.flatnonzero(np.bincount(codes, minlength=len(known))), key=known.__getitem__)
                places = np.zeros(len(known), np.int32)
                places[here] = np.arange(len(here), dtype=np.int32)
                values = pa.array([known[code] for code in here], pa.string())
                column = pa.DictionaryArray.from_arrays(pa.array(places[codes]), values)
            columns[name] = column
        return pa.table(columns)

    def _file(self, number: int) -> str:
        return str(self.folder / f"{number}.arrow")

    def _typed(self, table):
        """Numbers, months and quantities in their types; words as they are, or as their text."""
        import pyarrow as pa

        parts = [
            f"{name}::{_TYPES[kind.rstrip('?')]} AS {name}"
            for name, kind in FACTS.items()
            if kind.rstrip("?") in _TYPES
        ]
        words = [name if _is_text(table.schema.field(name).type) else f"{name}::VARCHAR AS {name}" for name in WORDS]
        convert = [part for part in words if "::" in part]
        self._con.register("batch", table)
        try:
            typed = self._con.execute(f"SELECT {', '.join(parts + convert)} FROM batch").to_arrow_table()
        except Exception as error:
            raise Refused(
                gettext_noop("A fact does not fit the schema: %(error)s"), error=str(error).splitlines()[0]
            ) from error
        finally:
            self._con.unregister("batch")
        return pa.table({name: typed[name] if name in typed.column_names else table[name] for name in FACTS})

    def _judge(self, table) -> None:
        """Counts the facts that break each rule."""
        tests = ", ".join(f"count(*) FILTER (WHERE {test})" for test, _ in self._rules)
        self._con.register("batch", table)
        counts = self._con.execute(f"SELECT {tests} FROM batch").fetchone()
        self._con.unregister("batch")
        for broken, (_, says) in zip(counts, self._rules, strict=True):
            if broken:
                self._broken[says] = self._broken.get(says, 0) + broken

    def _lay_down(self, table) -> None:
        """Writes a batch as one file, a piece for each month, words as numbers."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        columns = {name: self._coded(name, table[name]) if name in WORDS else table[name] for name in FACTS}
        if self._broken:
            return
        coded = pa.table(columns).combine_chunks()
        months = pc.add(pc.multiply(pc.year(coded["month"]), 12), pc.subtract(pc.month(coded["month"]), 1)).to_numpy()
        order = np.argsort(months, kind="stable")
        coded, months = coded.take(pa.array(order)), months[order]
        starts = [0, *(np.flatnonzero(np.diff(months)) + 1), len(months)]
        with pa.OSFile(self._file(self._files), "wb") as file, pa.ipc.new_file(file, coded.schema) as writer:
            for piece, (start, end) in enumerate(zip(starts, starts[1:], strict=False)):
                writer.write_batch(coded.slice(start, end - start).combine_chunks().to_batches()[0])
                month = int(months[start])
                self.pieces.setdefault(month, []).append((self._files, piece))
                self.rows[month] = self.rows.get(month, 0) + int(end - start)
        self._files += 1

    def _coded(self, name: str, column):
        """A column of words as numbers; a word met for the first time gets the next number, once it has been judged."""
        import re

        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        column = (column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)).unify_dictionaries()
        column = column.combine_chunks()
        known = self.words[name]
        values = column.dictionary.to_pylist()
        bad = {i for i, value in enumerate(values) if value is None or not re.fullmatch(WORD, value)}
        broken = column.null_count
        if bad:
            broken += int(np.isin(column.indices.drop_null().to_numpy(), list(bad)).sum())
        if broken:
            says = f"{name} is a short code, never free text"
            self._broken[says] = self._broken.get(says, 0) + broken
            return column
        codes = np.array([known.setdefault(value, len(known)) for value in values] or [0], np.int32)
        return pa.array(codes[column.indices.to_numpy()])


def month_name(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def month_number(name: str) -> int:
    """2020-03 as year * 12 + month - 1.

    >>> month_name(month_number("2020-03"))
    '2020-03'
    """
    year, month = name.split("-")
    return int(year) * 12 + int(month) - 1


def first_day(name: str) -> datetime.date:
    year, month = name.split("-")
    return datetime.date(int(year), int(month), 1)


def _is_text(kind) -> bool:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _check_columns(table) -> None:
    import pyarrow as pa

    extra = [name for name in table.column_names if name not in FACTS]
    missing = [name for name in FACTS if name not in table.column_names]
    if extra or missing:
        raise Refused(
            gettext_noop("Facts have exactly the columns of the schema. Not allowed: %(extra)s. Missing: %(missing)s."),
            extra=", ".join(extra) or "-",
            missing=", ".join(missing) or "-",
        )
    if pa.types.is_timestamp(table.schema.field("month").type):
        raise Refused(gettext_noop("Facts carry a month as a date on the first, never a time."))


def as_arrow(batch):
    """Arrow table of a batch; lists are checked for their columns here."""
    import pyarrow as pa

    if isinstance(batch, pa.RecordBatch):
        return pa.Table.from_batches([batch])
    if isinstance(batch, pa.Table):
        return batch
    rows = list(batch)
    if not rows:
        return pa.table({name: [] for name in FACTS})
    if isinstance(rows[0], Mapping):
        names = list(dict.fromkeys(name for row in rows for name in row))
        columns = [[row.get(name) for row in rows] for name in names]
    else:
        if any(len(row) != len(FACTS) for row in rows):
            raise Refused(gettext_noop("A fact has exactly the columns of the schema, in order."))
        names, columns = list(FACTS), list(zip(*rows, strict=True))
    arrays = [_array(name, column) for name, column in zip(names, columns, strict=True)]
    return pa.table(dict(zip(names, arrays, strict=True)))


def _array(name: str, values):
    import pyarrow as pa

    kinds = {"uint32": pa.uint32(), "word": pa.string(), "month": pa.date32()}
    kind = FACTS.get(name, "").rstrip("?")
    try:
        if kind == "decimal":
            return pa.array([None if v is None else str(v) for v in values])
        return pa.array(values, type=kinds.get(kind))
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError) as error:
        raise Refused(
            gettext_noop("Column %(name)s does not fit the schema: %(error)s"), name=name, error=str(error)
        ) from error
