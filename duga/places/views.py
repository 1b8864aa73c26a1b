"""The screens of places: look at countries and areas, load a scheme."""

from functools import wraps

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.members.queries import require
from duga.members.rules import Permission
from duga.places import actions, queries
from duga.places.forms import MappingForm, PopulationForm, UploadForm
from duga.plain.errors import Refused
from duga.plain.tables import cell_text
from duga.ui.fields import said
from duga.ui.html import Cell, Column
from duga.ui.pages import staff

SHOWN_ROWS, SHOWN_ERRORS, SHOWN_NEW = 5, 50, 20


def places_only(view):
    """For who looks after places; visitors sign in first."""

    @staff
    @wraps(view)
    def guarded(request, *args, **kwargs):
        require(request.viewer, Permission.MANAGE_PLACES)
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@places_only
def overview(request):
    """Each country with what is known of its areas."""
    language = get_language()
    rows = []
    for country, kinds in queries.country_overview():
        told = " · ".join(f"{_(queries.KINDS[kind])} {number}" for kind, number in kinds.items())
        name = queries.country_name(country.code, language)
        rows.append([Cell(name, url=reverse("places:country", args=[country.code])), country.code, told or None])
    columns = [Column(_("Country")), Column(_("ISO code")), Column(_("Areas"))]
    notes = [_(queries.country_note(country.code)) for country in queries.countries() if country.note]
    return render(request, "places/overview.html", {"columns": columns, "rows": rows, "notes": notes})


