"""Writers at the same moment, each with a connection of its own, on whichever database the suite runs."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection, connections


@contextmanager
def real_database(folder):
    """The test's committed rows in a database several writers can open: on SQLite a copy in a file, not memory."""
    if connection.vendor != "sqlite":
        yield
        return
    path, memory = str(folder / "parallel.sqlite3"), connection.settings_dict["NAME"]
    connection.ensure_connection()
    copy = sqlite3.connect(path)
    connection.connection.backup(copy)
    copy.close()
    connection.settings_dict["NAME"] = path  # of connections opened from now on; this thread keeps its own
    try:
        yield
    finally:
        connection.settings_dict["NAME"] = memory


def at_once(work, times: int, writers: int = 8) -> list:
    """What `work(number)` gives for each number, `writers` at a time; an error is given in place of an answer."""

    def one(number):
        try:
            return work(number)
        except Exception as error:
            return error
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(writers) as pool:
        return list(pool.map(one, range(times)))
