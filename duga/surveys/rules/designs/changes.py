"""What changed between two versions of a form, and whether answers would be lost by it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _
from duga.surveys.rules.designs.personal import NO_ANSWER

_SAME_VERSION = _(
    "This file says version “%(new)s”, and version “%(old)s” is published. Phones notice a new version only when it "
    "rises: write a higher one on the settings sheet, for example %(better)s."
)
_OTHER_ID = _(
    "This file's form_id is “%(new)s”, this form's is “%(old)s”. Write “%(old)s” on its settings sheet, or begin a "
    "new form with it."
)


class ChangeKind(StrEnum):
    """What happened to a question between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    RETYPED = "retyped"
    CHOICE_REMOVED = "choice_removed"
    REWORDED = "reworded"


CHANGE_LABELS = {
    ChangeKind.ADDED: _("added"),
    ChangeKind.REMOVED: _("removed"),
    ChangeKind.RENAMED: _("renamed"),
    ChangeKind.MOVED: _("moved to another group"),
    ChangeKind.RETYPED: _("another type"),
    ChangeKind.CHOICE_REMOVED: _("choice removed"),
    ChangeKind.REWORDED: _("reworded"),
}

#: Of these, answers given before no longer stand beside those given from now on.
_LOSES = {ChangeKind.REMOVED, ChangeKind.RENAMED, ChangeKind.MOVED, ChangeKind.CHOICE_REMOVED}
#: Types whose answers stay comparable when one becomes the other.
_KIN = ({"integer", "decimal", "range"}, {"select_one", "text"}, {"select_one", "select_multiple"}, {"note", "text"})


@dataclass(frozen=True)
class Change:
    """One change: of the question at `path` (its old path where there is one), from `old` to `new`."""

    kind: ChangeKind
    path: str
    label: str
    old: str = ""
    new: str = ""
    loses: bool = False


def changes(before: list[dict], after: list[dict]) -> list[Change]:
    """What changed from one version's questions to another's, in the order of the new form, removals last."""
    old = {q["path"]: q for q in before if q["type"] not in NO_ANSWER}
    new = {q["path"]: q for q in after if q["type"] not in NO_ANSWER}
    gone, come = [p for p in old if p not in new], [p for p in new if p not in old]
    found, paired = [], {}
    for path in come:
        twin = _twin(new[path], [old[each] for each in gone if each not in paired.values()])
        if twin:
            paired[path] = twin["path"]
    for path, question in new.items():
        if path in paired:
            was = old[paired[path]]
            kind = ChangeKind.MOVED if was["name"] == question["name"] else ChangeKind.RENAMED
            found.append(Change(kind, was["path"], _label(question), was["path"], path, loses=True))
        elif path in old:
            found += _between(old[path], question)
        else:
            found.append(Change(ChangeKind.ADDED, path, _label(question), new=path))
    lost = [old[path] for path in gone if path not in paired.values()]
    return found + [
        Change(ChangeKind.REMOVED, q["path"], _label(q), old=q["path"], loses=q["type"] != "calculate") for q in lost
    ]


def _label(question):
    return next(iter(question["labels"].values()), "") or question["name"]


def _twin(question, candidates):
    """The removed question that this new one most likely is: the same name elsewhere, else the same words and type."""
    by_name = [q for q in candidates if q["name"] == question["name"]]
    words = [
        q for q in candidates
        if q["type"] == question["type"] and q["labels"] and q["labels"] == question["labels"]
    ]  # fmt: skip
    return (by_name or words or [None])[0]


def _between(was, now):
    if was["type"] != now["type"]:
        kin = any({was["type"], now["type"]} <= pair for pair in _KIN)
        yield Change(ChangeKind.RETYPED, was["path"], _label(now), was["type"], now["type"], loses=not kin)
    values = {choice["value"] for choice in now["choices"]}
    if now["choices"]:
        for choice in was["choices"]:
            if choice["value"] not in values:
                yield Change(ChangeKind.CHOICE_REMOVED, was["path"], _label(now), choice["value"], loses=True)
    both = set(was["labels"]) & set(now["labels"])
    if any(was["labels"][language] != now["labels"][language] for language in both):
        language = next(each for each in was["labels"] if each in both and was["labels"][each] != now["labels"][each])
        yield Change(ChangeKind.REWORDED, was["path"], _label(now), was["labels"][language], now["labels"][language])


def _order(version):
    """A version in parts that compare as people read them: numbers as numbers."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part.lower()) for part in re.findall(r"\d+|\D+", version)]


def check_version_rises(new: str, published: list[str]) -> None:
    """Refuses a version text that is not higher than every one published before."""
    for old in published:
        if not new or _order(new) <= _order(old):
            highest = max(published, key=_order)
            raise Refused(_SAME_VERSION, new=new or "-", old=highest, better=next_version(highest))


def next_version(version: str) -> str:
    """A version text that is higher than this one: its last number counted up."""
    parts = re.findall(r"\d+|\D+", version)
    for at in range(len(parts) - 1, -1, -1):
        if parts[at].isdigit():
            parts[at] = str(int(parts[at]) + 1).zfill(len(parts[at]))
            return "".join(parts)
    return f"{version}.2" if version else "2"


def check_form_id(new: str, old: str) -> None:
    """Refuses a file whose formID is another than its form's."""
    if new != old:
        raise Refused(_OTHER_ID, new=new, old=old)
