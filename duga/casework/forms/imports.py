"""The import screens: choose a file, say what its columns mean, say what to do with bad rows."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duga.casework.forms.fields import code_choices
from duga.casework.rules import CODE_LISTS, FIELD_LABELS, FIELDS, IGNORE, StagedKind
from duga.casework.rules.importing.volunteers import VOLUNTEER_COLUMN_LABELS
from duga.ui.widgets import Chips, FileDrop, file_errors

#: Fields that may be one value for all rows, with their code list ("" for free text).
FOR_ALL = {"service": "service_types", "unit": "units", "date": "", "area": "", "recipient": "recipients",
           "channel": "channels", "target_group": "target_groups"}  # fmt: skip
RECIPIENTS = [("person", gettext_lazy("the persons named")), ("household", gettext_lazy("their households"))]
MOST = 10 * 1024 * 1024
KINDS = gettext_lazy("Excel (xlsx, xls), LibreOffice (ods), CSV or a Kobo export, at most 10 MB.")


class UploadForm(forms.Form):
    """The spreadsheet as it is, and what it is a list of."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is in it"), required=False, widget=Chips, initial=StagedKind.ASSISTANCE,
        choices=[(StagedKind.ASSISTANCE.value, gettext_lazy("Who was given what")),
                 (StagedKind.VOLUNTEERS.value, gettext_lazy("Volunteers"))],
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("Your spreadsheet"),
        widget=FileDrop(hint=KINDS),
        error_messages=file_errors(KINDS),  # also of a file so large that it was not even taken in
    )

    def clean_kind(self):
        """Nothing said is assistance."""
        return self.cleaned_data["kind"] or StagedKind.ASSISTANCE.value

    def clean_file(self):
        """Not larger than what is read in one piece."""
        file = self.cleaned_data["file"]
        if file.size > MOST:
            raise forms.ValidationError(_("This file is larger than 10 MB. Split it by year and bring in each part."))
        return file


class MappingForm(forms.Form):
    """What each column means; made anew for each file. With `labels`, the meanings, nothing else is asked."""

    def __init__(self, data=None, *, preview, labels=None):
        super().__init__(data)
        self.preview, self._asked = preview, {}
        self._for_all, self._coded = ({}, {}) if labels else (FOR_ALL, CODE_LISTS)
        means = {index: name for name, index in preview.mapping.items()}
        labels = labels or {spec.name: FIELD_LABELS[spec.name] for spec in FIELDS}
        choices = [("", _("— leave out —")), *((name, _(words)) for name, words in labels.items())]
        for index, heading in enumerate(preview.columns):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=heading or _("(no heading)"), choices=choices, required=False, initial=means.get(index, "")
            )
        for name, codes in self._for_all.items():
            options = {"label": _(FIELD_LABELS[name]), "required": False, "initial": preview.constants.get(name, "")}
            if name == "recipient":
                field = forms.ChoiceField(choices=[("", _("as the column says")), *RECIPIENTS], **options)
            elif codes:
                field = forms.ChoiceField(choices=code_choices(codes, empty=_("as the column says")), **options)
            else:
                field = forms.CharField(max_length=120, **options)
            self.fields[f"all_{name}"] = field
        if len(preview.sheets) > 1:
            self.fields["sheet"] = forms.ChoiceField(
                label=_("Sheet"), choices=[(sheet, sheet) for sheet in preview.sheets], initial=preview.sheet
            )
        for name in self._coded:
            self._ask(name)

    def _ask(self, name):
        """One question for each word nobody knows, and for each one answered before, which may be changed."""
        first = [("", _("— choose —")), (IGNORE, _("pay no attention to this word"))]
        choices = [*first, *code_choices(CODE_LISTS[name])]
        codes = {code for code, _label in choices}
        if name == "service":  # a thing tells more than the service it is given in: a parcel, not parcels in general
            units = code_choices("units")
            codes |= {code for code, _label in units}
            choices = [*first, (_("Service"), choices[2:]), (_("What was given (unit)"), units)]
        said = {word: code for word, code in self.preview.said.get(name, {}).items() if code in codes}
        words = [*((word, "") for word in self.preview.unknown.get(name, ())), *said.items()]
        for at, (word, code) in enumerate(words):
            field = forms.ChoiceField(label=word, required=False, choices=choices, initial=code)
            self.fields[f"word_{name}_{at}"] = field
        if words:
            self._asked[name] = [word for word, _code in words]

    def columns(self):
        """(bound field, first values) of each column."""
        for index in range(len(self.preview.columns)):
            shown = [_shown(row.cells[index]) if index < len(row.cells) else "" for row in self.preview.first_rows]
            yield self[f"column_{index}"], [text for text in shown if text][:3]

    def for_all(self):
        """The bound fields of one value for all rows."""
        return [self[f"all_{name}"] for name in self._for_all]

    def words(self):
        """(field label, bound fields) of words no code list knows."""
        return [
            (_(FIELD_LABELS[name]), [self[f"word_{name}_{at}"] for at in range(len(words))])
            for name, words in self._asked.items()
        ]

    def clean(self):
        """One column a field."""
        data = super().clean()
        taken = {}
        for index in range(len(self.preview.columns)):
            name = data.get(f"column_{index}")
            if name and name in taken:
                self.add_error(
                    f"column_{index}",
                    _("“%(other)s” already says this. One column for each meaning.")
                    % {"other": self.preview.columns[taken[name]]},
                )
            elif name:
                taken[name] = index
        return data

    def mapping(self) -> dict:
        """The mapping as `import_assistance` takes it."""
        data, columns = self.cleaned_data, range(len(self.preview.columns))
        mapping = {data[f"column_{index}"]: index for index in columns if data.get(f"column_{index}")}
        for name in self._for_all:
            if data.get(f"all_{name}") and name not in mapping:
                mapping[name] = f"={data[f'all_{name}']}"
        values = {name: dict(words) for name, words in self.preview.values.items()}
        for name, words in self._asked.items():
            for at, word in enumerate(words):  # "" is said too: a word answered before is open again
                values.setdefault(name, {})[word] = data.get(f"word_{name}_{at}", "")
        if any(values.values()):
            mapping["values"] = values
        if data.get("sheet"):
            mapping["sheet"] = data["sheet"]
        return mapping


#: What a file of another kind than assistance may hold, by its kind.
LABELS = {StagedKind.VOLUNTEERS: VOLUNTEER_COLUMN_LABELS}


def _shown(value):
    """A cell as a person reads it."""
    if value is None:
        return ""
    if hasattr(value, "day"):
        return f"{value.day}.{value.month}.{value.year}"
    return str(value)[:40]
