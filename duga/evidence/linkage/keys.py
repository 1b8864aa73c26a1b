"""Everything that needs the round's key: codes of values, keys of blocks, and filters that only a block can compare.

From the key (32 bytes) three keys are drawn with HMAC-SHA-256, one a purpose. Values and blocks are hashed with
HMAC-SHA-256; what stands in the file is AES-256 of a value's code under the salt of one block, so that two records
can be compared only inside a block they share, and the same name looks different in every other.
"""

import hmac
import re

from duga.plain.errors import Refused, gettext_noop

_BITS = 64
NAME_WORDS = 2  # words of 64 bits in the filter of a name


class RoundKey:
    """The key of one counting round: 64 hexadecimal digits. Raises `Refused` for anything else."""

    def __init__(self, text: str):
        text = text.strip()
        if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
            raise Refused(
                gettext_noop(
                    "The key must be 64 hexadecimal digits (0-9, a-f), made for this round; this one is %(what)s. "
                    "One way to make it: openssl rand -hex 32"
                ),
                what="empty" if not text else f"{len(text)} characters long" if len(text) != 64 else "something else",
            )
        key = bytes.fromhex(text)
        #: A key such as 000…: it works, and anybody can guess it.
        self.guessable = len(set(key)) < 8
        self._codes, self._blocks, salted = (
            hmac.digest(key, purpose, "sha256") for purpose in (b"duga codes", b"duga blocks", b"duga salted")
        )
        self._salted = salted
        #: The same for all files of a round and of no use for anything else: files of two rounds are not linked.
        self.mark = hmac.digest(key, b"duga round", "sha256")[:8].hex()
        self._known: dict[tuple[str, str], int] = {}

    def code(self, domain: str, text: str) -> int:
        """64 bits for a value of a domain; values of one domain can be compared, of two never."""
        found = self._known.get((domain, text))
        if found is None:
            if len(self._known) > 500_000:
                self._known.clear()
            message = f"{domain}|{text}".encode()
            found = int.from_bytes(hmac.digest(self._codes, message, "sha256")[:8], "little")
            self._known[domain, text] = found
        return found

    def block(self, words: str) -> bytes:
        """16 bytes for a block: 8 that stand in the file, 8 that are its salt and stay here."""
        return hmac.digest(self._blocks, words.encode(), "sha256")[:16]

    def seed(self, data: bytes) -> int:
        return int.from_bytes(hmac.digest(self._codes, b"order|" + data, "sha256")[:8], "little")

    def _aes(self, blocks):
        """AES-256 over an array (n, 2) of uint64: each row is one block of 16 bytes. Gives (n, 2) uint64."""
        import numpy as np
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        # One block in, one block out: a keyed permutation, as a pseudo-random function. No message is hidden with it.
        encryptor = Cipher(algorithms.AES(self._salted), modes.ECB()).encryptor()  # noqa: S305
        return np.frombuffer(encryptor.update(blocks.tobytes()), dtype=np.uint64).reshape(-1, 2)

    def tokens(self, codes, salts):
        """One number of 31 bits for each code under each salt (both uint64 arrays)."""
        import numpy as np

        out = self._aes(np.column_stack([codes, salts]))
        return (out[:, 0] & np.uint64(0x7FFFFFFF)).astype(np.int32)

    def filters(self, codes, starts, salts, words: int):
        """Filters of `words` × 64 bits: every code sets about 1/32 of the bits, chosen by code and salt.

        `codes` and `salts` (uint64) stand in a row for every part of a value, `starts` where a value begins.
        Gives an array (values, words) of int64.
        """
        import numpy as np

        out = np.empty((len(starts), words), dtype=np.uint64)
        for word in range(words):
            pattern = None
            for turn in range(2):
                number = np.uint64(0x9E3779B97F4A7C15 * (word * 2 + turn + 1) % 2**64)
                drawn = self._aes(np.column_stack([codes ^ number, salts]))
                one, other = drawn[:, 0], drawn[:, 1]
                drawn = one & other
                if pattern is None:  # a fifth draw, from other places of the same bits
                    mixed = one ^ (other >> np.uint64(1))
                    pattern = drawn & ((mixed << np.uint64(23)) | (mixed >> np.uint64(41)))
                else:
                    pattern &= drawn
            out[:, word] = np.bitwise_or.reduceat(pattern, starts)
        return out.view(np.int64)
