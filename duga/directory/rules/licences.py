"""Licences of services: the way to one as a table, readiness, what is due when. Values in, values or refusal out."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _


class LicenceState(StrEnum):
    """Where a service stands on its way to a licence, or with the one it has."""

    STARTED = "started"
    GATHERED = "gathered"
    APPLIED = "applied"
    INSPECTED = "inspected"
    LICENSED = "licensed"
    LIMITED = "limited"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    RENEWING = "renewing"


L = LicenceState
LICENCE_LABELS = {
    L.STARTED: _("begun"),
    L.GATHERED: _("documents gathered"),
    L.APPLIED: _("applied for"),
    L.INSPECTED: _("inspected"),
    L.LICENSED: _("licensed"),
    L.LIMITED: _("licensed for a limited time"),
    L.REFUSED: _("refused"),
    L.SUSPENDED: _("suspended"),
    L.WITHDRAWN: _("withdrawn"),
    L.EXPIRED: _("expired"),
    L.RENEWING: _("licensed, renewal applied for"),
}
#: State → those it may become. Renewal follows the same procedure; what was refused or withdrawn begins anew.
LICENCE_WAYS: dict[LicenceState, tuple[LicenceState, ...]] = {
    L.STARTED: (L.GATHERED, L.WITHDRAWN),
    L.GATHERED: (L.APPLIED, L.STARTED, L.WITHDRAWN),
    L.APPLIED: (L.INSPECTED, L.LICENSED, L.LIMITED, L.REFUSED, L.WITHDRAWN),
    L.INSPECTED: (L.LICENSED, L.LIMITED, L.REFUSED, L.WITHDRAWN),
    L.LICENSED: (L.RENEWING, L.SUSPENDED, L.WITHDRAWN, L.EXPIRED),
    L.LIMITED: (L.RENEWING, L.SUSPENDED, L.WITHDRAWN, L.EXPIRED),
    L.SUSPENDED: (L.LICENSED, L.LIMITED, L.WITHDRAWN, L.EXPIRED),
    L.RENEWING: (L.LICENSED, L.REFUSED, L.SUSPENDED, L.WITHDRAWN, L.EXPIRED),
    L.EXPIRED: (L.STARTED, L.GATHERED, L.APPLIED),
    L.REFUSED: (L.STARTED, L.GATHERED, L.APPLIED),
    L.WITHDRAWN: (L.STARTED, L.GATHERED, L.APPLIED),
}
#: In these a licence is in force until its last day; a renewal that is not decided keeps the old one alive.
IN_FORCE = frozenset({L.LICENSED, L.LIMITED, L.RENEWING})
#: In these there is a last day, after which the clock says "expired".
RUNS_OUT = frozenset({*IN_FORCE, L.SUSPENDED})
#: Steps nobody takes without saying why.
NEEDS_WHY = frozenset({L.REFUSED, L.SUSPENDED, L.WITHDRAWN})

_WAY = _("A licence cannot go from “%(now)s” to “%(wanted)s”.")
_ONCE = _("A limited licence is given once only, and this service had one. Apply for the full licence.")
_NO_LIMITED = _("In this country there is no limited licence.")
_UNTIL = _("Say until when the licence is in force: the day stands in the decision.")
_TOO_LONG = _("This licence is given for at most %(years)s years: it ends on %(day)s at the latest.")
_BACKWARDS = _("The day lies before the last step, of %(day)s. Give the day on which it took effect.")
_FUTURE = _("The day lies in the future. Give the day on which it took effect.")
_WHY = _("Say why: the organisation will read it.")


@dataclass(frozen=True)
class Grants:
    """What a country's rules say of a licence: how many years, at most or exactly; None: the decision says it."""

    years: int | None
    at_most: bool = False


def add_years(day: dt.date, years: int) -> dt.date:
    """The same day so many years later; 28 February for 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@dataclass(frozen=True)
class Step:
    """A step somebody wants to take: from where, to where, on which day, with which end."""

    before: LicenceState
    wanted: LicenceState
    on: dt.date
    last: dt.date  #: the day of the step before
    until: dt.date | None = None
    why: str = ""
    was_limited: bool = False  #: whether the service ever had a limited licence


def check_step(step: Step, rules: dict[LicenceState, Grants], today: dt.date) -> dt.date | None:
    """The licence's last day after a step (None where the step tells none); refuses one that the tables do not hold.

    `rules`: what the country grants in the states "licensed" and "limited".
    """
    if step.wanted not in LICENCE_WAYS[step.before]:
        raise Refused(_WAY, now=step.before.value, wanted=step.wanted.value)
    if step.on > today:
        raise Refused(_FUTURE)
    if step.on < step.last:
        raise Refused(_BACKWARDS, day=step.last.isoformat())
    if step.wanted in NEEDS_WHY and not step.why.strip():
        raise Refused(_WHY)
    if step.wanted not in (L.LICENSED, L.LIMITED):
        return None
    if step.wanted is L.LIMITED:
        if L.LIMITED not in rules:
            raise Refused(_NO_LIMITED)
        if step.was_limited and step.before is not L.SUSPENDED:
            raise Refused(_ONCE)
    return _last_day(step, rules.get(step.wanted, Grants(None)))


def _last_day(step: Step, grants: Grants) -> dt.date | None:
    """The day that was told, or the country's term from the day of the decision."""
    if step.before is L.SUSPENDED:
        return step.until  # lifting a suspension lengthens nothing; None keeps the day there was
    longest = add_years(step.on, grants.years) if grants.years else None
    until = step.until or (None if grants.at_most else longest)
    if until is None:
        raise Refused(_UNTIL)
    if until <= step.on or (longest and until > longest):
        raise Refused(_TOO_LONG, years=grants.years or "?", day=(longest or until).isoformat())
    return until


