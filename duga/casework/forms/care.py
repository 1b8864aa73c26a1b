"""What is asked with care: special categories, sealing and erasing a record."""

from django import forms
from django.utils.translation import gettext_lazy as _

from duga.casework.rules import SPECIAL_FIELDS

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
        for name in SPECIAL_FIELDS:
            self.fields[name] = forms.CharField(
                label=SPECIAL_LABELS[name], required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
            )

    def special(self) -> dict:
        """What is filled in."""
        return {name: self.cleaned_data[name] for name in SPECIAL_FIELDS if self.cleaned_data[name].strip()}


class SealForm(forms.Form):
    """The sealed programme a record moves into."""

    programme = forms.ChoiceField(label=_("Sealed programme"))

    def __init__(self, *args, programmes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = [(str(row.pk), row.name) for row in programmes if row.sealed]
