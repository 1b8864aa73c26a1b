"""Funds for services: what budgets tell, each amount with its page; sending and loading a table."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.directory import actions
from duga.directory.forms.funds import FundsFilter, FundsForm, FundsMappingForm
from duga.directory.queries import funds as queries
from duga.directory.rules.funds import FUNDS_LABELS, PAYER_LABELS, cited
from duga.members.queries import require
from duga.members.rules import Permission
from duga.places.queries import country_name, label
from duga.plain.errors import Refused
from duga.plain.tables import cell_text
from duga.ui.fields import said
from duga.ui.html import Cell, Column
from duga.ui.pages import staff, status, try_

SHOWN_ROWS, SHOWN_ERRORS = 5, 50


@staff
@require_safe
def funds(request):
    """The lines that fit and their totals; tables that wait."""
    queries.require_reader(request.viewer)
    form = FundsFilter(request.GET or None)
    told = form.cleaned_data if form.is_bound and form.is_valid() else {}
    language = get_language() or "en"
    found = queries.funds_found(
        request.viewer, code=told.get("country", ""), year=told.get("year"), service_type=told.get("service", "")
    )
    columns = [Column(_("Year")), Column(_("Where")), Column(_("Service")), Column(_("Who pays"))]
    columns += [Column(_("Planned"), numeric=True), Column(_("Spent"), numeric=True), Column(_("Source"))]
    context = {
        "form": form, "found": found, "columns": columns,
        "rows": [_line(line, line.pk in found.contradicted, language) for line in found.lines],
        "total_columns": [
            Column(_("Year")), Column(_("Currency")), Column(_("Planned"), numeric=True),
            Column(_("Spent"), numeric=True), Column(_("Lines"), numeric=True),
        ],
        "totals": [
            [str(each.year), each.currency, Cell(each.planned), Cell(each.spent), each.lines] for each in found.totals
        ],
        "keeps": queries.keeps_funds(request.viewer),
        "tables": queries.funds_tables(request.viewer),
        "crumbs": [(_("Funds for services"), "")],
    }  # fmt: skip
    return render(request, "directory/licences/funds.html", context)


def _line(line, contradicted, language):
    where = line.area.name if line.area else _("the whole country")
    source = cited(line.table.document, line.page, line.table.published_on)
    if line.table.demo:
        source = f"{source} ({_('invented')})"
    return [
        str(line.year), f"{where}, {country_name(line.country, language)}",
        label("service_types", line.service_type, language), _(PAYER_LABELS[line.payer]),
        Cell(line.planned, unit=line.currency if line.planned is not None else ""),
        Cell(line.spent, unit=line.currency if line.spent is not None else ""),
        Cell(f"{source} · {_('another document says otherwise')}" if contradicted else source, url=line.table.url),
    ]  # fmt: skip


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """Send a table."""
    require(request.viewer, Permission.CURATE_DIRECTORY)
    form = FundsForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        table, done = try_(
            form, actions.send_funds, by=request.viewer, country=told["country"], name=told["file"].name,
            data=told["file"].read(), document=told["document"], url=told["url"], published_on=told["published_on"],
        )  # fmt: skip
        if done:
            return redirect("directory:funds_table", table_id=table.pk)
    context = {"form": form, "crumbs": _crumbs(_("Send a table"))}
    return render(request, "directory/licences/funds_new.html", context, status=status(form))


def _crumbs(last):
    return [(_("Funds for services"), reverse("directory:funds")), (last, "")]


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def table(request, table_id):
    """Say what the columns hold, see what is wrong row by row, load."""
    found = queries.funds_table(request.viewer, table_id)
    if found.loaded_at is not None:
        return render(request, "directory/licences/funds_loaded.html", {"table": found, "crumbs": _crumbs(found.name)})
    sheet, guessed = queries.sheet_of(found)
    form = FundsMappingForm(sheet, guessed, request.POST or None)
    outcome = None
    if form.is_bound and form.is_valid():
        try:
            outcome = actions.load_funds(
                by=request.viewer, table_id=table_id, mapping=form.mapping(), dry_run=request.POST.get("do") != "load"
            )
        except Refused as refused:
            form.add_error(None, said(refused))
        else:
            if outcome.loaded:
                text = ngettext("%(number)s line was loaded.", "%(number)s lines were loaded.", outcome.rows)
                messages.success(request, text % {"number": outcome.rows})
                return redirect("directory:funds")
    errors = outcome.errors if outcome else ()
    context = {
        "table": found,
        "form": form,
        "outcome": outcome,
        "crumbs": _crumbs(found.name),
        "columns": sheet.columns,
        "notes": [said(note) for note in sheet.notes],
        "rows": [[cell_text(cell) for cell in row.cells] for row in sheet.rows[:SHOWN_ROWS]],
        "error_columns": [Column(_("Row"), numeric=True), Column(_("Column")), Column(_("What to mend"))],
        "errors": [[each.row, _(FUNDS_LABELS[each.column]), said(each)] for each in errors][:SHOWN_ERRORS],
        "wrong": len({each.row for each in errors}),
    }
    return render(request, "directory/licences/funds_table.html", context, status=422 if form.errors or errors else 200)


@staff
@require_POST
def remove(request, table_id):
    """Take a table back."""
    actions.remove_funds(by=request.viewer, table_id=table_id)
    messages.success(request, _("The table and its lines are gone."))
    return redirect("directory:funds")
