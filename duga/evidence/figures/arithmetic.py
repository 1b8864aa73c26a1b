"""Sums, shares, changes and means: is the printed value what its parts give, and if not, what went wrong?"""

import re
from fractions import Fraction
from functools import reduce
from operator import add

from duga.evidence.figures.book import (
    Book,
    Known,
    Operand,
    agrees,
    far,
    in_words,
    nearly,
    needs_rounding,
    qualified,
    right_of,
)
from duga.evidence.figures.intervals import Interval, to_decimal
from duga.evidence.figures.model import Finding, Phrase
from duga.evidence.figures.numbers import ABOUT, AT_LEAST, AT_MOST, EXACT, RANGE
from duga.evidence.figures.units import PERCENT, POINTS, share_factor
from duga.plain.errors import gettext_noop
from duga.plain.text import fold

SUM = gettext_noop("%(id)s says %(value)s, but its parts add up to %(right)s.")
LEFT_OUT = gettext_noop("The difference is %(part)s, as if that part had been left out.")
TWICE = gettext_noop("The difference is %(part)s, as if that part had been counted twice.")
LOST_BOUND = gettext_noop("%(id)s says %(value)s as if exactly, but some of its parts are not exact: write %(right)s.")
SHARE = gettext_noop("%(id)s says %(value)s, but %(part)s of %(whole)s is %(right)s.")
SHARE_REST = gettext_noop("%(value)s is what is left when the part is taken away.")
SHARE_ODDS = gettext_noop("%(value)s divides the part by the rest, not by the whole.")
SHARE_SWAPPED = gettext_noop("%(value)s divides the whole by the part.")
SHARE_OTHER = gettext_noop("%(value)s would be the share of %(other)s (%(number)s): the wrong whole.")
SHARE_FRACTION = gettext_noop("%(value)s is the fraction; as a percentage it is a hundred times that.")
SHARE_OF_NOTHING = gettext_noop("%(id)s is a share of nothing: the whole is zero.")
PART_GREATER = gettext_noop("%(id)s is a share, but its part (%(part)s) is greater than its whole (%(whole)s).")
ROUNDING = gettext_noop("%(id)s says %(value)s, but %(exact)s… is rounded to %(right)s.")
CHANGE = gettext_noop("%(id)s says %(value)s, but from %(old)s to %(new)s the change is %(right)s percent.")
CHANGE_NEW = gettext_noop("The published figure divides by the new value, not by the old one.")
CHANGE_MIDDLE = gettext_noop("The published figure divides by the middle of both values, not by the old one.")
CHANGE_OTHER = gettext_noop("The published figure would be the change from %(other)s (%(number)s): the wrong base.")
CHANGE_INDEX = gettext_noop("The published figure is the new value as a percentage of the old one, not the change.")
CHANGE_SIGN = gettext_noop("The size is right and the direction is wrong.")
CHANGE_DIFFERENCE = gettext_noop("The published figure is the difference itself, not a percentage of the old value.")
CHANGE_FRACTION = gettext_noop("The published figure is the fraction; as a percentage it is a hundred times that.")
CHANGE_FROM_NOTHING = gettext_noop("%(id)s is a percentage of nothing: the old value is zero.")
POINTS_NOT_PERCENT = gettext_noop(
    "%(id)s says %(value)s percent, but from %(old)s percent to %(new)s percent are %(value)s percentage points, "
    "which is a change of %(right)s percent."
)
PERCENT_NOT_POINTS = gettext_noop(
    "%(id)s says %(value)s percentage points, but from %(old)s percent to %(new)s percent are %(right)s points; "
    "%(value)s is the change in percent."
)
DIFFERENCE = gettext_noop("%(id)s says %(value)s, but from %(old)s to %(new)s the difference is %(right)s.")
MEAN = gettext_noop("%(id)s says %(value)s, but %(total)s divided by %(count)s is %(right)s.")
MEAN_SWAPPED = gettext_noop("%(value)s divides the count by the total.")
MEAN_OTHER = gettext_noop("%(value)s would be the mean over %(other)s (%(number)s): the wrong base.")
MEAN_TIMES = gettext_noop("%(value)s is the total once more, not the mean.")
MEAN_OF_NOTHING = gettext_noop("%(id)s is a mean of nothing: the count is zero.")

