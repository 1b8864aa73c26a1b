"""What is asked with care: special categories, sealing and erasing a record."""

from django import forms
from django.utils.translation import gettext_lazy as _

from duga.casework.forms.fields import code_choices
from duga.casework.rules import SPECIAL_FIELDS
from duga.ui.widgets import ManyChips

SPECIAL_LABELS = {
    "health": _("Health"),
    "ethnicity": _("Ethnicity"),
    "disability": _("Disability"),
    "legal_status": _("Legal status"),
    "violence": _("Violence"),
}


class SpecialForm(forms.Form):
    """Special categories: only what helping her needs."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in SPECIAL_LABELS:
            self.fields[name] = forms.CharField(
                label=SPECIAL_LABELS[name], required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
            )
        self.fields["vulnerabilities"] = forms.MultipleChoiceField(
            label=_("What makes her vulnerable"), required=False, choices=code_choices("vulnerabilities"),
            widget=ManyChips,
        )  # fmt: skip
        self.initial["vulnerabilities"] = [each for each in self.initial.get("vulnerabilities", "").split("|") if each]

    def special(self) -> dict:
        """What is filled in."""
        told = {**self.cleaned_data, "vulnerabilities": "|".join(self.cleaned_data["vulnerabilities"])}
        return {name: told[name] for name in SPECIAL_FIELDS if told[name].strip()}


class SealForm(forms.Form):
    """The sealed programme a record moves into."""

    programme = forms.ChoiceField(label=_("Sealed programme"))

    def __init__(self, *args, programmes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = [(str(row.pk), row.name) for row in programmes if row.sealed]
