"""A volunteer's own phone: in by a printed card, open by a PIN, and on it today's errands and nothing else.

No account stands behind it, so no page of the workspace is open; its two cookies are sent to these addresses only.
Every answer may be sent twice or late: a tap counts once, and one that met a locked phone is done after the PIN.
Without a connection the phone shows what it sealed of the day (`day`), and what is tapped comes as letters (`contact`).
"""

import uuid
from functools import wraps

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.casework import actions, queries
from duga.casework.forms.fields import code_choices
from duga.casework.forms.volunteers import CardForm, HoursForm, PinForm
from duga.casework.rules import AssignmentState, card_text, read_card
from duga.casework.views.shift import answered, home_screen, read_json, service_worker
from duga.casework.views.shown import where
from duga.members.rules import VISITOR
from duga.places import queries as places
from duga.plain.errors import DugaError, NotFound, Refused
from duga.ui.fields import said
from duga.ui.pages import status, try_

DEVICE, OPEN = "duga_phone", "duga_phone_open"
PATH = "/v/"
YEAR = 400 * 24 * 60 * 60  #: seconds a browser keeps a cookie at most
GUESSES = {"volunteer_card": "20/5m/ip"}  #: codes of cards from one address


def _keep(answer, name, secret, **more):
    answer.set_cookie(
        name, secret, path=PATH, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax", **more
    )


def on_her_phone(view):
    """For a volunteer whose phone is open. One that is locked asks for the PIN, and then does what was asked of it."""

    @never_cache
    @wraps(view)
    def inner(request, *args, **kwargs):
        device, key = request.COOKIES.get(DEVICE, ""), request.COOKIES.get(OPEN, "")
        known, viewer = actions.enter_phone(by=VISITOR, device=device, open_key=key)
        if not known:
            return redirect("casework:phone_in")
        form, opened = PinForm(request.POST if "pin" in request.POST else None), ""
        if viewer is None and form.is_bound and form.is_valid():
            opened, _done = try_(form, actions.unlock_phone, by=VISITOR, device=device, **form.cleaned_data)
            viewer = actions.enter_phone(by=VISITOR, device=device, open_key=opened)[1] if opened else None
        if viewer is None:
            return _ask_pin(request, form)
        answer = view(request, viewer, *args, **kwargs)
        if opened:
            _keep(answer, OPEN, opened)
        return answer

    return inner


def _ask_pin(request, form):
    given = [(name, value) for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "pin")]
    return render(request, "casework/phone/pin.html", {"form": form, "given": given}, status=status(form))


@never_cache
@require_http_methods(["GET", "POST"])
def come_in(request, code=""):
    """A printed card's code, typed or brought by the camera, and a PIN of her own: this phone is hers from now on."""
    digits = read_card(code)
    form = CardForm(request.POST or None, initial={"code": card_text(digits) if digits else ""})
    if request.method == "POST" and not ratelimit.consume(
        request, app="duga.casework", action="volunteer_card", config=GUESSES
    ):
        form.add_error(None, _("Too many tries from here. Wait five minutes, then type the code once more."))
    if form.is_bound and form.is_valid():
        agent = request.META.get("HTTP_USER_AGENT", "")
        keys, done = try_(form, actions.redeem_card, by=VISITOR, agent=agent, **form.cleaned_data)
        if done:
            answer = redirect("casework:phone")
            _keep(answer, DEVICE, keys.device, max_age=YEAR)
            _keep(answer, OPEN, keys.open)
            return answer
    return render(request, "casework/phone/card.html", {"form": form, "by_camera": bool(digits)}, status=status(form))


#: What may be tapped next in each state, the usual one first.
NEXT = {
    AssignmentState.OFFERED: ("accepted", "on_the_way"),
    AssignmentState.ACCEPTED: ("on_the_way", "done"),
    AssignmentState.ON_THE_WAY: ("done",),
}


@on_her_phone
@require_http_methods(["GET", "POST"])
def home(request, viewer):
    """Today's errands, and the hours of the last days."""
    if request.method == "POST":
        return redirect("casework:phone")
    try:
        opened = actions.open_errands(by=viewer)
    except NotFound:  # a paused volunteer has none, and may still write down her hours
        opened = []
    once = {"once": uuid.uuid4().hex, "date": timezone.localdate()}
    hours = [(row, _word("service_types", row.activity)) for row in queries.own_hours(viewer)]
    shown = [_shown(errand) for errand in opened]
    context = {
        "errands": shown,
        "day": _day(request, viewer, shown),
        "hours": hours,
        "hours_form": HoursForm(initial=once),
        "code": viewer.name,
        "refusals": _reasons("declined"),
        "failures": _reasons("not_done"),
    }
    return render(request, "casework/phone/home.html", context)


def _word(list_name, code):
    return places.label(list_name, code, get_language() or "en")


