"""Sealing what names a person, and finding her again without opening anything.

A sealed value is AES-256-GCM over JSON with the person's own key; its associated data is the field and the
person, so a ciphertext moved to another row or column no longer opens. A blind index is a keyed hash of a
folded word: equal words give equal tokens inside one organisation, and mean nothing outside it.
"""

import functools
import hashlib
import hmac
import json
import os
import threading

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from duga.plain.errors import Refused, gettext_noop
from duga.vault.keystore import KeyDestroyed, KeyStore, make_installation_key, read_installation_key

__all__ = ["KeyDestroyed", "blind", "derived", "prepare", "seal", "store", "unseal", "unseal_many", "use_store"]

VERSION = b"\x01"
_lock = threading.Lock()
_store: KeyStore | None = None


def store() -> KeyStore:
    """The installation's key store, opened once per process."""
    global _store
    if _store is None:
        with _lock:
            if _store is None:
                from django.conf import settings

                key = read_installation_key(settings.INSTALLATION_KEY, settings.INSTALLATION_KEY_FILE)
                _store = KeyStore(settings.KEY_STORE, key)
    return _store


def use_store(other: KeyStore | None) -> None:
    """Puts another store in place (restore, tests); None: open it anew when next asked for."""
    global _store
    _store = other
    _index_key.cache_clear()
    derived.cache_clear()


def prepare() -> KeyStore:
    """Makes the installation key on first use, never where a key store already waits for its own."""
    from django.conf import settings

    if not settings.INSTALLATION_KEY and not settings.INSTALLATION_KEY_FILE.exists():
        if settings.KEY_STORE.exists():
            raise Refused(
                gettext_noop("The installation key is missing: set DUGA_KEY or put the key back at %(path)s."),
                path=settings.INSTALLATION_KEY_FILE,
            )
        make_installation_key(settings.INSTALLATION_KEY_FILE)
    return store()


@functools.lru_cache(maxsize=32)
def derived(purpose: str) -> bytes:
    """32 bytes of this installation for one purpose ("trail", "second factor"), never stored anywhere."""
    return store().derive(purpose)


def _label(field, owner):
    return f"{field}:{owner}".encode()


def seal(*, owner, field: str, value, key: bytes | None = None) -> bytes:
    """Seals a JSON value of one person (UUID) in one field ("casework.Person.identity"); about 30 bytes longer."""
    nonce = os.urandom(12)
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    box = AESGCM(key or store().person_key(owner))
    return VERSION + nonce + box.encrypt(nonce, plain, _label(field, owner))


def unseal(*, owner, field: str, data: bytes, key: bytes | None = None):
    """The value sealed for this owner and field; KeyDestroyed after erasure, Refused when the bytes were moved."""
    if not data:
        return {}
    data = bytes(data)
    try:
        plain = AESGCM(key or store().person_key(owner)).decrypt(data[1:13], data[13:], _label(field, owner))
    except InvalidTag:
        raise Refused(
            gettext_noop("A sealed field does not belong to its row: the record was tampered with. Run `duga doctor`.")
        ) from None
    return json.loads(plain)


def unseal_many(*, field: str, rows) -> dict:
    """Many at once: rows of (owner, data) → {owner: value}; the erased are absent."""
    rows = list(rows)
    keys = store().person_keys(owner for owner, _ in rows)
    return {
        owner: unseal(owner=owner, field=field, data=data, key=keys[owner]) for owner, data in rows if owner in keys
    }


@functools.lru_cache(maxsize=512)
def _index_key(organisation, purpose):
    return hmac.digest(store().organisation_key(organisation), b"blind index:" + purpose.encode(), hashlib.sha256)


def blind(*, organisation, purpose: str, words) -> list[bytes]:
    """Tokens of 8 bytes, one per word, comparable only inside one organisation and purpose."""
    key = _index_key(organisation, purpose)
    return [hmac.digest(key, word.encode(), hashlib.sha256)[:8] for word in words]
