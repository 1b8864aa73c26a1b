"""What the workspace pages of the directory share."""

import uuid
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from duga.directory.forms.offers import said
from duga.directory.rules import FACT_LABELS, Age
from duga.members.queries import NOT_HERE
from duga.plain.errors import NotFound, Refused

AGE_WORDS = {Age.FRESH: "good", Age.DUE: "plain", Age.STALE: "warn", Age.UNKNOWN: "warn", Age.HIDDEN: "bad"}


def staff(view):
    """For people who are signed in."""

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


def status(form):
    """200 for a form to fill in, 422 for one handed back."""
    return 422 if form.is_bound and form.errors else 200


def fact_words(state):
    """(what, badge, since when) of a fact's age, for a list."""
    words = {
        Age.FRESH: _("checked"), Age.DUE: _("to be checked again"), Age.STALE: _("old: shown as such"),
        Age.HIDDEN: _("too old: hidden from readers"), Age.UNKNOWN: _("never checked"),
    }  # fmt: skip
    return {
        "what": _(FACT_LABELS[state.kind]), "words": words[state.age], "badge": AGE_WORDS[state.age],
        "on": state.verified_on, "kind": state.kind,
    }  # fmt: skip
