"""Reading counting rounds: the secretariat's view of all, an organisation's of its own part, everybody's of results."""

import datetime as dt
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from duga.evidence import across
from duga.indicators.models import CountingRound, RoundPart, StandingAgreement
from duga.indicators.queries.releases import network_grant
from duga.indicators.rules.rounds import Answer, RoundState
from duga.members.queries import organisation_by_slug, organisations_of
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotAllowed, NotFound, Refused, gettext_noop
from duga.vault import sealing

NOT_THERE = gettext_noop("There is no such counting round, or it is not yours to see.")
#: So long a process that links is believed to be at work.
PATIENCE = dt.timedelta(hours=2)
#: What of an organisation leaves its walls is its coordinator's to decide; no session of an administrator may.
DECIDES = Permission.EXPORT_RECORDS
#: What a round leaves in its folder once it is linked, and under which labels and keys what it keeps is sealed.
MAP = "map.sealed"
MAP_FIELD, COUNTS_FIELD, COUNTS_KEY = "indicators.CountingRound.map", "indicators.CountingRound.counts", "round counts"


def rounds_folder() -> Path:
    """Where rounds keep their files while they last. Not part of any backup: what is destroyed is gone."""
    return settings.DATA / "rounds"


def folder_of_round(round_id) -> Path:
    """One round's folder."""
    return rounds_folder() / str(round_id)


def map_box(round_id) -> uuid.UUID:
    """The id of the key under which a round's cluster map is sealed."""
    return uuid.uuid5(uuid.UUID(str(round_id)), "duga cluster map")


def may_see_rounds(viewer: Viewer) -> bool:
    """Whether the viewer counts for the network."""
    return network_grant(viewer, Permission.COUNT) or network_grant(viewer, Permission.REVIEW)


def rounds(viewer: Viewer) -> list[CountingRound]:
    """All rounds, newest first, for who counts or reviews for the network."""
    if not may_see_rounds(viewer):
        raise NotFound(NOT_THERE)
    return list(CountingRound.objects.all())


def counting_round(viewer: Viewer, round_id) -> CountingRound:
    """The door to one round, for who counts or reviews for the network."""
    found = CountingRound.objects.filter(pk=round_id).first()
    if found is None or not may_see_rounds(viewer):
        raise NotFound(NOT_THERE)
    return found


def parts_of(viewer: Viewer, round_id) -> list[RoundPart]:
    """Who was asked and what they answered; how many people each encoded is told nowhere outside its walls."""
    return list(counting_round(viewer, round_id).parts.select_related("organisation"))


@dataclass(frozen=True)
class Standing:
    """How far a round's organisations are, in numbers; `done` in percent of the encoding that was agreed to."""

    asked: int
    waiting: int
    agreed: int
    declined: int
    encoded: int
    failed: int
    done: int

    @property
    def busy(self) -> bool:
        """Whether somebody is still encoding."""
        return self.agreed > self.encoded + self.failed


def standing_of(round_: CountingRound) -> Standing:
    """How many organisations were asked, answered and encoded."""
    parts = list(round_.parts.all())
    agreed = [part for part in parts if part.answer == Answer.AGREED]
    finished = [100 if part.encoded_at or part.message else min(part.done, 99) for part in agreed]
    return Standing(
        asked=len(parts),
        waiting=sum(part.answer == Answer.ASKED for part in parts),
        agreed=len(agreed),
        declined=sum(part.answer == Answer.DECLINED for part in parts),
        encoded=sum(part.encoded_at is not None for part in agreed),
        failed=sum(bool(part.message) for part in agreed),
        done=sum(finished) // max(1, len(finished)),
    )


def deciding_organisation(viewer: Viewer, slug: str):
    """The door to an organisation for whoever decides what leaves it."""
    return organisation_by_slug(viewer, slug, DECIDES)


def rounds_of_organisation(viewer: Viewer, slug: str) -> list[RoundPart]:
    """The rounds an organisation was asked into, newest first, with its part."""
    organisation = deciding_organisation(viewer, slug)
    found = RoundPart.objects.filter(organisation=organisation).select_related("round")
    return list(found.order_by("-round__created_at"))


def standing_agreement(viewer: Viewer, slug: str) -> StandingAgreement | None:
    """The organisation's word that it takes part in every round, if it stands."""
    organisation = deciding_organisation(viewer, slug)
    return StandingAgreement.objects.filter(organisation=organisation, ended_at=None).first()


# --- What everybody may see -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Across:
    """People across organisations of one country (empty: all) and year; numbers rounded, None where hidden."""

    people: int | None
    low: int | None
    high: int | None
    claimed: int | None
    shown: bool
    round_id: uuid.UUID
    released_at: object


def people_across_organisations() -> dict[int, dict[str, Across]]:
    """{year: {country ("" for all): Across}} of released rounds; where two counted the same, the one released last.

    A round of some countries says nothing of all. Empty while no round was released: then overlapping services count as
    the highest, never the sum.
    """
    found: dict[int, dict[str, Across]] = {}
    for each in CountingRound.objects.exclude(released_at=None).order_by("released_at"):
        mine = _stands_for(each)
        for year, cells in _by_year(each).items():
            found.setdefault(year, {}).update({c: cell for c, cell in cells.items() if (year, c) in mine})
    return dict(sorted(found.items(), reverse=True))


def _by_year(round_: CountingRound) -> dict[int, dict[str, Across]]:
    found: dict[int, dict[str, Across]] = {}
    for row in round_.result:
        found.setdefault(row["year"], {})[row["country"]] = Across(
            people=row["people"], low=row["low"], high=row["high"], claimed=row["claimed"],
            shown=row["status"] == "shown", round_id=round_.pk, released_at=round_.released_at,
        )  # fmt: skip
    return found