@require_safe
@places_only
def country(request, code):
    """A country's areas: its top level, those inside one of them, or those a search finds."""
    found = queries.country(code)
    language = get_language()
    inside = request.GET.get("inside")
    parent = queries.area_by_code_of_figures(inside) if inside else None
    text = request.GET.get("q", "")
    areas = queries.areas_in(found.code, parent=parent, text=text, page=request.GET.get("page", 1))
    name = queries.country_name(found.code, language)
    crumbs = [(_("Places"), reverse("places:overview")), (name, reverse("places:country", args=[found.code]))]
    for area in queries.lineage(parent):
        crumbs.append((queries.area_name(area, language), _inside(found.code, area)))
    columns = [Column(_("Name")), Column(_("Kind of area")), Column(_("Codes")), Column(_("Inside"), numeric=True)]
    return render(
        request,
        "places/country.html",
        {
            "name": name,
            "note": queries.country_note(found.code),
            "parent": parent,
            "parent_name": queries.area_name(parent, language) if parent else "",
            "text": text,
            "page": areas,
            "columns": columns,
            "rows": [_area_row(found.code, area, language) for area in areas],
            "crumbs": crumbs,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@places_only
def population(request):
    """How many people live where, by whom it was published; load another table."""
    form = PopulationForm(request.POST or None, request.FILES or None)
    outcome = None
    if request.method == "POST" and form.is_valid():
        sent, told = (
            form.cleaned_data["file"],
            {name: form.cleaned_data[name] for name in ("source", "licence", "note")},
        )
        try:
            outcome = actions.load_population(by=request.viewer, name=sent.name, data=sent.read(), **told)
        except Refused as refused:
            form.add_error("file", said(refused))
        else:
            if outcome.loaded:
                messages.success(request, _("The table is loaded. Figures drafted from now on use it."))
                return redirect("places:population")
    language = get_language()
    rows = [
        [
            queries.country_name(each["country"], language), each["year"], Cell(each["population"]),
            f"{each['source']} ({each['licence']})" + (f", {each['note']}" if each["note"] else ""),
        ]
        for each in queries.populations_in_force()
    ]  # fmt: skip
    errors = outcome.errors if outcome else ()
    context = {
        "form": form, "rows": rows,
        "columns": [
            Column(_("Country")), Column(_("Year")), Column(_("Population"), numeric=True), Column(_("Source")),
        ],
        "notes": [_(queries.country_note(country.code)) for country in queries.countries() if country.note],
        "crumbs": [(_("Places"), reverse("places:overview")), (_("Population"), "")],
        "wrong": len({error.row for error in errors}),
        "error_columns": [Column(_("Row"), numeric=True), Column(_("Column")), Column(_("What to mend"))],
        "errors": [[e.row, _column(e.column), said(e)] for e in errors][:SHOWN_ERRORS],
    }  # fmt: skip
    return render(request, "places/population.html", context, status=422 if form.errors or errors else 200)


def _inside(code, area):
    return f"{reverse('places:country', args=[code])}?inside={area.code}"


def _area_row(code, area, language):
    name = queries.area_name(area, language)
    codes = ", ".join(f"{told.code} ({told.scheme})" for told in area.codes.all())
    url = _inside(code, area) if area.inside else None
    return [Cell(name, url=url) if url else name, _(queries.KINDS.get(area.kind, area.kind)), codes, area.inside]


@require_http_methods(["GET", "HEAD", "POST"])
@places_only
def load(request):
    """Send a file of areas."""
    form = UploadForm(request.POST or None, request.FILES or None, language=get_language())
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            upload = actions.keep_upload(
                by=request.viewer, country_code=form.cleaned_data["country"], scheme=form.told_scheme,
                kind=form.cleaned_data["kind"], name=sent.name, data=sent.read(),
            )  # fmt: skip
        except Refused as refused:
            form.add_error("file", said(refused))
        else:
            return redirect("places:mapping", upload_id=upload.pk)
    crumbs = [(_("Places"), reverse("places:overview")), (_("Load areas"), "")]
    status = 422 if form.errors else 200
    return render(request, "places/load.html", {"form": form, "crumbs": crumbs, "steps": _steps()}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@places_only
def mapping(request, upload_id):
    """Say which column holds what, see what loading would do, and load."""
    upload = queries.upload_by_id(request.viewer, upload_id)
    table, guessed = queries.upload_table(upload)
    form = MappingForm(table, guessed, request.POST or None)
    outcome = None
    if request.method == "POST" and form.is_valid():
        wanted = request.POST.get("do", "check")
        outcome = actions.load_upload(
            by=request.viewer, upload_id=upload.pk, mapping=form.mapping, dry_run=wanted == "check",
            bad_rows="set-aside" if wanted in ("check", "load-good") else "refuse",
        )  # fmt: skip
        if outcome.loaded:
            text = ngettext("%(number)s new area was loaded.", "%(number)s new areas were loaded.", outcome.created)
            messages.success(request, text % {"number": outcome.created})
            return redirect("places:country", code=upload.country)
    context = {
        "upload": upload, "form": form, "outcome": outcome, "steps": _steps(),
        "crumbs": [(_("Places"), reverse("places:overview")), (_("Load areas"), reverse("places:load"))],
        "columns": table.columns, "notes": [said(note) for note in table.notes],
        "rows": [[cell_text(cell) for cell in row.cells] for row in table.rows[:SHOWN_ROWS]],
        **_checked(outcome),
    }  # fmt: skip
    status = 422 if form.errors or (outcome and outcome.errors) else 200
    return render(request, "places/mapping.html", context, status=status)


def _steps():
    return [_("Send a file"), _("Say what its columns hold"), _("Check and load")]


def _checked(outcome):
    """What the check found, in rows to show."""
    if outcome is None:
        return {}
    wrong = [[error.row, _column(error.column), said(error)] for error in outcome.errors]
    return {
        "error_columns": [Column(_("Row"), numeric=True), Column(_("Column")), Column(_("What to mend"))],
        "errors": wrong[:SHOWN_ERRORS],
        "wrong": len({error.row for error in outcome.errors}),
        "more_errors": max(0, len(wrong) - SHOWN_ERRORS),
        "new": outcome.new[:SHOWN_NEW],
        "more_new": max(0, len(outcome.new) - SHOWN_NEW),
    }


def _column(name):
    return _((queries.POPULATION_LABELS | queries.FIELD_LABELS).get(name, name))
