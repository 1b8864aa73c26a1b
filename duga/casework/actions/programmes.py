"""Programmes, and naming who works in the sealed ones."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from duga.casework.actions._help import _check_code, _organisation
from duga.casework.models import Programme, ProgrammeWorker
from duga.casework.rules import ProgrammeKind, is_sealed
from duga.members.actions import write_trail
from duga.members.queries import NOT_HERE, may, viewer_by_email
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop

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
    detail = {"kind": str(kind), "sealed": programme.sealed}
    subject = ("casework.Programme", programme.pk)
    write_trail(by=by, event="programme.added", subject=subject, organisation_id=organisation.pk, detail=detail)
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
        subject = ("casework.Programme", programme.pk)
        write_trail(by=by, event="programme.closed", subject=subject, organisation_id=programme.organisation_id)
    return programme


@transaction.atomic
def name_worker(*, by, programme_id, email) -> ProgrammeWorker:
    """Names someone who works in the organisation for a sealed programme: from now on they see its people."""
    programme = _managed(by, programme_id)
    if not programme.sealed:
        raise Refused(_NOT_SEALED, name=programme.name)
    worker = viewer_by_email(email)
    if not may(worker, Permission.RECORD_ASSISTANCE, of=programme.organisation):
        raise Refused(_NOT_HERE, email=email)
    named, made = ProgrammeWorker.objects.get_or_create(programme=programme, account_id=worker.account_id, until=None)
    if made:
        _tell(by, "programme.worker_named", programme, worker.account_id)
    return named


@transaction.atomic
def unname_worker(*, by, programme_id, account_id) -> None:
    """Ends someone's work in a sealed programme: its people close for them at once."""
    programme = _managed(by, programme_id)
    rows = ProgrammeWorker.objects.filter(programme=programme, account_id=account_id, until=None)
    if rows.update(until=timezone.now()):
        _tell(by, "programme.worker_unnamed", programme, account_id)


def _tell(by, event, programme, account_id):
    write_trail(
        by=by, event=event, subject=("casework.Programme", programme.pk), organisation_id=programme.organisation_id,
        detail={"account": str(account_id)},
    )  # fmt: skip
