"""A page of an OData feed: opened under the trail, as small as it was asked for."""

import base64
import binascii
import uuid
from dataclasses import dataclass
from itertools import islice

from django.db.models import Count, Q

from duga.members.actions import write_trail
from duga.plain.errors import NOT_HERE, NotFound
from duga.surveys.models import Submission
from duga.surveys.queries.exports import form_tables, keyset, narrowed
from duga.surveys.queries.receiving import open_answers
from duga.surveys.rules.exports import Asked, Form, Table, entity
from duga.surveys.rules.exports.columns import rows_below
from duga.surveys.rules.exports.odata import STATES, set_name

_COLUMNS = (
    "pk", "instance_id", "received_at", "changed_at", "account__email", "account__name", "state", "device__username",
    "version", "form_version__version", "here", "named", "answers__answers",
)  # fmt: skip


@dataclass(frozen=True)
class FeedPage:
    """Entities, how many there are in all (None unless asked), where the next page begins ("" on the last)."""

    entities: list[dict]
    count: int | None
    after: str


def read_feed(*, by, organisation, form, table: str, asked: Asked, key: str = "") -> FeedPage:
    """A page of a form's answers as OData; the caller has opened the organisation's door. `table`: an entity set.

    key: of one submission alone. The first page leaves an entry in the trail.
    """
    tables = form_tables(form)
    shown = next((each for each in tables.tables if set_name(each) == table), None)
    if shown is None:
        raise NotFound(NOT_HERE)
    rows = Submission.objects.filter(narrowed(asked.condition), organisation=organisation, form=form, test=False)
    if key:
        rows = rows.filter(instance_id=key)
    if not asked.after:
        write_trail(
            by=by, event="answers.fed", subject=("surveys.Form", form.pk), organisation_id=organisation.pk,
            detail={"table": table},
        )  # fmt: skip
    rows = rows.annotate(here=Count("files", filter=~Q(files__mark=b"")), named=Count("files"))
    told = _submissions(organisation.pk, tables, shown, rows, asked)
    return told if not shown.path else _repeated(organisation.pk, tables, shown, rows, asked)


def _submissions(organisation_id, tables, table, rows, asked) -> FeedPage:
    if table.path:
        return FeedPage([], None, "")
    count = rows.count() if asked.count else None
    order = "-pk" if asked.newest_first else "pk"
    ordered = rows.order_by(order).values_list(*_COLUMNS)
    if after := _place(asked.after):
        ordered = ordered.filter(**{"pk__lt" if asked.newest_first else "pk__gt": after})
        found = list(ordered[: asked.size + 1])
    else:
        found = list(ordered[asked.skip : asked.skip + asked.size + 1])
    page = found[: asked.size]
    more = len(found) > asked.size and (asked.top is None or asked.top > asked.size)
    entities = [_submission(organisation_id, tables, table, row, asked) for row in page]
    return FeedPage(entities, count, _word(page[-1][0]) if more else "")


def _submission(organisation_id, tables: Form, table: Table, row, asked: Asked) -> dict:
    answers = open_answers(organisation_id, row[0], row[-1]) if row[-1] else {}
    told = entity(table, tables, key=row[1], answers=answers, system=_system(row))
    if asked.expand:
        _expand(told, answers, table, tables, row[1])
    return _selected(told, asked)


def _system(row) -> dict:
    return {
        "submissionDate": row[2].isoformat(), "updatedAt": row[3].isoformat() if row[3] else None,
        "submitterId": row[4], "submitterName": row[5], "attachmentsPresent": row[10], "attachmentsExpected": row[11],
        "status": None, "reviewState": STATES.get(row[6]), "deviceId": row[7], "edits": row[8] - 1,
        "formVersion": row[9],
    }  # fmt: skip


def _selected(told, asked) -> dict:
    if not asked.select:
        return told
    return {name: value for name, value in told.items() if name in asked.select or name == "__id"}


def _expand(into, answers, table, tables, key) -> None:
    for each in tables.tables:
        if not each.path or each.above != table.path:
            continue
        name = set_name(each).rpartition(".")[2]
        into.pop(f"{name}@odata.navigationLink", None)
        rows = answers.get(each.path)
        into[name] = []
        for number, row in enumerate(rows if isinstance(rows, list) else (), start=1):
            below = f"{key}_{name}_{number}"
            told = entity(each, tables, key=below, answers=row, above=key)
            _expand(told, row, each, tables, below)
            into[name].append(told)


def _repeated(organisation_id, tables, table, rows, asked) -> FeedPage:
    """Rows of a repeat: paged by the submissions they stand in, unless so many are asked for."""

    def told(after=None):
        for row in keyset(rows, _COLUMNS, newest_first=asked.newest_first, after=after):
            answers = open_answers(organisation_id, row[0], row[-1]) if row[-1] else {}
            for number, below in rows_below(answers, table, tables):
                yield row[0], _row(tables, table, row[1], number, below)

    count = sum(1 for _each in told()) if asked.count else None
    first = 0 if asked.after else asked.skip
    entities, last = [], None
    for pk, each in islice(told(_place(asked.after)), first, None):
        if len(entities) >= asked.size and (asked.top is not None or pk != last):
            whole = asked.top is not None and asked.top <= asked.size
            return FeedPage(entities, count, "" if whole else _word(last))
        entities.append(_selected(each, asked))
        last = pk
    return FeedPage(entities, count, "")


def _row(tables, table, key, number, answers) -> dict:
    """A row of a repeat: its key is its submission's, its name and its number; so is that of the row above it."""
    name = set_name(table).rpartition(".")[2]
    above = key
    if table.above:
        over = next(each for each in tables.tables if each.path == table.above)
        above = f"{key}_{set_name(over).rpartition('.')[2]}_{number.rpartition('.')[0]}"
    return entity(table, tables, key=f"{key}_{name}_{number}", answers=answers, above=above)


def _word(pk) -> str:
    return base64.urlsafe_b64encode(pk.bytes).rstrip(b"=").decode()


def _place(word):
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(word + "==")) if word else None
    except (ValueError, binascii.Error):
        raise NotFound(NOT_HERE) from None
