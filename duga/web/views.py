"""What no stage owns: home, workspace, about, language, health."""

from django.conf import settings
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from duga.members.queries import may
from duga.members.rules import Permission
from duga.ui.pages import staff
from duga.web import queries
from duga.web import styleguide as guide
from duga.web.navigation import address_of, network_links, organisation_here, organisation_links


@require_safe
def home(request):
    """The front page."""
    return render(request, "web/home.html", {"headlines": queries.headlines()})


@require_safe
def about(request):
    """What Duga is, in one page."""
    return render(request, "web/about.html", {})


@never_cache
@require_safe
def health(request):
    """Liveness and readiness: 200 when database and key store answer, 503 otherwise. Says nothing secret."""
    checks = queries.readiness()
    ready = all(checks.values())
    words = {name: "ok" if fine else "failing" for name, fine in checks.items()}
    return JsonResponse({"status": "ready" if ready else "not ready", **words}, status=200 if ready else 503)


@staff
@require_safe
def workspace(request):
    """Where staff begin: what this person does most, first."""
    organisation = organisation_here(request)
    tiles = organisation_links(request.viewer, organisation)
    context = {
        "organisation": organisation,
        "tiles": tiles,
        "at_desk": organisation is not None and may(request.viewer, Permission.IMPORT_RECORDS, of=organisation),
        "network_tiles": network_links(request.viewer),
        "desk": queries.desk(request.viewer, organisation, get_language()),
        "administrates": address_of("administration") if request.viewer.is_administrator else "",
        "import_url": address_of("casework:import", organisation.slug) if organisation else "",
        "undo_name": "casework:undo",
        "phones_url": _phones(request.viewer, organisation),
        "breaches_url": address_of("casework:breaches", organisation.slug) if tiles else "",
    }
    return render(request, "web/workspace.html", context)


def _phones(viewer, organisation) -> str:
    """Where a worker takes her shift along."""
    if organisation is None or not may(viewer, Permission.RECORD_ASSISTANCE, of=organisation):
        return ""
    return address_of("casework:shift_phones", organisation.slug)


@require_safe
def styleguide(request):
    """Every component on one page, in a demo or while developing."""
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    return render(request, "web/styleguide.html", guide.context(request.GET))
