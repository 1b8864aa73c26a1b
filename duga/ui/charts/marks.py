"""What charts are made of: labels with values, some of them hidden or unknown."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Mark:
    """A label (text; for `trend` the first of a month) and its value.

    `value` None means hidden by protection; with `unknown` that nobody knows it.
    """

    label: str | dt.date
    value: int | float | Decimal | None
    unknown: bool = False

    @property
    def shown(self) -> bool:
        """Whether there is a number to draw."""
        return self.value is not None and not self.unknown

    @property
    def hidden(self) -> bool:
        """Whether protection hid the number."""
        return self.value is None and not self.unknown


def marks_of(marks):
    marks = [mark if isinstance(mark, Mark) else Mark(*mark) for mark in marks]
    if not marks:
        raise ValueError("a chart needs something to draw")
    for mark in marks:
        if mark.shown and mark.value < 0:
            raise ValueError(f"{mark.label}: a count cannot be {mark.value}")
    return marks


def every_month(marks):
    given = {mark.label.replace(day=1): mark for mark in marks}
    month, last = min(given), max(given)
    filled = []
    while month <= last:
        filled.append(given.get(month) or Mark(month, None, unknown=True))
        month = (month + dt.timedelta(days=32)).replace(day=1)
    return filled
