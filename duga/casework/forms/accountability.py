"""What is typed on the pages of data protection."""

from django import forms
from django.utils.translation import gettext_lazy as _

from duga.casework.forms.fields import CodeField
from duga.casework.rules.accountability import (
    BREACH_LABELS,
    REPLY_LABELS,
    RIGHT_LABELS,
    RISK_LABELS,
    VERDICT_LABELS,
    Reply,
)
from duga.ui.fields import DayField
from duga.ui.widgets import Chips


def _choices(labels, *, without=()):
    return [(key.value, _(text)) for key, text in labels.items() if key not in without]


_SHORT = {"max_length": 300, "widget": forms.Textarea(attrs={"rows": 2})}


class NoteForm(forms.Form):
    """A note that may be left out."""

    note = forms.CharField(label=_("Note"), required=False, **_SHORT)


class WhyReadForm(forms.Form):
    """Why one opened a record."""

    answer = forms.CharField(
        label=_("Why did you open it?"), help_text=_("In a few words and without names."), **_SHORT
    )


class VerdictForm(forms.Form):
    """What is found of a read or a broken glass."""

    verdict = forms.ChoiceField(label=_("What you find"), choices=_choices(VERDICT_LABELS), widget=Chips)
    note = forms.CharField(label=_("Note"), required=False, **_SHORT)


class GlassForm(forms.Form):
    """Which sealed record, and what happens if one waits."""

    code = forms.CharField(label=_("Case code"), max_length=20)
    reason = forms.CharField(
        label=_("What happens if you wait for those named for her?"),
        help_text=_("In a few words and without names. They and the data-protection officer are told now."), **_SHORT,
    )  # fmt: skip


class RetentionForm(forms.Form):
    """For how long a service type keeps the people it helped."""

    service_type = CodeField("service_types", label=_("What was done"), required=False, empty=_("all others"))
    months = forms.IntegerField(
        label=_("Months after the last entry"), required=False, min_value=1, max_value=360,
        help_text=_("Empty: the starting value again."),
    )  # fmt: skip
    why = forms.CharField(label=_("Why"), max_length=200, required=False)


class KeepForm(forms.Form):
    """Until when, and why, somebody's data is kept longer."""

    until = DayField(label=_("Until"))
    reason = forms.CharField(label=_("Why"), help_text=_("In a few words and without names."), **_SHORT)


class HoldForm(forms.Form):
    """Who asks that nothing is erased."""

    reason = forms.CharField(label=_("Who asks for it, and the number"), **_SHORT)


class RightForm(forms.Form):
    """What a person asks about her own data."""

    asked = forms.ChoiceField(label=_("She asks for"), choices=_choices(RIGHT_LABELS), widget=Chips)
    received_on = DayField(label=_("Received on"))


class ReplyForm(forms.Form):
    """How a request ended."""

    answer = forms.ChoiceField(
        label=_("How it ended"), choices=_choices(REPLY_LABELS, without=(Reply.OPEN,)), widget=Chips
    )
    reason = forms.CharField(label=_("Why not, or not all of it"), required=False, **_SHORT)


class CopyForm(forms.Form):
    """In which language and form she gets a copy, and whether she alone does; "look": it is looked through first."""

    language = forms.ChoiceField(label=_("Language"))
    alone = forms.BooleanField(
        label=_("She gets it alone, and nobody who may be a danger to her will read it"), required=False,
        help_text=_("Without this, what was told of violence, calls, decisions and guardians who may be the danger "
                    "stays out, and the copy says so."),
    )  # fmt: skip
    form = forms.ChoiceField(
        choices=[("look", _("Look it through")), ("pdf", _("To read (PDF)")), ("json", _("To take elsewhere (JSON)"))],
        widget=forms.HiddenInput, initial="look",
    )  # fmt: skip

    def __init__(self, *args, languages=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages


class BreachForm(forms.Form):
    """A breach, the moment it is noticed."""

    kind = forms.ChoiceField(label=_("What happened"), choices=[("", "—"), *_choices(BREACH_LABELS)])
    what = forms.CharField(
        label=_("Say more"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Without names.")
    )
    people = forms.IntegerField(label=_("How many people are concerned, about"), required=False, min_value=0)


class BreachMoreForm(BreachForm):
    """What is known of a breach later."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    risk = forms.ChoiceField(label=_("How much it may harm people"), choices=_choices(RISK_LABELS))
    measures = forms.CharField(
        label=_("What was done"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    authority = forms.BooleanField(label=_("The authority was told"), required=False)
    told = forms.BooleanField(label=_("The people concerned were told"), required=False)
    why_not = forms.CharField(label=_("Why somebody is not told"), max_length=300, required=False)
