"""Figures marked in a report's text: `[[calls: 302 contact ME 2015-10 = sum(self,third)]]`.

    [[id: value unit place period = relation | source]]

All but id and value may be left out. Place and period are known by their form (`ME`, `AL BA`, `region`; `2020`,
`2020-03/2020-05`), so they may stand in either order; what lies between value and them is the unit. Words such as
“about”, “over”, “at least” stand before the value. The claim is what the sentence says around the mark, the source is
the file.
"""

import re
from pathlib import Path

from duga.evidence.figures import scope
from duga.evidence.figures.model import Figure
from duga.evidence.figures.numbers import _NUMBER
from duga.plain.text import fold

MARK = re.compile(r"\[\[\s*([^\[\]:=|(),;]+?)\s*:\s*([^\[\]]*)\]\]")
OPEN = re.compile(r"\[\[\s*([^\[\]:=|(),;]+?)\s*:[^\[\n]*")
"""A mark that is begun, ended or not."""
_BREAK = re.compile(r"\n\s*\n|(?<=[.!?])\s+|\]\]")
_WIDE = {"region", "world", "svet", "svijet", "regija", "europe", "eu", "wb", "wb6", "see"}
_VALUE = re.compile(
    rf"(?P<before>[^\d+-]*?)(?P<number>{_NUMBER}(?:\s*(?:\.\.|–|-|to|do)\s*{_NUMBER})?)\s*(?P<percent>%|\+)?",
    re.IGNORECASE,
)


def read_marks(text: str, source: str = "") -> list[Figure]:
    """Every marked figure of a text; its row is the line it stands in, from 1.

    A mark that is begun and not ended is a figure whose value is all that was written, so that it cannot be read.
    """
    figures, line, before = [], 1, 0
    marks = {match.start(): match for match in MARK.finditer(text)}
    for begun in OPEN.finditer(text):
        marks.setdefault(begun.start(), begun)
    for start, match in sorted(marks.items()):
        line += text.count("\n", before, start)
        before = start
        if match.re is MARK:
            figures.append(_figure(match[1], match[2], _sentence(text, match), Path(source).name, line))
        else:
            figures.append(Figure(match[1], match[0].strip(), match[0].strip(), source=Path(source).name, row=line))
    return figures


def _figure(key: str, body: str, claim: str, source: str, line: int) -> Figure:
    body, _, told = body.partition("|")
    body, _, relation = body.partition("=")
    value, rest = _value(body.strip())
    unit, place, period = _parts(rest)
    if value.endswith("%") and not unit:
        unit = "percent"
    return Figure(key, value, claim, "", unit, place, period, told.strip() or source, relation.strip(), line)


def _value(body: str) -> tuple[str, str]:
    """The value with its qualifier, and the words after it."""
    match = _VALUE.match(body)
    if not match:
        return body, ""
    end = match.end()
    return body[:end].strip(), body[end:].strip()


def _parts(rest: str) -> tuple[str, str, str]:
    """Unit, place and period out of the words after the value."""
    unit, place, period = [], [], []
    for word in rest.replace(",", " ").split():
        if scope.read_period(word) and re.search(r"\d{4}", word):
            period.append(word)
        elif re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,4})?\*?", word) or fold(word) in _WIDE:
            place.append(word)
        else:
            unit.append(word)
    return " ".join(unit), " ".join(place), " ".join(period)


def _sentence(text: str, match: re.Match) -> str:
    """What the sentence says before and after a mark, up to the marks next to it."""
    before = text[max(0, match.start() - 300) : match.start()]
    breaks = [found.end() for found in _BREAK.finditer(before)]
    before = before[breaks[-1] :] if breaks else before
    after = re.split(r"\n\s*\n|(?<=[.!?])\s+|\[\[", text[match.end() : match.end() + 300])[0]
    return " ".join(f"{before} {_value(match[2].strip())[0]} {after}".split())
