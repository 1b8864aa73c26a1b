"""Fields as people of the region fill them in: days, quantities, places, words of the code lists."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duga.casework.rules import check_quantity
from duga.places import queries as places
from duga.plain.errors import Refused, Unreadable
from duga.plain.numbers import read_quantity
from duga.ui.fields import said
from duga.ui.widgets import Chips, QuantityInput


def code_choices(name, *, empty=""):
    """(code, label) of a code list in the reader's language; `empty` is the label of no choice."""
    language = get_language() or "en"
    rows = [(code.code, places.label(name, code.code, language)) for code in places.codes(name)]
    return [("", empty), *rows] if empty else rows


class QuantityField(forms.CharField):
    """A quantity with its qualifier: "12", "oko 300", "at least 20"; gives a plain.numbers.Quantity."""

    widget = QuantityInput

    def to_python(self, value):
        """The quantity, or None."""
        if not (value or "").strip():
            return None
        try:
            found = read_quantity(value)
            check_quantity(found.value)
        except (Unreadable, Refused) as error:
            raise forms.ValidationError(said(error)) from None
        return found


class AreaField(forms.CharField):
    """A place by its name, in any script; gives an Area, or says which places it may be."""

    def __init__(self, *, country="", **kwargs):
        self.country = country
        super().__init__(**kwargs)

    def to_python(self, value):
        """The area, or None."""
        if hasattr(value, "pk") or not (value or "").strip():
            return value or None
        match = places.find_area(value, self.country or None)
        if match.area is None:
            match = match if match.candidates else places.find_area(value)
        if match.area is not None:
            return match.area
        if match.candidates:
            names = ", ".join(
                dict.fromkeys(f"{area.name} ({area.region.name})" for area in match.candidates[:4] if area.region)
            )
            raise forms.ValidationError(
                _("Several places have this name: %(names)s. Add the municipality.") % {"names": names}
            )
        raise forms.ValidationError(_("No place of this name is known. Write the nearest town or the municipality."))

    def run_validators(self, value):
        """Of length: what was typed. An area that was found needs no more."""
        if not hasattr(value, "pk"):
            super().run_validators(value)

    def prepare_value(self, value):
        """An area by its name."""
        return value.name if hasattr(value, "pk") else value


class CodeField(forms.ChoiceField):
    """A word of a code list; its choices are in the reader's language each time the form is made."""

    def __init__(self, name, *, empty="", chips=False, **kwargs):
        self.list_name = name
        super().__init__(
            choices=lambda: code_choices(name, empty=empty), widget=Chips if chips else forms.Select, **kwargs
        )
