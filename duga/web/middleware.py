"""Errors of the house become answers in one place."""

from django.shortcuts import render
from django.utils.translation import gettext as _

from duga.plain.errors import Conflict, DugaError, NotFound, Refused


class ErrorsMiddleware:
    """Refused → 422, NotFound → 404, Conflict → 409: one page that says what to do next."""

    STATUS = ((NotFound, 404), (Conflict, 409), (Refused, 422))

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        if not isinstance(error, DugaError):
            return None
        status = next((code for kind, code in self.STATUS if isinstance(error, kind)), 422)
        message = _(error.message) % error.params if error.params else _(error.message)
        return render(request, f"{status}.html", {"message": message}, status=status)
