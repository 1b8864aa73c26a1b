"""What every screen of figures needs."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login


def staff(view):
    """For people who are signed in; others sign in first."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.viewer.known:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded
