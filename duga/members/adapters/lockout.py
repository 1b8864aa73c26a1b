"""Slowing those who guess passwords, without letting them lock anyone out.

Failures are counted for one account from one address block, so a stranger elsewhere never stops the owner. In a
shared office all come from one address: there, a browser in which the owner signed in before bears a signed cookie
and is counted by itself, so that a colleague (or a visitor on the same Wi-Fi) who guesses stops only themselves.

Who sits at the owner's own browser can lock that browser for a quarter of an hour; the owner then uses another.
A cookie taken from it allows five guesses more in a quarter of an hour, and never a sign-in.
"""

import hashlib
import ipaddress
import secrets

from django.conf import settings
from django.core import signing

COOKIE = "duga_device"
SALT = "duga.device"
DAYS = 180
KEPT = 8  # accounts remembered in one browser: a shared office computer
PATH = "/accounts/"


def client_address(request) -> str:
    """The visitor's address. X-Forwarded-For is believed only as far as DUGA_PROXIES says we have proxies.

    With n proxies of ours in front, the n-th entry from the right is what the outermost of them saw; everything
    left of it was sent by the visitor and may be invented.
    """
    direct = request.META.get("REMOTE_ADDR") or ""
    if settings.PROXIES:
        told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(told) >= settings.PROXIES:
            return _clean(told[-settings.PROXIES]) or _clean(direct) or "0.0.0.0"  # noqa: S104 no address known
    return _clean(direct) or "0.0.0.0"  # noqa: S104 no address known


def _clean(text) -> str:
    """An address without port or zone, IPv4 inside IPv6 taken out; empty when it is none."""
    text = text.split("%")[0].strip()
    if text.startswith("["):
        text = text[1:].split("]")[0]
    elif text.count(":") == 1:
        text = text.split(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


def address_block(request) -> str:
    """What is counted as one address: an IPv4 address, or the /64 that every IPv6 household has to itself."""
    address = ipaddress.ip_address(client_address(request))
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)


def account_key(email: str) -> str:
    """A typed e-mail address as failures are counted: capitals and blanks make no second account."""
    key = " ".join(str(email or "").split()).lower()
    return key if len(key) <= 180 else hashlib.sha256(key.encode()).hexdigest()


def _tag(email):
    return hashlib.sha256(f"device of {account_key(email)}".encode()).hexdigest()[:16]


def _devices(request) -> dict[str, str]:
    """{tag of the account: id of this browser for it} as the cookie says; empty when it is not ours or too old."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=DAYS * 86400)
        return {str(tag): str(device) for tag, device in told.items()}
    except (signing.BadSignature, AttributeError, ValueError):
        return {}


def known_device(request, email: str) -> str:
    """This browser's id if this account signed in here before; else empty."""
    return _devices(request).get(_tag(email), "")


def remember_device(request, response, email: str) -> None:
    """Marks this browser as one in which the account signed in. The cookie names nobody and goes to sign-in only."""
    devices = _devices(request)
    device = devices.pop(_tag(email), "") or secrets.token_hex(8)
    kept = dict([*devices.items(), (_tag(email), device)][-KEPT:])
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=SALT),
        max_age=DAYS * 86400,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def counted_as(request, credentials) -> str:
    """For axes: the account typed, with the browser's id if it is known."""
    email = (credentials or {}).get("email") or (credentials or {}).get("username") or request.POST.get("login", "")
    device = known_device(request, email)
    return f"{account_key(email)} on {device}" if device else account_key(email)


def counted_by(request, credentials) -> list:
    """For axes: a known browser is counted wherever it is; anyone else by account and address together."""
    email = (credentials or {}).get("email") or (credentials or {}).get("username") or ""
    if hasattr(request, "COOKIES") and known_device(request, email):
        return [["username"]]
    return [["username", "ip_address"]]
