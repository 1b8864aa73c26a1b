"""Counting a release again from its snapshot and the definition kept with it. Imports the engines."""

from duga.evidence import indicators, snapshot
from duga.indicators import rules
from duga.indicators.models import Snapshot
from duga.indicators.queries import counting
from duga.indicators.queries.releases import folder_of, readable_release
from duga.members.rules import Viewer


def differences(viewer: Viewer, release_id) -> list[str]:
    """What differs between a release and what its snapshot gives now; empty when every byte is the same."""
    release = readable_release(viewer, release_id)
    folder = folder_of(release.snapshot)
    opened = snapshot.open_snapshot(folder)
    broken = snapshot.verify(opened)
    if broken:
        return [f"The snapshot itself was changed: {', '.join(broken)}."]
    definition = indicators.parse(release.definition, name=release.indicator)
    question = counting.Question.of(
        counting.Counts(opened), release.country, release.year, {release.indicator: definition}
    )
    breakdown = tuple(release.table["breakdown"])
    wanted = rules.public_table(release.indicator, breakdown, release.country)
    count = counting.count_country if release.country else counting.count_network
    counted = count(question, [wanted])
    if not counted:
        return ["Counted again, nothing may be shown of this country and year."]
    again = counting.document(counted[0], release_id=release.pk, question=question, code_version=release.code_version)
    found = []
    if rules.canonical(again) != rules.canonical(release.table):
        found += [f"{name} differs" for name in again if again[name] != release.table.get(name)]
    for kind, made in (("json", rules.canonical(again)), ("csv", rules.as_csv(again))):
        if bytes(release.files.get(kind=kind).data) != made:
            found.append(f"the {kind} file differs")
    return found


def damaged_snapshots() -> list[str]:
    """Snapshots that are gone from the disk or no longer have the fingerprint they were taken with."""
    from duga.plain.errors import DugaError

    found = []
    for each in Snapshot.objects.all():
        try:
            opened = snapshot.open_snapshot(folder_of(each))
        except DugaError as error:
            found.append(str(error))
            continue
        if opened.fingerprint != each.fingerprint or snapshot.verify(opened):
            found.append(
                f"The snapshot {each.fingerprint[:16]} was changed after it was taken: restore it from a backup."
            )
    return found
