"""A form's words side by side in two languages, to be translated."""

import re

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duga.plain.errors import Conflict, Refused
from duga.surveys import queries
from duga.surveys.actions import designs as actions
from duga.surveys.forms.designs import LanguageForm
from duga.surveys.rules.designs import language_code, languages_of, missing, pieces, short_name
from duga.surveys.views.designs._help import crumbs
from duga.ui.fields import said
from duga.ui.pages import staff

_FIELD = re.compile(r"^text:(\d+):(\w+):(.+)$")


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def words(request, version_id):
    """Texts of a draft: one language to read, one to write; what is missing comes first."""
    found = queries.version_by_id(request.viewer, version_id)
    queries.form_to_design(request.viewer, found.form_id)
    here = reverse("surveys:words", args=[version_id])
    spoken = languages_of(found.sheets) if found.sheets else []
    if request.method == "POST" and "code" in request.POST:
        return _speak(request, found, here)
    from_, into = _chosen(request, spoken)
    if request.method == "POST":
        return _keep(request, found, into, f"{here}?{urlencode({'from': from_, 'into': into})}")
    rows = [
        {"field": f"text:{piece.row}:{piece.column}:{piece.sheet}", "where": f"{piece.name} ({piece.column})",
         "from": piece.texts.get(from_, ""), "into": piece.texts.get(into, "")}
        for piece in (pieces(found.sheets) if found.sheets else [])
    ]  # fmt: skip
    lacking = missing(found.sheets) if found.sheets else {}
    context = {
        "version": found, "form": found.form, "rows": sorted(rows, key=lambda row: bool(row["into"])),
        "draft": found.state == "draft", "spoken": [(each, short_name(each), lacking.get(each, 0)) for each in spoken],
        "from_": from_, "into": into, "from_code": language_code(from_), "into_code": language_code(into),
        "language": LanguageForm(spoken={language_code(each) for each in spoken}),
        "changed_at": found.changed_at.isoformat() if found.changed_at else "",
        "crumbs": crumbs(found, _("Words and languages")),
    }  # fmt: skip
    return render(request, "surveys/forms/words.html", context)


def _chosen(request, spoken):
    """(language to read, language to write) as asked for, else the first and the second."""
    asked = {key: request.GET.get(key) for key in ("from", "into")}
    first = spoken[0] if spoken else ""
    from_ = asked["from"] if asked["from"] in spoken else first
    into = asked["into"] if asked["into"] in spoken else next((each for each in spoken if each != from_), first)
    return from_, into


def _speak(request, found, here):
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return redirect(here)
    try:
        language = actions.speak_also(by=request.viewer, version_id=found.pk, code=form.cleaned_data["code"])
    except Refused as error:
        messages.error(request, said(error))
        return redirect(here)
    return redirect(f"{here}?{urlencode({'into': language})}")


def _keep(request, found, into, back):
    texts = {}
    for name, value in request.POST.items():
        if match := _FIELD.match(name):
            texts[(match[3], int(match[1]), match[2])] = value
    try:
        actions.translate_draft(
            by=request.viewer, version_id=found.pk, language=into, texts=texts,
            changed_at=request.POST.get("changed_at", ""),
        )  # fmt: skip
    except (Refused, Conflict) as error:
        messages.error(request, said(error))
    else:
        messages.success(request, _("The words are kept, and the form is made anew with them."))
    return redirect(back)
