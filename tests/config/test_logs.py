"""A fault is logged with where it happened; never with the row it happened on."""

import logging
import sys

import pytest
from django.db import DataError, IntegrityError

from config.logs import Discreet

ROW = "DETAIL:  Failing row contains (Marković Ana, Njena ulica 5,\n069 123 456)."


@pytest.mark.parametrize(
    "error",
    [IntegrityError("new row violates a check\n" + ROW), DataError('invalid input syntax: "Marković Ana"\n' + ROW)],
)
def test_an_error_of_the_database_says_no_row(error):
    class Psycopg(type(error)):
        """As the driver raises it below Django's."""

    Psycopg.__module__ = "psycopg.errors"
    Psycopg.__name__ = Psycopg.__qualname__ = type(error).__name__
    try:
        try:
            raise Psycopg(*error.args)
        except Psycopg as inner:
            raise error from inner
    except type(error):
        record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "Server Error", (), sys.exc_info())
    told = Discreet().format(record)
    assert not [word for word in ("Marković", "ulica", "069") if word in told], told
    assert "test_logs.py" in told and "Server Error" in told and type(error).__name__ in told
    assert told.count("Traceback (most recent call last):") == 2


def test_other_errors_say_what_they_said():
    try:
        raise ValueError("no such thing")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "broke", (), sys.exc_info())
    told = Discreet().format(record)
    assert told.endswith("ValueError: no such thing") and told.startswith("broke\nTraceback")


def test_the_secret_of_a_link_stands_in_no_log():
    secret, row = "Ab-_" * 11, "0190f3a2-7c1d-7e31-9b5a-2f1c0d9e8a77"
    told = Discreet().format(
        logging.LogRecord(
            "django.request", logging.WARNING, __file__, 1, "%s: %s", ("Not Found", f"/referral/{secret}/"), None
        )
    )
    assert told == "Not Found: /referral/…/"
    told = Discreet().format(
        logging.LogRecord("x", logging.WARNING, __file__, 1, f"/workspace/referrals/{row}/", (), None)
    )
    assert row in told  # an id opens nothing


def test_the_installation_logs_like_this(settings):
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "discreet"
