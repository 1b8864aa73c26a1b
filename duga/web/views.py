"""What no stage owns: home, workspace, about, language, health."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from duga.web import queries


@require_safe
def home(request):
    """The front page."""
    return render(request, "web/home.html", {})


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


@never_cache
@require_safe
def workspace(request):
    """Where staff begin: what this person does most, first."""
    if not request.viewer.known:
        return redirect_to_login(request.get_full_path())
    return render(request, "web/workspace.html", {})


@require_safe
def styleguide(request):
    """Every component on one page, in a demo or while developing."""
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    return render(request, "web/styleguide.html", {})
