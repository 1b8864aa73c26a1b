"""What the style guide shows: each component once, with invented content."""

import datetime as dt
from pathlib import Path

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duga.ui import charts
from duga.ui.html import HIDDEN, Cell, Column, Row
from duga.ui.widgets import Chips, CodeInput, DayInput, FileDrop, ManyChips, QuantityInput, SearchInput

SAMPLES = Path(__file__).parent / "samples"
BARS = [
    ("parcel", 12345),
    ("counselling", 4820),
    ("legal", None),
    charts.Mark("shelter", None, unknown=True),
    ("talk", 77),
]
WORDS = {
    "parcel": "Hygiene parcels",
    "counselling": "Психосоцијална подршка",
    "legal": "Legal aid",
    "shelter": "Nights in a shelter",
    "talk": "Helpline talks",
    "services": "services",
    "persons": "persons",
}


class SampleForm(forms.Form):
    """Every kind of field."""

    name = forms.CharField(label="Name", help_text="As she says it; either script.")
    day = forms.CharField(label="Date", widget=DayInput(), help_text="For example 3. 4. 2020")
    quantity = forms.CharField(label="How many", widget=QuantityInput(), initial="oko 300", required=False)
    place = forms.ChoiceField(label="Place", choices=[("", "—"), ("nk", "Nikšić"), ("ni", "Ниш")])
    what = forms.ChoiceField(
        label="What was given", widget=Chips(), initial="parcel",
        choices=[("parcel", "Parcel"), ("talk", "Talk"), ("visit", "Home visit"), ("legal", "Legal advice")],
    )  # fmt: skip
    groups = forms.MultipleChoiceField(
        label="Who", widget=ManyChips(), required=False, choices=[("old", "Older people"), ("kids", "Children")]
    )
    note = forms.CharField(label="Note", widget=forms.Textarea({"rows": 3}), required=False)
    file = forms.FileField(label="Your table", widget=FileDrop(hint="xlsx, ods or csv, up to 10 MB"), required=False)
    code = forms.CharField(label="Code", widget=CodeInput(), required=False)
    find = forms.CharField(label="Find", widget=SearchInput(), required=False)
    agree = forms.BooleanField(label="She was told what is written down", help_text="And why.", required=False)


def months():
    """An invented line: an emergency in 2020, two hidden months."""
    days = [dt.date(2019 + place // 12, place % 12 + 1, 1) for place in range(48)]
    return [
        (day, None if place in (20, 21) else 300 + (place * 37) % 90 + (900 if 14 <= place < 20 else 0))
        for place, day in enumerate(days)
    ]


def squares():
    """Invented areas, four in a square, one within another."""
    corners = [("a", 20, 42), ("b", 21, 42), ("c", 20, 43), ("d", 21, 43)]
    return [
        {
            "type": "Feature",
            "properties": {"code": code, "name": code.upper()},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]],
            },
        }
        for code, x, y in corners
    ]


def draw_samples() -> dict[str, str]:
    """The neutral drawings that lie in samples/ (needs the renderer: tests and the command line only)."""
    bars = [mark if isinstance(mark, charts.Mark) else charts.Mark(*mark) for mark in BARS]
    slots = [charts.Mark(charts.word(mark.label), mark.value, mark.unknown) for mark in bars]
    return {
        "bar.svg": charts.bar(slots, unit=charts.word("services"), language=None),
        "trend.svg": charts.trend(months(), unit=charts.word("persons"), language=None),
        "map.svg": charts.choropleth(
            squares(), {"a": 1200, "b": None, "c": 45}, unit=charts.word("persons"), language=None
        ),
    }


def context(query) -> dict:
    """Everything the template shows; `query` chooses the page of the pager."""
    bound = SampleForm({"day": "31. 2. 2020", "what": "talk"})
    return {
        "crumbs": [("Workspace", "/workspace/"), ("Style guide", "")],
        "form": SampleForm(prefix="fine"),
        "bound": bound,
        "page": Paginator(range(95), 10).get_page(query.get("page", 3)),
        "columns": ["Age", *(Column(label, numeric=True) for label in ("Women", "Men", "All"))],
        "rows": [
            ("30–59", 1234, 987, 2221),
            ("60–79", Cell(3120, qualifier="at_least"), HIDDEN, 4020),
            ("80+", Cell(812, url="#"), None, HIDDEN),
            Row(("All", 5166, 2004, 7170), total=True),
        ],
        "people": [
            ("Jelena Jelić", Cell("today", badge="good"), 3),
            ("Марко Марковић", Cell("2 weeks ago", badge="plain"), 1),
        ],
        "people_columns": ["Name", "Seen", Column("Parcels", numeric=True)],
        "steps": ["File", "Columns", "Check", "Done"],
        "tabs": [
            ("By month", "?view=month", True),
            ("By area", "?view=area", False),
            ("By service", "?view=service", False),
        ],
        "drawings": _drawings(),
    }


def _drawings():
    language = get_language()
    shown = []
    bars = [mark if isinstance(mark, charts.Mark) else charts.Mark(*mark) for mark in BARS]
    named = [charts.Mark(WORDS[mark.label], mark.value, mark.unknown) for mark in bars]
    areas = [("A", 1200), ("B", None), ("C", 45)]
    for name, title, marks, unit, kind in (
        ("bar.svg", "Help given", named, "services", "bar"),
        ("trend.svg", "People by month", months(), "persons", "trend"),
        ("map.svg", "People by area", areas, "persons", "map"),
    ):
        said = charts.describe(marks, unit=unit, kind=kind, language=language)
        svg = (SAMPLES / name).read_text()
        drawing = charts.speak(svg, language=language, title=title, description=said, words=WORDS)
        shown.append({"svg": drawing, "caption": _("2020, invented"), "text": said})
    return shown
