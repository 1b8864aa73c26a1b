"""The screen that brings other directories in: the file and where it comes from, what its columns mean."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duga.directory.rules import PROVIDER_KIND_LABELS
from duga.directory.rules.hsds.lists import FIELD_LABELS
from duga.places.queries import country_choices
from duga.ui.widgets import FileDrop, file_errors

MOST = 10 * 1024 * 1024
KINDS = gettext_lazy("HSDS (JSON, zip) or a spreadsheet (xlsx, xls, ods, csv), at most 10 MB.")


class BringForm(forms.Form):
    """A file of services and what is to be known of it."""

    file = forms.FileField(
        label=gettext_lazy("File"), widget=FileDrop(hint=KINDS), error_messages=file_errors(KINDS)
    )  # fmt: skip
    network = forms.ChoiceField(label=gettext_lazy("Network"))
    source = forms.CharField(label=gettext_lazy("What the source is called"), max_length=200)
    licence = forms.CharField(label=gettext_lazy("Licence"), max_length=200, required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country of services whose address tells none"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("What the providers are"))

    def __init__(self, *args, networks, language, **more):
        super().__init__(*args, **more)
        self.fields["network"].choices = [(str(network.pk), network.name) for network in networks]
        self.fields["country"].choices = [("", "—"), *country_choices(language)]
        self.fields["kind"].choices = [(str(kind), _(words)) for kind, words in PROVIDER_KIND_LABELS.items()]

    def clean_file(self):
        """Not larger than what is read while one waits."""
        file = self.cleaned_data["file"]
        if file.size > MOST:
            raise forms.ValidationError(_("This file is larger than 10 MB: bring it in with `duga import directory`."))
        return file


class ColumnsForm(forms.Form):
    """Which column says what; made anew for each list."""

    def __init__(self, *args, heads, columns, **more):
        super().__init__(*args, **more)
        means = {head: name for name, head in columns.items()}
        choices = [("", _("— leave out —")), *((name, _(words)) for name, words in FIELD_LABELS.items())]
        self.heads = list(heads)
        for at, head in enumerate(self.heads):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=head, choices=choices, required=False, initial=means.get(head, "")
            )

    def clean(self):
        """Each field is told by one column: the second one says so."""
        cleaned, taken = super().clean(), {}
        for at, head in enumerate(self.heads):
            name = cleaned.get(f"column_{at}")
            if name and taken.setdefault(name, head) != head:
                self.add_error(f"column_{at}", _("“%(head)s” says this already. Choose one of the two.")
                               % {"head": taken[name]})  # fmt: skip
        return cleaned

    def mapping(self) -> dict:
        """The mapping as `import_list` takes it: every field said, those without a column left out."""
        said = {self.cleaned_data[f"column_{at}"]: at for at in range(len(self.heads))}
        return {name: said.get(name) for name in FIELD_LABELS}
