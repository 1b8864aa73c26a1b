"""Who may see into which programme: the one place where sealed programmes are kept apart."""

from dataclasses import dataclass

from django.db.models import Q

from duga.casework.models import Programme, ProgrammeWorker
from duga.members.queries import NOT_HERE, organisation_by_id, require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound
from duga.vault.rows import read


@dataclass(frozen=True)
class ProgrammeView:
    """A programme as the coordinator manages it: its name and who is named for it, nothing of the people in it."""

    programme: Programme
    workers: list


def named_for(viewer: Viewer) -> frozenset:
    """Ids of the programmes the viewer is named for now."""
    if viewer.account_id is None:
        return frozenset()
    return frozenset(pk for (pk,) in read(ProgrammeWorker, "programme_id", account_id=viewer.account_id, until=None))


def visible(viewer: Viewer, prefix: str = "") -> Q:
    """The condition that leaves out what lies in sealed programmes the viewer is not named for.

    `prefix` is the way to the row that bears the programme: "" for its own, "person__" for its person's.
    """
    named = named_for(viewer)
    return unsealed(prefix) | Q(**{f"{prefix}programme__in": named}) if named else unsealed(prefix)


def unsealed(prefix: str = "") -> Q:
    """The condition for what lies in no sealed programme, whoever asks: lists that leave the house."""
    return Q(**{f"{prefix}programme": None}) | Q(**{f"{prefix}programme__sealed": False})


def programme(viewer: Viewer, programme_id, permission=Permission.RECORD_ASSISTANCE) -> Programme:
    """The door to a programme one works in: NotFound for a sealed one the viewer is not named for."""
    found = Programme.objects.filter(visible_programmes(viewer), pk=programme_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    organisation_by_id(viewer, found.organisation_id, permission)
    return found


def visible_programmes(viewer: Viewer) -> Q:
    """The condition for programmes the viewer may work in."""
    return Q(sealed=False) | Q(pk__in=named_for(viewer))


def programmes(viewer: Viewer, organisation) -> list[Programme]:
    """The open programmes of an organisation the viewer may record in; sealed ones only when named for them."""
    require(viewer, Permission.RECORD_ASSISTANCE, of=organisation)
    return list(Programme.objects.filter(visible_programmes(viewer), organisation_id=organisation.pk, closed_at=None))


def programmes_to_manage(viewer: Viewer, organisation) -> list[ProgrammeView]:
    """All programmes with the workers named for them, for who runs the organisation; nothing of the people inside."""
    require(viewer, Permission.MANAGE_ORGANISATION, of=organisation)
    named = {}
    workers = ProgrammeWorker.objects.filter(programme__organisation_id=organisation.pk, until=None)
    for worker in workers.select_related("account"):
        named.setdefault(worker.programme_id, []).append(worker.account)
    found = Programme.objects.filter(organisation_id=organisation.pk)
    return [ProgrammeView(programme, named.get(programme.pk, [])) for programme in found]


def door(viewer: Viewer, rows, pk, permission, *, prefix: str = ""):
    """The one row of `rows` with this id, if the viewer may do `permission` in its organisation and see its programme.

    NotFound otherwise: of what is sealed, not theirs or not there, all three look the same. Rows that bring their
    organisation along spare a query.
    """
    found = rows.filter(visible(viewer, prefix), pk=pk).first()
    if found is None:
        raise NotFound(NOT_HERE)
    if "organisation" in found._state.fields_cache:
        require(viewer, permission, of=found.organisation)
    else:
        organisation_by_id(viewer, found.organisation_id, permission)
    return found
