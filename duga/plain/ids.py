"""UUIDs that sort by time (RFC 9562, version 7); Python has them from 3.14 on."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """A new version 7 UUID: 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & ((1 << 48) - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def age(id_: uuid.UUID) -> float | None:
    """Seconds since a version 7 UUID was made; None for one of another version, which does not tell."""
    return time.time() - (id_.int >> 80) / 1000 if id_.version == 7 else None