def in_force(state: LicenceState, until: dt.date | None, today: dt.date) -> bool:
    """Whether a service holds a licence on a day, its last day included."""
    return state in IN_FORCE and until is not None and today <= until


# --- Readiness --------------------------------------------------------------------------------------


class Verdict(StrEnum):
    """What was found of a criterion. Nothing found is "unknown", which is never "not met" and never "met"."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


VERDICT_LABELS = {
    Verdict.MET: _("met"),
    Verdict.NOT_MET: _("not met"),
    Verdict.NOT_APPLICABLE: _("does not apply"),
    Verdict.UNKNOWN: _("not known yet"),
}
ASPECT_LABELS = {
    "formal": _("Formal conditions"),
    "specification": _("Description of the service"),
    "structural": _("Structural standards"),
    "functional": _("Functional standards"),
    "worker": _("Licensed workers"),
}
EVIDENCE_LABELS = {
    "act": _("act of the organisation"),
    "certificate": _("certificate"),
    "contract": _("contract"),
    "decision": _("decision of an authority"),
    "list": _("list or photographs"),
    "plan": _("plan"),
    "procedure": _("written procedure"),
    "records": _("records kept"),
    "report": _("report"),
    "worker_licence": _("licence of a worker"),
}


@dataclass(frozen=True)
class Finding:
    """What is known of one criterion of a service: the verdict, and until when its evidence is good (None: always)."""

    verdict: Verdict
    good_until: dt.date | None = None


@dataclass(frozen=True)
class Readiness:
    """Criteria met of those that apply. `outdated`: met once, but the evidence is old by now; counted as not met."""

    applicable: int
    met: int
    not_met: int
    outdated: int
    unknown: int

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down so that 100 means all; None where nothing applies."""
        return 100 * self.met // self.applicable if self.applicable else None


def readiness(findings: Iterable[Finding], today: dt.date) -> Readiness:
    """Readiness = criteria met / criteria that apply (field practice: licensing files by criteria).

    Unknown counts as not met and is told apart; what does not apply leaves both numbers.
    """
    count = dict.fromkeys(("met", "not_met", "outdated", "unknown"), 0)
    for finding in findings:
        if finding.verdict is Verdict.NOT_APPLICABLE:
            continue
        count[_standing(finding, today)] += 1
    return Readiness(applicable=sum(count.values()), **count)


def _standing(finding: Finding, today: dt.date) -> str:
    if finding.verdict is Verdict.MET and finding.good_until is not None and finding.good_until < today:
        return "outdated"
    return finding.verdict.value


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("unreachable")


def applies(wanted: Iterable[str], here: Iterable[str]) -> bool:
    """Whether a standard or licence for some kinds of service fits: none named fits all; "!kind" fits all but that."""
    wanted, here = [word for word in wanted if word], set(here)
    never = {word[1:] for word in wanted if word.startswith("!")}
    only = {word for word in wanted if not word.startswith("!")}
    return not (never & here) and (not only or bool(only & here))


# --- Deadlines --------------------------------------------------------------------------------------


class DueKind(StrEnum):
    """What a deadline is of."""

    LICENCE = "licence"  #: the licence's last day
    EVIDENCE = "evidence"  #: evidence of a criterion gets old
    TASK = "task"


#: What a reminder calls it: what people wrote stays on the page.
DUE_LABELS = {
    DueKind.LICENCE: _("the licence ends: apply for its renewal"),
    DueKind.EVIDENCE: _("evidence of a criterion gets old"),
    DueKind.TASK: _("a task on the way to the licence"),
}
#: Days before a deadline on which somebody is reminded, the first time first. Renewing takes months.
REMIND = {DueKind.LICENCE: (180, 90, 30, 7), DueKind.EVIDENCE: (60, 14), DueKind.TASK: (7, 0)}
#: A deadline longer past than this is told on the page only.
FORGET = 60


@dataclass(frozen=True)
class Deadline:
    """Something due on a day; `key` names it for as long as it is the same thing on the same day."""

    kind: DueKind
    on: dt.date
    what: str  #: a gettext id, or what somebody wrote
    key: str
    names: dict | None = None  #: {language: name} of the criterion it is of

    def late(self, today: dt.date) -> bool:
        """Whether its day is past."""
        return self.on < today


def reminder_due(deadline: Deadline, today: dt.date) -> int | None:
    """Which reminder of a deadline is the one of today: the days before it of the last one passed; None when none.

    >>> reminder_due(Deadline(DueKind.TASK, dt.date(2026, 3, 9), "", ""), dt.date(2026, 3, 4))
    7
    """
    left = (deadline.on - today).days
    if left < -FORGET:
        return None
    return min((days for days in REMIND[deadline.kind] if left <= days), default=None)
