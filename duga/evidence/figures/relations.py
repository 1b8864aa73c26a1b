"""Reads relations: `sum(a,b,…)`, `share(part,whole)` and the others, with ids or literal numbers as arguments."""

import difflib
import re
from dataclasses import dataclass

from duga.evidence.figures.model import Phrase
from duga.plain.errors import gettext_noop

ARGUMENTS = {
    "sum": (1, None),
    "share": (2, 2),
    "change": (2, 2),
    "mean": (2, 2),
    "partial": (1, None),
    "same": (1, None),
    "cumulative": (1, 1),
    "restates": (1, 1),
}
"""How many arguments each relation takes, at least and at most."""

FORMS = {
    "sum": "sum(a,b,…)",
    "share": "share(part,whole)",
    "change": "change(new,old)",
    "mean": "mean(total,count)",
    "partial": "partial(whole)",
    "same": "same(other)",
    "cumulative": "cumulative(earlier)",
    "restates": "restates(earlier)",
}
"""How each is written."""

NOT_READ = gettext_noop("The relation “%(text)s” cannot be read. Write it as one of: %(forms)s.")
UNKNOWN = gettext_noop("“%(name)s” is no relation. Did you mean %(near)s? Known: %(forms)s.")
UNKNOWN_FAR = gettext_noop("“%(name)s” is no relation. Known: %(forms)s.")
WRONG_COUNT = gettext_noop("%(name)s takes other arguments than %(given)s: write %(form)s.")

_MOST = 2000  # parts of one sum
_CALL = re.compile(r"\s*([^\W\d]\w*)\s*\(([^()]*)\)\s*(?:[;,&+]|$|\band\b|(?=[^\W\d]))\s*")


@dataclass(frozen=True)
class Relation:
    """One declared relation: its name and its arguments as written."""

    name: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}({','.join(self.arguments)})"


def read_relations(text: str) -> tuple[list[Relation], list[Phrase]]:
    """All relations a cell declares (usually one), and what cannot be read of it."""
    text = str(text or "").strip()
    found, problems, place = [], [], 0
    while place < len(text):
        match = _CALL.match(text, place)
        if not match:
            problems.append(Phrase(NOT_READ, {"text": text[:80], "forms": ", ".join(FORMS.values())}))
            break
        place = match.end()
        name = match[1].lower()
        arguments = tuple(part.strip(" \"'“”") for part in match[2].split(";" if ";" in match[2] else ","))
        if ARGUMENTS.get(name, (1, None))[1] == 2 and len(arguments) > 2:
            arguments = next((each for each in joined(arguments) if len(each) == 2), arguments)
        problem = _problem(name, arguments)
        if problem:
            problems.append(problem)
        else:
            found.append(Relation(name, arguments))
    return found, problems


def _problem(name: str, arguments: tuple[str, ...]) -> Phrase | None:
    forms = ", ".join(FORMS.values())
    if name not in ARGUMENTS:
        near = difflib.get_close_matches(name, ARGUMENTS, n=1, cutoff=0.5)
        if near:
            return Phrase(UNKNOWN, {"name": name, "near": near[0], "forms": forms})
        return Phrase(UNKNOWN_FAR, {"name": name, "forms": forms})
    least, most = ARGUMENTS[name]
    if not least <= len(arguments) <= (most or _MOST) or not all(arguments):
        given = f"({', '.join(arguments[:6])}{', …' if len(arguments) > 6 else ''})"
        return Phrase(WRONG_COUNT, {"name": name, "given": given, "form": FORMS[name]})
    return None


def joined(arguments: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Other ways to read numbers whose own commas may have cut them: 33,3,33,3 as 33.3 and 33.3; 1,718,2,151 as two."""
    if not all(re.fullmatch(r"\d+", each) for each in arguments):
        return []
    ways = []
    if len(arguments) % 2 == 0:
        ways.append(tuple(f"{a},{b}" for a, b in zip(arguments[::2], arguments[1::2], strict=True)))
    thousands: list[str] = []
    for each in arguments:
        if thousands and len(each) == 3 and thousands[-1] != "0":
            thousands[-1] += f",{each}"
        else:
            thousands.append(each)
    if len(thousands) < len(arguments) and all(re.fullmatch(r"\d{1,3}(,\d{3})*", each) for each in thousands):
        ways.append(tuple(thousands))
    return ways
