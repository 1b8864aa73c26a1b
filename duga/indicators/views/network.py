"""What the network has counted, what is on its way, and what is released."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duga.indicators import queries
from duga.indicators.forms import ReleasesFilter
from duga.indicators.rules import STATE_LABELS, ReleaseState
from duga.members.queries import person_names
from duga.ui.html import Cell
from duga.ui.pages import staff

#: The colour beside the words of a state; the words say all.
BADGES = {
    ReleaseState.DRAFT: "bad",
    ReleaseState.AUDITED: "warn",
    ReleaseState.CHECKED: "good",
    ReleaseState.RETURNED: "bad",
    ReleaseState.RELEASED: "good",
}


def state_words(batch) -> str:
    """Where drafts stand, in a few words."""
    if batch.state is ReleaseState.DRAFT and batch.failed:
        return _("too little has changed") if batch.too_little else _("the audit did not pass")
    return _(STATE_LABELS[batch.state])


@staff
@require_safe
def network_figures(request):
    """For who counts or reviews for a network; others go to their organisation's own figures, or to shared tables."""
    viewer, language = request.viewer, get_language()
    if not queries.sees_figures(viewer):
        own = queries.countable_organisations(viewer)
        if own:
            return redirect("figures", slug=own[0].slug)
        queries.require_tables(viewer)  # who only reads what is shared
        return redirect("tables")
    countries, years = queries.released_scopes()
    form = ReleasesFilter(request.GET or None, countries=countries, years=years, language=language)
    told = form.told if form.is_bound else {"country": "", "year": None}
    page = queries.releases_page(viewer, **told, page=request.GET.get("page", 1))
    context = {
        "columns": [_("What is counted"), _("By"), _("Country"), _("Year")],
        "rows": [_row(each, language) for each in page],
        "page": page,
        "form": form,
        "filtered": any(told.values()),
        "waiting": _waiting(viewer, language),
        "counts": queries.is_ready_to_count(viewer),
        "snapshot": queries.last_snapshot(),
        "crumbs": [(_("Workspace"), "/workspace/"), (_("Figures"), "")],
    }
    return render(request, "indicators/network.html", context)


def _row(release, language: str) -> list:
    """A release in the list of those in force."""
    return [
        Cell(queries.title_of(release.indicator, language), url=reverse("release", args=[release.pk])),
        queries.breakdown_words(release.breakdown) or "–",
        queries.place_name(release.country, language),
        str(release.year),
    ]


def _waiting(viewer, language: str) -> list[tuple]:
    """Drafts on their way: (drafts, who drafted them, place, state in words, its colour, whether one's own)."""
    batches = queries.open_batches(viewer)
    names = person_names(each.drafted_by for each in batches)
    return [
        (
            each,
            names.get(each.drafted_by, ""),
            queries.place_name(each.country, language),
            state_words(each),
            BADGES.get(each.state, "plain"),
            each.drafted_by == viewer.label,
        )
        for each in batches
    ]
