"""Check published figures: a file or a pasted text in, findings out; nothing is kept."""

from decimal import Decimal

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from duga.evidence.figures import Phrase
from duga.evidence.figures.words import KINDS
from duga.indicators import queries
from duga.indicators.forms.checking import CheckFiguresForm
from duga.indicators.queries.checking import check_published, require_may_check
from duga.indicators.views._help import told
from duga.plain.errors import Refused
from duga.ui.numbers import format_number
from duga.ui.pages import staff

MOST_SHOWN = 200


@staff
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_figures(request):
    """Upload or paste; the findings stand below, proposals apart from them."""
    require_may_check(request.viewer)
    sent_now = request.method == "POST"
    form, result = CheckFiguresForm(request.POST if sent_now else None, request.FILES if sent_now else None), None
    if form.is_bound and form.is_valid():
        sent = form.cleaned_data["file"]
        source = {"data": sent.read(), "name": sent.name} if sent else {"text": form.cleaned_data["text"]}
        try:
            result = check_published(request.viewer, **source)
        except Refused as refused:
            form.add_error("file" if sent else "text", told(refused.message, refused.params))
    crumbs = [(_("Workspace"), "/workspace/")]
    if queries.sees_figures(request.viewer):
        crumbs.append((_("Figures"), reverse("network_figures")))
    context = {"form": form, "crumbs": [*crumbs, (_("Check published figures"), "")]}
    if result:
        context |= _shown(result)
    return render(request, "indicators/check_figures.html", context, status=422 if form.errors else 200)


def _shown(result) -> dict:
    language = get_language() or "en"
    return {
        "result": result,
        "findings": [
            {
                "where": ", ".join(each.figures),
                "row": each.row,
                "kind": _(KINDS[each.kind]),
                "sentences": [in_language(phrase, language) for phrase in each.phrases],
            }
            for each in result.findings[:MOST_SHOWN]
        ],
        "more": max(0, len(result.findings) - MOST_SHOWN),
        "notices": [in_language(each.phrase, language) for each in result.notices[:MOST_SHOWN]],
        "proposals": [in_language(each.phrase, language) for each in result.proposals[:MOST_SHOWN]],
    }


def in_language(value, language: str) -> str:
    """A phrase of the checks as the reader's language says it, its numbers as the language writes them."""
    if isinstance(value, Phrase):
        return told(value.message, {name: in_language(each, language) for name, each in value.params.items()})
    if isinstance(value, Decimal):
        return format_number(value, language, max(0, -value.as_tuple().exponent))
    return str(value)
