"""What is taken off the rows of casework when a person is erased, or an organisation's key destroyed.

Sealed fields become unreadable with the key; they are emptied all the same, and so is what stands open beside them
and leads to somebody. One line a table: a test compares them with the models, so that none is forgotten.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Model, Q, QuerySet

from duga.casework import queries
from duga.casework.actions._cases import _close_erased, _destroy_files, _end_work, _left_alone
from duga.casework.actions._help import IDENTITY
from duga.casework.actions.bases.consents import _destroy_proofs
from duga.casework.actions.lists import _scan_path
from duga.casework.models import (
    Approval,
    Attachment,
    BreakGlass,
    Case,
    CaseAction,
    CaseGoal,
    CaseNote,
    DistributionList,
    HouseholdMember,
    ImportBatch,
    Keeping,
    LegalHold,
    Merge,
    Need,
    PartyMember,
    RecurringVisit,
    Request,
    RequestStep,
    StockMovement,
    SubjectRequest,
    Volunteer,
    VolunteerAccess,
)
from duga.casework.models.bases import BestInterestsDecision, ConsentRecord, Disclosure, Guardianship
from duga.casework.models.feedback import Feedback
from duga.casework.models.helpline import Call, RiskAssessment
from duga.casework.models.referrals import Referral, ReferralCopy, ReferralGuest, ReferralMessage
from duga.casework.rules import full_name
from duga.casework.rules.helpline import Callback
from duga.plain.text import fold
from duga.vault import sealing


@dataclass(frozen=True)
class Trace:
    """One table that may lead to a person.

    `person` and `organisation` are the ways from a row to whom it is about and to whose it is (lookups; "" where
    there is none); `clear` what its columns become; `files`, called with the rows first, destroys what lies on disk.
    With `delete` the rows go altogether.
    """

    model: type[Model]
    person: str = "person"
    organisation: str = "organisation_id"
    clear: dict = field(default_factory=dict)
    delete: bool = False
    files: Callable[[QuerySet], None] | None = None


def _of_case(model, **more) -> tuple[Trace, Trace]:
    """Rows of a case lead to whom it is about: a person, or the head of a household."""
    return (
        Trace(model, "case__person", "case__organisation_id", **more),
        Trace(model, "case__household__head", "", **more),
    )


TRACES: tuple[Trace, ...] = (
    *_of_case(CaseGoal, clear={"text": b""}),
    *_of_case(CaseAction, clear={"text": b""}),
    *_of_case(CaseNote, clear={"text": b""}),
    *_of_case(Attachment, clear={"told": b""}, files=_destroy_files),
    *_of_case(Approval, clear={"word": b""}),
    Trace(Case),
    Trace(Case, "household__head", ""),
    Trace(Need, delete=True),
    Trace(HouseholdMember, organisation="household__organisation_id", clear={"person": None}),
    Trace(PartyMember, organisation="party__organisation_id", clear={"person": None}),
    Trace(Merge, "kept", clear={"before": b"", "moved": {}, "ended": {}}),
    Trace(
        ConsentRecord,
        organisation="person__organisation_id",
        clear={"receiver_name": b"", "receiver_mark": None, "witness": b"", "scan_type": ""},
        files=_destroy_proofs,
    ),
    Trace(Guardianship, organisation="person__organisation_id", clear={"details": b"", "conflict": b""}),
    Trace(BestInterestsDecision, organisation="person__organisation_id", clear={"content": b""}),
    Trace(
        Disclosure,
        organisation="person__organisation_id",
        clear={"receiver_name": b"", "receiver_mark": None, "reason": b"", "review_note": b""},
    ),
    Trace(Call, organisation="line__organisation_id", clear={"draft": b"", "safe": b"", "note": b"", "mark": b""}),
    Trace(RiskAssessment, organisation="programme__organisation_id", clear={"answers": b""}),
    Trace(Referral, clear={"content": b"", "missing": [], "guardian": None}),
    Trace(ReferralCopy, clear={"content": b""}),
    Trace(ReferralMessage, clear={"text": b""}),
    Trace(ReferralGuest, person="referral__person", organisation="referral__organisation_id", clear={"content": b""}),
    Trace(Request, clear={"caller": b"", "details": b"", "phone_token": None, "place": "", "reason_words": ""}),
    Trace(RequestStep, "request__person", "request__organisation_id", clear={"words": ""}),
    Trace(RecurringVisit, clear={"details": b"", "skipped": {}}),
    Trace(BreakGlass, clear={"reason": "", "note": ""}),
    Trace(Keeping, organisation="person__organisation_id", delete=True),
    Trace(LegalHold, clear={"reason": ""}),
    Trace(SubjectRequest, clear={"reason": ""}),
    Trace(Volunteer, person="", clear={"identity": b"", "areas": [], "available": {}}),
    Trace(VolunteerAccess, person="", organisation="volunteer__organisation_id", delete=True),
    Trace(Feedback, person="", clear={"told": b"", "answer": b"", "code": b""}),
    Trace(StockMovement, person="", organisation="item__organisation_id", clear={"told": b""}),
)


def _seal_rows(person, programme) -> None:
    """Moves what bears a programme and is about this person under the seal she moves under."""
    for trace in TRACES:
        if trace.person and any(column.name == "programme" for column in trace.model._meta.concrete_fields):
            trace.model.objects.filter(**{trace.person: person}).update(programme=programme)


def _traces(people) -> dict[str, int]:
    """{table: how many rows of it lead to one of these people (ids)}, where there are any."""
    counts: dict[str, int] = {}
    for trace in TRACES:
        if trace.person:
            rows = trace.model.objects.filter(**{f"{trace.person}__in": people})
            name = str(trace.model._meta.verbose_name)
            counts[name] = counts.get(name, 0) + rows.count()
    return {name: count for name, count in counts.items() if count}


def _forget_file_names(person) -> None:
    """Empties the names of imported files that are called after her; called while her name can still be read."""
    try:
        identity = sealing.unseal(owner=person.pk, field=IDENTITY, data=person.identity)
    except sealing.KeyDestroyed:  # erased again after a restore: the copy of her key is gone before her rows
        return
    hers = {*fold(full_name(identity)).split()}
    if not hers:
        return
    batches = ImportBatch.objects.filter(organisation_id=person.organisation_id).exclude(title=b"")
    for batch in queries.titled(batches):
        if hers <= {*re.findall(r"\w+", fold(batch.name))}:
            ImportBatch.objects.filter(pk=batch.pk).update(title=b"")


def _destroy_scans(person) -> None:
    """Takes the scans of signed lists off the disk on which nobody else is known: others' signatures stay proof."""
    hers = Q(lines__person=person) | Q(lines__household__head=person)
    for signed in DistributionList.objects.filter(hers).exclude(scan_type="").distinct():
        others = signed.lines.exclude(person=person).exclude(household__head=person)
        known = Q(person__isnull=False, person__erased_at=None) | Q(household__head__isnull=False)
        if not others.filter(known).exists():
            _scan_path(signed.pk).unlink(missing_ok=True)
            DistributionList.objects.filter(pk=signed.pk).update(scan_type="")


