"""Figures on their way: a snapshot taken, a year drafted, checked by a second person, released."""

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.evidence.indicators import LAPSED
from duga.indicators import actions, queries
from duga.indicators.forms import SIDE_BY_SIDE, DraftForm, ReturnForm
from duga.indicators.rules import COUNTING_LABELS, CountingKind, ReleaseState
from duga.indicators.views._help import told
from duga.indicators.views.network import BADGES, state_words
from duga.members.queries import person_names
from duga.plain.errors import NotAllowed, Refused, gettext_noop
from duga.ui.pages import staff

#: What may be done with drafts, by the name of the button.
STEPS = {"check": actions.check_drafts, "release": actions.publish_drafts, "discard": actions.discard_drafts}


def _crumbs(*more):
    return [(_("Workspace"), "/workspace/"), (_("Figures"), reverse("network_figures")), *more]


@staff
@require_http_methods(["GET", "POST"])
def draft_new(request):
    """Choose a country and a year; its tables are counted, protected, drawn and audited in a process apart."""
    queries.require_counting(request.viewer)
    snapshot = queries.last_snapshot()
    form, status = None, 200
    if snapshot and snapshot.first_month:
        years = range(int(snapshot.last_month[:4]), int(snapshot.first_month[:4]) - 1, -1)
        countries = queries.snapshot_countries()
        form = DraftForm(request.POST or None, countries=countries, years=years, language=get_language())
        if form.is_bound and form.is_valid():
            try:
                asked = actions.ask_counting(by=request.viewer, kind=CountingKind.DRAFTS, arguments=form.arguments)
            except Refused as error:
                form.add_error(None, told(error.message, error.params))
            else:
                return redirect("counting", counting_id=asked.pk)
        status = 422 if form.errors else 200
    context = {"form": form, "snapshot": snapshot, "crumbs": _crumbs((_("Draft figures"), ""))}
    return render(request, "indicators/draft_new.html", context, status=status)


@staff
@require_POST
def snapshot_new(request):
    """Freezes the facts of all organisations, in a process apart."""
    asked = actions.ask_counting(by=request.viewer, kind=CountingKind.SNAPSHOT)
    return redirect("counting", counting_id=asked.pk)


def _together(viewer, batch):
    """The form that drafts the table of all countries too, where it is older than these drafts; else nothing."""
    if not batch.country or not queries.side_by_side_is_older(viewer, batch.year):
        return None
    return {"country": SIDE_BY_SIDE, "year": batch.year}


@staff
@never_cache
@require_safe
def counting(request, counting_id):
    """How far it is; then what came of it."""
    asked = queries.counting_asked(request.viewer, counting_id)
    working, language = asked.state in ("asked", "running"), get_language()
    batches = queries.batches_of(request.viewer, asked)
    context = {
        "together": next(filter(None, (_together(request.viewer, each) for each in batches)), None)
        if asked.arguments.get("country") != "*"
        else None,
        "asked": asked,
        "title": _(COUNTING_LABELS[CountingKind(asked.kind)]),
        "working": working,
        "late": working and timezone.now() - asked.heard_at > queries.QUIET,
        "batches": [
            {
                "id": each.id,
                "year": each.year,
                "state": state_words(each) if each.failed else "",
                "badge": "warn" if each.too_little else "bad",
                "place": queries.place_name(each.country, language),
            }
            for each in batches
        ],
        "crumbs": _crumbs((_(COUNTING_LABELS[CountingKind(asked.kind)]), "")),
    }
    return render(request, "indicators/counting.html", context)


@staff
@never_cache
@require_http_methods(["GET", "POST"])
def drafts(request, batch):
    """Drafts that belong together: what was counted and found, beside what is in force; check, return, release."""
    viewer, language = request.viewer, get_language()
    form, refused = ReturnForm(), ""
    if request.method == "POST":
        step = request.POST.get("step", "")
        form = ReturnForm(request.POST if step == "return" else None)
        try:
            _take(step, viewer, batch, form)
        except NotAllowed:
            raise
        except Refused as error:
            refused = told(error.message, error.params)
        if not refused and not form.errors:
            return redirect("network_figures" if step == "discard" else request.path)
    found = queries.draft_set(viewer, batch, alone=not settings.SECOND_PERSON, today=timezone.localdate())
    title = f"{queries.place_name(found.batch.country, language)}, {found.batch.year}"
    context = {
        "found": found,
        "together": _together(viewer, found.batch),
        "title": title,
        "alone": not settings.SECOND_PERSON,
        **_standing(found),
        **_compared(found, language),
        "form": form,
        "refused": refused,
        "crumbs": _crumbs((title, "")),
    }
    return render(request, "indicators/drafts.html", context, status=422 if refused or form.errors else 200)


def _take(step: str, viewer, batch, form) -> None:
    """The step that a button asks for; a return is taken only with its reason."""
    if step == "return":
        if form.is_valid():
            actions.return_drafts(by=viewer, batch=batch, reason=form.cleaned_data["reason"])
    elif step in STEPS:
        STEPS[step](by=viewer, batch=batch)
    else:
        raise Refused(gettext_noop("Choose what is to happen with these drafts."))


def _standing(found) -> dict:
    """Where the drafts stand on their way, and who brought them there."""
    first, state = found.first, found.batch.state
    who = person_names((first.drafted_by, first.checked_by, first.released_by))
    return {
        "drafted_by": who.get(first.drafted_by, ""),
        "checked_by": who.get(first.checked_by, ""),
        "released_by": who.get(first.released_by, ""),
        "state": state_words(found.batch),
        "badge": "warn" if found.batch.too_little else BADGES.get(state, "plain"),
        "released": state is ReleaseState.RELEASED,
        "returned": state is ReleaseState.RETURNED,
        "reason": _(first.reason) if first.reason else "",
        "steps": [_("Drafted"), _("Audited"), _("Checked by a second person"), _("Released")],
        "step": {
            ReleaseState.DRAFT: 2, ReleaseState.AUDITED: 3, ReleaseState.RETURNED: 3, ReleaseState.CHECKED: 4,
        }.get(state, 5),
    }  # fmt: skip


def _compared(found, language) -> dict:
    """The tables beside those in force, what the audit found, and definitions whose review has lapsed."""
    out = bool(found.first.released_at)
    return {
        "lapsed": [
            (queries.title_of(code, language), told(LAPSED, {"day": date_format(day, "j. n. Y")}))
            for code, day in found.lapsed
        ],
        "findings": [told(each["text"], each["params"]) for each in found.findings],
        "lines": [
            (
                each,
                queries.title_of(each.release.indicator, language),
                queries.breakdown_words(each.release.breakdown),
                reverse("release", args=[each.release.pk]),
                reverse("release", args=[each.in_force]) if each.in_force else "",
            )
            for each in found.tables
        ],
        "before_word": _("Total before") if out else _("Total in force"),
        "beside_words": _("The tables, beside those they replaced")
        if out
        else _("The tables, beside what is in force"),
    }
