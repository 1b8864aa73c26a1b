"""What is typed where forms are designed."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duga.surveys.rules import FormKind
from duga.surveys.rules.designs import LANGUAGES, short_name
from duga.ui.widgets import FileDrop, file_errors

KINDS = (
    (FormKind.SURVEY.value, gettext_lazy("A survey: people are asked with it")),
    (FormKind.INTERVIEW_GUIDE.value, gettext_lazy("A guide for interviews")),
    (FormKind.TEMPLATE.value, gettext_lazy("A template: others begin their own forms from it")),
)
_HINT = gettext_lazy("XLSForm (.xlsx, .xls, .ods, .md) or XForm (.xml), at most 5 MB.")


class UploadForm(forms.Form):
    """A form as a file."""

    file = forms.FileField(
        label=gettext_lazy("The form's file"), widget=FileDrop(hint=_HINT),
        error_messages=file_errors(gettext_lazy("Choose the file of the form.")),
    )  # fmt: skip


class NewForm(UploadForm):
    """The file of a new form, and what it is for."""

    kind = forms.ChoiceField(label=gettext_lazy("What is it for?"), choices=KINDS, initial=FormKind.SURVEY.value)


class StartForm(forms.Form):
    """A form from a template: what it is called here, in which languages."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    slug = forms.RegexField(
        r"^[A-Za-z_][A-Za-z0-9_.\-]*$", label=gettext_lazy("form_id: its name for phones"), max_length=100,
        error_messages={"invalid": gettext_lazy("Use letters, digits, _ and - only, and begin with a letter.")},
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages, the first one chosen is the main one"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one language.")},
    )  # fmt: skip

    def __init__(self, *args, languages, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["languages"].choices = [(each, short_name(each)) for each in languages]


class AttachForm(forms.Form):
    """A file that a form needs, or one more."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=FileDrop(hint=gettext_lazy("Pictures, sounds, videos, CSV and GeoJSON lists.")),
        error_messages=file_errors(gettext_lazy("Choose a file.")),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Its name in the form"), max_length=200, required=False,
        help_text=gettext_lazy("Leave empty to keep the file's own name."),
    )  # fmt: skip
    no_people = forms.BooleanField(
        label=gettext_lazy("The list holds no data of people"), required=False,
        help_text=gettext_lazy("Every phone that gets the form carries it."),
    )  # fmt: skip


class LanguageForm(forms.Form):
    """One more language."""

    code = forms.ChoiceField(label=gettext_lazy("One more language"))

    def __init__(self, *args, spoken=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [
            ("", _("Choose")), *((code, short_name(name)) for code, name in LANGUAGES.items() if code not in spoken)
        ]  # fmt: skip
