"""The breach log, the requests of people about their own data, and the register of processing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.casework import actions, queries
from duga.casework.forms.accountability import BreachForm, BreachMoreForm
from duga.casework.rules.accountability import BREACH_LABELS, REPLY_LABELS, RIGHT_LABELS, RISK_LABELS, TELL_HOURS
from duga.members.queries import may, organisation_by_slug
from duga.members.rules import Permission
from duga.places.queries import label
from duga.plain.tables import write_xlsx
from duga.ui.pages import staff, status, try_
from duga.vault.sensitivity import Sensitivity

FOLDER = "casework/accountability/"


def _crumbs(organisation, title):
    return [(_("Data protection"), reverse("casework:protection", kwargs={"slug": organisation.slug})), (title, "")]


@staff
@require_http_methods(["GET", "POST"])
def breaches(request, slug):
    """Anyone of the house notes a breach; who protects data sees the log."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.SEE_ORGANISATION)
    queries.of_the_house(request.viewer, organisation)
    form = BreachForm(request.POST or None)
    if form.is_bound and form.is_valid():
        _row, done = try_(
            form, actions.log_breach, by=request.viewer, organisation_id=organisation.pk, **form.cleaned_data
        )
        if done:
            messages.success(request, _("Noted. Those who protect data here were told now."))
            return redirect("casework:breaches", slug=slug)
    keeper = may(request.viewer, Permission.PROTECT_DATA, of=organisation)
    rows = queries.breaches(request.viewer, organisation) if keeper else []
    context = {
        "organisation": organisation, "form": form, "keeper": keeper,
        "rows": [_shown(row) for row in rows],
        "crumbs": _crumbs(organisation, _("Breaches")) if keeper else [(_("Breaches"), "")],
    }  # fmt: skip
    return render(request, f"{FOLDER}breaches.html", context, status=status(form))


def _shown(row) -> dict:
    left = TELL_HOURS - (timezone.now() - row.found_at).total_seconds() / 3600
    return {
        "row": row, "kind": _(BREACH_LABELS[row.kind]), "risk": _(RISK_LABELS[row.risk]), "left": max(0, round(left)),
        "running": not row.closed_at and not row.authority_told_at,
    }  # fmt: skip


@staff
@require_http_methods(["GET", "POST"])
def breach(request, breach_id):
    """One breach: what is known of it now, who was told."""
    row = queries.breach(request.viewer, breach_id)
    form = BreachMoreForm(request.POST or None, initial=_initial(row))
    if form.is_bound and form.is_valid():
        _row, done = try_(form, actions.change_breach, by=request.viewer, breach_id=row.pk, **_changes(form, row))
        if done:
            messages.success(request, _("Saved."))
            return redirect("casework:breach", breach_id=breach_id)
    context = _shown(row) | {
        "form": form,
        "organisation": row.organisation,
        "crumbs": _crumbs(row.organisation, _("Breaches")),
    }
    return render(request, f"{FOLDER}breach.html", context, status=status(form))


def _initial(row) -> dict:
    names = ("version", "kind", "what", "people", "risk", "measures", "why_not")
    told = {"authority": bool(row.authority_told_at), "told": bool(row.people_told_at)}
    return {name: getattr(row, name) for name in names} | told


def _changes(form, row) -> dict:
    said = dict(form.cleaned_data)
    now = timezone.now()
    authority, told = said.pop("authority"), said.pop("told")
    said["authority_told_at"] = (row.authority_told_at or now) if authority else None
    said["people_told_at"] = (row.people_told_at or now) if told else None
    return said


@staff
@require_POST
def breach_close(request, breach_id):
    """Closes a breach once everybody was told."""
    queries.breach(request.viewer, breach_id)
    form = BreachForm(request.POST)
    _row, done = try_(form, actions.close_breach, by=request.viewer, breach_id=breach_id)
    if done:
        messages.success(request, _("Closed."))
    else:
        messages.error(request, form.non_field_errors()[0])
    return redirect("casework:breach", breach_id=breach_id)


@staff
@require_safe
def asked(request, slug):
    """What people asked about their own data, the next due first."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.PROTECT_DATA)
    rows = [
        {"row": row, "asked": _(RIGHT_LABELS[row.asked]), "answer": _(REPLY_LABELS[row.answer])}
        for row in queries.subject_requests(request.viewer, organisation)
    ]
    context = {
        "organisation": organisation, "rows": rows, "crumbs": _crumbs(organisation, _("What people ask")),
        "today": timezone.localdate(), "may_open": may(request.viewer, Permission.SEE_PEOPLE, of=organisation),
    }  # fmt: skip
    return render(request, f"{FOLDER}asked.html", context)


@staff
@require_safe
def register(request, slug):
    """The register of processing activities, told from the tables themselves; also as a spreadsheet."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.PROTECT_DATA)
    language = request.LANGUAGE_CODE
    rows = [
        {
            "purpose": label("purposes", row.purpose, language),
            "bases": [label("lawful_bases", basis, language) for basis in row.bases],
            "months": row.months, "tables": len(row.tables),
            "fields": [(_KINDS[kind], names) for kind, names in row.fields.items() if kind in _KINDS],
        }
        for row in queries.register_of_processing(request.viewer, organisation)
    ]  # fmt: skip
    if request.GET.get("form") == "xlsx":
        return _spreadsheet(organisation, rows)
    context = {"organisation": organisation, "rows": rows, "crumbs": _crumbs(organisation, _("Register of processing"))}
    return render(request, f"{FOLDER}register.html", context)


#: Kinds of data that are somebody's, in the register's words.
_KINDS = {
    Sensitivity.COARSE: gettext_lazy("Facts about a person that do not name her"),
    Sensitivity.IDENTITY: gettext_lazy("Who she is (encrypted)"),
    Sensitivity.SPECIAL: gettext_lazy("Special categories (encrypted)"),
    Sensitivity.STAFF: gettext_lazy("Who works here"),
}


def _spreadsheet(organisation, rows):
    columns = [_("Purpose"), _("Lawful basis"), _("Kind of data"), _("Fields"), _("Months kept, from"), _("to")]
    lines = [
        [row["purpose"], ", ".join(row["bases"]), str(kind), ", ".join(names), *row["months"]]
        for row in rows for kind, names in row["fields"]
    ]  # fmt: skip
    answer = HttpResponse(
        write_xlsx(columns, lines),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    answer["Content-Disposition"] = f'attachment; filename="register-{organisation.slug}.xlsx"'
    return answer
