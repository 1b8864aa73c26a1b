"""The finder's map: the regions of the country asked for, and what was found there."""

import datetime as dt
from dataclasses import dataclass

from duga.directory.queries.finder.results import Card, Found, find
from duga.directory.rules.asked import Asked
from duga.directory.rules.map import WIDTH, Mark, Plane, corners_of, marks_of, path_of
from duga.places.queries import boundaries

MAPPED = 60  #: services on a map


@dataclass(frozen=True)
class Drawing:
    """A map and the list beside it. `regions`: paths, each with whether it is the region asked for."""

    found: Found
    plane: Plane
    regions: list[tuple[str, bool]]
    marks: list[Mark]
    rest: list[Card]

    @property
    def width(self) -> int:
        return WIDTH


def draw(asked: Asked, language: str, now: dt.datetime) -> Drawing | None:
    """What fits on a map of the region, or the country, asked for; None where no outline is known.

    A service about violence is on no map, wherever it is.
    """
    found = find(asked.but(page=1), language, now, size=MAPPED)
    features = boundaries(found.asked.country)["features"] if found.asked.country else []
    if not features:
        return None
    here = [each for each in features if each["properties"]["code"] == found.where.region]
    plane = Plane.around(corners_of(here or features))
    regions = [(path_of(each, plane), each in here) for each in features if _near(each, plane)]
    marks, rest = marks_of([card for card in found.cards if not card.discreet], plane)
    return Drawing(found, plane, [each for each in regions if each[0]], marks, rest)


def _near(feature: dict, plane: Plane) -> bool:
    """Whether a part of a region may be on the map: what lies wholly beside it is not drawn."""
    x, y = zip(*(plane.at(*corner) for corner in corners_of([feature])), strict=True)
    return max(x) >= 0 and min(x) <= WIDTH and max(y) >= 0 and min(y) <= plane.height
