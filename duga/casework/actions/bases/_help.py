"""What the actions on bases share: the person's door, her age, receivers, sealed texts of hers."""

from duga.casework import queries
from duga.casework.actions._help import IDENTITY, _today
from duga.casework.models import Person
from duga.casework.rules import ReceiverKind, read_receiver
from duga.directory.queries import provider_by_id
from duga.members.queries import fellows_of
from duga.members.rules import Permission
from duga.places.rules import age_on
from duga.plain.dates import read_date
from duga.plain.errors import NOT_HERE, NotFound, gettext_noop
from duga.vault import sealing

ERASED = gettext_noop("This person's data was erased and can no longer be read.")


def _person(by, person_id, permission=Permission.ADD_PEOPLE) -> Person:
    """The person, locked for change; NotFound also when she was erased."""
    rows = Person.objects.select_for_update(of=("self",)).select_related("programme", "organisation")
    person = queries.door(by, rows, person_id, permission)
    if person.erased_at:
        raise NotFound(ERASED)
    return person


def _age(person) -> int | None:
    """Her age today in whole years: to the day where her birth date is known, else at least so much."""
    born = sealing.unseal(owner=person.pk, field=IDENTITY, data=person.identity).get("birth_date")
    return age_on(read_date(born), _today()) if born else queries.age_known(person)


def _seal(row, field: str, value) -> bytes:
    """A value sealed for a row about a person, under her own key; b"" for nothing."""
    if not value:
        return b""
    key = sealing.store().person_key(row.person_id)
    return sealing.seal(owner=row.pk, field=f"{row._meta.label}.{field}", value=value, key=key)


def _unseal(row, field: str, empty=""):
    """The value again; `empty` where there is none."""
    data = getattr(row, field)
    if not data:
        return empty
    key = sealing.store().person_key(row.person_id)
    return sealing.unseal(owner=row.pk, field=f"{row._meta.label}.{field}", data=data, key=key)


def _put_receiver(by, row, receiver) -> None:
    """Puts a receiver into a row that bears one, once it is known that there is such a one."""
    if receiver is None:
        return
    receiver = read_receiver(receiver.kind, receiver.key)
    row.receiver_kind = receiver.kind
    if receiver.kind == ReceiverKind.ORGANISATION:
        fellows = {fellow.pk for fellow in fellows_of(by, row.person.organisation)}
        if receiver.key not in fellows:
            raise NotFound(NOT_HERE)
        row.receiver_organisation_id = receiver.key
    elif receiver.kind == ReceiverKind.INSTITUTION:
        row.receiver_provider_id = provider_by_id(receiver.key).pk
    else:
        row.receiver_name = _seal(row, "receiver_name", receiver.key)
        row.receiver_mark = queries.receiver_mark(row.person.organisation_id, receiver)
