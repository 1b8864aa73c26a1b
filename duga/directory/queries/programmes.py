"""A provider's programmes and who pays for it, for who keeps its entry."""

from dataclasses import dataclass

from duga.directory.models import Funding, Program, Service
from duga.directory.queries.access import provider_to_edit
from duga.members.rules import Viewer


@dataclass(frozen=True)
class Programmes:
    """`programmes`: [(programme, ids of its services)] by name; `services` [(id, name)]; `sources` of funding."""

    programmes: tuple[tuple[Program, tuple], ...]
    services: tuple[tuple, ...]
    sources: tuple[str, ...]


def programmes_of(viewer: Viewer, provider_id) -> Programmes:
    """The programmes of a provider the viewer may change."""
    provider = provider_to_edit(viewer, provider_id)
    services = list(Service.objects.filter(provider=provider, merged_into=None).order_by("name"))
    rows = Program.objects.filter(provider=provider).order_by("name", "pk")
    inside = [(row, tuple(each.pk for each in services if each.program_id == row.pk)) for row in rows]
    sources = Funding.objects.filter(provider=provider).order_by("created_at", "pk")
    return Programmes(
        tuple(inside), tuple((each.pk, each.name) for each in services),
        tuple(sources.values_list("source_name", flat=True)),
    )  # fmt: skip
