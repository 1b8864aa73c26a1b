"""How fast one address may read what programs read, the API and whole files, and ask for links that open by a code.

Other pages that people read are never counted.

Counted where sign-ins are, in memory of the process, by address (IPv6: the network of a household), and forgotten after
a minute. The bounds are far above what all people behind one address need, and below what would keep others waiting.
"""

import json

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpResponse

from duga.web.errors import answer

WAIT = 60  #: seconds
MESSAGE = "Too many requests from this address. Wait a minute, then go on; ask for pages of 100 entries, or for a file."


class PaceMiddleware:
    """429 with Retry-After for an address that asks faster than PUBLIC_RATES allow."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        for start, rate in settings.PUBLIC_RATES.items():
            if request.path.startswith(start) and not self._allowed(request, start, rate):
                return _wait(request)
        return self.get_response(request)

    def _allowed(self, request, start, rate) -> bool:
        return bool(ratelimit.consume(request, app="duga.web", action=start, config={start: rate}, limit_get=True))


def _wait(request) -> HttpResponse:
    """In words for a browser, which asks for a page; as JSON for a program."""
    told = {"Retry-After": str(WAIT), "Cache-Control": "no-store"}
    if "text/html" in request.headers.get("Accept", ""):
        page = answer(request, 429)
        for name, value in told.items():
            page.headers[name] = value
        return page
    told["Access-Control-Allow-Origin"] = "*"
    return HttpResponse(json.dumps({"message": MESSAGE}), status=429, content_type="application/json", headers=told)
