"""Reach: how many people live how far from the nearest service, by straight line.

Method: the great circle on a sphere of 6,371.0088 km (the mean earth radius of WGS 84), from the point of a settlement
to the nearest place of a service that fits, in the settlement's own country. All people of a settlement stand in its
point. No roads, no hills, no timetables: it says who is far for certain, not who gets there. A settlement whose
population is not known is counted as unknown, never as empty.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from duga.evidence.supply.words import ANY, DISTANCES, WORDS, is_about_violence

RADIUS = 6371.0088
"""Kilometres: mean radius of the earth, (2a + b) / 3 of WGS 84."""
_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Settlement:
    """A place people live in; `population` None: not known."""

    country: str
    area: str
    latitude: float
    longitude: float
    population: int | None


def within_reach(
    settlements: Iterable[Settlement], places: Iterable[tuple[str, Iterable[str], float, float]]
) -> Iterator[dict]:
    """Rows of the table `reach`: people by country, region, kind of service and distance to the nearest.

    `places`: (country, kinds of service, latitude, longitude) of open places of services. A kind about violence has no
    row, and no place of such a service may be given. Where a country has no place of a kind, all its people are 50 km
    and more away: of other countries' services nothing is said.
    """
    homes, points = defaultdict(list), defaultdict(set)
    for each in settlements:
        homes[each.country].append(each)
    for country, kinds, latitude, longitude in places:
        for kind in (*kinds, ANY):
            if not is_about_violence([kind]):
                points[country, kind].add((latitude, longitude))
    kinds = sorted({kind for _country, kind in points})
    for country in sorted(homes):
        for kind in kinds:
            yield from _rows(country, kind, homes[country], _nearest(homes[country], points[country, kind]))


def _rows(country: str, kind: str, homes: list[Settlement], bands: list[str]) -> Iterator[dict]:
    told: Mapping = defaultdict(lambda: [0, 0, 0])
    for home, band in zip(homes, bands, strict=True):
        row = told[home.area, band]
        row[0] += home.population or 0
        row[1] += 1
        row[2] += home.population is None
    for (area, band), (people, number, unknown) in sorted(told.items()):
        yield {
            "country": country, "area": area, "service_type": kind, "distance": band,
            "people": people if number > unknown else None, "settlements": number, "unknown": unknown,
        }  # fmt: skip


def _nearest(homes: list[Settlement], points: set[tuple[float, float]]) -> list[str]:
    """The band of distance of each settlement's nearest point."""
    import numpy as np

    bands = WORDS["distance"]
    if not points:
        return [bands[-1]] * len(homes)
    here = _vectors([(home.latitude, home.longitude) for home in homes])
    there = _vectors(sorted(points))
    chord = np.full(len(here), 2.0)
    step = max(1, _AT_ONCE // len(here))
    for start in range(0, len(there), step):
        dots = here @ there[start : start + step].T
        chord = np.minimum(chord, np.sqrt(np.maximum(2 - 2 * dots.max(axis=1), 0)))
    kilometres = 2 * RADIUS * np.arcsin(np.minimum(chord / 2, 1))
    return [bands[place] for place in np.searchsorted(DISTANCES, kilometres, side="right")]


def _vectors(points: list[tuple[float, float]]):
    """Points of the globe as vectors of length one."""
    import numpy as np

    latitude, longitude = np.radians(np.asarray(points, dtype=float)).T
    return np.column_stack(
        (np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude))
    )
