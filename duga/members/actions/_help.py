"""What several actions of members share: where something happens, how it is named, and the post."""

import logging
import smtplib
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from duga.members.models import Network, Organisation, RoleGrant
from duga.members.rules import KEEPERS, Scope
from duga.plain.errors import Refused, gettext_noop

log = logging.getLogger(__name__)
#: One line to the mail server: an answer never waits for it, so how long a page takes tells nothing about who is known.
_line = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def _scope(of) -> Scope:
    """Whether something is an Organisation or a Network."""
    return Scope.NETWORK if isinstance(of, Network) else Scope.ORGANISATION


def _place(of) -> dict:
    """Keyword arguments that say where a row belongs."""
    return {"network": of} if isinstance(of, Network) else {"organisation": of}


def _trail_of(of) -> dict:
    """Keyword arguments of `write_trail` for what concerns an Organisation or a Network as a whole."""
    label = "members.Network" if isinstance(of, Network) else "members.Organisation"
    return {"subject": (label, of.pk), "organisation_id": of.pk if isinstance(of, Organisation) else None}


def _keepers(of, **more):
    """Open grants of the roles that look after a place."""
    return RoleGrant.objects.filter(
        **_place(of), role__in=KEEPERS[_scope(of)], until=None, account__is_active=True, **more
    )


def _text(value, limit: int, what: str) -> str:
    """A trimmed text, Refused when it is empty or longer than `limit`."""
    value = " ".join(str(value or "").split())
    if not value:
        raise Refused(gettext_noop("Fill in: %(what)s."), what=what)
    if len(value) > limit:
        raise Refused(gettext_noop("Too long (at most %(limit)s letters): %(what)s."), limit=limit, what=what)
    return value


def _post(*, to: str, language: str, subject: str, text: str, path: str = "", params: dict | None = None) -> None:
    """Sends a message after the transaction, where there is a mail server. Texts are gettext ids.

    No personal data goes into a message: it says what kind of thing waits, and where.
    """
    if not settings.HAS_MAIL:
        return
    with translation.override(language):
        words = {name: gettext(str(value)) for name, value in (params or {}).items()}
        subject = gettext(subject) % words if words else gettext(subject)
        body = [gettext(text) % words if words else gettext(text)]
        if path:
            body.append(settings.SITE_ADDRESS + path)
        body.append(gettext("This message was sent by Duga. Nobody reads answers to it."))
    message = EmailMessage(" ".join(subject.split()), "\n\n".join(body) + "\n", to=[to])
    transaction.on_commit(lambda: _hand_over(message))


def _hand_over(message) -> None:
    if settings.MAIL_IN_BACKGROUND:
        _line.submit(_deliver, message)
    else:
        _deliver(message)


def _deliver(message) -> None:
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:  # the link can still be copied, the notice read
        log.error("A message could not be sent: %s", type(error).__name__)
