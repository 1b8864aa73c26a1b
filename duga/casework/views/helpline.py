"""On duty: lines, calls, who waits to be called. Titles and addresses say nothing; all of it can be left at once."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth import logout
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.casework.actions import helpline as actions
from duga.casework.forms.helpline import ABOUT, CallForm
from duga.casework.queries import helpline as queries
from duga.casework.rules import risk
from duga.casework.rules.helpline import CALLBACK_LABELS, CallState
from duga.casework.views.helpline_words import call_row, duty_rows, line_words, obligations
from duga.plain.errors import DugaError, Refused
from duga.ui.fields import said
from duga.ui.pages import EXIT, id_of, staff, status, try_


def quiet(view):
    """Staff only; kept nowhere, and what was posted stands in no report of an error."""

    @staff
    @sensitive_post_parameters()
    @wraps(view)
    def inner(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "same-origin"
        return response

    return inner


def page(request, name, context, status=200):
    """A page on duty, with the way out."""
    return render(request, f"casework/helpline/{name}.html", {"exit": EXIT, **context}, status=status)


@quiet
@require_safe
def duty(request, slug):
    """Lines to answer, one's unfinished calls, what is still owed, who waits."""
    organisation, viewer, now = queries.desk(request.viewer, slug), request.viewer, timezone.now()
    lines = queries.lines(viewer, organisation)
    context = {
        "organisation": organisation, "lines": [line_words(each, now) for each in queries.told(lines, now)],
        "answers": queries.may(viewer, queries.ANSWER, of=organisation),
        "drafts": queries.own_drafts(viewer, organisation),
        "today": [call_row(each) for each in queries.own_calls(viewer, organisation, now - queries.rules.REOPEN)],
        "owed": duty_rows(queries.undone(viewer, organisation, own=True), now),
        "waiting": actions.open_waiting(by=viewer, organisation=organisation),
        "supervises": queries.supervises(viewer, organisation),
        "manages": queries.may(viewer, queries.Permission.MANAGE_ORGANISATION, of=organisation),
    }  # fmt: skip
    return page(request, "duty", context)


@quiet
@require_POST
def begin(request, line_id):
    """Takes a call on a line."""
    call = actions.begin_call(by=request.viewer, line_id=line_id)
    return redirect("casework:duty_call", call_id=call.pk)


@quiet
@require_http_methods(["GET", "POST"])
def call(request, call_id):
    """The one screen of a call; a finished one is opened."""
    found = queries.call(request.viewer, call_id)
    return _draft(request, found) if found.state == CallState.DRAFT else _kept(request, found)


def _draft(request, found):
    used = queries.instrument_in_use(found.organisation_id)
    instrument = used[1] if used else None
    if request.method == "POST":
        form = CallForm(request.POST, instrument=instrument)
        return _typed(request, found, form)
    told = actions.open_draft(by=request.viewer, call_id=found.pk)
    form = CallForm(initial={"channel": "phone", **told, "version": found.version}, instrument=instrument)
    return _screen(request, found, form, told)


def _version(form):
    text = form.data.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _typed(request, found, form):
    """Keeps what was typed, then does what was asked for."""
    do, by = request.POST.get("do", "keep"), request.viewer
    if do == "discard":
        actions.discard_draft(by=by, call_id=found.pk)
        return redirect("casework:duty", slug=found.line.organisation.slug)
    told = form.raw()
    found = actions.save_draft(by=by, call_id=found.pk, version=_version(form), told=told)
    if request.POST.get("autosave"):
        said_at = _("Kept at %(time)s") % {"time": f"{timezone.localtime():%H:%M:%S}"}
        return JsonResponse({"version": found.version, "said": said_at, "parts": {"owed": _owed(form, told)}})
    done = False
    if do == "finish":
        done = form.is_valid() and _finish(by, found, form)
    elif do in CODES:
        done = CODES[do](request, found, form)
    elif do == "keep":
        return redirect("casework:duty", slug=found.line.organisation.slug)
    if not done:
        form.data = form.data.copy()
        form.data["version"] = str(found.version)
        return _screen(request, found, form, told)
    return redirect("casework:duty_call", call_id=found.pk)


def _finish(by, found, form):
    return try_(form, actions.finish_call, by=by, call_id=found.pk, version=found.version, **form.told())[1]


def _find(request, found, form):
    form.full_clean()
    known, done = try_(
        form, actions.find_caller, by=request.viewer, call_id=found.pk, code=request.POST.get("code", "")
    )
    if done and not known:
        form.add_error("code", _("Nobody chose this code. Spell it with her, or let her choose one now."))
    if known:
        messages.success(request, _("She called before. Ask for something only she knows, before you tell anything."))
    return done and known


