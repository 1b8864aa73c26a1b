"""A shift without a connection: a phone takes its worker's caseload along and sends back what was recorded, once each.

What the phone holds lies encrypted there under a key made of its PIN; the server knows neither. A phone that is to be
emptied hears it with its next word to the server, and is given nothing any more.
"""

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import IDENTITY, _organisation, _tell
from duga.casework.actions.ledger import record_assistance
from duga.casework.actions.requests import deliver, not_done
from duga.casework.actions.requests._help import _take_out
from duga.casework.models import Assignment, Device, DeviceRecord
from duga.casework.rules import LIVE, full_name
from duga.casework.rules.devices import SHIFT_HOURS, FromPhone, RecordKind, Sent, check_records, read_record
from duga.members.actions import write_trail
from duga.members.rules import Permission
from duga.plain.errors import NOT_HERE, DugaError, NotAllowed, NotFound, gettext_noop
from duga.vault import sealing

_FASTER = gettext_noop("Somebody recorded an answer to this errand before yours came in.")


class Emptied(NotFound):
    """The phone is to empty itself."""


@dataclass(frozen=True)
class Outcome:
    """What became of one record: its number, a `Sent`, the sentence for people, what stands here instead."""

    nonce: str
    sent: Sent
    error: DugaError | None = None
    here: str = ""


def _hash(secret: str) -> bytes:
    return hmac.digest(sealing.derived("device"), secret.encode(), hashlib.sha256)


@transaction.atomic
def add_device(*, by, organisation_id, name: str) -> tuple[Device, str]:
    """Makes this phone one that may take shifts along; returns it and the secret that it alone keeps."""
    organisation = _organisation(by, organisation_id, Permission.RECORD_ASSISTANCE)
    secret = secrets.token_urlsafe(32)
    device = Device.objects.create(
        organisation=organisation, account_id=by.account_id, name=" ".join(str(name).split())[:80],
        secret=_hash(secret), seen_at=timezone.now(),
    )  # fmt: skip
    _tell(by, "device.added", device)
    return device, secret


def _device(by, secret: str) -> Device:
    """The phone that holds this secret, in its owner's hands; Emptied when it must forget everything."""
    device = Device.objects.select_related("organisation").filter(secret=_hash(str(secret))).first()
    if device is None or device.account_id != by.account_id:
        raise Emptied(NOT_HERE)
    if device.wiped_at:
        Device.objects.filter(pk=device.pk, told_at=None).update(told_at=timezone.now())
        raise Emptied(NOT_HERE)
    try:
        _organisation(by, device.organisation_id, Permission.RECORD_ASSISTANCE)
    except (NotAllowed, NotFound):  # she works here no more: what her phone carries is not hers to keep
        raise Emptied(NOT_HERE) from None
    Device.objects.filter(pk=device.pk).update(seen_at=timezone.now())
    return device


def take_shift(*, by, secret: str) -> dict:
    """What a phone takes along for a shift: people one works with and errands, opened; one trail entry names the ids.

    {"until": when the phone forgets it, "people": […], "errands": […]}. Emptied when the phone must forget everything.
    """
    device = _device(by, secret)
    return _take(by, device)


@transaction.atomic
def _take(by, device) -> dict:
    organisation = device.organisation
    people = queries.own_caseload(by, organisation.pk)
    opened = sealing.unseal_many(field=IDENTITY, rows=[(person.pk, person.identity) for person in people])
    errands = list(queries.own_errands(by, organisation.pk).select_related("request__person", "request__area"))
    write_trail(
        by=by, event="people.listed", subject=("casework.Device", device.pk), organisation_id=organisation.pk,
        detail={"shown": [str(pk) for pk in opened], "errands": len(errands), "why": "shift"},
    )  # fmt: skip
    now = timezone.now()
    Device.objects.filter(pk=device.pk).update(taken_at=now)
    return {
        "taken": now.isoformat(), "until": (now + dt.timedelta(hours=SHIFT_HOURS)).isoformat(),
        "people": [_carried(person, opened.get(person.pk, {})) for person in people],
        "errands": [_errand(row) for row in errands],
    }  # fmt: skip


def _carried(person, identity) -> dict:
    return {
        "id": str(person.pk), "code": person.code, "name": full_name(identity), "phone": identity.get("phone", ""),
        "address": identity.get("address", ""), "area": person.area.name if person.area_id else "",
    }  # fmt: skip


def _errand(row) -> dict:
    caller, details = _take_out(row.request)
    request = row.request
    return {
        "id": str(row.pk), "code": request.code, "service_type": request.service_type, "details": details,
        "quantity": f"{request.quantity.normalize():f}", "planned": row.planned_for and row.planned_for.isoformat(),
        "place": request.place, "area": request.area.name if request.area_id else "",
        "person": str(request.person_id or ""), "caller": caller.get("name", ""), "phone": caller.get("phone", ""),
    }  # fmt: skip


def receive_records(*, by, secret: str, records) -> list[Outcome]:
    """Takes what a phone recorded without a connection, each in a transaction of its own and exactly once.

    `records` is a list of dicts (rules.read_record). What cannot be taken is told, and stays on the phone. Emptied
    when the phone must forget everything: what it still held is lost with it, as the order says.
    """
    device = _device(by, secret)
    return [_receive(by, device, told) for told in check_records(records)]


def _receive(by, device, told) -> Outcome:
    nonce = str(told.get("nonce", ""))[:36]
    try:
        record = read_record(told)
        if DeviceRecord.objects.filter(device=device, nonce=record.nonce).exists():
            return Outcome(nonce, Sent.AGAIN)
        return _write(by, device, record)
    except IntegrityError:  # the same record came twice at the same time: the other one won
        return Outcome(nonce, Sent.AGAIN)
    except DugaError as error:
        return Outcome(nonce, Sent.REFUSED, error)


@transaction.atomic
def _write(by, device, record: FromPhone) -> Outcome:
    nonce = str(record.nonce)
    if record.kind is RecordKind.ASSISTANCE:
        done = record_assistance(
            by=by, organisation_id=device.organisation_id, person_id=record.about, service_type=record.service_type,
            quantity=record.quantity, date=record.date, note=record.note, once=f"device:{device.pk}:{nonce}",
        )  # fmt: skip
    else:
        row = Assignment.objects.filter(pk=record.about, account_id=by.account_id).first()
        if row is None:
            raise NotFound(NOT_HERE)
        if row.state not in LIVE:
            return Outcome(nonce, Sent.CONFLICT, NotFound(_FASTER), row.state)
        if record.done:
            done = deliver(by=by, assignment_id=row.pk, quantity=record.quantity, date=record.date, note=record.note)
        else:
            done = not_done(by=by, assignment_id=row.pk, reason=record.reason)
    DeviceRecord.objects.create(
        device=device, nonce=record.nonce, kind=record.kind, made_at=record.made_at, result=done.pk
    )
    return Outcome(nonce, Sent.DONE)


@transaction.atomic
def wipe_device(*, by, device_id) -> Device:
    """Orders a phone to empty itself with its next word to the server; one's own, or by who runs the organisation."""
    device = Device.objects.select_for_update(of=("self",)).filter(pk=device_id).first()
    if device is None:
        raise NotFound(NOT_HERE)
    own = device.account_id == by.account_id
    _organisation(by, device.organisation_id, Permission.RECORD_ASSISTANCE if own else Permission.MANAGE_ORGANISATION)
    if device.wiped_at is None:
        device.wiped_at, device.wiped_by_id = timezone.now(), by.account_id
        device.save(update_fields=["wiped_at", "wiped_by"])
        _tell(by, "device.wiped", device)
    return device
