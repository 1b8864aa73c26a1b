"""A programme with its services, and who pays for a provider."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duga.directory.rules.fields import PROGRAM
from duga.ui.widgets import ManyChips


class ProgrammeForm(forms.Form):
    """What a programme is called, what it is, which services belong to it."""

    services = forms.MultipleChoiceField(label=gettext_lazy("Services"), required=False, widget=ManyChips)

    def __init__(self, *args, services=(), **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in PROGRAM.items():
            widget = forms.Textarea({"rows": 3}) if field.kind == "long" else None
            self.fields[name] = forms.CharField(
                label=_(field.label), max_length=field.limit, required=name == "name", widget=widget
            )
        self.fields["services"].choices = [(str(pk), name) for pk, name in services]

    def told(self) -> dict:
        """Arguments of `actions.keep_programme`."""
        told = dict(self.cleaned_data)
        return {"service_ids": told.pop("services"), "told": told}


class FundingForm(forms.Form):
    """Who pays for a provider, one in each line."""

    sources = forms.CharField(
        label=gettext_lazy("Who pays"), required=False, max_length=4000, help_text=gettext_lazy("one in each line"),
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
