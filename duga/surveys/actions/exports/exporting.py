"""An export as a stream: its door and its entry first, then rows as they are read.

What is long is read and written by a process of its own, so that phones are answered meanwhile as quickly as ever.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from duga.members.actions import write_trail
from duga.plain.errors import NOT_HERE, NotFound, Refused, gettext_noop
from duga.surveys.models import Submission
from duga.surveys.queries.exports import answer_rows, form_tables
from duga.surveys.queries.receiving.lists import form_of, review_door
from duga.surveys.rules.exports import KINDS, Sheet, write

MANY = 100_000  #: answers above which an export is made by a process of its own
_KIND = gettext_noop("There is no export “%(kind)s”. There are: %(kinds)s.")


def sheets_of(organisation_id, form, *, table="", language="", split=False, trials=False) -> list[Sheet]:
    """The tables of a form with their rows, the one asked for first."""
    tables = form_tables(form)
    first = tables.table(table)
    if first is None:
        raise NotFound(NOT_HERE)
    ordered = [first, *(each for each in tables.tables if each is not first)]
    return [
        Sheet(each, answer_rows(organisation_id, form.pk, tables, each, trials=trials), language, split)
        for each in ordered
    ]


def export_answers(
    *, by, organisation_id, form_id, kind: str, table: str = "", language: str = "", split: bool = False,
    trials: bool = False,
) -> Iterator[bytes]:  # fmt: skip
    """The answers of an organisation to a form, as a stream of `kind` (rules.exports.KINDS).

    language: labels in it in place of codes; table: the name of a repeat, for kinds that hold one table; split: a
    column for each choice. Answers are the organisation's own: NotFound for everybody who may not review them.
    """
    if kind not in KINDS:
        raise Refused(_KIND, kind=kind[:20], kinds=", ".join(KINDS))
    form = form_of(by, review_door(by, organisation_id), form_id)
    sheets = sheets_of(organisation_id, form, table=table, language=language, split=split, trials=trials)
    detail = {"kind": kind, "table": table, "language": language, "trials": trials}
    write_trail(
        by=by, event="answers.exported", subject=("surveys.Form", form.pk), organisation_id=organisation_id,
        detail=detail,
    )  # fmt: skip
    return write(kind, sheets)


def export_apart(*, by, organisation_id, form_id, kind: str, **told) -> Iterator[bytes]:
    """The same; what is long, or needs what a server does not carry, comes from a process of its own."""
    form = form_of(by, review_door(by, organisation_id), form_id)
    came = Submission.objects.filter(organisation_id=organisation_id, form=form).count()
    columns = sum(len(each.columns) for each in form_tables(form).tables)
    if kind != "parquet" and came * columns <= MANY:
        return export_answers(by=by, organisation_id=organisation_id, form_id=form_id, kind=kind, **told)
    return _apart(by, organisation_id, form_id, kind, **told)


def _apart(by, organisation_id, form_id, kind, *, table="", language="", split=False, trials=False) -> Iterator[bytes]:
    options = [f"--table={table}", f"--language={language}"] + ["--split"] * split + ["--trials"] * trials
    process = subprocess.Popen(  # noqa: S603 our own command, no shell, no input of a stranger's
        [sys.executable, "-m", "config.cli", "answers", str(organisation_id), str(form_id), kind, "--as", by.email,
         *options],
        cwd=Path(settings.ROOT), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
    )  # fmt: skip
    first = process.stdout.read(65536)  # before anything is answered: what is refused can still be told
    if not first and process.wait():
        raise Refused(_FAILED)
    return _relayed(process, first)


_FAILED = gettext_noop("The export could not be made. Nothing was changed: please try again.")


def _relayed(process, part) -> Iterator[bytes]:
    """What the process writes; whoever stops reading ends it, and one that fails breaks the answer off."""
    try:
        while part:
            yield part
            part = process.stdout.read1(262144)
        if process.wait():
            raise RuntimeError("an export broke off")
    finally:
        process.kill()
        process.stdout.close()
        process.wait()
