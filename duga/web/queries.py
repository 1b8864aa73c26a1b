"""Whether the house stands: asked by /health and nobody else."""

import logging
import sqlite3

from django.db import DatabaseError, connection

from duga.plain.errors import DugaError
from duga.vault import sealing

log = logging.getLogger(__name__)


def readiness() -> dict[str, bool]:
    """Whether the database and the key store answer; why not goes to the log, never to the asker."""
    return {"database": _answers(_ask_database), "key_store": _answers(sealing.store)}


def _ask_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _answers(ask):
    try:
        ask()
    except (DatabaseError, sqlite3.Error, DugaError, OSError) as error:
        log.error("Not ready: %s", error)
        return False
    return True
