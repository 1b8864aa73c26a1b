"""The directory for others to use: its files, its cards."""

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duga.directory.queries.hsds import files, listing
from duga.directory.rules.hsds import formats, openapi, profile
from duga.directory.rules.hsds.tables import VERSION
from duga.places.queries import country_choices
from duga.plain.errors import NotFound, gettext_noop

KINDS = {
    "zip": "application/zip", "csv": "text/csv; charset=utf-8", "geojson": "application/geo+json",
    "ndjson": "application/x-ndjson",
}  # fmt: skip
_DISCREET = gettext_noop("This page is not kept on a phone: whoever opens the phone would find it.")


@require_safe
def data(request):
    """What of the directory others may take, in which form, under which licence."""
    context = {
        "countries": country_choices(get_language()),
        "version": VERSION,
        "licence": openapi.LICENCE,
        "traits": [(trait.code, _(trait.label), _(trait.means)) for trait in profile.TRAITS],
        "api": request.build_absolute_uri(reverse("directory:hsds")),
        "crumbs": [(_("Find help"), reverse("directory:finder")), (_("Data"), "")],
    }
    return render(request, "directory/exchange/data.html", context)


@require_safe
def download(request, kind):
    """All public services as a file; `?country=ME` for those of one country."""
    country = request.GET.get("country", "").upper()
    if country and country not in dict(country_choices("en")):
        raise NotFound(gettext_noop("There is no such country here."))
    home = request.build_absolute_uri(reverse("directory:finder"))
    if kind == "zip":
        title = _("Directory of services")
        answer = FileResponse(files.data_package(country, title=title, homepage=home), content_type=KINDS[kind])
    elif kind == "csv":
        answer = StreamingHttpResponse(files.spreadsheet(country, [_(head) for head in formats.COLUMNS]))
    elif kind == "geojson":
        answer = StreamingHttpResponse(files.geojson(country, lambda key: f"{home}{key}/"))
    else:
        answer = StreamingHttpResponse(files.lines(country))
    answer.headers["Content-Type"] = KINDS[kind]
    name = f"services{'-' + country.lower() if country else ''}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@require_safe
def card(request, service_id):
    """A service for the phone book (vCard)."""
    told = listing.one("services", str(service_id))
    if listing.is_discreet(told):
        raise NotFound(_DISCREET)
    address = request.build_absolute_uri(reverse("directory:service", args=[told["id"]]))
    answer = HttpResponse(formats.vcard(told, address), content_type="text/vcard; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{slugify(told["name"])[:60] or "service"}.vcf"'
    return answer
