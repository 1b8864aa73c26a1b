"""A worker's phone without a connection: its shell, what it takes along, what it sends back; the list of phones.

The shell holds nothing about anybody, so it may be kept by the browser; all else comes as JSON and is encrypted there.
"""

import json

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.casework import actions, queries
from duga.casework.forms.fields import code_choices
from duga.casework.rules import AssignmentState
from duga.casework.rules.requests import ASSIGNMENT_LABELS, REASON_GROUPS
from duga.members.queries import organisation_by_slug, organisations_of
from duga.members.rules import Permission
from duga.places.queries import codes
from duga.plain.errors import DugaError
from duga.ui.fields import said
from duga.ui.pages import id_of, staff

FILES = ("ui/duga.css", "ui/duga.svg", "casework/shift.css", "casework/shift.js")


@require_safe
def shell(request):
    """The frame of the phone's screens; what is in it comes from the phone's own encrypted store."""
    context = {
        "services": code_choices("service_types"),
        "reasons": [pair for pair in code_choices("request_reasons") if pair[0] in _reasons()],
    }
    return render(request, "casework/shift/shell.html", context)


def _reasons() -> set[str]:
    return {row.code for row in codes("request_reasons") if row.group == REASON_GROUPS[AssignmentState.NOT_DONE]}


@require_safe
def worker(request):
    """The service worker: keeps the shell and its files, never an answer about anybody."""
    files = json.dumps([reverse("casework:shift"), reverse("casework:shift_manifest"), *map(static, FILES)])
    answer = render(request, "casework/shift/worker.js", {"files": files}, content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def manifest(request):
    """What the phone's home screen shows."""
    address = reverse("casework:shift")
    told = {
        "name": _("Duga: my shift"), "short_name": "Duga", "start_url": address, "scope": address, "id": address,
        "display": "standalone", "background_color": "#ffffff", "theme_color": "#ffffff",
        "icons": [{"src": static("ui/duga.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }  # fmt: skip
    return HttpResponse(json.dumps(told), content_type="application/manifest+json")


@never_cache
@require_safe
def hello(request):
    """Who is signed in, where they record, and the token that a sending needs."""
    viewer = request.viewer
    found = organisations_of(viewer, Permission.RECORD_ASSISTANCE) if viewer.known else []
    places = [{"id": str(row.pk), "name": row.name} for row in found]
    return JsonResponse({"token": get_token(request), "name": viewer.name if viewer.known else "", "places": places})


def _json(view):
    """A POST of JSON by somebody signed in: what cannot be is told as JSON, and a phone to be emptied by 410."""

    @never_cache
    @require_POST
    def inner(request):
        if not request.viewer.known:
            return JsonResponse({"error": _("Sign in first.")}, status=401)
        try:
            told = json.loads(request.body or b"{}")
        except ValueError:
            told = None
        if not isinstance(told, dict):
            return JsonResponse({"error": _("This cannot be read.")}, status=400)
        try:
            return JsonResponse(view(request, told))
        except actions.Emptied:
            return JsonResponse({"empty": True}, status=410)
        except DugaError as error:
            return JsonResponse({"error": said(error)}, status=422)

    return inner


@_json
def add(request, told):
    """Makes this phone one that takes shifts along."""
    _device, secret = actions.add_device(
        by=request.viewer, organisation_id=id_of(str(told.get("place", ""))), name=str(told.get("name", ""))
    )
    return {"secret": secret}


@_json
def take(request, told):
    """The caseload of a shift."""
    return actions.take_shift(by=request.viewer, secret=str(told.get("secret", "")))


@_json
def records(request, told):
    """What was recorded without a connection."""
    found = actions.receive_records(
        by=request.viewer, secret=str(told.get("secret", "")), records=told.get("records", [])
    )
    return {
        "records": [
            {"nonce": each.nonce, "sent": each.sent, "error": said(each.error) if each.error else "",
             "here": _(ASSIGNMENT_LABELS[AssignmentState(each.here)]) if each.here else ""}
            for each in found
        ]
    }  # fmt: skip


@staff
@require_http_methods(["GET", "POST"])
def phones(request, slug):
    """Which phones take shifts along, and the order to empty one."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.RECORD_ASSISTANCE)
    if request.method == "POST":
        actions.wipe_device(by=request.viewer, device_id=id_of(request.POST.get("device", "")))
        messages.success(request, _("It empties itself as soon as it reaches the server, and is given nothing more."))
        return redirect("casework:shift_phones", slug=slug)
    context = {
        "organisation": organisation, "phones": queries.devices_of(request.viewer, organisation),
        "crumbs": [(organisation.name, ""), (_("Phones"), "")],
    }  # fmt: skip
    return render(request, "casework/shift/phones.html", context)
