"""Relations of a figure to one other: part list, the same from another source, a running count, a series anew."""

from duga.evidence.figures.arithmetic import _finding
from duga.evidence.figures.book import Book, Known, Operand, in_words
from duga.evidence.figures.model import Finding, Phrase
from duga.plain.errors import gettext_noop

PARTIAL = gettext_noop("%(id)s lists a part, %(value)s, which is more than the whole %(other)s, %(number)s.")
CONFLICT = gettext_noop(
    "Two sources give one quantity differently: %(id)s says %(value)s (%(source)s), %(other)s says %(number)s "
    "(%(elsewhere)s). Neither is taken for right here; ask the sources."
)
RESTATED = gettext_noop(
    "The series was published anew with another value: %(other)s said %(number)s (%(elsewhere)s), %(id)s says "
    "%(value)s (%(source)s). Say which holds, and why it changed."
)
FALLING = gettext_noop(
    "A count that only grows has fallen: %(other)s was %(number)s, %(id)s says %(value)s. It should be no lower, or a "
    "new beginning should be told."
)
NO_SOURCE = gettext_noop("no source told")


def _pair(bearer: Known, other: Operand) -> tuple:
    """What both prints can mean; the coarser of the two counts as a rounding of the finer."""
    own = bearer.printed.interval(bearer.half(other.printed.decimals))
    return own, other.interval(bearer.printed.decimals)


def _told(bearer: Known, other: Operand) -> dict:
    source = str(bearer.figure.source).strip()
    elsewhere = str(other.known.figure.source).strip() if other.known else ""
    return {
        "id": bearer.id,
        "value": in_words(bearer.printed),
        "source": source or Phrase(NO_SOURCE),
        "other": other.id or other.words,
        "number": other.words,
        "elsewhere": elsewhere or Phrase(NO_SOURCE),
    }


def _shown(printed) -> object:
    low, high = printed.shown, printed.shown_high
    return low if low == high else f"{low:f}..{high:f}"


def check_partial(bearer: Known, operands: list[Operand], book: Book) -> list[Finding]:
    """A part list holds at most the whole; less is no defect."""
    found = []
    for whole in operands:
        own, all_of_it = _pair(bearer, whole)
        if all_of_it.high is not None and own.low is not None and own.low > all_of_it.high:
            right = f"at most {whole.printed.shown_high:f}"
            found.append(_finding(bearer, [whole], "partial", [Phrase(PARTIAL, _told(bearer, whole))], right))
    return found


def check_same(bearer: Known, operands: list[Operand], book: Book) -> list[Finding]:
    """One quantity from two sources; where they differ both are kept side by side."""
    unlike = [other for other in operands if not _meet(bearer, other)]
    if not unlike:
        return []
    phrases = [Phrase(CONFLICT, _told(bearer, other)) for other in unlike]
    side_by_side = list(dict.fromkeys(_shown(each.printed) for each in (bearer, *operands)))
    return [_finding(bearer, unlike, "conflict", phrases, side_by_side)]


def check_restates(bearer: Known, operands: list[Operand], book: Book) -> list[Finding]:
    """A series published anew; a value that differs is a finding."""
    (earlier,) = operands
    if _meet(bearer, earlier):
        return []
    both = [_shown(bearer.printed), _shown(earlier.printed)]
    return [_finding(bearer, operands, "restated", [Phrase(RESTATED, _told(bearer, earlier))], both)]


def _meet(bearer: Known, other: Operand) -> bool:
    own, theirs = _pair(bearer, other)
    return own.meets(theirs)


def check_cumulative(bearer: Known, operands: list[Operand], book: Book) -> list[Finding]:
    """A running count never falls."""
    (earlier,) = operands
    own, before = _pair(bearer, earlier)
    if own.high is None or before.low is None or own.high > before.low:
        return []
    if own.high == before.low and own.high in own and before.low in before:
        return []
    right = f"at least {earlier.printed.shown:f}"
    return [_finding(bearer, operands, "falling", [Phrase(FALLING, _told(bearer, earlier))], right)]
