"""A form to be read on screen, printed and filled in by hand, or saved as a file."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duga.plain.errors import NOT_HERE, NotFound
from duga.plain.papers import Ask, Facts, Heading, Paper, Text, pdf
from duga.surveys import queries
from duga.surveys.queries.designs import sheets_file
from duga.surveys.rules.designs import NO_ANSWER, TYPE_LABELS, UNSEEN, language_code, said_when, short_name, word
from duga.surveys.views.designs._help import crumbs, owner_of
from duga.ui.pages import staff

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Lines to write on, by kind of question.
LINES = {"text": 2, "geopoint": 1, "note": 0, "acknowledge": 0}
LARGEST = 400  #: choices of a list that are printed; longer ones are written by hand


def _language(request, version):
    asked = request.GET.get("language")
    return asked if asked in version.languages else (version.languages[0] if version.languages else "default")


def _plain(text: str) -> str:
    """A label without the marks of Markdown that forms allow."""
    return text.replace("**", "").replace("__", "").replace("### ", "").replace("## ", "").replace("# ", "")


def _asked(version, language):
    """What a reader sees of each question, in order: groups as headings, nothing that fills itself in."""
    by_path = {question["path"]: question for question in version.questions}
    number = 0
    for question in version.questions:
        kind = question["type"]
        if kind in UNSEEN:
            continue
        number += kind not in NO_ANSWER
        when = question["relevant"] and (
            said_when(question["relevant"], by_path, language) or _("it depends on earlier answers")
        )
        yield {
            "number": number if kind not in NO_ANSWER else "", "kind": kind, "name": question["name"],
            "type": _(TYPE_LABELS.get(kind, kind)), "label": _plain(word(question["labels"], language)),
            "hint": _plain(word(question["hints"], language)), "required": question["required"] not in ("", "false()"),
            "when": _("Only if: %(condition)s") % {"condition": when} if when else "",
            "choices": [_plain(word(each["labels"], language)) or each["value"] for each in question["choices"]],
            "file": question["file"], "personal": question["path"] in version.personal,
        }  # fmt: skip


@staff
@require_safe
def reading(request, version_id):
    """A form as a page to read, in any of its languages."""
    version = queries.version_by_id(request.viewer, version_id)
    language = _language(request, version)
    context = {
        "version": version, "form": version.form, "rows": list(_asked(version, language)), "language": language,
        "code": language_code(language), "languages": [(each, short_name(each)) for each in version.languages],
        "designs_here": queries.may_design(request.viewer, version.form), "crumbs": crumbs(version, _("Read it")),
    }  # fmt: skip
    return render(request, "surveys/forms/reading.html", context)


@staff
@require_safe
def paper(request, version_id):
    """A form to print and fill in by hand: `?language=`, `?large=1` for large letters."""
    version = queries.version_by_id(request.viewer, version_id)
    language = _language(request, version)
    code = language_code(language)
    ours = next((each for each, _name in settings.LANGUAGES if each.lower() == code.lower()), get_language())
    with override(ours):  # our own words on the paper, in the form's language as far as we speak it
        blocks = [Facts([(_("Filled in on"), "____________________"), (_("Asked by"), "____________________")])]
        blocks += [_block(row) for row in _asked(version, language)]
    told = Paper(
        version.form.title, code or ours, blocks, above=owner_of(version.form).name,
        foot=f"{version.form.slug} · {version.version}", large=request.GET.get("large") == "1",
    )  # fmt: skip
    answer = HttpResponse(pdf(told), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{version.form.slug}.pdf"'
    return answer


def _block(row):
    if row["kind"] == "group":
        return Heading(row["label"]) if row["label"] else Text("")
    if row["kind"] == "repeat":
        told = _("for each one again: copy this part as often as you need it")
        return Heading(f"{row['label'] or row['name']} ({told})")
    if row["kind"] == "note":
        return Text(row["label"])
    choices = tuple(row["choices"]) if len(row["choices"]) <= LARGEST else ()
    several = row["kind"] in ("select_multiple", "rank")
    lines = 0 if choices else LINES.get(row["kind"], 1)
    helped = " · ".join(filter(None, [row["hint"], row["when"], _("several answers") if several else ""]))
    if row["kind"] == "acknowledge":
        choices = (_("yes"),)
    return Ask(f"{row['number']}. {row['label'] or row['name']}", helped, choices, not several, lines)


@staff
@require_safe
def download(request, version_id, kind):
    """A version as a file: `xlsx` (XLSForm), `xml` (XForm), `source` (as it was uploaded)."""
    version = queries.version_by_id(request.viewer, version_id)
    name = version.form.slug
    if kind == "xml":
        data, media = queries.form_xml(version), "text/xml; charset=utf-8"
    elif kind == "xlsx" and version.sheets:
        data, media = sheets_file(version), XLSX
    elif kind == "source" and version.source:
        data, media = bytes(version.source), "application/octet-stream"
        name, _point, kind = version.source_name.rpartition(".")
    else:
        raise NotFound(NOT_HERE)
    answer = HttpResponse(data, content_type=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name or "form"}.{kind}"'
    return answer
