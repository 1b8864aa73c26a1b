"""How long something takes, in a way that neither a busy machine nor the tracing of coverage makes a test fail."""

import sys
import time


def takes_less_than(seconds: float, work) -> bool:
    """Whether `work()` needs less processor time than this in the best of three tries; traced runs get eightfold."""
    limit = seconds * (8 if sys.gettrace() else 1)
    for _ in range(3):
        start = time.process_time()
        work()
        if time.process_time() - start < limit:
            return True
    return False
