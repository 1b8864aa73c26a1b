"""What is typed where rounds are planned and assigned."""

import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duga.places.queries import find_area
from duga.surveys.rules.rounds import UNSAID, spoken_codes
from duga.ui.fields import DayField

_LINE = re.compile(r"^(?:(?P<area>.*?\D)[:\s]\s*)?(?P<count>\d{1,7})$")


def _area(name):
    match = find_area(name)
    if match.area is None:
        raise forms.ValidationError(
            _("“%(name)s” is no one place that is known. Write the municipality, or a place with its municipality.")
            % {"name": name}
        )
    return match.area


class PlaceField(forms.CharField):
    """A place by its name; gives an Area or None."""

    def to_python(self, value):
        """The area that is meant."""
        return _area(value.strip()) if (value or "").strip() else None

    def run_validators(self, value):
        """Nothing of length: an area that was found needs no more."""


class TargetsField(forms.CharField):
    """Answers wanted, a line for each area ("Nikšić: 20"); a number alone is the whole round. Gives {area id: n}."""

    widget = forms.Textarea({"rows": 4})

    def to_python(self, value):
        """{area id, or "" for the whole round: answers wanted}."""
        found = {}
        for line in filter(None, (each.strip() for each in (value or "").splitlines())):
            match = _LINE.match(line)
            if match is None:
                raise forms.ValidationError(_("“%(line)s”: write a place, a colon and a number.") % {"line": line})
            name = (match["area"] or "").strip(" :")
            found[str(_area(name).pk) if name else ""] = int(match["count"])
        return found

    def run_validators(self, value):
        """Nothing of length: what was read needs no more."""


class RoundForm(forms.Form):
    """A round's plan; a field of consent for each language of the form."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    opens_on = DayField(label=gettext_lazy("First day"))
    closes_on = DayField(label=gettext_lazy("Last day"), required=False)
    remind_days = forms.IntegerField(
        label=gettext_lazy("Remind who asks so many days before"), required=False, min_value=0
    )
    targets = TargetsField(
        label=gettext_lazy("Answers wanted"), required=False,
        help_text=gettext_lazy("A line for each area, for example “Nikšić: 20”; a number alone for the whole round."),
    )  # fmt: skip
    sample_plan = forms.CharField(
        label=gettext_lazy("Sample plan"), required=False, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Who is asked, and how they are chosen."),
    )  # fmt: skip

    def __init__(self, *args, languages, **kwargs):
        super().__init__(*args, **kwargs)
        self.codes = spoken_codes(languages)
        for code in self.codes:
            label = _("What people agree to") if code == UNSAID else _("What people agree to (%s)") % code
            self.fields[f"consent_{code}"] = forms.CharField(
                label=label, required=False, widget=forms.Textarea({"rows": 4})
            )

    def plan(self) -> dict:
        """What was typed, as `plan_round` takes it."""
        told = {name: value for name, value in self.cleaned_data.items() if not name.startswith("consent_")}
        consent = {code: self.cleaned_data[f"consent_{code}"] for code in self.codes}
        return told | {"consent": consent, "languages": [code for code in self.codes if consent[code].strip()]}


class AssignForm(forms.Form):
    """Who asks: an organisation or one of its people; where, how many."""

    who = forms.ChoiceField(label=gettext_lazy("Who asks?"))
    area = PlaceField(label=gettext_lazy("Where"), required=False, help_text=gettext_lazy("Empty: everywhere."))
    target = forms.IntegerField(label=gettext_lazy("Answers wanted"), required=False, min_value=0)

    def __init__(self, *args, organisations=(), people=None, **kwargs):
        super().__init__(*args, **kwargs)
        choices = []
        for row in organisations:
            choices.append((str(row.pk), row.name))
            choices += [(f"{row.pk} {pk}", f"{row.name}: {name}") for pk, name in (people or {}).get(row.pk, ())]
        self.fields["who"].choices = choices