def _choose(request, found, form):
    form.full_clean()
    _none, done = try_(
        form, actions.choose_code, by=request.viewer, call_id=found.pk, code=request.POST.get("code", "")
    )
    if done:
        messages.success(request, _("From now on she is known by this code. It stands nowhere: only she has it."))
    return done


def _drop(request, found, form):
    form.full_clean()
    done = try_(form, actions.drop_code, by=request.viewer, call_id=found.pk)[1]
    if done:
        messages.success(request, _("The code is taken off all her calls."))
    return done


CODES = {"find": _find, "choose": _choose, "drop": _drop}


def _owed(form, told):
    """What the answers so far oblige to do, as a part of the screen."""
    if form.instrument is None:
        return ""
    try:
        scored = risk.score(form.instrument, form.answers(told))
    except Refused:
        return ""
    context = obligations(form.instrument, scored, told.get("done") or (), get_language())
    return render_to_string("casework/helpline/owed.html", context)


def _screen(request, found, form, told):
    context = {
        "call": found, "form": form, "owed": _owed(form, told), "slug": found.line.organisation.slug,
        "questions": [form[name] for name in form.fields if name.startswith("q_")],
        "often": [form[name] for name in form.fields if name.startswith("often_")],
        "about": [form[name] for name in ABOUT[2:]],
        "earlier": [call_row(each) for each in queries.earlier_calls(request.viewer, found)],
        "bare": found.ended_at is None,
    }  # fmt: skip
    return page(request, "call", context, status(form))


# --- A finished call --------------------------------------------------------------------------------------


def _kept(request, found):
    do, by, contact, refused = request.POST.get("do", ""), request.viewer, None, ""
    try:
        if do == "number":
            contact = actions.hand_out_number(by=by, call_id=found.pk)
        elif do in ("reached", "given_up"):
            actions.end_callback(by=by, call_id=found.pk, reached=do == "reached")
        elif do == "reopen":
            actions.reopen_call(by=by, call_id=found.pk)
        elif do == "forget":
            actions.forget_told(by=by, call_id=found.pk)
    except Refused as error:
        refused = said(error)
    if do and do != "number" and not refused:
        return redirect("casework:duty_call", call_id=found.pk)
    opened = actions.open_call(by=by, call_id=found.pk)
    context = {
        "call": opened.call, "row": call_row(opened.call), "opened": opened, "contact": contact, "refused": refused,
        "slug": found.line.organisation.slug, "callback": _(CALLBACK_LABELS[opened.call.callback]),
        "owed": duty_rows([opened.assessment] if opened.assessment else [], timezone.now()),
        "hers": opened.call.operator_id == by.account_id,
    }  # fmt: skip
    return page(request, "kept", context, 422 if refused else 200)


@quiet
@require_POST
def done(request, assessment_id):
    """Something that was owed is done."""
    found = actions.do_obligation(by=request.viewer, assessment_id=assessment_id, code=request.POST.get("code", ""))
    back = request.POST.get("back")
    slug = found.instrument.organisation.slug
    return redirect("casework:duty_supervision" if back == "supervision" else "casework:duty", slug=slug)


@never_cache
@sensitive_post_parameters()
@require_POST
def leave(request):
    """Out at once: what was typed is kept, the session ends, the browser goes to a page anyone may have open.

    `saving`: a pause of the same page was still being kept when she left, and may have brought a new version.
    """
    try:
        found = queries.call(request.viewer, id_of(request.POST.get("call", "")))
        form = CallForm(request.POST, instrument=(queries.instrument_in_use(found.organisation_id) or (0, None))[1])
        known = _version(form)
        version = found.version if request.POST.get("saving") and found.version == known + 1 else known
        actions.save_draft(by=request.viewer, call_id=found.pk, version=version, told=form.raw())
    except DugaError:
        pass  # nothing was being typed, or it was kept already: leaving is never refused
    logout(request)
    return render(request, "casework/helpline/left.html", {"exit": EXIT})


@quiet
@require_http_methods(["GET", "POST"])
def supervision(request, slug):
    """The supervisor's picture; drafts left for more than a day may be taken over."""
    organisation, viewer, now = queries.desk(request.viewer, slug), request.viewer, timezone.now()
    if request.method == "POST":
        taken = actions.take_over_draft(by=viewer, call_id=id_of(request.POST.get("call", "")))
        return redirect("casework:duty_call", call_id=taken.pk)
    seen = queries.picture(viewer, organisation)
    context = {
        "organisation": organisation, "seen": seen, "today": [call_row(each) for each in seen.today],
        "owed": duty_rows(seen.undone, now), "waiting": actions.open_waiting(by=viewer, organisation=organisation),
        "months": reverse("casework:duty_months", kwargs={"slug": slug}),
    }  # fmt: skip
    return page(request, "supervision", context)
