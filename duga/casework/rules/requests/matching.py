"""Who could take a request: everyone who might is scored in the open, with the reasons in words.

The points are few and plain, so that whoever hands work out can follow them and decide otherwise: nobody is given a
request by this table.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from duga.plain.errors import gettext_noop

SKILL, AREA, REGION, LANGUAGE, KNOWS, LOAD, AWAY = 4, 3, 1, 2, 3, 1, 20

_SKILLED = gettext_noop("trained for it")
_UNSKILLED = gettext_noop("not trained for it")
_SAME_AREA = gettext_noop("works in this municipality")
_SAME_REGION = gettext_noop("works nearby")
_SPEAKS = gettext_noop("speaks the language")
_SPEAKS_NOT = gettext_noop("does not speak the language")
_KNOWS = gettext_noop("helped her before")
_LOADED = gettext_noop("has %(count)s open")
_FREE = gettext_noop("has nothing open")
_AWAY = gettext_noop("not available then")


@dataclass(frozen=True)
class Wanted:
    """What a request asks of whoever takes it; empty fields ask nothing."""

    skill: str = ""  #: code of the list service_types
    area_id: object = None
    region_id: object = None
    language: str = ""  #: code of the list languages


@dataclass(frozen=True)
class Candidate:
    """Someone who might take it. `skills` and `languages` None: nothing is known of them, which speaks for nothing."""

    id: uuid.UUID
    name: str
    volunteer: bool = False
    skills: frozenset | None = None
    area_ids: frozenset = frozenset()
    region_ids: frozenset = frozenset()
    languages: frozenset | None = None
    load: int = 0  #: open assignments now
    knows: bool = False  #: helped this person before
    free: bool = True


@dataclass(frozen=True)
class Match:
    """A candidate with the points and why: reasons are (gettext id, its words)."""

    candidate: Candidate
    points: int
    reasons: tuple = field(default=())


def score(wanted: Wanted, candidate: Candidate) -> Match:
    """The points of one candidate, each with its reason.

    Skill 4 (without it −4), area 3, else region 1, language 2 (without it −2), helped her before 3, each open
    assignment −1, not available −20.
    """
    points, reasons = 0, []

    def told(number, text, **words):
        nonlocal points
        points += number
        reasons.append((text, words))

    if not candidate.free:
        told(-AWAY, _AWAY)
    if wanted.skill and candidate.skills is not None:
        has = wanted.skill in candidate.skills
        told(SKILL if has else -SKILL, _SKILLED if has else _UNSKILLED)
    if wanted.area_id and wanted.area_id in candidate.area_ids:
        told(AREA, _SAME_AREA)
    elif wanted.region_id and wanted.region_id in candidate.region_ids:
        told(REGION, _SAME_REGION)
    if wanted.language and candidate.languages is not None:
        has = wanted.language in candidate.languages
        told(LANGUAGE if has else -LANGUAGE, _SPEAKS if has else _SPEAKS_NOT)
    if candidate.knows:
        told(KNOWS, _KNOWS)
    if candidate.load:
        told(-LOAD * candidate.load, _LOADED, count=candidate.load)
    else:
        told(0, _FREE)
    return Match(candidate, points, tuple(reasons))


def best(wanted: Wanted, candidates: Iterable[Candidate], limit: int = 12) -> list[Match]:
    """The candidates who fit best, best first; equals by load, then by name."""
    found = [score(wanted, each) for each in candidates]
    return sorted(found, key=lambda match: (-match.points, match.candidate.load, match.candidate.name))[:limit]
