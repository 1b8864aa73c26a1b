"""Pages for what went wrong: what happened, what stayed safe, what to do next."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from duga.plain.errors import Conflict, DugaError, NotAllowed, NotFound
from duga.ui.fields import said


def status_of(error: DugaError) -> int:
    """The HTTP status of an error of the house."""
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, NotAllowed):
        return 403
    return 409 if isinstance(error, Conflict) else 422


def answer(request, status: int, error: DugaError | None = None):
    """A page (or JSON, for who prefers it) with `status`; what a DugaError says is said in full."""
    title, advice = _words(status)
    message = said(error) if error else advice
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"status": status, "error": title, "message": message}, status=status)
    context = {"status": status, "heading": title, "message": message, "back": _back(request)}
    return render(request, "web/error.html", context, status=status)


def _words(status):
    return {
        400: (
            _("This request could not be read"),
            _("Go back and try again. If you followed a link, it may be cut off."),
        ),
        403: (
            _("This is not open to you"),
            _("Sign in with the right account, or ask your organisation's coordinator."),
        ),
        404: (_("There is nothing here"), _("The address may be mistyped, or the page is not yours to see.")),
        405: (_("This cannot be done here"), _("Go back and use the button on the page.")),
        409: (_("Someone was faster"), _("Nothing was overwritten. Look at the newer version, then decide again.")),
        429: (_("Too many at once from here"), _("Nothing was lost. Wait a minute, then load the page again.")),
        422: (_("This was not done"), _("Nothing was changed. Go back, mend what is named, and try again.")),
    }[status]


def _back(request):
    """The page one came from, if it is one of ours."""
    came_from = request.META.get("HTTP_REFERER", "")
    own = f"{request.scheme}://{request.get_host()}/"
    path = "/" + came_from.removeprefix(own).lstrip("/\\") if came_from.startswith(own) else ""
    return path if path != request.get_full_path() else ""


def bad_request(request, exception=None):
    """Django's handler400; a wrong host gets a bare answer, for no link of ours would be right there."""
    from django.core.exceptions import DisallowedHost

    if isinstance(exception, DisallowedHost):
        return HttpResponse("400 This host is not served here. DUGA_HOSTS names those that are.\n", "text/plain", 400)
    return answer(request, 400)


def forbidden(request, exception=None):
    """Django's handler403."""
    return answer(request, 403)


def not_found(request, exception=None):
    """Django's handler404."""
    return answer(request, 404)


def stale_form(request, reason=""):
    """A form that lay open too long, or cookies that are off (CSRF)."""
    context = {
        "status": 403,
        "heading": _("This page lay open too long"),
        "message": _("For safety the form was not accepted. Go back, load the page again and send it once more. "
                     "If this stays, allow cookies for this address."),
        "back": _back(request),
    }  # fmt: skip
    return render(request, "web/error.html", context, status=403)


def server_error(request):
    """Django's handler500: leans on nothing that may be broken."""
    return HttpResponse(render_to_string("web/500.html", {}), status=500)
