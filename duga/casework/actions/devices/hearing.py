"""What a phone hands in, each once: in its owner's session, or without one, as letters that only the server opens."""

from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions.devices._help import (
    LETTERS,
    Emptied,
    _hash,
    _must_empty,
    _note,
    _owner,
    _right,
    _signed_out,
    _told_to_empty,
)
from duga.casework.actions.ledger import record_assistance
from duga.casework.actions.requests import deliver, not_done
from duga.casework.models import Assignment, Assistance, Device, DeviceRecord
from duga.casework.rules import LIVE
from duga.casework.rules.devices import FromPhone, Here, Order, RecordKind, Sent, check_letters, read_record
from duga.plain.errors import NOT_HERE, DugaError, NotFound, Unreadable, gettext_noop
from duga.vault.letters import open_letter

_FASTER = gettext_noop("Somebody recorded an answer to this errand before yours came in.")
_ALREADY = gettext_noop("The same help for this person on this day was recorded meanwhile.")
_NOT_HERS = gettext_noop("This letter is not of this phone.")


@dataclass(frozen=True)
class Outcome:
    """What became of one letter: its number, a `Sent`; for its owner the sentence, what stands here, and the record."""

    nonce: str
    sent: Sent
    error: DugaError | None = None
    here: Here | None = None
    record: dict | None = None


@dataclass(frozen=True)
class Answered:
    """What a phone is told: what it must do, and what became of its letters."""

    order: Order
    outcomes: list[Outcome] = field(default_factory=list)


def _known(token) -> Device | None:
    rows = Device.objects.select_related("organisation", "account")
    return rows.filter(token=_hash(str(token))).first() if token else None


def hear_device(*, by, token: str, letters, waiting=0) -> Answered:
    """Answers a phone that has no session (`by` is a visitor): whether it must empty itself, and takes its letters.

    Who was signed out keeps nothing on the phone that can be read; her letters are taken. A phone that was ordered to,
    or whose owner works here no more, forgets its letters, too. One nobody knows keeps its letters, and nothing else.
    """
    told, device = check_letters(letters), _known(token)
    if device is None:
        return Answered(Order.LETTERS)
    owner = _owner(device)
    if _must_empty(device, owner):
        _told_to_empty(device, waiting=_count(waiting))
        return Answered(Order.ALL)
    found = [_receive(owner, device, letter) for letter in told]
    gone = sum(each.sent in (Sent.DONE, Sent.AGAIN) for each in found)
    _note(device, waiting=max(0, _count(waiting) - gone))
    return Answered(Order.LETTERS if _signed_out(device) else Order.STAY, found)


def _count(waiting) -> int:
    return min(waiting, 30_000) if isinstance(waiting, int) and waiting >= 0 else 0


def receive_letters(*, by, token: str, letters) -> list[Outcome]:
    """Takes the letters of one's own phone, each in a transaction of its own and exactly once, and tells of each what
    stands in its way. Emptied when the phone must forget everything."""
    told, device = check_letters(letters), _known(token)
    if device is None or device.account_id != by.account_id:
        raise NotFound(NOT_HERE)
    if _must_empty(device, by):
        _told_to_empty(device)
        raise Emptied(NOT_HERE)
    _note(device)
    return [_receive(by, device, letter) for letter in told]


def _receive(by, device, letter) -> Outcome:
    nonce, told = str(letter.get("nonce", ""))[:36], None
    try:
        told = _opened(device, letter)
        record = read_record(told)
        if DeviceRecord.objects.filter(device=device, nonce=record.nonce).exists():
            return Outcome(nonce, Sent.AGAIN)
        return _write(by, device, record, told)
    except IntegrityError:  # the same record came twice at the same time: the other one won
        return Outcome(nonce, Sent.AGAIN)
    except DugaError as error:
        return Outcome(nonce, Sent.REFUSED, error, record=told)


def _opened(device, letter) -> dict:
    """The record in a letter that this phone wrote while it was open: only then it knew its secret."""
    content = open_letter(purpose=LETTERS, owner=device.pk, letter=letter.get("letter", ""))
    record = content.get("record") if isinstance(content, dict) else None
    if not isinstance(record, dict) or not _right(device, content.get("secret", "")):
        raise Unreadable(_NOT_HERS)
    if record.get("nonce") != letter.get("nonce"):
        raise Unreadable(_NOT_HERS)
    return record


@transaction.atomic
def _write(by, device, record: FromPhone, told: dict) -> Outcome:
    nonce = str(record.nonce)
    # Two answers of one phone at once come one after the other: the second then finds the first one's number.
    Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
    if DeviceRecord.objects.filter(device=device, nonce=record.nonce).exists():
        return Outcome(nonce, Sent.AGAIN)
    if record.kind is RecordKind.ASSISTANCE:
        here = None if record.both else _same(by, device, record)
        if here is not None:
            return Outcome(nonce, Sent.CONFLICT, NotFound(_ALREADY), here, told)
        done = record_assistance(
            by=by, organisation_id=device.organisation_id, person_id=record.about, service_type=record.service_type,
            quantity=record.quantity, date=record.date, note=record.note, once=f"device:{device.pk}:{nonce}",
        )  # fmt: skip
    else:
        row = Assignment.objects.filter(pk=record.about, account_id=by.account_id).first()
        if row is None:
            raise NotFound(NOT_HERE)
        if row.state not in LIVE:
            return Outcome(nonce, Sent.CONFLICT, NotFound(_FASTER), _answered(row), told)
        if record.done:
            done = deliver(by=by, assignment_id=row.pk, quantity=record.quantity, date=record.date, note=record.note)
        else:
            done = not_done(by=by, assignment_id=row.pk, reason=record.reason)
    DeviceRecord.objects.create(
        device=device, nonce=record.nonce, kind=record.kind, made_at=record.made_at, result=done.pk
    )
    return Outcome(nonce, Sent.DONE)


def _same(by, device, record) -> Here | None:
    """The same help that somebody wrote down since this phone took its shift along: its owner could not know."""
    rows = Assistance.objects.filter(
        organisation_id=device.organisation_id, person_id=record.about, service_type=record.service_type,
        date=record.date, state="recorded", created_at__gt=device.taken_at or timezone.now(),
    )  # fmt: skip
    own = DeviceRecord.objects.filter(device=device, kind=RecordKind.ASSISTANCE).values("result")
    rows = rows.exclude(Q(pk__in=own)).filter(queries.visible(by)).select_related("recorded_by")
    row = rows.order_by("created_at").first()
    return Here.of(row, by=row.recorded_by, state="recorded") if row else None


def _answered(row) -> Here:
    """What stands where an errand was answered already."""
    return Here.of(row.assistance or row, by=row.account, state=row.state, at=row.ended_at)
