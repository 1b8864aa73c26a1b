"""A worker's phone without a connection: its shell, what it takes along, what it sends back; the list of phones.

The shell holds nothing about anybody, so it may be kept by the browser; all else comes as JSON and is sealed there.
"""

import gzip
import json

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.casework import actions, queries
from duga.casework.forms.fields import code_choices
from duga.casework.rules import AssignmentState
from duga.casework.rules.requests import ASSIGNMENT_LABELS, REASON_GROUPS
from duga.members.queries import organisation_by_slug, organisations_of, session_told
from duga.members.rules import VISITOR, Permission
from duga.places.queries import codes
from duga.plain.errors import DugaError
from duga.ui.fields import said
from duga.ui.pages import id_of, staff

FILES = ("ui/duga.svg", "ui/phone.css", "ui/kept.js", "casework/shift.js")
LARGEST = 1024 * 1024  #: bytes of a phone's letters in one sending
ICONS = ((192, "ui/duga-192.png"), (512, "ui/duga-512.png"))


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


def service_worker(request, *, name, shell_address, files, contact, opens=""):
    """A service worker: keeps a shell and its files, never an answer about anybody, and hands in letters.

    `opens`: the page in whose place the shell stands while there is no connection.
    """
    told = {
        "name": name, "kept": static("ui/kept.js"), "shell": shell_address, "opens": opens, "contact": contact,
        "files": [shell_address, *map(static, files)],
    }  # fmt: skip
    context = {"told": json.dumps(told)}
    answer = render(request, "casework/shift/worker.js", context, content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


def home_screen(name, address):
    """The manifest of screens that are put on a phone's home screen."""
    icons = [{"src": static("ui/duga.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}]
    icons += [{"src": static(file), "sizes": f"{size}x{size}", "type": "image/png"} for size, file in ICONS]
    told = {
        "name": name, "short_name": "Duga", "start_url": address, "scope": address, "id": address, "icons": icons,
        "display": "standalone", "background_color": "#ffffff", "theme_color": "#ffffff",
    }  # fmt: skip
    return HttpResponse(json.dumps(told), content_type="application/manifest+json")


@require_safe
def worker(request):
    """The service worker of a shift."""
    here = reverse("casework:shift")
    files = [*FILES, *(file for _size, file in ICONS[:1])]
    return service_worker(
        request, name="shift", shell_address=here, files=files, contact=reverse("casework:shift_contact")
    )


@require_safe
def manifest(request):
    """What the phone's home screen shows."""
    return home_screen(_("Duga: my shift"), reverse("casework:shift"))


@never_cache
@require_safe
def hello(request):
    """Who is signed in, where they record, and the token that a sending needs."""
    viewer = request.viewer
    found = organisations_of(viewer, Permission.RECORD_ASSISTANCE) if viewer.known else []
    places = [{"id": str(row.pk), "name": row.name} for row in found]
    return JsonResponse({"token": get_token(request), "name": viewer.name if viewer.known else "", "places": places})


def read_json(request) -> dict | None:
    """The JSON object in a request, None where there is none, or far more than a phone sends."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return None
    try:
        told = json.loads(request.body or b"{}")
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _json(view):
    """A POST of JSON by somebody signed in: what cannot be is told as JSON, and a phone to be emptied by 410."""

    @never_cache
    @require_POST
    def inner(request):
        if not request.viewer.known:
            return JsonResponse({"error": _("Sign in first.")}, status=401)
        told = read_json(request)
        if told is None:
            return JsonResponse({"error": _("This cannot be read.")}, status=400)
        try:
            answer = view(request, told)
        except actions.Emptied:
            return JsonResponse({"empty": True}, status=410)
        except DugaError as error:
            return JsonResponse({"error": said(error)}, status=422)
        return answer if isinstance(answer, HttpResponse) else JsonResponse(answer)

    return inner


@_json
def add(request, told):
    """Makes this phone one that takes shifts along."""
    _device, keys = actions.add_device(
        by=request.viewer, organisation_id=id_of(str(told.get("place", ""))), name=str(told.get("name", ""))
    )
    return {"secret": keys.secret, "token": keys.token, "server": keys.server}


@_json
def take(request, told):
    """The caseload of a shift."""
    secret = str(told.get("secret", ""))
    return actions.take_shift(by=request.viewer, secret=secret, session=session_told(request))


@_json
def directory(request, told):
    """The services one refers to. Nothing secret stands beside them, so they may be sent packed."""
    found = actions.take_directory(
        by=request.viewer, secret=str(told.get("secret", "")), language=get_language() or "en"
    )
    packed = gzip.compress(json.dumps(found, ensure_ascii=False).encode(), mtime=0)
    return HttpResponse(packed, content_type="application/json", headers={"Content-Encoding": "gzip"})


@_json
def records(request, told):
    """What was recorded without a connection: what stands in the way of each is told to its owner."""
    found = actions.receive_letters(
        by=request.viewer, token=str(told.get("token", "")), letters=told.get("letters", [])
    )
    return {"now": timezone.now().isoformat(), "records": [_openly(each) for each in found]}


def _openly(each) -> dict:
    """What became of a letter, for its owner: why it was not taken, what stands there, and the record itself."""
    error = said(each.error) if each.error else ""
    return {
        "nonce": each.nonce, "sent": each.sent, "error": error, "here": _here(each.here), "record": each.record,
    }  # fmt: skip


def _here(here):
    """What stands there already, in words; "" for nothing."""
    if here is None:
        return ""
    labels = {str(state): label for state, label in ASSIGNMENT_LABELS.items()}
    at = timezone.localtime(here.at).strftime("%d.%m. %H:%M") if here.at else ""
    quantity = f"{here.quantity.normalize():f}" if here.quantity is not None else ""
    day = here.date.strftime("%d.%m.%Y.") if here.date else ""
    state = _(labels[here.state]) if here.state in labels else _("recorded")
    return " · ".join(filter(None, (state, quantity, day, here.by, at)))


def answered(found, *, openly=False) -> JsonResponse:
    """What a phone is told that asked: what to do, and of each letter one word; more where its owner looks (openly)."""
    outcomes = [_openly(each) if openly else {"nonce": each.nonce, "sent": each.sent} for each in found.outcomes]
    return JsonResponse({"now": timezone.now().isoformat(), "order": found.order, "records": outcomes})


@never_cache
@csrf_exempt  # nobody is signed in here: a letter proves by itself whose it is, and the token opens nothing
@require_POST
def contact(request):
    """A phone asks whether it must empty itself, and hands in letters; also while it is locked, and with no session."""
    told = read_json(request)
    if told is None:
        return JsonResponse({"error": _("This cannot be read.")}, status=400)
    letters, waiting = told.get("letters", []), told.get("waiting", 0)
    try:
        return answered(
            actions.hear_device(by=VISITOR, token=str(told.get("token", "")), letters=letters, waiting=waiting)
        )
    except DugaError as error:
        return JsonResponse({"error": said(error)}, status=422)


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
