"""The ledger, written: recorded, corrected with a reason, withdrawn, taken back."""

import datetime as dt
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import (
    IDENTITY,
    NOTE,
    _changed,
    _check_code,
    _check_version,
    _mark,
    _note_key,
    _organisation,
    _programme,
    _seal_note,
    _tell,
    _today,
)
from duga.casework.actions.stock import _follow, _issue
from duga.casework.models import Assistance, Correction, Institution
from duga.casework.rules import (
    CORRECTABLE,
    UNDO_MINUTES,
    USUAL_UNIT,
    Qualifier,
    State,
    check_date,
    check_quantity,
    check_recipient,
    check_transition,
    may_undo,
)
from duga.members.rules import Permission
from duga.places.rules import age_band as band_of
from duga.plain.errors import NotFound, Refused, gettext_noop
from duga.vault import sealing
from duga.vault.rows import put

_SEALED = gettext_noop("People and entries of a sealed programme stay together: choose the programme she is in.")
_OTHER = gettext_noop("This recipient belongs to another organisation.")
_ERASED = gettext_noop("This person's data was erased and can no longer be read.")
_REASON = gettext_noop("Say why, in a few words and without names.")
_LATE = gettext_noop("Only what you recorded yourself in the last %(minutes)s minutes is undone this way. Withdraw it.")
_FIELD = gettext_noop("“%(field)s” of an entry cannot be changed.")
_NOTHING = gettext_noop("Nothing was changed.")
_QUALIFIER = gettext_noop("A quantity is exact, about, at least or at most.")


def _born_of(people) -> dict:
    """{id: the birth date, else the birth year, else None}, for the age on the day of a delivery."""
    opened = sealing.unseal_many(field=IDENTITY, rows=[(person.pk, person.identity) for person in people])
    dates = {pk: identity.get("birth_date") for pk, identity in opened.items()}
    return {
        person.pk: dt.date.fromisoformat(dates[person.pk]) if dates.get(person.pk) else person.birth_year
        for person in people
    }


@dataclass(frozen=True)
class _Known:
    """Recipients read together, for many entries at once: by id, and when the people were born."""

    people: dict = field(default_factory=dict)
    households: dict = field(default_factory=dict)
    born: dict = field(default_factory=dict)


def _known(by, organisation_id, *, person_ids=(), household_ids=()) -> _Known:
    people = queries.people_by_id(by, organisation_id, person_ids)
    households = queries.households_by_id(by, organisation_id, household_ids)
    return _Known(people, households, _born_of(people.values()))


def _place_recipient(
    by, entry, *, person_id=None, household_id=None, institution_id=None, size=None, age_band=None, known=None
):
    """Puts exactly one recipient on an entry, with her programme, the household's size of the day, the age band.

    `known` holds what was read of many recipients together; what is not in it is asked for.
    """
    known = known or _Known()
    household = (known.households.get(household_id) or queries.household(by, household_id)) if household_id else None
    size = household.size if household is not None and size is None else size
    entry.recipient = check_recipient(
        person_id=person_id, household_id=household_id, institution_id=institution_id, size=size
    )
    person = (known.people.get(person_id) or queries.person(by, person_id)) if person_id else None
    rows = Institution.objects.filter(pk=institution_id, organisation_id=entry.organisation_id)
    institution = rows.first() if institution_id else None
    if institution_id and institution is None:
        raise Refused(_OTHER)
    who = person or household
    if who is not None and who.organisation_id != entry.organisation_id:
        raise Refused(_OTHER)
    if who is not None and entry.programme_id != who.programme_id:
        if who.programme and who.programme.sealed and entry.programme_id is None:
            entry.programme = who.programme
        elif (who.programme and who.programme.sealed) or (entry.programme and entry.programme.sealed):
            raise Refused(_SEALED)
    entry.person, entry.household, entry.institution, entry.size = person, household, institution, size
    if person:
        born = known.born if person.pk in known.born else _born_of([person])
        entry.age_band = band_of(born[person.pk], entry.date)
    else:
        entry.age_band = _check_code("age_bands", age_band or "unknown")
    if entry.area_id is None and (who or institution):
        entry.area_id = (who or institution).area_id


