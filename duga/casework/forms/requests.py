"""Requests: the call as it is taken, the board's filter, assessing, giving out, visits that come round."""

import datetime as dt
import uuid
from fractions import Fraction

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duga.casework.forms.fields import AreaField, CodeField, QuantityField, code_choices
from duga.casework.queries import BoardFilter
from duga.casework.rules import (
    ASKED_BY_LABELS,
    OPEN_STATES,
    OVERDUE,
    REQUEST_LABELS,
    RHYTHM_LABELS,
    TELL_LABELS,
    URGENCY_LABELS,
    WEEKDAY_LABELS,
    AskedBy,
    Rhythm,
    Step,
    Tell,
    Urgency,
    read_case_code,
)
from duga.places.rules import codes
from duga.plain.errors import Unreadable
from duga.ui.fields import DayField, said
from duga.ui.widgets import Chips, ManyChips


def _choices(labels, *, but=()):
    return lambda: [(str(key), gettext(text)) for key, text in labels.items() if key not in but]


class TimeField(forms.CharField):
    """An hour of the day as it is typed: 9, 9.30, 14:15; gives a time, None when nothing was typed."""

    widget = forms.TextInput(attrs={"data-short": "yes", "autocomplete": "off", "inputmode": "numeric"})

    def to_python(self, value):
        """The time, or None."""
        text = (value or "").strip().replace(".", ":").replace(",", ":").rstrip(":")
        if not text:
            return None
        hour, _colon, minute = text.partition(":")
        try:
            return dt.time(int(hour), int(minute or 0))
        except ValueError:
            raise forms.ValidationError(gettext("Write the hour as 9, 9.30 or 14:15.")) from None

    def prepare_value(self, value):
        """A time as it is typed."""
        return value.strftime("%H:%M") if isinstance(value, dt.time) else value


def moment(day, at):
    """A day and an hour together, in local time; None without a day."""
    return timezone.make_aware(dt.datetime.combine(day, at or dt.time(9))) if day else None


