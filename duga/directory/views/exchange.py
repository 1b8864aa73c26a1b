"""The directory for others to use: its files, its cards; and what others have, brought in on screen."""

import shutil

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.directory.actions import exchange
from duga.directory.actions.downloads import keep_download
from duga.directory.forms.exchange import BringForm, ColumnsForm
from duga.directory.queries.finder import service_page
from duga.directory.queries.hsds import files, listing
from duga.directory.queries.hsds.marks import mark_of
from duga.directory.rules import FACT_LABELS
from duga.directory.rules.hsds import formats, openapi, profile
from duga.directory.rules.hsds.tables import VERSION
from duga.members.queries import networks_of
from duga.members.rules import Permission
from duga.places.queries import country_choices
from duga.plain.errors import NotAllowed, NotFound, Refused, gettext_noop
from duga.ui.fields import said
from duga.ui.pages import staff, status, try_

MINUTES = 5  #: for which a file may be kept by whoever fetched it
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
    """All public services as a file; `?country=ME` for those of one country. Made anew only when they have changed."""
    country = request.GET.get("country", "").upper()
    if country and country not in dict(country_choices("en")):
        raise NotFound(gettext_noop("There is no such country here."))
    home = request.build_absolute_uri(reverse("directory:finder"))
    mark = mark_of(kind, country, home, get_language())
    known = [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]
    if f'"{mark}"' in known:
        answer = HttpResponse(status=304)
    else:
        name = f"services{'-' + country.lower() if country else ''}.{kind}"
        told = {"name": f"{get_language()}-{name}", "mark": mark}
        file = keep_download(by=request.viewer, make=lambda part: _make(part, kind, country, home), **told)
        answer = FileResponse(file, content_type=KINDS[kind], as_attachment=True, filename=name)
    answer.headers["ETag"] = f'"{mark}"'
    answer.headers["Cache-Control"] = f"public, max-age={60 * MINUTES}"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _make(part, kind, country, home):
    if kind == "zip":
        with files.data_package(country, title=_("Directory of services"), homepage=home) as package:
            shutil.copyfileobj(package, part)
        return
    lines = {
        "csv": lambda: files.spreadsheet(country, [_(head) for head in formats.COLUMNS]),
        "geojson": lambda: files.geojson(country, lambda key: f"{home}{key}/"),
        "ndjson": lambda: files.lines(country),
    }[kind]
    part.writelines(lines())


@require_safe
def card(request, service_id):
    """A service for the phone book (vCard)."""
    page = service_page(service_id, get_language(), timezone.now())
    if page.discreet:
        raise NotFound(_DISCREET)
    told = listing.one("services", str(page.id))
    address = request.build_absolute_uri(reverse("directory:service", args=[told["id"]]))
    age = _age(told)
    answer = HttpResponse(formats.vcard(told, address, age), content_type="text/vcard; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{slugify(told["name"])[:60] or "service"}.vcf"'
    return answer


def _age(told) -> str:
    """When what a card says was checked: all of it, and each kind of fact for itself where it was another day."""
    day, labels = told.get("assured_date", ""), {kind.value: label for kind, label in FACT_LABELS.items()}
    said = [f"{_('Checked on')}: {day}" if day else _("Nobody has checked this yet: ask before you go.")]
    said += [f"{_(labels[kind])}: {on}" for kind, on in formats.checked(told).items() if kind in labels]
    if doubtful := [_(labels[kind]) for kind in formats.old(told) if kind in labels]:
        said.append(f"{_('Ask first')}: {', '.join(doubtful)}")
    return "; ".join(said)


SHOWN = 100  #: faults and notes on screen
_NOT_ALLOWED = gettext_noop(
    "Only who looks after a network's directory brings others in. Ask the national coordinator."
)


def _networks(request):
    networks = networks_of(request.viewer, Permission.CURATE_DIRECTORY)
    if not networks:
        raise NotAllowed(_NOT_ALLOWED)
    return networks


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request):
    """Choose a file: another directory's HSDS, or a list somebody keeps as a spreadsheet."""
    networks = _networks(request)
    form = BringForm(request.POST or None, request.FILES or None, networks=networks, language=get_language())
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        about = {name: told[name] for name in ("source", "licence", "country", "kind")}
        key, done = try_(
            form, exchange.stage_file, by=request.viewer, network_id=told["network"], name=told["file"].name,
            data=told["file"].read(), told=about,
        )  # fmt: skip
        if done:
            return redirect("directory:bring_check", key=key)
    context = {"form": form, "crumbs": [(_("Directory"), reverse("directory:providers")), (_("Bring in"), "")]}
    return render(request, "directory/exchange/bring.html", context, status=status(form))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def bring_check(request, key):
    """Every row checked; for a list also what each column means. Nothing is in yet."""
    _networks(request)
    mapping, refused, outcome = None, "", None
    try:
        outcome = exchange.bring_staged(by=request.viewer, key=key)
        form = ColumnsForm(request.POST or None, heads=outcome.heads, columns=outcome.columns)
        if form.is_bound and form.is_valid():
            mapping = form.mapping()
            if request.POST.get("do") == "bring":
                return _brought(request, key, mapping)
            outcome = exchange.bring_staged(by=request.viewer, key=key, mapping=mapping)
    except NotFound:
        raise
    except Refused as error:
        refused, form = said(error), form if outcome else None
    context = {
        "key": key, "form": form, "refused": refused, "outcome": outcome,
        "faults": [_fault(each) for each in outcome.errors[:SHOWN]] if outcome else [],
        "notes": [_fault(each) for each in outcome.notes[:SHOWN]] if outcome else [],
        "crumbs": [(_("Bring in"), reverse("directory:bring")), (_("Check"), "")],
    }  # fmt: skip
    return render(request, "directory/exchange/check.html", context, status=422 if refused else status(form))


def _fault(each):
    return {"row": each.place.row, "file": each.place.file, "what": f"{each.entity}.{each.column}".strip("."),
            "why": said(each)}  # fmt: skip


def _brought(request, key, mapping):
    outcome = exchange.bring_staged(by=request.viewer, key=key, mapping=mapping, dry_run=False)
    messages.success(
        request,
        _("%(services)s services came in. %(already)s rows were there already, %(rejected)s stayed out.")
        % {"services": outcome.numbers["service"], "already": outcome.already, "rejected": outcome.rejected},
    )
    return redirect("directory:providers")


@staff
@require_POST
def bring_discard(request, key):
    """Throw the file away."""
    exchange.discard_staged(by=request.viewer, key=key)
    messages.success(request, _("The file was destroyed. Nothing of it came in."))
    return redirect("directory:bring")
