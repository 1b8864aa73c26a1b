"""Attendance by one tap a child; distribution lists to print, sign and record, with the scan as proof."""

import uuid
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import (
    _check_code,
    _mark,
    _organisation,
    _organisation_box,
    _programme,
    _tell,
    _today,
)
from duga.casework.actions._papers import _paper_path, _read_paper, _store_paper
from duga.casework.actions.finding import open_names
from duga.casework.actions.ledger import _known, _place_recipient, _withdraw
from duga.casework.actions.stock import _issue
from duga.casework.models import Assistance, DistributionLine, DistributionList, Group, GroupMember
from duga.casework.rules import State, check_date, check_quantity, may_undo
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop

SCAN = "casework.DistributionList.scan"

_NAME = gettext_noop("Give a name of at most %(most)s letters.")
_TAKEN = gettext_noop("There is already a group called %(name)s.")
_NOT_MEMBER = gettext_noop("Someone ticked does not belong to this group. Open the list again.")
_LATE = gettext_noop("A tick is taken back on the same day by who made it. Later, withdraw the entry with a reason.")
_EMPTY = gettext_noop("Choose at least one person or household for the list.")
_OTHER = gettext_noop("People of a sealed programme stand on lists of that programme only.")
_NO_SCAN = gettext_noop("No scan is attached to this list.")
_NO_LINE = gettext_noop("A line does not belong to this list. Open the list again.")
_UNTICKED = gettext_noop("The tick was taken back.")


def _named(text, most):
    text = " ".join(str(text).split())
    if not 0 < len(text) <= most:
        raise Refused(_NAME, most=most)
    return text


# --- Groups and attendance --------------------------------------------------------------------------


@transaction.atomic
def add_group(
    *, by, organisation_id, name, service_type="day_centre", unit="day_centre_attendance", target_group="children",
    area_id=None, programme_id=None,
) -> Group:  # fmt: skip
    """Adds a group that meets: what a tick stands for is said once, here."""
    organisation = _organisation(by, organisation_id)
    group = Group(
        organisation=organisation, programme=_programme(by, organisation.pk, programme_id), name=_named(name, 120),
        service_type=_check_code("service_types", service_type), unit=_check_code("units", unit),
        target_group=_check_code("target_groups", target_group), area_id=area_id or None,
    )  # fmt: skip
    try:
        with transaction.atomic():
            group.save(force_insert=True)
    except IntegrityError:
        raise Refused(_TAKEN, name=group.name) from None
    _tell(by, "group.added", group)
    return group


@transaction.atomic
def join_group(*, by, group_id, person_ids) -> int:
    """Puts people into a group; those already in it stay. Returns how many are new."""
    group, new = queries.group(by, group_id), 0
    for person in queries.people_by_id(by, group.organisation_id, person_ids).values():
        _same_seal(group, person)
        new += GroupMember.objects.get_or_create(group=group, person=person, until=None)[1]
    if new:
        _tell(by, "group.joined", group, people=new)
    return new


@transaction.atomic
def leave_group(*, by, group_id, person_id) -> None:
    """Takes a person out of a group; her attendance stays recorded."""
    group = queries.group(by, group_id)
    if GroupMember.objects.filter(group=group, person_id=person_id, until=None).update(until=timezone.now()):
        _tell(by, "group.left", group, person=str(person_id))


@transaction.atomic
def close_group(*, by, group_id) -> None:
    """Closes a group that meets no more."""
    group = queries.group(by, group_id)
    Group.objects.filter(pk=group.pk).update(closed_at=timezone.now())
    _tell(by, "group.closed", group)


def _uuid(value) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))


def _same_seal(place, who):
    """People of a sealed programme appear on its own groups and lists only, and no others appear there."""
    sealed = {row.programme_id for row in (place, who) if row.programme and row.programme.sealed}
    if sealed and place.programme_id != who.programme_id:
        raise Refused(_OTHER)


@dataclass(frozen=True)
class GroupLine:
    """One member of a group on one day."""

    person_id: object
    code: str
    name: str
    present: bool


@transaction.atomic
def open_group(*, by, group_id, date) -> list[GroupLine]:
    """A group's members by name, with who was there on a day. Leaves a trail entry of who was shown."""
    group = queries.group(by, group_id)
    members = [member.person for member in queries.members_of(by, group_id)]
    ids = [person.pk for person in members]
    names = open_names(by=by, organisation_id=group.organisation_id, person_ids=ids, why="group")
    there = set(_attendance(group, date, ids).filter(state=State.RECORDED).values_list("person_id", flat=True))
    lines = [GroupLine(person.pk, person.code, names.get(person.pk, ""), person.pk in there) for person in members]
    return sorted(lines, key=lambda line: (line.name, line.code))


