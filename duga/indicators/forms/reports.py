"""Which form an organisation wants filled, and for which time; which form of a country and year from releases."""

import datetime as dt

from django import forms
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duga.evidence.periods import time_label
from duga.places.queries import country_name
from duga.places.rules.codes import pick


class ReportForm(forms.Form):
    """A form, and a month, quarter or year between the first and the last day of what was recorded."""

    form = forms.ChoiceField(label=gettext_lazy("Form"))
    period = forms.ChoiceField(label=gettext_lazy("Period"))

    def __init__(self, *args, layouts, first_day: dt.date, last_day: dt.date, language: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.layouts = {layout.code: layout for layout in layouts}
        self.fields["form"].choices = [(each.code, pick(dict(each.title), language)) for each in layouts]
        self.fields["period"].choices = _periods(first_day, last_day)

    def clean(self):
        """The form is filled for such times."""
        told = super().clean()
        layout, period = self.layouts.get(told.get("form")), told.get("period", "")
        word = "quarter" if "Q" in period else "month" if "-" in period else "year"
        if layout and period and word not in layout.periods:
            words = {"month": _("months"), "quarter": _("quarters"), "year": _("years")}
            self.add_error(
                "period",
                _("This form is filled for %(times)s.") % {"times": ", ".join(words[each] for each in layout.periods)},
            )
        return told


def _periods(first: dt.date, last: dt.date) -> list:
    """Years, quarters and months, newest first, in groups."""
    months, day = [], first.replace(day=1)
    while day <= last:
        months.append(day)
        day = (day + dt.timedelta(days=32)).replace(day=1)
    months = months[::-1]

    def labels(name):
        return list(dict.fromkeys(time_label(name, (each.year, each.month)) for each in months))

    quarters = [
        (label, _("%(number)s. quarter of %(year)s") % {"number": label[-1], "year": label[:4]})
        for label in labels("quarter")
    ]
    return [
        (_("Years"), [(label, label) for label in labels("year")]),
        (_("Quarters"), quarters),
        (_("Months"), [(f"{each:%Y-%m}", format_date(each, "F Y")) for each in months]),
    ]


class NetworkReportForm(forms.Form):
    """A form, a country and a year with figures in force."""

    form = forms.ChoiceField(label=gettext_lazy("Form"))
    place = forms.ChoiceField(label=gettext_lazy("Country and year"))

    def __init__(self, *args, layouts, places: dict, language: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [(each.code, pick(dict(each.title), language)) for each in layouts]
        self.fields["place"].choices = [
            (f"{country}-{year}", f"{country_name(country, language)}, {year}")
            for country, years in places.items()
            for year in years
        ]
