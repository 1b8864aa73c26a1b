"""A person's record: made, opened, changed, moved under a seal, erased."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._cases import _hand_back, _left_alone
from duga.casework.actions._forgetting import _forget_file_names, _forget_person, _seal_rows, _traces
from duga.casework.actions._help import (
    IDENTITY,
    SPECIAL,
    _changed,
    _check_code,
    _check_version,
    _index,
    _new_codes,
    _organisation,
    _programme,
    _scope,
    _tell,
    _today,
    _tokens,
)
from duga.casework.actions.bases.stated import state_basis
from duga.casework.models import (
    Assistance,
    CaseNote,
    Correction,
    ErasureCertificate,
    GroupMember,
    Household,
    LawfulBasis,
    Person,
    PersonToken,
    TravellingParty,
)
from duga.casework.rules import (
    Terms,
    check_birth_year,
    clean_identity,
    clean_special,
    full_name,
    match_words,
    token_words,
)
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop
from duga.plain.ids import uuid7
from duga.vault import sealing
from duga.vault.rows import put

_REASON = gettext_noop("Say why, in a few words and without names.")
_ERASED = gettext_noop("This person's data was erased and can no longer be read.")
_JOINED = gettext_noop("This record was made one with another: look under %(code)s.")
_HOLD = gettext_noop("A hold forbids erasing her data, for a court, an authority or an audit. End the hold first.")
_NOT_SEALED = gettext_noop("%(name)s is not a sealed programme.")
HOUSE_ONLY = gettext_noop("Only a restore erases again.")
STAYS = object()  #: of a value that was not given, where None would empty the field


@dataclass(frozen=True)
class OpenedPerson:
    """A person's record, open: what the worker sees. Special categories are not in it (see `open_special`)."""

    id: object
    organisation_id: object
    code: str
    name: str
    identity: dict = field(repr=False)
    sex: str
    birth_year: int | None
    area: object
    programme: object
    version: int


def _coarse(identity, sex, birth_year):
    """Sex and birth year, checked; the year of a known birth date wins."""
    year = int(identity["birth_date"][:4]) if identity.get("birth_date") else birth_year
    return _check_code("sexes", sex or "unknown"), check_birth_year(year, today=_today())


def register_person(
    *, by, organisation_id, identity, special=None, sex="unknown", birth_year=None, area_id=None, programme_id=None,
    bases=(),
) -> Person:  # fmt: skip
    """Adds a person under a key of her own. In a sealed programme a name is not needed.

    `identity` and `special` are dicts of texts (rules.IDENTITY_FIELDS, SPECIAL_FIELDS); `bases` dicts of purpose,
    basis and how. Refused when a field is unknown, too long or not plausible.
    """
    organisation = _organisation(by, organisation_id, Permission.ADD_PEOPLE)
    programme = _programme(by, organisation.pk, programme_id)
    identity = clean_identity(identity, nameless=bool(programme and programme.sealed))
    special = clean_special(special)
    sex, birth_year = _coarse(identity, sex, birth_year)
    pk = uuid7()
    sealing.store().add_people(organisation.pk, [pk])
    with transaction.atomic():
        person = Person(
            pk=pk, organisation=organisation, programme=programme, sex=sex, birth_year=birth_year, area_id=area_id,
            code=_new_codes(Person, organisation.pk, 1)[0],
            identity=sealing.seal(owner=pk, field=IDENTITY, value=identity),
            special=sealing.seal(owner=pk, field=SPECIAL, value=special) if special else b"",
        )  # fmt: skip
        put(person)
        _index(person, identity, new=True)
        _tell(by, "person.registered", person)
        for basis in bases:
            state_basis(by=by, person_id=pk, given_on=_today(), **basis)
    return person


def _door(by, person_id, permission=Permission.SEE_PEOPLE) -> Person:
    """The person, locked for change; NotFound also when she was erased."""
    rows = Person.objects.select_for_update(of=("self",)).select_related("programme", "area", "changed_by")
    person = queries.door(by, rows, person_id, permission)
    if person.erased_at:
        raise NotFound(_ERASED)
    if person.merged_into_id:
        raise NotFound(_JOINED, code=person.merged_into.code)
    return person


def _opened(person, identity) -> OpenedPerson:
    return OpenedPerson(
        id=person.pk, organisation_id=person.organisation_id, code=person.code, name=full_name(identity),
        identity=identity, sex=person.sex, birth_year=person.birth_year, area=person.area, programme=person.programme,
        version=person.version,
    )  # fmt: skip


