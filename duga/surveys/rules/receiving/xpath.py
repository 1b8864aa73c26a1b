"""The rules that a form itself tells (constraint, relevant, required), worked out over answers that came in.

XForms' expressions are XPath 1.0 with functions of their own; libxml2 works them out, with those functions that a rule
over answers needs. What is beyond it (lists in files, pulldata, repeats counted from elsewhere) is not worked out at
all: the phone has done so, and a wrong doubt is worse than none. Days are numbers here, days since 1970 as JavaRosa has
them, so that they can be compared.
"""

import datetime as dt
import re
from contextvars import ContextVar
from functools import lru_cache

#: What makes an expression more than can be judged here.
_BEYOND = re.compile(
    r"\b(?:instance|pulldata|indexed-repeat|jr:choice-name|jr:itext|position|random|randomize|uuid|property|"
    r"search|current|decrypt|digest|base64-decode|extract-signed|enclosed-area|distance|area|last-saved)\s*\("
)
LONGEST = 500  #: letters that are held against a pattern: some patterns take for ever on long texts
_NOW: ContextVar[dt.datetime] = ContextVar("now")
_EPOCH = dt.date(1970, 1, 1).toordinal()
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?\s*(Z|[+-]\d\d:?\d\d?)?")


def day_number(text: str) -> float | None:
    """Days since 1970 of a day or moment as a phone writes it; None when it is none."""
    if found := _MOMENT.match(text):
        day, hour, minute, second, zone = found.groups()
        base, seconds = day_number(day), int(hour) * 3600 + int(minute) * 60 + float(second or 0)
        return None if base is None else base + (seconds - _offset(zone)) / 86400
    if not (found := _DAY.match(text)):
        return None
    try:
        return float(dt.date(*map(int, found.groups())).toordinal() - _EPOCH)
    except ValueError:
        return None


def _offset(zone) -> int:
    if zone in (None, "Z"):
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return (-1 if zone[0] == "-" else 1) * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)


def _text(value) -> str:
    if isinstance(value, list):
        return "" if not value else (value[0] if isinstance(value[0], str) else value[0].text or "")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return value


def _truth(value) -> bool:
    return bool(value) if not isinstance(value, float) else value == value and value != 0


def _number(value) -> float:
    if isinstance(value, bool | float):
        return float(value)
    try:
        return float(_text(value))
    except ValueError:
        return float("nan")


def _regex(_context, value, pattern):
    text = _text(value)
    if len(text) > LONGEST:
        raise ValueError("too long to be matched")
    return re.fullmatch(_text(pattern), text) is not None


def _at(value, place):
    words = _text(value).split()
    return words[int(_number(place))] if 0 <= _number(place) < len(words) else ""


def _date(_context, value):
    if isinstance(value, float):
        return value
    found = day_number(_text(value))
    return float(_text(value) or "nan") if found is None and re.fullmatch(r"-?\d+(\.\d+)?", _text(value)) else found


def _format(_context, value, form):
    day = dt.date.fromordinal(int(_number(value)) + _EPOCH)
    return day.strftime(_text(form).replace("%n", str(day.month)).replace("%e", str(day.day)))


def _today(_context=None) -> float:
    return float(_NOW.get().date().toordinal() - _EPOCH)


def _now(_context) -> float:
    now = _NOW.get()
    return _today() + (now.hour * 3600 + now.minute * 60 + now.second) / 86400


def _numbers(values) -> list[float]:
    found = []
    for value in values:
        found += [_number([each]) for each in value] if isinstance(value, list) else [_number(value)]
    return [each for each in found if each == each] or [float("nan")]


#: The functions of XForms beyond those of XPath 1.0, for lxml: the first argument is always its context.
_FUNCTIONS = {
    (None, name): function
    for name, function in {
        "selected": lambda _c, value, word: _text(word).strip() in _text(value).split(),
        "count-selected": lambda _c, value: float(len(_text(value).split())),
        "selected-at": lambda _c, value, place: _at(value, place),
        "regex": _regex,
        "today": _today,
        "now": _now,
        "date": _date,
        "date-time": _date,
        "decimal-date-time": _date,
        "format-date": _format,
        "format-date-time": _format,
        "if": lambda _c, truth, yes, no: yes if _truth(truth) else no,
        "coalesce": lambda _c, *values: next((value for value in values if _text(value) != ""), ""),
        "once": lambda _c, value: value,
        "int": lambda _c, value: float(int(_number(value))),
        "pow": lambda _c, base, power: _number(base) ** _number(power),
        "abs": lambda _c, value: abs(_number(value)),
        "max": lambda _c, *values: max(_numbers(values)),
        "min": lambda _c, *values: min(_numbers(values)),
        "ends-with": lambda _c, text, end: _text(text).endswith(_text(end)),
        "count-non-empty": lambda _c, nodes: float(sum(1 for node in nodes if node.text)),
        "boolean-from-string": lambda _c, value: _text(value) in ("1", "true"),
    }.items()
}


@lru_cache(maxsize=8192)
def compiled(expression: str):
    """An expression ready to be worked out, or None for one that is beyond what is judged here."""
    from lxml import etree

    if not expression.strip() or _BEYOND.search(expression):
        return None
    try:
        return etree.XPath(expression, extensions=_FUNCTIONS)
    except etree.XPathSyntaxError:
        return None


def holds(expression: str, node, now: dt.datetime) -> bool | None:
    """Whether an expression is true at `node` (an lxml element) at that moment; None when it cannot be judged."""
    from lxml import etree

    found = compiled(expression)
    if found is None:
        return None
    before = _NOW.set(now)
    try:
        return _truth(found(node))
    except (etree.XPathError, ValueError, TypeError, ArithmeticError, IndexError, AttributeError, re.error):
        return None
    finally:
        _NOW.reset(before)
