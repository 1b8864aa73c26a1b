"""What of the ledger a new snapshot must read, and the numbers that stand for people in all snapshots."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from duga.casework.queries import FACT_COLUMNS, fact_marks, fact_surroundings, facts, keys_in_order
from duga.evidence.model import FACTS

FILE = "ledger.json"
"""Lies beside a snapshot's manifest: what the ledger looked like when it was taken. No part of the snapshot."""

_VERSION = 1
_KEYED = ("person", "household", "organisation")
_MOST_RANGES = 12


class Numbers:
    """Numbers for people, households and organisations: their places among all of their kind, oldest first.

    `told` says how many there were and a hash of their ids in order; `continues(told)` whether all who had a number
    then have the same one now. Ids sort by the time they were made; were one to come in before others (a clock set
    back), every number behind it would shift, and `continues` says no.
    """

    def __init__(self):
        self._places: dict[str, dict] = {}
        self._digests: dict[str, dict[int, str]] = {}
        self._before: Mapping[str, list] = {}

    def read(self, before: Mapping[str, list] | None = None) -> "Numbers":
        """Reads all ids; `before` is what an earlier snapshot told."""
        self._before = before or {}
        for kind in _KEYED:
            self._read(kind)
        return self

    def _read(self, kind: str) -> None:
        places, digest = {}, hashlib.sha256()
        digests = {0: digest.hexdigest()}
        wanted = (self._before.get(kind) or [0])[0]
        for key in keys_in_order(kind):
            places[key] = len(places) + 1
            digest.update(key.bytes)
            if len(places) == wanted:
                digests[wanted] = digest.hexdigest()
        digests[len(places)] = digest.hexdigest()
        self._places[kind], self._digests[kind] = places, digests

    def of(self, kind: str, key) -> int:
        """The number of one of them; who came after the reading began is read too."""
        if key not in self._places[kind]:
            self._read(kind)
        return self._places[kind][key]

    @property
    def told(self) -> dict[str, list]:
        return {kind: [len(places), self._digests[kind][len(places)]] for kind, places in self._places.items()}

    @property
    def continues(self) -> bool:
        """Whether all who had a number before have the same now."""
        return all(self._digests[kind].get(count) == digest for kind, (count, digest) in self._before.items())


@dataclass(frozen=True)
class Reading:
    """What the ledger looks like now: marks by month, surroundings, numbers, and the months nothing changed in."""

    marks: Mapping[str, str]
    surroundings: str
    numbers: Numbers
    unchanged: frozenset[str]

    def told(self) -> str:
        """The content of `FILE`."""
        told = {
            "version": _VERSION, "surroundings": self.surroundings, "numbers": self.numbers.told, "months": self.marks,
        }  # fmt: skip
        return json.dumps(told, indent=1, sort_keys=True) + "\n"

    def facts(self) -> Iterator[tuple]:
        """The facts of all months but the unchanged ones, in the columns of a snapshot, ids as numbers."""
        if tuple(FACTS) != tuple(FACT_COLUMNS):
            raise RuntimeError("casework's facts and the snapshot's columns differ")
        places = [(FACT_COLUMNS.index(kind), kind) for kind in _KEYED]
        area, month = FACT_COLUMNS.index("area"), FACT_COLUMNS.index("month")
        for since, until in _ranges(sorted(self.marks.keys() - self.unchanged)) if self.unchanged else [(None, None)]:
            for row in facts(since=since, until=until):
                if self.unchanged and f"{row[month]:%Y-%m}" in self.unchanged:
                    continue
                fact = list(row)
                for place, kind in places:
                    if fact[place] is not None:
                        fact[place] = self.numbers.of(kind, fact[place])
                fact[area] = fact[area] or "unknown"
                yield tuple(fact)


def read_ledger(before: Path | None, months: Mapping[str, object] = ()) -> Reading:
    """Looks at the ledger, beside what the snapshot in the folder `before` (holding `months`) was taken from.

    Marks are read before any fact: what is written meanwhile is at worst read again next time.
    """
    marks, surroundings, told = fact_marks(), fact_surroundings(), _told(before)
    numbers = Numbers().read(told.get("numbers"))
    if not told or told["surroundings"] != surroundings or not numbers.continues:
        return Reading(marks, surroundings, numbers, frozenset())
    same = (month for month, mark in marks.items() if told["months"].get(month) == mark and month in months)
    return Reading(marks, surroundings, numbers, frozenset(same))


def _told(folder: Path | None) -> dict:
    """What a snapshot's `FILE` says; nothing if there is none of this version."""
    try:
        told = json.loads((folder / FILE).read_text("utf-8")) if folder else {}
    except (OSError, ValueError):
        return {}
    return told if told.get("version") == _VERSION else {}


def _ranges(months: list[str]) -> list[tuple[dt.date, dt.date]]:
    """Days from and until which hold these months; few ranges, so that the ledger is not read too often."""
    numbers = [int(month[:4]) * 12 + int(month[5:]) - 1 for month in months]
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    if len(runs) > _MOST_RANGES:
        runs = [[runs[0][0], runs[-1][1]]]
    return [(_day(first), _day(last + 1) - dt.timedelta(days=1)) for first, last in runs]


def _day(number: int) -> dt.date:
    return dt.date(number // 12, number % 12 + 1, 1)
