"""What the views of casework share."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.views.decorators.cache import never_cache

from duga.casework.forms.fields import said
from duga.plain.errors import Refused


def staff(view):
    """For people who are signed in; what they see is kept in no cache."""

    @never_cache
    @wraps(view)
    def inner(request, *args, **kwargs):
        if not request.viewer.known:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return inner


def try_(form, action, **arguments):
    """Runs an action; what a rule refuses becomes the form's error. Gives (result, whether it was done)."""
    try:
        return action(**arguments), True
    except Refused as error:
        form.add_error(None, said(error))
        return None, False


def status(form):
    """200 for a form to fill in, 422 for one handed back."""
    return 422 if form.is_bound and form.errors else 200


def rows(form, names):
    """The bound fields of these names that the form has."""
    return [form[name] for name in names if name in form.fields]
