"""What is wrong or doubtful in a form, told with the cell where it stands."""

from dataclasses import asdict, dataclass, field

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Finding:
    """One thing to mend (error) or to look at (warning).

    message: a gettext id, with params. sheet, row (from 1, the heading is row 1) and column (its heading) as the file
    has them, cell such as "C12"; empty or 0 where the whole form is meant. said: a converter's own words, if any.
    """

    message: str
    params: dict = field(default_factory=dict)
    level: str = ERROR
    sheet: str = ""
    row: int = 0
    column: str = ""
    cell: str = ""
    said: str = ""

    def told(self) -> dict:
        """As JSON keeps it."""
        return asdict(self)


class Faulty(Exception):
    """A form that cannot be used; carries its findings, at least one error."""

    def __init__(self, *findings: Finding):
        self.findings = list(findings)
        super().__init__(findings[0].message)


#: XLSForm's own words for one column; the first is what its documents use.
_SAME = (
    ("relevant", "relevance", "bind::relevant"),
    ("calculation", "calculate", "bind::calculate"),
    ("constraint", "bind::constraint"),
    ("constraint_message", "constraint message", "bind::jr:constraintmsg"),
    ("required", "bind::required"),
    ("read_only", "readonly", "read only", "bind::readonly"),
    ("appearance", "control::appearance"),
    ("repeat_count", "repeat count", "jr:count", "count"),
    ("list_name", "list name"),
    ("label", "caption"),
    ("form_id", "id_string"),
    ("form_title", "title"),
    ("name", "tag", "value"),
    ("type", "command"),
)
ALIASES = {word: same[0] for same in _SAME for word in same}


def column_of(heading: str) -> str:
    """The column that a heading means, without its language: "bind:relevant" is "relevant", "Label::sr" is "label"."""
    words = str(heading or "").strip().lower()
    whole = words.replace("::", ":").replace(":", "::") if not words.startswith("bind::jr:") else words
    if whole in ALIASES:
        return ALIASES[whole]
    first = whole.split("::")[0].strip()
    return ALIASES.get(first, first)


def letters(index: int) -> str:
    """The letters of a column, from 0: A, B, … Z, AA."""
    found = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        found = chr(65 + rest) + found
    return found


class Cells:
    """Finds the cell that is meant. `sheets`: {name: [[text, …], …]} with the heading first."""

    def __init__(self, sheets: dict):
        self.sheets = sheets
        self._names = {name.lower(): name for name in sheets}
        self._columns = {}
        for name, rows in sheets.items():
            self._columns[name] = [column_of(each) for each in (rows[0] if rows else [])]

    def sheet(self, name: str) -> str:
        """A sheet's name as the file writes it; survey for one that is the only sheet."""
        if len(self.sheets) == 1 and name == "survey":
            return next(iter(self.sheets))
        return self._names.get(name.lower(), name)

    def index(self, sheet: str, column: str) -> int | None:
        """Where a column stands, from 0: the first that means it, else the one whose heading is exactly this."""
        name = self.sheet(sheet)
        headings = [str(each).strip() for each in (self.sheets.get(name) or [[]])[0]]
        if column in headings:
            return headings.index(column)
        found = self._columns.get(name, [])
        return found.index(column_of(column)) if column_of(column) in found else None

    def value(self, sheet: str, row: int, column: str) -> str:
        """The text of a cell, empty where there is none."""
        rows, at = self.sheets.get(self.sheet(sheet), []), self.index(sheet, column)
        if at is None or not 0 < row <= len(rows) or at >= len(rows[row - 1]):
            return ""
        return str(rows[row - 1][at] or "")

    def rows_where(self, sheet: str, column: str, test) -> list[int]:
        """The rows (from 2) whose cell in a column passes a test."""
        rows = self.sheets.get(self.sheet(sheet), [])
        return [row for row in range(2, len(rows) + 1) if test(self.value(sheet, row, column))]

    def finding(self, message, sheet="", row=0, column="", *, level=ERROR, said="", params=None) -> Finding:
        """A finding with its cell; where the sheet lacks the column, the cell of the row's name or type."""
        name = self.sheet(sheet) if sheet else ""
        at = self.index(sheet, column) if column else None
        heading = str(self.sheets[name][0][at]) if at is not None else column
        if at is None and row > 1:
            at = next((found for each in ("name", "type") if (found := self.index(sheet, each)) is not None), None)
        cell = f"{letters(at)}{row}" if at is not None and row else ""
        return Finding(message, params or {}, level, name, row, heading, cell, said)


def paths(cells: Cells, root: str = "data") -> dict[str, int]:
    """{path in the form: row of the survey sheet}, followed through its groups and repeats."""
    found, stack = {}, [f"/{root}"]
    rows = cells.sheets.get(cells.sheet("survey"), [])
    for row in range(2, len(rows) + 1):
        kind = " ".join(cells.value("survey", row, "type").lower().replace("_", " ").split())
        name = cells.value("survey", row, "name").strip()
        if kind.startswith(("end group", "end repeat", "end loop")):
            if len(stack) > 1:
                stack.pop()
            continue
        if name:
            found.setdefault(f"{stack[-1]}/{name}", row)
        if kind.startswith(("begin group", "begin repeat", "begin loop")):
            stack.append(f"{stack[-1]}/{name}")
    return found
