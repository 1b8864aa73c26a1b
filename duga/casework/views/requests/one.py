"""One request: opened, assessed, given out, ended, joined; each step a small form that works without script."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from duga.casework import actions, queries
from duga.casework.forms.requests import AssessForm, AssignForm, DayField, ReasonOfListForm, TimeField, moment
from duga.casework.rules import CONFIRMED_LABELS, ENDED, REQUEST_TRANSITIONS, RequestState
from duga.casework.views._help import rows
from duga.casework.views.requests.board import person_of
from duga.casework.views.requests.shown import assignment_word, board_rows, match_rows, request_row, step_rows, word
from duga.members.queries import may, organisation_by_id
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop
from duga.ui.fields import said
from duga.ui.pages import id_of, staff, status, try_

_STEP = gettext_noop("There is no such step.")


def _crumbs(organisation, found, *more):
    board = reverse("casework:requests", kwargs={"slug": organisation.slug})
    here = reverse("casework:request", kwargs={"request_id": found.pk}) if more else ""
    return [(organisation.name, ""), (_("Requests"), board), (found.code, here), *((each, "") for each in more)]


@staff
@require_http_methods(["GET"])
def one(request, request_id):
    """A request, opened: who called, what was told, what was done; and the next step."""
    viewer = request.viewer
    view = queries.request(viewer, request_id)
    opened = actions.open_request(by=viewer, request_id=request_id)
    found, organisation = view.request, view.request.organisation
    late = found.due_at < timezone.now() and found.state not in (*ENDED, RequestState.DELIVERED)
    hands_out = may(viewer, Permission.ASSIGN_WORK, of=organisation)
    context = {
        "organisation": organisation,
        "found": found,
        "row": request_row(found, late=late),
        "opened": opened,
        "language": word("languages", found.language),
        "holder": view.holder,
        "mine": bool(view.holder and view.holder.pk == viewer.account_id),
        "live": view.live,
        "live_state": assignment_word(view.live.state) if view.live else "",
        "own": bool(view.live and view.live.account_id == viewer.account_id),
        "may_act": bool(view.live and (view.live.account_id == viewer.account_id or hands_out)),
        "hands_out": hands_out,
        "steps": step_rows(view.steps),
        "joined": view.joined,
        "ended": found.state in ENDED,
        "refuse": ReasonOfListForm(group="refused", auto_id="refuse_%s"),
        "withdraw": ReasonOfListForm(group="withdrawn", auto_id="withdraw_%s"),
        "confirmed": [(key, _(text)) for key, text in CONFIRMED_LABELS.items()],
        "in_an_hour": timezone.localtime(timezone.now() + dt.timedelta(hours=1)).strftime("%H:%M"),
        "crumbs": _crumbs(organisation, found),
    }
    return render(request, "casework/requests/one.html", context)


def _version(request) -> int:
    try:
        return int(request.POST["version"])
    except (KeyError, ValueError):
        raise NotFound(_STEP) from None


def _call_at(request):
    """When to call: the day and hour typed; today where only an hour is."""
    day = DayField(required=False).clean(request.POST.get("day", "")) or timezone.localdate()
    at = TimeField(required=False).clean(request.POST.get("at", ""))
    return moment(day, at) if at or request.POST.get("day") else None


def _with_version(action, **more):
    return lambda request, pk: action(by=request.viewer, request_id=pk, version=_version(request), **more)


def _reasoned(action):
    def run(request, pk):
        told = {"reason": request.POST.get("reason", ""), "words": request.POST.get("words", "")}
        return action(by=request.viewer, request_id=pk, version=_version(request), **told)

    return run


#: {step: (what is done, what is said afterwards)}
STEPS = {
    "hold": (lambda r, pk: actions.hold_request(by=r.viewer, request_id=pk), ""),
    "release": (lambda r, pk: actions.release_request(by=r.viewer, request_id=pk), ""),
    "refuse": (_reasoned(actions.refuse_request), gettext_noop("Refused. It can be opened anew.")),
    "withdraw": (_reasoned(actions.withdraw_request), gettext_noop("Ended. It can be opened anew.")),
    "reopen": (_with_version(actions.reopen_request), gettext_noop("Opened anew.")),
    "part": (_with_version(actions.part_requests), gettext_noop("Parted: it stands on the board again.")),
    "take_back": (_with_version(actions.take_back_assignment), gettext_noop("Taken back: it waits for somebody.")),
    "mine": (
        lambda r, pk: actions.assign_request(
            by=r.viewer, request_id=pk, version=_version(r), account_id=r.viewer.account_id
        ),
        gettext_noop("It is yours."),
    ),
    "confirm": (
        lambda r, pk: actions.confirm_request(
            by=r.viewer, request_id=pk, version=_version(r), how=r.POST.get("how", "")
        ),
        gettext_noop("Confirmed: this request is closed."),
    ),
    "not_confirmed": (
        lambda r, pk: actions.not_confirmed(
            by=r.viewer, request_id=pk, version=_version(r), words=r.POST.get("words", "")
        ),
        gettext_noop("The delivery counts no more, and the request waits for somebody."),
    ),
    "call": (
        lambda r, pk: actions.plan_callback(
            by=r.viewer, request_id=pk, version=_version(r), at=_call_at(r) or timezone.now()
        ),
        gettext_noop("It stands among the calls to make."),
    ),
    "called": (_with_version(actions.tick_callback, reached=True), ""),
    "not_reached": (
        lambda r, pk: actions.tick_callback(
            by=r.viewer, request_id=pk, version=_version(r), reached=False, again_at=_call_at(r)
        ),
        gettext_noop("It stands among the calls to make again."),
    ),
}  # fmt: skip


@staff
@require_POST
def do(request, request_id, step):
    """One step of a request."""
    if step not in STEPS:
        raise NotFound(_STEP)
    run, said = STEPS[step]
    run(request, request_id)
    if said:
        messages.success(request, _(said))
    return redirect("casework:request", request_id=request_id)


@staff
@require_http_methods(["GET", "POST"])
def assess(request, request_id):
    """Settle what is to be done, for whom, where and how soon."""
    viewer = request.viewer
    opened = actions.open_request(by=viewer, request_id=request_id)
    found, organisation = opened.request, organisation_by_id(viewer, opened.request.organisation_id)
    initial = {
        **{name: getattr(found, name) for name in ("need", "service_type", "urgency", "language", "area", "place")},
        "quantity": f"{found.quantity.normalize():f}", "person": found.person.code if found.person else "",
        "details": opened.details, "version": found.version,
        **{f"caller_{name}": opened.caller.get(name, "") for name in ("name", "phone", "relation")},
    }  # fmt: skip
    form = AssessForm(request.POST or None, initial=initial, country=organisation.country)
    if form.is_bound and form.is_valid():
        person_id, understood = person_of(form, viewer, organisation)
        if understood:
            changed = {} if person_id == found.person_id else {"person_id": person_id, "household_id": None}
            _done, done = try_(
                form, actions.assess_request, by=viewer, request_id=request_id, version=form.cleaned_data["version"],
                **changed, **form.told(),
            )  # fmt: skip
            if done:
                messages.success(request, _("Assessed. Next: who does it?"))
                return redirect(_after_assessing(viewer, organisation), request_id=request_id)
    context = {
        "organisation": organisation, "found": found, "form": form, "first": rows(form, AssessForm.FIRST),
        "caller": rows(form, AssessForm.CALLER), "crumbs": _crumbs(organisation, found, _("Assess")),
    }  # fmt: skip
    return render(request, "casework/requests/assess.html", context, status=status(form))


def _after_assessing(viewer, organisation):
    hands_out = may(viewer, Permission.ASSIGN_WORK, of=organisation)
    return "casework:request_assign" if hands_out else "casework:request"


@staff
@require_http_methods(["GET", "POST"])
def assign(request, request_id):
    """Give a request to somebody: who fits stands first, with the reasons."""
    viewer = request.viewer
    found = queries.request(viewer, request_id).request
    organisation = organisation_by_id(viewer, found.organisation_id, Permission.ASSIGN_WORK)
    people = people_rows(viewer, organisation, queries.matches(viewer, found, limit=15))
    form = AssignForm(
        request.POST or None, initial={"version": found.version}, people=[(value, name) for value, name, _why in people]
    )
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        _done, done = try_(
            form, actions.assign_request, by=viewer, request_id=request_id, version=data["version"],
            planned_for=moment(data["day"], data["at"]), **form.whom(),
        )  # fmt: skip
        if done:
            messages.success(request, _("Given out."))
            return redirect("casework:request", request_id=request_id)
    context = {
        "organisation": organisation, "found": found, "row": request_row(found), "form": form, "people": people,
        "ready": RequestState.ASSIGNED in REQUEST_TRANSITIONS[RequestState(found.state)],
        "crumbs": _crumbs(organisation, found, _("Give out")),
    }  # fmt: skip
    return render(request, "casework/requests/assign.html", context, status=status(form))


def people_rows(viewer, organisation, matches):
    """Those who could take it, as choices; the volunteers' names opened together, for who hands work out."""
    volunteers = [match.candidate.id for match in matches if match.candidate.volunteer]
    names = {}
    if volunteers:
        names = actions.open_volunteer_names(by=viewer, organisation_id=organisation.pk, volunteer_ids=volunteers)
    return match_rows(matches, names)