def _reasons(group):
    codes = {code.code for code in places.codes("request_reasons") if code.group == group}
    return [pair for pair in code_choices("request_reasons") if pair[0] in codes]


def _shown(errand):
    """An errand in her words."""
    row, request = errand.assignment, errand.assignment.request
    at = timezone.localtime(row.planned_for) if row.planned_for else None
    return {
        "errand": errand,
        "row": row,
        "what": _word("service_types", request.service_type),
        "quantity": request.quantity.normalize(),
        "at": at,
        "overdue": bool(at and at.date() < timezone.localdate()),
        "where": where(request.place, request.area),
        "tel": "tel:" + "".join(c for c in errand.phone if c.isdecimal() or c == "+"),
        "next": NEXT[AssignmentState(row.state)],
        "before": row.state != AssignmentState.ON_THE_WAY,
    }


def _day(request, viewer, shown):
    """What the page seals for a time without a connection: her errands in words, until midnight."""
    now = timezone.localtime()
    end = now.replace(hour=23, minute=59, second=59)
    keys = actions.letter_keys(by=viewer, device=request.COOKIES.get(DEVICE, ""))
    return keys | {
        "now": now.isoformat(), "until": end.isoformat(), "code": viewer.name,
        "errands": [
            {
                "id": str(item["row"].pk), "what": item["what"], "quantity": f"{item['quantity']:f}",
                "at": date_format(item["at"], "H:i") if item["at"] else "", "name": item["errand"].name,
                "where": ", ".join(filter(None, (item["errand"].address, item["where"]))),
                "details": item["errand"].details, "phone": item["errand"].phone, "tel": item["tel"],
                "next": item["next"], "before": item["before"],
            }
            for item in shown
        ],
    }  # fmt: skip


@require_safe
def day(request):
    """The frame of the day's errands without a connection; what is in it comes from the phone's own sealed store."""
    context = {"refusals": _reasons("declined"), "failures": _reasons("not_done")}
    return render(request, "casework/phone/day.html", context)


@require_safe
def worker(request):
    """The service worker of a volunteer's phone: the frame stands in the place of her page without a connection."""
    files = ("ui/duga.svg", "ui/phone.css", "ui/kept.js", "casework/errands.js")
    return service_worker(
        request, name="errands", shell_address=reverse("casework:phone_day"), opens=reverse("casework:phone"),
        files=files, contact=reverse("casework:phone_contact"),
    )  # fmt: skip


@require_safe
def manifest(request):
    """What her phone's home screen shows."""
    return home_screen(_("Duga: my errands"), reverse("casework:phone"))


@never_cache
@csrf_exempt  # a letter proves by itself that it was written on this phone with its PIN
@require_POST
def contact(request):
    """Her phone hands in what was tapped without a connection, also while it is locked. Open, it is told why not."""
    told, device = read_json(request), request.COOKIES.get(DEVICE, "")
    if told is None:
        return JsonResponse({"error": _("This cannot be read.")}, status=400)
    try:
        found = actions.hear_volunteer(by=VISITOR, device=device, letters=told.get("letters", []))
    except DugaError as error:
        return JsonResponse({"error": said(error)}, status=422)
    _known, viewer = actions.enter_phone(by=VISITOR, device=device, open_key=request.COOKIES.get(OPEN, ""))
    return answered(found, openly=viewer is not None)


@on_her_phone
@require_POST
def tick(request, viewer, assignment_id):
    """One tap on an errand."""
    given = request.POST
    form = HoursForm({"hours": given.get("hours", "")})
    form.full_clean()
    try:
        if form.errors.get("hours") and given.get("hours"):
            raise Refused(form.errors["hours"][0])
        actions.tick_errand(
            by=viewer, assignment_id=assignment_id, answer=given.get("answer", ""), reason=given.get("reason", ""),
            hours=form.cleaned_data.get("hours"),
        )  # fmt: skip
    except NotFound:
        messages.error(request, _("This errand is no longer yours: somebody else has it, or it is not needed."))
    except Refused as error:
        messages.error(request, said(error))
    else:
        messages.success(request, _("Saved."))
    return redirect("casework:phone")


@on_her_phone
@require_POST
def hours(request, viewer):
    """Hours she gave, by herself."""
    form = HoursForm(request.POST)
    if form.is_valid() and try_(form, actions.give_hours, by=viewer, **form.cleaned_data)[1]:
        messages.success(request, _("Saved."))
        return redirect("casework:phone")
    return render(request, "casework/phone/hours.html", {"form": form}, status=422)


@on_her_phone
@require_POST
def lock(request, viewer):
    """Locks the phone: the PIN is asked for again."""
    actions.lock_phone(by=viewer, device=request.COOKIES.get(DEVICE, ""))
    return redirect("casework:phone")
