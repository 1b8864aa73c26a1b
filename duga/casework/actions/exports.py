"""What leaves an organisation in files: its ledger as a spreadsheet, and everything it owns on the day it goes.

Sealed programmes stand outside: they leave only when a worker named for them exports everything.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, count, islice

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duga.casework import queries
from duga.casework.actions._help import IDENTITY, NOTE, SPECIAL, _note_key, _organisation
from duga.casework.actions.accountability.tables import _accountability_tables
from duga.casework.actions.bases.tables import _bases_files, _bases_tables
from duga.casework.actions.cases.exporting import _case_files, _case_tables
from duga.casework.actions.feedback import _feedback_tables
from duga.casework.actions.helpline.tables import _helpline_tables
from duga.casework.actions.lists import _read_scan
from duga.casework.actions.referrals.tables import _referral_tables
from duga.casework.actions.requests.tables import _request_tables
from duga.casework.actions.stock import _stock_tables
from duga.casework.actions.volunteers.records import _volunteer_tables
from duga.casework.models import (
    Assistance,
    Correction,
    CountingObjection,
    DistributionLine,
    DistributionList,
    Group,
    GroupMember,
    Household,
    ImportBatch,
    Institution,
    LawfulBasis,
    Person,
    Programme,
)
from duga.casework.queries.ledger import filtered
from duga.casework.rules import IDENTITY_FIELDS, RECIPIENT_LABELS, SPECIAL_FIELDS, STATE_LABELS, full_name
from duga.members.actions import write_trail
from duga.members.rules import Permission
from duga.places.queries import label
from duga.plain.errors import Refused, gettext_noop
from duga.plain.tables import write_csv, write_xlsx
from duga.vault import sealing

CHUNK = 500
FORMS = {
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (write_csv, "text/csv; charset=utf-8"),
}
_FORM = gettext_noop("The ledger is exported as xlsx or csv.")

_MEDIA = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def export_assistance(*, by, organisation_id, filter=None, names=False, form="xlsx") -> tuple[str, str, bytes]:
    """The ledger as a spreadsheet: (file name, media type, bytes). Codes of people; their names only when asked for.

    No cell can act as a formula. Sealed programmes are never in it. Leaves a trail entry with how many rows, and
    whether names, left the house. A long ledger takes seconds to read: only its entry is written in a transaction.
    """
    if form not in FORMS:
        raise Refused(_FORM)
    organisation = _organisation(by, organisation_id, Permission.EXPORT_RECORDS)
    rows = filtered(by, organisation, filter or queries.LedgerFilter()).filter(queries.unsealed())
    columns = [
        _("Date"), _("Recipient"), _("Case code"), *([_("Name")] if names else []), _("Institution"), _("Size"),
        _("Sex"), _("Birth year"), _("Age band"), _("Service"), _("Unit"), _("Quantity"), _("Exactness"),
        _("Municipality"), _("Region"), _("Place"), _("Channel"), _("Target group"), _("Programme"), _("Delivered by"),
        _("State"),
    ]  # fmt: skip
    write, media = FORMS[form]
    number = count()
    data = write(columns, (line for line, _number in zip(_lines(rows, names), number, strict=False)))
    detail = {"rows": next(number), "names": bool(names), "form": form}
    write_trail(
        by=by, event="assistance.exported", subject=("members.Organisation", organisation.pk),
        organisation_id=organisation.pk, detail=detail,
    )  # fmt: skip
    return f"{organisation.slug}-{timezone.localdate().isoformat()}.{form}", media, data


SHOWN = ("person", "household__head", "institution", "area__region", "programme", "delivered_by")


def _lines(rows, names):
    """The rows of an export part by part, so that a long ledger fits into little memory."""
    language, called = get_language() or "en", {}
    words = lru_cache(maxsize=None)(lambda list_name, code: label(list_name, code, language) if code else "")
    rows = rows.select_related(*SHOWN).defer("note").iterator(chunk_size=CHUNK)
    while part := list(islice(rows, CHUNK)):
        heads = {row.pk: row.person or (row.household.head if row.household_id else None) for row in part}
        if names:
            people = {person.pk: person.identity for person in heads.values() if person}
            opened = sealing.unseal_many(field=IDENTITY, rows=people.items())
            called = {pk: full_name(identity) for pk, identity in opened.items()}
        for row in part:
            yield _line(row, heads[row.pk], called if names else None, words)


def _line(row, person, called, words) -> list:
    who = row.person or row.household
    return [
        row.date, _(RECIPIENT_LABELS[row.recipient]), who.code if who else "",
        *([called.get(person.pk, "") if person else ""] if called is not None else []),
        row.institution.name if row.institution else "", row.size, words("sexes", row.person.sex) if row.person else "",
        row.person.birth_year if row.person else None, words("age_bands", row.age_band),
        words("service_types", row.service_type), words("units", row.unit), row.quantity,
        words("qualifiers", row.qualifier), row.area.name if row.area else "",
        row.area.region.name if row.area and row.area.region else "", row.place, words("channels", row.channel),
        words("target_groups", row.target_group), row.programme.name if row.programme else "",
        row.worker or (row.delivered_by.name if row.delivered_by else ""), _(STATE_LABELS[row.state]),
    ]  # fmt: skip


# --- Everything, for the day an organisation leaves -------------------------------------------------


def export_everything(*, by, organisation_id) -> Iterator[tuple[str, list[str], Iterator]]:
    """All an organisation owns here, opened: (table name, columns, rows) one after another, for open formats.

    Erased people stay erased. Of sealed programmes only what the actor is named for. Leaves one trail entry.
    """
    organisation = _organisation(by, organisation_id, Permission.EXPORT_RECORDS)
    _leave(by, organisation)
    return _everything(by, organisation)


@transaction.atomic
def _leave(by, organisation):
    write_trail(
        by=by, event="organisation.exported", subject=("members.Organisation", organisation.pk),
        organisation_id=organisation.pk,
    )  # fmt: skip


_SEALED = {"identity", "special", "note", "mark", "title"}


def _everything(by, organisation):
    mine = {"organisation_id": organisation.pk}
    seen = queries.visible(by)
    yield "programmes", *_plain(Programme.objects.filter(queries.visible_programmes(by), **mine))
    yield "people", *_people(Person.objects.filter(seen, **mine))
    yield (
        "lawful_bases",
        *_plain(LawfulBasis.objects.filter(queries.visible(by, "person__"), person__organisation=organisation)),
    )
    theirs = {"person__organisation": organisation}
    yield "objections", *_plain(CountingObjection.objects.filter(queries.visible(by, "person__"), **theirs))
    yield from _bases_tables(by, organisation)
    yield from _referral_tables(by, organisation)
    yield from _helpline_tables(by, organisation)
    yield from _request_tables(by, organisation)
    yield from _accountability_tables(by, organisation)
    yield "households", *_plain(Household.objects.filter(seen, **mine))
    yield "institutions", *_plain(Institution.objects.filter(**mine))
    yield "assistance", *_assistance(Assistance.objects.filter(seen, **mine))
    yield (
        "corrections",
        *_plain(Correction.objects.filter(queries.visible(by, "assistance__"), assistance__organisation=organisation)),
    )
    yield "groups", *_plain(Group.objects.filter(seen, **mine))
    yield (
        "group_members",
        *_plain(
            GroupMember.objects.filter(
                queries.visible(by, "group__"), queries.visible(by, "person__"), group__organisation=organisation
            )
        ),
    )
    yield "distribution_lists", *_plain(DistributionList.objects.filter(seen, **mine))
    yield (
        "distribution_lines",
        *_plain(
            DistributionLine.objects.filter(
                queries.visible(by, "list__"),
                queries.visible(by, "person__"),
                queries.visible(by, "household__"),
                list__organisation=organisation,
            )  # fmt: skip
        ),
    )
    yield "imports", *_imports(by, organisation)
    yield from _stock_tables(by, organisation)
    yield from _case_tables(by, organisation)
    yield from _feedback_tables(by, organisation)
    yield from _volunteer_tables(organisation)


def _plain(rows):
    names = [field.attname for field in rows.model._meta.concrete_fields if field.name not in _SEALED]
    return names, rows.order_by("pk").values_list(*names).iterator(chunk_size=CHUNK)


def _imports(by, organisation):
    names = [field.attname for field in ImportBatch._meta.concrete_fields if field.name not in _SEALED]
    rows = queries.imported_files(by, organisation, limit=None)
    return [*names, "name"], ([*(getattr(row, name) for name in names), row.name] for row in rows)


def _people(rows):
    names = [field.attname for field in Person._meta.concrete_fields if field.name not in _SEALED]
    return [*names, *IDENTITY_FIELDS, *SPECIAL_FIELDS], _opened_people(rows, names)


def _opened_people(rows, names):
    buffer = []
    for person in rows.order_by("pk").iterator(chunk_size=CHUNK):
        buffer.append(person)
        if len(buffer) == CHUNK:
            yield from _open_part(buffer, names)
            buffer = []
    yield from _open_part(buffer, names)


def _open_part(people, names):
    identities = sealing.unseal_many(field=IDENTITY, rows=[(person.pk, person.identity) for person in people])
    specials = sealing.unseal_many(field=SPECIAL, rows=[(person.pk, person.special) for person in people])
    for person in people:
        identity, special = identities.get(person.pk, {}), specials.get(person.pk, {})
        yield [
            *(getattr(person, name) for name in names), *(identity.get(name, "") for name in IDENTITY_FIELDS),
            *(special.get(name, "") for name in SPECIAL_FIELDS),
        ]  # fmt: skip


def _assistance(rows):
    names = [field.attname for field in Assistance._meta.concrete_fields if field.name not in _SEALED]
    rows = rows.select_related("household").order_by("pk").iterator(chunk_size=CHUNK)
    return [*names, "note"], ([*(getattr(row, name) for name in names), _note(row)] for row in rows)


def _note(row) -> str:
    return sealing.unseal(owner=row.pk, field=NOTE, data=row.note, key=_note_key(row)) if row.note else ""


def export_files(*, by, organisation_id) -> Iterator[tuple[str, bytes]]:
    """The organisation's stored papers, opened: (path, bytes) of each signed list's scan and each signed consent."""
    organisation = _organisation(by, organisation_id, Permission.EXPORT_RECORDS)
    rows = DistributionList.objects.filter(queries.visible(by), organisation=organisation).exclude(scan_type="")
    scans = ((f"scans/{row.pk}.{_MEDIA[row.scan_type]}", _read_scan(row)) for row in rows.order_by("pk"))
    return chain(scans, _bases_files(by, organisation), _case_files(by, organisation))
