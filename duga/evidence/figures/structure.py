"""What is wrong before any arithmetic: unknown ids, circles, double listing, unlike units, other places or times."""

import difflib
import re

from duga.evidence.figures import scope
from duga.evidence.figures.book import Book, Known, Operand
from duga.evidence.figures.model import Finding, Notice, Phrase
from duga.plain.errors import gettext_noop
from duga.plain.text import fold

UNREADABLE = gettext_noop("%(id)s: %(problem)s")
NO_ID = gettext_noop("This figure has no id. Give it a short one, so that others can point at it.")
DUPLICATE = gettext_noop("The id %(id)s is given twice (also in row %(row)s). Relations to it mean the first one.")
RELATION = gettext_noop("%(id)s: %(problem)s")
UNKNOWN = gettext_noop("%(id)s points at %(word)s, which is neither a figure of this file nor a number.")
UNKNOWN_NEAR = gettext_noop(
    "%(id)s points at %(word)s, which is neither a figure of this file nor a number. Did you mean %(near)s?"
)
SELF = gettext_noop("%(id)s points at itself, so nothing is checked by it.")
CIRCULAR = gettext_noop("These figures rest on one another in a circle: %(ids)s. At least one must stand on its own.")
DOUBLE = gettext_noop("%(id)s adds %(part)s twice.")
DOUBLE_INSIDE = gettext_noop("%(id)s adds %(part)s and %(inside)s, but %(inside)s is already in %(part)s.")
DOUBLE_SAME = gettext_noop("%(id)s adds %(part)s and %(inside)s, but both are one quantity from two sources.")
DOUBLE_RUNNING = gettext_noop("%(id)s adds %(part)s and %(inside)s, but %(part)s is a running count that holds both.")
UNIT_SUM = gettext_noop("%(id)s adds unlike units: %(units)s. They can only stand side by side.")
UNIT_PAIR = gettext_noop(
    "%(id)s counts %(unit)s and %(other)s counts %(unlike)s: the unit has changed, so they do not compare."
)
UNIT_SHARE = gettext_noop("%(id)s is a share, but its part counts %(unit)s and its whole %(unlike)s.")
UNIT_CHANGE = gettext_noop("%(id)s is a change, but the new value counts %(unit)s and the old one %(unlike)s.")
PLACE_OUTSIDE = gettext_noop("%(part)s is about %(place)s, which does not lie in %(whole)s (%(where)s).")
PLACE_OTHER = gettext_noop("%(part)s is about %(place)s and %(whole)s about %(where)s: not the same place.")
PERIOD_OUTSIDE = gettext_noop("%(part)s is of %(period)s, which does not lie in the period of %(whole)s (%(when)s).")
PERIOD_OTHER = gettext_noop("%(part)s is of %(period)s and %(whole)s of %(when)s: not the same time.")
PERIOD_BACK = gettext_noop("%(part)s (%(period)s) is told to come after %(whole)s (%(when)s), but ends before it.")
OVERLAP = gettext_noop(
    "%(id)s adds people (%(parts)s). Whoever is in two of them is counted twice: say so, or publish them side by side."
)
WIDER = gettext_noop("%(part)s is of %(period)s, which is longer than the period of %(whole)s (%(when)s).")
COHORT = gettext_noop("%(part)s is of %(period)s and %(whole)s of %(when)s: is this meant to be a share of one group?")
UNCHECKED = gettext_noop("%(id)s could not be checked: %(other)s cannot be read.")
BEYOND = gettext_noop("%(id)s is a share of %(value)s percent: more than everything.")

_PEOPLE = ("person", "beneficiary", "household")
_APART_WORDS = re.compile(
    r"\b(?:women|men|girls|boys|female|male|children|adults|accompanied|unaccompanied|younger|older|under|over|aged?|"
    r"zen[ea]|muskar\w+|devojcic\w+|djevojcic\w+|deca|djeca|odrasl\w+|starij\w+|mladi|gra|burra|femije|municipalit\w+|"
    r"opstin\w+|town|district)\b"
)


