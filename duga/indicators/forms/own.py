"""Which months an organisation wants its figures of."""

import datetime as dt

from django import forms
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class PeriodForm(forms.Form):
    """From one month to another; offered are the months in which something may have been recorded."""

    first = forms.ChoiceField(label=gettext_lazy("From"))
    last = forms.ChoiceField(label=gettext_lazy("To, that month included"))

    def __init__(self, *args, first_day: dt.date, last_day: dt.date, **kwargs):
        self.months = _months(first_day, last_day)
        initial = {"first": f"{last_day.year}-01", "last": f"{last_day:%Y-%m}"}
        if initial["first"] < f"{first_day:%Y-%m}":
            initial["first"] = f"{first_day:%Y-%m}"
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        choices = [(f"{day:%Y-%m}", format_date(day, "F Y")) for day in self.months]
        self.fields["first"].choices = self.fields["last"].choices = choices[::-1]

    def clean(self):
        """The two months stand in order."""
        told = super().clean()
        if told.get("first") and told.get("last") and told["first"] > told["last"]:
            self.add_error("last", _("This month lies before the first one."))
        return told

    @property
    def period(self) -> str:
        """The period as figures are asked for: 2020-01..2020-12."""
        return f"{self.cleaned_data['first']}..{self.cleaned_data['last']}"


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    day, found = first.replace(day=1), []
    while day <= last:
        found.append(day)
        day = (day + dt.timedelta(days=32)).replace(day=1)
    return found
