"""Goes through every relation of a set of figures and says what is wrong."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

from duga.evidence.figures import arithmetic, pairs, proposing, relations, structure
from duga.evidence.figures.book import Book, Known, Operand
from duga.evidence.figures.model import Figure, Finding, Notice, Result
from duga.evidence.figures.numbers import EXACT
from duga.evidence.figures.relations import Relation

CHECKS = {
    "sum": arithmetic.check_sum,
    "share": arithmetic.check_share,
    "change": arithmetic.check_change,
    "mean": arithmetic.check_mean,
    "partial": pairs.check_partial,
    "same": pairs.check_same,
    "cumulative": pairs.check_cumulative,
    "restates": pairs.check_restates,
}
_OWN_UNIT = {"sum", "partial", "same", "cumulative", "restates"}
"""Relations whose literal numbers count what their bearer counts."""


def check(figures: Iterable[Figure], *, propose: bool = True) -> Result:
    """Checks every declared relation and, apart from that, proposes relations nobody declared.

    A finding stands on the figure that bears the relation. Nothing is changed and no source is preferred. With
    `propose=False` only declared relations are looked at.
    """
    book = Book(figures)
    findings = [*structure.check_ids(book), *structure.check_circles(book)]
    notices, checked = [], 0
    for bearer in book.all:
        for relation in bearer.relations:
            checked += 1
            found, asked = check_relation(bearer, relation, book)
            findings += found
            notices += asked
        if notice := structure.beyond(bearer):
            notices.append(notice)
    if propose:
        notices += proposing.drifts(book)
    findings.sort(key=lambda each: _place(each, book))
    proposals = proposing.propose(book, check_relation) if propose else []
    return Result(len(book.all), checked, tuple(findings), tuple(proposals), tuple(notices))


def _place(finding: Finding, book: Book) -> int:
    if finding.row is not None:
        return finding.row
    known = book.by_id.get(finding.figures[0])
    return known.place if known else 0


def check_relation(bearer: Known, relation: Relation, book: Book) -> tuple[list[Finding], list[Notice]]:
    """What one relation of one figure gives: findings, and notices."""
    operands, findings, unread = [], [], []
    for word in relation.arguments:
        known = book.find(word)
        if known is bearer:
            findings.append(structure.points_at_itself(bearer))
        elif known and known.printed is None:
            unread.append(known)
        elif known:
            operands.append(Operand(known.printed, known.unit, known))
        elif literal := book.literal(word, bearer, own_unit=relation.name in _OWN_UNIT):
            operands.append(literal)
        else:
            findings.append(structure.unknown(bearer, word, book))
    if findings or bearer.printed is None:
        return findings, []
    if unread:
        return [], [structure.unchecked(bearer, unread)]
    notices = structure.notices_of(bearer, relation.name, operands)
    findings = structure.check_scope(bearer, relation.name, operands)
    unlike = structure.check_units(bearer, relation.name, operands)
    double = structure.check_double(bearer, operands, book) if relation.name == "sum" else []
    if not unlike and not double:
        wrong = _arithmetic(relation.name, bearer, operands, book)
        findings += [] if wrong and _holds_joined(bearer, relation, book) else wrong
    return [*unlike, *double, *findings], notices


def _arithmetic(name: str, bearer: Known, operands: list[Operand], book: Book) -> list[Finding]:
    """The check of the numbers; where a print can be read in two ways, the way that holds is the one meant."""
    found = CHECKS[name](bearer, operands, book)
    if not found:
        return found
    literal = bearer.printed.scale > 1 and any(each.known is None for each in operands)
    soft = literal or bearer.unit.soft or any(each.unit.soft for each in operands)
    ways = [[each.printed, each.printed.other] for each in (bearer, *operands)]
    if soft:
        ways = [[*way, way[0].unscaled()] for way in ways]
    ways = [[read for read in way if read] for way in ways]
    if max(map(len, ways)) == 1:
        return found
    own = ways[0]
    alike = [[way[min(turn, len(way) - 1)] for way in ways[1:]] for turn in range(max(map(len, ways[1:])))]
    for print_, prints in product(own, alike):
        parts = [replace(each, printed=read) for each, read in zip(operands, prints, strict=True)]
        if not CHECKS[name](replace(bearer, printed=print_), parts, book):
            return []
    return found


def _holds_joined(bearer: Known, relation: Relation, book: Book) -> bool:
    """Whether a sum of plain numbers holds once their own commas are read as such: sum(33,3,33,3,33,4) is 100."""
    if relation.name != "sum" or bearer.printed.qualifier != EXACT:
        return False
    for words in relations.joined(relation.arguments):
        literals = [book.literal(word, bearer, own_unit=True) for word in words]
        whole = bearer.unit.kind and not bearer.unit.is_measured and not bearer.unit.is_money
        if not all(literals) or len(literals) < 2 or (whole and any(each.printed.decimals for each in literals)):
            continue
        if not _arithmetic("sum", bearer, literals, book):
            return True
    return False
