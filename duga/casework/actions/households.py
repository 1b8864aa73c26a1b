"""Households and institutions: recipients that are no single person."""

from django.db import IntegrityError, transaction

from duga.casework import queries
from duga.casework.actions._help import _new_codes, _organisation, _programme, _tell
from duga.casework.models import Household, Institution
from duga.casework.rules import InstitutionKind
from duga.members.rules import Permission
from duga.plain.errors import Conflict, Refused, gettext_noop
from duga.plain.text import fold

_SIZE = gettext_noop("Say how many people live in the household: one or more.")
_NAME = gettext_noop("Give the institution a name of at most 200 letters.")
_KIND = gettext_noop("Choose what kind of institution it is.")
_OTHER = gettext_noop("The head of the household belongs to another organisation or programme.")
_FASTER = gettext_noop(
    "Someone changed this household after you opened it. Look at it again and make your change there."
)


def _check_size(size):
    if size is None or not 1 <= int(size) <= 60:
        raise Refused(_SIZE)
    return int(size)


@transaction.atomic
def register_household(*, by, organisation_id, size, head_id=None, area_id=None, programme_id=None) -> Household:
    """Adds a household with its real number of people; it lies under the same seal as its head."""
    organisation = _organisation(by, organisation_id, Permission.ADD_PEOPLE)
    programme = _programme(by, organisation.pk, programme_id)
    if head_id:
        head = queries.person(by, head_id)
        if head.organisation_id != organisation.pk or (programme and head.programme_id != programme.pk):
            raise Refused(_OTHER)
        programme, area_id = head.programme, area_id or head.area_id
    row = Household.objects.create(
        organisation=organisation, programme=programme, code=_new_codes(Household, organisation.pk, 1)[0],
        head_id=head_id or None, size=_check_size(size), area_id=area_id,
    )  # fmt: skip
    _tell(by, "household.registered", row)
    return row


@transaction.atomic
def update_household(*, by, household_id, version, size=None, area_id=None) -> Household:
    """Changes a household's size or area; what was delivered before keeps the size of its day."""
    row = queries.household(by, household_id, Permission.ADD_PEOPLE)
    values = {"size": _check_size(size if size is not None else row.size), "area_id": area_id or row.area_id}
    rows = Household.objects.filter(pk=row.pk, version=int(version))
    if not rows.update(version=int(version) + 1, **values):
        raise Conflict(_FASTER)
    _tell(by, "household.changed", row)
    row.refresh_from_db()
    return row


@transaction.atomic
def add_institution(*, by, organisation_id, name, kind=InstitutionKind.OTHER, area_id=None) -> Institution:
    """Adds an institution, or gives back the one already known by this name in any script."""
    organisation = _organisation(by, organisation_id, Permission.ADD_PEOPLE)
    name = " ".join(str(name).split())
    if not 0 < len(name) <= 200:
        raise Refused(_NAME)
    if kind not in list(InstitutionKind):
        raise Refused(_KIND)
    known = Institution.objects.filter(organisation=organisation, folded=fold(name)).first()
    if known:
        return known
    row = Institution(organisation=organisation, name=name, folded=fold(name), kind=kind, area_id=area_id)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # someone added it in this moment
        return Institution.objects.get(organisation=organisation, folded=fold(name))
    _tell(by, "institution.added", row)
    return row
