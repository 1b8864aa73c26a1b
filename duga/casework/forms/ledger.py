"""Filtering, correcting and exporting the ledger."""

from django import forms
from django.utils.translation import gettext_lazy as _

from duga.casework.forms.fields import AreaField, CodeField, QuantityField, code_choices
from duga.casework.queries import LedgerFilter
from duga.ui.fields import DayField


class LedgerForm(forms.Form):
    """What of the ledger to show; comes with the address, so that a view can be shared and gone back to. No names."""

    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)
    service_type = CodeField("service_types", label=_("What was done"), empty=_("all"), required=False)
    unit = CodeField("units", label=_("Counted in"), empty=_("all"), required=False)
    target_group = CodeField("target_groups", label=_("For whom"), empty=_("all"), required=False)
    channel = CodeField("channels", label=_("How"), empty=_("all"), required=False)
    recipient = forms.ChoiceField(
        label=_("Who received"), required=False,
        choices=[
            ("", _("all")), ("person", _("persons")), ("household", _("households")), ("tally", _("groups")),
            ("institution", _("institutions")),
        ],
    )  # fmt: skip
    sex = CodeField("sexes", label=_("Sex"), empty=_("all"), required=False)
    age_band = CodeField("age_bands", label=_("Age"), empty=_("all"), required=False)
    region = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    batch = forms.UUIDField(required=False, widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("recorded", _("recorded")), ("withdrawn", _("withdrawn"))]
    )

    SHOWN = (
        "since", "until", "service_type", "unit", "target_group", "channel", "recipient", "sex", "age_band", "state",
    )  # fmt: skip

    def filter(self) -> LedgerFilter:
        """The filter; fields that could not be understood ask for everything and show their error."""
        data = dict(getattr(self, "cleaned_data", {}) or {})
        data["batch_id"] = data.pop("batch", None)
        data["state"] = data.get("state") or "recorded"
        return LedgerFilter(**{name: value for name, value in data.items() if value})


class CorrectForm(forms.Form):
    """What was wrong with an entry, and why it is changed."""

    service_type = CodeField("service_types", label=_("What was done"))
    unit = forms.ChoiceField(label=_("Counted in"))
    quantity = QuantityField(label=_("How many"))
    size = QuantityField(label=_("How many people"), required=False)
    date = DayField(label=_("When"))
    area = AreaField(label=_("Where"), max_length=120, required=False)
    place = forms.CharField(label=_("Village or venue"), max_length=120, required=False)
    channel = CodeField("channels", label=_("How"))
    target_group = CodeField("target_groups", label=_("For whom"))
    reason = forms.CharField(
        label=_("Why it is changed"), max_length=300, help_text=_("In a few words and without names.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, entry, country="", **kwargs):
        super().__init__(*args, **kwargs)
        self.entry = entry
        self.fields["area"].country = country
        self.fields["unit"].choices = code_choices("units")
        if entry.size is None:
            del self.fields["size"]

    @staticmethod
    def before(entry) -> dict:
        """An entry as the form shows it."""
        before = {"about": "~", "at_least": ">", "at_most": "<"}
        return {
            "service_type": entry.service_type, "unit": entry.unit, "date": entry.date, "area": entry.area,
            "quantity": f"{before.get(entry.qualifier, '')}{entry.quantity.normalize():f}",
            "size": f"{before.get(entry.size_qualifier, '')}{entry.size}" if entry.size else "",
            "place": entry.place, "channel": entry.channel, "target_group": entry.target_group,
            "version": entry.version,
        }  # fmt: skip

    def changes(self) -> dict:
        """Only what differs from the entry, as `actions.correct_assistance` takes it."""
        data, entry = self.cleaned_data, self.entry
        after = {name: data[name] for name in ("service_type", "unit", "date", "place", "channel", "target_group")}
        after |= {"quantity": data["quantity"].value, "qualifier": data["quantity"].qualifier}
        after["area_id"] = data["area"].pk if data["area"] else None
        if data.get("size"):
            after |= {"size": int(data["size"].value), "size_qualifier": data["size"].qualifier}
        return {name: value for name, value in after.items() if getattr(entry, name) != value}


class ExportForm(forms.Form):
    """The ledger as a file."""

    form = forms.ChoiceField(choices=[("xlsx", "Excel (xlsx)"), ("csv", "CSV")], label=_("Kind of file"))
    names = forms.BooleanField(
        label=_("With names: only for work inside the organisation. The trail keeps who took them."), required=False
    )
