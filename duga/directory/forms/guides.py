"""What was typed for a guide, or for a list of services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from duga.places.queries import codes


class GuideForm(forms.Form):
    """A guide: its steps one a line; `services` are (id, name) of those it may stand beside."""

    title = forms.CharField(label=_("What it shows how to do"), max_length=200)
    language = forms.ChoiceField(
        label=_("Language of these texts"),
        choices=lambda: [(each.code, each.fields["own"]) for each in codes("languages")],
    )
    steps = forms.CharField(
        label=_("Steps"), widget=forms.Textarea(attrs={"rows": 12}), max_length=20000, help_text=_("One a line.")
    )
    video = forms.URLField(
        label=_("Video"), required=False, assume_scheme="https", max_length=500, help_text=_("One with captions only.")
    )
    services = forms.MultipleChoiceField(label=_("Stands beside"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, services=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["services"].choices = services

    def told(self) -> dict:
        """As `actions.write_guide` takes it."""
        data = dict(self.cleaned_data)
        data["service_ids"] = data.pop("services")
        return data | {"steps": data["steps"].splitlines()}


class KeepForm(forms.Form):
    """A service put into a list: one that is there, or a new one by name."""

    service = forms.UUIDField(required=False)
    saved_list = forms.UUIDField(required=False)
    name = forms.CharField(required=False, max_length=80)
    leave_out = forms.UUIDField(required=False)