def _attendance(group, date, person_ids):
    marks = [_attendance_mark(group, person_id, date) for person_id in person_ids]
    return Assistance.objects.filter(organisation_id=group.organisation_id, mark__in=marks)


def _attendance_mark(group, person_id, date):
    return _mark(group.organisation_id, f"attendance:{group.pk}:{person_id}:{date.isoformat()}")


@dataclass(frozen=True)
class AttendanceOutcome:
    """How many were recorded now, stood recorded already, and were taken back."""

    recorded: int
    already: int
    taken_back: int


@transaction.atomic
def record_attendance(*, by, group_id, date, present=(), absent=()) -> AttendanceOutcome:
    """Records who of a group was there on a day; said twice, it is recorded once. `absent` takes ticks back.

    `present` and `absent` are ids of members; who is in neither stays as recorded. A tick is taken back by who made it
    while it can be undone, later only by those who may correct.
    """
    group = queries.group(by, group_id)
    check_date(date, today=_today())
    members = {member.person_id: member.person for member in queries.members_of(by, group_id)}
    wanted, gone = ({pk for pk in members if str(pk) in {str(each) for each in ids}} for ids in (present, absent))
    if len(wanted) != len({str(pk) for pk in present}):
        raise Refused(_NOT_MEMBER)
    there, recorded = set(_attendance(group, date, wanted).values_list("person_id", flat=True)), 0
    known = _known(by, group.organisation_id, person_ids=wanted - there)
    for pk in sorted(wanted - there):
        entry = Assistance(
            organisation_id=group.organisation_id, programme=group.programme, service_type=group.service_type,
            unit=group.unit, target_group=group.target_group, date=date, area_id=group.area_id, quantity=1,
            mark=_attendance_mark(group, pk, date), recorded_by_id=by.account_id, delivered_by_id=by.account_id,
            basis=group.programme.basis if group.programme else "",
        )  # fmt: skip
        _place_recipient(by, entry, person_id=pk, known=known)
        recorded += _save_once(entry)
    back = 0
    # Locked: of two who take one tick back in the same moment the second finds nothing to take back.
    ticks = _attendance(group, date, gone).select_for_update(of=("self",))
    for entry in ticks.select_related("changed_by", "programme", "household"):
        _check_taking_back(by, entry)
        _withdraw(by, entry, _UNTICKED)
        back += 1
    outcome = AttendanceOutcome(recorded, len(wanted) - recorded, back)
    if outcome.recorded or back:
        _tell(by, "attendance.recorded", group, date=date.isoformat(), recorded=outcome.recorded, taken_back=back)
    return outcome


def _save_once(entry) -> bool:
    """Whether the entry is new: two phones may tick the same child in the same moment."""
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        if not Assistance.objects.filter(organisation_id=entry.organisation_id, mark=entry.mark).exists():
            raise
        return False
    return True


def _check_taking_back(by, entry):
    moment = {"recorded_at": entry.created_at, "now": timezone.now()}
    own = may_undo(recorded_by=entry.recorded_by_id, account_id=by.account_id, **moment)
    same_day = timezone.localdate(entry.created_at) == _today() and entry.recorded_by_id == by.account_id
    if not own and not same_day:
        try:
            _organisation(by, entry.organisation_id, Permission.CORRECT_RECORDS)
        except Refused:
            raise Refused(_LATE) from None


# --- Distribution lists -----------------------------------------------------------------------------


@transaction.atomic
def make_distribution_list(
    *, by, organisation_id, title, date, service_type="parcel_distribution", unit="parcel", quantity=1, person_ids=(),
    household_ids=(), area_id=None, place="", target_group="general", programme_id=None,
) -> DistributionList:  # fmt: skip
    """Makes a list to print: a line for each person or household, `quantity` of `unit` for each."""
    organisation = _organisation(by, organisation_id)
    row = DistributionList(
        organisation=organisation, programme=_programme(by, organisation.pk, programme_id), title=_named(title, 160),
        date=date, area_id=area_id or None, place=str(place).strip()[:120],
        service_type=_check_code("service_types", service_type), unit=_check_code("units", unit),
        quantity=check_quantity(quantity), target_group=_check_code("target_groups", target_group),
        by_id=by.account_id,
    )  # fmt: skip
    person_ids, household_ids = ([_uuid(pk) for pk in dict.fromkeys(ids)] for ids in (person_ids, household_ids))
    people = queries.people_by_id(by, organisation.pk, person_ids)
    households = queries.households_by_id(by, organisation.pk, household_ids)
    if not people and not households:
        raise Refused(_EMPTY)
    for who in (*people.values(), *households.values()):
        _same_seal(row, who)
    row.save(force_insert=True)
    lines = [{"person": people[pk]} for pk in person_ids] + [{"household": households[pk]} for pk in household_ids]
    DistributionLine.objects.bulk_create(
        DistributionLine(list=row, position=position, **who) for position, who in enumerate(lines, start=1)
    )
    _tell(by, "list.made", row, lines=len(lines))
    return row


