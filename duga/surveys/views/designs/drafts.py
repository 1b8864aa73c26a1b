"""One form and its versions: what is found, what changes, what is personal, which files; its life."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from duga.plain.errors import NOT_HERE, NotAllowed, NotFound, Refused
from duga.surveys import queries
from duga.surveys.actions import designs as actions
from duga.surveys.forms.designs import AttachForm, UploadForm
from duga.surveys.queries import designs
from duga.surveys.queries.asking import gives_links_in
from duga.surveys.rules.designs import ATTACHMENT_KINDS, CHANGE_LABELS, NO_ANSWER, TYPE_LABELS, AttachmentKind, word
from duga.surveys.views.designs._help import crumbs, list_url, owner_of, state, told
from duga.ui.fields import said
from duga.ui.pages import ask_if_sure, id_of, staff, status, try_


def _done(request, action, words, back, **arguments):
    """Runs an action and says what came of it on the page that follows."""
    try:
        action(by=request.viewer, **arguments)
    except NotAllowed:
        raise
    except Refused as error:
        messages.error(request, said(error))
    else:
        messages.success(request, words)
    return redirect(back)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def form(request, form_id):
    """A form with its versions. Who designs it uploads a new draft here, closes it and opens it again."""
    found = queries.form_by_id(request.viewer, form_id)
    designs_here = queries.may_design(request.viewer, found)
    here = reverse("surveys:form", args=[form_id])
    do = request.POST.get("do", "")
    if do in ("close", "reopen"):
        action = actions.close_form if do == "close" else actions.reopen_form
        words = _("The form is closed.") if do == "close" else _("The form is open again.")
        return _done(request, action, words, here, form_id=form_id)
    upload, findings = UploadForm(request.POST or None, request.FILES or None), []
    if request.method == "POST" and upload.is_valid():
        file = upload.cleaned_data["file"]
        arguments = {"form_id": form_id, "data": file.read(), "name": file.name}
        brought, done = try_(upload, actions.bring_draft, by=request.viewer, **arguments)
        if done and brought.version:
            messages.success(request, _("This is the form's draft now."))
            return redirect("surveys:version", brought.version.pk)
        findings = told(brought.findings) if done else []
    versions = designs.versions_of(request.viewer, found)
    for version in versions:
        version.words, version.badge = state(version)
    context = {
        "form": found, "owner": owner_of(found), "versions": versions, "designs_here": designs_here, "upload": upload,
        "findings": findings, "crumbs": crumbs(found, ""), "back": list_url(found),
        "links_in": gives_links_in(request.viewer, found),
    }  # fmt: skip
    return render(request, "surveys/forms/form.html", context, status=422 if findings else status(upload))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def version(request, version_id):
    """One version: what was found in it, what it lacks, what changes by it; published, withdrawn, begun again."""
    found = queries.version_by_id(request.viewer, version_id)
    designs_here = queries.may_design(request.viewer, found.form)
    if request.method == "POST":
        return _step(request, found)
    ready = designs.readiness(found) if designs_here else None
    words, badge = state(found)
    asked = [q for q in found.questions if q["type"] not in NO_ANSWER]
    context = {
        "version": found, "form": found.form, "owner": owner_of(found.form), "designs_here": designs_here,
        "ready": ready, "words": words, "badge": badge, "asked": len(asked), "personal": len(found.personal),
        "findings": told(ready.findings) if ready else [],
        "changes": [(_(CHANGE_LABELS[each.kind]), each) for each in ready.changes] if ready else [],
        "missing": [(language, count) for language, count in ready.missing.items() if count] if ready else [],
        "crumbs": crumbs(found, _("Version %(version)s") % {"version": found.version or found.number})[:-2]
        + [(_("Version %(version)s") % {"version": found.version or found.number}, "")],
    }  # fmt: skip
    return render(request, "surveys/forms/version.html", context)


def _step(request, found):
    do, here = request.POST.get("do", ""), reverse("surveys:version", args=[found.pk])
    if do == "publish":
        words = _("Published: phones get it when they refresh their list of forms.")
        accept = request.POST.get("accept") == "yes"
        return _done(request, actions.publish_version, words, here, version_id=found.pk, accept_losses=accept)
    if do == "withdraw":
        words = _("Withdrawn: no phone gets it any more; what was filled in is still taken.")
        return _done(request, actions.withdraw_version, words, here, version_id=found.pk)
    if do == "again":
        try:
            draft = actions.draft_again(by=request.viewer, version_id=found.pk)
        except Refused as error:
            messages.error(request, said(error))
            return redirect(here)
        return redirect("surveys:version", draft.pk)
    if do == "drop":
        if not request.POST.get("sure"):
            return ask_if_sure(
                request, heading=_("Drop this draft?"), action=_("Drop the draft"), back=here,
                told=[_("The draft, its files and what was sent to try it are gone for good.")],
            )  # fmt: skip
        left = actions.drop_draft(by=request.viewer, version_id=found.pk)
        messages.success(request, _("The draft is dropped."))
        return redirect(reverse("surveys:form", args=[left.pk]) if left else list_url(found.form))
    raise NotFound(NOT_HERE)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def personal(request, version_id):
    """Which questions are personal: guessed, looked at, said."""
    found = queries.version_by_id(request.viewer, version_id)
    queries.form_to_design(request.viewer, found.form_id)
    if request.method == "POST":
        words, back = _("Kept."), reverse("surveys:version", args=[version_id])
        paths = request.POST.getlist("personal")
        return _done(request, actions.mark_personal, words, back, version_id=version_id, paths=paths)
    language = found.languages[0] if found.languages else "default"
    rows = [
        {"path": q["path"], "label": word(q["labels"], language) or q["name"], "name": q["name"],
         "type": _(TYPE_LABELS.get(q["type"], q["type"])), "personal": q["path"] in found.personal}
        for q in found.questions if q["type"] not in NO_ANSWER
    ]  # fmt: skip
    context = {"version": found, "form": found.form, "rows": rows, "crumbs": crumbs(found, _("What is personal"))}
    return render(request, "surveys/forms/personal.html", context)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def files(request, version_id):
    """The files of a version: those it needs, those that are there."""
    found = queries.version_by_id(request.viewer, version_id)
    queries.form_to_design(request.viewer, found.form_id)
    here = reverse("surveys:form_files", args=[version_id])
    if request.POST.get("drop"):
        arguments = {"attachment_id": id_of(request.POST["drop"])}
        return _done(request, actions.drop_attachment, _("Removed."), here, **arguments)
    attach = AttachForm(request.POST or None, request.FILES or None, initial={"name": request.GET.get("name", "")})
    if request.method == "POST" and attach.is_valid():
        file, given = attach.cleaned_data["file"], attach.cleaned_data
        arguments = {"name": given["name"].strip() or file.name, "no_people": given["no_people"], "data": file.read()}
        _row, done = try_(attach, actions.keep_attachment, by=request.viewer, version_id=version_id, **arguments)
        if done:
            messages.success(request, _("The file is kept."))
            return redirect(here)
    rows = queries.attachments(found)
    for row in rows:
        row.words = _(ATTACHMENT_KINDS[AttachmentKind(row.kind)])
    context = {
        "version": found, "form": found.form, "rows": rows, "attach": attach, "draft": found.state == "draft",
        "crumbs": crumbs(found, _("Files")),
    }  # fmt: skip
    return render(request, "surveys/forms/files.html", context, status=status(attach))


@staff
@require_safe
def file(request, version_id, name):
    """A file of a version, to be looked at or saved."""
    found = queries.version_by_id(request.viewer, version_id)
    row = next((each for each in queries.attachments(found) if each.name == name and each.sha256), None)
    if row is None:
        raise NotFound(NOT_HERE)
    answer = HttpResponse(queries.attachment_bytes(row), content_type=row.media_type)
    kind = "inline" if row.media_type.startswith(("image/", "audio/", "video/")) else "attachment"
    answer.headers["Content-Disposition"] = f'{kind}; filename="{row.name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
