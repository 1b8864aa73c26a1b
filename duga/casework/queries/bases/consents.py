"""May this person's data be used for this purpose, towards this receiver, now? One question, asked by everybody."""

from collections import defaultdict

from django.utils import timezone

from duga.casework.models import ConsentRecord, CountingObjection, LawfulBasis, Person
from duga.casework.queries.people import person as person_door
from duga.casework.queries.programmes import door
from duga.casework.rules import Answer, Given, How, Receiver, ReceiverKind, Use, decide
from duga.members.rules import Permission, Viewer
from duga.places.rules import codes
from duga.plain.errors import gettext_noop
from duga.vault import sealing

#: The purpose of counting people once across organisations.
COUNTING = "statistics_linkage"
#: Purposes shown on a person's page of bases, in the order of the list.
BASES = ("assistance", "referral", "contact", COUNTING, "communication", "research", "child_protection", "helpline")

_ERASED = gettext_noop("This person's data was erased and can no longer be used.")


def receiver_mark(organisation_id, receiver: Receiver) -> bytes:
    """Sixteen bytes by which a receiver in words is known again inside an organisation."""
    words = [f"{half}{receiver.told}" for half in "12"]
    return b"".join(sealing.blind(organisation=organisation_id, purpose="casework receiver", words=words))


def may_use(viewer: Viewer, person_id, purpose: str, recipient: Receiver | None = None, *, urgent=False) -> Use:
    """Whether this person's data may be used for a purpose (code list `purposes`) towards a receiver, today.

    Through her own door: NotFound as ever. `urgent`: a life or a child is in danger; what is told then is written
    down as a disclosure and reviewed.
    """
    return uses_of(viewer, person_id, [(purpose, recipient)], urgent=urgent)[0]


def uses_of(viewer: Viewer, person_id, asked, *, urgent=False) -> list[Use]:
    """The same for several (purpose, receiver) of one person, in as many queries as for one."""
    person = person_door(viewer, person_id)
    purposes = {purpose for purpose, _receiver in asked}
    known = _Known([person.pk], purposes)
    return [known.use(person, purpose, receiver, urgent=urgent) for purpose, receiver in asked]


def uses_by_person(organisation_id, purpose: str) -> dict:
    """{person: Use} of everybody of an organisation of whom something is recorded about a purpose, sealed programmes
    too; of all others the law alone speaks. For the house's own work on many, not for a screen."""
    about = {"person__organisation_id": organisation_id, "purpose": purpose}
    ids = set(LawfulBasis.objects.filter(**about).values_list("person_id", flat=True))
    ids |= set(ConsentRecord.objects.filter(receiver_kind="", **about).values_list("person_id", flat=True))
    if purpose == COUNTING:
        rows = CountingObjection.objects.filter(person__organisation_id=organisation_id, ended_at=None)
        ids |= set(rows.values_list("person_id", flat=True))
    uses, ids = {}, list(ids)
    for start in range(0, len(ids), 500):
        part = Person.objects.select_related("organisation").in_bulk(ids[start : start + 500])
        known = _Known(list(part), {purpose})
        uses |= {pk: known.use(person, purpose, None) for pk, person in part.items()}
    return uses


