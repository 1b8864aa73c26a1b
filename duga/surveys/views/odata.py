"""`/api/v1/surveys/<organisation>/<formID>.svc`: OData 4.0 for Excel, Power BI and scripts; and exports by key.

Whoever asks shows a key: as password (any user name) or as bearer token. Errors are JSON as OData has them.
"""

import base64
import binascii
import functools
import json
import re

from django.http import HttpResponse
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from duga.plain.errors import NOT_HERE, DugaError, NotAllowed, NotFound
from duga.surveys.actions.exports import feed_viewer, read_feed
from duga.surveys.queries.exports import form_by_slug, form_tables
from duga.surveys.queries.receiving.lists import form_of, review_door_by_slug
from duga.surveys.rules.exports import ask, metadata, service
from duga.surveys.views.receiving.answers import streamed

_SET = re.compile(r"(?P<set>Submissions(?:\.[\w.]+)?)(?:\('(?P<key>[^']{1,200})'\))?(?P<count>/\$count)?\Z")
_BELOW = re.compile(r"Submissions\('(?P<key>[^']{1,200})'\)/(?P<below>\w+)\Z")
JSON = "application/json; odata.metadata=minimal; charset=utf-8"


def _said(message, status) -> HttpResponse:
    told = {"error": {"code": str(status), "message": message}}
    return HttpResponse(json.dumps(told, ensure_ascii=False), status=status, content_type="application/json")


def _key(request) -> str:
    kind, _space, told = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return told.strip()
    if kind.lower() == "basic":
        try:
            return base64.b64decode(told, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def by_key(view):
    """For who shows a key: the view gets the viewer it speaks for. In English; errors as OData says them."""

    @csrf_exempt
    @never_cache
    @functools.wraps(view)
    def inner(request, *args, **kwargs):
        viewer = feed_viewer(key=key) if (key := _key(request)) else None
        if viewer is None:
            reply = _said("Show a key of yours: as password with any user name, or as bearer token.", 401)
            reply.headers["WWW-Authenticate"] = 'Basic realm="Duga", charset="UTF-8"'
            return reply
        if request.method not in ("GET", "HEAD"):
            return _said("Only GET here.", 405)
        with override("en"):
            try:
                reply = view(request, viewer, *args, **kwargs)
            except DugaError as error:
                status = 404 if isinstance(error, NotFound) else 403 if isinstance(error, NotAllowed) else 400
                return _said(str(error), status)
        reply.headers["OData-Version"] = "4.0"
        return reply

    return inner


def _address(request, slug, form_id) -> str:
    return request.build_absolute_uri(request.path.partition(".svc")[0] + ".svc")


@by_key
def odata(request, viewer, slug, form_id, path=""):
    """The service document, $metadata, a set of entities, one entity, or how many there are."""
    organisation = review_door_by_slug(viewer, slug)
    form = form_by_slug(organisation, form_id)
    root, path = _address(request, slug, form_id), path.strip("/")
    if not path:
        return HttpResponse(json.dumps(service(form_tables(form), root)), content_type=JSON)
    if path == "$metadata":
        return HttpResponse(metadata(form_tables(form)), content_type="application/xml; charset=utf-8")
    if below := _BELOW.match(path):
        path = f"Submissions.{below['below']}"
    found = _SET.match(path)
    if found is None:
        raise NotFound(NOT_HERE)
    asked = ask(request.GET.dict() | ({"$count": "true", "$top": "0"} if found["count"] else {}))
    key = below["key"] if below else found["key"] or ""
    page = read_feed(by=viewer, organisation=organisation, form=form, table=found["set"], asked=asked, key=key)
    if found["count"]:
        return HttpResponse(str(page.count), content_type="text/plain")
    return _entities(request, root, found, page, asked)


def _entities(request, root, found, page, asked) -> HttpResponse:
    context = f"{root}/$metadata#{found['set']}"
    if found["key"]:
        if not page.entities:
            raise NotFound(NOT_HERE)
        told = {"@odata.context": f"{context}/$entity", **page.entities[0]}
        return HttpResponse(json.dumps(told, ensure_ascii=False), content_type=JSON)
    told = {"@odata.context": context}
    if page.count is not None:
        told["@odata.count"] = page.count
    told["value"] = page.entities if asked.top != 0 else []
    if page.after:
        given = request.GET.copy()
        given["$skiptoken"] = page.after
        given.pop("$skip", None)
        if asked.top is not None:
            given["$top"] = str(asked.top - len(page.entities))
        told["@odata.nextLink"] = f"{root}/{found['set']}?{given.urlencode(safe='$')}"
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type=JSON)


@by_key
def export(request, viewer, slug, form_id, kind):
    """An export, for scripts: `?language=`, `?table=`, `?split=1` as on screen."""
    organisation = review_door_by_slug(viewer, slug)
    form, given = form_of(viewer, organisation, form_id), request.GET
    told = {"language": given.get("language", ""), "table": given.get("table", ""), "split": "split" in given}
    return streamed(viewer, organisation, form, kind=kind, **told)
