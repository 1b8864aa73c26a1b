"""Gives every request its viewer, and lets nobody in whose role asks for a second factor before it is set up."""

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.conf import settings
from django.core.cache import cache
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject

from duga.members.queries import lacks_second_factor, viewer_of_request

#: All that is open while the second factor is missing: setting it up, signing out. (Language is a link: ?lang=.)
OPEN = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "health",
        "mfa_activate_totp",
        "mfa_reauthenticate",
    }
)
SEEN = "second_factor_seen"  # in the session of who has one, so that it is looked up once
SEEN_EVERY = 300  # seconds


class ViewerMiddleware:
    """`request.viewer`: who looks. Read lazily, so that public pages ask nothing of the database."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.viewer = SimpleLazyObject(lambda: viewer_of_request(request.user))
        return self.get_response(request)


class SessionListMiddleware(UserSessionsMiddleware):
    """Keeps "last seen" of the session list, every five minutes: not one write for every page that is looked at."""

    def __call__(self, request):
        key = request.session.session_key
        if key and cache.add(f"seen:{key}", True, SEEN_EVERY):
            return super().__call__(request)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Sends who still lacks a second factor to set it up, whatever they asked for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.REQUIRE_TOTP and self._lacks(request) and not self._is_open(request.path_info):
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    def _lacks(self, request):
        if not request.session.session_key or not request.user.is_authenticated:
            return False
        if request.session.get(SEEN) == str(request.user.pk):
            return False
        if lacks_second_factor(request.viewer):
            return True
        if any(method.get("method") == "mfa" for method in request.session.get("account_authentication_methods", [])):
            request.session[SEEN] = str(request.user.pk)
        return False

    def _is_open(self, path):
        try:
            return resolve(path).url_name in OPEN
        except Resolver404:
            return False
