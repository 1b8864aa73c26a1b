"""Forms for one thing at a time: hours, closures, texts in another language, recordings."""

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from duga.directory.forms.words import DAY_NAMES, WEEKS, field_label
from duga.directory.rules.fields import ROWS, SERVICE
from duga.directory.rules.hours import minutes
from duga.directory.rules.recordings import SPOKEN
from duga.directory.rules.terms import term_label, terms
from duga.directory.rules.texts import TRANSLATED
from duga.places.queries import codes, label
from duga.ui.fields import DayField
from duga.ui.widgets import Chips, FileDrop, ManyChips

AUDIO = gettext_lazy("MP3, OGG, M4A or WAV, up to 2 MB")
#: The texts of a service in the order of the page.
TEXTS = tuple(name for name in SERVICE if name in TRANSLATED["service"])
#: What is asked of a place.
LOCATION = ("name", "address_1", "address_2", "city", "postal_code", "transportation", "latitude", "longitude")


class HoursForm(forms.Form):
    """One line of opening hours: days, from and to, in a language, in a season."""

    row = forms.CharField(widget=forms.HiddenInput, required=False)
    days = forms.MultipleChoiceField(
        label=gettext_lazy("Days"), widget=ManyChips, choices=list(DAY_NAMES.items()), required=False
    )
    week = forms.ChoiceField(label=gettext_lazy("How often"), widget=Chips, choices=list(WEEKS.items()), required=False)
    opens_at = forms.CharField(label=gettext_lazy("Opens"), max_length=5, required=False)
    closes_at = forms.CharField(label=gettext_lazy("Closes"), max_length=5, required=False)
    language = forms.ChoiceField(label=gettext_lazy("In the language"), widget=Chips, required=False)
    at = forms.ChoiceField(label=gettext_lazy("Where"), widget=Chips, required=False)
    valid_from = DayField(label=gettext_lazy("From day"), required=False)
    valid_to = DayField(label=gettext_lazy("To day"), required=False)
    description = forms.CharField(label=gettext_lazy("In words"), max_length=600, required=False)

    def __init__(self, *args, spoken=(), places=(), **kwargs):
        """`spoken`: codes of the service's languages; `places` [(id, words)] of where it is."""
        super().__init__(*args, **kwargs)
        self.fields["at"].choices = [("", _("at every place without hours of its own")), *places]
        named = [(code, label("languages", code, get_language() or "en")) for code in spoken]
        self.fields["language"].choices = [("", _("whatever the language")), *named]
        for name in ("opens_at", "closes_at"):
            self.fields[name].widget.attrs |= {"placeholder": "09:00", "data-short": "yes", "autocomplete": "off"}

    def clean(self):
        """Hours come in pairs, a week of the month with a day; something is said."""
        told = super().clean()
        for name in ("opens_at", "closes_at"):
            if told.get(name) and minutes(told[name]) is None:
                self.add_error(name, _("This is no time. Write it as 09:00."))
        if bool(told.get("opens_at")) != bool(told.get("closes_at")):
            self.add_error("opens_at", _("Say both when it opens and when it closes."))
        empty = not any(told.get(name) for name in ("days", "opens_at", "description"))
        if not told.get("days") and (told.get("week") or (empty and not self.errors)):
            self.add_error("days", _("Choose the day."))
        return told

    def told(self) -> dict:
        """The row of `schedules` it says."""
        told, week = self.cleaned_data, self.cleaned_data["week"]
        row = {name: told[name] for name in ("opens_at", "closes_at", "language", "description")}
        row["at"] = told["at"] or None
        row |= {name: told[name].isoformat() if told[name] else None for name in ("valid_from", "valid_to")}
        row |= {"byday": ",".join(week + day for day in told["days"]), "freq": "MONTHLY" if week else "WEEKLY"}
        return row | ({"id": told["row"]} if told["row"] else {})


