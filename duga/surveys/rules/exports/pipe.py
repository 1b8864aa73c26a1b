"""A file that only grows: what was written is taken out in parts, so that none of it is held."""

import io


class Pipe(io.RawIOBase):
    """What archives and Parquet are written into."""

    def __init__(self):
        self._parts, self._at = [], 0

    def writable(self):
        """It is written to."""
        return True

    def write(self, data):
        """Takes some bytes."""
        data = bytes(data)
        self._parts.append(data)
        self._at += len(data)
        return len(data)

    def tell(self):
        """How much was written in all."""
        return self._at

    def take(self) -> bytes:
        """What came since the last time."""
        told, self._parts = b"".join(self._parts), []
        return told
