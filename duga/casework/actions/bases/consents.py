"""Consent: asked, kept, proven, told to other systems, and taken back at once everywhere."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import _check_code, _tell, _today
from duga.casework.actions._papers import _paper_path, _read_paper, _store_paper
from duga.casework.actions.bases._help import _age, _person, _put_receiver, _seal, _unseal
from duga.casework.models import ConsentRecord, Guardianship, LawfulBasis, Merge
from duga.casework.rules import (
    ADULT,
    Answer,
    Asked,
    GuardianKind,
    How,
    Use,
    check_categories,
    check_consent,
    consent_document,
    opening,
    who_is_asked,
)
from duga.members.rules import Permission
from duga.places.queries import label
from duga.places.rules import versions
from duga.plain.errors import NOT_HERE, NotFound, Refused, gettext_noop
from duga.plain.ids import uuid7
from duga.vault import sealing

FOLDER = "consents"
SCAN = "casework.ConsentRecord.scan"
#: Purposes for which consent names its receiver.
TO_SOMEBODY = frozenset({"referral"})

_PURPOSE = gettext_noop("Choose at least one purpose.")
_RECEIVER = gettext_noop("Say to whom: consent to a referral is given for one receiver.")
_GONE = gettext_noop("This consent was taken back already, or was a no from the start.")
_NO_PROOF = gettext_noop("No signed paper is attached to this consent.")


@transaction.atomic
def take_consent(
    *, by, person_id, purposes, recipient=None, categories=(), how="spoken", given=True, language="", witness="",
    guardianship_id=None, with_assent="", expires_on: dt.date | None = None,
) -> list[ConsentRecord]:  # fmt: skip
    """Keeps what a person answered when she was asked: one record a purpose, all of one `act`.

    purposes: codes for which her country's law knows consent; recipient: rules.Receiver, needed for a referral;
    categories: codes of `data_categories` that the answer covers (needed with a recipient and a yes); how: written,
    spoken, guardian (with `guardianship_id`, and `with_assent` "yes" or "no" of the child), or assent (a child alone,
    no guardian who may be asked). A no is kept too. Refused with what to do next; trail entry "consent.taken".
    """
    person = _person(by, person_id)
    purposes = list(dict.fromkeys(purposes))
    if not purposes:
        raise Refused(_PURPOSE)
    for purpose in purposes:
        opening(person.organisation.country, purpose, "consent")
        if purpose in TO_SOMEBODY and recipient is None:
            raise Refused(_RECEIVER)
    categories = check_categories(categories) if categories or (given and recipient is not None) else []
    guardian = _guardian(person, guardianship_id)
    how = _how(person, guardian, how=how, given=given, with_assent=with_assent, expires_on=expires_on)
    act, now, notice = uuid7(), timezone.now(), f"consent_texts {versions()['consent_texts']}"
    rows = []
    for purpose in purposes:
        row = ConsentRecord(
            person=person, act=act, purpose=purpose, answer=Answer.GIVEN if given else Answer.REFUSED, how=how,
            with_assent=with_assent if how == How.GUARDIAN else "", given_at=now, taken_by_id=by.account_id,
            guardianship=guardian if how == How.GUARDIAN else None, notice=notice, categories=categories,
            language=_check_code("languages", language) if language else "", expires_on=expires_on,
        )  # fmt: skip
        _put_receiver(by, row, recipient)
        row.witness = _seal(row, "witness", " ".join(str(witness).split())[:200])
        row.save(force_insert=True)
        _tell(by, "consent.taken" if given else "consent.refused", row, person=str(person.pk), purpose=purpose)
        rows.append(row)
    return rows


def _guardian(person, guardianship_id):
    if not guardianship_id:
        return None
    found = Guardianship.objects.filter(person=person, pk=guardianship_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    return found


def _how(person, guardian, *, how, given, with_assent, expires_on) -> How:
    age = _age(person)
    child = age is not None and age < ADULT
    asked = who_is_asked(person.organisation.country, age) if child else Asked.PERSON
    open_ = Guardianship.objects.filter(person=person, conflicted=False, until=None).exclude(kind=GuardianKind.NONE)
    stands = guardian is not None and guardian.kind != GuardianKind.NONE and (
        guardian.until is None or guardian.until >= _today()
    )  # fmt: skip
    return check_consent(
        how=how, given=given, today=_today(), expires_on=expires_on, asked=asked, age=age, guardian=stands,
        conflicted=bool(guardian and guardian.conflicted), others=open_.exists(), with_assent=with_assent,
    )  # fmt: skip


@transaction.atomic
def withdraw_consent(*, by, consent_id, how="spoken") -> ConsentRecord:
    """Takes a consent back, by word or on paper: from this moment nothing rests on it. What was recorded while it stood
    stays. Trail entry "consent.withdrawn"; twice is Refused."""
    row = queries.consent(by, consent_id, Permission.ADD_PEOPLE)
    _person(by, row.person_id)
    row = ConsentRecord.objects.select_for_update().select_related("person").get(pk=row.pk)
    if row.withdrawn_at or row.answer != Answer.GIVEN:
        raise Refused(_GONE)
    _withdraw(by, row, How(how))
    return row


def _withdraw(by, row, how) -> None:
    row.withdrawn_at, row.withdrawn_how, row.withdrawn_by_id = timezone.now(), how, by.account_id
    row.save(update_fields=["withdrawn_at", "withdrawn_how", "withdrawn_by"])
    # A consent stated without a record falls with it: she was asked about the purpose, not about our rows.
    if not row.receiver_kind:
        stated = LawfulBasis.objects.filter(person_id=row.person_id, purpose=row.purpose, basis="consent")
        stated.filter(ended_on=None).update(ended_on=_today())
    _tell(by, "consent.withdrawn", row, person=str(row.person_id), purpose=row.purpose)


def _withdraw_all(by, person, purpose) -> None:
    """Every open consent of one purpose, towards whomever."""
    rows = ConsentRecord.objects.filter(person=person, purpose=purpose, withdrawn_at=None, answer=Answer.GIVEN)
    for row in rows.select_related("person"):
        _withdraw(by, row, How.SPOKEN)


def require_use(*, by, person_id, purpose, recipient=None, urgent=False) -> Use:
    """`queries.may_use`, Refused with what to do next where it may not be."""
    use = queries.may_use(by, person_id, purpose, recipient, urgent=urgent)
    if not use.allowed:
        raise Refused(use.why, **use.params)
    return use


# --- Proof -------------------------------------------------------------------------------------------


@transaction.atomic
def attach_proof(*, by, consent_id, data: bytes) -> str:
    """Attaches the scan of the signed paper (PDF, JPEG, PNG), sealed under her own key; returns its media type."""
    row = queries.consent(by, consent_id, Permission.ADD_PEOPLE)
    _person(by, row.person_id)
    key = _key(row)
    kind = _store_paper(_paper_path(FOLDER, row.pk), owner=row.pk, field=SCAN, data=data, key=key)
    ConsentRecord.objects.filter(pk=row.pk).update(scan_type=kind)
    _tell(by, "consent.proof_attached", row, size=len(data))
    return kind


@transaction.atomic
def open_proof(*, by, consent_id) -> tuple[bytes, str]:
    """The signed paper and its media type; leaves a trail entry."""
    row = queries.consent(by, consent_id)
    if not row.scan_type:
        raise NotFound(_NO_PROOF)
    _tell(by, "consent.proof_opened", row)
    return _read_proof(row), row.scan_type


def _key(row) -> bytes:
    return sealing.store().person_key(row.person_id)


def _read_proof(row) -> bytes:
    """The signed paper. Where records were made one, or parted, it lies under the key of the one it was attached to:
    on disk nothing is sealed anew, so that nothing is lost when a merge does not go through.
    """
    path, keys = _paper_path(FOLDER, row.pk), sealing.store().person_keys(_once_one(row.person_id))
    for key in keys.values():
        try:
            return _read_paper(path, owner=row.pk, field=SCAN, key=key)
        except Refused:
            continue
    raise NotFound(_NO_PROOF)


def _once_one(person_id) -> list:
    """Ids of a person's record and of all that are or were made one with it."""
    known, new = [person_id], {person_id}
    while new:
        pairs = Merge.objects.filter(Q(kept__in=new) | Q(gone__in=new)).values_list("kept_id", "gone_id")
        new = {pk for pair in pairs for pk in pair} - {*known}
        known += new
    return known


