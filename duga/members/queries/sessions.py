"""Whether somebody was signed out since something was handed to her session; a session that ran out was not."""

from importlib import import_module

from django.conf import settings
from django.utils import timezone


def session_told(request) -> dict:
    """What `was_ended` needs to know of the session a request came in: secret, keep it sealed."""
    session = request.session
    return {
        "key": session.session_key, "until": session.get_expiry_date().timestamp(),
        "word": request.user.get_session_auth_hash(),
    }  # fmt: skip


def was_ended(account, told: dict) -> bool:
    """Whether that session was ended before its time, by anybody, or the account's password changed."""
    if told["word"] != account.get_session_auth_hash():
        return True
    if timezone.now().timestamp() >= told["until"]:
        return False
    return not import_module(settings.SESSION_ENGINE).SessionStore().exists(told["key"])
