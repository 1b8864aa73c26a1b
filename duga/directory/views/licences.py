"""The way to a licence: an organisation's services, one service, its checklist and papers, the network's picture."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.directory import actions
from duga.directory.forms.licences import (
    ChecklistForm,
    MentorForm,
    PaperForm,
    StartForm,
    StepForm,
    TaskForm,
    TasksForm,
    named,
)
from duga.directory.queries import licences as queries
from duga.directory.rules.licences import (
    ASPECT_LABELS,
    EVIDENCE_LABELS,
    LICENCE_LABELS,
    VERDICT_LABELS,
    LicenceState,
    Verdict,
)
from duga.members.queries import may, organisation_by_slug, organisations_of
from duga.members.rules import Permission
from duga.places.queries import country_name
from duga.plain.errors import Refused
from duga.ui.html import Cell, Column
from duga.ui.pages import id_of, staff, status, try_

BADGES = {
    LicenceState.LICENSED: "good", LicenceState.LIMITED: "good", LicenceState.RENEWING: "good",
    LicenceState.REFUSED: "bad", LicenceState.SUSPENDED: "bad", LicenceState.WITHDRAWN: "bad",
    LicenceState.EXPIRED: "bad",
}  # fmt: skip
#: Steps that the picture tells by year.
SHOWN_STEPS = (LicenceState.STARTED, LicenceState.APPLIED, LicenceState.LICENSED, LicenceState.LIMITED)
VERDICT_BADGES = {Verdict.MET: "good", Verdict.NOT_MET: "bad", Verdict.UNKNOWN: "warn", Verdict.NOT_APPLICABLE: ""}


def _state(licence):
    """(words, badge) of where a licence stands."""
    state = LicenceState(licence.state)
    return _(LICENCE_LABELS[state]), BADGES.get(state, "plain")


# --- An organisation ----------------------------------------------------------------------------------


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request, slug):
    """An organisation's services, how ready each is, and where one begins."""
    found = organisation_by_slug(request.viewer, slug)
    today = timezone.localdate()
    listed = queries.organisation_licences(request.viewer, found, today)
    wrong = None
    if request.method == "POST":
        service = id_of(request.POST.get("service"))
        kinds = next((row.kinds for row in listed if row.service.pk == service), ())
        wrong = StartForm(request.POST, kinds=kinds)
        if wrong.is_valid():
            told = wrong.cleaned_data
            licence, done = try_(
                wrong, actions.start_licence, by=request.viewer, service_id=service, kind_id=told["kind"],
                state=told["state"], on=told["on"], until=told["until"], number=told["number"],
            )  # fmt: skip
            if done:
                return redirect("directory:licence", licence_id=licence.pk)
    context = {
        "organisation": found,
        "rows": [_row(row) for row in listed if row.licence],
        "starts": [(row.service, _start_form(row, wrong)) for row in listed if row.licence is None and row.kinds],
        "without": [row.service for row in listed if row.licence is None and not row.kinds],
        "mentored": [_row(row) for row in queries.mentored_by(request.viewer, found, today)],
        "crumbs": [(found.name, ""), (_("Licences"), "")],
    }
    return render(request, "directory/licences/organisation.html", context, status=status(wrong) if wrong else 200)


def _start_form(row, wrong):
    if wrong is not None and wrong.data.get("service") == str(row.service.pk):
        return wrong
    form = StartForm(kinds=row.kinds, initial={"service": row.service.pk}, auto_id=f"id_{row.service.pk.hex}_%s")
    return form


def _row(row):
    words, badge = _state(row.licence)
    return {"service": row.service, "licence": row.licence, "words": words, "badge": badge, "ready": row.readiness}


