"""Spoken texts for readers: whole, or the part a player asks for (some phones play nothing else)."""

import re

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from duga.directory.queries import finder as found_by
from duga.directory.queries import recordings as queries
from duga.directory.views.finder import untraced

ONE_PART = re.compile(r"bytes=(\d{0,9})-(\d{0,9})")
KEPT = "private, max-age=3600"


@require_safe
def recording(request, recording_id):
    """A spoken text; of a service about violence, nothing stays on the phone."""
    found = queries.recording(recording_id)
    discreet = bool(found.service_id) and found_by.service_page(found.service_id, "en", timezone.now()).discreet
    answer = _part(request.headers.get("Range", ""), queries.path_of(found).read_bytes(), found.media_type)
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = KEPT
    return untraced(answer, discreet)


def _part(asked, told, media_type):
    """The bytes asked for by an HTTP Range of one part; all of them where none, or another kind, was asked."""
    size, wanted = len(told), ONE_PART.fullmatch(asked)
    if wanted is None or not any(wanted.groups()):
        return HttpResponse(told, content_type=media_type)
    first, last = wanted.groups()
    begin = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if begin >= size or begin > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {"Content-Range": f"bytes {begin}-{end}/{size}"}
    return HttpResponse(told[begin : end + 1], status=206, content_type=media_type, headers=headers)
