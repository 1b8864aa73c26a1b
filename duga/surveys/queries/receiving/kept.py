"""What is asked anew for every post and hardly ever changes, kept for some seconds: who sends, where it belongs."""

import threading
import time
from collections import OrderedDict

SECONDS = 5.0
MOST = 512

_ALL: list["Kept"] = []


class Kept:
    """Answers of one function by its arguments, each for `SECONDS`. What was not found is never kept."""

    def __init__(self, read):
        self._read, self._found, self._lock = read, OrderedDict(), threading.Lock()
        _ALL.append(self)

    def __call__(self, *key):
        now = time.monotonic()
        with self._lock:
            kept = self._found.get(key)
        if kept is not None and kept[0] > now:
            return kept[1]
        found = self._read(*key)
        if found is not None:
            with self._lock:
                self._found[key] = (now + SECONDS, found)
                while len(self._found) > MOST:
                    self._found.popitem(last=False)
        return found

    def forget(self):
        """Reads anew from now on."""
        with self._lock:
            self._found.clear()


def forget_kept() -> None:
    """For whoever changes a phone, a form's state or a round: the next post is judged by what holds now."""
    for kept in _ALL:
        kept.forget()
