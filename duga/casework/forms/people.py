"""A person's record, and recording what she received."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from duga.casework.forms.fields import AreaField, CodeField, QuantityField, code_choices
from duga.casework.rules import USUAL_UNIT
from duga.ui.fields import DayField
from duga.ui.widgets import Chips, SearchInput


class FindForm(forms.Form):
    """Whom do you look for? Sent by POST, so that names stand in no address and no history."""

    q = forms.CharField(
        label=_("Name, phone, document or case code"), max_length=120,
        widget=SearchInput(attrs={"autofocus": True}),
    )  # fmt: skip


class PersonForm(forms.Form):
    """A person as a worker knows her: a name is enough to begin with."""

    given = forms.CharField(label=_("Given name"), max_length=120, required=False)
    family = forms.CharField(label=_("Family name"), max_length=120, required=False)
    father = forms.CharField(
        label=_("Father's name"), max_length=120, required=False, help_text=_("Tells namesakes apart.")
    )
    sex = CodeField("sexes", label=_("Sex"), chips=True, initial="unknown", required=False)
    birth = forms.CharField(
        label=_("Born"), max_length=20, required=False,
        help_text=_("A year (1956) or a day (3.4.1956), whichever is known."),
    )  # fmt: skip
    area = AreaField(label=_("Municipality or town"), max_length=120, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=60, required=False)
    document = forms.CharField(label=_("Document number"), max_length=60, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept encrypted. Only what is needed to help."),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    same = forms.BooleanField(required=False, widget=forms.HiddenInput)  # "she is someone else: add her"

    FIRST = ("given", "family", "sex", "birth", "area")
    MORE = ("father", "phone", "document", "address", "note")

    def __init__(self, *args, country="", programmes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].country = country
        self.fields["programme"].choices = [("", _("None: open register")), *((str(p.pk), p.name) for p in programmes)]
        if not programmes:
            del self.fields["programme"]

    def clean_birth(self):
        """{"birth_date": ISO} or {"birth_year": int} or {}."""
        text = (self.cleaned_data["birth"] or "").strip()
        if not text:
            return {}
        if text.isdecimal() and len(text) == 4:
            return {"birth_year": int(text)}
        return {"birth_date": DayField().to_python(text).isoformat()}

    def identity(self):
        """What names her, as casework keeps it sealed."""
        names = ("given", "family", "father", "phone", "document", "address", "note")
        identity = {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}
        if "birth_date" in self.cleaned_data["birth"]:
            identity["birth_date"] = self.cleaned_data["birth"]["birth_date"]
        return identity

    def coarse(self):
        """Sex, birth year and area."""
        area = self.cleaned_data["area"]
        return {
            "sex": self.cleaned_data["sex"] or "unknown",
            "birth_year": self.cleaned_data["birth"].get("birth_year"),
            "area_id": area.pk if area else None,
        }


class RecordForm(forms.Form):
    """What was given: four taps for the usual case. `once` makes a form sent twice count once."""

    service_type = CodeField("service_types", label=_("What was done"))
    unit = forms.ChoiceField(label=_("Counted in"), required=False)
    quantity = QuantityField(label=_("How many"), initial="1")
    date = DayField(label=_("When"))
    channel = CodeField("channels", label=_("How"), required=False)
    target_group = CodeField("target_groups", label=_("For whom the activity is"), required=False)
    area = AreaField(label=_("Where"), max_length=120, required=False, help_text=_("Empty: where the person lives."))
    place = forms.CharField(label=_("Village or venue"), max_length=120, required=False)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    note = forms.CharField(
        label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept encrypted. Not needed for counting."),
    )  # fmt: skip
    once = forms.CharField(widget=forms.HiddenInput, required=False)

    FIRST = ("service_type", "quantity", "date")
    MORE = ("unit", "channel", "target_group", "area", "place", "programme", "note")

    def __init__(self, *args, country="", programmes=(), usual=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].country = country
        self.fields["unit"].choices = code_choices("units", empty=_("the usual unit"))
        self.fields["programme"].choices = [("", _("None")), *((str(p.pk), p.name) for p in programmes)]
        if not programmes:
            del self.fields["programme"]
        self.initial.setdefault("once", str(uuid.uuid4()))
        self._services_first(usual)

    def _services_first(self, usual):
        """The services this worker records most stand first, as chips; the others follow."""
        choices = sorted(code_choices("service_types"), key=lambda pair: pair[0] not in usual)
        self.fields["service_type"].widget = Chips(choices=choices)
        self.fields["service_type"].widget.is_required = True

    def clean(self):
        """The service's usual unit where none was chosen."""
        data = super().clean()
        if not data.get("unit") and data.get("service_type"):
            data["unit"] = USUAL_UNIT.get(data["service_type"], "")
            if not data["unit"]:
                self.add_error("unit", _("Choose what this is counted in."))
        return data

    def entry(self):
        """The keyword arguments of `actions.record_assistance`, without the recipient."""
        data = self.cleaned_data
        return {
            "service_type": data["service_type"],
            "unit": data["unit"],
            "quantity": data["quantity"].value,
            "qualifier": data["quantity"].qualifier,
            "date": data["date"],
            "channel": data["channel"] or "in_person",
            "target_group": data["target_group"] or "general",
            "area_id": data["area"].pk if data["area"] else None,
            "place": data["place"],
            "programme_id": data.get("programme") or None,
            "note": data["note"],
            "once": data["once"],
        }


class TallyForm(RecordForm):
    """A group nobody names, a household or an institution: how many, instead of who."""

    size = QuantityField(label=_("How many people"), help_text=_("“about 300” and “at least 20” are kept as said."))

    FIRST = ("size", "service_type", "quantity", "date", "area", "place")
    MORE = ("unit", "channel", "target_group", "programme", "note")
    field_order = ["size"]


class InstitutionForm(RecordForm):
    """Something given to an institution: beds for a quarantine, masks for a health centre."""

    institution = forms.CharField(label=_("Institution"), max_length=160)

    FIRST = ("institution", "service_type", "quantity", "unit", "date", "area")
    MORE = ("channel", "target_group", "place", "programme", "note")
    field_order = ["institution"]


class HouseholdForm(forms.Form):
    """A household by its real size."""

    size = forms.IntegerField(label=_("People in the household"), min_value=1, max_value=60)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why: without names."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("In a few words and without names. It stays with the entry.")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
