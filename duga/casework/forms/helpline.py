"""What is typed on duty: a call, a line, a written request for a month, questions about safety."""

import datetime as dt

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from duga.casework.forms.fields import AreaField, CodeField, code_choices
from duga.casework.rules.helpline import CALLER_LABELS, SAFE_FIELDS
from duga.places.rules.codes import pick
from duga.ui.fields import DAY_NAMES, DayField
from duga.ui.widgets import Chips, FileDrop, ManyChips, file_errors

YES_NO = [("yes", _("yes")), ("no", _("no"))]
ABOUT = ("caller", "relation", "language", "channel", "area", "sex", "age_band", "person_code", "named")
HOURS = 4  #: rows of hours on the screen of a line


class TimeField(forms.CharField):
    """A time of day as people type it (9, 9:30, 21.00); gives "HH:MM", "" when nothing was typed."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "data-short": "yes", "placeholder": "10:00"})

    def clean(self, value):
        """The time as the directory writes it."""
        text = super().clean(value).strip().replace(".", ":").replace(",", ":")
        if not text:
            return ""
        for form in ("%H:%M", "%H"):
            try:
                return dt.datetime.strptime(text, form).strftime("%H:%M")
            except ValueError:
                continue
        raise forms.ValidationError(_("Write a time of day, for example 13:00."))


class CallForm(forms.Form):
    """One call, on one screen. Safe contact comes first; what cannot be read yet is kept all the same (see `raw`)."""

    unmarked = True  # nearly nothing is asked for while a draft, so nothing is marked as optional

    version = forms.IntegerField(widget=forms.HiddenInput)
    contact = forms.ChoiceField(
        label=_("May we contact her?"), required=False, widget=Chips,
        choices=[("yes", _("Yes, only as told here")), ("no", _("No, never"))],
    )  # fmt: skip
    number = forms.CharField(label=_("Safe number"), required=False, max_length=40)
    days = forms.MultipleChoiceField(
        label=_("Safe days"), help_text=_("None chosen: every day."), required=False, widget=ManyChips,
        choices=list(DAY_NAMES.items()),
    )  # fmt: skip
    opens = TimeField(label=_("Safe from"), required=False, max_length=8)
    closes = TimeField(label=_("Safe until"), required=False, max_length=8)
    voicemail = forms.ChoiceField(label=_("May a voicemail be left?"), required=False, choices=YES_NO, widget=Chips)
    message = forms.ChoiceField(label=_("May a message be sent?"), required=False, choices=YES_NO, widget=Chips)
    word = forms.CharField(
        label=_("Code word"), help_text=_("By which she knows that it is you, or tells that she is not alone."),
        required=False, max_length=80,
    )  # fmt: skip
    callback = forms.BooleanField(label=_("She waits to be called back"), required=False)
    keep_safe = forms.BooleanField(label=_("Her safe contact stays as she told it earlier"), required=False)
    code = forms.CharField(label=_("The caller's code"), required=False, max_length=80)
    services = forms.MultipleChoiceField(label=_("Given in this call"), required=False, widget=ManyChips)
    caller = forms.ChoiceField(
        label=_("Who calls"), required=False, widget=Chips, choices=[(k.value, _(v)) for k, v in CALLER_LABELS.items()]
    )
    relation = CodeField("caller_relations", label=_("What the caller is to her"), empty=_("–"), required=False)
    language = CodeField("languages", label=_("Language"), empty=_("–"), required=False)
    channel = CodeField("channels", label=_("How"), empty=_("–"), required=False)
    area = AreaField(label=_("Municipality"), required=False, max_length=120)
    sex = CodeField("sexes", label=_("Sex"), chips=True, required=False)
    age_band = CodeField("age_bands", label=_("Age"), chips=True, required=False)
    person_code = forms.CharField(
        label=_("Case code, where she is known already"), help_text=_("Empty: the call stays anonymous."),
        required=False, max_length=12,
    )  # fmt: skip
    named = forms.BooleanField(label=_("She told her name (it stands in the note)"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 6}))
    done = forms.MultipleChoiceField(required=False, widget=ManyChips)

    def __init__(self, *args, instrument=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.instrument, language = instrument, get_language() or "en"
        services = code_choices("call_services")
        self.fields["services"].choices = services
        for code, label in services:
            self.fields[f"often_{code}"] = forms.IntegerField(
                label=label, required=False, min_value=1, max_value=20,
                widget=forms.NumberInput(attrs={"data-short": "yes"}),
            )  # fmt: skip
        for question in instrument.questions if instrument else ():
            choices = [(one.code, pick(one.text, language)) for one in question.answers]
            self.fields[f"q_{question.code}"] = forms.ChoiceField(
                label=pick(question.text, language), choices=choices, required=False, widget=Chips
            )
        self.fields["done"].choices = [
            (each.code, pick(each.text, language)) for each in (instrument.obligations.values() if instrument else ())
        ]
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def raw(self) -> dict:
        """All that was typed, as it was typed; neither the code nor what nobody asked for."""
        data, kept = self.data, {}
        for name in self.fields:
            if name in ("version", "code"):
                continue
            several = isinstance(self.fields[name], forms.MultipleChoiceField)
            value = [str(each)[:80] for each in data.getlist(name)[:40]] if several else data.get(name, "")[:8000]
            if value:
                kept[name] = value
        return kept

    def answers(self, told) -> dict:
        """{question: answer} in what was typed or understood."""
        return {name[2:]: value for name, value in told.items() if name.startswith("q_") and value}

    def told(self) -> dict:
        """What `finish_call` takes, of a form that could be understood."""
        given = self.cleaned_data
        return {
            **{name: given[name] for name in ABOUT if name != "area"},
            "area_id": given["area"].pk if given["area"] else None,
            "services": {code: given.get(f"often_{code}") or 1 for code in given["services"]},
            "safe": {name: given[name] for name in SAFE_FIELDS}, "note": given["note"],
            "callback": given["callback"], "keep_safe": given["keep_safe"], "answers": self.answers(given),
            "done": given["done"],
        }  # fmt: skip


class LineForm(forms.Form):
    """A line: its sealed programme, its entry in the directory, its own hours."""

    programme = forms.ChoiceField(label=_("Sealed programme"))
    name = forms.CharField(label=_("Name of the line"), max_length=120)
    service = forms.ChoiceField(
        label=_("Its entry in the directory"), required=False,
        help_text=_("Number and hours stand there, and are never typed twice."),
    )  # fmt: skip

    def __init__(self, *args, programmes=(), services=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = [(str(row.pk), row.name) for row in programmes]
        self.fields["service"].choices = [("", _("none")), *((str(row.pk), row.name) for row in services)]
        for n in range(HOURS):
            self.fields[f"language_{n}"] = CodeField(
                "languages", label=_("Language"), empty=_("every language"), required=False
            )
            self.fields[f"days_{n}"] = forms.MultipleChoiceField(
                label=_("Days"), required=False, widget=ManyChips,
                choices=list(DAY_NAMES.items()),
            )  # fmt: skip
            self.fields[f"opens_{n}"] = TimeField(label=_("From"), required=False, max_length=8)
            self.fields[f"closes_{n}"] = TimeField(label=_("Until"), required=False, max_length=8)

    def rows(self):
        """The bound fields of each row of hours."""
        names = ("language", "days", "opens", "closes")
        return [[self[f"{name}_{n}"] for name in names] for n in range(HOURS)]

    def hours(self) -> list[dict]:
        """The hours as the directory writes them; rows without a time are none."""
        given = self.cleaned_data
        return [
            {"language": given[f"language_{n}"], "byday": ",".join(given[f"days_{n}"]),
             "opens_at": given[f"opens_{n}"], "closes_at": given[f"closes_{n}"]}
            for n in range(HOURS) if given[f"opens_{n}"] or given[f"closes_{n}"]
        ]  # fmt: skip


class InstrumentForm(forms.Form):
    """A file with questions about safety, in place of those in use."""

    file = forms.FileField(
        label=_("File (YAML or JSON)"), widget=FileDrop, error_messages=file_errors(_("Choose a file first."))
    )


class MonthForm(forms.Form):
    """Who asks in writing for which month's numbers, and what for."""

    programme = forms.ChoiceField(label=_("Programme"))
    asked_by = forms.CharField(label=_("Who asks"), max_length=200)
    asked_on = DayField(label=_("Day of the letter"))
    letter = forms.CharField(label=_("Number of the letter"), required=False, max_length=80)
    purpose = forms.CharField(label=_("What for"), max_length=300)
    month = DayField(label=_("Any day of the month asked for"))

    def __init__(self, *args, programmes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = [(str(row.pk), row.name) for row in programmes]