def _forget_person(person) -> None:
    """Takes off every row what leads to this person; called in the transaction that erases her."""
    _destroy_scans(person)
    for party in _left_alone(person):
        _forget_party(party)
    _close_erased(Q(person=person) | Q(household__head=person))
    _end_work(Q(person=person) | Q(household__head=person))
    Call.objects.filter(person=person, callback=Callback.WAITING).update(callback=Callback.GIVEN_UP)
    for trace in TRACES:
        if trace.person:
            _forget(trace, {trace.person: person})


def _forget_party(party) -> None:
    """Destroys what cases say of a travelling party, and the party's own key, once nobody else in it is known."""
    _close_erased(Q(party=party))
    for trace in TRACES:
        if trace.person == "case__person":
            _forget(trace, {"case__party": party})
    sealing.store().destroy_person(party.pk)


def _forget_organisation(organisation_id) -> None:
    """The same for all of an organisation whose key is being destroyed."""
    _end_work(Q(organisation_id=organisation_id))
    for trace in TRACES:
        if trace.organisation:
            _forget(trace, {trace.organisation: organisation_id})


def _forget(trace, which) -> None:
    rows = trace.model.objects.filter(**which)
    if trace.files:
        trace.files(rows)
    if trace.delete:
        rows.delete()
    elif trace.clear:
        rows.update(**trace.clear)
