"""Months of helplines that were told on written request: what anybody who asked was given, and nothing else."""

import datetime as dt

from duga.casework.models import MonthlyRequest
from duga.casework.rules.helpline import MonthState


def told_months(organisation_id, month: dt.date) -> list[dict]:
    """The protected tables of an organisation's month (its first day), one list entry for each programme that told it.

    They were told outside already, without the organisation's name; a month that nobody asked for is not here.
    """
    rows = MonthlyRequest.objects.filter(
        programme__organisation_id=organisation_id, month=month, state=MonthState.RELEASED, same_as=None
    )
    return [row.table for row in rows.order_by("pk") if row.table.get("tables")]
