"""Facts without names for a snapshot: month and region, never a day and a village."""

import datetime as dt
from collections.abc import Iterator

from duga.casework.models import Assistance, Programme
from duga.casework.rules import State, weakest
from duga.places.queries import codes

#: What each tuple of `facts` holds, in order.
FACT_COLUMNS = (
    "person", "household", "recipient", "size", "organisation", "country", "area", "month", "sex", "age_band",
    "target_group", "service_type", "unit", "unit_kind", "channel", "quantity", "qualifier",
)  # fmt: skip

CHUNK = 5_000


def counting_entries():
    """The entries that count: withdrawn ones and sealed programmes left out, wherever the seal lies."""
    sealed = list(Programme.objects.filter(sealed=True).values_list("pk", flat=True))
    rows = Assistance.objects.filter(state=State.RECORDED)
    if sealed:
        for way in ("", "person__", "household__", "household__head__"):
            rows = rows.exclude(**{f"{way}programme__in": sealed})
    return rows


def facts(since: dt.date | None = None, until: dt.date | None = None, organisation_id=None) -> Iterator[tuple]:
    """Every delivery that counts, one tuple each (see FACT_COLUMNS), streamed; public to the house only.

    `person`, `household` and `organisation` are UUIDs, for the snapshot to replace by numbers of its own; `month` is
    the first of the month; `quantity` a float. Withdrawn entries and sealed programmes are left out, wherever
    the seal lies: on the entry, its person, its household or that household's head.
    """
    rows = counting_entries()
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    if since:
        rows = rows.filter(date__gte=since)
    if until:
        rows = rows.filter(date__lte=until)
    kinds = {code.code: code.group for code in codes("units", retired=True)}
    fields = (
        "person_id", "household_id", "recipient", "size", "organisation_id", "organisation__country", "area__country",
        "area__region__code", "date", "person__sex", "age_band", "target_group", "service_type", "unit", "channel",
        "quantity", "qualifier", "size_qualifier",
    )  # fmt: skip
    for (
        person, household, recipient, size, organisation, home, country, region, date, sex, band, group, service,
        unit, channel, quantity, qualifier, size_qualifier,
    ) in rows.order_by().values_list(*fields).iterator(chunk_size=CHUNK):  # fmt: skip
        yield (
            person, household, recipient, size, organisation, country or home, region or "", date.replace(day=1),
            sex or "unknown", band, group, service, unit, kinds.get(unit, "service"), channel, float(quantity),
            qualifier if size_qualifier == "exact" else weakest(qualifier, size_qualifier),
        )  # fmt: skip
