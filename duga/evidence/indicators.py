"""Indicator definitions: one YAML file each, that a non-programmer can read and sign.

The file says what is counted (`measure`, `of`), in which unit, by what it may be broken down, how sensitive it is,
and in words what it means and what it does not. A composite one (`COMPOSITES`) names other indicators by code and says
how its number is worked out from theirs. Words come from a closed vocabulary; an unknown one is refused and the
near ones are offered.
"""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from duga.evidence import violence, vocabulary
from duga.evidence.definition import (
    COMPARE,
    COMPOSITES,
    LAPSED,
    MEASURES,
    SENSITIVITIES,
    SHOW,
    Indicator,
    lapsed_note,
    unit_of,
)
from duga.evidence.model import DIMENSIONS, RECIPIENTS, TIME, UNIT_KINDS, Period, known_word
from duga.evidence.supply import words as supply
from duga.evidence.work import words as work
from duga.plain.errors import NotFound, Refused, gettext_noop

__all__ = [
    "COMPARE",
    "COMPOSITES",
    "FOLDER",
    "LAPSED",
    "MEASURES",
    "SENSITIVITIES",
    "SHOW",
    "Indicator",
    "find",
    "lapsed_note",
    "load",
    "load_all",
    "parse",
]

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
} | {name: each.unit for name, each in (*supply.MEASURES.items(), *work.MEASURES.items())}
_COUNTED = (*MEASURES, *supply.MEASURES, *work.MEASURES)
_OF_SUPPLY = ("share", "ratio", "rate")
_OF_WORK = ("share", "ratio", "mean")
_PARTS = ("numerator", "denominator", "counted")
_BESIDE_FIELDS = {"code", "title", "unit", "measure", "of", "sensitivity"}


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
    data = _data(text, name)
    measure = data.get("measure")
    needed, more = _COMPOSITE_FIELDS.get(measure, (set(), set()))
    fields = (_FIELDS - {"unit", "of", "one_of", "beside"}) | needed | more if needed else _FIELDS
    if "measure" in data:
        known_word(measure, (*_COUNTED, *COMPOSITES), "measure")
    _only(data, fields, name)
    missing = sorted((fields - _OPTIONAL - more) - data.keys())
    if missing:
        raise Refused(gettext_noop("%(name)s lacks: %(missing)s."), name=name, missing=", ".join(missing))
    if not isinstance(data["version"], int):
        raise Refused(gettext_noop("version in %(name)s must be a whole number."), name=name)
    texts = {key: _texts(data[key], key, name) for key in ("title", "definition", "counting_rule", "limits")}
    allowed = (*DIMENSIONS, *((*supply.OWN, *work.OWN) if needed else ()))
    allowed = _dimensions_of(measure) or allowed
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


def _data(text: str, name: str) -> dict:
    import yaml

    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader  # the same, ten times faster
    try:
        data = yaml.load(text, Loader=loader)  # noqa: S506 both are safe
    except yaml.YAMLError as error:
        raise Refused(gettext_noop("%(name)s is not readable YAML: %(error)s"), name=name, error=str(error)) from error
    if not isinstance(data, dict):
        raise Refused(gettext_noop("%(name)s is not an indicator definition."), name=name)
    return data


def _one_of(data: dict, name: str) -> tuple[str, ...]:
    if data["measure"] in (*supply.MEASURES, *work.MEASURES):
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
    _check_parts(measure, sensitivity, list(parts.values()), name)
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
        "unit": str(unit_of(measure, parts, per, show)),
    }


def _check_parts(measure: str, sensitivity: str, parts: list[Indicator], name: str) -> None:
    """Refuses what does not go together, and a sensitivity below that of what it rests on."""
    if len({part.of_supply for part in parts}) > 1 or (
        any(part.of_supply for part in parts) and measure not in _OF_SUPPLY
    ):
        raise Refused(
            gettext_noop(
                "%(name)s joins what is offered with deliveries, or with times. A share, ratio or rate of what is "
                "offered is all that is worked out of it."
            ),
            name=name,
        )
    if len({part.of_work for part in parts}) > 1 or (any(part.of_work for part in parts) and measure not in _OF_WORK):
        raise Refused(
            gettext_noop(
                "%(name)s joins referrals, requests, cases or feedback with something else, or with times. A share, "
                "ratio or mean of them is all that is worked out of them."
            ),
            name=name,
        )
    needed = max((part.sensitivity for part in parts), key=SENSITIVITIES.index)
    if SENSITIVITIES.index(sensitivity) < SENSITIVITIES.index(needed):
        raise Refused(
            gettext_noop("%(name)s rests on numbers of sensitivity %(needed)s, so its own is %(needed)s or more."),
            name=name,
            needed=needed,
        )


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
    return part.kept_to(_of(data["of"], part.measure))


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
    measure = known_word(data["measure"], _COUNTED, "measure")
    if unit is not None:
        known_word(unit, (*UNIT_KINDS, *work.UNITS), "unit")
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
        "of": _of(data["of"], measure),
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


def _dimensions_of(measure: str) -> tuple[str, ...]:
    """What a measure of supply or of work may be broken down by; nothing for one of deliveries."""
    if measure in supply.MEASURES:
        return supply.dimensions_of(measure)
    return work.dimensions_of(measure) if measure in work.MEASURES else ()


def _of(data, measure: str) -> dict[str, tuple[str, ...]]:
    """Which facts, services, steps or referrals count: columns and their words, all from the closed vocabulary."""
    if known := _dimensions_of(measure):
        check = (supply if measure in supply.MEASURES else work).check_word
        return {
            known_word(key, known, "column"): tuple(
                check(key, str(word)) for word in ([words] if isinstance(words, str) else words)
            )
            for key, words in (data or {}).items()
        }
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
