"""Counting a release again from its snapshot and the definitions kept with it. Imports the engines when it counts."""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import replace

from duga import __version__
from duga.evidence import indicators, snapshot
from duga.evidence.supply import verify as verify_supply
from duga.indicators import rules
from duga.indicators.models import Release, Snapshot
from duga.indicators.queries import counting, drawing, guard, supply
from duga.indicators.queries.releases import folder_of, readable_release
from duga.members.queries import networks_of
from duga.members.rules import Viewer
from duga.plain.errors import DugaError


def differences(viewer: Viewer, release_id) -> list[str]:
    """What differs between a release and what its snapshot gives now; empty when every byte is the same."""
    release = readable_release(viewer, release_id)
    folder = folder_of(release.snapshot)
    opened = snapshot.open_snapshot(folder)
    broken = snapshot.verify(opened)
    if broken or opened.fingerprint != release.snapshot.fingerprint:
        return [f"The snapshot itself was changed: {', '.join(broken) or 'another fingerprint'}."]
    if release.indicator in rules.SUPPLY:
        frozen = supply.frozen_of(folder, release.table["snapshot"]["fingerprint"])
        if broken := verify_supply(frozen):
            return [f"What was frozen of the directory was changed: {', '.join(broken)}."]
        wanted = rules.public_table(release.indicator, release.table["breakdown"], release.country)
        again = supply.count_public(
            frozen, release.country, wanted,
            supply.as_it_stood(release.indicator, release.definition, release.consulted),
            release_id=release.pk, code_version=release.code_version, population=release.table.get("population", []),
        )  # fmt: skip
    else:
        counted, question = _count_again(release, opened)
        if counted is None:
            return ["Counted again, nothing may be shown of this country and year."]
        again = counting.document(counted, release_id=release.pk, question=question, code_version=release.code_version)
        wanted = counted.wanted
    found = []
    if rules.canonical(again) != rules.canonical(release.table):
        found += [f"{name} differs" for name in again if again[name] != release.table.get(name)] or [
            "the table differs"
        ]
    found += _other_files(release, again, wanted.chart)
    if found and release.code_version != __version__:
        found.append(f"It was counted with Duga {release.code_version}; this is {__version__}.")
    return found


def _count_again(release: Release, opened):
    """The release's table counted anew, by the definitions as they stood."""
    texts = release.consulted | {release.indicator: release.definition}
    definitions = {code: indicators.parse(text, name=code) for code, text in texts.items()}
    for code, each in definitions.items():  # of one worked out from others: from those as they stood
        parts = {role: replace(definitions.get(part.code, part), beside=()) for role, part in each.parts.items()}
        definitions[code] = replace(each, parts=parts) if parts else each
    older = guard.older_for_release(release.country, release.year, release.snapshot, before=release.created_at)
    question = counting.Question.of(
        counting.Counts(opened), release.country, release.year,
        definitions=definitions, older=older, population=release.table.get("population", []),
    )  # fmt: skip
    wanted = rules.public_table(release.indicator, tuple(release.table["breakdown"]), release.country)
    count = counting.count_country if release.country else counting.count_network
    return next(iter(count(question, [wanted])), None), question


def _other_files(release: Release, again: dict, chart: str) -> list[str]:
    """The files that are not what they are made to be again, and those whose bytes are not what was written down."""
    kept = {file.kind: file for file in release.files.all()}
    made = {
        "json": rules.canonical(again),
        "csv": rules.as_csv(again),
        "parquet": drawing.as_parquet(again),
        "svg": drawing.draw(again, chart).encode(),
    }
    if release.released_at:
        rest = [(file.name, file.sha256, file.size) for file in kept.values() if file.kind != "prov"]
        made["prov"] = provenance_of(release, rest)
    found = []
    for kind, data in made.items():
        have = bytes(kept[kind].data) if kind in kept else b""
        if have != data and not (kind == "parquet" and have and _same_rows(have, data)):
            found.append(f"the {kind} file differs" if kind in kept else f"the {kind} file is missing")
        elif kind in kept and hashlib.sha256(have).hexdigest() != kept[kind].sha256:
            found.append(f"the {kind} file is not the one whose sum was written down")
    return found


def _same_rows(one: bytes, other: bytes) -> bool:
    """Whether two Parquet files say the same, though another version of the library wrote their bytes."""
    import pyarrow.parquet as pq

    return pq.read_table(io.BytesIO(one)).equals(pq.read_table(io.BytesIO(other)), check_metadata=True)


def figures_network() -> str:
    """The name of the one network that figures are counted for; empty where there is none yet."""
    above = [each for each in networks_of(Viewer(system="figures")) if each.parent_id is None]
    return above[0].name if len(above) == 1 else ""


def provenance_of(release: Release, files: Iterable[tuple[str, str, int]]) -> bytes:
    """The bytes of a release's PROV-JSON; files as (name, SHA-256, size)."""
    times = {
        "drafted": release.created_at, "audited": release.audited_at,
        "checked": release.checked_at, "released": release.released_at,
    }  # fmt: skip
    consulted = [indicators.parse(text, name=code) for code, text in sorted(release.consulted.items())]
    found = rules.provenance(
        release.table,
        files=files,
        network=release.network,
        times=times,
        before=str(release.supersedes_id or ""),
        consulted=[(each.code, each.version, each.fingerprint) for each in consulted],
    )
    return rules.canonical(found)


def damaged_snapshots() -> list[str]:
    """Snapshots that are gone from the disk or no longer have the fingerprint they were taken with."""
    found = []
    for each in Snapshot.objects.all():
        try:
            opened = snapshot.open_snapshot(folder_of(each))
        except DugaError as error:
            found.append(str(error))
            continue
        if opened.fingerprint != each.fingerprint or snapshot.verify(opened) or supply.broken(opened.path):
            found.append(
                f"The snapshot {each.fingerprint[:16]} was changed after it was taken: restore it from a backup."
            )
    return found
