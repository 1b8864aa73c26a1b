"""An offer's values as they are kept: trimmed, of their type, or refused, saying which field and what would do."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import urlsplit

from duga.directory.rules.fields import PROVIDER, ROWS, SERVICE, TERMS, Field, Rows, label_of, safe_url
from duga.directory.rules.hours import minutes
from duga.directory.rules.iso import CURRENCIES
from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _

_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\".]+")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def check_offer(changes: Mapping, *, codes: Mapping[str, frozenset] | None = None, whole: bool = False) -> dict:
    """The changes, cleaned: {field: value}, terms as "terms.needs" too. Refused, saying which field and why.

    `codes` {taxonomy key: known codes} where terms are to be checked. `whole`: a new service, which needs a name.
    """
    cleaned: dict = {}
    for name, value in _flat(changes).items():
        if name.startswith("terms.") and name.removeprefix("terms.") in TERMS:
            cleaned[name] = _codes(value, name, (codes or {}).get(name.removeprefix("terms.")))
        elif name in SERVICE:
            cleaned[name] = clean(SERVICE[name], value)
        elif name in ROWS:
            cleaned[name] = _rows(ROWS[name], value)
        else:
            raise Refused(_("A service has no field called %(name)s."), name=str(name))
    _check_together(cleaned, whole)
    return cleaned


def check_provider(changes: Mapping) -> dict:
    """The changes of a provider, cleaned; Refused, saying which field and why."""
    unknown = [name for name in changes if name not in PROVIDER]
    if unknown:
        raise Refused(_("A provider has no field called %(name)s."), name=str(unknown[0]))
    cleaned = {name: clean(PROVIDER[name], value) for name, value in changes.items()}
    if "name" in cleaned and not cleaned["name"]:
        raise Refused(_("Fill in: %(what)s."), what=PROVIDER["name"].label)
    return cleaned


def _flat(changes):
    flat = {name: value for name, value in changes.items() if name != "terms"}
    return {**flat, **{f"terms.{key}": codes for key, codes in (changes.get("terms") or {}).items()}}


def _check_together(cleaned, whole):
    if (whole or "name" in cleaned) and not cleaned.get("name"):
        raise Refused(_("Fill in: %(what)s."), what=SERVICE["name"].label)
    low, high = cleaned.get("minimum_age"), cleaned.get("maximum_age")
    if low is not None and high is not None and low > high:
        raise Refused(_("The ages stand the wrong way round."))
    for closure in (row for row in cleaned.get("closures", ()) if "first_day" in row):
        closure["last_day"] = closure.get("last_day") or closure["first_day"]
        if closure["last_day"] < closure["first_day"]:
            raise Refused(_("A closure ends before it begins."))
    for place in cleaned.get("locations", ()):
        if (place.get("latitude") is None) != (place.get("longitude") is None):
            raise Refused(_("A position needs both latitude and longitude."))
        if place.get("latitude") is not None and not (abs(place["latitude"]) <= 90 and abs(place["longitude"]) <= 180):
            raise Refused(_("The position is not on this earth. Give degrees, for example 42.44 and 19.26."))


def _rows(rows: Rows, value) -> list[dict]:
    if not isinstance(value, list | tuple) or len(value) > rows.most:
        raise Refused(_("%(what)s: give a list of at most %(most)s."), what=rows.label, most=rows.most)
    cleaned = []
    for row in value:
        told = {name: clean(rows.columns[name], row.get(name)) for name in rows.columns if name in row}
        if unknown := set(row) - set(rows.columns) - {"id"}:
            raise Refused(_("%(what)s have no column called %(name)s."), what=rows.label, name=str(min(unknown)))
        as_it_was = row.get("id") and not set(row) & set(rows.needs)
        if as_it_was or any(told.get(name) not in (None, "", []) for name in rows.needs):
            cleaned.append({**({"id": str(row["id"])} if row.get("id") else {}), **told})
    return cleaned


def _codes(value, what, known):
    found = list(dict.fromkeys(str(code) for code in value or ()))
    if known is not None and (unknown := [code for code in found if code not in known]):
        raise Refused(_("%(what)s: there is no code %(code)s."), what=label_of(what), code=unknown[0])
    return sorted(found)


def clean(field: Field, value):
    """One value as it is kept: trimmed, of its type; Refused, saying which field and what would do."""
    if field.kind in ("number", "age", "amount"):
        return _number(field, value)
    if field.kind == "flag":
        return None if value in (None, "") else value in (True, "true", "yes", "on", 1, "1")
    if field.kind == "codes":
        return _picked(field, value)
    text = _text(field, value)
    check = _CHECKS.get(field.kind)
    return check(field, text) if check and text else (None if field.kind in ("date", "id") and not text else text)


def _text(field, value):
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", str(value if value is not None else "")))
    text = text.replace("\r\n", "\n").strip() if field.kind == "long" else " ".join(text.split())
    if len(text) > field.limit:
        raise Refused(_("Too long (at most %(limit)s letters): %(what)s."), limit=field.limit, what=field.label)
    return text


def _number(field, value):
    if value in (None, ""):
        return None
    try:
        number = float(str(value).replace(",", "."))
    except ValueError:
        raise Refused(_("%(what)s: this is no number."), what=field.label) from None
    if number != number or abs(number) > 1e12 or (field.kind == "age" and not 0 <= number <= 130):
        raise Refused(_("%(what)s: this number cannot be."), what=field.label)
    if field.kind == "amount" and number < 0:
        raise Refused(_("%(what)s: this is below nought. Leave it empty where nothing is known."), what=field.label)
    return int(number) if number.is_integer() else number


def _picked(field, value):
    picked = [str(code) for code in value or ()]
    if field.choices and (unknown := [code for code in picked if code not in field.choices]):
        raise Refused(_("%(what)s: there is no code %(code)s."), what=field.label, code=unknown[0])
    return sorted(set(picked))


def check_reach(kind: str, text: str) -> None:
    """Refuses what nobody can be reached by, of an entry that comes from elsewhere: words beside a number may stand."""
    if kind == "email":
        _email(SERVICE["email"], text)
    elif len(re.sub(r"\D", "", text)) < 3:
        _phone(ROWS["phones"].columns["number"], text)


def _currency(field, text):
    if text.upper() not in CURRENCIES:
        raise Refused(_("%(what)s: this is no currency. Write its three letters, for example EUR."), what=field.label)
    return text.upper()


def _email(field, text):
    if not _EMAIL.fullmatch(text):
        raise Refused(_("%(what)s: this is no e-mail address."), what=field.label)
    return text


def _url(field, text):
    text = text if "://" in text else f"https://{text}"
    if not safe_url(text) or " " in text or "." not in urlsplit(text).netloc:
        raise Refused(_("%(what)s: this is no web address."), what=field.label)
    return text


def _phone(field, text):
    if not 3 <= len(re.sub(r"\D", "", text)) <= 20 or not re.fullmatch(r"[\d\s()+/.*#-]+", text):
        raise Refused(_("%(what)s: this is no phone number."), what=field.label)
    return text


def _choice(field, text):
    if text not in field.choices:
        raise Refused(_("%(what)s: there is no code %(code)s."), what=field.label, code=text)
    return str(text)


def _date(field, text):
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refused(_("%(what)s: this is no day. Write it as 2026-03-31."), what=field.label) from None


def _time(field, text):
    found = minutes(text)
    if found is None:
        raise Refused(_("%(what)s: this is no time. Write it as 09:00."), what=field.label)
    return f"{found // 60:02d}:{found % 60:02d}"


def _days(field, text):
    days = [day for day in re.split(r"[,\s]+", text.upper()) if day]
    if not all(re.fullmatch(r"[+-]?[1-5]?(MO|TU|WE|TH|FR|SA|SU)", day) for day in days):
        raise Refused(_("%(what)s: write days as MO,TU,WE,TH,FR,SA,SU."), what=field.label)
    return ",".join(days)


_CHECKS = {
    "email": _email, "url": _url, "phone": _phone, "choice": _choice, "date": _date, "time": _time, "days": _days,
    "currency": _currency,
}  # fmt: skip