def record_assistance(
    *, by, organisation_id, service_type, date, unit="", quantity=1, qualifier="exact", person_id=None,
    household_id=None, institution_id=None, size=None, size_qualifier="exact", area_id=None, place="",
    channel="in_person", programme_id=None, target_group="general", delivered_by_id=None, worker="", note="", basis="",
    age_band=None, once="", from_stock=None,
) -> Assistance:  # fmt: skip
    """Records one delivery to exactly one recipient: a person, a household, an institution, or a group's `size`.

    `once` is any text that names this form: sent twice, it is recorded once. Without a unit the service's usual one is
    meant; without an area the recipient's. `from_stock` (the id of goods in a store) gives the quantity out with it.
    Refused when something is not plausible, NotFound for people not theirs.
    """
    organisation = _organisation(by, organisation_id)
    mark = _mark(organisation.pk, f"once:{by.account_id}:{once}") if once else None
    known = Assistance.objects.filter(organisation=organisation, mark=mark).first() if mark else None
    if known is not None:
        return known
    entry = Assistance(
        organisation=organisation, programme=_programme(by, organisation.pk, programme_id), mark=mark,
        service_type=_check_code("service_types", service_type),
        unit=_check_code("units", unit or USUAL_UNIT.get(service_type, "")),
        quantity=check_quantity(quantity), qualifier=_qualifier(qualifier), size_qualifier=_qualifier(size_qualifier),
        date=check_date(date, today=_today()), area_id=area_id or None, place=str(place).strip()[:120],
        channel=_check_code("channels", channel), target_group=_check_code("target_groups", target_group),
        delivered_by_id=delivered_by_id or (None if worker else by.account_id), worker=str(worker).strip()[:120],
        recorded_by_id=by.account_id,
    )  # fmt: skip
    try:
        with transaction.atomic():
            _place_recipient(
                by, entry, person_id=person_id, household_id=household_id, institution_id=institution_id, size=size,
                age_band=age_band,
            )  # fmt: skip
            if entry.person is not None and entry.person.erased_at:  # of a phone that was away meanwhile
                raise NotFound(_ERASED)
            entry.basis = _check_code("lawful_bases", basis) if basis else getattr(entry.programme, "basis", "")
            entry.note = _seal_note(entry, note)
            put(entry)
            _tell(by, "assistance.recorded", entry)
            if from_stock:
                _issue(by, from_stock, [entry])
    except IntegrityError:
        known = Assistance.objects.filter(organisation=organisation, mark=mark).first() if mark else None
        if known is None:
            raise
        return known
    return entry


def record_tally(
    *, by, organisation_id, size, service_type, date, unit="", quantity=1, qualifier="exact", size_qualifier="exact",
    area_id=None, place="", channel="in_person", programme_id=None, target_group="general", age_band=None, worker="",
    note="", once="",
) -> Assistance:  # fmt: skip
    """Records help to a group nobody names: `size` people, counted apart and published as not unduplicated.

    The rest as in `record_assistance`; `age_band` where all of the group are in one.
    """
    return record_assistance(
        by=by, organisation_id=organisation_id, size=size, service_type=service_type, date=date, unit=unit,
        quantity=quantity, qualifier=qualifier, size_qualifier=size_qualifier, area_id=area_id, place=place,
        channel=channel, programme_id=programme_id, target_group=target_group, age_band=age_band, worker=worker,
        note=note, once=once,
    )  # fmt: skip


def _qualifier(value):
    if value not in list(Qualifier):
        raise Refused(_QUALIFIER)
    return str(value)


def _door(by, assistance_id) -> Assistance:
    """The entry, locked, if it is the actor's own or theirs to correct."""
    rows = Assistance.objects.select_for_update(of=("self",)).select_related(
        "changed_by", "programme", "household", "organisation"
    )
    entry = queries.door(by, rows, assistance_id, Permission.RECORD_ASSISTANCE)
    if entry.recorded_by_id != by.account_id or by.account_id is None or entry.batch_id:
        _organisation(by, entry.organisation_id, Permission.CORRECT_RECORDS)
    return entry


_CHECKS = {
    "service_type": lambda value: _check_code("service_types", value),
    "unit": lambda value: _check_code("units", value),
    "channel": lambda value: _check_code("channels", value),
    "target_group": lambda value: _check_code("target_groups", value),
    "basis": lambda value: _check_code("lawful_bases", value) if value else "",
    "qualifier": _qualifier,
    "size_qualifier": _qualifier,
    "quantity": check_quantity,
    "date": lambda value: check_date(value, today=_today()),
    "place": lambda value: str(value).strip()[:120],
    "worker": lambda value: str(value).strip()[:120],
    "area_id": lambda value: value or None,
}
_RECIPIENT = ("person_id", "household_id", "institution_id", "size")


