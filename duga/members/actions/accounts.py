"""Accounts of people who work here: made by invitation, kept by themselves, let in again when they lost the key."""

import datetime as dt
import re

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from duga.members.actions._help import _text
from duga.members.actions.notices import notify
from duga.members.actions.trail import write_trail
from duga.members.models import Account, RecoveryLink, RoleGrant
from duga.members.queries import digest_of, may_recover, recovery_by_token, token_of, viewer_of
from duga.members.rules import RECOVERY_HOURS, VISITOR, Viewer
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused, gettext_noop

__all__ = [
    "change_own_account",
    "create_account",
    "make_recovery_link",
    "note_security_event",
    "reset_second_factor",
    "use_recovery_link",
]

_LANGUAGE = re.compile(r"[a-z]{2}(-[a-z]{4})?$")


def _email(value) -> str:
    value = str(value or "").strip().lower()
    try:
        validate_email(value)
    except ValidationError:
        raise Refused(gettext_noop("This is not an e-mail address: %(email)s"), email=value) from None
    return value


def _check_password(password, account) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None


def _make_account(*, email, name, password, language="en", is_administrator=False) -> Account:
    """The row itself; who calls has checked that it may be made, and writes the trail."""
    account = Account(
        email=_email(email), name=_text(name, 120, gettext_noop("name")), is_administrator=is_administrator,
        language=language if _LANGUAGE.match(language or "") else "en",
    )  # fmt: skip
    if password is None:
        account.set_unusable_password()
    else:
        _check_password(password, account)
        account.set_password(password)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        raise Conflict(gettext_noop("There is already an account with this e-mail address. Sign in with it.")) from None
    return account


@transaction.atomic
def create_account(
    *,
    by: Viewer,
    email: str,
    name: str,
    password: str | None = None,
    language: str = "en",
    is_administrator: bool = False,
) -> Account:
    """An account made by the house itself (a command, the demo). Everyone else's begins with an invitation."""
    if not by.system:
        raise NotAllowed(gettext_noop("An account begins with an invitation."))
    account = _make_account(
        email=email, name=name, password=password, language=language, is_administrator=is_administrator
    )
    write_trail(
        by=by, event="account.created", subject=("members.Account", account.pk),
        detail={"administrator": True} if is_administrator else {},
    )  # fmt: skip
    return account


@transaction.atomic
def change_own_account(*, by: Viewer, name: str, language: str) -> Account:
    """Changes one's own name and language."""
    account = Account.objects.select_for_update().filter(pk=by.account_id).first()
    if account is None:
        raise NotFound(gettext_noop("Sign in first."))
    account.name = _text(name, 120, gettext_noop("name"))
    if not _LANGUAGE.match(language):
        raise Refused(gettext_noop("Duga does not speak this language yet."))
    account.language = language
    account.save(update_fields=["name", "language"])
    write_trail(by=by, event="account.changed", subject=("members.Account", account.pk))
    return account


@transaction.atomic
def make_recovery_link(*, by: Viewer, account: Account) -> tuple[RecoveryLink, str]:
    """A link with which someone sets a new password once: (link, its secret). Made to be printed or copied.

    By who may give every role this person holds. Links made before become worthless; the person is told, and the
    second factor is asked for as before.
    """
    if not may_recover(by, account):
        raise NotAllowed(gettext_noop("You cannot do this: they also work where you do not give roles."))
    now = timezone.now()
    RecoveryLink.objects.filter(account=account, used_at=None, revoked_at=None).update(revoked_at=now)
    link = RecoveryLink(account=account, made_by_id=by.account_id, expires_at=now + dt.timedelta(hours=RECOVERY_HOURS))
    token = token_of("recovery", link.pk)
    link.digest = digest_of(token)
    link.save(force_insert=True)
    _tell_the_places(by, account, "account.recovery_link_made")
    notify(
        by=by, to=[account.pk], title=gettext_noop("A link to set a new password was made for you"),
        text=gettext_noop("If you did not ask for it, tell your coordinator at once."), path="/workspace/account/",
    )  # fmt: skip
    return link, token


def _tell_the_places(by, account, event):
    """One entry in the chain of each place the person works in; without any, in the chain of none."""
    places = (
        RoleGrant.objects.filter(account=account, until=None)
        .order_by()
        .values_list("organisation_id", flat=True)
        .distinct()
    )
    for organisation_id in list(places) or [None]:
        write_trail(by=by, event=event, subject=("members.Account", account.pk), organisation_id=organisation_id,
                    detail={"account": account.pk})  # fmt: skip


@transaction.atomic
def use_recovery_link(*, by: Viewer = VISITOR, token: str, password: str) -> Account:
    """Sets a new password with a link that is still good, ends it, and signs the person out everywhere."""
    found = recovery_by_token(token)
    link = RecoveryLink.objects.select_for_update().get(pk=found.pk)
    if link.used_at or link.revoked_at:
        raise NotFound(gettext_noop("This link was used already, or a newer one was made. Ask for another."))
    account = Account.objects.select_for_update().get(pk=link.account_id)
    _check_password(password, account)
    account.set_password(password)  # every open session falls with the old password
    account.save(update_fields=["password"])
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    _tell_the_places(viewer_of(account), account, "account.recovered")
    return account


@transaction.atomic
def reset_second_factor(*, by: Viewer, account: Account) -> None:
    """Removes the second factor of someone who lost her phone and codes; she sets up a new one at the next sign-in."""
    if not may_recover(by, account):
        raise NotAllowed(gettext_noop("You cannot do this: they also work where you do not give roles."))
    account.authenticator_set.all().delete()
    for session in account.usersession_set.all():
        session.end()
    _tell_the_places(by, account, "account.second_factor_reset")
    notify(
        by=by, to=[account.pk], title=gettext_noop("Your second factor was removed"),
        text=gettext_noop("Set up a new one when you sign in. If you did not ask for this, tell your coordinator."),
        path="/workspace/account/",
    )  # fmt: skip


@transaction.atomic
def note_security_event(*, by: Viewer, account: Account, event: str) -> None:
    """Leaves an entry and a notice for what the sign-in library did: password changed, second factor set or removed."""
    write_trail(by=by, event=f"account.{event}", subject=("members.Account", account.pk))
    titles = {
        "password_changed": gettext_noop("Your password was changed"),
        "password_reset": gettext_noop("Your password was set anew"),
        "totp_activated": gettext_noop("Your second factor is set up"),
        "totp_deactivated": gettext_noop("Your second factor was removed"),
        "recovery_codes_generated": gettext_noop("You have new recovery codes"),
    }
    if event in titles:
        notify(
            by=by, to=[account.pk], title=titles[event],
            text=gettext_noop("If this was not you, tell your coordinator at once."), path="/workspace/account/",
        )  # fmt: skip