class _Told(forms.Form):
    """What is asked for, as a call tells it and an assessment settles it."""

    need = CodeField("needs", label=_("What is needed"), chips=True)
    details = forms.CharField(
        label=_("What was told"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Address, floor, what exactly, whom to ask for. Kept encrypted."),
    )  # fmt: skip
    urgency = forms.ChoiceField(
        label=_("How soon"), choices=_choices(URGENCY_LABELS), widget=Chips, initial=str(Urgency.NORMAL)
    )
    area = AreaField(label=_("Municipality or town"), max_length=120, required=False)
    place = forms.CharField(
        label=_("Village or part of town"), max_length=120, required=False, help_text=_("No street, no number.")
    )
    service_type = CodeField("service_types", label=_("What is to be done"), empty="—", required=False)
    quantity = QuantityField(label=_("How many"), initial="1", required=False)
    language = CodeField("languages", label=_("Language"), empty=_("any"), required=False)
    person = forms.CharField(
        label=_("Case code"), max_length=12, required=False, help_text=_("Where the person is registered already.")
    )
    caller_name = forms.CharField(label=_("Name of who calls"), max_length=120, required=False)
    caller_phone = forms.CharField(
        label=_("Phone"), max_length=60, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    caller_relation = forms.CharField(label=_("Who is she or he to the person"), max_length=120, required=False)

    def __init__(self, *args, country="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].country = country

    def clean_caller_phone(self):
        """A number one can call: at least three digits."""
        text = self.cleaned_data["caller_phone"]
        if text and sum(letter.isdecimal() for letter in text) < 3:
            words = gettext("“%(text)s” is no phone number. Leave it empty if you have none.")
            raise forms.ValidationError(words % {"text": text})
        return text

    def clean_person(self):
        """A case code as codes are."""
        text = self.cleaned_data["person"]
        try:
            return read_case_code(text) if text else ""
        except Unreadable as error:
            raise forms.ValidationError(said(error)) from None

    def told(self) -> dict:
        """What the actions take, without the person, whose code the view looks up."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in ("need", "details", "urgency", "place", "service_type", "language")},
            "quantity": data["quantity"].value if data["quantity"] else 1,
            "area_id": data["area"].pk if data["area"] else None,
            "caller": {name: data[f"caller_{name}"] for name in ("name", "phone", "relation")},
        }


class RequestForm(_Told):
    """A call as it is taken: what is asked first stands first. `once` makes a form sent twice count once."""

    asked_by = forms.ChoiceField(
        label=_("Who asks"), choices=_choices(ASKED_BY_LABELS, but=[AskedBy.PLAN]), widget=Chips,
        initial=str(AskedBy.SELF),
    )  # fmt: skip
    channel = CodeField("channels", label=_("How it came"), initial="phone")
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    call_day = DayField(label=_("Call back on"), required=False)
    call_at = TimeField(label=_("at"), required=False)
    household = forms.UUIDField(required=False, widget=forms.HiddenInput)
    once = forms.CharField(max_length=40, widget=forms.HiddenInput, required=False)
    draft = forms.UUIDField(required=False, widget=forms.HiddenInput)
    new = forms.BooleanField(required=False, widget=forms.HiddenInput)  # "it is another request: take it"

    CALLER = ("caller_phone", "caller_name", "asked_by", "caller_relation")
    FIRST = ("need", "details", "urgency", "area", "place")
    MORE = ("service_type", "quantity", "language", "person", "channel", "programme", "call_day", "call_at")

    def __init__(self, *args, programmes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = [("", gettext("None")), *((str(p.pk), p.name) for p in programmes)]
        if not programmes:
            del self.fields["programme"]
        self.initial.setdefault("once", str(uuid.uuid4()))

    def told(self) -> dict:
        """The keyword arguments of `actions.take_request`, without the person."""
        data = self.cleaned_data
        return super().told() | {
            "asked_by": data["asked_by"], "channel": data["channel"], "once": data["once"],
            "programme_id": data.get("programme") or None, "household_id": data["household"],
            "draft_id": data["draft"], "callback_at": moment(data["call_day"], data["call_at"]),
        }  # fmt: skip


class AssessForm(_Told):
    """What an operator settles: what is to be done, for whom, where, how soon."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["service_type"].required = True

    FIRST = ("need", "service_type", "quantity", "urgency", "area", "place", "person", "language", "details")
    CALLER = ("caller_name", "caller_phone", "caller_relation")


class BoardForm(forms.Form):
    """What of the board to show; comes with the address. No names."""

    state = forms.ChoiceField(label=_("State"), required=False)
    need = CodeField("needs", label=_("Need"), empty=_("all"), required=False)
    urgency = forms.ChoiceField(label=_("How soon"), required=False)
    area = forms.ChoiceField(label=_("Municipality or town"), required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)
    overdue = forms.BooleanField(label=_("Only late"), required=False)
    code = forms.CharField(label=_("Code"), max_length=12, required=False)

    def __init__(self, *args, places=(), **kwargs):
        super().__init__(*args, **kwargs)
        every = [("", gettext("all"))]
        self.fields["state"].choices = every + [(str(state), gettext(REQUEST_LABELS[state])) for state in OPEN_STATES]
        self.fields["urgency"].choices = every + _choices(URGENCY_LABELS)()
        self.fields["area"].choices = every + [(str(area.pk), area.name) for area in places]

    def filter(self) -> BoardFilter:
        """The filter; what was not understood asks for everything."""
        data = dict(getattr(self, "cleaned_data", {}) or {})
        data["area_id"] = data.pop("area", "") or None
        data["code"] = (data.get("code") or "").strip().upper()
        return BoardFilter(**data)


class AssignForm(forms.Form):
    """Who is to do it, and when."""

    who = forms.ChoiceField(label=_("Who"), widget=forms.RadioSelect)
    day = DayField(label=_("Planned for"), required=False)
    at = TimeField(label=_("at"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = people

    def whom(self) -> dict:
        """account_id or volunteer_id."""
        return whom(self.cleaned_data["who"])


def whom(value: str) -> dict:
    """{account_id} of "a:ID", {volunteer_id} of "v:ID"."""
    kind, _colon, pk = value.partition(":")
    return {"volunteer_id" if kind == "v" else "account_id": uuid.UUID(pk)}


class ReasonOfListForm(forms.Form):
    """Why, from the list of reasons."""

    reason = forms.ChoiceField(label=_("Why"))
    words = forms.CharField(label=_("In a few words"), max_length=300, required=False, help_text=_("Without names."))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, group, **kwargs):
        super().__init__(*args, **kwargs)
        inside = {code.code for code in codes("request_reasons") if code.group == group}
        self.fields["reason"].choices = [each for each in code_choices("request_reasons") if each[0] in inside]


class DeliverForm(forms.Form):
    """What was brought or done: usually what was asked for, today. `stock`: the goods it may come from."""

    quantity = QuantityField(label=_("How many"))
    date = DayField(label=_("When"))
    from_stock = forms.ChoiceField(label=_("Handed out from"), required=False)
    note = forms.CharField(
        label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept encrypted. Not needed for counting."),
    )  # fmt: skip

    def __init__(self, *args, stock=(), **kwargs):
        super().__init__(*args, **kwargs)
        held = [(str(item.pk), f"{item.store}: {item.name} ({item.balance.normalize():f})") for item in stock]
        self.fields["from_stock"].choices = [("", gettext("not from a store")), *held]
        if not held:
            del self.fields["from_stock"]


class VisitForm(forms.Form):
    """Visits that come round."""

    person = forms.CharField(label=_("Case code"), max_length=12)
    service_type = CodeField("service_types", label=_("What is to be done"), initial="home_visit")
    need = CodeField("needs", label=_("What is needed"), initial="care")
    rhythm = forms.ChoiceField(
        label=_("How often"), choices=_choices(RHYTHM_LABELS), widget=Chips, initial=str(Rhythm.WEEKLY)
    )
    weekdays = forms.MultipleChoiceField(
        label=_("On"), choices=_choices(dict(enumerate(WEEKDAY_LABELS))), widget=ManyChips
    )
    at = TimeField(label=_("at"), required=False)
    begins_on = DayField(label=_("From"))
    ends_on = DayField(label=_("To"), required=False)
    who = forms.ChoiceField(label=_("Who goes"))
    on_holidays = forms.BooleanField(label=_("Also on public holidays"), required=False)
    details = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept encrypted. Only what is needed to help."),
    )  # fmt: skip

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = people


class SkipForm(forms.Form):
    """One visit left out."""

    day = DayField(label=_("Day"))
    why = forms.CharField(label=_("Why"), max_length=120, help_text=_("In a few words and without names."))
    version = forms.IntegerField(widget=forms.HiddenInput)


class EscalationForm(forms.Form):
    """The escalation table: for each state and priority who is told after how many hours, and who next."""

    def __init__(self, *args, steps, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = []
        for state in (*OPEN_STATES, OVERDUE):
            for urgency in Urgency:
                told = [step for step in steps if step.state == state and step.urgency == urgency]
                self.lines.append((state, urgency, [self._pair(state, urgency, n, told) for n in (0, 1, 2)]))

    def _pair(self, state, urgency, number, told):
        name, step = f"{state}-{urgency}-{number}", told[number] if number < len(told) else None
        self.fields[f"{name}-hours"] = forms.DecimalField(
            min_value=0, decimal_places=2, required=number == 0, label=_("after hours"),
            initial=f"{round(float(step.hours), 2):g}" if step else None,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "5", "data-short": "yes"}),
        )  # fmt: skip
        self.fields[f"{name}-tell"] = forms.ChoiceField(
            choices=_choices(TELL_LABELS),
            initial=step.tell if step else str(Tell.COORDINATORS),
            required=number == 0,
            label=_("who is told"),
        )
        return self[f"{name}-hours"], self[f"{name}-tell"]

    def steps(self) -> list[Step]:
        """The table as `actions.change_escalation` takes it; lines without hours are left out."""
        found = []
        for state, urgency, pairs in self.lines:
            for hours, tell in pairs:
                after = self.cleaned_data[hours.name]
                if after is not None:
                    found.append(
                        Step(
                            str(state), str(urgency), Fraction(after), self.cleaned_data[tell.name] or Tell.COORDINATORS
                        )
                    )
        return found
