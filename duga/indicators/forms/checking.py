"""Published figures to be checked: a file, or pasted text."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duga.ui.widgets import FileDrop

MOST_BYTES = 2 * 2**20


class CheckFiguresForm(forms.Form):
    """One of the two: a file with a table or a marked text, or the same pasted."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        widget=FileDrop(hint=gettext_lazy("CSV, or a text with marked figures, up to 2 MB")),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste it here"),
        required=False,
        max_length=MOST_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def clean_file(self):
        """Not larger than a page should read."""
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB. Split it, or use the command."))
        return file

    def clean(self):
        """Exactly one of the two."""
        told = super().clean()
        if "file" in told and bool(told["file"]) == bool(told.get("text", "").strip()) and not self.errors:
            raise forms.ValidationError(_("Choose a file or paste a text, one of the two."))
        return told
