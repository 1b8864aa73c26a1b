"""Goods of a store: what they are, what came in, what was lost."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duga.casework.forms.fields import code_choices
from duga.casework.rules import LOSS_LABELS, plain_number
from duga.plain.errors import Unreadable
from duga.plain.numbers import read_number
from duga.ui.fields import DayField, said
from duga.ui.widgets import Chips, QuantityInput

WITHOUT_NAMES = _("In a few words and without names of people helped.")


class NumberField(forms.CharField):
    """An exact number as it is typed here: 12, 2,5, 1.200; gives a Decimal, None when nothing was typed."""

    widget = QuantityInput

    def to_python(self, value):
        """The number, or None."""
        if not str(value or "").strip():
            return None
        try:
            return read_number(value)
        except Unreadable as error:
            raise forms.ValidationError(said(error)) from None


class ItemForm(forms.Form):
    """Goods that a store keeps."""

    name = forms.CharField(label=_("What it is"), max_length=120, help_text=_("For example: food parcel, small."))
    store = forms.CharField(label=_("Where it is kept"), max_length=120)
    unit = forms.ChoiceField(label=_("Counted in"))
    minimum = NumberField(
        label=_("Warn when there are fewer than"), required=False, help_text=_("Leave empty to be warned never.")
    )

    def __init__(self, *args, with_unit=True, **kwargs):
        super().__init__(*args, **kwargs)
        if with_unit:
            self.fields["unit"].choices = code_choices("units")
            self.initial.setdefault("unit", "parcel")
        else:
            del self.fields["unit"]


class ReceiptForm(forms.Form):
    """What came in."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=40)
    quantity = NumberField(label=_("How many came in"))
    date = DayField(label=_("Day"))
    source = forms.CharField(label=_("From whom"), max_length=300, required=False, help_text=_("Donor or supplier."))
    batch = forms.CharField(label=_("Batch"), max_length=60, required=False)
    expires_on = DayField(label=_("Expires on"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False, help_text=WITHOUT_NAMES)


class LossForm(forms.Form):
    """What was lost, and why."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=40)
    quantity = NumberField(label=_("How many were lost"))
    date = DayField(label=_("Day"))
    reason = forms.ChoiceField(
        label=_("Why"), choices=lambda: [(code, gettext(words)) for code, words in LOSS_LABELS.items()], widget=Chips
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False, help_text=WITHOUT_NAMES)


class CountedForm(forms.Form):
    """A stocktake: for each kind of goods what was counted, beside what the list showed."""

    def __init__(self, *args, holdings=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.items = [holding.item for holding in holdings]
        for item in self.items:
            self.fields[f"counted-{item.pk}"] = NumberField(label=item.name, required=False)
            self.fields[f"seen-{item.pk}"] = NumberField(widget=forms.HiddenInput, initial=plain_number(item.balance))

    def rows(self):
        """(item, the field to fill in, the hidden one) of each."""
        return [(item, self[f"counted-{item.pk}"], self[f"seen-{item.pk}"]) for item in self.items]

    def counted(self):
        """(item, counted, seen) of those filled in."""
        data = self.cleaned_data
        return [
            (item, data[f"counted-{item.pk}"], data[f"seen-{item.pk}"])
            for item in self.items
            if data.get(f"counted-{item.pk}") is not None
        ]