#: Beginnings of words (folded) that say that something went down or lies behind, so that no minus is needed.
_DOWN = re.compile(
    r"\b(?:fall|fell|drop|decreas|declin|less|fewer|lower|reduc|shr[aiu]nk|down\b|loss|lost|pad\b|pada|pao\b|smanj|"
    r"opad|opal|manje|manji|nizi|umanj|namal|pomalku|opagj|renie|ulje|zvogel|zbritj|me pak|"
    r"behind|below|under\b|short\b|shortfall|lag|gap\b|differ|off by|how far|distan|zaost|razlik|jaz\b|dallim)"
)
_POINTS = re.compile(r"percentage point|p\.p\.|\bpp\b|procentn\w+ poen|postotn\w+ bod|procentni poeni|pike perqind")
#: Claims in which more than the whole is no mistake.
_BEYOND = re.compile(
    r"plan|target|goal|cilj|capacit|kapacitet|quota|kvot|previous|compar|last year|than|realiz|realis|execut|izvrs|"
    r"norm|need|potreb|objektiv|synim|occupan|popunjen|zafat|index|indeks"
)

_HUNDRED = Fraction(100)


def _finding(bearer: Known, operands, kind: str, phrases, right=None) -> Finding:
    against = tuple(dict.fromkeys(each.id for each in operands if each.id and each.id != bearer.id))
    return Finding((bearer.id,), against, kind, tuple(phrases), right, bearer.figure.row)


def check_sum(bearer: Known, operands: list[Operand], book: Book) -> list[Finding]:
    """The parts, added up with all that each can mean."""
    truth = Interval.point(0)
    for each in operands:
        may_round = each.unit.is_money or each.unit.is_measured  # 3 persons are no rounding of 2.6, 3 EUR may be
        truth = truth + each.interval(bearer.printed.decimals if may_round else 0)
    if agrees(bearer.printed, truth):
        return _lost_bound(bearer, operands)
    right, words = right_of(_central(operands, lambda *parts: reduce(add, parts)) or truth, bearer.printed)
    told = {"id": bearer.id, "value": in_words(bearer.printed), "right": words}
    phrases = [Phrase(SUM, told)]
    if truth.is_point and bearer.printed.qualifier == EXACT:
        gap = truth.low - bearer.printed.low
        fits = [each for each in operands if each.printed.low == abs(gap)]
        if len(fits) == 1:
            name = fits[0].id or fits[0].words
            phrases.append(Phrase(LEFT_OUT if gap > 0 else TWICE, {"part": name}))
    return [_finding(bearer, operands, "sum", phrases, right)]


def _lost_bound(bearer: Known, operands: list[Operand]) -> list[Finding]:
    """An exact sum of inexact parts, when it is nothing but the sum of their numbers."""
    met = {each.printed.qualifier for each in operands}
    if met <= {EXACT} or RANGE in met or bearer.printed.qualifier in (RANGE, ABOUT):
        return []
    if sum(each.printed.low for each in operands) != bearer.printed.low:
        return []
    low, high = AT_LEAST in met, AT_MOST in met
    wanted = ABOUT if low == high else AT_LEAST if low else AT_MOST
    own = bearer.printed.qualifier
    if own == wanted or (own != EXACT and {own, wanted} != {AT_LEAST, AT_MOST}):
        return []
    number = bearer.printed.shown
    told = {"id": bearer.id, "value": in_words(bearer.printed), "right": qualified(wanted, number)}
    right = f"{wanted.replace('_', ' ')} {number:f}"
    return [_finding(bearer, operands, "qualifier", [Phrase(LOST_BOUND, told)], right)]


