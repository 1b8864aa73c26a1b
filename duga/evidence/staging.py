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

RULES = [
    (
        gettext_noop("months only, as the first of the month: no day ever enters a snapshot"),
        lambda fact: fact.empty("month") | fact.day_is_not_first(),
    ),
    (
        gettext_noop("recipient is one of person, household, tally, institution"),
        lambda fact: ~fact.word("recipient", *RECIPIENTS) & ~fact.empty("recipient"),
    ),
    (
        gettext_noop("unit_kind is one of the seven kinds of unit"),
        lambda fact: ~fact.word("unit_kind", *UNIT_KINDS) & ~fact.empty("unit_kind"),
    ),
    (
        gettext_noop("qualifier is one of exact, about, at_least, at_most"),
        lambda fact: ~fact.word("qualifier", *QUALIFIERS) & ~fact.empty("qualifier"),
    ),
    (
        gettext_noop("quantity is a number of zero or more"),
        lambda fact: fact.empty("quantity") | fact.below_zero("quantity"),
    ),
    (gettext_noop("organisation is a key, never empty"), lambda fact: fact.empty("organisation")),
    (
        gettext_noop("help to a person carries the person's key"),
        lambda fact: fact.word("recipient", "person") & fact.empty("person"),
    ),
    (
        gettext_noop("help to a household carries the household's key and no person's"),
        lambda fact: fact.word("recipient", "household") & (fact.empty("household") | ~fact.empty("person")),
    ),
    (
        gettext_noop("a tally or an institution carries no key of a person or household"),
        lambda fact: fact.word("recipient", "tally", "institution") & ~(fact.empty("person") & fact.empty("household")),
    ),
    (
        gettext_noop("a tally carries the number of people in it as size"),
        lambda fact: fact.word("recipient", "tally") & fact.empty("size"),
    ),
]
"""How it is said, and which facts of a batch break it."""


class _Facts:
    """A batch as the rules look at it: each question gives a yes or no for every fact."""

    def __init__(self, table):
        self.table = table

    def empty(self, name: str):
        return self.table[name].combine_chunks().is_null().to_numpy(zero_copy_only=False)

    def word(self, name: str, *words: str):
        import numpy as np
        import pyarrow as pa

        column = self.table[name].combine_chunks()
        known = [i for i, value in enumerate(column.dictionary.to_pylist()) if value in words]
        codes = column.indices.fill_null(pa.scalar(-1, column.indices.type)).to_numpy()
        return np.isin(codes, known)

    def day_is_not_first(self):
        import pyarrow.compute as pc

        days = pc.not_equal(pc.day(self.table["month"]), 1).fill_null(True)
        return days.combine_chunks().to_numpy(zero_copy_only=False)

    def below_zero(self, name: str):
        import pyarrow.compute as pc

        return pc.less(self.table[name], 0).fill_null(True).combine_chunks().to_numpy(zero_copy_only=False)


class Staging:
    """Takes batches in with `add`, refuses all of them in `check`, gives each month back with `month`."""

    def __init__(self, folder: Path):
        folder.mkdir()
        self.folder = folder
        self.words: dict[str, dict[str, int]] = {name: {} for name in WORDS}
        self.pieces: dict[int, list[tuple[int, int]]] = {}  # month -> (file, piece in it)
        self.rows: dict[int, int] = {}
        self._files = 0
        self._broken: dict[str, int] = {}

    def add(self, batch) -> None:
        """Takes in one batch: an Arrow table or record batch, a list of tuples or a list of dicts."""
        import pyarrow as pa

        table = as_arrow(batch)
        if table.num_rows == 0:
            return
        _check_columns(table)
        table = pa.table({name: _typed(name, table[name]) for name in FACTS})
        self._judge(table)
        self._lay_down(table)

    def check(self) -> None:
        """Refuses everything if a fact broke a rule, naming rule and number of rows (never a value)."""
        says = [says for says, _ in RULES] + [f"{name} is a short code, never free text" for name in WORDS]
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

    def _judge(self, table) -> None:
        """Counts the facts that break each rule."""
        facts = _Facts(table)
        for says, broken in RULES:
            number = int(broken(facts).sum())
            if number:
                self._broken[says] = self._broken.get(says, 0) + number

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


def _typed(name: str, column):
    """A column in its type: words as one dictionary, numbers and months as they are kept.

    Refused: what does not fit. A quantity that is no decimal is rounded to three places, as DuckDB rounds.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kinds = {"uint32": pa.uint32(), "month": pa.date32(), "decimal": pa.decimal128(18, 3)}
    kind = kinds.get(FACTS[name].rstrip("?"))
    try:
        if kind is None:
            column = column if _is_dictionary(column.type) else pc.dictionary_encode(column.cast(pa.string()))
            return pa.chunked_array([column.unify_dictionaries().combine_chunks()])
        if column.type == kind:
            return column
        if name == "quantity":
            return _rounded(column)
        return column.cast(kind)
    except pa.ArrowException as error:
        raise Refused(
            gettext_noop("A fact does not fit the schema: %(error)s"), error=f"{name}: {str(error).splitlines()[0]}"
        ) from error


def _is_dictionary(kind) -> bool:
    import pyarrow as pa

    return pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type)


def _rounded(column):
    import duckdb
    import pyarrow as pa

    with duckdb.connect() as con:
        con.register("batch", pa.table({"quantity": column}))
        try:
            return con.execute("SELECT quantity::DECIMAL(18,3) AS quantity FROM batch").to_arrow_table()["quantity"]
        except duckdb.Error as error:
            raise pa.ArrowInvalid(str(error)) from error


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
            return _decimals(values)
        return pa.array(values, type=kinds.get(kind))
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError) as error:
        raise Refused(
            gettext_noop("Column %(name)s does not fit the schema: %(error)s"), name=name, error=str(error)
        ) from error


def _decimals(values):
    """Quantities as decimals where they are written as such, else as text."""
    from decimal import Decimal

    import pyarrow as pa

    texts = pa.array([None if v is None else str(v) for v in values], pa.string())
    try:
        different = texts.dictionary_encode()
        known = [Decimal(text).quantize(Decimal("0.001")) for text in different.dictionary.to_pylist()]
        if all(Decimal(text) == number for text, number in zip(different.dictionary.to_pylist(), known, strict=True)):
            return pa.array(known, pa.decimal128(18, 3)).take(different.indices)
    except (ArithmeticError, pa.ArrowException):
        pass
    return texts
