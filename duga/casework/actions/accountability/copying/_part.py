"""What the parts of a copy share: sections, the cells that hold words, and what is kept back and why."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from duga.casework import queries
from duga.casework.models import Person
from duga.casework.rules.copying import Withheld
from duga.members.rules import Viewer
from duga.places.queries import label


class Words(str):
    """A cell somebody wrote freely. `key` names it to who looks the copy through and leaves it out."""

    key: str

    __slots__ = ("key",)


@dataclass(frozen=True)
class Section:
    """One part of the copy: its heading, the columns' names and rows of texts, all in the reader's language."""

    title: str
    columns: tuple[str, ...]
    rows: list[list[str]]


@dataclass
class Copying:
    """One copy on its way: who makes it, of whom, in which language, and what is kept back so far.

    `alone`: it is handed to her alone, so that what would be a danger in another's hands may stand in it. `leave_out`
    are the keys of words that who looked it through leaves out, for they tell of others.
    """

    by: Viewer
    person: Person
    language: str
    alone: bool = False
    leave_out: frozenset[str] = frozenset()
    withheld: Counter = field(default_factory=Counter)

    def word(self, list_name: str, code: str) -> str:
        """A code in her language; "" for none."""
        return label(list_name, code, self.language) if code else ""

    def many(self, list_name: str, codes: Iterable[str]) -> str:
        """Several codes."""
        return ", ".join(self.word(list_name, code) for code in codes)

    def words(self, row: Model, name: str, text: Any) -> str:
        """What somebody wrote freely in a column of a row, unless it was left out."""
        text = str(text or "")
        if not text:
            return ""
        key = f"{row._meta.model_name}:{row.pk}:{name}"
        if key in self.leave_out:
            self.withheld[Withheld.OTHERS] += 1
            text = _("left out: see the end")
        cell = Words(text)
        cell.key = key
        return cell

    def keep_back(self, why: Withheld, count: int = 1) -> None:
        """Counts what does not stand in the copy."""
        self.withheld[why] += count

    def if_alone(self, rows: Iterable) -> list:
        """These rows where she gets the copy alone; none else, and counted."""
        rows = list(rows)
        if self.alone:
            return rows
        self.keep_back(Withheld.DANGER, len(rows))
        return []

    def seen(self, rows, prefix: str = "") -> list:
        """The rows under no seal but those that who makes the copy is named for; the others are counted."""
        found = list(rows.filter(queries.visible(self.by, prefix)))
        self.keep_back(Withheld.ELSEWHERE, rows.count() - len(found))
        return found


@dataclass(frozen=True)
class Part:
    """One part of the copy: the tables it tells of (a test compares them with the models), and how."""

    of: tuple[type[Model], ...]
    told: Callable[[Copying], Iterator[Section]]


def _day(value) -> str:
    """A day as she reads it; of a moment its day here."""
    if value is None:
        return ""
    value = timezone.localtime(value).date() if hasattr(value, "hour") else value
    return f"{value.day}. {value.month}. {value.year}."


def _span(since, until) -> str:
    """From a day to another, or on."""
    return f"{_day(since)} – {_day(until)}"
