"""The one place where errors of the house become answers, and where a page learns its language."""

from contextlib import suppress

from django.conf import settings
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation import get_supported_language_variant

from duga.plain.errors import DugaError
from duga.web.errors import answer, status_of


class ErrorsMiddleware:
    """NotFound → 404, NotAllowed → 403, Conflict → 409, Refused → 422: a page, or JSON for who prefers it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            page = answer(request, 405)
            page.headers["Allow"] = response.headers.get("Allow", "")
            return page
        return response

    def process_exception(self, request, exception):
        """Answers what a view raised, if it is one of ours."""
        if not isinstance(exception, DugaError):
            return None
        return answer(request, status_of(exception), exception)


def _speak(request, code):
    """Activates a language; English in its place where only the finder speaks it and this is another page."""
    if code in dict(settings.FINDER_LANGUAGES) and not request.path.startswith(settings.FINDER_PATHS):
        code = "en"
    translation.activate(code)
    request.LANGUAGE_CODE = code


class LanguageMiddleware(LocaleMiddleware):
    """Django's choice (cookie, then the browser's wish), and `?lang=sr`: switches, and is remembered.

    A link needs no script, keeps its place, can be sent to a colleague and works where cookies do not.
    """

    def process_request(self, request):
        """Activates the language asked for, else Django's choice."""
        wanted = request.GET.get("lang", "")
        try:
            code = get_supported_language_variant(wanted)
        except LookupError:
            super().process_request(request)
            return _speak(request, request.LANGUAGE_CODE)
        request.chosen_language = code
        _speak(request, code)

    def process_view(self, request, *view):
        """Who is signed in and chose nothing in this browser reads in the language of their account."""
        chosen = getattr(request, "chosen_language", "") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if chosen or settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.viewer.known:
            return
        with suppress(LookupError):
            _speak(request, get_supported_language_variant(request.viewer.language))

    def process_response(self, request, response):
        """Remembers what was chosen by the link."""
        response = super().process_response(request, response)
        code = getattr(request, "chosen_language", "")
        if code and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != code:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                code,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
            )
        return response
