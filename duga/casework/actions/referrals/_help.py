"""What the actions about referrals share: seals of the three copies, locked doors, who is told."""

from django.utils import timezone

from duga.casework.models.referrals import Referral, ReferralCopy, ReferralGuest, ReferralMessage
from duga.casework.queries import referrals as queries
from duga.casework.queries.staging import organisation_box
from duga.casework.rules import Receiver, ReceiverKind
from duga.casework.rules.referrals import KIND_LABELS, PRIORITY_LABELS, ReferralState
from duga.members.actions import notify, write_trail
from duga.vault import sealing

SENDERS, RECEIVERS = "casework.Referral.content", "casework.ReferralCopy.content"
GUESTS, MESSAGE = "casework.ReferralGuest.content", "casework.ReferralMessage.text"


def _seal_senders(row: Referral, content: dict) -> bytes:
    return sealing.seal(owner=row.pk, field=SENDERS, value=content, key=_key(row))


def _open_senders(row: Referral) -> dict:
    if not row.content:
        return {}
    return _safe(row, sealing.unseal(owner=row.pk, field=SENDERS, data=row.content, key=_key(row)))


def _safe(row: Referral, content: dict) -> dict:
    """What is told without a guardian who, it was said since, may be the danger: on no side, page or paper."""
    if row.guardian_id and row.guardian.conflicted:
        content["caregiver"] = ""
    return content


def _key(row) -> bytes:
    """Of the person that a copy or message is about on its side; until there is one, the organisation's."""
    return sealing.store().person_key(row.person_id) if row.person_id else organisation_box(row.organisation_id)


def _seal_receivers(copy: ReferralCopy, content: dict) -> bytes:
    return sealing.seal(owner=copy.pk, field=RECEIVERS, value=content, key=_key(copy))


def _open_receivers(copy: ReferralCopy) -> dict:
    if not copy.content:
        return {}
    return _safe(copy.referral, sealing.unseal(owner=copy.pk, field=RECEIVERS, data=copy.content, key=_key(copy)))


def _copy(row: Referral) -> ReferralCopy | None:
    return getattr(row, "copy", None)


def receiver_of(row: Referral, content: dict) -> Receiver:
    """Who is asked, as consent names it."""
    if row.to_organisation_id:
        return Receiver(ReceiverKind.ORGANISATION, row.to_organisation_id)
    if row.to_service_id:
        return Receiver(ReceiverKind.INSTITUTION, row.to_service.provider_id)
    return Receiver(ReceiverKind.NAMED, content.get("outside", {}).get("name", ""))


def _stands(row: Referral) -> bool:
    """Whether what was sent on consent may still be seen: until it is accepted, a consent taken back ends it at once,
    before the clock has revoked it."""
    if row.state != ReferralState.IN_PROGRESS or row.basis != "consent":
        return True
    return queries.still_consents(row, receiver_of(row, _open_senders(row)))


def _locked(row: Referral) -> Referral:
    """The same row, locked for change until the transaction ends, with its state as it stands now."""
    now = Referral.objects.select_for_update(of=("self",)).get(pk=row.pk)
    for name in ("state", "version", "content", "missing", "answered_at", "began_at", "sent_at", "due_at", "seen_at"):
        setattr(row, name, getattr(now, name))
    return row


def _write(row: Referral, by, **values) -> None:
    """Writes what changed, with who and when."""
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.changed_at, row.changed_by_id = timezone.now(), by.account_id
    row.save(update_fields=[*values, "version", "changed_at", "changed_by"])


def _close_copies(row: Referral) -> None:
    """Takes out of the receiver's sight what was told, at once and for good: its copy, its links, its half of what was
    asked."""
    now = timezone.now()
    ReferralCopy.objects.filter(referral=row, closed_at=None).update(content=b"", closed_at=now)
    ReferralGuest.objects.filter(referral=row, closed_at=None).update(content=b"", closed_at=now)
    ReferralMessage.objects.filter(referral=row).exclude(organisation_id=row.organisation_id).update(text=b"")


def _say(by, row: Referral, side, title: str, *, keepers: bool = False) -> None:
    """A notice to one side: the referral's own code and priority, never a name, never what for."""
    to = queries.keepers_told(row, side) if keepers else queries.told_at(row, side)
    notify(
        by=by, to=[each for each in to if each != by.account_id], title=title,
        params={"code": row.code, "kind": KIND_LABELS[row.kind], "priority": PRIORITY_LABELS[row.priority]},
        path=_path(row),
    )  # fmt: skip


def _path(row: Referral) -> str:
    """Where a notice of it leads."""
    return f"/workspace/referrals/{row.pk}/"


def _trail_of(row: Referral, side) -> object:
    """The organisation in whose chain an entry of this side stands."""
    copy = _copy(row)
    return copy.organisation_id if side is queries.Side.RECEIVER and copy else row.organisation_id


def _note_trail(by, event: str, row: Referral, side=queries.Side.SENDER, **detail) -> None:
    write_trail(
        by=by, event=event, subject=("casework.Referral", row.pk), organisation_id=_trail_of(row, side), detail=detail
    )


OPEN = (ReferralState.IN_PROGRESS, ReferralState.ACCEPTED)