def _rounding(bearer: Known, operands, truth: Interval, right, words) -> list[Finding] | None:
    """A value that is right but for its last digit."""
    printed = bearer.printed
    if not (needs_rounding(truth, printed) and abs(printed.low - truth.low) <= printed.step * Fraction(3, 2)):
        return None
    cut = 10 ** (printed.decimals + 2)
    exact = to_decimal(Fraction(int(truth.low / printed.scale * cut), cut), printed.decimals + 2)
    told = {"id": bearer.id, "value": in_words(printed), "right": words, "exact": exact}
    return [_finding(bearer, operands, "rounding", [Phrase(ROUNDING, told)], right)]


def _central(operands: list[Operand], work) -> Interval | None:
    """What the numbers give as they are printed; None where one of them is no single number."""
    if any(each.printed.qualifier != EXACT for each in operands):
        return None
    return work(*(each.printed.interval() for each in operands))


def _explained(bearer: Known, operands, truth: Interval, right_one, main: Phrase, kind: str, mistakes) -> list[Finding]:
    """The finding with the likeliest reason: a known mistake that gives the very value, else one that nearly does."""
    right, words = right_of(right_one or truth, bearer.printed)
    main = Phrase(main.message, {**main.params, "right": words})
    if {EXACT} == {bearer.printed.qualifier, *(each.printed.qualifier for each in operands)}:
        for fits in (agrees, nearly):
            for which, hint in mistakes(fits):
                return [_finding(bearer, operands, which, [main, hint], right)]
            if near := _rounding(bearer, operands, truth, right, words):
                return near
    return [_finding(bearer, operands, kind, [main], right)]


def check_share(bearer: Known, operands: list[Operand], book: Book) -> list[Finding]:
    """The part as a percentage of the whole (or per thousand, or as a fraction, as the unit says)."""
    part, whole = operands
    factor = share_factor(bearer.unit)
    ratio = part.interval().over(whole.interval())
    if ratio is None:
        return [_finding(bearer, operands, "share", [Phrase(SHARE_OF_NOTHING, {"id": bearer.id})])]
    truth = ratio.scaled(factor)
    if agrees(bearer.printed, truth):
        return _part_greater(bearer, part, whole)
    main = Phrase(SHARE, _told(bearer, part=part, whole=whole))
    right = _central(operands, lambda a, b: a.over(b).scaled(factor))
    return _explained(
        bearer,
        operands,
        truth,
        right,
        main,
        "share",
        lambda fits: _share_mistakes(bearer, part, whole, factor, book, fits),
    )


def _told(bearer: Known, **operands: Operand) -> dict:
    return {"id": bearer.id, "value": in_words(bearer.printed)} | {name: each.words for name, each in operands.items()}


def _share_mistakes(bearer, part, whole, factor, book, fits):
    """Known ways to get a share wrong that give the published value, the likeliest first."""
    a, b = part.interval(), whole.interval()
    value = {"value": in_words(bearer.printed)}
    inverse = b.over(a)
    if inverse and inverse.low is not None and inverse.low > 1 and fits(bearer.printed, _odds(inverse).scaled(factor)):
        yield "share_base", Phrase(SHARE_ODDS, value)
    ratio = a.over(b)
    if fits(bearer.printed, Interval.point(factor) - ratio.scaled(factor)):
        yield "share", Phrase(SHARE_REST, value)
    if inverse and fits(bearer.printed, inverse.scaled(factor)):
        yield "share_base", Phrase(SHARE_SWAPPED, value)
    if factor == _HUNDRED and bearer.printed.decimals and fits(bearer.printed, ratio):
        yield "share", Phrase(SHARE_FRACTION, value)
    if fits is agrees:
        for other in _others(bearer, (part, whole), book, lambda base: float(a.low * factor) / base):
            if other.interval().low and fits(bearer.printed, a.over(other.interval()).scaled(factor)):
                yield "share_base", Phrase(SHARE_OTHER, value | {"other": other.id, "number": other.words})


