"""Whether what was typed about a scheme of areas can be understood."""

from django import forms
from django.utils.translation import gettext_lazy as _

from duga.places import rules
from duga.places.rules.schemes import FIELD_LABELS
from duga.plain.tables import SheetTable
from duga.ui.widgets import FileDrop, file_errors

KINDS = _("Excel, OpenDocument, CSV or GeoJSON, up to 10 MB")
TABLES = _("Excel, OpenDocument or CSV, up to 10 MB")


class UploadForm(forms.Form):
    """A file of areas: of which country, in which scheme, what one of its areas is called."""

    file = forms.FileField(
        label=_("File"),
        widget=FileDrop(hint=KINDS),
        error_messages=file_errors(KINDS),
    )
    country = forms.ChoiceField(label=_("Country"))
    scheme = forms.ChoiceField(label=_("Which codes it bears"))
    own_scheme = forms.SlugField(
        label=_("Name of another scheme"), required=False, max_length=40, help_text=_("Only if none of the above fits.")
    )
    kind = forms.ChoiceField(label=_("What an area of this file is called"))

    def __init__(self, *args, language="en", **kwargs):
        super().__init__(*args, **kwargs)
        known = sorted(rules.countries(all_known=True), key=lambda country: not country.here)
        self.fields["country"].choices = [(c.code, rules.country_name(c.code, language)) for c in known]
        self.fields["scheme"].choices = [(key, _(label)) for key, label in rules.SCHEMES.items() if key != "geonames"]
        self.fields["kind"].choices = [(key, _(label)) for key, label in rules.KINDS.items()]
        self.fields["scheme"].initial, self.fields["kind"].initial = "national", "municipality"

    @property
    def told_scheme(self) -> str:
        """The scheme meant: the one typed, else the one chosen."""
        return self.cleaned_data["own_scheme"] or self.cleaned_data["scheme"]


class MappingForm(forms.Form):
    """Which column holds what."""

    def __init__(self, table: SheetTable, guessed: dict[str, int], *args, **kwargs):
        super().__init__(*args, **kwargs)
        columns = [("", _("not in this file")), *((str(i), name) for i, name in enumerate(table.columns))]
        for name, label in FIELD_LABELS.items():
            self.fields[name] = forms.TypedChoiceField(
                label=_(label), choices=columns, coerce=int, empty_value=None, required=name in ("code", "name"),
                initial="" if guessed.get(name) is None else str(guessed[name]),
            )  # fmt: skip

    @property
    def mapping(self) -> dict[str, int]:
        """{field: column index} of what was chosen."""
        return {name: index for name, index in self.cleaned_data.items() if index is not None}


class PopulationForm(forms.Form):
    """A table of how many people live where, with who published it."""

    file = forms.FileField(
        label=_("File"), widget=FileDrop(hint=TABLES), error_messages=file_errors(TABLES),
        help_text=_("Columns: country, year, population, and where known area, sex, age_band."),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Who published it, and where"), max_length=300, help_text=_("Rates name it wherever they are shown.")
    )
    licence = forms.CharField(label=_("Licence"), max_length=120, help_text=_("For example CC BY 4.0."))
    note = forms.CharField(
        label=_("What readers must know"), max_length=300, required=False,
        help_text=_("For example what the figures leave out."),
    )  # fmt: skip