@dataclass(frozen=True)
class OpenedLine:
    """One line to print: whom it is for, how many live in the household, whether it was signed."""

    id: object
    position: int
    code: str
    name: str
    size: int | None
    received: bool


@dataclass(frozen=True)
class OpenedList:
    """A distribution list with its names, to print."""

    list: DistributionList
    lines: list


@transaction.atomic
def open_distribution_list(*, by, list_id) -> OpenedList:
    """Opens a list with its names, in the order it prints. Leaves a trail entry of who was shown.

    Who was moved under a seal since stands on it for her own workers only, and the numbers close the gap.
    """
    row = queries.distribution_list(by, list_id)
    lines = row.lines.filter(queries.visible(by, "person__"), queries.visible(by, "household__"))
    lines = list(lines.select_related("person", "household", "assistance"))
    heads = {line.pk: line.person_id or line.household.head_id for line in lines}
    names = open_names(by=by, organisation_id=row.organisation_id, person_ids=heads.values(), why="distribution list")
    opened = [
        OpenedLine(
            line.pk, position, (line.person or line.household).code, names.get(heads[line.pk], ""),
            line.household.size if line.household_id else None, _signed(line),
        )
        for position, line in enumerate(lines, start=1)
    ]  # fmt: skip
    return OpenedList(row, opened)


def _signed(line) -> bool:
    return line.assistance is not None and line.assistance.state == State.RECORDED


@transaction.atomic
def record_distribution_list(*, by, list_id, received, from_stock=None) -> int:
    """Records what was signed for: an entry for each line in `received` (ids) that has none yet. Returns how many.

    `from_stock`: the id of the goods in a store that were handed out.
    """
    row = queries.distribution_list(by, list_id)
    check_date(row.date, today=_today())
    wanted = {str(pk) for pk in received}
    lines = [
        line for line in row.lines.select_for_update(of=("self",)).select_related("household") if str(line.pk) in wanted
    ]
    if len(lines) != len(wanted):
        raise Refused(_NO_LINE)
    new = [line for line in lines if line.assistance_id is None]
    known = _known(
        by, row.organisation_id, person_ids=[line.person_id for line in new if line.person_id],
        household_ids=[line.household_id for line in new if line.household_id],
    )  # fmt: skip
    for line in new:
        entry = Assistance(
            organisation_id=row.organisation_id, programme=row.programme, service_type=row.service_type, unit=row.unit,
            quantity=row.quantity, date=row.date, area_id=row.area_id, place=row.place, target_group=row.target_group,
            mark=_mark(row.organisation_id, f"list:{line.pk}"), recorded_by_id=by.account_id,
            delivered_by_id=by.account_id, basis=row.programme.basis if row.programme else "",
        )  # fmt: skip
        _place_recipient(by, entry, person_id=line.person_id, household_id=line.household_id, known=known)
        entry.save(force_insert=True)
        line.assistance = entry
        line.save(update_fields=["assistance"])
    if new:
        row.recorded_at = row.recorded_at or timezone.now()
        row.save(update_fields=["recorded_at"])
        _tell(by, "list.recorded", row, lines=len(new))
        if from_stock:
            _issue(by, from_stock, [line.assistance for line in new])
    return len(new)


def _scan_path(list_id) -> Path:
    return _paper_path("scans", list_id)


@transaction.atomic
def attach_scan(*, by, list_id, data: bytes) -> str:
    """Attaches the scan of the signed list (PDF, JPEG, PNG), sealed with the organisation's key; returns its type."""
    row = queries.distribution_list(by, list_id)
    box = _organisation_box(row.organisation_id)
    kind = _store_paper(_scan_path(row.pk), owner=row.pk, field=SCAN, data=data, key=box)
    DistributionList.objects.filter(pk=row.pk).update(scan_type=kind)
    _tell(by, "list.scan_attached", row, size=len(data))
    return kind


@transaction.atomic
def open_scan(*, by, list_id) -> tuple[bytes, str]:
    """The scan and its media type; leaves a trail entry."""
    row = queries.distribution_list(by, list_id)
    if not row.scan_type:
        raise NotFound(_NO_SCAN)
    _tell(by, "list.scan_opened", row)
    return _read_scan(row), row.scan_type


def _read_scan(row) -> bytes:
    box = _organisation_box(row.organisation_id)
    return _read_paper(_scan_path(row.pk), owner=row.pk, field=SCAN, key=box)
