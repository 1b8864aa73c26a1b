"""What else an offer tells: papers, areas, costs, interpreters, accessibility, whom to ask, conditions of referral."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duga.directory.forms.words import field_label, row_words
from duga.directory.rules.fields import NOT_BY_LINK, ROWS, SERVICE
from duga.directory.rules.terms import term_label, terms
from duga.places.queries import find_area, label
from duga.ui.widgets import ManyChips

LINES = {"required_documents": "document", "service_areas": "name", "funding": "source_name"}
TEXTS = ("interpretation_services", "referral_conditions")
COSTS = ("option", "amount", "currency")
CONTACTS = ("name", "title", "email", "published")
SHOWN = {"cost_options": (COSTS, 3), "contacts": (CONTACTS, 2)}


class MoreForm(forms.Form):
    """The rest of an offer. `changes()` gives what it says, as `actions.change_service` takes it."""

    def __init__(self, offer, *args, country="", own=True, **kwargs):
        self.offer, self.country = offer, country
        super().__init__(*args, initial=self._initial(offer), **kwargs)
        for name in LINES:
            self._add(name, _("one in each line"))
        for name in TEXTS:
            if own or name not in NOT_BY_LINK:
                self._add(name)
        for name, (columns, number) in SHOWN.items():
            if own or name not in NOT_BY_LINK:
                self._add_rows(name, columns, number)
        self._add_chips()

    def _add(self, name, help_text=""):
        self.fields[name] = forms.CharField(
            label=field_label(name), required=False, help_text=help_text, widget=forms.Textarea({"rows": 3}),
            max_length=SERVICE[name].limit if name in SERVICE else 2000,
        )  # fmt: skip

    def _add_rows(self, name, columns, number):
        for place in range(number):
            for column in columns:
                field = ROWS[name].columns[column]
                made = forms.BooleanField if field.kind == "flag" else forms.CharField
                self.fields[f"{name}_{column}_{place}"] = made(label=_(field.label), required=False)

    def _add_chips(self):
        reader = get_language() or "en"
        spoken = [(row["code"], label("languages", row["code"], reader)) for row in self._coded()]
        reach = [(term.code, term_label("accessibility", term.code, reader)) for term in terms("accessibility")]
        for name, text, choices in (
            ("interpreted", _("With an interpreter"), spoken),
            ("accessibility", _("Accessible"), reach if self.offer.get("locations") else []),
        ):
            if choices:
                self.fields[name] = forms.MultipleChoiceField(
                    label=text, choices=choices, required=False, widget=ManyChips
                )

    def _coded(self):
        return [row for row in self.offer.get("languages", ()) if row.get("code")]

    def _initial(self, offer):
        told = {name: "\n".join(self._said(name, row) for row in offer.get(name, ())) for name in LINES}
        told |= {name: offer.get(name) or "" for name in TEXTS}
        told["interpreted"] = [row["code"] for row in self._coded() if row.get("interpreted")]
        told["accessibility"] = next((row["accessibility"] for row in offer.get("locations", ())), [])
        for name, (columns, number) in SHOWN.items():
            for place, row in enumerate(offer.get(name, ())[:number]):
                told |= {f"{name}_{column}_{place}": row[column] for column in columns}
        return told

    def _said(self, name, row):
        return row_words(name, row) if name == "service_areas" else row[LINES[name]]

    def rows(self):
        """(heading, rows of bound fields) in the order of the page."""
        told = [(field_label(name), [[self[name]]]) for name in (*LINES, *TEXTS) if name in self.fields]
        for name, (columns, number) in SHOWN.items():
            if f"{name}_{columns[0]}_0" in self.fields:
                rows = [[self[f"{name}_{column}_{place}"] for column in columns] for place in range(number)]
                told.append((field_label(name), rows))
        return told + [
            (self[name].label, [[self[name]]]) for name in ("interpreted", "accessibility") if name in self.fields
        ]

    def changes(self) -> dict:
        """What the form says; what it does not show is not among it."""
        told = {name: self.cleaned_data[name] for name in TEXTS if name in self.cleaned_data}
        told |= {name: self._lines(name) for name in LINES}
        told |= {
            name: self._listed(name, *shown)
            for name, shown in SHOWN.items()
            if f"{name}_{shown[0][0]}_0" in self.fields
        }
        if "interpreted" in self.fields:
            told["languages"] = [
                {
                    "id": row["id"],
                    **({"interpreted": row["code"] in self.cleaned_data["interpreted"]} if row.get("code") else {}),
                }
                for row in self.offer["languages"]
            ]
        if "accessibility" in self.fields:
            first, *others = self.offer["locations"]
            reach = {"id": first["id"], "accessibility": self.cleaned_data["accessibility"]}
            told["locations"] = [reach, *({"id": row["id"]} for row in others)]
        return told

    def _lines(self, name):
        known = {self._said(name, row): {"id": row["id"]} for row in self.offer.get(name, ())}
        lines = dict.fromkeys(" ".join(line.split()) for line in self.cleaned_data[name].splitlines() if line.strip())
        return [known.get(line) or self._new(name, line) for line in lines]

    def _new(self, name, line):
        area = find_area(line, self.country or None).area if name == "service_areas" else None
        return {"area": str(area.pk)} if area else {LINES[name]: line}

    def _listed(self, name, columns, number):
        there, rows = self.offer.get(name, []), []
        for place in range(number):
            row = {column: self.cleaned_data[f"{name}_{column}_{place}"] for column in columns}
            if any(value for column, value in row.items() if column != "published"):
                rows.append({**({"id": there[place]["id"]} if place < len(there) else {}), **row})
        return rows + [{"id": row["id"]} for row in there[number:]]
