"""What was asked of /services/, as far as it can be understood: what is not known is left out, never an error."""

from django import forms

from duga.directory.rules import REPORT_LABELS
from duga.directory.rules.asked import Asked
from duga.directory.rules.terms import terms
from duga.places.queries import codes, countries

#: What an address may hold.
IN_ADDRESS = ("need", "country", "area", "open", "mine", "page")


#: Fields of several values.
MANY = ("groups", "conditions", "access")
LONGEST = 120  #: letters of what somebody types: more is cut off


def _typed(text):
    return "".join(letter if letter.isprintable() else " " for letter in text)[:LONGEST] if text else text


def _codes(found):
    return [(each.code, each.code) for each in found]


class AskedForm(forms.Form):
    """Every field may be missing or wrong."""

    need = forms.ChoiceField(required=False, choices=lambda: _codes(codes("needs")))
    country = forms.ChoiceField(required=False, choices=lambda: _codes(countries(all_known=True)))
    area = forms.CharField(required=False, max_length=80)
    open = forms.BooleanField(required=False)
    mine = forms.BooleanField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=5000)
    q = forms.CharField(required=False)
    language = forms.ChoiceField(required=False, choices=lambda: _codes(codes("languages")))
    age = forms.IntegerField(required=False, min_value=0, max_value=120)
    groups = forms.MultipleChoiceField(required=False, choices=lambda: _codes(terms("target_groups")))
    conditions = forms.MultipleChoiceField(required=False, choices=lambda: _codes(terms("conditions")))
    access = forms.MultipleChoiceField(required=False, choices=lambda: _codes(terms("accessibility")))
    place = forms.CharField(required=False)

    def __init__(self, data):
        super().__init__(
            {name: data.getlist(name) if name in MANY else _typed(data.get(name)) for name in self.base_fields}
        )


class ReportForm(forms.Form):
    """What a reader found wrong; a sentence about it, if they like."""

    kind = forms.ChoiceField(choices=lambda: [(kind.value, kind.value) for kind in REPORT_LABELS])
    note = forms.CharField(required=False, max_length=500)


def read(data, *, address: bool) -> tuple[Asked, str]:
    """(what was asked, the place that was typed); of an `address` only what may stand in one."""
    form = AskedForm(data)
    form.is_valid()
    told = {name: form.cleaned_data.get(name) for name in form.fields}
    if address:
        told = {name: value if name in IN_ADDRESS else None for name, value in told.items()}
    asked = Asked(
        need=told["need"] or "", country=told["country"] or "", area=told["area"] or "", open=bool(told["open"]),
        mine=bool(told["mine"]), page=told["page"] or 1, text=told["q"] or "", age=told["age"],
        language=told["language"] or "", groups=tuple(told["groups"] or ()),
        conditions=tuple(told["conditions"] or ()), access=tuple(told["access"] or ()),
    )  # fmt: skip
    return asked, told["place"] or ""
