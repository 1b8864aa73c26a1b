"""The second factor's seeds at rest, and who may do without it."""

import base64
import os
from io import BytesIO

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from duga.members.queries import viewer_of
from duga.members.rules import needs_second_factor
from duga.plain.errors import Refused, gettext_noop
from duga.vault import sealing

LABEL = b"second factor"


class MFAAdapter(DefaultMFAAdapter):
    """Seeds of codes are sealed with a key derived from the installation's key: a copy of the database has none."""

    def _box(self):
        return AESGCM(sealing.derived("second factor"))

    def encrypt(self, text: str) -> str:
        """AES-256-GCM, as text."""
        nonce = os.urandom(12)
        return base64.urlsafe_b64encode(nonce + self._box().encrypt(nonce, text.encode(), LABEL)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Refused when it was changed, or sealed under another installation's key."""
        try:
            data = base64.urlsafe_b64decode(encrypted_text)
            return self._box().decrypt(data[:12], data[12:], LABEL).decode()
        except (InvalidTag, ValueError):
            raise Refused(
                gettext_noop("The second factor cannot be read. Ask your coordinator to let you set it up anew.")
            ) from None

    def build_totp_svg(self, url: str) -> str:
        """The QR picture with its white ground, so that phones read it in dark mode too."""
        import qrcode
        from qrcode.image.svg import SvgPathFillImage

        out = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(out)
        return out.getvalue().decode()

    def can_delete_authenticator(self, authenticator) -> bool:
        """Whose roles ask for a second factor keeps it."""
        return not (settings.REQUIRE_TOTP and needs_second_factor(viewer_of(authenticator.user)))


class SetUpForm(ActivateTOTPForm):
    """Setting up: until the first code is right, the seed waits in the session, which is a row of the database too."""

    def __init__(self, *args, **kwargs):
        session, adapter = context.request.session, MFAAdapter()
        if SECRET_SESSION_KEY in session:
            session[SECRET_SESSION_KEY] = adapter.decrypt(session[SECRET_SESSION_KEY])
        super().__init__(*args, **kwargs)
        session[SECRET_SESSION_KEY] = adapter.encrypt(self.secret)
