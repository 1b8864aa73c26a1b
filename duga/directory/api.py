"""`/api/hsds/`: the directory as Open Referral HSDS, for everybody, read only.

Requests are read, and the served OpenAPI made, from one table (rules.hsds.openapi). No sign-in, no cookies, nothing
of who asks is kept.
"""

import functools
import hashlib
import json

from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse, StreamingHttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from duga.directory.queries.hsds import listing
from duga.directory.rules.hsds import openapi
from duga.plain.errors import NotFound, Refused

JSON, LINES = "application/json", "application/x-ndjson"
MINUTES = 5  #: for which an answer may be kept by whoever fetched it
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
LARGEST = 64 * 1024  #: bytes of a form


def _open(*methods):
    """For everybody from any page: read only, in English, errors as JSON, without cookies."""

    def wrap(view):
        @csrf_exempt
        @functools.wraps(view)
        def answer(request, *args, **kwargs):
            if request.method == "OPTIONS":
                reply = HttpResponse(status=204)
            elif request.method not in methods:
                reply = _said({"message": f"Only {', '.join(methods)} here."}, 405)
            else:
                with override("en"):
                    reply = _tried(view, request, *args, **kwargs)
            if reply.status_code in (204, 405):
                reply.headers["Allow"] = ", ".join([*methods, "OPTIONS"])
            reply.headers["Access-Control-Allow-Origin"] = "*"
            reply.headers["Access-Control-Allow-Methods"] = ", ".join([*methods, "OPTIONS"])
            reply.headers["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match"
            reply.headers["Access-Control-Expose-Headers"] = "ETag"
            return reply

        return answer

    return wrap


def _tried(view, request, *args, **kwargs):
    try:
        return view(request, *args, **kwargs)
    except NotFound as error:
        return _said({"message": str(error)}, 404)
    except Refused as error:
        return _said({"message": str(error)}, 400)
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError):
        return _said({"message": "This form cannot be read."}, 400)


def _said(told, status=200) -> HttpResponse:
    return HttpResponse(json.dumps(told, ensure_ascii=False), status=status, content_type=JSON)


def _kept(request, told) -> HttpResponse:
    """An answer with its mark; 304 for whoever has it already."""
    body = json.dumps(told, ensure_ascii=False).encode()
    mark = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]
    if request.method != "POST" and (mark in known or known == ["*"]):
        reply = HttpResponse(status=304)
    else:
        reply = HttpResponse(body, content_type=JSON)
    reply.headers["ETag"] = mark
    reply.headers["Cache-Control"] = f"public, max-age={60 * MINUTES}" if request.method != "POST" else "no-store"
    return reply


def _base(request) -> str:
    return request.build_absolute_uri(reverse("directory:hsds")).rstrip("/")


def _given(request) -> dict[str, list[str]]:
    """What was asked, in the address and, by POST, after that in a form."""
    given = {name: request.GET.getlist(name) for name in request.GET}
    if request.method == "POST":
        given |= {name: [*given.get(name, ()), *request.POST.getlist(name)] for name in request.POST}
    return given


@_open("GET", "HEAD")
def about(request):
    """What this API is."""
    return _kept(request, openapi.about(_base(request)))


@_open("GET", "HEAD")
def document(request):
    """The OpenAPI document."""
    return _kept(request, openapi.document(_base(request)))


@_open("GET", "HEAD")
def profile(request):
    """What we say beyond HSDS, and how."""
    return _kept(request, openapi.profile_document())


@_open("GET", "HEAD", "POST")
def entries(request, name):
    """A page of a list, or all of it line by line."""
    if request.method == "POST":
        body = request.META.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in request.META
        if body and request.content_type not in FORMS:
            return _said({"message": "Parameters come in the address or as a form."}, 415)
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
            return _said({"message": "This form is too large."}, 400)
    asked = openapi.ask(openapi.LISTINGS[name].parameters, _given(request))
    if asked.get("format") == "ndjson":
        lines = (json.dumps(told, ensure_ascii=False) + "\n" for told in listing.stream(name, asked))
        return StreamingHttpResponse(lines, content_type=LINES)
    return _kept(request, listing.listing(name, asked))


@_open("GET", "HEAD")
def entry(request, name, key):
    """One entry with everything that hangs on it."""
    asked = openapi.ask(openapi.LISTINGS[name].one_parameters, _given(request))
    try:
        return _kept(request, listing.one(name, key, asked))
    except listing.Moved as moved:
        reply = HttpResponse(status=301)
        reply.headers["Location"] = f"{_base(request)}/{name}/{moved.key}"
        return reply
