"""/services/: what do you need, where are you, who are you, and who helps. Nothing of a search is kept or logged."""

import json
from functools import lru_cache

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from duga.directory import actions
from duga.directory.forms.finder import ReportForm, read
from duga.directory.queries import finder as found_by
from duga.directory.queries.guides import guides_beside, saved_lists
from duga.directory.queries.hsds import listing
from duga.directory.rules.asked import Asked, about_violence, understood
from duga.directory.rules.hsds import formats
from duga.directory.rules.terms import terms
from duga.directory.rules.words import label_of
from duga.members.rules import VISITOR
from duga.places.queries import codes
from duga.plain.errors import NotFound, gettext_noop
from duga.ui.pages import EXIT
from duga.ui.qr import qr_svg

#: What could end a script, or begin markup in it.
NOT_IN_A_SCRIPT = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


@gzip_page
@csrf_exempt  # it writes nothing, so it needs no cookie either
@require_http_methods(["GET", "HEAD", "POST"])
def finder(request):
    """The steps of the search and its results. By GET only need and coarse place; all that is personal by POST."""
    by_address = request.method != "POST"
    asked, place = read(request.GET if by_address else request.POST, address=by_address)
    if by_address and asked.discreet:
        return redirect("directory:finder")  # what is about violence is asked by POST, or not at all
    context = {}
    if place:
        meant = found_by.typed(place, asked.country, get_language())
        if len(meant) == 1:
            asked = asked.but(country=meant[0][0], area=meant[0][1])
        else:
            context = {"place": place, "meant": [(asked.but(country=c, area=a), name) for c, a, name in meant]}
    if not by_address and asked.address and not context:
        return redirect(asked.address)  # it can be shared, and gone back to
    return untraced(_answer(request, asked, context), asked.discreet)


def _answer(request, asked, context):
    if not asked.need and not asked.text and not asked.area:
        return render(request, "directory/finder/needs.html", context | _needs(asked))
    if not asked.country and not asked.text:
        return render(request, "directory/finder/where.html", context | _where(asked))
    return render(request, "directory/finder/results.html", context | _results(asked))


def untraced(response, discreet):
    """What nothing of may stay on a phone is not kept by it; to no other site is told where one came from.

    Not even "no-referrer": with it a browser hides from us, too, where a form comes from, and the form is refused.
    """
    if discreet:
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "same-origin"
    return response


def _need_label(asked):
    return label_of("needs", asked.need, get_language()) if asked.need else ""


def _needs(asked):
    language = get_language()
    spoken = found_by.spoken_needs(language)
    tiles = [
        (each.code, label_of("needs", each.code, language), asked.but(need=each.code), spoken.get(each.code))
        for each in codes("needs")
    ]
    lines = found_by.emergency_lines(language, timezone.now())
    return {"asked": asked, "tiles": tiles, "lines": lines, "nowhere": asked.but(country="", area="")}


def _where(asked):
    language = get_language()
    return {
        "asked": asked, "need": _need_label(asked), "discreet": asked.discreet, "exit": EXIT,
        "choices": [(asked.but(country=code), name) for code, name in found_by.country_choices(language)],
        "crumbs": [(_("Find help"), "/services/"), (_("Where are you?"), "")],
    }  # fmt: skip


def _results(asked):
    language = get_language()
    found = found_by.find(asked, language, timezone.now())
    asked = found.asked
    return {
        "asked": asked, "found": found, "need": _need_label(asked), "discreet": found.discreet, "exit": EXIT,
        "mine": found_by.in_a_sentence(found_by.language_name(language), language),
        "toggles": {"open": asked.but(open=not asked.open), "mine": asked.but(mine=not asked.mine)},
        "earlier": asked.but(page=asked.page - 1) if asked.page > 1 else None,
        "later": asked.but(page=asked.page + 1) if found.more else None,
        "wider": asked.but(area="") if asked.area else None,
        "bare": Asked(need=asked.need, country=asked.country, area=asked.area, text=asked.text),
        "who": _who(asked, language),
        "languages": [(each.code, found_by.language_name(each.code)) for each in codes("languages")],
        "printed": _printed_address(asked), "countries": found_by.country_choices(language),
        "crumbs": [(_("Find help"), "/services/"), (_("Services"), "")],
    }  # fmt: skip


def _printed_address(asked):
    """Where the list for paper stands; empty for what has no address."""
    told = Asked(need=asked.need, country=asked.country, area=asked.area)
    return "" if not told.address else told.address.replace("/services/", "/services/list/", 1)


