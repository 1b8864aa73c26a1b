"""What only the pages of this stage need."""

import re

from django import template
from django.utils.translation import gettext as _

register = template.Library()

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
            ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
           ("Linux", "Linux"))  # fmt: skip


@register.filter
def device(user_agent):
    """A browser's own description in words one recognises: "Firefox, Android"."""
    text = user_agent or ""
    browser = next((name for sign, name in BROWSERS if re.search(rf"\b{sign}[/ ]", text)), "")
    system = next((name for sign, name in SYSTEMS if sign in text), "")
    return ", ".join(part for part in (browser, system) if part) or _("unknown device")
