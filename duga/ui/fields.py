"""Fields as people of the region fill them in, and what the house says about what it cannot read."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duga.plain.dates import read_date
from duga.plain.errors import Unreadable
from duga.ui.widgets import DayInput

#: The days of the week, by their codes in schedules (RFC 5545).
DAY_NAMES = {
    "MO": gettext_lazy("Monday"), "TU": gettext_lazy("Tuesday"), "WE": gettext_lazy("Wednesday"),
    "TH": gettext_lazy("Thursday"), "FR": gettext_lazy("Friday"), "SA": gettext_lazy("Saturday"),
    "SU": gettext_lazy("Sunday"),
}  # fmt: skip


def said(error) -> str:
    """What an error of the house says, in the reader's language; words among its params are translated too."""
    words = {name: _(value) if isinstance(value, str) and value else value for name, value in error.params.items()}
    return _(error.message) % words if words else _(error.message)


class DayField(forms.CharField):
    """A day, typed 3.4.2020 or 2020-04-03; gives a date, None when nothing was typed."""

    widget = DayInput

    def to_python(self, value):
        """The date, or None."""
        if not (value or "").strip():
            return None
        try:
            return read_date(value)
        except Unreadable as error:
            raise forms.ValidationError(said(error)) from None

    def prepare_value(self, value):
        """A date as it is typed here."""
        return f"{value.day}.{value.month}.{value.year}" if hasattr(value, "day") else value
