"""What is typed where links are made and rounds are planned."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duga.surveys.rules import LinkKind
from duga.surveys.rules.asking import ON_ONE_SHEET
from duga.surveys.rules.designs import short_name
from duga.ui.fields import DayField

KINDS = (
    (LinkKind.OPEN.value, gettext_lazy("One link for everybody who has it")),
    (LinkKind.ONCE.value, gettext_lazy("One-time links: each for one person, used up by her answers")),
)


class LinksForm(forms.Form):
    """Links to be made. `until`: the last day on which they open the form."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Which links?"), choices=KINDS, initial=LinkKind.OPEN.value, widget=forms.RadioSelect
    )
    count = forms.IntegerField(
        label=gettext_lazy("How many one-time links?"), min_value=1, max_value=ON_ONE_SHEET, required=False,
        widget=forms.NumberInput({"data-short": "yes"}),
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("The form opens in"), required=False)
    until = DayField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: as long as the form is open.")
    )

    def __init__(self, *args, languages=(), **kwargs):
        super().__init__(*args, **kwargs)
        spoken = [(each, short_name(each)) for each in languages if each != "default"]
        self.fields["language"].choices = [("", _("the reader's language")), *spoken]
        if len(spoken) < 2:
            del self.fields["language"]
