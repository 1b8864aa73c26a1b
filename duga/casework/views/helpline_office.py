"""What is set up and answered at a desk: lines, questions about safety, months told on written request."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.casework import queries as casework
from duga.casework.actions import helpline as actions
from duga.casework.forms.helpline import HOURS, InstrumentForm, LineForm, MonthForm
from duga.casework.forms.people import ReasonForm
from duga.casework.queries import helpline as queries
from duga.casework.rules.helpline import MONTH_LABELS, MonthState
from duga.casework.views.helpline import page, quiet
from duga.casework.views.helpline_words import instrument_rows, month_word, word
from duga.members.queries import organisation_by_slug
from duga.members.rules import Permission
from duga.ui.pages import id_of, status, try_


@quiet
@require_http_methods(["GET", "POST"])
def lines(request, slug):
    """Lines, their numbers and hours, and the questions asked on them; nothing of the calls."""
    by, do = request.viewer, request.POST.get("do", "")
    organisation = organisation_by_slug(by, slug, Permission.MANAGE_ORGANISATION)
    views = casework.programmes_to_manage(by, organisation)
    sealed = [each.programme for each in views if each.programme.sealed and not each.programme.closed_at]
    services = queries.services_for_lines(by, organisation)
    form = LineForm(request.POST if do == "add" else None, programmes=sealed, services=services)
    questions = InstrumentForm(request.POST, request.FILES) if do == "questions" else InstrumentForm()
    done = False
    if do == "add" and form.is_valid():
        given = form.cleaned_data
        done = try_(
            form, actions.add_line, by=by, organisation_id=organisation.pk, programme_id=id_of(given["programme"]),
            name=given["name"], service_id=id_of(given["service"]) if given["service"] else None, hours=form.hours(),
        )[1]  # fmt: skip
    elif do == "questions" and questions.is_valid():
        text = questions.cleaned_data["file"].read().decode("utf-8-sig", "replace")
        done = try_(questions, actions.use_instrument, by=by, organisation_id=organisation.pk, text=text)[1]
    elif do == "close":
        actions.close_line(by=by, line_id=id_of(request.POST.get("line", "")))
        done = True
    if done:
        messages.success(request, _("Saved."))
        return redirect("casework:duty_lines", slug=slug)
    context = {
        "organisation": organisation, "lines": queries.lines_to_manage(by, organisation), "form": form,
        "questions": questions, "instruments": instrument_rows(queries.instruments(by, organisation)), "sealed": sealed,
        "crumbs": [(_("On duty"), reverse("casework:duty", kwargs={"slug": slug})), (_("Telephone lines"), "")],
    }  # fmt: skip
    return page(request, "lines", context, status(form if do == "add" else questions))


@quiet
@require_http_methods(["GET", "POST"])
def line(request, line_id):
    """One line's name, entry in the directory and own hours."""
    by, found = request.viewer, queries.line_to_manage(request.viewer, line_id)
    initial = {"programme": str(found.programme_id), "name": found.name, "service": str(found.service_id or "")}
    for n, row in enumerate(found.hours[:HOURS]):
        initial |= {
            f"language_{n}": row["language"], f"days_{n}": [day for day in row["byday"].split(",") if day],
            f"opens_{n}": row["opens_at"], f"closes_{n}": row["closes_at"],
        }  # fmt: skip
    services = queries.services_for_lines(by, found.organisation)
    form = LineForm(request.POST or None, initial=initial, programmes=[found.programme], services=services)
    slug = found.organisation.slug
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        done = try_(
            form, actions.change_line, by=by, line_id=line_id, name=given["name"], hours=form.hours(),
            service_id=id_of(given["service"]) if given["service"] else None,
        )[1]  # fmt: skip
        if done:
            messages.success(request, _("Saved."))
            return redirect("casework:duty_lines", slug=slug)
    crumbs = [(_("Telephone lines"), reverse("casework:duty_lines", kwargs={"slug": slug})), (found.name, "")]
    return page(request, "line", {"form": form, "line": found, "crumbs": crumbs}, status(form))


@quiet
@require_http_methods(["GET", "POST"])
def months(request, slug):
    """Written requests for a month's numbers, and a new one."""
    by, organisation = request.viewer, queries.desk(request.viewer, slug)
    found = queries.months(by, organisation)
    programmes = list({row.programme_id: row.programme for row in queries.lines(by, organisation)}.values())
    form = MonthForm(request.POST or None, programmes=programmes)
    if form.is_bound and form.is_valid():
        given = dict(form.cleaned_data)
        made, done = try_(form, actions.note_request, by=by, programme_id=id_of(given.pop("programme")), **given)
        if done:
            return redirect("casework:duty_month", request_id=made.pk)
    context = {
        "organisation": organisation, "rows": [(row, _(MONTH_LABELS[row.state])) for row in found], "form": form,
        "crumbs": [(_("Supervision"), reverse("casework:duty_supervision", kwargs={"slug": slug})), (_("Months"), "")],
    }  # fmt: skip
    return page(request, "months", context, status(form))


@quiet
@require_http_methods(["GET", "POST"])
def month(request, request_id):
    """One request: decided by somebody else than who noted it; what was told stands here as it went out."""
    by, found = request.viewer, queries.month(request.viewer, request_id)
    do = request.POST.get("do", "")
    form = ReasonForm(request.POST if do == "refuse" else None)
    telling = ReasonForm({"reason": "-"} if do == "tell" else None)
    done = False
    if do == "refuse" and form.is_valid():
        done = try_(form, actions.refuse_month, by=by, request_id=request_id, reason=form.cleaned_data["reason"])[1]
    elif do == "tell":
        done = try_(telling, actions.release_month, by=by, request_id=request_id)[1]
    if done:
        return redirect("casework:duty_month", request_id=request_id)
    slug = found.programme.organisation.slug
    context = {
        "asked": found, "state": _(MONTH_LABELS[found.state]), "open": found.state == MonthState.ASKED, "form": form,
        "telling": telling, "noted_by_me": found.noted_by_id == by.account_id,
        "tables": [_table(each) for each in found.table.get("tables", ())],
        "crumbs": [(_("Months"), reverse("casework:duty_months", kwargs={"slug": slug})), (f"{found.month:%m.%Y}", "")],
    }  # fmt: skip
    return page(request, "month", context, 422 if do else 200)


def _table(told):
    (name,) = told["dimensions"]
    cells = [(word(name, cell[name]), cell) for cell in told["cells"]]
    return {"unit": month_word("unit", told["unit"]), "by": month_word("by", name), "cells": cells}


@quiet
@require_safe
def month_file(request, request_id):
    """What was told, as a file for the answer: neither it nor its name tells whose."""
    data = actions.take_month(by=request.viewer, request_id=request_id, label=month_word)
    response = HttpResponse(data, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="month.csv"'
    return response
