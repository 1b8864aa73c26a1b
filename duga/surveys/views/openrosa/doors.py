"""`/collect/<organisation>/…`: form list, forms, files and submissions for ODK Collect and KoboCollect.

A phone signs in by the token in its address (`/key/<token>/`), or by digest where there is none. What is said to it is
XML, also when something breaks: the phone shows the sentence, and keeps what it could not send.
"""

import errno
import functools
import logging

from django.db import OperationalError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused
from duga.surveys import queries
from duga.surveys.actions.openrosa import Challenged, new_nonce, sign_in_by_digest, sign_in_by_token
from duga.surveys.actions.receiving import receive
from duga.surveys.queries.openrosa import form_files, forms_for, version_offered
from duga.surveys.rules.openrosa import (
    RECEIVED,
    Listed,
    Media,
    challenge,
    form_list,
    headers,
    manifest,
    said_xml,
)
from duga.surveys.views.openrosa.uploads import TooLarge, read_post
from duga.ui.fields import said

XML = "text/xml; charset=utf-8"
WAIT = 60  #: seconds, for a phone that finds no room or no turn
FULL = "The server has no room left. Nothing was lost: your answers stay on this phone; send them again later."
BUSY = "The server is busy. Nothing was lost: your answers stay on this phone; send them again in a minute."
BROKEN = "Something broke here. Nothing was lost: your answers stay on this phone; send them again later."
log = logging.getLogger(__name__)


def _answer(message: str, status: int, *, error=True, **more) -> HttpResponse:
    reply = HttpResponse(said_xml(message, error=error), status=status, content_type=XML)
    for name, value in more.items():
        reply.headers[name.replace("_", "-")] = value
    return reply


def _status(error) -> int:
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, NotAllowed):
        return 403
    return 409 if isinstance(error, Conflict) else 413 if isinstance(error, TooLarge) else 400


def _wait(message) -> HttpResponse:
    return _answer(message, 503, Retry_After=str(WAIT))


def phone(*methods):
    """For a phone that signs in: the view gets the phone and who acts by it; every answer bears OpenRosa's headers."""

    def wrap(view):
        @csrf_exempt
        @never_cache
        @functools.wraps(view)
        def inner(request, *args, **kwargs):
            reply = _answered(view, methods, request, *args, **kwargs)
            for name, value in headers(timezone.now()).items():
                reply.headers[name] = value
            return reply

        return inner

    return wrap


def _answered(view, methods, request, slug, token="", **kwargs) -> HttpResponse:
    if request.method not in methods:
        return _answer(f"Only {', '.join(methods)} here.", 405, Allow=", ".join(methods))
    try:
        if token:
            device, by = sign_in_by_token(slug=slug, token=token)
        else:
            device, by = sign_in_by_digest(
                slug=slug, header=request.headers.get("Authorization", ""), method=request.method,
                path=request.get_full_path(),
            )  # fmt: skip
        return view(request, device, by, **kwargs)
    except Challenged as error:
        return _answer(said(error), 401, WWW_Authenticate=challenge(new_nonce(), stale=error.stale))
    except (NotFound, Refused, Conflict) as error:
        return _answer(said(error), _status(error))
    except OperationalError as error:
        log.error("a phone's request met %s", str(error).split("\n")[0])
        return _wait(FULL if "full" in str(error) else BUSY)
    except OSError as error:
        log.error("a phone's request met %s", error)
        return _wait(FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else BUSY)
    except Exception:
        log.exception("a phone's request broke")
        return _answer(BROKEN, 500)


def _address(request, door, device, **kwargs) -> str:
    """An address of ours for the same phone, by the way it came."""
    match = request.resolver_match
    kwargs |= {"slug": device.organisation.slug}
    if token := match.kwargs.get("token"):
        return request.build_absolute_uri(reverse(f"surveys:key_{door}", kwargs={**kwargs, "token": token}))
    return request.build_absolute_uri(reverse(f"surveys:collect_{door}", kwargs=kwargs))


@phone("GET", "HEAD")
def forms(request, device, by):
    """The list of forms, or one of them (`?formID=`)."""
    found = forms_for(device, request.GET.get("formID", ""))
    return HttpResponse(form_list(_listed(request, device, version) for version in found), content_type=XML)


def _listed(request, device, version) -> Listed:
    told = {"form_id": version.form.slug}
    asked = "?" + urlencode({"version": version.version})
    return Listed(
        version.form.slug, version.form.title, version.version, version.md5,
        _address(request, "form", device, **told) + asked,
        _address(request, "manifest", device, **told) + asked if version.has_files else "",
    )  # fmt: skip


@phone("GET", "HEAD")
def form(request, device, by, form_id):
    """A form as XForm, byte for byte what its hash was made of."""
    version = version_offered(device, form_id, request.GET.get("version"))
    return HttpResponse(queries.form_xml(version), content_type=XML)


@phone("GET", "HEAD")
def files(request, device, by, form_id):
    """The manifest: files that belong to a form."""
    version = version_offered(device, form_id, request.GET.get("version"))
    asked = "?" + urlencode({"version": version.version})
    told = (
        Media(each.name, each.md5, _address(request, "file", device, form_id=form_id, name=each.name) + asked)
        for each in form_files(version)
    )
    return HttpResponse(manifest(told), content_type=XML)


@phone("GET", "HEAD")
def file(request, device, by, form_id, name):
    """One file of a form."""
    version = version_offered(device, form_id, request.GET.get("version"))
    found = next((each for each in form_files(version) if each.name == name), None)
    if found is None:
        return _answer("There is no such file.", 404)
    reply = HttpResponse(queries.attachment_bytes(found), content_type=found.media_type or "application/octet-stream")
    reply.headers["Content-Disposition"] = content_disposition_header(True, found.name)
    return reply


@phone("HEAD", "POST")
def submission(request, device, by):
    """Answers. HEAD asks how much a post may hold; POST is answered with 201 once they are on the disk."""
    if request.method == "HEAD":
        return HttpResponse(status=204)
    xml, came, unfinished = read_post(request, device.organisation_id)
    receive(
        by=by, organisation_id=device.organisation_id, xml=xml, files=came, device=device, incomplete=unfinished,
        phone=request.GET.get("deviceID", "")[:200],
    )  # fmt: skip
    return _answer(RECEIVED, 201, error=False)
