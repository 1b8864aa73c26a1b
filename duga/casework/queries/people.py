"""People, households and institutions by their coarse facts and codes. Names stay closed here."""

from duga.casework.models import Household, Institution, LawfulBasis, Person, TravellingParty
from duga.casework.queries.programmes import door, visible
from duga.casework.rules import read_case_code
from duga.members.queries import NOT_HERE, organisation_by_id, require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound, Unreadable
from duga.plain.text import fold
from duga.vault import sealing


def person(viewer: Viewer, person_id, permission=Permission.SEE_PEOPLE) -> Person:
    """A person's code and coarse facts, her name closed; NotFound unless this viewer may see her."""
    return door(viewer, Person.objects.select_related("area", "programme"), person_id, permission)


def person_id_by_code(viewer: Viewer, organisation, code: str):
    """The id behind a case code; NotFound alike for a wrong code, another's person and a sealed one."""
    require(viewer, Permission.SEE_PEOPLE, of=organisation)
    try:
        code = read_case_code(code)
    except Unreadable:
        raise NotFound(NOT_HERE) from None
    rows = Person.objects.filter(visible(viewer), organisation_id=organisation.pk, code=code, erased_at=None)
    found = rows.values_list("pk", "merged_into_id").first()
    if found is None:
        raise NotFound(NOT_HERE)
    return found[1] or found[0]


def household(viewer: Viewer, household_id, permission=Permission.SEE_PEOPLE) -> Household:
    """A household by id, with its head's coarse facts; of one that was here twice the one that is kept."""
    found = door(viewer, Household.objects.select_related("area", "programme", "head"), household_id, permission)
    return household(viewer, found.merged_into_id, permission) if found.merged_into_id else found


def _by_id(viewer, rows, organisation_id, ids) -> dict:
    """{id: row} of these rows of one organisation; NotFound when one is missing, not theirs, or sealed."""
    ids = set(ids)
    organisation_by_id(viewer, organisation_id, Permission.SEE_PEOPLE)
    found = rows.filter(visible(viewer), organisation_id=organisation_id).in_bulk(ids)
    if len(found) != len(ids):
        raise NotFound(NOT_HERE)
    return found


def people_by_id(viewer: Viewer, organisation_id, ids) -> dict:
    """{id: Person} of many people of one organisation in one query, names closed; the door of each is the same."""
    return _by_id(viewer, Person.objects.select_related("area", "programme"), organisation_id, ids)


def households_by_id(viewer: Viewer, organisation_id, ids) -> dict:
    """{id: Household} of many, likewise."""
    return _by_id(viewer, Household.objects.select_related("area", "programme", "head"), organisation_id, ids)


def households_of(viewer: Viewer, person_id) -> list[Household]:
    """The households a person heads."""
    rows = person(viewer, person_id).households.filter(visible(viewer), merged_into=None)
    return list(rows.select_related("area"))


def institutions(viewer: Viewer, organisation, text: str = "") -> list[Institution]:
    """The institutions an organisation delivers to; with a text those whose name holds it, in any script."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    return list(Institution.objects.filter(organisation_id=organisation.pk, folded__contains=fold(text))[:200])


def bases_of(viewer: Viewer, person_id) -> list[LawfulBasis]:
    """On what bases a person's data is used, purpose by purpose, the open ones first."""
    rows = LawfulBasis.objects.filter(person=person(viewer, person_id))
    return sorted(rows, key=lambda row: (row.ended_on is not None, row.purpose, row.given_on))


def key_gaps() -> tuple[int, int]:
    """For `duga doctor`: (people not erased whose key is missing, keys whose person is not in the database).

    The second is not a fault: an import that was stopped leaves keys that open nothing.
    """
    missing = unused = 0
    for organisation in Person.objects.order_by().values_list("organisation_id", flat=True).distinct():
        people = list(Person.objects.filter(organisation_id=organisation, erased_at=None).values_list("pk", flat=True))
        found = len(sealing.store().person_keys(people))
        missing += len(people) - found
        parties = TravellingParty.objects.filter(organisation_id=organisation).values_list("pk", flat=True)
        found += len(sealing.store().person_keys(list(parties)))
        unused += sealing.store().people_of(organisation) - found
    return missing, unused
