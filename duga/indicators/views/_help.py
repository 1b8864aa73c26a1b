"""What every screen of figures needs."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.utils.translation import gettext as _


def staff(view):
    """For people who are signed in; others sign in first."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.viewer.known:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def told(text: str, params) -> str:
    """What a refusal or a finding says, in the reader's language."""
    return _(text) % params if params else _(text)
