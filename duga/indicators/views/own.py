"""An organisation's own figures, for its donor: asked for, awaited, read and taken along."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from duga.indicators import actions, queries
from duga.indicators.forms import PeriodForm
from duga.indicators.views._help import told
from duga.members.queries import person_names
from duga.plain.errors import Refused
from duga.ui.pages import staff

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff
@require_http_methods(["GET", "POST"])
def figures(request, slug):
    """Choose the months; the figures are counted in seconds."""
    organisation = queries.countable_organisation(request.viewer, slug)
    span = queries.own_span(request.viewer, organisation)
    form, status = None, 200
    if span.entries:
        days = {"first_day": span.first, "last_day": min(span.last, timezone.localdate())}
        form = PeriodForm(request.POST or None, **days)
        if form.is_bound and form.is_valid():
            try:
                asked = actions.ask_own_figures(by=request.viewer, slug=slug, period=form.period)
            except Refused as error:
                form.add_error(None, told(error.message, error.params))
            else:
                return redirect("figures_result", slug=slug, figures_id=asked.pk)
        status = 422 if form.errors else 200
    earlier = queries.own_figures_of(request.viewer, slug)
    names = person_names(each.asked_by for each in earlier)
    context = {
        "organisation": organisation,
        "span": span,
        "form": form,
        "earlier": [(queries.period_text(each), names.get(each.asked_by, ""), each) for each in earlier],
        "crumbs": [(organisation.name, ""), (_("Figures"), "")],
    }
    return render(request, "indicators/figures.html", context, status=status)


@staff
@never_cache
@require_safe
def figures_result(request, slug, figures_id):
    """The three tables: for the donor as protected, for the organisation as counted; or the wait for them."""
    found = queries.own_figures(request.viewer, slug, figures_id)
    donor = request.GET.get("show") != "own"
    context = {
        "organisation": found.organisation,
        "figures": found,
        "period": queries.period_text(found),
        "late": timezone.now() - found.created_at > actions.PATIENCE,
        "crumbs": [
            (found.organisation.name, ""),
            (_("Figures"), reverse("figures", kwargs={"slug": slug})),
            (queries.period_text(found), ""),
        ],
    }
    if found.state == "done":
        tables = queries.own_tables(found, donor=donor, language=get_language())
        context |= {
            "donor": donor,
            "tables": tables,
            "has_hidden": queries.has_hidden(tables),
            "total": queries.total_people(found),
            "method": queries.method_lines(found, donor=donor),
            "tabs": [(_("For your donor"), "?", donor), (_("For yourselves"), "?show=own", not donor)],
            "files": [
                (f"{'donor' if donor else 'own'}.{kind}", label)
                for kind, label in (("xlsx", _("Spreadsheet (xlsx)")), ("csv", "CSV"))
            ],
        }
    return render(request, "indicators/result.html", context)


@staff
@never_cache
@require_safe
def figures_file(request, slug, figures_id, name):
    """The tables as a spreadsheet or CSV."""
    data = actions.take_own_figures(
        by=request.viewer, slug=slug, figures_id=figures_id, name=name, language=get_language()
    )
    period = queries.own_figures(request.viewer, slug, figures_id).period.replace("..", "-to-")
    which, _dot, kind = name.partition(".")
    answer = HttpResponse(data, content_type={"xlsx": XLSX}.get(kind, "text/csv; charset=utf-8"))
    mark = "internal" if which == "own" else "donor"
    answer["Content-Disposition"] = f'attachment; filename="{slug}-{period}-{mark}.{kind}"'
    return answer
