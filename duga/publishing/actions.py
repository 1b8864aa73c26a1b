"""Every write of publishing."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from duga.indicators.queries import network_grant
from duga.members.actions import write_trail
from duga.members.rules import Permission, Viewer
from duga.plain.errors import Refused, gettext_noop
from duga.publishing.models import PublishedFigure
from duga.publishing.rules import read_figure


@transaction.atomic
def load_published_figures(*, by: Viewer, rows: Iterable[Mapping]) -> int:
    """Keeps figures that others published, as they printed them; again, the same code is replaced. Gives their number.

    A row has code (or id), claim, value, qualifier, unit, place, period, source and may have source_url and note.
    """
    if not network_grant(by, Permission.RELEASE):
        raise Refused(gettext_noop("Published figures of others are looked after by the network's secretariat."))
    figures = [read_figure(row) for row in rows]
    for figure in figures:
        code = figure.pop("code")
        PublishedFigure.objects.update_or_create(code=code, defaults=figure)
    write_trail(
        by=by, event="publishing.figures_loaded", subject=("publishing.PublishedFigure", ""),
        detail={"figures": len(figures)},
    )  # fmt: skip
    return len(figures)
