"""The rows of an export: read by key, five hundred at a time, so that a long one holds neither memory nor a lock."""

from collections.abc import Callable, Iterator

from django.utils import timezone

from duga.surveys.models import FormVersion, Submission
from duga.surveys.queries.receiving import open_answers
from duga.surveys.rules import VersionState
from duga.surveys.rules.exports import Form, Table, tables_of
from duga.surveys.rules.exports.columns import rows_below

PART = 500
COLUMNS = (
    "pk", "instance_id", "received_at", "form_version__version", "state", "device__name", "complete", "version",
    "flags", "answers__answers",
)  # fmt: skip


def form_tables(form) -> Form:
    """A form's tables over all its versions that were published (or its draft, where there is no other)."""
    versions = list(
        FormVersion.objects.filter(form=form).order_by("-number").values_list("state", "questions", "languages")
    )
    shown = [each for each in versions if each[0] != VersionState.DRAFT] or versions
    return tables_of(
        form.slug, form.title, [questions for _state, questions, _languages in shown],
        shown[0][2] if shown else (),
    )  # fmt: skip


def keyset(rows, columns, *, newest_first: bool = False, after=None) -> Iterator[tuple]:
    """The rows of a query in the order of their keys, `PART` at a time; `after` is the key to go on behind."""
    order, beyond = ("-pk", "pk__lt") if newest_first else ("pk", "pk__gt")
    rows = rows.order_by(order).values_list(*columns)
    while part := list((rows.filter(**{beyond: after}) if after else rows)[:PART]):
        yield from part
        if len(part) < PART:
            return
        after = part[-1][0]


def answer_rows(organisation_id, form_id, form: Form, table: Table, *, trials: bool = False) -> Callable:
    """A function that gives the rows of a table anew: (system values, answers), oldest first."""
    rows = Submission.objects.filter(organisation_id=organisation_id, form_id=form_id, test=trials)

    def told() -> Iterator[tuple[tuple, dict]]:
        for row in keyset(rows, COLUMNS):
            answers = open_answers(organisation_id, row[0], row[-1]) if row[-1] else {}
            if not table.path:
                yield _system(row), answers
                continue
            for number, below in rows_below(answers, table, form):
                yield (row[1], number), below

    return told


def _system(row) -> tuple:
    received = timezone.localtime(row[2]).isoformat(timespec="seconds")
    whole = "yes" if row[6] else "no"
    return (row[1], received, row[3], row[4], row[5] or "", whole, str(row[7] - 1), " ".join(row[8]))