@transaction.atomic
def open_person(*, by, person_id) -> OpenedPerson:
    """Opens a person's record for the one who acts, and leaves a trail entry."""
    person = _door(by, person_id)
    identity = sealing.unseal(owner=person.pk, field=IDENTITY, data=person.identity)
    _tell(by, "person.opened", person)
    return _opened(person, identity)


@transaction.atomic
def open_special(*, by, person_id) -> dict:
    """Opens health, ethnicity, disability, legal status and violence: for case managers, coordinators, and those
    named for her sealed programme. Leaves a trail entry of its own."""
    person = _door(by, person_id)
    _trusted(by, person, Permission.CORRECT_RECORDS)
    _tell(by, "person.special_opened", person)
    return sealing.unseal(owner=person.pk, field=SPECIAL, data=person.special)


def _trusted(by, person, permission):
    """What a role must allow in the open register, being named for the programme allows in a sealed one."""
    if not (person.programme and person.programme.sealed and person.programme_id in queries.named_for(by)):
        _organisation(by, person.organisation_id, permission)


@transaction.atomic
def update_person(
    *, by, person_id, version, identity=None, special=None, sex=STAYS, birth_year=STAYS, area_id=STAYS
) -> Person:
    """Changes a person's record; what is not given stays. Conflict when someone changed it since `version`.

    `identity` and `special`, when given, replace the whole dict.
    """
    person = _door(by, person_id, Permission.ADD_PEOPLE)
    _check_version(person, version)
    before = sealing.unseal(owner=person.pk, field=IDENTITY, data=person.identity)
    keep = _lasting_tokens(person, before)
    sealed = bool(person.programme and person.programme.sealed)
    after = before if identity is None else clean_identity(identity, nameless=sealed)
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    given = {"sex": sex, "birth_year": birth_year, "area_id": area_id}
    values = {name: getattr(person, name) if value is STAYS else value for name, value in given.items()}
    values["sex"], values["birth_year"] = _coarse(after, values["sex"], values["birth_year"])
    changed += [name for name, value in values.items() if str(getattr(person, name)) != str(value)]
    for name, value in values.items():
        setattr(person, name, value)
    person.identity = sealing.seal(owner=person.pk, field=IDENTITY, value=after)
    if special is not None:
        _trusted(by, person, Permission.CORRECT_RECORDS)
        special = clean_special(special)
        person.special = sealing.seal(owner=person.pk, field=SPECIAL, value=special) if special else b""
        changed.append("special")
    _changed(person, by)
    person.save()
    _index(person, after, keep=keep)
    _tell(by, "person.changed", person, fields=changed)
    return person


def _lasting_tokens(person, identity) -> set[int]:
    """The tokens that must outlast a change: an earlier spreadsheet's row, read again, must go on finding her."""
    terms = Terms.of(identity, sex=person.sex, birth_year=person.birth_year, area_id=person.area_id)
    place = (person.organisation_id, _scope(person.programme))
    lasting = set(person.tokens.values_list("token", flat=True)) - set(_tokens(*place, token_words(terms)))
    if "everything" in match_words(terms):
        lasting |= set(_tokens(*place, [f"e:{terms.everything}"]))
    return lasting


@transaction.atomic
def seal_person(*, by, person_id, programme_id) -> Person:
    """Moves a person with all her entries into a sealed programme: from now on only its named workers find her."""
    person = _door(by, person_id, Permission.ADD_PEOPLE)
    programme = _programme(by, person.organisation_id, programme_id)
    if programme is None or not programme.sealed:
        raise Refused(_NOT_SEALED, name=programme.name if programme else "")
    identity = sealing.unseal(owner=person.pk, field=IDENTITY, data=person.identity)
    person.programme = programme
    person.code = _new_codes(Person, person.organisation_id, 1)[0]  # the old one may stand on paper
    _changed(person, by)
    person.save()
    _index(person, identity)
    households = Household.objects.filter(head=person)
    Assistance.objects.filter(household__in=households).update(programme=programme)
    households.update(programme=programme)
    Assistance.objects.filter(person=person).update(programme=programme)
    GroupMember.objects.filter(person=person, until=None).update(until=timezone.now())
    _seal_rows(person, programme)
    _hand_back(Q(person=person) | Q(household__head=person), programme)
    Person.objects.filter(merged_into=person).update(programme=programme)
    _tell(by, "person.sealed", person)
    return person


