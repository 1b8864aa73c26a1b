"""A worker's own work, on a phone; visits that come round; the table of who is told."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.casework import actions, queries
from duga.casework.forms.requests import DeliverForm, EscalationForm, ReasonOfListForm, SkipForm, VisitForm, whom
from duga.casework.rules import (
    OVERDUE,
    REQUEST_LABELS,
    RHYTHM_LABELS,
    USUAL_UNIT,
    WEEKDAY_LABELS,
    RequestState,
)
from duga.casework.views.bases.consents import said_of
from duga.casework.views.requests.board import desk, person_of
from duga.casework.views.requests.one import people_rows
from duga.casework.views.requests.shown import assignment_word, request_row, urgency_word, word
from duga.members.queries import organisation_by_id, organisation_by_slug
from duga.members.rules import Permission
from duga.ui.pages import staff, status, try_


@staff
@require_safe
def work(request, slug):
    """What I was given: today and late first, then the week. Names are opened together, for who goes there."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.RECORD_ASSISTANCE)
    given = queries.work_of(request.viewer, organisation, days=7)
    names = actions.open_names(
        by=request.viewer, organisation_id=organisation.pk, person_ids=[row.request.person_id for row in given],
        why="work",
    )  # fmt: skip
    today, lines = timezone.localdate(), {True: [], False: []}
    for row in given:
        now = row.planned_for is None or timezone.localdate(row.planned_for) <= today
        line = request_row(row.request)
        lines[now].append((row, line, names.get(row.request.person_id, ""), assignment_word(row.state)))
    context = desk(request, organisation, "work") | {"today": lines[True], "later": lines[False]}
    return render(request, "casework/requests/work.html", context)


@staff
@require_http_methods(["GET", "POST"])
def assignment(request, assignment_id):
    """One errand on the way: where to, what for; accepted, on the way, done, or not and why. Each a single tap."""
    viewer = request.viewer
    given, opened = actions.open_assignment(by=viewer, assignment_id=assignment_id)
    found = opened.request
    organisation = organisation_by_id(viewer, found.organisation_id)
    answer = request.POST.get("answer", "")
    initial = {"quantity": f"{found.quantity.normalize():f}", "date": timezone.localdate()}
    stock = queries.to_give_out(viewer, organisation, USUAL_UNIT.get(found.service_type, ""))
    form = DeliverForm(request.POST if answer == "done" else None, initial=initial, stock=stock)
    why = ReasonOfListForm(
        request.POST if answer in ("could_not", "declined") else None,
        group="declined" if given.state == "offered" else "not_done",
    )  # fmt: skip
    if request.method == "POST" and _answered(request, given, answer, form, why):
        return redirect(request.path)
    context = {
        "organisation": organisation, "given": given, "opened": opened, "found": found,
        "row": request_row(found), "state": assignment_word(given.state), "form": form, "why": why,
        "live": given.state in ("offered", "accepted", "on_the_way"),
        "crumbs": [
            (_("My work"), reverse("casework:work", kwargs={"slug": organisation.slug})), (found.code, ""),
        ],
    }  # fmt: skip
    return render(request, "casework/requests/assignment.html", context, status=max(status(form), status(why)))


def _answered(request, given, answer, form, why) -> bool:
    viewer = request.viewer
    if answer == "done":
        if not form.is_valid():
            return False
        data = form.cleaned_data
        _done, done = try_(
            form, actions.deliver, by=viewer, assignment_id=given.pk, quantity=data["quantity"].value,
            date=data["date"], note=data["note"], from_stock=data.get("from_stock") or None,
        )  # fmt: skip
        if done:
            messages.success(request, _("Recorded. Thank you."))
        return done
    if answer in ("could_not", "declined"):
        if not why.is_valid():
            return False
        told = {"by": viewer, "assignment_id": given.pk, "reason": why.cleaned_data["reason"]}
        if answer == "declined":
            return try_(why, actions.answer_assignment, accept=False, **told)[1]
        return try_(why, actions.not_done, **told)[1]
    actions.answer_errand(by=viewer, assignment_id=given.pk, answer=answer)
    return True


# --- visits that come round ---------------------------------------------------------------------------------


def _visit_words(visit) -> str:
    days = ", ".join(_(WEEKDAY_LABELS[int(day)]) for day in visit.weekdays)
    at = visit.at.strftime(" %H:%M") if visit.at else ""
    return f"{_(RHYTHM_LABELS[visit.rhythm])}, {days}{at}"


