"""What the actions of the directory share: the trail, typed values, facts and history."""

import time

from django.core.exceptions import ValidationError
from django.utils import timezone

from duga.directory.models import Change, Fact, Verification
from duga.directory.rules import How, due_on
from duga.directory.rules.freshness import FactKind
from duga.members.actions import write_trail
from duga.members.queries import may
from duga.members.rules import Permission, Viewer
from duga.places.queries import area_by_id
from duga.plain.errors import Conflict, Refused, gettext_noop

_FASTER = gettext_noop("Someone changed this meanwhile. Look at what it says now, then change it again.")


def _let_others_write() -> None:
    """Between two transactions of long work: SQLite lets whoever waits look ten times a second, and not in between."""
    time.sleep(0.1)


def _tell(by: Viewer, event: str, row, provider, **detail):
    """One trail entry, in the chain of the organisation that keeps the provider (or in the house's)."""
    return write_trail(
        by=by, event=f"directory.{event}", subject=(row._meta.label, row.pk),
        organisation_id=provider.organisation_id if provider else None, detail=detail,
    )  # fmt: skip


def _check_version(row, version):
    if version is not None and row.version != version:
        raise Conflict(_FASTER)


def _how(by: Viewer, provider) -> How:
    """How whoever acts knows: the organisation itself, or the network that looks after it."""
    own = provider.organisation_id and may(by, Permission.UPDATE_CAPACITY, provider.organisation)
    return How.OWNER if own else How.NETWORK


def _typed(model, name, value):
    """A value of the offer as its column takes it."""
    column = model._meta.get_field(name)
    if value is None and not column.null:
        return column.get_default()
    if column.is_relation:
        return value
    return column.to_python(value)


def _area(area_id):
    """An area's id, or None; NotFound for one that is not there, Refused for what is no id."""
    if area_id in (None, ""):
        return None
    try:
        return area_by_id(area_id).pk
    except (ValueError, ValidationError):
        raise Refused(gettext_noop("There is no such area. Search for its name.")) from None


def _history(differences, *, entity, row, by: Viewer, version, source_id=None, service=None, provider=None):
    """Keeps what each field was before, and is now."""
    at = timezone.now()
    Change.objects.bulk_create(
        [
            Change(
                entity=entity, record_id=row.pk, service=service, provider=provider, field=each.field,
                before=each.before, after=each.after, at=at, by_id=by.account_id, source_id=source_id, version=version,
            )
            for each in differences
        ],
        batch_size=500,
    )  # fmt: skip


def _set_facts(service, told, verified, *, how, by: Viewer, link=None) -> None:
    """Brings a service's facts in line: `told` kinds are there, `verified` ones were verified now.

    A kind nothing is told of any more goes; one that is new and not verified is due at once.
    """
    now = timezone.now()
    known = {FactKind(fact.kind): fact for fact in Fact.objects.filter(service=service)}
    gone = [fact.pk for kind, fact in known.items() if kind not in told]
    if gone:
        Fact.objects.filter(pk__in=gone).delete()
    for kind in sorted(told):
        fact = known.get(kind) or Fact(service=service, kind=kind)
        if kind in verified:
            fact.verified_at, fact.verified_by_id, fact.how = now, by.account_id, how
            fact.due_on = due_on(kind, timezone.localdate(now), timezone.localdate(now))
            fact.save()
        elif kind not in known:
            fact.due_on = timezone.localdate(now)
            fact.save(force_insert=True)
    kinds = sorted(set(verified) & set(told))
    if kinds:
        Verification.objects.create(service=service, kinds=kinds, at=now, how=how, by_id=by.account_id, link=link)


def _in_line(rows, by, wanted) -> dict:
    """Brings a table's `rows` in line with files, in a handful of queries; {key: row} of what is wanted.

    `wanted` {values of the columns `by`: {column: value}}: what is missing is added in order, what differs is changed.
    """
    there = {tuple(getattr(row, name) for name in by): row for row in rows}
    new, changed, columns = [], [], set()
    for key, told in wanted.items():
        row = there.get(key)
        columns |= told.keys()
        if row is None:
            there[key] = rows.model(**dict(zip(by, key, strict=True)), **told)
            new.append(there[key])
        elif any(getattr(row, name) != value for name, value in told.items()):
            for name, value in told.items():
                setattr(row, name, value)
            changed.append(row)
    rows.model.objects.bulk_create(new, batch_size=500)
    if changed:
        rows.model.objects.bulk_update(changed, sorted(columns), batch_size=200)
    return {key: there[key] for key in wanted}
