"""Households and travelling parties as they are typed."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duga.casework.forms.fields import AreaField, CodeField
from duga.casework.rules import PARTY_LABELS, PARTY_TRANSITIONS, PartyState, Qualifier
from duga.ui.fields import DayField
from duga.ui.widgets import Chips

SIZES = ((Qualifier.EXACT.value, _("exactly")), (Qualifier.AT_LEAST.value, _("at least")))


class RoleForm(forms.Form):
    """A role in a household; who bears it is found by name, or stays unwritten."""

    role = CodeField("household_roles", label=_("Role"))
    since = DayField(label=_("Since"), required=False)


class JoinForm(forms.Form):
    """Someone joins a party."""

    role = CodeField("household_roles", label=_("Role"), initial="companion")
    joined = DayField(label=_("When"), required=False)


class PartyForm(forms.Form):
    """People who travel together."""

    size = forms.IntegerField(label=_("How many travel together"), min_value=1, max_value=200)
    size_qualifier = forms.ChoiceField(label=_("How sure"), widget=Chips, choices=SIZES, initial="exact")
    since = DayField(label=_("Met on"))
    area = AreaField(label=_("Where they were met"), max_length=120, required=False)

    def __init__(self, *args, country="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].country = country


class PartyChangeForm(forms.Form):
    """Where a party stands now."""

    size = forms.IntegerField(label=_("How many travel together"), min_value=1, max_value=200)
    size_qualifier = forms.ChoiceField(label=_("How sure"), widget=Chips, choices=SIZES)
    area = AreaField(label=_("Where they were met last"), max_length=120, required=False)
    state = forms.ChoiceField(label=_("Where they stand"), widget=Chips)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, country="", now=PartyState.TRAVELLING, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].country = country
        steps = [state for state in PARTY_LABELS if state == now or state in PARTY_TRANSITIONS[PartyState(now)]]
        self.fields["state"].choices = [
            (state.value, gettext(PARTY_LABELS[state])) for state in steps if state != PartyState.SPLIT or now == state
        ]
