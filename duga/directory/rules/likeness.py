"""How alike two services are: what two sources told of one place of help, in other words and with other spelling.

Five things are compared: what it is called, by whom, how it is reached, where, and what it does. Each that both tell
speaks for or against; what one does not tell says nothing. The weights are Duga's own, tried on the demo's planted
pairs (tests/directory/test_duplicates.py): from MERGE on people are asked.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from duga.directory.rules.search import distance, stem, words_of
from duga.plain.errors import gettext_noop as _
from duga.plain.text import skeleton

#: From here on a pair is shown to people.
ASK = 0.6
WEIGHTS = {"name": 3.0, "provider": 2.0, "reach": 3.0, "place": 2.0, "terms": 1.0}
REASONS = {
    "name": _("called alike"),
    "provider": _("offered by who is called alike"),
    "reach": _("the same phone, e-mail or web page"),
    "place": _("at the same place"),
    "terms": _("of the same kind"),
}
NEAR = 0.2  #: km


@dataclass(frozen=True)
class Seen:
    """What is compared of a service."""

    name: str
    provider: str = ""
    reach: frozenset[str] = frozenset()  #: phone tails, e-mails, web hosts: `reach_of`
    points: tuple[tuple[float, float], ...] = ()
    street: frozenset[str] = frozenset()  #: words of its addresses
    terms: frozenset[str] = frozenset()


def sounds(text: str) -> frozenset[str]:
    """The words of a name by stem and sound: blind to spelling, order and endings."""
    return frozenset(skeleton(stem(word)) if not word.isdigit() else word for word in words_of(text))


def reach_of(phones: Iterable[str], emails: Iterable[str], urls: Iterable[str]) -> frozenset[str]:
    """What tells two ways of reaching somebody to be one: last eight digits, address, host and path."""
    tails = {re.sub(r"\D", "", phone)[-8:] for phone in phones}
    pages = {re.sub(r"^https?://(www\.)?", "", url.lower()).rstrip("/") for url in urls if url}
    return frozenset({tail for tail in tails if len(tail) == 8} | {mail.lower() for mail in emails if mail} | pages)


def likeness(a: Seen, b: Seen) -> tuple[float, list[str]]:
    """(0 to 1, what is alike): the weighted share of what speaks for one service of all that both tell."""
    found: dict[str, float] = {"name": _overlap(sounds(a.name), sounds(b.name))}
    if a.provider and b.provider:
        found["provider"] = _overlap(sounds(a.provider), sounds(b.provider))
    if a.reach and b.reach:
        found["reach"] = 1.0 if a.reach & b.reach else 0.0
    if a.points and b.points:
        found["place"] = 1.0 if min(distance(p, q) for p in a.points for q in b.points) <= NEAR else 0.0
    elif a.street and b.street:
        found["place"] = _overlap(a.street, b.street)
    if a.terms and b.terms:
        found["terms"] = _overlap(a.terms, b.terms)
    whole = sum(WEIGHTS[name] for name in found)
    score = sum(WEIGHTS[name] * value for name, value in found.items()) / whole
    return round(score, 3), [name for name, value in found.items() if value >= 0.5]


def _overlap(a: frozenset, b: frozenset) -> float:
    """Shared words of the shorter, and of all: a name with a town behind it is still that name."""
    if not a or not b:
        return 0.0
    both = len(a & b)
    return (both / min(len(a), len(b)) + both / len(a | b)) / 2


def pairs(seen: dict) -> list[tuple[float, object, object, list[str]]]:
    """All pairs from ASK on, likest first: [(likeness, id, id, reasons)]; ids in order. Only what shares a way to be
    reached, a place, or two words of its name is compared: {id: Seen} may hold tens of thousands."""
    met = set()
    for ids in _blocks(seen).values():
        if 1 < len(ids) <= 60:
            met |= {(a, b) for place, a in enumerate(ids) for b in ids[place + 1 :]}
    found = []
    for a, b in met:
        score, reasons = likeness(seen[a], seen[b])
        if score >= ASK:
            found.append((score, a, b, reasons))
    return sorted(found, key=lambda each: (-each[0], str(each[1]), str(each[2])))


def _blocks(seen):
    blocks: dict = {}
    for key in sorted(seen, key=str):
        told = seen[key]
        marks = {("reach", mark) for mark in told.reach}
        marks |= {("cell", round(point[0], 3), round(point[1], 3)) for point in told.points}
        words = sorted(sounds(told.name))
        marks |= {("name", a, b) for place, a in enumerate(words[:6]) for b in words[place + 1 : 6]}
        marks |= {("word", words[0])} if len(words) == 1 else set()
        for mark in marks:
            blocks.setdefault(mark, []).append(key)
    return blocks
