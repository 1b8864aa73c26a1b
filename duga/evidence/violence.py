"""Figures about violence: never by area or organisation, whatever indicator or filter they come by.

A shelter's town may be its address, and one survivor in a small place is known to all. An indicator says that it is
about violence by its sensitivity; a kind of help or a group is, where its code list marks it so (column `about`).
Every count passes here (`engines.check_question`): the command, releases, tables that analysts build, rounds.
"""

from collections.abc import Iterable, Mapping

from duga.evidence import vocabulary
from duga.evidence.disclosure.rule import VIOLENCE
from duga.evidence.model import TIME
from duga.plain.errors import Refused, gettext_noop

SUBJECT = "violence"
"""How an indicator's sensitivity and the code lists say it."""

SINGLED_OUT = gettext_noop(
    "%(words)s: figures of these are about violence and are never given by %(name)s. Ask for them by %(instead)s; "
    "or keep %(dimension)s to other words."
)
INDICATOR = gettext_noop(
    "%(code)s is about violence: such figures are never given by %(name)s. Ask for them by %(instead)s."
)
INSTEAD = "country, month"


def check(indicator, by: Iterable[str], where: Mapping[str, Iterable[str]], met: Mapping | None = None) -> None:
    """Refuses a question about violence below country and month, saying what may be asked instead.

    `met`: the words that the snapshot holds of each dimension; without it a breakdown stands for its whole code list.
    """
    forbidden = [name for name in (*by, *where) if not VIOLENCE.allows(name)]
    if not forbidden:
        return
    if is_about_violence(indicator):
        raise Refused(INDICATOR, code=indicator.code, name=forbidden[0], instead=INSTEAD)
    for dimension, words in _singled_out(indicator, tuple(by), where, met).items():
        raise Refused(
            SINGLED_OUT, words=", ".join(sorted(words)), name=forbidden[0], instead=INSTEAD, dimension=dimension
        )


def left_out(indicator, by: Iterable[str], where: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """The words to leave out of a breakdown so that a question may be asked, by dimension; empty where it may as it is.

    Refused, as `check` does, where leaving out does not help: an indicator about violence, or one kept to such words.
    """
    by, where = tuple(by), dict(where)
    if all(VIOLENCE.allows(name) for name in (*by, *where)):
        return {}
    marked = vocabulary.about(SUBJECT)
    found = {name: words for name, words in marked.items() if name in by and name not in (*where, *indicator.of)}
    check(indicator, [name for name in by if name not in found], where)
    return found


def others(dimension: str, met: Iterable[str] = ()) -> list[str]:
    """The words of a dimension that are not about violence: those listed, and those a snapshot has met."""
    return sorted(set(vocabulary.words_of(dimension, met)) - vocabulary.about(SUBJECT)[dimension])


def is_about_violence(indicator) -> bool:
    """Whether its definition, or one it rests on or tells beside it, says so or keeps to words about it alone."""
    marked = vocabulary.about(SUBJECT)
    kept = any(name in marked and set(words) <= marked[name] for name, words in indicator.of.items())
    others = (*indicator.parts.values(), *indicator.beside)
    return indicator.sensitivity == SUBJECT or kept or any(is_about_violence(other) for other in others)


def check_breakdowns(breakdowns: Iterable[str]) -> None:
    """Refuses breakdowns that a definition about violence must not offer."""
    VIOLENCE.check([name for name in breakdowns if name not in TIME])


def _singled_out(indicator, by: tuple[str, ...], where: Mapping, met: Mapping | None) -> dict[str, set[str]]:
    """The words about violence that the question gives numbers of, by dimension."""
    found = {}
    for dimension, marked in vocabulary.about(SUBJECT).items():
        kept = [set(words[dimension]) for words in (where, indicator.of) if dimension in words]
        if dimension not in by and not kept:
            continue
        every = set(met[dimension]) if met is not None and dimension in met else set(marked)
        if words := marked.intersection(every if dimension in by else marked, *kept):
            found[dimension] = words
    return found
