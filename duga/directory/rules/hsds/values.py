"""One value of HSDS: read into what our column holds, and told again. What a column cannot hold stays as it came."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from functools import partial

from duga.directory.rules.cleaning import check_reach
from duga.directory.rules.hsds.tables import Column
from duga.directory.rules.iso import COUNTRIES, CURRENCIES
from duga.places.rules import find_country
from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _

#: Numbers our columns hold whole, and between which bounds; others are any finite number.
WHOLE = {"year_incorporated": (0, 32767), "extension": (0, 2**53), "count": (0, 2**31 - 1), "interval": (0, 2**31 - 1)}
BOUNDS = {"latitude": (-90, 90), "longitude": (-180, 180), "amount": (0, 10**9)}

_NO_TEXT = _("This is a list or an object; a text is wanted.")
_NO_NUMBER = _("“%(value)s” is no number.")
_NO_DATE = _("“%(value)s” is no date. Write it as 2026-03-31.")
_NO_MOMENT = _("“%(value)s” is no date and time. Write it as 2026-03-31T14:30:00Z.")
_NO_COUNTRY = _("“%(value)s” is no country. Write its two letters, for example ME.")
_NO_CURRENCY = _("“%(value)s” is no currency. Write its three letters, for example EUR.")
_BELOW = _("%(value)s is below nought: nothing costs that.")
_NO_CHOICE = _("“%(value)s” is not allowed here. Write one of: %(known)s.")


class _Unheld:
    """Said by the source, but nothing our column can hold."""

    def __repr__(self):
        return "UNHELD"


UNHELD = _Unheld()


def read(column: Column, raw):
    """The value for our column; None when nothing is said, UNHELD when no column of ours can hold it.

    Raises Refused for what is no value of its kind at all.
    """
    if raw is None or raw == "":
        return None
    if isinstance(raw, list | dict):
        raise Refused(_NO_TEXT)
    if column.kind == "number":
        return _number(column, raw)
    text = _text(raw)
    if column.check and text.strip():
        _CHECKS[column.check](text.strip())
    if column.kind == "date":
        return _date(text)
    if column.kind == "datetime":
        return _moment(text)
    if column.choices and text not in column.choices:
        raise Refused(_NO_CHOICE, value=text[:60], known=", ".join(column.choices))
    return UNHELD if column.limit and len(text) > column.limit else text


def _text(raw) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return str(raw).replace("\x00", "")


def _number(column, raw):
    try:
        number = Decimal(_text(raw).strip())
    except InvalidOperation:
        raise Refused(_NO_NUMBER, value=_text(raw)[:60]) from None
    if not number.is_finite():
        raise Refused(_NO_NUMBER, value=_text(raw)[:60])
    if column.check == "amount" and number < 0:
        raise Refused(_BELOW, value=_text(raw)[:60])
    low, high = BOUNDS.get(column.name) or WHOLE.get(column.name) or (-(10**300), 10**300)
    if not low <= number <= high:
        return UNHELD
    if column.name in WHOLE:
        return int(number) if number == number.to_integral_value() else UNHELD
    if column.name == "amount":
        return number if number == round(number, 4) else UNHELD
    return float(number)


def _country(text):
    if text.upper() not in COUNTRIES and not find_country(text):
        raise Refused(_NO_COUNTRY, value=text[:60])


def _currency(text):
    if text.upper() not in CURRENCIES:
        raise Refused(_NO_CURRENCY, value=text[:60])


_CHECKS = {
    "country": _country, "currency": _currency, "email": partial(check_reach, "email"),
    "phone": partial(check_reach, "phone"),
}  # fmt: skip


def _date(text):
    try:
        return dt.date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise Refused(_NO_DATE, value=text[:60]) from None


def _moment(text):
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused(_NO_MOMENT, value=text[:60]) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise Refused(_NO_MOMENT, value=text[:60]) from None


def tell(value):
    """One of our values as JSON says it; None when there is nothing to say. Moments in UTC, to the millisecond."""
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return value if isinstance(value, int | str) else str(value)


def kept(column: Column, raw, value):
    """What of a value must be kept beside our column so that it goes out as it came; None: nothing.

    Only what is of the kind HSDS asks for: a number written as text, as in a CSV, is that number.
    """
    if value is None:
        return None
    if value is UNHELD and column.kind == "number" and isinstance(raw, str):
        raw = tell(Decimal(raw.strip()))
    number = isinstance(raw, int | float) and not isinstance(raw, bool)
    if (column.kind == "number") != number or (column.kind != "number" and not isinstance(raw, str)):
        return None
    return None if value is not UNHELD and tell(value) == raw else raw


def original(column: Column, raw, value):
    """Whether what was kept of a value is still true of our column: nobody has changed it since."""
    try:
        said = read(column, raw)
    except Refused:
        return False
    return (said in (None, UNHELD) and value in (None, "")) or said == value