def check_ids(book: Book) -> list[Finding]:
    """Values and relations that cannot be read, missing and repeated ids."""
    found = []
    for each in book.all:
        row = each.figure.row
        if each.problems:
            phrases = [Phrase(UNREADABLE, {"id": each.id, "problem": problem}) for problem in each.problems]
            found.append(Finding((each.id,), (), "unreadable", tuple(phrases), None, row))
        for problem in each.relation_problems:
            phrase = Phrase(RELATION, {"id": each.id, "problem": problem})
            found.append(Finding((each.id,), (), "relation", (phrase,), None, row))
        if not each.id:
            found.append(Finding(("",), (), "unreadable", (Phrase(NO_ID),), None, row))
    for each, first in book.repeated:
        phrase = Phrase(DUPLICATE, {"id": each.id, "row": first.figure.row or first.place + 1})
        found.append(Finding((each.id,), (first.id,), "duplicate", (phrase,), None, each.figure.row))
    return found


def unknown(bearer: Known, word: str, book: Book) -> Finding:
    """An argument that is no figure and no number; the nearest id is offered."""
    near = difflib.get_close_matches(word, list(book.by_id)[:3000], n=1, cutoff=0.6)
    message = UNKNOWN_NEAR if near else UNKNOWN
    phrase = Phrase(message, {"id": bearer.id, "word": word, "near": near[0] if near else ""})
    return Finding((bearer.id,), (), "unknown", (phrase,), None, bearer.figure.row)


def points_at_itself(bearer: Known) -> Finding:
    """A figure among its own arguments."""
    return Finding((bearer.id,), (), "self", (Phrase(SELF, {"id": bearer.id}),), None, bearer.figure.row)


# --- circles ------------------------------------------------------------------------------------------------

_LOGICS = (("sum", "share", "change", "mean"), ("cumulative",), ("restates",), ("partial",))


def check_circles(book: Book) -> list[Finding]:
    """Figures that rest on one another: every figure worked out from the others, or each later than the other."""
    found = []
    for names in _LOGICS:
        edges = {}
        for each in book.by_id.values():
            targets = [book.find(word) for relation in each.relations if relation.name in names
                       for word in relation.arguments]  # fmt: skip
            edges[each] = [other for other in targets if other and other is not each]
        for circle in _circles(edges):
            members = sorted(circle, key=lambda each: each.place)
            ids = tuple(each.id for each in members)
            phrase = Phrase(CIRCULAR, {"ids": ", ".join(ids)})
            found.append(Finding(ids, (), "circular", (phrase,), None, members[0].figure.row))
    return found


