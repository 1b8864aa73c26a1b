"""Forms in the browser of who collects answers: a list that opens without a connection, and each form's page."""

import hashlib
import json

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from duga.members.queries import organisation_by_slug, organisations_of
from duga.members.rules import Permission
from duga.plain.errors import NOT_HERE, NotFound
from duga.surveys import queries
from duga.surveys.actions.asking import send_signed_in
from duga.surveys.views.filling._help import engine_runs, file_of, sent, show_form, xform_of
from duga.ui.pages import staff

FILES = (
    "ui/duga.svg", "ui/phone.css", "surveys/fill.css", "surveys/answers.js", "surveys/page.js", "surveys/list.js",
    "surveys/fill.js", "surveys/engine/engine.js",
)  # fmt: skip


def _who(request) -> str:
    """Who fills forms in here, as a browser may keep it: tells two accounts apart and nothing more."""
    return hashlib.sha256(f"surveys:{request.viewer.account_id}".encode()).hexdigest()[:20]


def _form(request, slug, form_id):
    """(organisation, the published version) of a form that the viewer collects answers with."""
    organisation = organisation_by_slug(request.viewer, slug)
    if not queries.works_in(request.viewer, organisation.pk, Permission.COLLECT_ANSWERS):
        raise NotFound(NOT_HERE)
    return organisation, queries.published(organisation.pk, form_id)


@staff
@require_safe
def home(request):
    """The forms of everywhere the viewer collects answers, and what still waits in this browser."""
    places = []
    for organisation in organisations_of(request.viewer):
        if queries.works_in(request.viewer, organisation.pk, Permission.COLLECT_ANSWERS):
            places.append((organisation, queries.form_list(organisation.pk)))
    context = {
        "title": _("Forms to fill in"), "places": places, "who": _who(request),
        "worker": reverse("surveys:fill_worker"), "scope": reverse("surveys:fill"),
    }  # fmt: skip
    return render(request, "surveys/filling/list.html", context)


@staff
@engine_runs
@require_safe
def page(request, slug, form_id):
    """One form. `?from=paper`: typed in from paper, told so beside the answers."""
    organisation, version = _form(request, slug, form_id)
    where = {"slug": organisation.slug, "form_id": version.form.slug}
    paper = "?from=paper" if request.GET.get("from") == "paper" else ""
    return show_form(
        request, version, xform=reverse("surveys:fill_xform", kwargs=where),
        files=reverse("surveys:fill_file", kwargs={**where, "name": "-"})[:-1],
        send=reverse("surveys:fill_send", kwargs=where) + paper, who=_who(request),
        worker=reverse("surveys:fill_worker"), scope=reverse("surveys:fill"), again=True, back=reverse("surveys:fill"),
    )  # fmt: skip


@staff
@require_safe
def xform(request, slug, form_id):
    """The form as the engine reads it."""
    return xform_of(_form(request, slug, form_id)[1])


@staff
@require_safe
def file(request, slug, form_id, name):
    """One of the form's pictures, sounds or lists."""
    return file_of(_form(request, slug, form_id)[1], name)


@csrf_exempt  # the body is read as it streams in; a header that no other site's page can send stands for the token
@require_POST
def send(request, slug, form_id):
    """Takes the answers of who filled them in; 401 for anybody else, so that they stay in the browser."""
    if not request.viewer.known or request.headers.get("X-Duga-Who") != _who(request):
        return JsonResponse({"message": _("Sign in again, then it is sent.")}, status=401)
    return _take(request, slug, form_id)


@sent
def _take(request, slug, form_id):
    organisation = organisation_by_slug(request.viewer, slug)
    paper = request.GET.get("from") == "paper"

    def accept(xml, files):
        send_signed_in(
            by=request.viewer, organisation_id=organisation.pk, slug=form_id, xml=xml, files=files, paper=paper
        )

    return organisation.pk, accept


@staff
@engine_runs
@require_safe
def trial(request, version_id):
    """A version as it would be filled in; nothing is kept or sent."""
    version = queries.version_by_id(request.viewer, version_id)
    where = {"version_id": version.pk}
    return show_form(
        request, version, xform=reverse("surveys:trial_xform", kwargs=where),
        files=reverse("surveys:trial_file", kwargs={**where, "name": "-"})[:-1],
    )  # fmt: skip


@staff
@require_safe
def trial_xform(request, version_id):
    """The version as the engine reads it."""
    return xform_of(queries.version_by_id(request.viewer, version_id))


@staff
@require_safe
def trial_file(request, version_id, name):
    """One of its pictures, sounds or lists."""
    return file_of(queries.version_by_id(request.viewer, version_id), name)


@require_safe
def worker(request):
    """The service worker: keeps pages and forms for a time without a connection, and sends what waits."""
    told = {
        "answers": static("surveys/answers.js"), "worker": reverse("surveys:fill_worker"),
        "scope": reverse("surveys:fill"), "files": list(map(static, FILES)),
    }  # fmt: skip
    answer = render(request, "surveys/filling/worker.js", {"told": json.dumps(told)}, content_type="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@require_safe
def manifest(request):
    """What a phone's home screen shows."""
    start = reverse("surveys:fill")
    icons = [
        {"src": static("ui/duga.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
        {"src": static("ui/duga-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("ui/duga-512.png"), "sizes": "512x512", "type": "image/png"},
    ]
    told = {
        "name": _("Duga: forms"), "short_name": "Duga", "start_url": start, "scope": start, "id": start, "icons": icons,
        "display": "standalone", "background_color": "#ffffff", "theme_color": "#ffffff",
    }  # fmt: skip
    return HttpResponse(json.dumps(told), content_type="application/manifest+json")
