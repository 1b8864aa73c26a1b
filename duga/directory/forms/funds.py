"""A table of a budget: which document it is, what its columns hold."""

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from duga.directory.rules.funds import FOR_ALL, FUNDS_LABELS
from duga.places.queries import codes, country_choices, label
from duga.ui.fields import DayField
from duga.ui.widgets import FileDrop, file_errors

TABLES = gettext_lazy("Excel, OpenDocument or CSV, up to 10 MB")


class FundsForm(forms.Form):
    """A file, and the document its amounts stand in."""

    file = forms.FileField(
        label=gettext_lazy("File"), widget=FileDrop(hint=TABLES), error_messages=file_errors(TABLES)
    )  # fmt: skip
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    document = forms.CharField(
        label=gettext_lazy("Document"), max_length=300,
        help_text=gettext_lazy("As one cites it: who published it, title, number."),
    )  # fmt: skip
    url = forms.CharField(label=gettext_lazy("Address on the web"), required=False, max_length=500)
    published_on = DayField(label=gettext_lazy("Published on"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices(get_language() or "en")


class FundsFilter(forms.Form):
    """Which lines to show."""

    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    year = forms.IntegerField(label=gettext_lazy("Year"), required=False, min_value=1990, max_value=2100)
    service = forms.ChoiceField(label=gettext_lazy("Service"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.fields["country"].choices = [("", _("all")), *country_choices(language)]
        types = [(code.code, label("service_types", code.code, language)) for code in codes("service_types")]
        self.fields["service"].choices = [("", _("all")), *types]


class FundsMappingForm(forms.Form):
    """Which column holds what; what no column holds may be said once for all rows."""

    def __init__(self, sheet, guessed, *args, **kwargs):
        super().__init__(*args, **kwargs)
        columns = [("", _("not in this file")), *((str(i), name) for i, name in enumerate(sheet.columns))]
        for name, words in FUNDS_LABELS.items():
            told = guessed.get(name)
            self.fields[name] = forms.ChoiceField(
                label=_(words), choices=columns, required=False, initial=str(told) if isinstance(told, int) else ""
            )
            if name in FOR_ALL:
                self.fields[f"all_{name}"] = forms.CharField(
                    label=_("%(what)s, for all rows") % {"what": _(words)}, required=False, max_length=100,
                    initial=told.removeprefix("=") if isinstance(told, str) else "",
                )  # fmt: skip

    def mapping(self) -> dict:
        """{field: column index or "=value"} as `actions.load_funds` takes it."""
        told = {}
        for name in FUNDS_LABELS:
            column, value = self.cleaned_data[name], self.cleaned_data.get(f"all_{name}", "")
            if column:
                told[name] = int(column)
            elif value:
                told[name] = f"={value}"
        return told
