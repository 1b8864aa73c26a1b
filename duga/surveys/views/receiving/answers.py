"""Answers for who reviews them: the list of a form's, and one of them."""

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.plain.errors import NotAllowed, Refused, gettext_noop
from duga.surveys.actions.exports import export_apart
from duga.surveys.actions.receiving import (
    comment_submission,
    edit_submission,
    open_attachment,
    open_submission,
    review_submission,
)
from duga.surveys.forms.receiving import ExportForm
from duga.surveys.queries.exports import form_tables
from duga.surveys.queries.receiving.lists import Asked, answered_forms, form_of, review_door_by_slug, submissions
from duga.surveys.rules import SUBMISSION_TRANSITIONS, SubmissionState
from duga.surveys.rules.exports import MEDIA_TYPES
from duga.surveys.rules.exports.columns import rows_below
from duga.surveys.rules.exports.writing import ENDINGS
from duga.surveys.rules.receiving import EDITABLE, flagged_words
from duga.surveys.rules.receiving.words import DECISIONS, STATE_LOOKS, STATE_WORDS, WAY_WORDS, language_for
from duga.ui.fields import said
from duga.ui.pages import staff

_MENDED = gettext_noop("The answers are mended. What was received stays as it was.")


@staff
@require_safe
def forms(request, slug):
    """The forms of an organisation with how many answers came."""
    organisation = review_door_by_slug(request.viewer, slug)
    context = {"organisation": organisation, "forms": answered_forms(request.viewer, organisation)}
    return render(request, "surveys/receiving/forms.html", context)


@staff
@require_safe
def answers(request, slug, form_id):
    """A page of answers to one form, without anything of what was answered."""
    organisation = review_door_by_slug(request.viewer, slug)
    form = form_of(request.viewer, organisation, form_id)
    given = request.GET
    asked = Asked(
        given.get("state", ""), "flagged" in given, "waiting" in given, "trials" in given, given.get("after", "")
    )
    page = submissions(request.viewer, organisation, form, asked)
    rows = [(row, _(STATE_WORDS[row.state]), STATE_LOOKS[row.state], _(WAY_WORDS[row.source])) for row in page.rows]
    context = {
        "organisation": organisation, "form": form, "rows": rows, "asked": asked, "more": page.after,
        "states": [(state.value, _(words)) for state, words in STATE_WORDS.items()],
        "export": ExportForm(languages=form_tables(form).languages),
    }  # fmt: skip
    return render(request, "surveys/receiving/answers.html", context)


@staff
@require_POST
def export(request, slug, form_id):
    """The answers to a form as a file."""
    organisation = review_door_by_slug(request.viewer, slug)
    found = form_of(request.viewer, organisation, form_id)
    form = ExportForm(request.POST, languages=form_tables(found).languages)
    if not form.is_valid():
        messages.error(request, _("Choose one of the formats."))
        return redirect("surveys:answers", slug=slug, form_id=form_id)
    return streamed(request.viewer, organisation, found, **form.cleaned_data)


def streamed(viewer, organisation, form, *, kind, **told) -> StreamingHttpResponse:
    """An export as an answer that goes out as it is made."""
    parts = export_apart(by=viewer, organisation_id=organisation.pk, form_id=form.pk, kind=kind, **told)
    reply = StreamingHttpResponse(parts, content_type=MEDIA_TYPES.get(kind, "application/octet-stream"))
    name = f"{form.slug}-{organisation.slug}.{ENDINGS.get(kind, kind)}"
    reply.headers["Content-Disposition"] = content_disposition_header(True, name)
    return reply


@staff
@require_http_methods(["GET", "POST"])
def answer(request, submission_id):
    """One submission, opened: answers, what was received, edits, comments, files; reviewed and mended here."""
    if request.method == "POST":
        _act(request, submission_id)
        return redirect("surveys:answer", submission_id=submission_id)
    opened = open_submission(by=request.viewer, submission_id=submission_id)
    row, tables = opened.submission, form_tables(opened.submission.form)
    language = language_for(tables.languages, get_language())
    labels = {column.path: column.label(language) for table in tables.tables for column in table.columns}
    steps = SUBMISSION_TRANSITIONS[SubmissionState(row.state)]
    context = {
        "row": row, "opened": opened, "state": _(STATE_WORDS[row.state]), "looks": STATE_LOOKS[row.state],
        "way": _(WAY_WORDS[row.source]), "lines": _lines(opened, tables, language),
        "repeats": _repeats(opened, tables, language), "edit": "edit" in request.GET,
        "flags": [(_(words), label) for words, label in flagged_words(row.flags, labels)],
        "decisions": [(state.value, _(words)) for state, words in DECISIONS.items() if state in steps],
        "edits": [
            (number, at, by, reason, [(labels.get(path, path), *_pair(told)) for path, told in changes.items()])
            for number, at, by, reason, changes in opened.edits
        ],
    }  # fmt: skip
    return render(request, "surveys/receiving/answer.html", context)


def _pair(told):
    return [_("a list") if isinstance(each, list) else each or "" for each in told]


def _lines(opened, tables, language):
    """(column, label, as received, now, in words, whether it may be mended) of each answer of the form itself."""
    for column in tables.tables[0].columns:
        before, now = opened.received.get(column.path, ""), opened.answers.get(column.path, "")
        if isinstance(before, str) and isinstance(now, str):
            words = column.said(now, language) if now else ""
            yield column, column.label(language), before, now, words, column.kind in EDITABLE


def _repeats(opened, tables, language):
    """(name, labels, rows of words) of each repeat that was answered."""
    for table in tables.tables[1:]:
        rows = [
            [column.said(row[column.path], language) if row.get(column.path) else "" for column in table.columns]
            for _number, row in rows_below(opened.answers, table, tables)
        ]
        if rows:
            yield table.name, [column.label(language) for column in table.columns], rows


def _act(request, submission_id) -> None:
    """One of review, comment, edit; what is refused is said on the page again."""
    given, told = request.POST, {"by": request.viewer, "submission_id": submission_id}
    version = int(given.get("version", "0")) if given.get("version", "0").isdigit() else 0
    try:
        if given.get("do") == "comment":
            comment_submission(**told, text=given.get("text", ""))
        elif given.get("do") == "edit":
            changed = {name[2:]: text for name, text in given.items() if name.startswith("a:")}
            edit_submission(**told, version=version, changed=changed, reason=given.get("reason", ""))
            messages.success(request, _(_MENDED))
        elif given.get("state") in {state.value for state in DECISIONS}:
            review_submission(**told, version=version, state=given["state"], comment=given.get("text", ""))
    except NotAllowed:
        raise
    except Refused as error:
        messages.error(request, said(error))


@staff
@require_safe
def attachment(request, submission_id, file_id):
    """A file that came with answers, as a download: it is never shown in a page of ours."""
    name, media_type, size, pieces = open_attachment(by=request.viewer, submission_id=submission_id, file_id=file_id)
    reply = StreamingHttpResponse(pieces, content_type="application/octet-stream")
    reply.headers["Content-Length"] = str(size)
    reply.headers["Content-Disposition"] = content_disposition_header(True, name)
    return reply
