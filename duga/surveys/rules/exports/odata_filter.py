"""$filter over what the house knows of a submission (`__system`), never over answers: those lie sealed.

    __system/submissionDate ge 2026-01-01T00:00:00Z and (__system/reviewState eq 'approved' or not …)

Fields: __id, __system/submissionDate, updatedAt, reviewState, submitterId, deviceId, formVersion. Operators: eq ne gt
ge lt le, and or not, parentheses; functions year month day hour minute second of a moment.
Source: OData URL Conventions 4.01, 5.1.1.
"""

import datetime as dt
import re
from dataclasses import dataclass

from duga.plain.errors import Unreadable
from duga.plain.errors import gettext_noop as _

MOMENTS = {"submissionDate": "received_at", "updatedAt": "changed_at"}
FIELDS = {
    **MOMENTS, "reviewState": "state", "submitterId": "account", "deviceId": "device", "formVersion": "form_version",
}  # fmt: skip
FUNCTIONS = frozenset({"year", "month", "day", "hour", "minute", "second"})
OPERATORS = {"eq": "exact", "ne": "ne", "gt": "gt", "ge": "gte", "lt": "lt", "le": "lte"}
_STATES = {"hasIssues": "has_issues"}
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<mark>[(),])|(?P<word>[^\s(),']+))", re.ASCII
)  # fmt: skip
DEEPEST, LONGEST = 20, 2000

_WRONG = _("This $filter cannot be understood near “%(near)s”. It may ask about __system/… only: answers are sealed.")


@dataclass(frozen=True)
class Condition:
    """`kind` and, or, not with `parts`; or is, with a field of ours, an operator, a value and maybe a part of a moment.

    value: text, a moment with its zone, a number, or None for null.
    """

    kind: str
    parts: tuple["Condition", ...] = ()
    field: str = ""
    part: str = ""
    operator: str = ""
    value: object = None


def read_filter(text: str) -> Condition:
    """The condition that a $filter asks for; Unreadable says where it cannot be understood."""
    if len(text) > LONGEST:
        raise Unreadable(_WRONG, near=text[:40])
    reader = _Reader(text)
    found = reader.either(0)
    if reader.tokens:
        raise reader.wrong()
    return found


class _Reader:
    def __init__(self, text):
        self.tokens, at = [], 0
        text = text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise Unreadable(_WRONG, near=text[at : at + 40])
            self.tokens.append(found[found.lastgroup])
            at = found.end()

    def wrong(self):
        return Unreadable(_WRONG, near=" ".join(self.tokens[:3])[:40])

    def next(self, wanted=None):
        if not self.tokens or (wanted and self.tokens[0] != wanted):
            raise self.wrong()
        return self.tokens.pop(0)

    def either(self, deep):
        parts = [self.both(deep)]
        while self.tokens[:1] == ["or"]:
            self.next()
            parts.append(self.both(deep))
        return parts[0] if len(parts) == 1 else Condition("or", tuple(parts))

    def both(self, deep):
        parts = [self.one(deep)]
        while self.tokens[:1] == ["and"]:
            self.next()
            parts.append(self.one(deep))
        return parts[0] if len(parts) == 1 else Condition("and", tuple(parts))

    def one(self, deep):
        if deep > DEEPEST:
            raise self.wrong()
        if self.tokens[:1] == ["not"]:
            self.next()
            return Condition("not", (self.one(deep + 1),))
        if self.tokens[:1] == ["("]:
            self.next()
            found = self.either(deep + 1)
            self.next(")")
            return found
        return self.comparison()

    def comparison(self):
        name, part = self.next() if self.tokens else "", ""
        if name in FUNCTIONS:
            self.next("(")
            part, name = name, self.next()
            self.next(")")
        field = "instance_id" if name == "__id" else FIELDS.get(name.removeprefix("__system/"), "")
        known = name == "__id" or name.startswith("__system/")
        if not known or not field or (part and field not in MOMENTS.values()):
            self.tokens.insert(0, name)
            raise self.wrong()
        operator = OPERATORS.get(self.tokens[0] if self.tokens else "")
        if operator is None:
            raise self.wrong()
        self.next()
        return Condition("is", (), field, part, operator, self.value(field, part, operator))

    def value(self, field, part, operator):
        told = self.next()
        if told == "null" and operator in ("exact", "ne") and not part:
            return None
        if part and re.fullmatch(r"\d{1,6}", told):
            return int(told)
        if field in MOMENTS.values() and not part and (moment := _moment(told)) is not None:
            return moment
        if told.startswith("'") and field not in MOMENTS.values():
            text = told[1:-1].replace("''", "'")
            return _STATES.get(text, text) if field == "state" else text
        self.tokens.insert(0, told)
        raise self.wrong()


def _moment(told) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(told.strip("'"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