@transaction.atomic
def erase_person(*, by, person_id, reason) -> ErasureCertificate:
    """Erases a person for good: her key, her index and her identity at once, in every backup within 30 days.

    What was given stays in the ledger, about nobody. In a sealed programme its named workers may erase. Refused while a
    hold is on her data. Returns the certificate of what was destroyed and what stays, which names nobody.
    """
    if not str(reason).strip():
        raise Refused(_REASON)
    person = _door(by, person_id)
    _trusted(by, person, Permission.ERASE_PEOPLE)
    if queries.under_hold(person.pk):
        raise Refused(_HOLD)
    certificate = _certificate(by, person)
    for each in (*Person.objects.filter(merged_into=person, erased_at=None), person):
        _forget(each, by)
        _tell(by, "person.erased", each, reason=str(reason).strip()[:200])
        sealing.store().destroy_person(each.pk)
    return certificate


def _certificate(by, person) -> ErasureCertificate:
    """Notes, before it happens, how much an erasure destroys and keeps."""
    people = [person.pk, *Person.objects.filter(merged_into=person, erased_at=None).values_list("pk", flat=True)]
    last = ErasureCertificate.objects.filter(organisation_id=person.organisation_id).order_by("-number").first()
    hers = Q(person__in=people) | Q(household__head__in=people)
    return ErasureCertificate.objects.create(
        organisation_id=person.organisation_id, number=last.number + 1 if last else 1, person=person,
        destroyed={
            "keys": len(people), "search words": PersonToken.objects.filter(person__in=people).count(),
            "notes": Assistance.objects.filter(hers).exclude(note=b"").count(), **_traces(people),
        },
        kept={"entries of the ledger, about nobody": Assistance.objects.filter(hers).count(), **_of_others(person)},
        by_id=by.account_id,
    )  # fmt: skip


def _of_others(person) -> dict[str, int]:
    """Notes of the cases of parties she travelled in with others who are known: theirs too, and to be looked through by
    who erases her."""
    shared = TravellingParty.objects.filter(members__person=person)
    shared = shared.exclude(pk__in=[party.pk for party in _left_alone(person)])
    count = CaseNote.objects.filter(case__party__in=shared).distinct().count()
    return {"notes about a travelling party": count} if count else {}


def _forget(person, by) -> None:
    """Takes everything off a person's rows that leads to her, her case code too: it may stand on paper."""
    _forget_file_names(person)
    person.tokens.all().delete()
    person.identity = person.special = b""
    person.birth_year = person.area = None
    person.code = _new_codes(Person, person.organisation_id, 1)[0]
    person.erased_at = timezone.now()
    _changed(person, by)
    person.save()
    _forget_person(person)
    hers = Q(person=person) | Q(household__head=person)
    _forget_corrections(Assistance.objects.filter(hers))
    Assistance.objects.filter(hers).update(note=b"", place="", reason="")
    LawfulBasis.objects.filter(person=person).update(how="")
    Household.objects.filter(head=person).update(head=None)
    GroupMember.objects.filter(person=person, until=None).update(until=timezone.now())
    _forget_person(person)


#: What a correction tells of where, when and to whom something was given.
_LEADS_TO_HER = frozenset({"place", "area_id", "person_id", "household_id", "date", "worker", "note"})


def _forget_corrections(entries) -> None:
    """Of what was changed on these entries stays which field it was; where, to whom and why goes."""
    rows = Correction.objects.filter(assistance__in=entries)
    for row in rows:
        row.changes = {name: ["", ""] if name in _LEADS_TO_HER else both for name, both in row.changes.items()}
        row.reason = ""
    Correction.objects.bulk_update(rows, ["changes", "reason"], batch_size=500)


@transaction.atomic
def erase_again(*, by, people) -> int:
    """After a restore: erases the rows of people (ids) whose keys were destroyed since. Returns how many were there.

    For the house itself only; those erased already, or unknown, are passed over.
    """
    if not by.system:
        raise Refused(HOUSE_ONLY)
    count, people = 0, list(people)
    for start in range(0, len(people), 500):
        rows = Person.objects.select_for_update().filter(pk__in=people[start : start + 500], erased_at=None)
        for person in rows:
            _forget(person, by)
            _tell(by, "person.erased", person, reason="restored from a backup made before the erasure")
            count += 1
    return count