@transaction.atomic
def correct_assistance(*, by, assistance_id, version, reason, changes: dict) -> Assistance:
    """Corrects an entry, with a reason; keys of `changes` as in rules.CORRECTABLE. Conflict when someone was faster.

    Before and after are kept (of a note only that it changed). A new recipient or day works out the age band anew.
    """
    if not str(reason).strip():
        raise Refused(_REASON)
    for name in changes:
        if name not in CORRECTABLE:
            raise Refused(_FIELD, field=name)
    entry = _door(by, assistance_id)
    _check_version(entry, version)
    check_transition(entry.state, State.WITHDRAWN)  # what is withdrawn is no longer corrected either
    watched = {*changes, *(_RECIPIENT if set(changes) & set(_RECIPIENT) else ())} - {"note"}
    before = {name: getattr(entry, name) for name in watched}
    band, note = entry.age_band, changes.get("note", _open_note(entry))
    for name in set(changes) & set(_CHECKS):
        setattr(entry, name, _CHECKS[name](changes[name]))
    if set(changes) & {*_RECIPIENT, "date"}:
        _place_recipient(by, entry, age_band=band, **_recipient_after(entry, changes))
    after = {name: getattr(entry, name) for name in sorted(watched)}
    told = {name: [str(before[name]), str(now)] for name, now in after.items() if not _same(before[name], now)}
    if "note" in changes:
        told["note"] = ["", "changed"]
    if not told:
        raise Refused(_NOTHING)
    entry.note = _seal_note(entry, note)  # under the key of whom the entry is about now
    _write_correction(by, entry, told, reason)
    _follow(by, entry)
    return entry


def _same(one, other) -> bool:
    return one == other or str(one) == str(other)  # 1.00 is 1, and an id is its text


def _recipient_after(entry, changes):
    """The recipient an entry has after a change: naming another one, or a size alone, lets go of the one before."""
    named = [name for name in _RECIPIENT[:3] if changes.get(name)]
    if named:
        return {name: changes.get(name) or None for name in (*named, "size")}
    if changes.get("size"):
        return {"size": int(changes["size"]), "household_id": entry.household_id}
    return {name: getattr(entry, name) for name in _RECIPIENT}


def _write_correction(by, entry, told, reason):
    _changed(entry, by)
    entry.save()
    Correction.objects.create(
        assistance=entry, by_id=by.account_id, changes=told, reason=str(reason).strip()[:300], version=entry.version
    )
    event = "assistance.withdrawn" if entry.state == State.WITHDRAWN else "assistance.corrected"
    _tell(by, event, entry, fields=sorted(told))


@transaction.atomic
def withdraw_assistance(*, by, assistance_id, version, reason) -> Assistance:
    """Withdraws an entry, with a reason: it stays to be looked at and counts no more."""
    if not str(reason).strip():
        raise Refused(_REASON)
    entry = _door(by, assistance_id)
    _check_version(entry, version)
    _withdraw(by, entry, reason)
    return entry


@transaction.atomic
def undo_assistance(*, by, assistance_id) -> Assistance:
    """Takes back what the actor recorded some minutes ago, without asking why."""
    entry = _door(by, assistance_id)
    ours = may_undo(
        recorded_at=entry.created_at, recorded_by=entry.recorded_by_id, account_id=by.account_id, now=timezone.now()
    )
    if not ours:
        raise Refused(_LATE, minutes=UNDO_MINUTES)
    _withdraw(by, entry, gettext_noop("Taken back by the worker who recorded it."))
    return entry


def _withdraw(by, entry, reason):
    check_transition(entry.state, State.WITHDRAWN)
    entry.state, entry.reason = State.WITHDRAWN, str(reason).strip()[:300]
    if entry.batch_id is None:
        entry.mark = None  # the same may be recorded anew; a spreadsheet's row stays known, and out
    _write_correction(by, entry, {"state": [State.RECORDED, State.WITHDRAWN]}, reason)
    _follow(by, entry)


@transaction.atomic
def open_note(*, by, assistance_id) -> str:
    """Opens the note of an entry, and leaves a trail entry."""
    entry = queries.entry(by, assistance_id)
    if not entry.note:
        return ""
    _tell(by, "assistance.note_opened", entry)
    return _open_note(entry)


def _open_note(entry) -> str:
    return sealing.unseal(owner=entry.pk, field=NOTE, data=entry.note, key=_note_key(entry)) if entry.note else ""
