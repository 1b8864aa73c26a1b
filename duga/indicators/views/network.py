"""What the network has counted and released."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duga.indicators import queries
from duga.indicators.rules import STATE_LABELS, ReleaseState
from duga.indicators.views._help import staff
from duga.plain.errors import NotFound, gettext_noop
from duga.ui.html import Cell, Column


@staff
@require_safe
def network_figures(request):
    """What is released, and drafts, for who counts for a network; others go to their organisation's own."""
    viewer = request.viewer
    if not queries.is_ready_to_count(viewer):
        own = queries.countable_organisations(viewer)
        if not own:
            raise NotFound(gettext_noop("There is nothing here, or it is not yours to see."))
        return redirect("figures", slug=own[0].slug)
    rows = [
        [
            Cell(str(each.year), url=reverse("release", args=[each.pk])),
            queries.place_name(each.country, get_language()),
            queries.title_of(each.indicator, get_language()),
            queries.breakdown_words(each.breakdown),
            Cell(_(STATE_LABELS[ReleaseState(each.state)]), badge="good" if each.state == "released" else "plain"),
        ]
        for each in queries.all_releases(viewer, states=[ReleaseState.DRAFT, ReleaseState.RELEASED])
    ]
    context = {
        "columns": [Column(_("Year")), _("Country"), _("What is counted"), _("By"), _("State")],
        "rows": rows,
        "snapshot": queries.last_snapshot(),
        "crumbs": [(_("Workspace"), "/workspace/"), (_("Figures"), "")],
    }
    return render(request, "indicators/network.html", context)