def replaced_rounds(round_: CountingRound) -> list[tuple[CountingRound, list[int]]]:
    """Released rounds whose place a round takes (or took, when it is released itself), newest first, with the years."""
    earlier = CountingRound.objects.exclude(released_at=None).exclude(pk=round_.pk)
    if round_.released_at:
        earlier = earlier.filter(released_at__lt=round_.released_at)
    return _sharing(round_, earlier.order_by("-released_at"))


def replaced_by(round_: CountingRound) -> list[tuple[CountingRound, list[int]]]:
    """Rounds released later that count the same years and countries, newest first, with those years."""
    later = CountingRound.objects.filter(released_at__gt=round_.released_at)
    return _sharing(round_, later.order_by("-released_at"))


def _sharing(round_: CountingRound, others) -> list[tuple[CountingRound, list[int]]]:
    mine, found = _stands_for(round_), []
    for each in others:
        if years := sorted({year for year, _country in mine & _stands_for(each)}):
            found.append((each, years))
    return found


def _stands_for(round_: CountingRound) -> set[tuple[int, str]]:
    """The years and countries of which a round tells the number; one of some countries says nothing of all."""
    return {(row["year"], row["country"]) for row in round_.result if row["country"] or not round_.countries}


def released_round(round_id) -> CountingRound:
    """A round whose result is public."""
    found = CountingRound.objects.exclude(released_at=None).filter(pk=round_id).first()
    if found is None:
        raise NotFound(NOT_THERE)
    return found


def result_of(round_: CountingRound) -> dict[int, dict[str, Across]]:
    """A round's result by year and country."""
    return dict(sorted(_by_year(round_).items(), reverse=True))


def has_map(round_: CountingRound) -> bool:
    """Whether the cluster map still lies in the round's folder."""
    return round_.state == RoundState.LINKED and (folder_of_round(round_.pk) / MAP).is_file()


def is_lost(round_: CountingRound) -> bool:
    """Whether a round lacks what it needs to go on: its key while open, its encodings when encoded, its sealed map.

    Read it while the round is locked: a step destroys what the state before it needed.
    """
    store, folder = sealing.store(), folder_of_round(round_.pk)
    if round_.state == RoundState.OPEN:
        return not store.holds_round(round_.pk) and round_.parts.exists()
    if round_.state == RoundState.ENCODED:
        return not any(folder.glob(f"*{across.ENCODINGS}"))
    return round_.state == RoundState.LINKED and not (has_map(round_) and store.holds_round(map_box(round_.pk)))


def sealed_counts_of(round_: CountingRound) -> dict:
    """A round's exact counts and the digests of its files, opened for verifying only; {} when they do not open."""
    try:
        return sealing.unseal(
            owner=round_.pk, field=COUNTS_FIELD, data=round_.sealed_counts, key=sealing.derived(COUNTS_KEY)
        )
    except Refused:
        return {}


def differences_of_round(round_: CountingRound) -> list[str]:
    """What is wrong with a round's result, in plain words; empty when it is what was counted.

    The sealed exact counts must have the fingerprint noted, and give the released numbers when they are rounded again.
    While the map lasts, the people in it are counted again too.
    """
    sealed = sealed_counts_of(round_)
    if not sealed:
        return ["The sealed counts of this round do not open: they were changed, or belong to another installation."]
    found = []
    if across.fingerprint(sealed["counts"], sealed["files"]) != round_.fingerprint:
        found.append("The fingerprint is not that of the sealed counts.")
    if across.published(sealed["counts"]) != round_.result:
        found.append("The numbers shown are not those of the sealed counts.")
    if has_map(round_):
        found += _differences_of_map(round_, sealed["counts"])
    return found


def _differences_of_map(round_: CountingRound, counts) -> list[str]:
    data = (folder_of_round(round_.pk) / MAP).read_bytes()
    key = sealing.store().box_key(map_box(round_.pk))
    kept = sealing.unseal(owner=round_.pk, field=MAP_FIELD, data=data, key=key)
    presences = across.presences_of(kept["presence"][name] for name in sorted(kept["presence"]))
    again = across.distinct_of(kept["map"], presences)
    told = {(each["country"], each["year"]): each["distinct"] for each in counts}
    return [] if again == told else ["Counted again from the sealed map, the people are not as many."]


def round_countries(viewer: Viewer) -> set[str]:
    """The countries in which the viewer's network has members."""
    return {each.country for each in organisations_of(viewer)}


def may_open_rounds(viewer: Viewer) -> bool:
    """Whether the viewer opens and ends rounds."""
    return network_grant(viewer, Permission.RELEASE)


def require_opening(viewer: Viewer) -> None:
    """NotFound or NotAllowed for who does not open rounds."""
    if not may_see_rounds(viewer):
        raise NotFound(NOT_THERE)
    if not may_open_rounds(viewer):
        raise NotAllowed(gettext_noop("Counting rounds are opened and ended by the network's secretariat."))


def may_check_round(viewer: Viewer, round_: CountingRound) -> bool:
    """Whether the viewer is the second person who may find a result right."""
    return network_grant(viewer, Permission.REVIEW) and round_.linking_by != viewer.label


def linking_is_late(round_: CountingRound, now) -> bool:
    """Whether linking has been at work for so long that nobody should go on waiting."""
    return round_.linking_since is not None and now - round_.linking_since > PATIENCE
