"""Inputs made for thumbs, for old phones and for keyboards; each is plain HTML underneath."""

from django import forms
from django.utils.translation import gettext_lazy

PLAIN_INPUT = "django/forms/widgets/input.html"


class Chips(forms.RadioSelect):
    """One of a few: large round buttons instead of a list to unfold."""

    template_name = "ui/widgets/chips.html"

    def create_option(self, *args, **kwargs):
        """Without Django's wrapping label: the chip is the label."""
        return super().create_option(*args, **kwargs) | {"wrap_label": False, "template_name": PLAIN_INPUT}


class ManyChips(forms.CheckboxSelectMultiple):
    """Several of a few."""

    template_name = "ui/widgets/chips.html"

    def create_option(self, *args, **kwargs):
        """Without Django's wrapping label: the chip is the label."""
        return super().create_option(*args, **kwargs) | {"wrap_label": False, "template_name": PLAIN_INPUT}


class FileDrop(forms.FileInput):
    """A file input with room to drop a file on; `hint` says which kinds are read."""

    template_name = "ui/widgets/drop.html"

    def __init__(self, attrs=None, hint=""):
        super().__init__(attrs)
        self.hint = hint

    def get_context(self, name, value, attrs):
        """Django's context and the hint."""
        context = super().get_context(name, value, attrs)
        context["widget"]["hint"] = self.hint
        return context


def file_errors(required):
    """The error messages of a FileField: `required` when nothing was chosen (or a file too large to be taken in), and
    what to do about a file with nothing in it."""
    return {
        "required": required,
        "empty": gettext_lazy("This file is empty. Was it saved, and closed, before you chose it?"),
        "invalid": required,
    }


class DayInput(forms.TextInput):
    """A date typed as people of the region type it (3.4.2020); `plain.dates` reads it. No calendar to fight with."""

    def __init__(self, attrs=None):
        super().__init__({"inputmode": "decimal", "autocomplete": "off", "data-short": "yes", **(attrs or {})})


class QuantityInput(forms.TextInput):
    """A quantity with its qualifier ("oko 300", "at least 20"); `plain.numbers` reads it."""

    def __init__(self, attrs=None):
        super().__init__({"autocomplete": "off", "data-short": "yes", **(attrs or {})})


class SearchInput(forms.TextInput):
    """A search box that leaves what was typed alone: no capitals, no spelling marks."""

    input_type = "search"

    def __init__(self, attrs=None):
        super().__init__({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", **(attrs or {})})


class CodeInput(forms.TextInput):
    """The six digits of a second factor."""

    def __init__(self, attrs=None):
        super().__init__(
            {"inputmode": "numeric", "autocomplete": "one-time-code", "data-short": "yes", **(attrs or {})}
        )