def _odds(inverse: Interval) -> Interval:
    """p / (w − p) from w / p: 1 / (w/p − 1), which falls as w/p grows."""
    low = Fraction(0) if inverse.high is None else 1 / (inverse.high - 1)
    return Interval(low, 1 / (inverse.low - 1), inverse.closed)


def _others(bearer: Known, operands, book: Book, rough):
    """Figures near by that count what the base counts, and might have been taken for it."""
    last, taken = operands[-1], {each.id for each in operands}
    telling = bearer.printed.decimals > 0 or bearer.printed.low >= 1000  # else a fit may well be chance
    for each in book.near(bearer):
        usable = each.printed.low > 0 and each.printed.qualifier == EXACT and not each.is_computed
        alike = last.known is None or (last.unit.kind and each.unit.kind == last.unit.kind)
        counted = telling and not each.unit.is_money and not each.unit.is_measured and not last.unit.is_money
        if usable and (alike or counted) and each.id not in taken and not far(bearer.printed, rough(each.size)):
            yield Operand(each.printed, each.unit, each)


def _part_greater(bearer: Known, part: Operand, whole: Operand) -> list[Finding]:
    """A share above everything there is; not where a target or a capacity may be surpassed."""
    a, b = part.interval(), whole.interval()
    if a.low is None or b.high is None or a.low <= b.high:
        return []
    told = " ".join(str(each.figure.claim) for each in (bearer, part.known, whole.known) if each)
    if not part.unit.same_as(whole.unit) or _BEYOND.search(fold(told)):
        return []
    phrase = Phrase(PART_GREATER, {"id": bearer.id, "part": part.words, "whole": whole.words})
    return [_finding(bearer, (part, whole), "part", [phrase])]


def check_change(bearer: Known, operands: list[Operand], book: Book) -> list[Finding]:
    """The change as a percentage of the old value; in percentage points where the unit says points."""
    new, old = operands
    difference = new.interval() - old.interval()
    if bearer.unit.kind == POINTS or _POINTS.search(fold(str(bearer.figure.claim))):
        return _check_points(bearer, operands, difference)
    ratio = new.interval().over(old.interval())
    if ratio is None:
        return [_finding(bearer, operands, "change", [Phrase(CHANGE_FROM_NOTHING, {"id": bearer.id})])]
    factor = share_factor(bearer.unit)
    truth = ratio.shifted(-1).scaled(factor)
    went_down = truth.high is not None and truth.high <= 0 and bearer.printed.low > 0
    if went_down and _DOWN.search(fold(str(bearer.figure.claim))):
        truth = truth.mirrored()
    else:
        went_down = False
    if agrees(bearer.printed, truth) or (_is_plain_count(bearer) and agrees(bearer.printed, difference)):
        return []
    central = _central(operands, lambda a, b: a.over(b).shifted(-1).scaled(factor))
    central = central.mirrored() if central and went_down else central
    told = _told(bearer, old=old, new=new)
    if _are_percent(new, old) and bearer.printed.qualifier == EXACT and _either_way(agrees, bearer, difference):
        right, words = right_of(central or truth, bearer.printed)
        return [_finding(bearer, operands, "points", [Phrase(POINTS_NOT_PERCENT, told | {"right": words})], right)]
    return _explained(
        bearer, operands, truth, central, Phrase(CHANGE, told), "change",
        lambda fits: _change_mistakes(bearer, new, old, factor, book, fits, went_down),
    )  # fmt: skip


def _is_plain_count(bearer: Known) -> bool:
    """Whether the unit says that the difference itself is meant (47 calls more)."""
    return bool(bearer.unit.kind) and bearer.unit.kind not in (PERCENT, "ratio") and bearer.unit.per is None


def _are_percent(new: Operand, old: Operand) -> bool:
    return new.unit.kind == PERCENT and old.unit.kind == PERCENT