@staff
@require_http_methods(["GET", "POST"])
def join(request, request_id):
    """Join a request to another that asks the same: of the same phone or person, or by its code."""
    viewer = request.viewer
    opened = actions.open_request(by=viewer, request_id=request_id)
    found, organisation = opened.request, organisation_by_id(viewer, opened.request.organisation_id)
    error = ""
    if request.method == "POST":
        into = _other(viewer, organisation, request)
        if into is None:
            error = _("No open request has this code.")
        else:
            try:
                actions.join_requests(by=viewer, request_id=request_id, version=_version(request), into_id=into)
                messages.success(request, _("Joined. It can be undone on its page."))
                return redirect("casework:request", request_id=into)
            except Refused as refused:
                error = said(refused)
    alike = queries.same_caller(
        viewer, organisation, phone=opened.caller.get("phone", ""), person_id=found.person_id, but=found.pk
    )
    context = {
        "organisation": organisation, "found": found, "alike": board_rows(alike), "error": error,
        "crumbs": _crumbs(organisation, found, _("Join")),
    }  # fmt: skip
    return render(request, "casework/requests/join.html", context, status=422 if error else 200)


def _other(viewer, organisation, request):
    if request.POST.get("into"):
        return id_of(request.POST["into"])
    code = request.POST.get("code", "").strip().upper()
    page = queries.board(viewer, organisation, queries.BoardFilter(code=code)) if code else ()
    return next((row.request.pk for row in page), None)
