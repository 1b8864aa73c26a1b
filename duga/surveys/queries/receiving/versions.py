"""Which version answers belong to, and what its form says of them; looked up for every post, so kept at hand."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from duga.plain.errors import NotFound, gettext_noop
from duga.surveys.models import Form, FormVersion, RoundAssignment, Submission
from duga.surveys.queries.designs.access import used_in
from duga.surveys.queries.receiving.kept import Kept
from duga.surveys.rules import VersionState
from duga.surveys.rules.receiving import Judge

KEPT = 64  #: versions whose questions stay in memory
_NOT_USED = gettext_noop("The form “%(form)s” is not used here. Ask your coordinator whether its number is right.")

_judges: OrderedDict[tuple, Judge] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True)
class Place:
    """Where answers belong. `known`: this very version is known here; else the newest one stands in for it."""

    form_id: object
    version_id: object
    md5: str
    state: str
    closed: bool
    known: bool = True


def version_for(organisation_id, slug: str, version: str) -> Place:
    """The version of a form that answers say they are of; NotFound when the organisation has no such form.

    Withdrawn ones and those of a closed form are taken as well, for phones send what they filled in before; one that
    is not known gets the newest one's place, so that nothing is lost.
    """
    return _known(organisation_id, slug, version) or _place(organisation_id, slug, version)


def _known_place(organisation_id, slug, version) -> Place | None:
    place = _place(organisation_id, slug, version)
    return place if place.known else None


_known = Kept(_known_place)


def _place(organisation_id, slug, version) -> Place:
    forms = list(Form.objects.filter(used_in(organisation_id), slug=slug).only("pk", "organisation_id", "closed_at"))
    if not forms:
        raise NotFound(_NOT_USED, form=slug[:100])
    by_id = {form.pk: form for form in forms}
    rows = list(
        FormVersion.objects.filter(form__in=by_id).values_list("pk", "form_id", "version", "md5", "state", "number")
    )
    if not rows:
        raise NotFound(_NOT_USED, form=slug[:100])
    own = {row[0]: by_id[row[1]].organisation_id is not None for row in rows}
    meant = [row for row in rows if row[2] == version]
    offered = [row for row in rows if row[4] == VersionState.PUBLISHED.value] or rows
    found = max(meant or offered, key=lambda row: (own[row[0]], row[5]))
    return Place(found[1], found[0], found[3], found[4], by_id[found[1]].closed_at is not None, bool(meant))


def judge_of(version_id, md5: str) -> Judge:
    """What a version asks, ready to look at answers. A draft that changes gets another md5, and is read anew."""
    key = (version_id, md5)
    with _lock:
        if key in _judges:
            _judges.move_to_end(key)
            return _judges[key]
    questions = FormVersion.objects.values_list("questions", flat=True).get(pk=version_id)
    judge = Judge(questions)
    with _lock:
        _judges[key] = judge
        while len(_judges) > KEPT:
            _judges.popitem(last=False)
    return judge


def _assignments(organisation_id, form_id) -> list[RoundAssignment]:
    """The open assignments of an organisation in rounds of a form that are open today, with their rounds."""
    today = timezone.localdate()
    rows = RoundAssignment.objects.filter(
        Q(round__closes_on=None) | Q(round__closes_on__gte=today), organisation_id=organisation_id, until=None,
        round__form_id=form_id, round__closed_at=None, round__opens_on__lte=today,
    )  # fmt: skip
    return list(rows[:200])


assignments_open = Kept(_assignments)


def answered_before(*, organisation_id, form_id, content: bytes) -> bool:
    """Whether these very answers are here already, under whichever number."""
    given = {"organisation_id": organisation_id, "form_id": form_id, "content": content}
    fields = [Submission._meta.get_field(name) for name in ("organisation", "form", "content")]
    values = [field.get_db_prep_value(value, connection) for field, value in zip(fields, given.values(), strict=True)]
    where = " AND ".join(f"{connection.ops.quote_name(field.column)} = %s" for field in fields)
    table = connection.ops.quote_name(Submission._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE {where} LIMIT 1", values)  # noqa: S608 names are ours
        return cursor.fetchone() is not None
