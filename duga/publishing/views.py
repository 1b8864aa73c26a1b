"""The public evidence pages and their downloads."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duga.publishing import queries

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "prov": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


@require_safe
def evidence(request):
    """Countries side by side, and how the numbers are made."""
    return render(request, "publishing/evidence.html", {"page": queries.evidence_home(get_language())})


@require_safe
def evidence_country(request, country, year=None):
    """A country's figures of one year, the newest if none is named."""
    page = queries.country_page(country, year, get_language())
    crumbs = [(_("Evidence"), reverse("evidence")), (page.name, "")]
    return render(request, "publishing/country.html", {"page": page, "crumbs": crumbs})


@require_safe
def release(request, release_id):
    """Where a number comes from: definition, snapshot, protection, files, and how to count it again."""
    found = queries.provenance(request.viewer, release_id, get_language(), today=timezone.localdate())
    crumbs = [(_("Evidence"), reverse("evidence")), (found["place"], found["page"]), (_("Where this comes from"), "")]
    return render(request, "publishing/release.html", found | {"crumbs": crumbs})


@require_safe
def release_file(request, release_id, name):
    """A download, byte for byte as it was frozen."""
    file = queries.release_file(request.viewer, release_id, name)
    answer = HttpResponse(bytes(file.data), content_type=KINDS.get(file.kind, "application/octet-stream"))
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    if queries.is_public(file):
        answer["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        answer["Cache-Control"] = "private, no-store"  # a draft is read by those who count, and kept by nobody
    return answer
