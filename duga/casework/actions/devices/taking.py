"""A phone made ready, the caseload of a shift handed to it, the order to empty it."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import IDENTITY, _organisation, _tell
from duga.casework.actions.devices._help import LETTERS, SESSION, _device, _hash, _note
from duga.casework.actions.requests._help import _take_out
from duga.casework.models import Device
from duga.casework.rules import full_name
from duga.casework.rules.devices import SHIFT_HOURS
from duga.members.actions import write_trail
from duga.members.rules import Permission
from duga.plain.errors import NOT_HERE, NotFound
from duga.vault import letters, sealing


@dataclass(frozen=True)
class PhoneKeys:
    """What a phone keeps: `secret` sealed, it opens with a session; `token` open, it asks whether to empty itself and
    hands in letters; `server`: the public key letters are sealed to."""

    secret: str
    token: str
    server: str


@transaction.atomic
def add_device(*, by, organisation_id, name: str) -> tuple[Device, PhoneKeys]:
    """Makes this phone one that may take shifts along; returns it and the keys that it alone keeps."""
    organisation = _organisation(by, organisation_id, Permission.RECORD_ASSISTANCE)
    secret, token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    device = Device.objects.create(
        organisation=organisation, account_id=by.account_id, name=" ".join(str(name).split())[:80],
        secret=_hash(secret), token=_hash(token), seen_at=timezone.now(),
    )  # fmt: skip
    _tell(by, "device.added", device)
    return device, PhoneKeys(secret, token, letters.public_key(purpose=LETTERS, owner=device.pk))


def take_shift(*, by, secret: str, session: dict | None = None) -> dict:
    """What a phone takes along for a shift: people one works with and errands, opened; one trail entry names the ids.

    {"until": when the phone forgets it, "people": […], "errands": […]}. `session`: members.queries.session_told; when
    it is ended the phone forgets. Emptied when the phone must forget everything.
    """
    return _take(by, _device(by, secret), session)


@transaction.atomic
def _take(by, device, session) -> dict:
    organisation = device.organisation
    people = queries.own_caseload(by, organisation.pk)
    opened = sealing.unseal_many(field=IDENTITY, rows=[(person.pk, person.identity) for person in people])
    errands = list(queries.own_errands(by, organisation.pk).select_related("request__person", "request__area"))
    write_trail(
        by=by, event="people.listed", subject=("casework.Device", device.pk), organisation_id=organisation.pk,
        detail={"shown": [str(pk) for pk in opened], "errands": len(errands), "why": "shift"},
    )  # fmt: skip
    now, key = timezone.now(), sealing.derived(SESSION)
    held = sealing.seal(owner=device.pk, field=SESSION, value=session, key=key) if session else b""
    _note(device, taken_at=now, session=held)
    return {
        "now": now.isoformat(), "until": (now + dt.timedelta(hours=SHIFT_HOURS)).isoformat(),
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


def take_directory(*, by, secret: str, language: str) -> dict:
    """The services a worker refers to, for her phone (queries.carried_directory). Emptied as `take_shift`."""
    device = _device(by, secret)
    return queries.carried_directory(by, device.organisation, language=language, now=timezone.now())


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
