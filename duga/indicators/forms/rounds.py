"""What is typed to open a counting round, and to answer one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from duga.indicators.rules.rounds import (
    LONGEST_PURPOSE,
    LONGEST_VERIFICATION,
    NEEDED_ROLES,
    ROLE_WORDS,
    USUAL_PURPOSES,
    USUAL_ROLES,
    VERIFICATION_DAYS,
)


class RoundForm(forms.Form):
    """Purpose, years, countries, fields, and how long the map is kept for checking."""

    purpose = forms.CharField(
        label=_("What this counting is for"), max_length=LONGEST_PURPOSE,
        help_text=_(
            "One sentence. Every organisation asked reads it, and it stands beside the result. "
            "Those offered are translated; your own stands as you write it."
        ),
        widget=forms.TextInput(attrs={"list": "usual-purposes"}),
    )  # fmt: skip
    first_year = forms.IntegerField(label=_("From year"), widget=forms.NumberInput(attrs={"data-short": True}))
    last_year = forms.IntegerField(label=_("To year"), widget=forms.NumberInput(attrs={"data-short": True}))
    countries = forms.MultipleChoiceField(
        label=_("Countries"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all of them."),
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label=_("What is encoded"), widget=forms.CheckboxSelectMultiple, initial=USUAL_ROLES,
        help_text=_("No more than finding the same person needs."),
    )  # fmt: skip
    verification_days = forms.IntegerField(
        label=_("Days until the map is destroyed"), initial=VERIFICATION_DAYS, min_value=1,
        max_value=LONGEST_VERIFICATION, widget=forms.NumberInput(attrs={"data-short": True}),
    )  # fmt: skip

    def __init__(self, *args, countries=(), this_year=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["countries"].choices = list(countries)
        self.fields["roles"].choices = [
            (role, _("%(field)s (needed)") % {"field": _(words)} if role in NEEDED_ROLES else _(words))
            for role, words in ROLE_WORDS.items()
        ]
        self.usual_purposes = [_(purpose) for purpose in USUAL_PURPOSES]
        self.fields["first_year"].initial = self.fields["last_year"].initial = this_year

    def clean_purpose(self):
        """One of the usual purposes is kept as it is known to the catalogues, whatever language it was chosen in."""
        written = " ".join(self.cleaned_data["purpose"].split())
        return dict(zip(map(str, self.usual_purposes), USUAL_PURPOSES, strict=True)).get(written, written)


class AnswerForm(forms.Form):
    """An organisation's answer: who takes part."""

    only_stated = forms.ChoiceField(
        label=_("Who takes part"), widget=forms.RadioSelect, initial="no",
        choices=[
            ("no", _("Everybody helped in those years, except who objects")),
            ("yes", _("Only people for whom a basis for this purpose is stated")),
        ],
    )  # fmt: skip
