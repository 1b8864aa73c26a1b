"""What is typed on the screens of answers."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duga.surveys.rules.receiving.words import KIND_WORDS


class PhoneForm(forms.Form):
    """Connecting a phone."""

    name = forms.CharField(label=_("Name of the phone"), max_length=80, help_text=_("For example whose it is."))
    shared = forms.BooleanField(label=_("Several people share it"), required=False)

    def __init__(self, *args, may_share=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["shared"]


class KeyForm(forms.Form):
    """Making a key for reading answers as data."""

    name = forms.CharField(label=_("What it is for"), max_length=80, help_text=_("For example: workbook of needs."))


class ExportForm(forms.Form):
    """Taking answers along."""

    kind = forms.ChoiceField(label=_("As"))
    language = forms.ChoiceField(label=_("Answers as"), required=False)
    split = forms.BooleanField(label=_("A column of 0 and 1 for each choice"), required=False)

    def __init__(self, *args, languages=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, gettext(words)) for kind, words in KIND_WORDS.items()]
        labels = [(each, gettext("labels") if each == "default" else each) for each in languages]
        self.fields["language"].choices = [("", gettext("codes")), *labels]


class WordsForm(forms.Form):
    """A comment or a reason; the action says when there must be one."""

    text = forms.CharField(label=_("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
