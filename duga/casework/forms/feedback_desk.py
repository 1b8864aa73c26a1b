"""What is typed by who answers feedback, and by organisations about working together."""

from django import forms
from django.utils.translation import gettext_lazy as _

from duga.casework.rules.feedback import KIND_NAMES, WORDS
from duga.ui.widgets import ManyChips


class AnswerForm(forms.Form):
    """An answer, as who wrote will read it."""

    text = forms.CharField(
        label=_("Answer"), help_text=_("Whoever has the code reads it, in the language it is written in."),
        max_length=WORDS, widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip


class KeptFromForm(forms.Form):
    """Whom a message may be about."""

    accounts = forms.MultipleChoiceField(label=_("It may be about"), required=False, widget=ManyChips)

    def __init__(self, *args, colleagues=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["accounts"].choices = [(str(key), name) for key, name in colleagues]


class PartnerForm(forms.Form):
    """What one organisation tells another."""

    partner_id = forms.ChoiceField(label=_("To which organisation?"))
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=[(kind.value, _(text)) for kind, text in KIND_NAMES.items()]
    )
    words = forms.CharField(
        label=_("Your words"), help_text=_("About working together; name nobody you help."), max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip

    def __init__(self, *args, partners=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["partner_id"].choices = [(str(each.pk), each.name) for each in partners]
