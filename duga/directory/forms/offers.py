"""The form of a service: an offer as people fill it in, and back. What it does not show stays as it is."""

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from duga.directory.rules import PROVIDER_KIND_LABELS, STATUS_LABELS, PlaceKind
from duga.directory.rules.fields import NOT_BY_LINK, ROWS, SERVICE, TERM_LABELS
from duga.directory.rules.hours import DAYS, minutes
from duga.directory.rules.kinds import PLACE_KIND_LABELS
from duga.directory.rules.terms import term_label, terms
from duga.places.queries import codes, country_choices, label
from duga.ui.fields import DAY_NAMES, DayField
from duga.ui.widgets import Chips, ManyChips

TEXTS = (
    "name",
    "description",
    "alert",
    "eligibility_description",
    "application_process",
    "fees_description",
    "wait_time",
)
REACH = ("email", "url")
FLAGS = ("listed", "emergency", "discreet", "takes_referrals", "residents_only")
PICKED = ("needs", "service_types", "target_groups", "conditions", "service_groups")
PLACE = ("address_1", "city", "postal_code", "transportation")
PHONES, CAPACITIES = 3, 2
KNOWN = [("", gettext_lazy("nobody said")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]


class OfferForm(forms.Form):
    """A service: its words, terms, phones, hours of a week, one place, free places.

    `changes()` gives what differs from the offer it was filled with, as `actions.change_service` takes it.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, offer, data=None, *, by_link=False, version=None):
        self.offer, self.by_link = offer, by_link
        super().__init__(data, initial=self._initial(offer) | {"version": version})
        self._add_texts()
        self._add_terms()
        self._add_rows()

    # --- fields

    def _add_texts(self):
        for name in (*TEXTS, *REACH):
            field = SERVICE[name]
            widget = forms.Textarea(attrs={"rows": 3}) if field.kind == "long" else None
            self.fields[name] = forms.CharField(
                label=_(field.label), required=name == "name", max_length=field.limit, widget=widget
            )
        self.fields["status"] = forms.ChoiceField(
            label=_(SERVICE["status"].label), widget=Chips, choices=[(k.value, _(v)) for k, v in STATUS_LABELS.items()]
        )
        for name in ("minimum_age", "maximum_age"):
            self.fields[name] = forms.IntegerField(
                label=_(SERVICE[name].label), required=False, min_value=0, max_value=130
            )
        for name in FLAGS:
            if self.by_link and name in NOT_BY_LINK:
                continue
            if name in ("takes_referrals", "residents_only"):
                choices = [(key, str(text)) for key, text in KNOWN]
                self.fields[name] = forms.ChoiceField(
                    label=_(SERVICE[name].label), choices=choices, required=False, widget=Chips
                )
            else:
                self.fields[name] = forms.BooleanField(label=_(SERVICE[name].label), required=False)

    def _add_terms(self):
        language = get_language() or "en"
        for key in PICKED:
            choices = [(term.code, term_label(key, term.code, language)) for term in terms(key)]
            self.fields[key] = forms.MultipleChoiceField(
                label=_(TERM_LABELS[key]), choices=choices, required=False, widget=ManyChips
            )
        choices = [(code.code, label("languages", code.code, language)) for code in codes("languages")]
        self.fields["spoken"] = forms.MultipleChoiceField(
            label=_(ROWS["languages"].label), choices=choices, required=False, widget=ManyChips
        )

    def _add_rows(self):
        columns = ROWS["phones"].columns
        for place in range(PHONES):
            self.fields[f"phone_{place}"] = forms.CharField(
                label=_("Phone %(number)s") % {"number": place + 1}, required=False, max_length=60
            )
            self.fields[f"phone_for_{place}"] = forms.CharField(
                label=_(columns["description"].label), required=False, max_length=300
            )
        for day, name in DAY_NAMES.items():
            self.fields[f"open_{day}"] = forms.CharField(label=name, required=False, max_length=5)
            self.fields[f"close_{day}"] = forms.CharField(label=_("to"), required=False, max_length=5)
        for name in PLACE:
            field = ROWS["locations"].columns[name]
            self.fields[name] = forms.CharField(label=_(field.label), required=False, max_length=field.limit)
        for place in range(CAPACITIES):
            self.fields[f"unit_{place}"] = forms.CharField(label=_("Places of what"), required=False, max_length=100)
            for name in ("available", "maximum"):
                self.fields[f"{name}_{place}"] = forms.FloatField(
                    label=_(ROWS["capacities"].columns[name].label), required=False, min_value=0
                )

    def group(self, *names):
        """Bound fields by name, those that are there."""
        return [self[name] for name in names if name in self.fields]

    def sections(self):
        """(heading, [rows of fields]) in the order of the page."""
        texts = [[self[name]] for name in TEXTS[:2]]
        picked = [[self[name]] for name in PICKED] + [self.group("minimum_age", "maximum_age")]
        phones = [self.group(f"phone_{n}", f"phone_for_{n}") for n in range(PHONES)] + [self.group(*REACH)]
        hours = [self.group(f"open_{day}", f"close_{day}") for day in DAYS]
        places = [self.group(f"unit_{n}", f"available_{n}", f"maximum_{n}") for n in range(CAPACITIES)]
        return [
            (_("What it is"), texts + [[self["status"]], [self["alert"]]]),
            (_("For whom, and what it helps with"), picked + [[self["eligibility_description"]]]),
            (_("How it is reached"), phones),
            (_("When it is open"), hours),
            (_("Where it is"), [[self[name]] for name in PLACE]),
            (_("Languages"), [[self["spoken"]]]),
            (
                _("Costs, waiting, how to get it"),
                [[self[n]] for n in ("application_process", "fees_description", "wait_time")],
            ),
            (_("Places"), places),
            (_("Shown to whom"), [self.group(name) for name in FLAGS]),
        ]

    # --- an offer as the form shows it, and back

    def _initial(self, offer):
        told = {name: offer.get(name) or "" for name in (*TEXTS, *REACH, "minimum_age", "maximum_age")}
        told |= {"status": offer.get("status") or "active", "listed": offer.get("listed", True)}
        told |= {name: bool(offer.get(name)) for name in ("emergency", "discreet")}
        for name in ("takes_referrals", "residents_only"):
            told[name] = {True: "yes", False: "no"}.get(offer.get(name), "")
        told |= {key: offer.get(f"terms.{key}", []) for key in PICKED}
        told["spoken"] = [row["code"] for row in offer.get("languages", ()) if row["code"]]
        for place, row in enumerate(offer.get("phones", ())[:PHONES]):
            told |= {f"phone_{place}": row["number"], f"phone_for_{place}": row.get("description", "")}
        for day, (opens, closes) in _week(offer.get("schedules", ()))[0].items():
            told |= {f"open_{day}": opens, f"close_{day}": closes}
        told |= {name: row.get(name, "") for row in offer.get("locations", ())[:1] for name in PLACE}
        for place, row in enumerate(offer.get("capacities", ())[:CAPACITIES]):
            told |= {f"{name}_{place}": row[name] for name in ("unit", "available", "maximum")}
        return told

    def clean(self):
        """Hours come in pairs."""
        cleaned = super().clean()
        for day in DAYS:
            pair = [cleaned.get(f"open_{day}"), cleaned.get(f"close_{day}")]
            for name, text in zip(("open", "close"), pair, strict=True):
                if text and minutes(text) is None:
                    self.add_error(f"{name}_{day}", _("This is no time. Write it as 09:00."))
            if bool(pair[0]) != bool(pair[1]):
                self.add_error(f"open_{day}", _("Say both when it opens and when it closes."))
        return cleaned

    def changes(self):
        """What the form says, as an offer's changes; what it does not show is not among them."""
        told = self.cleaned_data
        changes = {name: told[name] for name in (*TEXTS, *REACH, "status", "minimum_age", "maximum_age")}
        changes |= {name: told[name] for name in ("listed", "emergency", "discreet") if name in told}
        flags = {"yes": True, "no": False}
        changes |= {name: flags.get(told[name]) for name in ("takes_referrals", "residents_only") if name in told}
        changes["terms"] = {key: told[key] for key in PICKED}
        changes["languages"] = self._languages(told["spoken"])
        changes["phones"] = self._listed(
            "phones", PHONES, lambda n: {"number": told[f"phone_{n}"], "description": told[f"phone_for_{n}"]}, "number"
        )
        numbers = ("unit", "available", "maximum")
        changes["capacities"] = self._listed(
            "capacities", CAPACITIES, lambda n: {name: told[f"{name}_{n}"] for name in numbers}, "unit"
        )
        changes["schedules"] = self._schedules()
        place = {name: told[name] for name in PLACE}
        there = self.offer.get("locations", [])
        if there or any(place.values()):
            changes["locations"] = [{**({"id": there[0]["id"]} if there else {}), **place}, *_ids(there[1:])]
        return changes

    def _languages(self, spoken):
        offered, told = dict(self.fields["spoken"].choices), self.offer.get("languages", ())
        there = {row["code"]: row["id"] for row in told if row.get("id")}
        others = [row for row in told if row["code"] not in offered]  # in words only: a sign language, a dialect
        return [{"id": there[code]} if code in there else {"code": code} for code in spoken] + _ids(others)

    def _listed(self, name, shown, row_of, needed):
        there = self.offer.get(name, [])
        rows = []
        for place in range(shown):
            row = row_of(place)
            if row[needed]:
                rows.append({**({"id": there[place]["id"]} if place < len(there) else {}), **row})
        return rows + _ids(there[shown:])

    def _schedules(self):
        _now, others, used = _week(self.offer.get("schedules", ()))
        told = {}
        for day in DAYS:
            if self.cleaned_data[f"open_{day}"]:
                hours = (self.cleaned_data[f"open_{day}"], self.cleaned_data[f"close_{day}"])
                told.setdefault(hours, []).append(day)
        rows = []
        for (opens, closes), days in told.items():
            row = {"freq": "WEEKLY", "byday": ",".join(days), "opens_at": opens, "closes_at": closes}
            rows.append({**({"id": used.pop(0)} if used else {}), **row})
        return rows + _ids(others)


def _ids(rows):
    """Rows that stay as they are."""
    return [{"id": row["id"]} for row in rows]


def _week(schedules):
    """({day: (opens, closes)} of plain weekly hours, the schedules that are not so plain, ids of the plain ones)."""
    week, others, used = {}, [], []
    for row in schedules:
        days = [day for day in (row.get("byday") or ",".join(DAYS)).split(",") if day in DAYS]
        plain = row.get("opens_at") and row.get("closes_at") and row.get("freq") in ("", "WEEKLY", None)
        bound = any(row.get(name) for name in ("language", "valid_from", "valid_to", "dtstart", "bymonthday", "at"))
        if plain and not bound and (row.get("interval") or 1) == 1 and not set(days) & set(week):
            week |= dict.fromkeys(days, (row["opens_at"], row["closes_at"]))
            used.append(row["id"])
        else:
            others.append(row)
    return week, others, used


class ProviderForm(forms.Form):
    """Someone who is no member, as the network lists it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=300)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), widget=Chips)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    website = forms.CharField(label=gettext_lazy("Web page"), required=False, max_length=2000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, _(text)) for kind, text in PROVIDER_KIND_LABELS.items()]


class PlaceForm(forms.Form):
    """A confidential place."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is"), widget=Chips, initial=PlaceKind.SHELTER)
    name = forms.CharField(label=gettext_lazy("Name among colleagues"), required=False, max_length=200)
    address = forms.CharField(label=gettext_lazy("Address"), required=False, max_length=300)
    city = forms.CharField(label=gettext_lazy("Town"), required=False, max_length=120)
    directions = forms.CharField(
        label=gettext_lazy("How to get there"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    phone = forms.CharField(label=gettext_lazy("Phone there"), required=False, max_length=60)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, _(text)) for kind, text in PLACE_KIND_LABELS.items()]


class CampaignForm(forms.Form):
    """A campaign: what it is called, where, until when."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    countries = forms.MultipleChoiceField(label=gettext_lazy("Countries"), widget=ManyChips)
    due_on = DayField(label=gettext_lazy("Until"))

    def __init__(self, *args, among=(), **kwargs):
        super().__init__(*args, **kwargs)
        names = dict(country_choices(get_language() or "en"))
        self.fields["countries"].choices = [(code, names[code]) for code in among]
