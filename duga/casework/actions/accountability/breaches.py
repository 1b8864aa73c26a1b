"""The breach log, with the 72 hours within which an authority is told."""

from django.db import transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import _changed, _check_version, _organisation, _tell
from duga.casework.models import Breach
from duga.casework.rules.accountability import TELL_HOURS, BreachKind, Risk, check_closing, due_steps
from duga.members.actions import notify
from duga.members.queries import NOT_HERE, accounts_with
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop

_WHAT = gettext_noop("Say what happened, in a few words and without names.")
_FUTURE = gettext_noop("It cannot have been found in the future.")
_FOUND = gettext_noop("A breach of people's data was noted")
_FOUND_TEXT = gettext_noop("The authority is told within 72 hours of its being found, where harm is possible.")
_LEFT = gettext_noop("A breach of people's data: the time to tell the authority is running")
_LEFT_TEXT = gettext_noop("%(hours)s hours are left. Judge the risk, tell those who must be told, and note it.")
#: What may be said of a breach after it was noted.
CHANGEABLE = frozenset({"kind", "what", "people", "risk", "measures", "authority_told_at", "people_told_at", "why_not"})


@transaction.atomic
def log_breach(*, by, organisation_id, kind, what, found_at=None, people=None) -> Breach:
    """Notes a breach; anyone who works in the organisation may, and those who protect its data are told at once."""
    organisation = _organisation(by, organisation_id, Permission.SEE_ORGANISATION)
    queries.of_the_house(by, organisation)
    what, found_at = " ".join(str(what).split()), found_at or timezone.now()
    if len(what) < 10:
        raise Refused(_WHAT)
    if found_at > timezone.now():
        raise Refused(_FUTURE)
    last = Breach.objects.select_for_update().filter(organisation=organisation).order_by("-number").first()
    breach = Breach.objects.create(
        organisation=organisation, number=last.number + 1 if last else 1, kind=BreachKind(kind), what=what[:500],
        found_at=found_at, people=people, by_id=by.account_id,
    )  # fmt: skip
    _tell(by, "breach.noted", breach, number=breach.number, kind=breach.kind)
    _notify(by, breach, _FOUND, _FOUND_TEXT)
    return breach


def _notify(by, breach, title, text, **params):
    keepers = accounts_with(Permission.PROTECT_DATA, [breach.organisation_id]).get(breach.organisation_id, [])
    path = f"/workspace/breaches/{breach.pk}/"
    notify(by=by, to=set(keepers) - {by.account_id}, title=title, text=text, params=params, path=path)


def _breach(by, breach_id) -> Breach:
    breach = Breach.objects.select_for_update(of=("self",)).select_related("changed_by").filter(pk=breach_id).first()
    if breach is None:
        raise NotFound(NOT_HERE)
    _organisation(by, breach.organisation_id, Permission.PROTECT_DATA)
    return breach


@transaction.atomic
def change_breach(*, by, breach_id, version, **changes) -> Breach:
    """Says more of a breach (`CHANGEABLE`); Conflict when someone changed it since `version`."""
    breach = _breach(by, breach_id)
    _check_version(breach, version)
    if unknown := {*changes} - CHANGEABLE:
        raise TypeError(f"not of a breach: {', '.join(sorted(unknown))}")
    for name, value in changes.items():
        setattr(breach, name, value)
    breach.kind, breach.risk = BreachKind(breach.kind), Risk(breach.risk)
    if len(breach.what.split()) < 2:
        raise Refused(_WHAT)
    _changed(breach, by)
    breach.save()
    _tell(by, "breach.changed", breach, number=breach.number, fields=sorted(changes))
    return breach


@transaction.atomic
def close_breach(*, by, breach_id) -> Breach:
    """Closes a breach, once everybody was told who must be, or it was said why not."""
    breach = _breach(by, breach_id)
    check_closing(
        Risk(breach.risk), authority=bool(breach.authority_told_at), people=bool(breach.people_told_at),
        why_not=breach.why_not,
    )  # fmt: skip
    breach.closed_at = breach.closed_at or timezone.now()
    _changed(breach, by)
    breach.save()
    _tell(by, "breach.closed", breach, number=breach.number)
    return breach


@transaction.atomic
def remind_of_breaches(*, by) -> int:
    """For the clock: reminds after 24, 48 and 66 hours while the authority was not told. Returns how many reminders."""
    if not by.system:
        raise NotFound(NOT_HERE)
    now, count = timezone.now(), 0
    rows = Breach.objects.select_for_update().filter(closed_at=None, authority_told_at=None)
    for breach in rows.exclude(risk=Risk.UNLIKELY):
        hours = (now - breach.found_at).total_seconds() / 3600
        if steps := due_steps(hours, breach.reminders):
            breach.reminders += steps
            breach.save(update_fields=["reminders"])
            _notify(by, breach, _LEFT, _LEFT_TEXT, hours=max(0, round(TELL_HOURS - hours)))
            count += 1
    return count
