"""allauth's questions about accounts: no open sign-up; what happened leaves an entry and a notice."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, perform_password_login
from allauth.account.models import Login
from allauth.core import context
from allauth.core.internal import ratelimit
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from duga.members import actions
from duga.members.actions._help import _hand_over
from duga.members.adapters.lockout import account_key, address_block, client_address, known_device, remember_device
from duga.members.queries import viewer_of

#: allauth's mails about what was done to an account → our trail event.
EVENTS = {
    "account/email/password_changed": "password_changed",
    "account/email/password_reset": "password_reset",
    "mfa/email/totp_activated": "totp_activated",
    "mfa/email/totp_deactivated": "totp_deactivated",
    "mfa/email/recovery_codes_generated": "recovery_codes_generated",
}


def sign_in(request, account, redirect_url: str = "/workspace/"):
    """Signs in who has just proven the password (accepting an invitation), by the same door as everyone: an answer."""
    login = Login(user=account, email=account.email, redirect_url=redirect_url)
    return perform_password_login(request, {"email": account.email}, login)


class AccountAdapter(DefaultAccountAdapter):
    """Closes the open sign-up, counts failures fairly, mails without keeping anyone waiting."""

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        """The visitor's address, as far as our proxies vouch for it."""
        return client_address(request)

    def _get_login_attempts_cache_key(self, request, **credentials):
        email = credentials.get("email") or credentials.get("username") or ""
        return f"{account_key(email)}|{known_device(request, email) or address_block(request)}"

    def pre_authenticate(self, request, **credentials):
        """Counts before anything is hashed. A known browser is not held up by others at its address."""
        email = credentials.get("email") or credentials.get("username") or ""
        rates = settings.ACCOUNT_RATE_LIMITS["login_failed"].split(",")
        if known_device(request, email):
            rates = [rate for rate in rates if rate.endswith("/key")]
        self._login_failed_rl_usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed",
            config={"login_failed": ",".join(rates)},
            key=self._get_login_attempts_cache_key(request, **credentials),
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def reauthenticate(self, user, password):
        """Asks the same backends by the account's own address: we keep no second table of addresses."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app, **kwargs):
        """Who signed in a moment ago is not asked for the password again, so that set-up is one way, not two."""
        request = context.request
        records = get_authentication_records(request, request.user)
        if records:
            age = timezone.now().timestamp() - records[-1]["at"]
            if age < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
                return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def post_login(self, request, user, **kwargs):
        """Remembers the browser, and greets in the person's own language."""
        with override(user.language):
            response = super().post_login(request, user, **kwargs)
        remember_device(request, response, user.email)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
        return response

    def send_mail(self, template_prefix, email, context):
        """In a line of its own, so that how long an answer takes does not tell who is known."""
        if not settings.HAS_MAIL:
            return
        message = self.render_mail(template_prefix, email, {"email": email, "request": self.request, **context})
        _hand_over(message)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """What was done to an account leaves an entry and a notice, whether or not there is mail."""
        event = EVENTS.get(template_prefix)
        if event:
            actions.note_security_event(by=viewer_of(user), account=user, event=event)
