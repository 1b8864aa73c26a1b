"""Which figures are to be drafted, which released ones to show, and why drafts are returned."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duga.indicators.rules import LONGEST_REASON
from duga.places.queries import country_name

PEOPLE, SUPPLY = "people", "supply"
SIDE_BY_SIDE = "-"  # a choice must have a value; the figures themselves have no country then


class DraftForm(forms.Form):
    """A country and a year, or all; or what is on offer, which bears the year of the snapshot's day."""

    what = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int)

    def __init__(self, *args, countries, years, language, **kwargs):
        super().__init__(*args, **kwargs)
        names = sorted((country_name(code, language), code) for code in countries)
        self.fields["what"].choices = [
            (PEOPLE, _("People helped, and with what")),
            (SUPPLY, _("What is on offer: services, licences, reach, on the day of the snapshot")),
        ]
        self.fields["country"].choices = [
            ("*", _("Every country, and all side by side")),
            *((code, name) for name, code in names),
            (SIDE_BY_SIDE, _("All countries side by side")),
        ]
        self.fields["year"].choices = [(year, str(year)) for year in years]

    @property
    def arguments(self) -> dict:
        """What is asked for, as a counting takes it."""
        country = self.cleaned_data["country"]
        told = {"country": "" if country == SIDE_BY_SIDE else country, "year": self.cleaned_data["year"]}
        return told | ({"supply": True} if self.cleaned_data["what"] == SUPPLY else {})


class ReleasesFilter(forms.Form):
    """Figures in force of a country and a year; what cannot be read is no filter."""

    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args, countries, years, language, **kwargs):
        super().__init__(*args, **kwargs)
        names = sorted((country_name(code, language), code) for code in countries if code)
        self.fields["country"].choices = [("", _("Any")), *((code, name) for name, code in names)]
        if "" in countries:
            self.fields["country"].choices += [(SIDE_BY_SIDE, _("All countries side by side"))]
        self.fields["year"].choices = [("", _("Any")), *((year, str(year)) for year in years)]

    @property
    def told(self) -> dict:
        """{"country", "year"} as far as they could be read."""
        self.is_valid()
        return {"country": self.cleaned_data.get("country") or "", "year": self.cleaned_data.get("year")}


class ReturnForm(forms.Form):
    """What is wrong with drafts."""

    reason = forms.CharField(
        label=gettext_lazy("What is wrong with them?"),
        help_text=gettext_lazy("Whoever drafted them reads it."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
