"""Programmes: services of one provider that belong together; and who pays for a provider as a whole."""

from django.db import transaction

from duga.directory import queries
from duga.directory.actions._help import _tell
from duga.directory.actions._sealed import _check_told
from duga.directory.models import Funding, Program, Service
from duga.directory.rules.cleaning import clean
from duga.directory.rules.fields import PROGRAM, ROWS
from duga.members.rules import Viewer
from duga.plain.errors import NOT_HERE, NotFound, Refused, gettext_noop

__all__ = ["keep_programme", "remove_programme", "tell_funding"]

_NAME = gettext_noop("A programme needs a name.")
_NOT_OURS = gettext_noop("A programme holds services of its own provider only.")


@transaction.atomic
def keep_programme(*, by: Viewer, provider_id, programme_id=None, told, service_ids=()) -> Program:
    """A new programme, or a changed one: `told` as in `rules.fields.PROGRAM`, and the services that belong to it.

    A service belongs to one programme at most: it leaves another of the same provider.
    """
    provider = queries.provider_to_edit(by, provider_id)
    cleaned = {name: clean(field, told.get(name)) for name, field in PROGRAM.items()}
    if not cleaned["name"]:
        raise Refused(_NAME)
    _check_told(provider, cleaned)
    row = _programme(provider, programme_id) if programme_id else Program(provider=provider)
    for name, value in cleaned.items():
        setattr(row, name, value)
    row.save()
    services = Service.objects.filter(provider=provider, merged_into=None)
    wanted = {str(pk) for pk in service_ids}
    ours = [pk for pk in services.values_list("pk", flat=True) if str(pk) in wanted]
    if len(ours) != len(wanted):
        raise Refused(_NOT_OURS)
    services.filter(program=row).exclude(pk__in=ours).update(program=None)
    services.filter(pk__in=ours).update(program=row)
    _tell(by, "programme_kept", row, provider)
    return row


@transaction.atomic
def remove_programme(*, by: Viewer, provider_id, programme_id) -> None:
    """Takes a programme away; its services stay."""
    provider = queries.provider_to_edit(by, provider_id)
    row = _programme(provider, programme_id)
    _tell(by, "programme_removed", row, provider)
    row.delete()


def _programme(provider, programme_id) -> Program:
    found = Program.objects.select_for_update().filter(provider=provider, pk=programme_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    return found


@transaction.atomic
def tell_funding(*, by: Viewer, provider_id, sources) -> list[Funding]:
    """Who pays for a provider as a whole, in words, one each; what is not among them any more goes."""
    provider = queries.provider_to_edit(by, provider_id)
    column = ROWS["funding"].columns["source_name"]
    wanted = list(dict.fromkeys(filter(None, (clean(column, text) for text in sources))))
    _check_told(provider, dict(enumerate(wanted)))
    rows = {row.source_name: row for row in Funding.objects.filter(provider=provider)}
    for name, row in rows.items():
        if name not in wanted and row.service_id:  # it is a service's too, and stays there
            Funding.objects.filter(pk=row.pk).update(provider=None)
        elif name not in wanted:
            row.delete()
    Funding.objects.bulk_create(Funding(provider=provider, source_name=name) for name in wanted if name not in rows)
    _tell(by, "funding_told", provider, provider)
    return list(Funding.objects.filter(provider=provider))
