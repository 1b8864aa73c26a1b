"""The coordinator's screens: the ledger listed, filtered, corrected with a reason, exported."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.casework import actions, queries
from duga.casework.forms.ledger import CorrectForm, ExportForm, LedgerForm
from duga.casework.forms.people import ReasonForm
from duga.casework.views._help import rows
from duga.casework.views.shown import entry_row, entry_rows
from duga.members.queries import may, organisation_by_id, organisation_by_slug
from duga.members.rules import Permission
from duga.ui.pages import staff, status, try_


def _ledger_url(organisation):
    return reverse("casework:ledger", kwargs={"slug": organisation.slug})


@staff
@require_safe
def ledger(request, slug):
    """The ledger, newest first; case codes instead of names."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.SEE_RECORDS)
    form = LedgerForm(request.GET or None)
    fine = form.is_bound and form.is_valid()
    page = queries.ledger(
        request.viewer, organisation, filter=form.filter() if form.is_bound else None, page=request.GET.get("page", 1)
    )
    context = {
        "organisation": organisation,
        "form": form,
        "fields": rows(form, LedgerForm.SHOWN),
        "filtered": fine and any(form.cleaned_data.values()),
        "page": page,
        "rows": entry_rows(page.object_list),
        "export_form": ExportForm() if may(request.viewer, Permission.EXPORT_RECORDS, of=organisation) else None,
        "query": request.GET.urlencode(),
        "crumbs": [(organisation.name, ""), (_("Ledger"), "")],
    }
    return render(request, "casework/ledger.html", context)


@staff
@require_POST
def export(request, slug):
    """The filtered ledger as a file; safe against formulas, with names only where they are asked for."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.EXPORT_RECORDS)
    wanted, form = LedgerForm(request.GET), ExportForm(request.POST)
    wanted.is_valid()
    form.is_valid()
    name, media_type, data = actions.export_assistance(
        by=request.viewer, organisation_id=organisation.pk, filter=wanted.filter(),
        names=form.cleaned_data.get("names", False), form=form.cleaned_data.get("form") or "xlsx",
    )  # fmt: skip
    answer = HttpResponse(data, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@staff
@require_safe
def entry(request, assistance_id):
    """One entry with everything that was ever changed on it."""
    found = queries.entry(request.viewer, assistance_id)
    organisation = organisation_by_id(request.viewer, found.organisation_id, Permission.SEE_RECORDS)
    context = {
        "organisation": organisation,
        "row": entry_row(found),
        "entry": found,
        "corrections": queries.corrections_of(request.viewer, assistance_id),
        "may_correct": may(request.viewer, Permission.CORRECT_RECORDS, of=organisation),
        "form": ReasonForm(initial={"version": found.version}),
        "crumbs": [(_("Ledger"), _ledger_url(organisation)), (_("Entry"), "")],
    }
    return render(request, "casework/entry.html", context)


@staff
@require_http_methods(["GET", "POST"])
def correct(request, assistance_id):
    """Correct an entry, with a reason; the earlier state stays readable."""
    found = queries.entry(request.viewer, assistance_id)
    organisation = organisation_by_id(request.viewer, found.organisation_id, Permission.CORRECT_RECORDS)
    form = CorrectForm(
        request.POST or None, entry=found, country=organisation.country, initial=CorrectForm.before(found)
    )
    if form.is_bound and form.is_valid():
        _entry, done = try_(
            form, actions.correct_assistance, by=request.viewer, assistance_id=assistance_id,
            version=form.cleaned_data["version"], reason=form.cleaned_data["reason"], changes=form.changes(),
        )  # fmt: skip
        if done:
            messages.success(request, _("Corrected. The earlier state stays readable below."))
            return redirect("casework:entry", assistance_id=assistance_id)
    context = {
        "organisation": organisation,
        "entry": found,
        "row": entry_row(found),
        "form": form,
        "crumbs": [(_("Ledger"), _ledger_url(organisation)), (_("Correct"), "")],
    }
    return render(request, "casework/correct.html", context, status=status(form))


@staff
@require_POST
def withdraw(request, assistance_id):
    """Withdraw an entry that should not count; it stays, with the reason."""
    found = queries.entry(request.viewer, assistance_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        actions.withdraw_assistance(
            by=request.viewer, assistance_id=assistance_id, reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"] or found.version,
        )  # fmt: skip
        messages.success(request, _("Withdrawn: the entry no longer counts."))
    else:
        messages.error(request, _("Say why it is withdrawn."))
    return redirect("casework:entry", assistance_id=assistance_id)
