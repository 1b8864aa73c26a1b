"""The word of a second person about a definition."""

from django import forms
from django.utils.translation import gettext_lazy


class CheckForm(forms.Form):
    """When the definition is looked at again; the text that was read goes along as its fingerprint."""

    next_review = forms.DateField(
        label=gettext_lazy("Next review"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    fingerprint = forms.CharField(widget=forms.HiddenInput)