def _circles(edges: dict) -> list[list]:
    """Strongly connected groups of more than one (Tarjan's algorithm, without recursion)."""
    index, low, on_stack, stack, circles = {}, {}, set(), [], []
    for start in edges:
        if start in index:
            continue
        work = [(start, iter(edges[start]))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            node, following = work[-1]
            step = next(following, None)
            if step is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    group = []
                    while not group or group[-1] is not node:
                        group.append(stack.pop())
                        on_stack.discard(group[-1])
                    if len(group) > 1:
                        circles.append(group)
            elif step not in index:
                index[step] = low[step] = len(index)
                stack.append(step)
                on_stack.add(step)
                work.append((step, iter(edges.get(step, ()))))
            elif step in on_stack:
                low[node] = min(low[node], index[step])
    return circles


# --- the same thing twice in a sum --------------------------------------------------------------------------

_DEEPEST = 300  # figures looked at below one part


def check_double(bearer: Known, operands: list[Operand], book: Book) -> list[Finding]:
    """A part that stands twice in a sum: by name, inside another part, or as the same quantity from elsewhere."""
    parts = [each.known for each in operands if each.known]
    kept = set(parts)
    if len(kept) < len(parts):
        return [_listed_twice(bearer, operands)]
    if len(parts) < 2:
        return []
    for part in parts:
        wholes = [book.find(word) for each in part.relations if each.name == "partial" for word in each.arguments]
        if inside := next((whole for whole in wholes if whole in kept and whole is not part), None):
            return [_double(bearer, inside, part, DOUBLE_INSIDE)]
        if reached := _inside(part, kept, book):
            return [_double(bearer, part, *reached)]
    return []


def _listed_twice(bearer: Known, operands: list[Operand]) -> Finding:
    """A part that is named twice; right is the sum with each once, where all are exact."""
    seen, again, total = set(), None, 0
    for each in operands:
        if each.known in seen and each.known:
            again = again or each.known
        else:
            seen.add(each.known)
            total += each.printed.low
    exact = all(each.printed.qualifier == "exact" for each in operands)
    return _double(bearer, again, again, DOUBLE, total if exact else None)


def _inside(part: Known, others: set, book: Book):
    """Another part that `part` already holds, looking down through sums, running counts and equal quantities."""
    work, seen = [(part, None)], {part}
    while work and len(seen) < _DEEPEST:
        node, message = work.pop()
        for relation in node.relations:
            told = {"sum": DOUBLE_INSIDE, "cumulative": DOUBLE_RUNNING, "same": DOUBLE_SAME, "restates": DOUBLE_SAME}
            if relation.name not in told:
                continue
            for word in relation.arguments:
                below = book.find(word)
                if below is None or below in seen:
                    continue
                way = told[relation.name] if message in (None, DOUBLE_SAME) else message
                if below in others:
                    return below, way
                seen.add(below)
                work.append((below, way))
    return None


def _double(bearer: Known, part: Known, inside: Known, message: str, right=None) -> Finding:
    phrase = Phrase(message, {"id": bearer.id, "part": part.id, "inside": inside.id})
    against = tuple(dict.fromkeys([part.id, inside.id]))
    return Finding((bearer.id,), against, "double", (phrase,), right, bearer.figure.row)


# --- units --------------------------------------------------------------------------------------------------


def check_units(bearer: Known, name: str, operands: list[Operand]) -> list[Finding]:
    """Unlike units in a relation that needs one kind."""
    if name == "sum":
        return _units_of_sum(bearer, operands)
    if name in ("share", "change"):
        one, other = operands
        unlike = one.unit.never_part_of(other.unit) if name == "share" else not one.unit.same_as(other.unit)
        message = UNIT_SHARE if name == "share" else UNIT_CHANGE
        if not unlike:
            return []
        phrase = Phrase(message, {"id": bearer.id, "unit": one.unit.word, "unlike": other.unit.word})
        return [_scope_finding(bearer, operands, "unit", phrase)]
    if name == "mean":
        return []
    found = []
    for other in operands:
        if not bearer.unit.same_as(other.unit):
            told = {"id": bearer.id, "unit": bearer.unit.word, "other": other.id, "unlike": other.unit.word}
            found.append(_scope_finding(bearer, [other], "unit", Phrase(UNIT_PAIR, told)))
    return found


def _units_of_sum(bearer: Known, operands: list[Operand]) -> list[Finding]:
    parts = [each for each in operands if each.known and each.unit.kind]
    units = [unit for unit in (bearer.unit, *(each.unit for each in parts)) if unit.kind]
    unlike = [unit for unit in units if not unit.same_as(units[0])]
    if not unlike:
        return []
    others = [each for each in parts if not each.unit.same_as(units[0])]
    told = dict.fromkeys(unit.word for unit in (units[0], *unlike))
    phrase = Phrase(UNIT_SUM, {"id": bearer.id, "units": ", ".join(told)})
    return [_scope_finding(bearer, others, "unit", phrase)]


def _scope_finding(bearer: Known, operands, kind: str, phrase: Phrase) -> Finding:
    against = tuple(dict.fromkeys(each.id for each in operands if each.id and each.id != bearer.id))
    return Finding((bearer.id,), against, kind, (phrase,), None, bearer.figure.row)


# --- places and periods -------------------------------------------------------------------------------------


def check_scope(bearer: Known, name: str, operands: list[Operand]) -> list[Finding]:
    """Parts about another place or time than their whole; only where there is no doubt."""
    known = [each.known for each in operands if each.known]
    if name == "sum":
        pairs = [(part, bearer) for part in known]
    elif name == "partial":
        pairs = [(bearer, whole) for whole in known]
    elif name in ("same", "restates", "cumulative"):
        pairs = [(bearer, other) for other in known]
    else:
        pairs = [tuple(known)] if len(known) == 2 else []
    found = []
    for part, whole in pairs:
        other = whole if part is bearer else part
        against = [Operand(each.printed, each.unit, each) for each in (other, whole) if each is not bearer]
        for kind, message in (("place", _place(name, part, whole)), ("period", _period(name, part, whole))):
            if message:
                found.append(_scope_finding(bearer, against, kind, Phrase(message, _where_and_when(part, whole))))
    return found


def _where_and_when(part: Known, whole: Known) -> dict:
    return {
        "part": part.id, "place": part.figure.place, "period": part.figure.period,
        "whole": whole.id, "where": whole.figure.place, "when": whole.figure.period,
    }  # fmt: skip


def _place(name: str, part: Known, whole: Known) -> str | None:
    if name in ("sum", "partial"):
        return PLACE_OUTSIDE if scope.lies_within(part.places, whole.places) is False else None
    if name != "change" and scope.apart(part.places, whole.places):
        return PLACE_OTHER
    return None


def _period(name: str, part: Known, whole: Known) -> str | None:
    one, other = part.span, whole.span
    if one is None or other is None or name == "share":
        return None
    if name in ("sum", "partial"):
        return None if one.within(other) or other.within(one) else PERIOD_OUTSIDE
    if name == "cumulative":
        return PERIOD_BACK if one.last < other.last else None
    if name == "change":
        return PERIOD_BACK if one.last < other.first else None
    return PERIOD_OTHER if one.apart(other) else None


# --- notices ------------------------------------------------------------------------------------------------


def notices_of(bearer: Known, name: str, operands: list[Operand]) -> list[Notice]:
    """What a careful reader would ask about a relation that may well be right."""
    found = []
    known = [each.known for each in operands if each.known]
    if name == "sum":
        found += _overlap(bearer, known)
        longer = [part for part in known if part.span and bearer.span and part.span != bearer.span]
        pairs = [(WIDER, "period", part, bearer) for part in longer if bearer.span.within(part.span)]
    elif name == "share" and len(known) == 2 and known[0].span and known[1].span:
        pairs = [(COHORT, "period", *known)] if known[0].span.apart(known[1].span) else []
    else:
        pairs = []
    for message, kind, part, whole in pairs:
        others = tuple(each.id for each in (part, whole) if each is not bearer)
        found.append(Notice((bearer.id,), others, kind, Phrase(message, _where_and_when(part, whole))))
    return found


def _overlap(bearer: Known, parts: list[Known]) -> list[Notice]:
    """Sums of people by service or month: whoever is in two parts counts twice. By sex or place nobody does."""
    people = [each for each in parts if each.unit.kind in _PEOPLE]
    if len(people) < 2:
        return []
    if all(_APART_WORDS.search(fold(str(each.figure.claim))) for each in people):
        return []
    one, other = people[0], people[1]
    if scope.apart(one.places, other.places):
        return []
    ids = tuple(each.id for each in people)
    return [Notice((bearer.id,), ids, "overlap", Phrase(OVERLAP, {"id": bearer.id, "parts": ", ".join(ids)}))]


def unchecked(bearer: Known, others: list[Known]) -> Notice:
    """A relation whose other end cannot be read."""
    ids = tuple(each.id for each in others)
    return Notice((bearer.id,), ids, "unchecked", Phrase(UNCHECKED, {"id": bearer.id, "other": ", ".join(ids)}))


def beyond(each: Known) -> Notice | None:
    """A percentage above 100 whose claim says that it is a share, without a relation that would show the reason."""
    words = fold(str(each.figure.claim)).split()
    if not each.printed or each.relations or each.unit.kind != "percent" or each.printed.low <= 100:
        return None
    if not set(words[:4]) & {"share", "percentage", "percent", "udio", "udeo", "procenat", "postotak", "pjesa", "udel"}:
        return None
    return Notice((each.id,), (), "beyond", Phrase(BEYOND, {"id": each.id, "value": each.printed.shown}))