def shown_hours(row) -> dict | None:
    """A row of `schedules` as HoursForm shows it; None for one that says more than the form can."""
    words = [word for word in (row.get("byday") or "").split(",") if word]
    weeks = {word[:-2].lstrip("+") for word in words}
    more = row.get("bymonthday") or row.get("dtstart") or (row.get("interval") or 1) != 1 or row.get("attending_type")
    if more or len(weeks) > 1 or not weeks <= WEEKS.keys():
        return None
    told = {name: row.get(name) for name in ("opens_at", "closes_at", "language", "description", "valid_from", "at")}
    return told | {
        "row": row["id"], "days": [word[-2:] for word in words], "week": next(iter(weeks), ""),
        "valid_to": row.get("valid_to"),
    }  # fmt: skip


class LocationForm(forms.Form):
    """One place where a service is offered."""

    row = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        columns = ROWS["locations"].columns
        for name in LOCATION:
            self.fields[name] = forms.CharField(
                label=_(columns[name].label), required=False, max_length=columns[name].limit
            )
        self.fields["latitude"].help_text = _(
            "In degrees, from a map: 42.77 and 18.94. Then readers see how far it is."
        )
        reader = get_language() or "en"
        self.fields["accessibility"] = forms.MultipleChoiceField(
            label=_(columns["accessibility"].label), required=False, widget=ManyChips,
            choices=[(term.code, term_label("accessibility", term.code, reader)) for term in terms("accessibility")],
        )  # fmt: skip

    def clean(self):
        """A place has a street, a town or a name."""
        told = super().clean()
        if not self.errors and not any(told.get(name) for name in ("address_1", "city", "name")):
            self.add_error("address_1", _("Say the street, the town or what the place is called."))
        return told

    def told(self) -> dict:
        """The row of `locations` it says; a position nobody typed is not among it."""
        told = {name: self.cleaned_data[name] for name in (*LOCATION, "accessibility")}
        if not told["latitude"] and not told["longitude"]:
            told = {name: value for name, value in told.items() if name not in ("latitude", "longitude")}
        return told | ({"id": self.cleaned_data["row"]} if self.cleaned_data["row"] else {})


class ClosureForm(forms.Form):
    """Days on which it is closed, both included."""

    first_day = DayField(label=gettext_lazy("From day"))
    last_day = DayField(label=gettext_lazy("To day"), required=False)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300, required=False)


class TextsForm(forms.Form):
    """The texts of a service in one language, and who speaks them."""

    def __init__(self, *args, told=None, original=False, **kwargs):
        """`told` {field: the original text}; `original`: this is the language they are written in."""
        super().__init__(*args, **kwargs)
        self.told, self.original = told or {}, original
        for name in (name for name in TEXTS if self.told.get(name)):
            if not original:
                long = SERVICE[name].kind == "long"
                self.fields[name] = forms.CharField(
                    label=field_label(name), required=False, max_length=2 * SERVICE[name].limit,
                    widget=(forms.Textarea if long else forms.TextInput)({"dir": "auto", "rows": 4}),
                )  # fmt: skip
            if name in SPOKEN:
                self.fields[f"sound_{name}"] = forms.FileField(
                    label=_("Spoken: %(text)s") % {"text": field_label(name)}, required=False,
                    widget=FileDrop({"accept": "audio/*"}, hint=AUDIO),
                )  # fmt: skip

    def texts(self) -> dict[str, str]:
        """{field: text} as it was typed."""
        return {name: self.cleaned_data[name] for name in TEXTS if name in self.cleaned_data}

    def sounds(self) -> dict[str, bytes]:
        """{field: recording} of those that came."""
        sent = {name: self.cleaned_data.get(f"sound_{name}") for name in SPOKEN}
        return {name: file.read() for name, file in sent.items() if file}


class SoundForm(forms.Form):
    """A recording of one term."""

    code = forms.CharField(widget=forms.HiddenInput)
    sound = forms.FileField(label=gettext_lazy("Recording"), widget=FileDrop({"accept": "audio/*"}, hint=AUDIO))


def language_choices() -> list[tuple[str, str]]:
    """(code, name) of the languages texts are told in, named in the reader's."""
    return [(code.code, label("languages", code.code, get_language() or "en")) for code in codes("languages")]
