"""Volunteers: who they are, what they can and when, trainings, hours; and the phone's card and PIN."""

from django import forms
from django.utils.translation import gettext_lazy as _

from duga.casework.forms.fields import AreaField, CodeField, code_choices
from duga.casework.forms.stock import NumberField
from duga.casework.rules import VOLUNTEER_FIELDS, clean_available, read_span
from duga.plain.errors import Unreadable
from duga.ui.fields import DayField, said
from duga.ui.widgets import ManyChips

DAYS = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
_SPAN = {"placeholder": "9-13", "autocomplete": "off", "data-short": "yes"}


class AreasField(AreaField):
    """Several places by their names, with commas between them; gives a list of Areas."""

    def to_python(self, value):
        """The areas, each once."""
        names = [name for name in str(value or "").split(",") if name.strip()]
        return list({area.pk: area for area in (super(AreasField, self).to_python(name) for name in names)}.values())

    def run_validators(self, value):
        """Nothing of length: areas that were found need no more."""


class VolunteerForm(forms.Form):
    """A volunteer; filled in at a desk or on a phone."""

    name = forms.CharField(label=_("Name"), max_length=120)
    phone = forms.CharField(
        label=_("Phone"), max_length=120, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    contact = forms.CharField(label=_("Whom to call in an emergency"), max_length=120, required=False)
    contact_phone = forms.CharField(
        label=_("Their phone"), max_length=120, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    skills = forms.MultipleChoiceField(label=_("What she helps with"), required=False, widget=ManyChips)
    languages = forms.MultipleChoiceField(label=_("Languages she speaks"), required=False, widget=ManyChips)
    areas = AreasField(
        label=_("Where"), required=False, help_text=_("Municipalities or towns, with commas between them.")
    )
    drives = forms.BooleanField(label=_("Has a car to deliver with"), required=False)
    since = DayField(label=_("Since"), required=False)
    insured_until = DayField(label=_("Insured until"), required=False)

    def __init__(self, *args, country="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["areas"].country = country
        self.fields["skills"].choices = code_choices("service_types")
        self.fields["languages"].choices = code_choices("languages")
        for number, day in enumerate(DAYS):
            self.fields[f"day{number}"] = forms.CharField(
                label=day, required=False, max_length=15, widget=forms.TextInput(_SPAN)
            )

    def days(self):
        """The fields of the days of the week."""
        return [self[f"day{number}"] for number in range(7)]

    def about(self):
        """The bound fields but the days."""
        return [bound for bound in self if not bound.name[-1].isdigit()]

    def clean(self):
        """The week in one."""
        data = super().clean() | {"available": {}}
        for number in range(7):
            try:
                data["available"] |= clean_available({str(number): read_span(data.get(f"day{number}"))})
            except Unreadable as error:
                self.add_error(f"day{number}", said(error))
        return data

    def told(self) -> dict:
        """What `add_volunteer` and `change_volunteer` take."""
        data = self.cleaned_data
        plain = {name: data[name] for name in ("skills", "languages", "available", "drives", "since", "insured_until")}
        return plain | {
            "identity": {name: data[name] for name in VOLUNTEER_FIELDS},
            "area_ids": [area.pk for area in data["areas"]],
        }


class TrainingForm(forms.Form):
    """A training she took."""

    title = forms.CharField(label=_("What it was about"), max_length=120)
    date = DayField(label=_("Day"))
    hours = NumberField(label=_("Hours"))
    expires_on = DayField(label=_("To be taken again by"), required=False)


class HoursForm(forms.Form):
    """Hours she gave on one day."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=40)
    activity = CodeField("service_types", label=_("What for"))
    date = DayField(label=_("Day"))
    hours = NumberField(label=_("Hours"))


class EndForm(forms.Form):
    """The day her service ended."""

    until = DayField(label=_("Her last day"))


def _digits(**more):
    return {"inputmode": "numeric", "autocomplete": "off", **more}


class CardForm(forms.Form):
    """The code of a printed card, and a PIN of one's own."""

    code = forms.CharField(
        label=_("The code on your card"), max_length=40, widget=forms.TextInput(_digits(placeholder="0000-0000-0000"))
    )
    pin = forms.CharField(
        label=_("A PIN of your own: six digits"), max_length=12, widget=forms.PasswordInput(_digits(maxlength="6")),
        help_text=_("You will be asked for it on this phone. Tell it to nobody."),
    )  # fmt: skip
    again = forms.CharField(
        label=_("The same PIN again"), max_length=12, widget=forms.PasswordInput(_digits(maxlength="6"))
    )


class PinForm(forms.Form):
    """The PIN of a phone that is known."""

    pin = forms.CharField(
        label=_("Your PIN"), max_length=12,
        widget=forms.PasswordInput(_digits(maxlength="6", autofocus=True)),
    )  # fmt: skip
