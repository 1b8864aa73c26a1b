"""Numbers of a month, told on written request alone: noted by one person, decided by another, protected, kept."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from duga.casework.actions._help import _tell
from duga.casework.models import MonthlyRequest
from duga.casework.queries import helpline as queries
from duga.casework.queries import programme as programme_door
from duga.casework.rules import helpline as rules
from duga.casework.rules.helpline import MonthState
from duga.evidence.disclosure.apart import protect_apart
from duga.members.rules import Permission
from duga.plain.errors import NOT_HERE, NotFound, Refused, gettext_noop
from duga.plain.tables import write_csv

_WHO = gettext_noop("Say who asks, and what the numbers are for.")
_DAY = gettext_noop("The letter cannot lie in the future.")
_WHY = gettext_noop("Say why it is refused: who asked will read it.")
_FEW = gettext_noop("That month held too few calls: nothing of it can be told. Refuse the request with this reason.")
_NOT_TOLD = gettext_noop("Nothing was told on this request.")


@transaction.atomic
def note_request(
    *, by, programme_id, asked_by, asked_on: dt.date, purpose, month: dt.date, letter=""
) -> MonthlyRequest:
    """Notes that somebody asked in writing for a month's numbers of a line's programme. `month`: any day of it."""
    programme = programme_door(by, programme_id, Permission.APPROVE_CASES)
    if not programme.lines.exists():
        raise NotFound(NOT_HERE)
    asked_by, purpose = " ".join(str(asked_by).split()), " ".join(str(purpose).split())
    if not 0 < len(asked_by) <= 200 or not 0 < len(purpose) <= 300:
        raise Refused(_WHO)
    if asked_on > timezone.localdate():
        raise Refused(_DAY)
    request = MonthlyRequest(
        programme=programme, asked_by=asked_by, asked_on=asked_on, purpose=purpose, letter=str(letter).strip()[:80],
        month=month.replace(day=1), noted_by_id=by.account_id,
    )  # fmt: skip
    request.save(force_insert=True)
    _tell(by, "month.asked", request, month=f"{request.month:%Y-%m}")
    return request


def _decide(by, request, wanted: MonthState, **more) -> MonthlyRequest:
    request = MonthlyRequest.objects.select_for_update().select_related("programme").get(pk=request.pk)
    rules.check_month_decision(request.state, wanted, noted_by=request.noted_by_id, by=by.account_id)
    request.state, request.decided_by_id, request.decided_at = wanted, by.account_id, timezone.now()
    for name, value in more.items():
        setattr(request, name, value)
    request.save()
    _tell(by, f"month.{wanted}", request, month=f"{request.month:%Y-%m}")
    return request


@transaction.atomic
def refuse_month(*, by, request_id, reason) -> MonthlyRequest:
    """Refuses a request, with the reason that who asked will read."""
    request = queries.month(by, request_id)
    if not str(reason).strip():
        raise Refused(_WHY)
    return _decide(by, request, MonthState.REFUSED, reason=str(reason).strip()[:300])


def release_month(*, by, request_id) -> MonthlyRequest:
    """Tells the numbers: protected tables of a month that is over, without organisation, line or place.

    A month is protected once: who asks later is told the very same tables, so that no two can be compared.
    """
    request = queries.month(by, request_id)
    rules.check_month_decision(request.state, MonthState.RELEASED, noted_by=request.noted_by_id, by=by.account_id)
    earlier = _told_before(request)
    table = earlier.table if earlier else _table(request)  # outside the transaction: it takes half a second
    with transaction.atomic():
        earlier = earlier or _told_before(request)
        if earlier:
            return _decide(by, request, MonthState.RELEASED, table=earlier.table, same_as=earlier)
        return _decide(by, request, MonthState.RELEASED, table=table)


def _told_before(request) -> MonthlyRequest | None:
    rows = MonthlyRequest.objects.filter(
        programme=request.programme_id, month=request.month, state=MonthState.RELEASED, same_as=None
    )
    return rows.first()


def _table(request) -> dict:
    begin, _end = queries.month_span(request.programme, request.month)
    calls, unfinished = queries.calls_of_month(request.programme, request.month)
    rules.check_month_over(request.month, timezone.now().astimezone(begin.tzinfo), unfinished=unfinished)
    if len(calls) < rules.MINIMUM:
        raise Refused(_FEW)
    safe = protect_apart(rules.month_tables(calls), rules.MINIMUM)
    return {
        "month": f"{request.month:%Y-%m}", "country": request.programme.organisation.country,
        "minimum": rules.MINIMUM, "tables": [each.to_dict() for each in safe],
    }  # fmt: skip


@transaction.atomic
def take_month(*, by, request_id, label) -> bytes:
    """What was told, as a CSV file for the answer to the letter: no organisation stands in it, nor in its name.

    `label(column, word)` puts a word into the reader's language.
    """
    request = queries.month(by, request_id)
    if request.state != MonthState.RELEASED:
        raise Refused(_NOT_TOLD)
    _tell(by, "month.taken", request, month=f"{request.month:%Y-%m}")
    rows = []
    for table in request.table["tables"]:
        (name,) = table["dimensions"]
        begin = [request.table["country"], request.table["month"], label("unit", table["unit"]), label("by", name)]
        for cell in table["cells"]:
            value = label("hidden", table["hidden_means"]) if cell["status"] == "hidden" else cell["value"]
            rows.append([*begin, label(name, cell[name]), value])
    return write_csv(("country", "month", "unit", "by", "word", "number"), rows)
