"""What the pages on which forms are filled in share."""

from functools import wraps

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from duga.plain.errors import Conflict, DugaError, NotAllowed, NotFound
from duga.surveys import queries
from duga.surveys.views.openrosa.uploads import TooLarge, read_post
from duga.ui.fields import said

#: ODK's engine reads XPath with WebAssembly, which it carries along; pictures are shown before they are sent.
engine_runs = csp_update(
    {
        "script-src": [SELF, "'wasm-unsafe-eval'"], "connect-src": [SELF, "data:"],
        "img-src": [SELF, "data:", "blob:"], "media-src": [SELF, "blob:"], "worker-src": [SELF],
    }
)  # fmt: skip


def show_form(request, version, **context):
    """The page of a form; what differs by who fills it in comes as context."""
    told = {
        "title": version.form.title, "md5": version.md5, "send": "", "who": "", "worker": "", "scope": "",
        "language": "", "consent": "", "again": False, "back": "", "plain": "",
    }  # fmt: skip
    return render(request, "surveys/filling/page.html", told | context)


def xform_of(version) -> HttpResponse:
    """The form as the engine reads it."""
    answer = HttpResponse(queries.form_xml(version), content_type="text/xml; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["ETag"] = f'"{version.md5}"'
    return answer


def file_of(version, name) -> HttpResponse:
    """One of its pictures, sounds or lists; 404 for one that is missing, which the form then does without."""
    for each in queries.attachments(version):
        if each.name == name and each.sha256:
            answer = HttpResponse(
                queries.attachment_bytes(each), content_type=each.media_type or "application/octet-stream"
            )
            answer.headers["Cache-Control"] = "private, max-age=3600"
            answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
            return answer
    return HttpResponse(status=404)


def sent(take):
    """A view that takes answers: `take(request, …)` gives (organisation id, what takes (xml, files)). Answers JSON."""

    @never_cache
    @wraps(take)
    def inner(request, *args, **kwargs):
        files = ()
        try:
            organisation_id, accept = take(request, *args, **kwargs)
            xml, files, _more = read_post(request, organisation_id)
            accept(xml, files)
        except DugaError as error:
            for file in files:  # nothing was taken: nothing of it stays
                file.drop()
            return JsonResponse({"message": said(error)}, status=_status(error))
        return JsonResponse({"message": ""}, status=201)

    return inner


def _status(error) -> int:
    for kind, code in ((TooLarge, 413), (NotFound, 404), (NotAllowed, 403), (Conflict, 409)):
        if isinstance(error, kind):
            return code
    return 422


def consent_in(texts: dict) -> tuple[str, str]:
    """(text, language) of a round's consent in the reader's language, else in the first one that is told."""
    here = get_language() or ""
    for code in (here, here.partition("-")[0], *texts):
        if texts.get(code):
            return texts[code], code
    return "", ""