@staff
@require_http_methods(["GET", "POST"])
def visits(request, slug):
    """Visits agreed on, and a new one."""
    viewer = request.viewer
    organisation = organisation_by_slug(viewer, slug, Permission.ASSIGN_WORK)
    people = people_rows(viewer, organisation, queries.everyone_for_visits(viewer, organisation))
    form = VisitForm(
        request.POST or None, initial={"begins_on": timezone.localdate()}, people=[row[:2] for row in people]
    )
    if form.is_bound and form.is_valid():
        data = dict(form.cleaned_data)
        person_id, understood = person_of(form, viewer, organisation)
        if understood:
            del data["person"]
            visit, done = try_(
                form, actions.plan_visit, by=viewer, organisation_id=organisation.pk, person_id=person_id,
                **whom(data.pop("who")), **data,
            )  # fmt: skip
            if done:
                messages.success(request, _("Agreed. The visits of the next two weeks are made."))
                return redirect("casework:visit", visit_id=visit.pk)
    found = queries.visits(viewer, organisation)
    context = desk(request, organisation, "visits") | {
        "form": form,
        "visits": [(visit, _visit_words(visit), word("service_types", visit.service_type)) for visit in found],
    }
    return render(request, "casework/requests/visits.html", context, status=status(form))


def _no_contact(viewer, visit) -> str:
    """Why she may not be visited any more, in words; "" while she may."""
    use = queries.may_use(viewer, visit.person_id, "contact") if visit.person_id else None
    return "" if use is None or use.allowed else said_of(use)


@staff
@require_http_methods(["GET", "POST"])
def visit(request, visit_id):
    """One: its coming days, holidays with a word; a day left out, given to somebody else, ended."""
    viewer = request.viewer
    found = queries.visit(viewer, visit_id)
    note = actions.open_visit(by=viewer, visit_id=visit_id)
    people = people_rows(viewer, found.organisation, queries.everyone_for_visits(viewer, found.organisation))
    form = SkipForm(request.POST if "why" in request.POST else None, initial={"version": found.version})
    of = {"by": viewer, "visit_id": visit_id}
    if form.is_bound and form.is_valid():
        if try_(form, actions.skip_visit, **of, **form.cleaned_data)[1]:
            return redirect("casework:visit", visit_id=visit_id)
    elif request.POST.get("who") in [row[0] for row in people]:
        actions.hand_visit(**of, version=found.version, **whom(request.POST["who"]))
        return redirect("casework:visit", visit_id=visit_id)
    elif request.POST.get("end"):
        actions.end_visits(**of, version=found.version)
        return redirect("casework:visits", slug=found.organisation.slug)
    context = desk(request, found.organisation, "visits") | {
        "visit": found,
        "words": _visit_words(found),
        "what": word("service_types", found.service_type),
        "note": note,
        "no_contact": _no_contact(viewer, found),
        "turns": queries.visit_turns(viewer, found),
        "people": people,
        "form": form,
    }
    return render(request, "casework/requests/visit.html", context, status=status(form))


# --- who is told ---------------------------------------------------------------------------------------------


@staff
@require_http_methods(["GET", "POST"])
def escalation(request, slug):
    """The table: which state, after how many hours, who is told, who next."""
    viewer = request.viewer
    organisation = organisation_by_slug(viewer, slug, Permission.ASSIGN_WORK)
    of = {"by": viewer, "organisation_id": organisation.pk}
    if request.POST.get("default"):
        actions.change_escalation(**of)
        messages.success(request, _("The working defaults hold again."))
        return redirect(request.path)
    form = EscalationForm(request.POST or None, steps=queries.escalation_table(organisation.pk))
    if form.is_bound and form.is_valid() and try_(form, actions.change_escalation, **of, steps=form.steps())[1]:
        messages.success(request, _("Saved. It holds from now on."))
        return redirect(request.path)
    groups = {}
    for state, urgency, pairs in form.lines:
        label = _("past its time") if state == OVERDUE else _(REQUEST_LABELS[RequestState(state)])
        groups.setdefault(label, []).append((urgency_word(urgency), pairs))
    context = desk(request, organisation, "escalation") | {
        "form": form, "groups": list(groups.items()), "own": queries.own_escalation(organisation.pk),
    }  # fmt: skip
    return render(request, "casework/requests/escalation.html", context, status=status(form))