def _check_points(bearer: Known, operands, truth: Interval) -> list[Finding]:
    new, old = operands
    if agrees(bearer.printed, truth) or (
        _DOWN.search(fold(str(bearer.figure.claim))) and _either_way(agrees, bearer, truth)
    ):
        return []
    right, words = right_of(_central(operands, Interval.__sub__) or truth, bearer.printed)
    told = _told(bearer, old=old, new=new) | {"right": words}
    ratio = new.interval().over(old.interval())
    if ratio and _either_way(agrees, bearer, ratio.shifted(-1).scaled(100)):
        return [_finding(bearer, operands, "points", [Phrase(PERCENT_NOT_POINTS, told)], right)]
    return [_finding(bearer, operands, "change", [Phrase(DIFFERENCE, told)], right)]


def _either_way(fits, bearer: Known, interval: Interval) -> bool:
    """Whether the print fits an interval or its mirror below zero."""
    return fits(bearer.printed, interval) or fits(bearer.printed, interval.mirrored())


def _change_mistakes(bearer, new, old, factor, book, fits, went_down):
    """Known ways to get a change wrong that give the published value, the likeliest first."""
    a, b = new.interval(), old.interval()
    ratio, back = a.over(b), b.over(a)
    if back and _either_way(fits, bearer, Interval.point(factor) - back.scaled(factor)):
        yield "change_base", Phrase(CHANGE_NEW)
    if not went_down and _either_way(fits, bearer, ratio.shifted(-1).scaled(factor)):
        yield "change", Phrase(CHANGE_SIGN)
    if fits(bearer.printed, ratio.scaled(factor)):
        yield "change", Phrase(CHANGE_INDEX)
    if _either_way(fits, bearer, a - b):
        yield "change", Phrase(CHANGE_DIFFERENCE)
    if bearer.printed.decimals and factor == _HUNDRED and _either_way(fits, bearer, ratio.shifted(-1)):
        yield "change", Phrase(CHANGE_FRACTION)
    if a.is_point and b.is_point and a.low + b.low:
        middle = Interval.point((a.low - b.low) / (a.low + b.low) * 2 * factor)
        if _either_way(fits, bearer, middle):
            yield "change_base", Phrase(CHANGE_MIDDLE)
    if fits is agrees:
        for other in _others(bearer, (new, old), book, lambda base: (float(a.low) / base - 1) * float(factor)):
            if old.known and _either_way(fits, bearer, a.over(other.interval()).shifted(-1).scaled(factor)):
                yield "change_base", Phrase(CHANGE_OTHER, {"other": other.id, "number": other.words})


def check_mean(bearer: Known, operands: list[Operand], book: Book) -> list[Finding]:
    """The total divided by the count."""
    total, count = operands
    truth = total.interval().over(count.interval())
    if truth is None:
        return [_finding(bearer, operands, "mean", [Phrase(MEAN_OF_NOTHING, {"id": bearer.id})])]
    if agrees(bearer.printed, truth):
        return []
    main = Phrase(MEAN, _told(bearer, total=total, count=count))
    right = _central(operands, Interval.over)
    return _explained(
        bearer, operands, truth, right, main, "mean", lambda fits: _mean_mistakes(bearer, total, count, book, fits)
    )


def _mean_mistakes(bearer, total, count, book, fits):
    value = {"value": in_words(bearer.printed)}
    swapped = count.interval().over(total.interval())
    if swapped and fits is agrees and fits(bearer.printed, swapped):
        yield "mean_base", Phrase(MEAN_SWAPPED, value)
    if fits(bearer.printed, total.interval()):
        yield "mean", Phrase(MEAN_TIMES, value)
    if fits is agrees:
        for other in _others(bearer, (total, count), book, lambda base: float(total.printed.low) / base):
            if fits(bearer.printed, total.interval().over(other.interval())):
                yield "mean_base", Phrase(MEAN_OTHER, value | {"other": other.id, "number": other.words})