def _destroy_proofs(rows) -> None:
    """The papers of these records, gone from the disk."""
    for pk in rows.exclude(scan_type="").values_list("pk", flat=True):
        _paper_path(FOLDER, pk).unlink(missing_ok=True)


# --- Opened, and told to other systems ---------------------------------------------------------------


@transaction.atomic
def open_consent(*, by, consent_id) -> tuple[ConsentRecord, str, str]:
    """(the record, its receiver in words or "", its witness or ""); leaves a trail entry where words were sealed."""
    row = queries.consent(by, consent_id)
    name, witness = _unseal(row, "receiver_name"), _unseal(row, "witness")
    if name or witness:
        _tell(by, "consent.opened", row)
    return row, name, witness


@transaction.atomic
def export_consent(*, by, consent_id) -> dict:
    """The whole act a consent belongs to, in ISO/IEC TS 27560 terms. She stands in it by her case code, a guardian as
    "guardian" alone, the witness not at all. Leaves a trail entry."""
    one = queries.consent(by, consent_id)
    rows = ConsentRecord.objects.filter(act=one.act, person_id=one.person_id)
    rows = rows.select_related("person__organisation", "receiver_organisation", "receiver_provider").order_by("pk")
    organisation = one.person.organisation
    _tell(by, "consent.exported", one)
    return consent_document(
        organisation={"id": str(organisation.pk), "name": organisation.name, "country": organisation.country},
        subject=one.person.code, rows=[_facts(row) for row in rows], made_at=timezone.now(),
    )  # fmt: skip


def _facts(row) -> dict:
    guardian = row.how == How.GUARDIAN
    return {
        "act": str(row.act), "purpose": row.purpose, "purpose_words": label("purposes", row.purpose, "en"),
        "answer": row.answer, "how": row.how, "given_at": row.given_at.isoformat(), "language": row.language,
        "notice": row.notice, "categories": row.categories, "receiver": _receiver(row),
        "expires_on": row.expires_on.isoformat() if row.expires_on else "",
        "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else "",
        "withdrawn_how": row.withdrawn_how,
        "withdrawn_from": "guardian" if row.withdrawn_how == How.GUARDIAN else "PII principal",
        "given_by": "guardian" if guardian else "PII principal",
        "proof": "signed paper" if row.scan_type else "witness" if row.witness else "none",
    }  # fmt: skip


def _receiver(row) -> dict:
    if row.receiver_organisation_id:
        return {"party_id": str(row.receiver_organisation_id), "party_name": row.receiver_organisation.name}
    if row.receiver_provider_id:
        return {"party_id": str(row.receiver_provider_id), "party_name": row.receiver_provider.name}
    name = _unseal(row, "receiver_name")
    return {"party_id": str(row.pk), "party_name": name} if name else {}
