"""What an import tells: counts, every bad row with what to do, what one should look at."""

from dataclasses import dataclass, field

from duga.plain.tables import Note


@dataclass(frozen=True)
class RowError:
    """One fault of one row: its number in the file, the column as the file names it, a gettext id and its values."""

    row: int
    column: str
    message: str
    params: dict = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


@dataclass
class ImportOutcome:
    """What came of a file. `read` = imported + already + rejected, unless a bad row stopped everything.

    `already` rows were known from before; `rejects` is a spreadsheet of the bad rows with a reason column;
    `people_new` and `people_known` say how many different people came in; `doubts` are (row number, id of the new
    person, ids of those she may be): recorded as new, for someone to look at. `words` says how the words of the code
    columns were understood, `sample` the first good rows, without names (see `understood`).
    """

    read: int = 0
    imported: int = 0
    already: int = 0
    rejected: int = 0
    errors: list[RowError] = field(default_factory=list)
    rejects: bytes | None = None
    notes: list[Note] = field(default_factory=list)
    batch_id: object = None
    people_new: int = 0
    people_known: int = 0
    doubts: list[tuple] = field(default_factory=list)
    words: list[dict] = field(default_factory=list)
    sample: list[dict] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        """Whether bad rows kept the whole file out."""
        return bool(self.rejected) and self.rejects is None


@dataclass(frozen=True)
class Preview:
    """A file before it comes in: which column means what, and the first rows as they stand.

    `mapping` is {field: column index}, `confidence` {field: 0 to 1}, `missing` what must still be said (field, words),
    `remembered` whether this organisation has said it before for a file of this shape; `unknown` {field: texts} the
    words of the code columns that Duga does not know, each once; `values` {field: {text: code}} what was said of such
    words, now or before, and `said` the part of it that this file uses.
    """

    sheets: list[str]
    sheet: str
    columns: list[str]
    mapping: dict[str, int]
    confidence: dict[str, float]
    constants: dict[str, str]
    first_rows: list
    rows: int
    missing: list[tuple[str, str]]
    remembered: bool
    unknown: dict[str, list[str]]
    values: dict[str, dict[str, str]]
    said: dict[str, dict[str, str]]
    notes: list[Note]
