"""Connecting a phone and taking it back."""

import secrets
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from duga.members.actions import write_trail
from duga.members.queries import accounts_with, may, organisation_by_id
from duga.members.rules import Permission
from duga.plain.errors import NOT_HERE, NotFound, Refused, gettext_noop
from duga.plain.ids import uuid7
from duga.surveys.models import CollectDevice
from duga.surveys.queries.designs import version_by_id
from duga.surveys.queries.receiving import forget_kept, seal_box
from duga.surveys.queries.sealed import token_mark
from duga.surveys.rules.openrosa import hashes_of

DIGEST = "surveys.CollectDevice.digest"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  #: none that are mistaken for one another when typed from paper
_NAME = gettext_noop("Give the phone a name by which you will know it again, for example whose it is.")


@dataclass(frozen=True)
class Connected:
    """A phone and its secrets, which are shown once: `token` for the address, user name and `password` for digest."""

    device: CollectDevice
    token: str = field(repr=False)
    password: str = field(repr=False)


def _word(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


@transaction.atomic
def connect_phone(*, by, organisation_id, name: str, own: bool = True, trial_id=None) -> Connected:
    """Makes the secrets of a phone that collects answers for an organisation.

    `own`: it is the phone of who acts, and what it sends is told as hers; else a phone that several share, which only
    who reviews answers may connect. `trial_id`: a version it tries; what it sends counts nowhere.
    """
    organisation = organisation_by_id(by, organisation_id, Permission.COLLECT_ANSWERS)
    if not own:
        organisation_by_id(by, organisation_id, Permission.REVIEW_ANSWERS)
    name = " ".join(name.split())[:80]
    if not name:
        raise Refused(_NAME)
    trial = version_by_id(by, trial_id) if trial_id else None
    token, username, password = secrets.token_urlsafe(48), f"phone-{_word(6)}", _word(20)
    device = CollectDevice(
        pk=uuid7(), organisation=organisation, account_id=by.account_id if own else None, name=name, trial=trial,
        token=token_mark("phones", token), username=username, by_id=by.account_id,
    )  # fmt: skip
    device.digest = seal_box(organisation.pk, device.pk, DIGEST, hashes_of(username, password))
    device.save(force_insert=True)
    _tell(by, "phone.connected", device)
    return Connected(device, token, password)


@transaction.atomic
def revoke_phone(*, by, device_id) -> CollectDevice:
    """Lets a phone in no more: one's own, or any of the organisation's for who reviews its answers.

    What it has sent stays; what it still holds cannot come in by it any more.
    """
    device = CollectDevice.objects.select_for_update(of=("self",)).filter(pk=device_id).first()
    if device is None:
        raise NotFound(NOT_HERE)
    organisation = organisation_by_id(by, device.organisation_id, Permission.COLLECT_ANSWERS)
    if device.account_id != by.account_id and not may(by, Permission.REVIEW_ANSWERS, of=organisation):
        raise NotFound(NOT_HERE)
    if device.revoked_at is None:
        device.revoked_at = timezone.now()
        device.save(update_fields=["revoked_at"])
        transaction.on_commit(forget_kept)
        _tell(by, "phone.revoked", device)
    return device


def revoke_without_role(*, by, organisation_id, account_id) -> int:
    """Lets the phones of somebody in no more who collects for the organisation no longer; returns how many."""
    if account_id in accounts_with(Permission.COLLECT_ANSWERS, [organisation_id]).get(organisation_id, ()):
        return 0
    rows = CollectDevice.objects.filter(organisation_id=organisation_id, account_id=account_id, revoked_at=None)
    return len([revoke_phone(by=by, device_id=pk) for pk in rows.values_list("pk", flat=True)])


def _tell(by, event, device) -> None:
    write_trail(
        by=by, event=event, subject=("surveys.CollectDevice", device.pk), organisation_id=device.organisation_id
    )
