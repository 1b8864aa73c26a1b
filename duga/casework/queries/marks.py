"""What tells, without reading every fact, which months a snapshot must read again."""

import hashlib
from collections.abc import Iterator

from django.db.models import BigIntegerField, Count, F, Func, Sum, TextField
from django.db.models.functions import Coalesce

from duga.casework.models import Assistance, Household, Person
from duga.casework.queries.facts import counting_entries
from duga.places.queries import codes
from duga.places.queries import fingerprint as places_fingerprint

_WRAP = 1 << 38
"""Moments are summed in microseconds modulo this, so that no sum outgrows 64 bits."""


class _Month(Func):
    """2020-03 of a date, in the database."""

    output_field = TextField()

    def as_sqlite(self, compiler, connection, **more):
        return self.as_sql(compiler, connection, template="substr(%(expressions)s, 1, 7)", **more)

    def as_postgresql(self, compiler, connection, **more):
        return self.as_sql(compiler, connection, template="to_char(%(expressions)s, 'YYYY-MM')", **more)


class _Moment(Func):
    """A moment in microseconds, modulo `_WRAP`; nought where there is none."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler, connection, **more):
        sql, params = compiler.compile(self.source_expressions[0])
        second, rest = f"CAST(strftime('%%s', {sql}) AS INTEGER)", f"CAST(substr({sql}, 21, 6) AS INTEGER)"
        return f"coalesce(({second} * 1000000 + {rest}) %% {_WRAP}, 0)", [*params, *params]

    def as_postgresql(self, compiler, connection, **more):
        sql, params = compiler.compile(self.source_expressions[0])
        return f"coalesce((extract(epoch FROM {sql}) * 1000000)::bigint %% {_WRAP}, 0)", params


def fact_marks() -> dict[str, str]:
    """{"2020-03": a mark of its facts}: as long as the mark is the same, `facts` gives the same of that month.

    A mark is made of what changes with every write: how many entries count, their versions, the moments at which
    they, their people and households were made and changed. Whatever enters a month is new or has been changed, so it
    brings a moment that was not there before; whatever leaves it takes one away. Nothing of it leaves the house.
    """
    sums = {
        "version": F("version"), "made": _Moment("created_at"), "changed": _Moment("changed_at"),
        "size": F("size"), "person_version": F("person__version"), "person_made": _Moment("person__created_at"),
        "person_changed": _Moment("person__changed_at"), "household_made": _Moment("household__created_at"),
    }  # fmt: skip
    groups = ("month", "organisation_id", "organisation__country", "area__country", "recipient")
    rows = (
        counting_entries()
        .order_by()
        .annotate(month=_Month("date"))
        .values(*groups)
        .annotate(
            entries=Count("pk"), given=Sum("quantity"), **{f"sum_{k}": Coalesce(Sum(v), 0) for k, v in sums.items()}
        )
    )
    lines: dict[str, list[str]] = {}
    for row in rows:
        row["given"] = f"{row['given']:.2f}"
        lines.setdefault(row["month"], []).append("|".join(str(row[name]) for name in sorted(row)))
    return {month: hashlib.sha256("\n".join(sorted(each)).encode()).hexdigest()[:32] for month, each in lines.items()}


def fact_surroundings() -> str:
    """A mark of what all facts rest on beside the ledger: places with their regions, and the kinds of units."""
    kinds = sorted((code.code, code.group) for code in codes("units", retired=True))
    return hashlib.sha256(f"{places_fingerprint()} {kinds}".encode()).hexdigest()[:32]


def keys_in_order(kind: str) -> Iterator:
    """The ids of all people, households or organisations, oldest first: their places number them for snapshots.

    Rows are never deleted and new ids sort behind all others, so that a number stays with whom it was given to.
    """
    if kind == "organisation":
        model = Assistance._meta.get_field("organisation").related_model
    else:
        model = {"person": Person, "household": Household}[kind]
    return model.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=20_000)