# --- One service --------------------------------------------------------------------------------------


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def licence(request, licence_id):
    """Where one service stands: readiness, what is missing, deadlines, papers, the next step."""
    today = timezone.localdate()
    page = queries.licence_page(request.viewer, licence_id, today)
    forms = _forms(request, page)
    wrong = None
    if request.method == "POST":
        wrong = _do(request, page, forms)
        if wrong is None:
            return redirect("directory:licence", licence_id=licence_id)
    words, badge = _state(page.licence)
    context = {
        "page": page, "licence": page.licence, "service": page.service, "today": today, **forms,
        "words": words, "badge": badge, "kind": named(page.licence.kind.names), "ready": page.readiness,
        "missing": [
            {
                "name": named(row.criterion.names), "evidence": _(EVIDENCE_LABELS[row.criterion.evidence]),
                "words": _("evidence is old") if row.outdated else _(VERDICT_LABELS[row.finding.verdict]),
                "badge": "warn" if row.outdated else VERDICT_BADGES[row.finding.verdict],
            }
            for row in page.missing
        ],
        "deadlines": [
            {"on": each.on, "what": named(each.names) if each.names else _(each.what), "late": each.late(today)}
            for each in page.deadlines[:20]
        ],
        "tasks": [
            {"pk": task.pk, "due_on": task.due_on, "what": _task_words(task)}
            for task in page.tasks
            if task.done_on is None
        ],
        "steps": [(step, _(LICENCE_LABELS[LicenceState(step.state)])) for step in reversed(page.steps)],
        "crumbs": _crumbs(request, page.licence),
    }  # fmt: skip
    return render(request, "directory/licences/licence.html", context, status=422 if wrong else 200)


def _task_words(task):
    return named(task.criterion.names) if task.made_from_criterion else task.what


def _crumbs(request, found, last=""):
    provider = found.service.provider
    here = reverse("directory:licence", args=[found.pk])
    crumbs = [(found.service.name, here if last else "")] + ([(last, "")] if last else [])
    if provider.organisation_id and may(request.viewer, Permission.EDIT_SERVICES, provider.organisation):
        crumbs.insert(0, (_("Licences"), reverse("directory:licences", args=[provider.organisation.slug])))
    return crumbs


def _forms(request, page):
    """The forms of the page; the one that was sent holds what was sent."""

    def sent(do):
        return request.POST if request.method == "POST" and request.POST.get("do") == do else None

    grants = queries.grants_of(page.licence)
    provider = page.service.provider
    others = [
        each for each in organisations_of(request.viewer)
        if each.pk != provider.organisation_id and each.country == provider.country
    ]  # fmt: skip
    files = request.FILES if sent("attach") is not None else None
    return {
        "step_form": StepForm(
            sent("step"), state=page.licence.state, grants=grants, initial={"version": page.licence.version}
        ),
        "task_form": TaskForm(sent("task"), checked=page.checked),
        "tasks_form": TasksForm(sent("tasks")),
        "paper_form": PaperForm(sent("attach"), files, checked=page.checked, auto_id="id_paper_%s"),
        "mentor_form": MentorForm(
            sent("mentor"), organisations=others, initial={"mentor": str(page.licence.mentor_id or "")}
        ),
        "others": bool(others),
    }  # fmt: skip


