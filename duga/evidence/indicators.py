"""Indicator definitions: one YAML file each, that a non-programmer can read and sign.

The file says what is counted (`measure`, `of`), in which unit, by what it may be broken down, how sensitive it is,
and in words what it means and what it does not. A composite one (`COMPOSITES`) names other indicators by code and says
how its number is worked out from theirs. Words come from a closed vocabulary; an unknown one is refused and the
near ones are offered.
"""

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from duga.evidence import violence, vocabulary
from duga.evidence.model import DIMENSIONS, RECIPIENTS, TIME, UNIT_KINDS, Period, known_word
from duga.evidence.quantities import Unit
from duga.evidence.supply import words as supply
from duga.plain.errors import NotFound, Refused, gettext_noop

SENSITIVITIES = ("supply", "items", "persons", "violence")
"""`supply`: what a directory tells everybody: nothing of it is hidden; `items` (parcels, meetings): not protected;
`persons`: protected before it leaves the house; `violence`: that, and never by area or organisation
(`violence.check`). From the least to the most."""

MEASURES = {
    "distinct persons": "each person once",
    "distinct households": "each household once",
    "sum of quantity": "quantities added, one unit at a time",
    "size of households": "each household's real size once: the largest recorded in the cell",
    "sum of size": "people of group tallies added; nobody knows whether they were counted before",
    "deliveries": "records of assistance",
}
"""What is counted from the facts."""

COMPOSITES = {
    "mean": "numerator per one of the denominator, with n (the denominator)",
    "ratio": "numerator per so many (`per`) of the denominator",
    "share": "per cent of the denominator that the numerator is; the numerator is the same count, kept to a part",
    "rate": "numerator per so many (`per`) inhabitants, from a table of population",
    "change": "what is counted, compared with a year, quarter or month before",
    "cumulative": "what is counted from the start to the end of each period; each person once since the start",
    "highest": "in one area the highest count of any of its sources, never the sum; areas are added",
}
"""What is worked out from other indicators."""

COMPARE = {"year before": 12, "quarter before": 3, "month before": 1}
SHOW = ("difference", "percent")

FOLDER = Path(__file__).resolve().parents[2] / "indicators"
"""Where the definitions of this installation lie."""

_FIELDS = {
    "code", "version", "title", "definition", "counting_rule", "limits", "unit", "measure", "of", "breakdowns",
    "sensitivity", "one_of", "beside", "author", "checker", "reviewed", "next_review",
}  # fmt: skip
_OPTIONAL = {"one_of", "beside", "checker", "unit"}
_COMPOSITE_FIELDS = {
    "mean": ({"numerator", "denominator"}, {"decimals"}),
    "ratio": ({"numerator", "denominator"}, {"per", "decimals"}),
    "share": ({"numerator", "denominator"}, {"decimals"}),
    "rate": ({"numerator", "per"}, {"decimals"}),
    "change": ({"counted", "compare", "show"}, {"decimals"}),
    "cumulative": ({"counted"}, {"since"}),
    "highest": ({"counted", "over"}, set()),
}
"""What each composite measure needs, and what it may have."""
_UNIT_OF = {
    "distinct persons": "person",
    "distinct households": "household",
    "size of households": "person",
    "sum of size": "person",
} | {name: each.unit for name, each in supply.MEASURES.items()}
_OF_SUPPLY = ("share", "ratio", "rate")
_PARTS = ("numerator", "denominator", "counted")
_BESIDE_FIELDS = {"code", "title", "unit", "measure", "of", "sensitivity"}