def _who(asked, language):
    """The choices of "who are you": (field, what it asks, [(code, label, chosen)])."""
    chosen = {"groups": asked.groups, "conditions": asked.conditions, "access": asked.access}
    lists = (
        ("groups", "target_groups", _("I am, or I ask for")),
        ("conditions", "conditions", _("It should be")),
        ("access", "accessibility", _("The place should have")),
    )
    told = []
    for field, key, title in lists:
        choices = [(each.code, label_of(key, each.code, language), each.code in chosen[field]) for each in terms(key)]
        told.append((field, title, choices))
    return told


@gzip_page
@require_safe
def printed(request):
    """The services of an area and a need as a list for paper."""
    asked, _place = read(request.GET, address=True)
    if asked.discreet or not (asked.country or asked.area):
        return redirect("directory:finder")
    found = found_by.find(asked.but(page=1), get_language(), timezone.now(), size=found_by.PRINTED)
    found.cards.sort(key=lambda card: (card.place, card.name.text))
    context = {"asked": asked, "found": found, "need": _need_label(asked), "today": timezone.localdate()}
    context["crumbs"] = [(_("Find help"), "/services/"), (_("Services"), asked.address), (_("List to print"), "")]
    return render(request, "directory/finder/printed.html", context)


@gzip_page
@require_safe
def service(request, service_id):
    """All that is publicly told of a service."""
    page = found_by.service_page(service_id, get_language(), timezone.now())
    context = _told(request, page) | {"crumbs": [(_("Find help"), "/services/"), (_("Service"), "")]}
    if not page.discreet and not any(age.hidden for age in page.fresh.values()):
        context["data"] = _linked_data(page, context["address"])
    guides = sorted(guides_beside(page.id), key=lambda guide: guide.language not in understood(get_language()))
    context |= {"guides": guides, "lists": saved_lists(request.viewer)}
    return untraced(render(request, "directory/finder/service.html", context), page.discreet)


def _linked_data(page, address):
    """The service as schema.org says it, for machines that read pages (JSON-LD): data, never run."""
    told = formats.schema_org(listing.one("services", str(page.id)), address)
    text = json.dumps(told, ensure_ascii=False).translate(NOT_IN_A_SCRIPT)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 (no markup is left in it)


def _told(request, page):
    address = request.build_absolute_uri(reverse("directory:service", args=[page.id]))
    return {
        "page": page, "discreet": page.discreet, "exit": EXIT, "address": address,
        "qr": "" if page.discreet else qr_svg(address, _("QR code of this page")),
        "needs": [(label, Asked(need=code)) for code, label in page.needs if code not in about_violence("needs")],
    }  # fmt: skip


@gzip_page
@require_safe
def saved(request, service_id):
    """A service's page as one file that needs nothing else: to keep on a phone without a network."""
    page = found_by.service_page(service_id, get_language(), timezone.now())
    if page.discreet:
        raise NotFound(gettext_noop("This page is not kept on a phone: whoever opens the phone would find it."))
    context = _told(request, page) | {"look": _look(), "today": timezone.localdate()}
    answer = HttpResponse(render_to_string("directory/finder/saved.html", context, request))
    answer["Content-Disposition"] = f'attachment; filename="{page.id}.html"'
    return answer


@lru_cache(maxsize=1)
def _look():
    """Both style sheets as one text."""
    told = []
    for name in ("ui/duga.css", "directory/finder.css"):
        with open(finders.find(name), encoding="utf-8") as file:
            told.append(file.read())
    return format_html("<style>{}</style>", mark_safe("\n".join(told)))  # noqa: S308 (our own files)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request, service_id):
    """One tap: this is wrong. Nobody is asked who they are."""
    page = found_by.service_page(service_id, get_language(), timezone.now())
    if request.method == "POST":
        form = ReportForm(request.POST)
        if form.is_valid():
            actions.report(by=VISITOR, service_id=page.id, **form.cleaned_data)
            return redirect(reverse("directory:report", args=[page.id]) + "?told=1")
    context = {"page": page, "discreet": page.discreet, "exit": EXIT, "told": request.GET.get("told") == "1"}
    context["crumbs"] = [(_("Find help"), "/services/"), (_("Service"), reverse("directory:service", args=[page.id]))]
    context["crumbs"].append((_("Something is wrong here"), ""))
    return untraced(render(request, "directory/finder/report.html", context), page.discreet)
