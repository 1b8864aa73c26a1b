"""Definitions of indicators: read, and checked by a second person."""

import datetime as dt

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.indicators import actions, queries
from duga.indicators.forms import CheckForm
from duga.indicators.views._help import told
from duga.members.queries import person_names
from duga.plain.errors import Conflict, Refused
from duga.ui.html import Cell
from duga.ui.pages import staff

YEAR = dt.timedelta(days=365)
TEXTS = ("definition", "counting_rule", "limits")


def _crumbs(*more):
    return [(_("Workspace"), "/workspace/"), (_("Figures"), reverse("network_figures")), *more]


@staff
@require_safe
def definitions(request):
    """What is counted, by which definition, and who beside its author has checked it."""
    language, today = get_language(), timezone.localdate()
    found = queries.definitions(request.viewer)
    rows = [
        [
            Cell(each.indicator.words("title", language), url=reverse("definition", args=[each.indicator.code])),
            str(each.indicator.version),
            date_format(each.check.checked_at, "j. n. Y") if each.check else _("nobody yet"),
            _due(each, today),
        ]
        for each in found
    ]
    context = {
        "columns": [_("What is counted"), _("Version"), _("Checked by a second person"), _("Next review")],
        "rows": rows,
        "crumbs": _crumbs((_("Definitions"), "")),
    }
    return render(request, "indicators/definitions.html", context)


@staff
@require_http_methods(["GET", "POST"])
def definition(request, code):
    """One definition in full; who may, says that she has checked it."""
    viewer, language, today = request.viewer, get_language(), timezone.localdate()
    found, refused = queries.definition(viewer, code), ""
    form = CheckForm(
        request.POST or None, initial={"next_review": today + YEAR, "fingerprint": found.indicator.fingerprint}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.check_definition(by=viewer, code=code, **form.cleaned_data)
            return redirect("definition", code=code)
        except (Conflict, Refused) as error:
            refused = told(error.message, error.params)
    context = {
        "found": found,
        "title": found.indicator.words("title", language),
        "texts": [found.indicator.words(name, language) for name in TEXTS],
        "checked_by": person_names([found.check.checked_by]).get(found.check.checked_by, "") if found.check else "",
        "due": _due(found, today),
        "may_check": queries.may_check_definitions(viewer),
        "form": form,
        "refused": refused,
        "crumbs": _crumbs((_("Definitions"), reverse("definitions")), (found.indicator.words("title", language), "")),
    }
    return render(request, "indicators/definition.html", context, status=422 if refused or form.errors else 200)


def _due(found, today) -> str:
    day = date_format(found.due, "j. n. Y") if found.due else "–"
    return _("%(day)s, overdue") % {"day": day} if found.lapsed(today) else day
