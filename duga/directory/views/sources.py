"""What came from elsewhere and waits: terms nobody has given a meaning, rows that hang on nothing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.directory import actions
from duga.directory.queries import sources as told_by
from duga.directory.views.exchange import _networks
from duga.ui.pages import staff

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff
@require_safe
def sources(request):
    """Every source of the viewer's networks."""
    _networks(request)
    context = {
        "rows": told_by.sources_of(request.viewer),
        "crumbs": [(_("Bring in"), reverse("directory:bring")), (_("Sources"), "")],
    }
    return render(request, "directory/exchange/sources.html", context)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def source(request, source_id):
    """One source: what its terms mean, and its rows without a place."""
    if request.method == "POST":
        term, means = request.POST.get("term", ""), request.POST.get("means", "")
        actions.map_term(by=request.viewer, source_id=source_id, term_id=term, means=means)
        messages.success(request, _("Kept. Services that bear this term are found by ours now."))
        return redirect("directory:source", source_id=source_id)
    row, rows = told_by.source_for(request.viewer, source_id), told_by.loose_rows(request.viewer, source_id)
    context = {
        "source": row, "terms": told_by.terms_from(request.viewer, source_id)[: told_by.SHOWN], "rows": rows,
        "choices": [(_(name), found) for name, found in told_by.meaning_choices(get_language())],
        "crumbs": [(_("Sources"), reverse("directory:sources")), (row.name, "")],
    }  # fmt: skip
    return render(request, "directory/exchange/source.html", context)


@staff
@require_safe
def loose(request, source_id):
    """The rows without a place, as a spreadsheet."""
    answer = HttpResponse(told_by.loose_file(request.viewer, source_id), content_type=XLSX)
    answer.headers["Content-Disposition"] = 'attachment; filename="rows-without-a-place.xlsx"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
