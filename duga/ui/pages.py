"""What the pages of all stages share: who is signed in, what a rule refused, which status a form is answered with."""

import uuid
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from duga.plain.errors import NOT_HERE, NotFound, Refused
from duga.ui.fields import said

#: Where a quick exit leads: a page anyone may have open.
EXIT = "https://www.wikipedia.org/"


def staff(view):
    """For people who are signed in, others sign in first; what they see is kept in no cache."""

    @never_cache
    @wraps(view)
    def inner(request, *args, **kwargs):
        if not request.viewer.known:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return inner


def id_of(text) -> uuid.UUID:
    """A UUID that came with a form; what is none belongs to nobody."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        raise NotFound(NOT_HERE) from None


def try_(form, action, **arguments):
    """Runs an action; what a rule refuses becomes the form's error. Gives (result, whether it was done)."""
    try:
        return action(**arguments), True
    except Refused as error:
        form.add_error(None, said(error))
        return None, False


def ask_if_sure(request, *, heading: str, told: list[str], action: str, back: str):
    """A page that says what a step will do which is hard to take back. The same form comes again from it, with "sure".

    told: sentences with their numbers; action: the words on the button; back: the address to turn back to.
    """
    given = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
    context = {"heading": heading, "told": told, "action": action, "back": back, "given": given}
    return render(request, "ui/sure.html", context)


def status(form) -> int:
    """200 for a form to fill in, 422 for one handed back."""
    return 422 if form.is_bound and form.errors else 200
