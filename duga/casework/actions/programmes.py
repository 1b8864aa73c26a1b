"""Programmes, and naming who works in the sealed ones."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from duga.casework.actions._help import _check_code, _organisation, _tell
from duga.casework.models import Programme, ProgrammeWorker
from duga.casework.rules import ProgrammeKind, is_sealed
from duga.members.queries import NOT_HERE, may, viewer_by_email, viewer_of
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop

WORKS = Permission.RECORD_ASSISTANCE  #: what it takes to be named

_NAME = gettext_noop("Give the programme a name of at most 160 letters.")
_TAKEN = gettext_noop("There is already a programme called %(name)s.")
_NOT_SEALED = gettext_noop("Everyone here may work in %(name)s; workers are named for sealed programmes only.")
_NOT_HERE = gettext_noop("%(email)s does not work in this organisation. Invite them first.")


@transaction.atomic
def add_programme(*, by, organisation_id, name, kind=ProgrammeKind.GENERAL, sealed=False, basis="") -> Programme:
    """Adds a programme; violence, child protection and helplines are sealed whatever is asked."""
    organisation = _organisation(by, organisation_id, Permission.MANAGE_ORGANISATION)
    name = " ".join(str(name).split())
    if not 0 < len(name) <= 160:
        raise Refused(_NAME)
    if basis:
        _check_code("lawful_bases", basis)
    programme = Programme(
        organisation=organisation, name=name, kind=ProgrammeKind(kind), sealed=is_sealed(kind, sealed), basis=basis
    )
    try:
        with transaction.atomic():
            programme.save(force_insert=True)
    except IntegrityError:
        raise Refused(_TAKEN, name=name) from None
    _tell(by, "programme.added", programme, kind=str(kind), sealed=programme.sealed)
    return programme


def _managed(by, programme_id) -> Programme:
    found = Programme.objects.filter(pk=programme_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    _organisation(by, found.organisation_id, Permission.MANAGE_ORGANISATION)
    return found


@transaction.atomic
def close_programme(*, by, programme_id) -> Programme:
    """Closes a programme for new records; what it holds stays."""
    programme = _managed(by, programme_id)
    if programme.closed_at is None:
        programme.closed_at = timezone.now()
        programme.save(update_fields=["closed_at"])
        _tell(by, "programme.closed", programme)
    return programme


@transaction.atomic
def name_worker(*, by, programme_id, email) -> ProgrammeWorker:
    """Names someone who works in the organisation for a sealed programme: from now on they see its people."""
    programme = _managed(by, programme_id)
    if not programme.sealed:
        raise Refused(_NOT_SEALED, name=programme.name)
    worker = viewer_by_email(email)
    if not may(worker, WORKS, of=programme.organisation):
        raise Refused(_NOT_HERE, email=email)
    named, made = ProgrammeWorker.objects.get_or_create(programme=programme, account_id=worker.account_id, until=None)
    if made:
        _tell(by, "programme.worker_named", programme, account=str(worker.account_id))
    return named


@transaction.atomic
def unname_worker(*, by, programme_id, account_id) -> None:
    """Ends someone's work in a sealed programme: its people close for them at once."""
    programme = _managed(by, programme_id)
    rows = ProgrammeWorker.objects.filter(programme=programme, account_id=account_id, until=None)
    if rows.update(until=timezone.now()):
        _tell(by, "programme.worker_unnamed", programme, account=str(account_id))


@transaction.atomic
def unname_without_role(*, by, organisation_id, account_id) -> int:
    """Ends the part in sealed programmes of someone who may not work in the organisation any more: whoever comes back
    is named anew. For the house itself; returns how many programmes closed for them."""
    if not by.system:
        raise NotFound(NOT_HERE)
    rows = ProgrammeWorker.objects.filter(programme__organisation_id=organisation_id, account_id=account_id, until=None)
    rows = list(rows.select_related("programme__organisation", "account"))
    rows = [row for row in rows if not may(viewer_of(row.account), WORKS, of=row.programme.organisation)]
    for row in rows:
        row.until = timezone.now()
        row.save(update_fields=["until"])
        _tell(by, "programme.worker_unnamed", row.programme, account=str(account_id))
    return len(rows)
