"""What the views of casework share."""

import secrets

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone

from duga.casework import queries
from duga.plain.errors import NotAllowed, Refused
from duga.ui.fields import said

SEARCHES = "searches"  #: in the session: {word of the address: sealed text}
KEPT = 8  #: so many searches one can go back to


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


def said_after(request, action, words=None, **arguments):
    """Runs an action; `words`, or what a rule refused, stand on the next page. Gives (result, whether it was done).
    What a role does not allow is answered as ever."""
    try:
        result = action(**arguments)
    except NotAllowed:
        raise
    except Refused as error:
        messages.error(request, said(error))
        return None, False
    if words:
        messages.success(request, words)
    return result, True
