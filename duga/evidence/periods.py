"""Times as people say them: years, quarters, months, and from one to another."""

import re
from dataclasses import dataclass

from duga.plain.errors import Refused, gettext_noop


@dataclass(frozen=True, order=True)
class Period:
    """Whole months from `start` to `end`, both included, as (year, month)."""

    start: tuple[int, int]
    end: tuple[int, int]

    @classmethod
    def read(cls, text: "str | Period | None") -> "Period | None":
        """Reads `2020`, `2020-03`, `2020-Q2`, `2019..2021` or `2020-03..2020-05`; None means all there is.

        >>> str(Period.read("2020"))
        '2020-01..2020-12'
        """
        if text is None or isinstance(text, Period):
            return text
        first, dots, last = str(text).strip().partition("..")
        start, end = _months(first, text), _months(last if dots else first, text)
        if end[1] < start[0]:
            raise Refused(gettext_noop("The period %(period)s ends before it begins."), period=text)
        return cls(start[0], end[1])

    def __str__(self) -> str:
        return "{:04}-{:02}..{:04}-{:02}".format(*self.start, *self.end)

    def __contains__(self, month: tuple[int, int]) -> bool:
        return self.start <= month <= self.end

    @property
    def length(self) -> int:
        """Months in it."""
        return (self.end[0] - self.start[0]) * 12 + self.end[1] - self.start[1] + 1

    def shifted(self, months: int) -> "Period":
        """As many months later (or earlier, below nought).

        >>> str(Period.read("2020-01").shifted(-12))
        '2019-01..2019-01'
        """
        return Period(_add_months(self.start, months), _add_months(self.end, months))

    def shared(self, other: "Period") -> "Period | None":
        """The months in both; None if there are none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start <= end else None

    def parts(self, name: str) -> "list[Period]":
        """Its years, quarters or months (`name`), the first and last cut to what lies in it."""
        found, month = [], self.start
        while month <= self.end:
            found.append(Period.read(time_label(name, month)).shared(self))
            month = _add_months(found[-1].end, 1)
        return found


def _add_months(month: tuple[int, int], months: int) -> tuple[int, int]:
    number = month[0] * 12 + month[1] - 1 + months
    return number // 12, number % 12 + 1


def time_label(name: str, month: tuple[int, int]) -> str:
    """The label of the year, quarter or month (`name`) that a month lies in.

    >>> time_label("quarter", (2020, 5))
    '2020-Q2'
    """
    year, number = month
    return {"year": f"{year:04}", "quarter": f"{year:04}-Q{(number + 2) // 3}", "month": f"{year:04}-{number:02}"}[name]


def _months(text: str, whole: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last month of a year, quarter or month."""
    match = re.fullmatch(r"(\d{4})(?:-(\d\d)|-?Q([1-4]))?", text.strip())
    if match:
        year, month, quarter = (int(part) if part else None for part in match.groups())
        if quarter:
            return (year, 3 * quarter - 2), (year, 3 * quarter)
        if month is None:
            return (year, 1), (year, 12)
        if 1 <= month <= 12:
            return (year, month), (year, month)
    raise Refused(
        gettext_noop(
            "%(period)s is not a period. Write a year (2020), a quarter (2020-Q2), a month (2020-03) or from..to "
            "(2020-03..2020-05)."
        ),
        period=repr(whole),
    )
