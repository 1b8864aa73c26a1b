"""An organisation's part in a counting round: its people encoded inside its own walls; and who objects to it.

What leaves is two files: encodings of identity fields under the round's key, and in which country and year each
was helped. No name, no id of ours, no month, no place, no kind of help. Sealed programmes never take part.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import IDENTITY, _organisation, _tell
from duga.casework.actions.people import _door
from duga.casework.models import CountingObjection, Person
from duga.casework.queries.objections import agreeing, objecting
from duga.evidence import across
from duga.members.actions import write_trail
from duga.members.rules import Permission
from duga.vault import sealing

CHUNK = 2_000
#: Identity fields that may be encoded, and what each is made of.
ROLES = ("given", "family", "father", "born", "birth_year", "sex", "place", "phone", "document")
_FIELD = {"born": "birth_date"}
_ANYWHERE = ""


@dataclass(frozen=True)
class Encoded:
    """What was written: how many people, how many stay out of linking, and the digest of both files."""

    people: int
    left_out: int
    sha256: str


def encode_people(
    *, by, organisation_id, round_id, roles: Iterable[str], years: Iterable[int], countries: Iterable[str],
    only_stated: bool, out: Path, progress: Callable[[int, int], None] | None = None,
) -> Encoded:  # fmt: skip
    """Encodes an organisation's people helped in these years and countries into `out` (without an ending).

    Writes `out.encodings` and `out.presence`. Who objects, is erased or (with `only_stated`) has no stated basis is
    only counted, by country and year. The round's key is read through the organisation's own; nothing is returned
    that names anyone. `progress(done, of)`: people encoded. Leaves a trail entry in the organisation. Imports
    numeric libraries: never in the server.
    """
    from duga.evidence import linkage

    organisation = _organisation(by, organisation_id, Permission.EXPORT_RECORDS)
    key = sealing.store().round_key(round_id, organisation.pk)
    roles = [role for role in ROLES if role in set(roles)]
    seen = _helped(organisation.pk, set(years), set(countries))
    people, records = _records(_taking_part(organisation.pk, seen, only_stated), roles)
    encodings, presence = out.with_suffix(across.ENCODINGS), out.with_suffix(across.PRESENCE)
    encoded = linkage.encode(records, roles, key.hex(), encodings, progress=progress)
    numbers = dict(zip(people, encoded.numbers, strict=True))
    presence.write_text(_presence(seen, numbers, key), encoding="utf-8")
    done = Encoded(len(people), len(seen) - len(people), across.digest(out))
    write_trail(
        by=by, event="people.encoded", subject=("indicators.CountingRound", round_id),
        organisation_id=organisation.pk,
        detail={"people": done.people, "left_out": done.left_out, "fields": roles, "sha256": done.sha256},
    )  # fmt: skip
    return done


def _helped(organisation_id, years: set[int], countries: set[str]) -> dict:
    """{person: {(country, year)}} of whom the ledger's open part says that they were helped; names stay closed."""
    seen = defaultdict(set)
    if years:
        span = {"since": dt.date(min(years), 1, 1), "until": dt.date(max(years), 12, 31)}
        at = {name: queries.FACT_COLUMNS.index(name) for name in ("person", "country", "month")}
        for fact in queries.facts(organisation_id=organisation_id, **span):
            person, country, year = fact[at["person"]], fact[at["country"]], fact[at["month"]].year
            if person is not None and year in years and (not countries or country in countries):
                seen[person].add((country, year))
    return dict(seen)


def _taking_part(organisation_id, seen: Iterable, only_stated: bool) -> list:
    """Those who may be encoded: not erased, not under a seal, not objecting."""
    open_ = Person.objects.filter(queries.unsealed(), organisation_id=organisation_id, erased_at=None)
    found = set(seen) & set(open_.values_list("pk", flat=True))
    found -= objecting(organisation_id)
    return sorted(found & agreeing(organisation_id) if only_stated else found)


def _records(people: list, roles: list[str]) -> tuple[list, list[dict]]:
    """(person ids, what is encoded of each), opened part by part; of the erased no key is left, so they fall out."""
    found, records = [], []
    for start in range(0, len(people), CHUNK):
        rows = Person.objects.filter(pk__in=people[start : start + CHUNK]).order_by("pk")
        rows = {row[0]: row[1:] for row in rows.values_list("pk", "identity", "sex", "birth_year", "area__name")}
        opened = sealing.unseal_many(field=IDENTITY, rows=[(pk, row[0]) for pk, row in rows.items()])
        for pk, identity in opened.items():
            _sealed, sex, year, place = rows[pk]
            known = {role: identity.get(_FIELD.get(role, role)) for role in roles}
            known |= {"sex": "" if sex == "unknown" else sex, "birth_year": str(year or ""), "place": place}
            records.append({role: known[role] for role in roles if known[role]})
            found.append(pk)
    return found, records


def _presence(seen: dict, numbers: dict, key: bytes) -> str:
    """In which countries and years whom the encodings call by a number was helped.

    Of those who stay out only how many there are in each country and year, never one by one: rounded at random to a
    multiple of five (`across.at_random`), so that nobody learns that one person objected.
    """
    rows = sorted([numbers[p], country, year] for p in numbers for country, year in seen[p])
    alone = defaultdict(int)
    for person in seen.keys() - numbers.keys():
        for cell in seen[person] | {(_ANYWHERE, year) for _country, year in seen[person]}:
            alone[cell] += 1
    about = {cell: across.at_random(number, key, *cell) for cell, number in alone.items()}
    told = {"rows": rows, "alone": sorted([*cell, number] for cell, number in about.items() if number)}
    return json.dumps(told, separators=(",", ":")) + "\n"


# --- Objections -------------------------------------------------------------------------------------------


@transaction.atomic
def object_to_counting(*, by, person_id) -> CountingObjection:
    """Notes that a person does not take part in counting across organisations: from the next round on."""
    person = _door(by, person_id, Permission.ADD_PEOPLE)
    known = CountingObjection.objects.filter(person=person, ended_at=None).first()
    if known:
        return known
    _tell(by, "person.objected", person)
    return CountingObjection.objects.create(person=person, recorded_by_id=by.account_id)


@transaction.atomic
def end_objection(*, by, person_id) -> None:
    """Ends a person's objection, when she says so herself."""
    person = _door(by, person_id, Permission.ADD_PEOPLE)
    if CountingObjection.objects.filter(person=person, ended_at=None).update(ended_at=timezone.now()):
        _tell(by, "person.objection_ended", person)
