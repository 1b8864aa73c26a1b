"""Forms: chosen, filled, seen and taken along; an organisation's from its records, a country's from releases."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from duga.evidence.model import Period
from duga.indicators import actions, queries
from duga.indicators.forms.reports import NetworkReportForm, ReportForm
from duga.indicators.queries import reports as shown
from duga.indicators.queries.reports.files import METHOD_HEADS, cell_words, method_rows
from duga.indicators.rules.reports import Told
from duga.indicators.views._help import told
from duga.indicators.views.own import XLSX
from duga.members.queries import person_names
from duga.plain.errors import Conflict, Refused
from duga.ui.html import HIDDEN, UNKNOWN, Cell, Column, Row
from duga.ui.pages import staff

TYPES = {"xlsx": XLSX, "pdf": "application/pdf"}


@staff
@require_http_methods(["GET", "POST"])
def reports(request, slug):
    """Choose a form and a time; it is filled in seconds."""
    organisation = queries.countable_organisation(request.viewer, slug)
    today, language = timezone.localdate(), get_language()
    first = shown.own_since(request.viewer, organisation, today)
    layouts = shown.forms_for("organisation")
    form = ReportForm(request.POST or None, layouts=layouts, first_day=first, last_day=today, language=language)
    if form.is_bound and form.is_valid():
        told_of = form.cleaned_data
        try:
            asked = actions.ask_report(by=request.viewer, slug=slug, form=told_of["form"], period=told_of["period"])
        except (Refused, Conflict) as error:
            form.add_error(None, told(error.message, error.params))
        else:
            return redirect("report", slug=slug, report_id=asked.pk)
    earlier = shown.own_reports(request.viewer, slug)
    names, titles = person_names(each.asked_by for each in earlier), dict(form.fields["form"].choices)
    context = {
        "organisation": organisation,
        "form": form,
        "earlier": [
            (titles.get(each.form, each.form), shown.period_words(Period.read(each.period)), names.get(each.asked_by),
             each) for each in earlier
        ],
        "crumbs": [(organisation.name, ""), (_("Reports"), "")],
    }  # fmt: skip
    return render(request, "indicators/reports/reports.html", context, status=422 if form.errors else 200)


@staff
@never_cache
@require_safe
def report(request, slug, report_id):
    """The filled form: as protected, for who asked for it, or as counted, for the organisation; or the wait for it."""
    found = shown.own_report(request.viewer, slug, report_id)
    donor, language = request.GET.get("show") != "own", get_language()
    period = shown.period_words(Period.read(found.period))
    context = {
        "organisation": found.organisation,
        "report": found,
        "late": timezone.now() - found.created_at > actions.PATIENCE,
        "crumbs": [
            (found.organisation.name, ""), (_("Reports"), reverse("reports", kwargs={"slug": slug})), (period, ""),
        ],
        "period": period,
    }  # fmt: skip
    if found.state == "done":
        address = {"slug": slug, "report_id": report_id}
        which = "donor" if donor else "own"
        context |= _filled(shown.filled_report(found, donor=donor, language=language), language) | {
            "donor": donor,
            "tabs": [(_("To hand on"), "?", donor), (_("For yourselves"), "?show=own", not donor)],
            "files": [
                (reverse("report_file", kwargs=address | {"name": f"{which}.{kind}"}), words)
                for kind, words in _kinds()
            ],
        }
    return render(request, "indicators/reports/report.html", context)


def _kinds() -> list[tuple[str, str]]:
    return [("xlsx", _("Spreadsheet (xlsx)")), ("pdf", "PDF")]


@staff
@never_cache
@require_safe
def report_file(request, slug, report_id, name):
    """The filled form as a spreadsheet or PDF."""
    data = actions.take_report(by=request.viewer, slug=slug, report_id=report_id, name=name, language=get_language())
    found = shown.own_report(request.viewer, slug, report_id)
    which, _dot, kind = name.partition(".")
    mark = "-internal" if which == "own" else ""
    return _file(data, f"{found.form}-{found.period.replace('..', '-to-')}{mark}.{kind}", kind)


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@staff
@require_safe
def network_reports(request):
    """Choose a form, and a country and year with figures in force."""
    places = shown.network_places(request.viewer)
    layouts = [layout for layout in shown.forms_for("network") if "year" in layout.periods]
    form = NetworkReportForm(request.GET or None, layouts=layouts, places=places, language=get_language())
    if form.is_bound and form.is_valid():
        country, _dash, year = form.cleaned_data["place"].partition("-")
        return redirect("network_report", form=form.cleaned_data["form"], country=country, year=int(year))
    context = {"form": form, "places": places, "crumbs": [(_("Workspace"), "/workspace/"), (_("Reports"), "")]}
    return render(request, "indicators/reports/network.html", context, status=422 if form.errors else 200)


@staff
@require_safe
def network_report(request, form, country, year):
    """A form filled from the figures in force."""
    language = get_language()
    filled = shown.network_form(request.viewer, form, country, year, language)
    address = {"form": form, "country": country, "year": year}
    files = [
        (reverse("network_report_file", kwargs=address | {"kind": kind}), words) for kind, words in _kinds()
    ]  # fmt: skip
    crumbs = [(_("Workspace"), "/workspace/"), (_("Reports"), reverse("network_reports")), (filled.title, "")]
    context = _filled(filled, language) | {"files": files, "crumbs": crumbs}
    return render(request, "indicators/reports/network_report.html", context)


@staff
@require_safe
def network_report_file(request, form, country, year, kind):
    """The same as a spreadsheet or PDF."""
    data = actions.take_network_report(
        by=request.viewer, form=form, country=country, year=year, kind=kind, language=get_language()
    )
    return _file(data, f"{form}-{country}-{year}.{kind}", kind)


# --- Shown ------------------------------------------------------------------------------------------------


def _filled(filled, language) -> dict:
    """A filled form as a page shows it: parts with their tables, and how the numbers were made."""
    every = [cell for part in filled.parts for cell in part.told()]
    return {
        "filled": filled,
        "parts": [_part(part) for part in filled.parts],
        "has_hidden": any(cell.status == "hidden" for cell in every),
        "has_unknown": any(cell.status == "unknown" for cell in every),
        "method_columns": [Column(_(head)) for head in METHOD_HEADS],
        "method": [Row(tuple(line)) for line in method_rows(filled, language)],
        "totals": _("Each person is counted once in every number and in every total: totals are not sums of parts."),
    }


def _part(part) -> dict:
    if part.text:
        return {"title": part.title, "text": "".join(map(cell_words, part.text))}
    if part.facts:
        return {"title": part.title, "facts": [(name, _cell(cell)) for name, cell in part.rows]}
    numeric = [any(isinstance(row[n], Told) for row in part.rows) for n in range(len(part.heads))]
    rows = [Row(tuple(map(_cell, row)), total=part.total and row is part.rows[-1]) for row in part.rows]
    columns = [Column(head, numeric=each) for head, each in zip(part.heads, numeric, strict=True)]
    return {"title": part.title, "columns": columns, "rows": rows}


def _cell(cell):
    if not isinstance(cell, Told):
        return cell
    if cell.status != "shown":
        return HIDDEN if cell.status == "hidden" else UNKNOWN
    return Cell(cell.value, qualifier="" if cell.qualifier == "exact" else cell.qualifier)
