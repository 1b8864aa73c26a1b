"""Relations that nobody declared but the figures suggest: for a person to accept or pass over, never findings.

Every search looks at neighbours in the file or at figures that say the same of the same place, so that the work grows
with the number of figures and not with its square.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise

from duga.evidence.figures.book import Book, Known, agrees, far
from duga.evidence.figures.intervals import Interval
from duga.evidence.figures.model import Notice, Phrase, Proposal
from duga.evidence.figures.numbers import EXACT
from duga.evidence.figures.relations import Relation
from duga.evidence.figures.units import PERCENT
from duga.plain.errors import gettext_noop
from duga.plain.text import fold

HOLDS = gettext_noop("%(id)s may be %(relation)s: that holds.")
FAILS = gettext_noop("%(id)s may be %(relation)s. If so: %(finding)s")
DRIFT = gettext_noop(
    "%(id)s counts %(unit)s where %(other)s counted %(unlike)s of the same: has the unit changed from one to the next?"
)

_REACH = 8  # neighbours looked at on either side
_PARTS = 15  # longest list of parts looked for
_STOP = frozenset(
    re.findall(
        r"\w+",
        "the a an of in on by for to from and or with at as one year next same was were is are been who that this per "
        "u i za od do sa na po o se su je koji koje koja godine godini ne te nga per dhe qe me vo so vo na od "
        "january february march april may june july august september october november december",
    )
)
_CHANGE = re.compile(
    r"chang|growth|grew|increas|\bri?ose\b|\brise|more than|porast|\brast|povec|uvecan|zgolem|poras|rritj|shtim|fall|"
    r"fell|drop|decreas|declin|smanj|\bpad\b|opad|namal|renie|ulje|promen|promjen|ndryshim"
)
_MEAN = re.compile(r"\bmean|averag|prose[ck]|prosje[ck]|mesatar|per (?:grant|person|household|family|capita)")
_RUNNING = re.compile(r"\bsince\b|cumulat|kumulat|so far|to date|do sada|dosad|od pocetka|ukupno od|deri tani|dosega")
_LISTED = re.compile(r"\blisted|naveden|of them|of these|od toga|od kojih|of which|od njih|nga te cilat|navedeni")
_NAME = re.compile(r"[^\s(),;]+")


@lru_cache(maxsize=32768)
def topic(claim: str) -> frozenset[str]:
    """The words of a claim that say what is counted: folded, without small words, numbers and what is in brackets."""
    words = re.findall(r"[^\W\d_]{2,}", re.sub(r"\([^)]*\)", " ", fold(claim)))
    return frozenset(word.removesuffix("s") for word in words if word not in _STOP)


def propose(book: Book, check_relation: Callable) -> list[Proposal]:
    """Every relation the figures suggest, each with what the check would say of it."""
    found = []
    declared = {
        frozenset((each.id, word)) for each in book.all for relation in each.relations for word in relation.arguments
    }
    usable = [each for each in book.all if each.printed and _NAME.fullmatch(each.id) and book.by_id[each.id] is each]
    for bearer, relation in _candidates(book, usable, declared):
        findings, _notices = check_relation(bearer, relation, book)
        finding = findings[0] if findings else None
        told = {"id": bearer.id, "relation": str(relation)}
        if finding:
            phrase = Phrase(FAILS, told | {"finding": finding.phrases[0]})
        else:
            phrase = Phrase(HOLDS, told)
        found.append(Proposal(bearer.id, str(relation), phrase, finding))
    return found


def _candidates(book: Book, usable: list[Known], declared: set) -> Iterator[tuple[Known, Relation]]:
    """Bearers with a relation each, in the order of the file."""
    paired = dict(_pairs(usable, declared))
    for place, bearer in enumerate(usable):
        if bearer in paired:
            yield bearer, paired[bearer]
        if bearer.relations:
            continue
        near = usable[max(0, place - _REACH) : place] + usable[place + 1 : place + 1 + _REACH]
        near = [each for each in near if _together(bearer, each)]
        claim = fold(str(bearer.figure.claim))
        if bearer.unit.kind == PERCENT:
            relation = (_change if _CHANGE.search(claim) else _share)(bearer, near)
        elif _MEAN.search(claim):
            relation = _mean(bearer, near)
        else:
            relation = _sum(bearer, usable, place) or (_partial(bearer, near) if _LISTED.search(claim) else None)
        if relation and not any(frozenset((bearer.id, word)) in declared for word in relation.arguments):
            yield bearer, relation


def _together(one: Known, other: Known) -> bool:
    """Whether two figures stand in one source and are about the same place, as far as that is told."""
    return one.figure.source == other.figure.source and (
        one.figure.place == other.figure.place or one.places is None or other.places is None
    )


# --- the same thing said again ------------------------------------------------------------------------------


def _pairs(usable: list[Known], declared: set) -> Iterator[tuple[Known, Relation]]:
    """Figures that say the same of the same place: from two sources, published anew, or counted on."""
    groups = defaultdict(list)
    for each in usable:
        words = topic(str(each.figure.claim))
        if len(words) > 1:
            groups[words, each.unit.kind, each.figure.place].append(each)
    for group in groups.values():
        group.sort(key=lambda each: (each.span is not None, each.span or 0, each.place))
        for earlier, later in pairwise(group):
            if frozenset((earlier.id, later.id)) in declared:
                continue
            name = _said_again(earlier, later)
            if name:
                yield later, Relation(name, (earlier.id,))


def _said_again(earlier: Known, later: Known) -> str | None:
    if earlier.figure.period == later.figure.period or (earlier.span and earlier.span == later.span):
        return "same" if earlier.figure.source != later.figure.source else "restates"
    if not earlier.span or not later.span or later.unit.is_measured or earlier.figure.source != later.figure.source:
        return None
    running = _RUNNING.search(fold(str(later.figure.claim)))
    grows = earlier.span.first == later.span.first and earlier.span.last < later.span.last
    return "cumulative" if grows or (running and earlier.span.last < later.span.last) else None


def drifts(book: Book) -> list[Notice]:
    """Figures of one source that say the same of one place, but count it in another unit than the time before."""
    groups, found = defaultdict(list), []
    for each in book.all:
        words = topic(str(each.figure.claim))
        if each.printed and each.unit.kind and len(words) > 1 and each.span:
            groups[words, each.figure.place, each.figure.source].append(each)
    for group in groups.values():
        group.sort(key=lambda each: (each.span, each.place))
        for earlier, later in pairwise(group):
            if earlier.unit.kind != later.unit.kind and earlier.span != later.span:
                told = {"id": later.id, "unit": later.unit.word, "other": earlier.id, "unlike": earlier.unit.word}
                found.append(Notice((later.id,), (earlier.id,), "unit", Phrase(DRIFT, told)))
    return found


# --- neighbours that fit ------------------------------------------------------------------------------------


def _exact(near: list[Known]) -> list[Known]:
    return [each for each in near if each.printed.qualifier == EXACT and each.printed.low > 0 and not each.is_computed]


def _only(found: list) -> Relation | None:
    """A relation that one set of neighbours fits; where several do it may well be chance."""
    return found[0] if len(found) == 1 else None


def _share(bearer: Known, near: list[Known]) -> Relation | None:
    counts = [each for each in _exact(near) if each.unit.kind != PERCENT]
    words, found = topic(str(bearer.figure.claim)), []
    for part in counts:
        if not words & topic(str(part.figure.claim)):
            continue
        for whole in counts:
            if part.size >= whole.size or far(bearer.printed, part.size / whole.size * 100):
                continue
            if part.unit.never_part_of(whole.unit):
                continue
            if agrees(bearer.printed, Interval.point(part.printed.low / whole.printed.low * 100)):
                found.append(Relation("share", (part.id, whole.id)))
    return _only(found)


def _change(bearer: Known, near: list[Known]) -> Relation | None:
    counts = [each for each in _exact(near) if each.unit.kind != PERCENT and each.span]
    right, wrong = [], []
    for new in counts:
        for old in counts:
            if old is new or not new.unit.same_as(old.unit) or old.span.last >= new.span.last:
                continue
            a, b = new.printed.low, old.printed.low
            for base, kept in ((b, right), (a, wrong)):
                if far(bearer.printed, float(a - b) / float(base) * 100):
                    continue
                change = (a - b) / base * 100
                if agrees(bearer.printed, Interval.point(change)) or agrees(bearer.printed, Interval.point(-change)):
                    kept.append(Relation("change", (new.id, old.id)))
    return _only(right) or (None if right else _only(wrong))


def _mean(bearer: Known, near: list[Known]) -> Relation | None:
    counts, found = _exact(near), []
    for total in counts:
        if not total.unit.same_as(bearer.unit) or total.printed.low <= bearer.printed.low:
            continue
        for count in counts:
            if far(bearer.printed, total.size / count.size) or count.unit.kind in (PERCENT, total.unit.kind):
                continue
            if agrees(bearer.printed, Interval.point(total.printed.low / count.printed.low)):
                found.append(Relation("mean", (total.id, count.id)))
    return _only(found)


def _sum(bearer: Known, usable: list[Known], place: int) -> Relation | None:
    """The rows right below, or right above, when they add up to this one."""
    if bearer.printed.qualifier != EXACT or bearer.printed.low < 5 or bearer.unit.is_measured:
        return None
    for step in (1, -1):
        added, parts = 0, []
        for distance in range(1, _PARTS + 1):
            there = place + step * distance
            if not 0 <= there < len(usable):
                break
            each = usable[there]
            if not _may_be_part(each, bearer):
                break
            added += each.printed.low
            parts.append(each.id)
            if added > bearer.printed.low:
                break
            if added == bearer.printed.low and len(parts) > 1:
                return Relation("sum", tuple(parts[::step]))
    return None


def _may_be_part(part: Known, whole: Known) -> bool:
    if part.printed.qualifier != EXACT or part.figure.source != whole.figure.source or part.is_computed:
        return False
    if part.unit.kind != whole.unit.kind or part.printed.low < 0:
        return False
    return not (part.span and whole.span) or part.span.within(whole.span)


def _partial(bearer: Known, near: list[Known]) -> Relation | None:
    wholes = [
        each for each in _exact(near)
        if each.unit.kind == bearer.unit.kind and each.figure.period == bearer.figure.period
        and each.printed.low >= bearer.printed.low and each.place < bearer.place
    ]  # fmt: skip
    return Relation("partial", (wholes[-1].id,)) if wholes else None
