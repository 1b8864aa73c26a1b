"""What the views of casework share."""

import secrets
import uuid
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from duga.casework import queries
from duga.casework.forms.fields import said
from duga.members.queries import NOT_HERE
from duga.plain.errors import NotFound, Refused

SEARCHES = "searches"  #: in the session: {word of the address: sealed text}
KEPT = 8  #: so many searches one can go back to


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


def keep_search(request, text):
    """To the page of results, whose address holds an opaque word: names stand in no address, history or log."""
    word = secrets.token_urlsafe(6)
    kept = list(request.session.get(SEARCHES, {}).items())[-KEPT + 1 :]
    request.session[SEARCHES] = {**dict(kept), word: queries.seal_search(request.viewer, text)}
    return redirect(f"{request.path}?s={word}")


def kept_search(request) -> str:
    """What the page in this address was searched for; empty when that is long ago or was somebody else."""
    sealed = request.session.get(SEARCHES, {}).get(request.GET.get("s", ""), "")
    return queries.open_search(request.viewer, sealed) if sealed else ""


def id_of(text) -> uuid.UUID:
    """A UUID that came with a form; what is none belongs to nobody."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound(NOT_HERE) from None


def first_guess(usual, last=None):
    """What the form begins with: today, one, and what the person received last; else the service the worker records
    most. Whom the activity is for is never guessed from somebody else."""
    guess = {"service_type": usual.get("service_type", ""), "channel": usual.get("channel", "")}
    if last is not None:
        guess = {name: getattr(last, name) for name in ("service_type", "unit", "channel", "target_group")}
    return {"date": timezone.localdate(), "quantity": "1", **guess}


def rows(form, names):
    """The bound fields of these names that the form has."""
    return [form[name] for name in names if name in form.fields]
