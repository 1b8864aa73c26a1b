"""Import on screen: choose a file, say what its columns mean, see every row checked, bring it in."""

from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.casework import actions, queries, tasks
from duga.casework.forms.imports import LABELS, MappingForm, UploadForm
from duga.casework.forms.people import ReasonForm
from duga.casework.rules import StagedState
from duga.casework.views.shown import sample_rows, word_rows
from duga.members.queries import organisation_by_slug
from duga.members.rules import Permission
from duga.plain.errors import Refused
from duga.ui.fields import said
from duga.ui.pages import ask_if_sure, staff, status, try_

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _steps():
    return [_("File"), _("Columns"), _("Check"), _("Done")]


def _crumbs(organisation, last):
    return [(_("Import"), reverse("casework:import", kwargs={"slug": organisation.slug})), (last, "")]


@staff
@require_http_methods(["GET", "POST"])
def upload(request, slug):
    """Choose a file; below, the files on their way in and those that came in."""
    organisation = organisation_by_slug(request.viewer, slug, Permission.IMPORT_RECORDS)
    told = {"kind": request.GET.get("kind", "assistance")}
    form = UploadForm(request.POST or None, request.FILES or None, initial=told)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        staged, done = try_(
            form, actions.stage_import, by=request.viewer, organisation_id=organisation.pk, name=file.name,
            data=file.read(), kind=form.cleaned_data["kind"],
        )  # fmt: skip
        if done:
            return redirect("casework:import_columns", staged_id=staged.pk)
    context = {
        "organisation": organisation,
        "form": form,
        "steps": _steps(),
        "waiting": [row for row in queries.staged_of(request.viewer, organisation) if row.state != StagedState.DONE],
        "files": queries.imported_files(request.viewer, organisation),
        "crumbs": [(organisation.name, ""), (_("Import"), "")],
    }
    return render(request, "casework/import.html", context, status=status(form))


@staff
@require_http_methods(["GET", "POST"])
def columns(request, staged_id):
    """What each column means: guessed or remembered, with its first values, to be mended."""
    staged = queries.staged(request.viewer, staged_id)
    wanted = {"sheet": request.GET["sheet"]} if request.GET.get("sheet") else None
    preview = actions.preview_staged(by=request.viewer, staged_id=staged_id, mapping=wanted)
    form = MappingForm(request.POST or None, preview=preview, labels=LABELS.get(staged.kind))
    if form.is_bound and form.is_valid():
        if form.cleaned_data.get("sheet", preview.sheet) != preview.sheet:
            return redirect(f"{request.path}?{urlencode({'sheet': form.cleaned_data['sheet']})}")
        _staged, done = try_(form, actions.check_staged, by=request.viewer, staged_id=staged_id, mapping=form.mapping())
        if done:
            tasks.run_staged.enqueue(request.viewer.email, str(staged_id))
            return redirect("casework:import_check", staged_id=staged_id)
    context = {
        "organisation": staged.organisation,
        "staged": staged,
        "preview": preview,
        "notes": [said(note) for note in preview.notes],
        "missing": [_(words) for _name, words in preview.missing],
        "form": form,
        "steps": _steps(),
        "crumbs": _crumbs(staged.organisation, staged.name),
    }
    return render(request, "casework/import_columns.html", context, status=status(form))


@staff
@require_safe
def check(request, staged_id):
    """Where the file stands: being checked, checked (every bad row named), coming in, done."""
    staged = queries.staged(request.viewer, staged_id)
    report = actions.open_report(by=request.viewer, staged_id=staged_id)
    context = {
        "organisation": staged.organisation,
        "staged": staged,
        "outcome": staged.outcome,
        "working": staged.state in (StagedState.CHECKING, StagedState.IMPORTING),
        "progress": queries.staged_progress(staged_id),
        "errors": [(row["row"], row["column"], _said(row)) for row in report["errors"]],
        "more": report["more"],
        "notes": [_said(note) for note in report["notes"]],
        "failed": _said(report["failed"]) if report.get("failed") else "",
        "words": word_rows(report.get("words", ())),
        "sample": sample_rows(report.get("sample", ())),
        "step": {"uploaded": 2, "checking": 3, "checked": 3, "failed": 3}.get(staged.state, 4),
        "steps": _steps(),
        "crumbs": _crumbs(staged.organisation, staged.name),
    }
    return render(request, "casework/import_check.html", context)


def _said(row):
    return said(Refused(row["message"], **{key: _(value) if value else value for key, value in row["params"].items()}))


@staff
@require_POST
def begin(request, staged_id):
    """Bring it in: whole, or the good rows only."""
    bad_rows = "set-aside" if request.POST.get("bad_rows") == "set-aside" else "refuse"
    actions.begin_import(by=request.viewer, staged_id=staged_id, bad_rows=bad_rows)
    tasks.run_staged.enqueue(request.viewer.email, str(staged_id))
    return redirect("casework:import_check", staged_id=staged_id)


@staff
@require_safe
def rejects(request, staged_id):
    """The bad rows with their reasons, as a spreadsheet to mend and bring in again."""
    name, data = actions.open_rejects(by=request.viewer, staged_id=staged_id)
    answer = HttpResponse(data, content_type=XLSX)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


@staff
@require_POST
def discard(request, staged_id):
    """Throw the file away; nothing of it came in."""
    staged = queries.staged(request.viewer, staged_id)
    actions.discard_staged(by=request.viewer, staged_id=staged_id)
    messages.success(request, _("The file was destroyed. Nothing of it came in."))
    return redirect("casework:import", slug=staged.organisation.slug)


@staff
@require_POST
def undo(request, batch_id):
    """Take a whole file out again."""
    form = ReasonForm(request.POST)
    batch = queries.import_batch(request.viewer, batch_id)
    if form.is_valid() and "sure" not in request.POST:
        return _ask_undo(request, batch)
    if form.is_valid():
        count = actions.undo_import(by=request.viewer, batch_id=batch_id, reason=form.cleaned_data["reason"])
        messages.success(request, _("Taken out again: %(count)s entries count no more.") % {"count": count})
    else:
        messages.error(request, _("Say why it is taken out."))
    return redirect("casework:import", slug=batch.organisation.slug)


def _ask_undo(request, batch):
    entries, people = queries.counting_entries(request.viewer, batch)
    told = [
        _("Entries that will count no more: %(entries)s. Different people of the register in them: %(people)s.")
        % {"entries": entries, "people": people},
        _("The people stay in the register. To have the entries back, the file has to come in anew."),
    ]
    back = reverse("casework:import", kwargs={"slug": batch.organisation.slug})
    return ask_if_sure(request, heading=_("Take this file out again"), told=told, action=_("Take it out"), back=back)
