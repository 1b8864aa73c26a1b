"""What every screen of figures needs."""

from django.utils.translation import gettext as _


def told(text: str, params) -> str:
    """What a refusal or a finding says, in the reader's language."""
    return _(text) % params if params else _(text)
