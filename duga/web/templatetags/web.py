"""What only the pages of this stage need."""

import json
import re

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

from duga.members.rules import ROLES

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


@register.simple_tag
def demo_people():
    """Who may be tried in a demo: (e-mail, role), from the file the demo wrote; empty in a real installation."""
    if not settings.DEMO:
        return []
    try:
        people = json.loads((settings.DATA / "demo.json").read_text()).get("people", [])
    except (OSError, ValueError):
        return []
    labels = {role.value: rule.label for role, rule in ROLES.items()}
    return [(person["email"], _(labels[person["role"]]) if person["role"] in labels else "") for person in people]
