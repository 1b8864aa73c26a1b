"""Two offers side by side: what would change, and whether two values say the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from duga.directory.rules.fields import ROWS, label_of, told


@dataclass(frozen=True)
class Difference:
    """One field that changes: what it was, what it becomes."""

    field: str
    before: object
    after: object
    label: str = field(default="", compare=False)


def differences(before: Mapping, changes: Mapping) -> list[Difference]:
    """What cleaned changes would alter in an offer (both as `check_offer` gives them), in their order."""
    found = []
    for name, after in changes.items():
        now = before.get(name)
        if name in ROWS:
            now, after = now or [], _filled(now or [], after)
        if told(now) != told(after):
            found.append(Difference(name, now, after, label_of(name)))
    return found


def same(name: str, a, b) -> bool:
    """Whether two values of a field say the same: rows by what they say, not by their ids or order."""
    if name in ROWS:
        return _said(a) == _said(b)
    return told(a) == told(b)


def without_doubles(changes: Mapping, now: Mapping) -> dict:
    """The changes without new rows that say what another of their list says already: a second tap of one button."""
    kept = dict(changes)
    for name in ROWS.keys() & changes.keys():
        filled = _filled(now.get(name) or [], changes[name])
        said = [_said([row]) for row in filled if row.get("id")]
        kept[name] = []
        for row, whole in zip(changes[name], filled, strict=True):
            if row.get("id") or _said([whole]) not in said:
                kept[name].append(row)
                said.append(_said([whole]))
    return kept


def _said(rows):
    rows = [{key: value for key, value in (told(row) or {}).items() if key != "id"} for row in rows or ()]
    return sorted(rows, key=repr)


def _filled(now, rows):
    """Rows with what they leave unsaid of the row they change."""
    known = {row.get("id"): row for row in now if row.get("id")}
    return [{**known.get(row.get("id"), {}), **row} for row in rows]
