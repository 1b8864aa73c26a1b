"""Signing in by HTTP digest (RFC 7616, and RFC 2617 before it), as phones do with a user name and a password.

Kept is HA1, the hash of user name, realm and password, in MD5 (what Collect speaks) and SHA-256: whoever read it could
sign in, so it lies sealed. A nonce is the second it was made in and a keyed hash of it; whoever keeps count of nonces
(an action) sees to it that no answer works twice.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

REALM = "Duga"
ALGORITHMS = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_PAIR = re.compile(r'\s*([A-Za-z0-9_*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)')
_COUNT = re.compile(r"[0-9a-fA-F]{8}\Z")
LONGEST = 4096  #: letters of a header that is read


@dataclass(frozen=True)
class Told:
    """What an Authorization header says; `count` is how often the nonce was used, by the client's own counting."""

    username: str
    nonce: str
    uri: str
    response: str
    algorithm: str
    cnonce: str
    count: int
    nc: str


def hashes_of(username: str, password: str) -> dict[str, str]:
    """HA1 by algorithm, for keeping under a seal."""
    secret = f"{username}:{REALM}:{password}".encode()
    return {name: algorithm(secret).hexdigest() for name, algorithm in ALGORITHMS.items()}


def make_nonce(key: bytes, second: int, chance: bytes) -> str:
    """A nonce made in this second (Unix time) that only this key recognises; `chance`: no two phones share one."""
    told = f"{second:x}-{chance.hex()}".encode()
    return base64.urlsafe_b64encode(told + b"." + hmac.digest(key, told, hashlib.sha256)[:18]).decode()


def nonce_age(key: bytes, nonce: str, second: int) -> int | None:
    """Seconds since a nonce of ours was made; None for one that is not ours."""
    try:
        told, proof = base64.urlsafe_b64decode(nonce).split(b".", 1)
        made = int(told.split(b"-")[0], 16)
    except ValueError:
        return None
    good = hmac.compare_digest(proof, hmac.digest(key, told, hashlib.sha256)[:18])
    return second - made if good else None


def challenge(nonce: str, *, stale: bool = False) -> str:
    """What WWW-Authenticate says. MD5 alone is offered, for phones know no other; SHA-256 is understood as well."""
    late = ", stale=true" if stale else ""
    return f'Digest realm="{REALM}", qop="auth", nonce="{nonce}", algorithm=MD5{late}'


def read_authorization(header: str) -> Told | None:
    """What an Authorization header says; None when it is none of digest with qop=auth, or cannot be read."""
    kind, _, rest = header[:LONGEST].partition(" ")
    if kind.lower() != "digest":
        return None
    told, at = {}, 0
    while at < len(rest):
        found = _PAIR.match(rest, at)
        if found is None or found[1].lower() in told:
            return None
        quoted = found[2]
        told[found[1].lower()] = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else found[3]
        at = found.end()
    algorithm = told.get("algorithm", "MD5").upper()
    if algorithm not in ALGORITHMS or told.get("qop") != "auth" or told.get("realm") != REALM:
        return None
    if not _COUNT.match(told.get("nc", "")) or not all(told.get(name) for name in ("username", "nonce", "uri")):
        return None
    return Told(
        told["username"], told["nonce"], told["uri"], told.get("response", "").lower(), algorithm,
        told.get("cnonce", ""), int(told["nc"], 16), told["nc"],
    )  # fmt: skip


def answers_to(told: Told, hashes: dict[str, str], method: str) -> bool:
    """Whether the response was made by who knows the password, for this method and address."""
    algorithm = ALGORITHMS[told.algorithm]
    asked = algorithm(f"{method}:{told.uri}".encode()).hexdigest()
    middle = f"{told.nonce}:{told.nc}:{told.cnonce}:auth"
    wanted = algorithm(f"{hashes[told.algorithm]}:{middle}:{asked}".encode()).hexdigest()
    return hmac.compare_digest(wanted.encode(), told.response.encode())


def same_address(uri: str, path: str) -> bool:
    """Whether the address that was signed (`uri`, maybe a whole one) is the one that was asked for, query included."""
    parts = urlsplit(uri)
    return unquote(f"{parts.path}?{parts.query}".rstrip("?")) == unquote(path.rstrip("?"))