@dataclass(frozen=True)
class Indicator:
    """A definition as read. Texts map a language to words; `text` is the file, byte for byte.

    `unit` None: the unit is the one named by the question (`one_of` holds `unit`: it must be in `by` or `where`).
    `beside` are measures reported next to the number and never added to it. `parts` are the indicators a composite one
    rests on (numerator, denominator, counted); `inhabitants` the table of population that a rate is given.
    `alone`: a size of households is wanted without the households themselves.
    """

    code: str
    version: int
    title: Mapping[str, str]
    definition: Mapping[str, str]
    counting_rule: Mapping[str, str]
    limits: Mapping[str, str]
    unit: str | None
    measure: str
    of: Mapping[str, tuple[str, ...]]
    breakdowns: tuple[str, ...]
    sensitivity: str
    one_of: tuple[str, ...] = ()
    beside: tuple["Indicator", ...] = ()
    author: str = ""
    checker: str | None = None
    reviewed: datetime.date | None = None
    next_review: datetime.date | None = None
    text: str = field(default="", repr=False)
    parts: Mapping[str, "Indicator"] = field(default_factory=dict)
    per: int = 1
    decimals: int = 1
    compare: str = ""
    show: str = ""
    since: Period | None = None
    over: str = ""
    inhabitants: object = None
    alone: bool = False

    @property
    def protected(self) -> bool:
        return self.sensitivity not in ("supply", "items")

    @property
    def of_supply(self) -> bool:
        """Whether it is counted from what was frozen of a directory, and not from deliveries."""
        return self.measure in supply.MEASURES or any(part.of_supply for part in self.parts.values())

    @property
    def composite(self) -> bool:
        """Whether more than one count is needed for it: worked out from others, or a size beside its households."""
        return self.measure in COMPOSITES or (self.measure == "size of households" and not self.alone)

    @property
    def typed(self) -> Unit:
        """The unit with its kind; of an indicator without one, the unit that it is kept to."""
        if self.parts:
            return _unit_of(self.measure, self.parts, self.per, self.show)
        if self.unit in UNIT_KINDS and self.unit != "money":
            return Unit(self.unit)
        return Unit(vocabulary.kind_of(self.unit or "") or "item", self.unit or "unit")

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the definition file; of a composite one, of its file and those it rests on."""
        whole = hashlib.sha256(self.text.encode())
        for name, part in sorted(self.parts.items()):
            whole.update(f"{name} {part.fingerprint}".encode())
        return whole.hexdigest()

    def kept_to(self, of: Mapping[str, tuple[str, ...]]) -> "Indicator":
        """The same indicator kept to fewer facts."""
        for name, words in of.items():
            if name in self.of and not set(words) <= set(self.of[name]):
                raise Refused(
                    gettext_noop("%(code)s is kept to %(name)s %(words)s already."),
                    code=self.code,
                    name=name,
                    words=", ".join(self.of[name]),
                )
        settled = {name for name in self.one_of if len(of.get(name, ())) == 1}
        return replace(
            self,
            of={**self.of, **of},
            one_of=tuple(name for name in self.one_of if name not in settled),
            unit=of["unit"][0] if self.unit is None and "unit" in settled else self.unit,
            beside=(),
        )

    def with_population(self, inhabitants) -> "Indicator":
        """The same rate with its table of population: a `population.Population`, a mapping or a CSV file."""
        from duga.evidence.population import Population

        return replace(self, inhabitants=Population.read(inhabitants))

    def lapsed(self, today: datetime.date) -> bool:
        """Whether the day of its next review has passed."""
        return self.next_review is None or self.next_review < today

    def words(self, name: str, language: str) -> str:
        """One of the texts in this language, or in English."""
        texts = getattr(self, name)
        return texts.get(language) or texts.get(language.split("-")[0]) or texts["en"]


LAPSED = gettext_noop("The review of this definition has lapsed: it was due on %(day)s.")
"""What a reader is told when the day of the next review has passed (`Indicator.lapsed`)."""


def lapsed_note(indicator: Indicator, today: datetime.date) -> str | None:
    """The sentence about a lapsed review, in English; None while it has not."""
    return LAPSED % {"day": indicator.next_review} if indicator.lapsed(today) else None


def load(path: str | Path) -> Indicator:
    """Reads one definition file; refuses it with the reason if anything is missing or unknown.

    The indicators that a composite one names are looked for beside the file, then among the installation's.
    """
    path = Path(path)
    if not path.is_file():
        raise NotFound(gettext_noop("There is no indicator file %(path)s."), path=str(path))
    return parse(path.read_text("utf-8"), name=path.name, folder=path.parent)


def load_all(folder: str | Path = FOLDER) -> dict[str, Indicator]:
    """All definitions of a folder, by code."""
    found = [load(path) for path in sorted(Path(folder).glob("*.yaml"))]
    return {indicator.code: indicator for indicator in found}


def find(code: str, folder: str | Path = FOLDER) -> Indicator:
    """The definition with this code; an unknown code is refused with the near ones. A path to a file works too."""
    if code.endswith((".yaml", ".yml")):
        return load(code)
    known = {path.stem: path for path in Path(folder).glob("*.yaml")}
    return load(known[known_word(code, sorted(known), "indicator")])


def parse(text: str, name: str = "the definition", folder: str | Path = FOLDER, known=()) -> Indicator:
    """Reads a definition from its text. `folder` holds the definitions it names, `known` those that name it."""
    import yaml

    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Refused(gettext_noop("%(name)s is not readable YAML: %(error)s"), name=name, error=str(error)) from error
    if not isinstance(data, dict):
        raise Refused(gettext_noop("%(name)s is not an indicator definition."), name=name)
    measure = data.get("measure")
    needed, more = _COMPOSITE_FIELDS.get(measure, (set(), set()))
    fields = (_FIELDS - {"unit", "of", "one_of", "beside"}) | needed | more if needed else _FIELDS
    if "measure" in data:
        known_word(measure, (*MEASURES, *supply.MEASURES, *COMPOSITES), "measure")
    _only(data, fields, name)
    missing = sorted((fields - _OPTIONAL - more) - data.keys())
    if missing:
        raise Refused(gettext_noop("%(name)s lacks: %(missing)s."), name=name, missing=", ".join(missing))
    if not isinstance(data["version"], int):
        raise Refused(gettext_noop("version in %(name)s must be a whole number."), name=name)
    texts = {key: _texts(data[key], key, name) for key in ("title", "definition", "counting_rule", "limits")}
    allowed = (*DIMENSIONS, *(supply.OWN if needed else ()))
    allowed = supply.dimensions_of(measure) if measure in supply.MEASURES else allowed
    breakdowns = tuple(known_word(word, allowed, "breakdown") for word in data["breakdowns"])
    if needed:
        what = _composed(data, breakdowns, name, Path(folder), (*known, str(data["code"])))
    else:
        what = _what(data, name) | {"one_of": _one_of(data, name)}
    if what["sensitivity"] == violence.SUBJECT:
        violence.check_breakdowns(breakdowns)
    return Indicator(
        **texts,
        **what,
        version=data["version"],
        breakdowns=breakdowns,
        beside=tuple(_beside(each, data, name) for each in data.get("beside") or ()),
        author=str(data["author"]),
        checker=data.get("checker"),
        reviewed=_date(data["reviewed"], "reviewed", name),
        next_review=_date(data["next_review"], "next_review", name),
        text=text,
    )


def _one_of(data: dict, name: str) -> tuple[str, ...]:
    if data["measure"] in supply.MEASURES:
        return supply.NEEDED.get(data["measure"], ())
    one_of = tuple(known_word(word, DIMENSIONS, "dimension") for word in data.get("one_of") or ())
    if data.get("unit") is None and "unit" not in one_of:
        raise Refused(gettext_noop("%(name)s names no unit, so one_of must hold unit."), name=name)
    return one_of


def _composed(data: dict, breakdowns: tuple[str, ...], name: str, folder: Path, known: tuple[str, ...]) -> dict:
    """The part of a composite definition that says how it is worked out from others."""
    measure = data["measure"]
    parts = {role: _part(data[role], role, name, folder, known) for role in _PARTS if role in data}
    for part in parts.values():
        for word in breakdowns:
            known_word(word, part.breakdowns, f"breakdown of {part.code}, which {name} rests on")
        if part.measure in COMPOSITES and measure != "change":
            raise Refused(
                gettext_noop("%(name)s rests on %(code)s, which is worked out itself. Only a change may."),
                name=name,
                code=part.code,
            )
    sensitivity = known_word(data["sensitivity"], SENSITIVITIES, "sensitivity")
    if len({part.of_supply for part in parts.values()}) > 1 or (
        any(part.of_supply for part in parts.values()) and measure not in _OF_SUPPLY
    ):
        raise Refused(
            gettext_noop(
                "%(name)s joins what is offered with deliveries, or with times. A share, ratio or rate of what is "
                "offered is all that is worked out of it."
            ),
            name=name,
        )
    needed = max((part.sensitivity for part in parts.values()), key=SENSITIVITIES.index)
    if SENSITIVITIES.index(sensitivity) < SENSITIVITIES.index(needed):
        raise Refused(
            gettext_noop("%(name)s rests on numbers of sensitivity %(needed)s, so its own is %(needed)s or more."),
            name=name,
            needed=needed,
        )
    if measure == "share":
        _share_is_a_part(parts["numerator"], parts["denominator"], name)
    per = _whole_number(data.get("per", 1), "per", name, least=1)
    show = known_word(data["show"], SHOW, "way to show a change") if "show" in data else ""
    return {
        "code": str(data["code"]),
        "measure": measure,
        "of": {},
        "sensitivity": sensitivity,
        "parts": parts,
        "per": per,
        "decimals": _whole_number(data.get("decimals", 1), "decimals", name, least=0),
        "compare": known_word(data["compare"], COMPARE, "comparison") if "compare" in data else "",
        "show": show,
        "since": Period.read(str(data["since"])) if data.get("since") else None,
        "over": known_word(data["over"], _sources(breakdowns, parts), "source") if "over" in data else "",
        "unit": str(_unit_of(measure, parts, per, show)),
    }


def _sources(breakdowns: tuple[str, ...], parts: Mapping[str, Indicator]) -> list[str]:
    """What the highest may be taken over: breakdowns of the count that are neither places nor times."""
    return [word for word in parts["counted"].breakdowns if word not in (*TIME, "country", "area")]


def _part(data, role: str, name: str, folder: Path, known: tuple[str, ...]) -> Indicator:
    """The indicator that `numerator: people_assisted` or `numerator: {indicator: …, of: {…}}` names."""
    if isinstance(data, str):
        data = {"indicator": data}
    if not isinstance(data, dict) or "indicator" not in data:
        raise Refused(gettext_noop("%(role)s in %(name)s names an indicator by its code."), role=role, name=name)
    _only(data, {"indicator", "of"}, f"{role} in {name}")
    code = str(data["indicator"])
    if code in known:
        raise Refused(gettext_noop("%(name)s rests on itself, through %(code)s."), name=name, code=code)
    paths = {path.stem: path for place in (FOLDER, folder) for path in Path(place).glob("*.yaml")}
    path = paths[known_word(code, sorted(paths), "indicator")]
    part = parse(path.read_text("utf-8"), path.name, path.parent, known)
    if not data.get("of"):
        return replace(part, beside=())
    return part.kept_to(_of_supply(data["of"], part.measure) if part.of_supply else _of(data["of"]))


def _share_is_a_part(numerator: Indicator, denominator: Indicator, name: str) -> None:
    """A share's numerator must be the denominator's count kept to fewer facts: else it may pass 100 %."""
    same = (numerator.code, numerator.measure, numerator.unit) == (
        denominator.code,
        denominator.measure,
        denominator.unit,
    )
    inside = all(
        set(numerator.of.get(key, ())) <= set(words) and numerator.of.get(key) for key, words in denominator.of.items()
    )
    if not same or not inside or numerator.of == denominator.of:
        raise Refused(
            gettext_noop(
                "The numerator of the share in %(name)s must be a part of its denominator: the same indicator, kept to "
                "fewer facts with of. For unlike things take ratio."
            ),
            name=name,
        )


def _unit_of(measure: str, parts: Mapping[str, Indicator], per: int, show: str) -> Unit:
    units = {role: part.typed for role, part in parts.items()}
    if measure == "share" or (measure == "change" and show == "percent"):
        return Unit("percent", "%")
    if measure in ("mean", "ratio"):
        one = units["numerator"]
        return Unit(one.kind, one.name, units["denominator"], per)
    if measure == "rate":
        one = units["numerator"]
        return Unit(one.kind, one.name, Unit("person", "inhabitants"), per)
    if measure == "change" and units["counted"].kind == "percent":
        return Unit("percent", "percentage points")
    return units["counted"]


def _whole_number(value, key: str, name: str, *, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise Refused(
            gettext_noop("%(key)s in %(name)s must be a whole number, %(least)s or more."),
            key=key,
            name=name,
            least=least,
        )
    return value


def _what(data: dict, name: str) -> dict:
    """The part a measure beside has too: code, unit, measure, of, sensitivity."""
    unit = data.get("unit")
    measure = known_word(data["measure"], (*MEASURES, *supply.MEASURES), "measure")
    if unit is not None:
        known_word(unit, UNIT_KINDS, "unit")
    if measure in _UNIT_OF and unit != _UNIT_OF[measure]:
        raise Refused(
            gettext_noop("%(name)s: %(measure)s gives a number of unit %(right)s, not %(unit)s."),
            name=name,
            measure=measure,
            right=_UNIT_OF[measure],
            unit=unit,
        )
    return {
        "code": str(data["code"]),
        "unit": unit,
        "measure": measure,
        "of": _of_supply(data["of"], measure) if measure in supply.MEASURES else _of(data["of"]),
        "sensitivity": _sensitivity(data["sensitivity"], measure, name),
    }


def _sensitivity(word: str, measure: str, name: str) -> str:
    known_word(word, SENSITIVITIES, "sensitivity")
    if (word == "supply") != (measure in supply.MEASURES):
        raise Refused(
            gettext_noop("%(name)s: sensitivity supply is for what a directory offers, and for nothing else."),
            name=name,
        )
    return word


def _of_supply(data, measure: str) -> dict[str, tuple[str, ...]]:
    """Which services, steps or settlements count: dimensions of the measure and their words."""
    of = {}
    for key, words in (data or {}).items():
        known_word(key, supply.dimensions_of(measure), "column")
        words = [words] if isinstance(words, str) else words
        of[key] = tuple(supply.check_word(key, str(word)) for word in words)
    return of


def _of(data) -> dict[str, tuple[str, ...]]:
    """Which facts count: columns and their words, all from the closed vocabulary."""
    allowed = {"recipient": RECIPIENTS, "unit_kind": UNIT_KINDS}
    of = {}
    for key, words in (data or {}).items():
        known_word(key, (*(each for each in DIMENSIONS if each not in TIME), *allowed), "column")
        words = [words] if isinstance(words, str) else words
        of[key] = tuple(
            known_word(word, allowed[key], key) if key in allowed else vocabulary.check(key, str(word))
            for word in words
        )
    return of


def _beside(data: dict, parent: dict, name: str) -> Indicator:
    _only(data, _BESIDE_FIELDS, name)
    missing = sorted(_BESIDE_FIELDS - data.keys())
    if missing:
        raise Refused(
            gettext_noop("A measure beside in %(name)s lacks: %(missing)s."), name=name, missing=", ".join(missing)
        )
    return Indicator(
        **_what(data, name),
        version=parent["version"],
        title=_texts(data["title"], "title", name),
        definition={"en": ""},
        counting_rule={"en": ""},
        limits={"en": ""},
        breakdowns=tuple(parent["breakdowns"]),
    )


def _only(data: dict, allowed: set[str], name: str) -> None:
    for key in data:
        known_word(key, sorted(allowed), f"field of {name}")


def _texts(value, key: str, name: str) -> dict[str, str]:
    if not isinstance(value, dict) or not str(value.get("en", "")).strip():
        raise Refused(gettext_noop("%(key)s in %(name)s needs words in English at least."), key=key, name=name)
    return {str(language): " ".join(str(words).split()) for language, words in value.items()}


def _date(value, key: str, name: str) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    raise Refused(gettext_noop("%(key)s in %(name)s must be a date like 2026-11-22."), key=key, name=name)