class _Known:
    """What is recorded of some people about some purposes, read in three queries."""

    def __init__(self, people: list, purposes: set[str]):
        about = {"person__in": people, "purpose__in": purposes}
        self.today = timezone.localdate()
        self.bases, self.consents = defaultdict(list), defaultdict(list)
        for row in LawfulBasis.objects.filter(**about).order_by("created_at", "pk"):
            self.bases[row.person_id, row.purpose].append(row)
        rows = ConsentRecord.objects.filter(**about).select_related("guardianship").defer("receiver_name", "witness")
        for row in rows.order_by("given_at", "created_at", "pk"):
            self.consents[row.person_id, row.purpose].append(row)
        objecting = CountingObjection.objects.filter(person__in=people, ended_at=None) if COUNTING in purposes else ()
        self.objecting = {row.person_id for row in objecting}

    def use(self, person, purpose, receiver, *, urgent=False) -> Use:
        """The rule's answer for one of them; of whom is erased nothing is left to use."""
        if person.erased_at:
            return Use(False, "", _ERASED)
        bases = self.bases[person.pk, purpose]
        asked = [row for row in bases if row.basis == "consent"]
        other = [row for row in bases if row.basis != "consent"]
        stated = next((row.basis for row in other if row.ended_on is None), "")
        ended = max((row.ended_on for row in other if row.ended_on), default=None)
        answers = [(row.created_at, _stated(row)) for row in asked]
        answers += [
            (row.created_at, _given(row, person, receiver)) for row in self.consents[person.pk, purpose]
        ]  # fmt: skip
        return decide(
            person.organisation.country, purpose, today=self.today, receiver=receiver, stated=stated,
            ended_on=None if stated else ended, answers=[given for _at, given in sorted(answers, key=lambda a: a[0])],
            objects=purpose == COUNTING and person.pk in self.objecting, urgent=urgent,
        )  # fmt: skip


def _stated(row) -> Given:
    """A consent that was stated without a record of its own."""
    return Given(None, row.given_on, True, withdrawn_on=row.ended_on)


def _given(row, person, receiver) -> Given:
    withdrawn = timezone.localdate(row.withdrawn_at) if row.withdrawn_at else None
    conflicted = bool(row.how == How.GUARDIAN and row.guardianship and row.guardianship.conflicted)
    return Given(
        row.pk, timezone.localdate(row.given_at), row.answer == Answer.GIVEN, _told(row, person, receiver),
        row.expires_on, withdrawn, conflicted,
    )  # fmt: skip


def _told(row, person, receiver) -> str:
    """A record's receiver in the words of `Receiver.told`; one in words opens to who knows the words only."""
    if row.receiver_kind == ReceiverKind.ORGANISATION:
        return Receiver(row.receiver_kind, row.receiver_organisation_id).told
    if row.receiver_kind == ReceiverKind.INSTITUTION:
        return Receiver(row.receiver_kind, row.receiver_provider_id).told
    if row.receiver_kind != ReceiverKind.NAMED:
        return ""
    same = receiver is not None and receiver.kind == ReceiverKind.NAMED
    if same and bytes(row.receiver_mark or b"") == receiver_mark(person.organisation_id, receiver):
        return receiver.told
    return "named:another"


def consents_of(viewer: Viewer, person_id) -> list[ConsentRecord]:
    """What a person answered, newest first; receivers in words and witnesses stay closed."""
    rows = ConsentRecord.objects.filter(person=person_door(viewer, person_id))
    rows = rows.select_related("receiver_organisation", "receiver_provider", "taken_by", "withdrawn_by", "guardianship")
    return list(rows.order_by("-given_at", "-pk"))


def consent(viewer: Viewer, consent_id, permission=Permission.SEE_PEOPLE) -> ConsentRecord:
    """The door to one consent record: her own door."""
    rows = ConsentRecord.objects.select_related(
        "person__organisation", "receiver_organisation", "receiver_provider", "taken_by", "withdrawn_by", "guardianship"
    )  # fmt: skip
    return door(viewer, rows, consent_id, permission, prefix="person__")


def consent_categories(viewer: Viewer, consent_id) -> list[str]:
    """The kinds of data (codes of `data_categories`, in the list's order) that one consent covers, while it stands;
    empty once it was refused, withdrawn or ran out."""
    row = consent(viewer, consent_id)
    standing = row.answer == Answer.GIVEN and row.withdrawn_at is None
    if not standing or (row.expires_on and row.expires_on < timezone.localdate()):
        return []
    return [code.code for code in codes("data_categories", retired=True) if code.code in row.categories]
