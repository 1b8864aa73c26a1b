"""What an analyst asks of a snapshot, and what she calls it."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duga.indicators.rules import BREAKDOWNS, DIMENSION_WORDS, FILTERS, SUPPLY_BREAKDOWNS
from duga.places.queries import codes, country_name, label
from duga.places.rules.codes import pick

LISTS = {"service_type": "service_types", "channel": "channels"}


class TableForm(forms.Form):
    """Indicator, year, country, breakdown, filters."""

    indicator = forms.ChoiceField(label=gettext_lazy("What is counted"))
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int)
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    first = forms.ChoiceField(label=gettext_lazy("By"), required=False)
    second = forms.ChoiceField(label=gettext_lazy("and by"), required=False)
    service_type = forms.ChoiceField(label=gettext_lazy("Only this kind of help"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Only this channel"), required=False)

    def __init__(self, *args, indicators, countries, years, language, **kwargs):
        super().__init__(*args, **kwargs)
        names = sorted((country_name(code, language), code) for code in countries)
        self.fields["indicator"].choices = [
            (code, pick(dict(each.title), language)) for code, each in indicators.items()
        ]
        self.fields["year"].choices = [(year, str(year)) for year in years]
        self.fields["country"].choices = [("", _("Every country")), *((code, name) for name, code in names)]
        self.fields["indicator"].initial = "people_assisted"
        by = [("", _("nothing")), *((name, _(DIMENSION_WORDS[name])) for name in (*BREAKDOWNS, *SUPPLY_BREAKDOWNS))]
        self.fields["first"].choices = self.fields["second"].choices = by
        for name in FILTERS:
            words = sorted((label(LISTS[name], each.code, language), each.code) for each in codes(LISTS[name]))
            self.fields[name].choices = [("", _("all")), *((code, text) for text, code in words)]

    @property
    def question(self) -> dict:
        """What `actions.ask_table` takes."""
        told = self.cleaned_data
        return {
            "indicator": told["indicator"],
            "year": told["year"],
            "country": told["country"],
            "breakdown": [told[name] for name in ("first", "second") if told[name]],
            "where": {name: told[name] for name in FILTERS if told[name]},
        }


class TitleForm(forms.Form):
    """What a kept table is called."""

    title = forms.CharField(label=gettext_lazy("Name of the table"), max_length=120, required=False)
