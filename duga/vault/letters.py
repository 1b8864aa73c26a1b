"""Letters: what only this installation can open, sealed far from it to a public key that it gave out.

ECDH on P-256 (what browsers of 2021 know), HKDF-SHA256, AES-256-GCM. The private keys are worked out of the
installation's key, one per purpose and owner, and stand in no table. `ui/static/ui/kept.js` writes letters.
"""

import base64
import binascii
import hashlib
import hmac
import json

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from duga.plain.errors import Unreadable, gettext_noop
from duga.vault import sealing

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  #: of the curve: NIST SP 800-186
POINT = 65  #: bytes of a public key, uncompressed
INFO = b"duga letter 1"
LONGEST = 32_000  #: letters of base64

_STRANGE = gettext_noop("This letter was not written for here, or not whole.")


def _private(purpose: str, owner) -> ec.EllipticCurvePrivateKey:
    seed = hmac.digest(sealing.derived(f"letters: {purpose}"), owner.bytes, hashlib.sha512)
    return ec.derive_private_key(int.from_bytes(seed, "big") % (ORDER - 1) + 1, CURVE)


def _raw(key) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _box(mine, theirs: bytes, salt: bytes) -> AESGCM:
    shared = mine.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
    return AESGCM(HKDF(SHA256(), 32, salt, INFO).derive(shared))


def public_key(*, purpose: str, owner) -> str:
    """The key to which letters of one owner (UUID) are sealed: 65 bytes in base64."""
    return base64.b64encode(_raw(_private(purpose, owner))).decode()


def open_letter(*, purpose: str, owner, letter: str):
    """The JSON value in a letter; Unreadable for what was sealed to another key, changed, or is no letter."""
    key = _private(purpose, owner)
    try:
        data = base64.b64decode(str(letter)[:LONGEST], validate=True)
        theirs = data[:POINT]
        plain = _box(key, theirs, theirs + _raw(key)).decrypt(bytes(12), data[POINT:], None)
        return json.loads(plain)
    except (binascii.Error, ValueError, InvalidTag):
        raise Unreadable(_STRANGE) from None


def write_letter(value, to: str) -> str:
    """Seals a JSON value to a public key, as a phone does."""
    theirs, mine = base64.b64decode(to), ec.generate_private_key(CURVE)
    point = _raw(mine)
    sealed = _box(mine, theirs, point + theirs).encrypt(bytes(12), json.dumps(value).encode(), None)
    return base64.b64encode(point + sealed).decode()
