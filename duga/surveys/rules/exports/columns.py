"""A form's questions as the columns of tables: one table for the form, one for each of its repeats.

All versions of a form share its tables: the newest version's columns come first, then those that only earlier ones had.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

#: What every row tells besides its answers: (name, kind).
SYSTEM = (
    ("_id", "text"), ("_received", "datetime"), ("_version", "text"), ("_state", "text"), ("_sent_by", "text"),
    ("_whole", "text"), ("_edits", "integer"), ("_flags", "text"),
)  # fmt: skip
NOT_ASKED = frozenset({"group", "repeat", "note", "audit"})
WHOLE, PARTS = frozenset({"integer", "range"}), frozenset({"decimal"})
NUMBERS = WHOLE | PARTS
CHOICES = frozenset({"select_one", "select_multiple", "rank"})
PLACE_PARTS = ("latitude", "longitude", "altitude", "accuracy")


@dataclass(frozen=True)
class Column:
    """One question. `name` is its path with slashes ("home/rooms"); labels and choices by language."""

    path: str
    name: str
    kind: str
    labels: dict = field(default_factory=dict)
    choices: dict = field(default_factory=dict)  #: {value: {language: label}}

    def label(self, language: str) -> str:
        """The question's words in a language, in any where it lacks that one, else its name."""
        return _said(self.labels, language) or self.name

    def said(self, text: str, language: str) -> str:
        """An answer in words: the labels of what was chosen."""
        if not self.choices:
            return text
        words = [text] if self.kind == "select_one" else text.split()
        return "; ".join(_said(self.choices.get(word, {}), language) or word for word in words)


@dataclass(frozen=True)
class Table:
    """The form itself (path "") or one of its repeats."""

    path: str
    name: str
    columns: tuple[Column, ...]
    above: str = ""  #: the repeat it stands in


@dataclass(frozen=True)
class Form:
    """A form as tables, the form itself first."""

    slug: str
    title: str
    tables: tuple[Table, ...]
    languages: tuple[str, ...] = ("default",)

    def table(self, name: str) -> Table | None:
        """A table by its name; "" is the form itself."""
        return next((table for table in self.tables if table.name == name), None)


def _said(labels, language) -> str:
    return labels.get(language) or next(iter(labels.values()), "") if labels else ""


def tables_of(slug: str, title: str, versions: Sequence[Sequence[dict]], languages: Sequence[str] = ()) -> Form:
    """The tables of a form, of its versions' questions (as `receiving.asked` gives them), the newest version first."""
    columns: dict[str, dict[str, Column]] = {"": {}}
    above: dict[str, str] = {}
    for questions in versions:
        for question in questions:
            path, repeat = question["path"], question.get("repeat", "")
            if question["type"] == "repeat":
                columns.setdefault(path, {})
                above.setdefault(path, "" if repeat == path else repeat)
            elif question["type"] not in NOT_ASKED and repeat in columns:
                known = columns[repeat].get(path)
                columns[repeat][path] = _column(question, known)
    found = tuple(
        Table(path, path.strip("/"), tuple(told.values()), above.get(path, "")) for path, told in columns.items()
    )
    return Form(slug, title, found, tuple(languages) or ("default",))


def _column(question, known) -> Column:
    choices = {str(each["value"]): each.get("labels") or {} for each in question.get("choices") or ()}
    if known is not None:
        return Column(known.path, known.name, known.kind, known.labels, {**choices, **known.choices})
    return Column(
        question["path"], question["path"].strip("/"), question["type"], question.get("labels") or {}, choices
    )


def rows_below(answers: dict, table: Table, form: Form) -> Iterator[tuple[str, dict]]:
    """(number of the row among its submission's: "", "1", "1.2"; its answers) of one submission in a table."""
    if not table.path:
        yield "", answers
        return
    holder = next((each for each in form.tables if each.path == table.above), form.tables[0])
    for number, row in rows_below(answers, holder, form):
        told = row.get(table.path)
        for place, each in enumerate(told if isinstance(told, list) else (), start=1):
            yield (f"{number}.{place}" if number else str(place)), each