def _do(request, page, forms):
    """Does what was sent; gives the form back that could not be understood, or None."""
    do, by, pk = request.POST.get("do", ""), request.viewer, page.licence.pk
    if do == "done":
        actions.finish_licence_task(by=by, task_id=id_of(request.POST.get("which")))
        return None
    if do == "remove":
        actions.remove_document(by=by, document_id=id_of(request.POST.get("which")))
        return None
    form = {
        "step": forms["step_form"], "task": forms["task_form"], "tasks": forms["tasks_form"],
        "attach": forms["paper_form"], "mentor": forms["mentor_form"],
    }.get(do)  # fmt: skip
    if form is None:
        raise Refused(_("Nothing was asked for. Open the page again."))
    if not form.is_valid():
        return form
    told = form.cleaned_data
    action, arguments = {
        "step": lambda: (actions.step_licence, told),
        "task": lambda: (
            actions.add_licence_task,
            {"what": told["what"], "due_on": told["due_on"], "criterion_id": told["criterion"] or None},
        ),
        "tasks": lambda: (actions.make_licence_tasks, {"due_on": told["all_due_on"]}),
        "attach": lambda: (
            actions.attach_document,
            {"title": told["title"], "criterion_id": told["criterion"] or None, "data": told["file"].read()},
        ),
        "mentor": lambda: (actions.name_mentor, {"organisation_id": told["mentor"] or None}),
    }[do]()
    _result, done = try_(form, action, by=by, licence_id=pk, **arguments)
    if done:
        messages.success(request, _("Kept."))
    return None if done else form


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def checklist(request, licence_id):
    """Every criterion with its verdict; one form, so that it can be gone through on a visit."""
    page = queries.licence_page(request.viewer, licence_id, timezone.localdate())
    form = ChecklistForm(page.checked, request.POST or None)
    if request.method == "POST" and form.is_valid():
        number, done = try_(
            form, actions.assess, by=request.viewer, licence_id=licence_id, verdicts=form.verdicts(),
            on=form.cleaned_data["on"],
        )  # fmt: skip
        if done:
            text = ngettext("%(number)s criterion was changed.", "%(number)s criteria were changed.", number)
            messages.success(request, text % {"number": number})
            return redirect("directory:licence", licence_id=licence_id)
    standards = {}
    for row, verdict, note in form.rows():
        told = {
            "row": row, "verdict": verdict, "note": note, "evidence": _(EVIDENCE_LABELS[row.criterion.evidence]),
            "aspect": _(ASPECT_LABELS[row.criterion.aspect]), "own": row.criterion.basis == "duga",
            "cite": row.criterion.cite,
        }  # fmt: skip
        standards.setdefault(row.criterion.standard, []).append(told)
    context = {
        "page": page, "licence": page.licence, "form": form,
        "unproven": sum(row.criterion.basis == "duga" for row in page.checked),
        "standards": [(named(standard.names), standard, rows) for standard, rows in standards.items()],
        "crumbs": _crumbs(request, page.licence, _("Checklist")),
    }  # fmt: skip
    return render(request, "directory/licences/checklist.html", context, status=status(form))


@staff
@require_safe
def document(request, document_id):
    """One document, opened; as a download, so that no browser runs what is in it."""
    data, media_type, name = actions.open_document(by=request.viewer, document_id=document_id)
    answer = HttpResponse(data, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@staff
@require_POST
def application(request, licence_id):
    """The application as a folder."""
    data, name = actions.make_application_file(
        by=request.viewer, licence_id=licence_id, language=get_language() or "en", words=_
    )
    answer = HttpResponse(data, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# --- The network --------------------------------------------------------------------------------------


@staff
@require_safe
def picture(request):
    """How many services began, applied, hold a licence, by country; and what happened in each year."""
    language = get_language() or "en"
    told = queries.licence_picture(request.viewer, timezone.localdate())
    columns = [
        Column(_("Country")), *(Column(label, numeric=True) for label in (
            _("Services"), _("Begun"), _("Applied or renewing"), _("In force"), _("of them limited"),
            _("Refused, suspended, withdrawn or expired"),
        )),
    ]  # fmt: skip
    unknown = set(told.unknown)
    rows = [
        [country_name(country, language)]
        + [Cell(None if country in unknown and name != "services" else counts[name]) for name in queries.PICTURE]
        for country, counts in sorted(told.today.items())
    ]
    years = [Column(_("Year")), Column(_("Country")), *(
        Column(_(LICENCE_LABELS[state]), numeric=True)
        for state in SHOWN_STEPS
    )]  # fmt: skip
    by_year = [
        [str(year), country_name(country, language)] + [counts[state] for state in SHOWN_STEPS]
        for (year, country), counts in sorted(told.years.items(), key=lambda item: (-item[0][0], item[0][1]))
    ]
    context = {
        "columns": columns, "rows": rows, "year_columns": years, "years": by_year,
        "unknown": [country_name(country, language) for country in told.unknown],
        "crumbs": [(_("Licences"), "")],
    }  # fmt: skip
    return render(request, "directory/licences/picture.html", context)
