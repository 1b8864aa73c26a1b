"""What anybody types about an organisation's work, or a worker from paper; in every language of the finder."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from duga.casework.rules.feedback import CONTACT, KIND_LABELS, RATINGS, WORDS


class FeedbackForm(forms.Form):
    """Nothing asks who somebody is."""

    unmarked = True

    kind = forms.ChoiceField(
        label=_("What do you want to say?"), widget=forms.RadioSelect,
        choices=[(kind.value, _(text)) for kind, text in KIND_LABELS.items()],
    )  # fmt: skip
    service = forms.ChoiceField(label=_("About which service?"), required=False)
    rating = forms.TypedChoiceField(
        label=_("How was it?"), required=False, coerce=int, empty_value=None,
        choices=[("", _("I do not want to say")), (5, _("5: very good")), (4, "4"), (3, "3"), (2, "2"),
                 (1, _("1: very bad"))],
    )  # fmt: skip
    words = forms.CharField(
        label=_("Your words"), help_text=_("In any language."), max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    about = forms.CharField(
        label=_("Is it about somebody who works there? Her or his name"), required=False, max_length=CONTACT,
        help_text=_("You need not say it. Whoever is named here is not shown your words."),
    )  # fmt: skip
    contact = forms.CharField(
        label=_("Should somebody contact you? Write how"), required=False, max_length=CONTACT,
        help_text=_("Leave it empty and nobody knows who you are. You can read the answer with a code."),
    )  # fmt: skip
    may_count = forms.BooleanField(
        label=_("This may be counted in figures, without my words"), required=False, initial=True
    )
    language = forms.ChoiceField(label=_("The language of your words"), choices=settings.LANGUAGES)

    def __init__(self, *args, services=(), **kwargs):
        super().__init__(*args, **kwargs)
        none = [("", _("None, or in general"))]
        self.fields["service"].choices = none + [(str(each.pk), each.name) for each in services]

    def told(self) -> dict:
        """What is handed to the action."""
        told = dict(self.cleaned_data)
        told["service_id"] = told.pop("service") or None
        return told | {"wants_contact": bool(told["contact"].strip())}


class CodeForm(forms.Form):
    """The code that was given with what one wrote."""

    unmarked = True
    code = forms.CharField(
        label=_("Your code"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip


PAPER_RATINGS = tuple(reversed(RATINGS))
