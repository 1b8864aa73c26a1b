"""The finder's map as drawn without a script: regions and services on one plane, small enough for a poor phone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import cos, radians

WIDTH = 640  #: units across
MARGIN = 0.06  #: around what is shown, of its width
APART = 26  #: units: services nearer than that share a mark


@dataclass(frozen=True)
class Plane:
    """Degrees to units: east is right, north is up, a degree of longitude shortened as in the middle of the map."""

    west: float
    north: float
    x: float  #: units a degree of longitude
    y: float  #: units a degree of latitude
    height: int

    @classmethod
    def around(cls, corners: Iterable[tuple[float, float]]) -> "Plane":
        """The plane that holds these corners (longitude, latitude)."""
        east_west, north_south = zip(*corners, strict=True)
        west, east, south, north = min(east_west), max(east_west), min(north_south), max(north_south)
        pad = max(east - west, north - south, 0.05) * MARGIN
        west, east, south, north = west - pad, east + pad, south - pad, north + pad
        x = WIDTH / (east - west)
        y = x / cos(radians((south + north) / 2))
        return cls(west, north, x, y, round((north - south) * y))

    def at(self, longitude: float, latitude: float) -> tuple[int, int]:
        """A point's place in whole units."""
        return round((longitude - self.west) * self.x), round((self.north - latitude) * self.y)

    def holds(self, longitude: float, latitude: float) -> bool:
        """Whether a point is on the map."""
        x, y = self.at(longitude, latitude)
        return 0 <= x <= WIDTH and 0 <= y <= self.height


def rings_of(geometry: dict) -> Iterator[list]:
    """The rings of a GeoJSON polygon or multipolygon."""
    shapes = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for shape in shapes:
        yield from shape


def corners_of(features: Iterable[dict]) -> list[tuple[float, float]]:
    """Every corner of regions (longitude, latitude)."""
    return [(x, y) for feature in features for ring in rings_of(feature["geometry"]) for x, y in ring]


def path_of(feature: dict, plane: Plane) -> str:
    """A region as the path of an SVG drawing; what falls together in whole units is said once."""
    told = []
    for ring in rings_of(feature["geometry"]):
        points = [plane.at(x, y) for x, y in ring]
        points = [point for place, point in enumerate(points) if place == 0 or point != points[place - 1]]
        if len(points) > 2:
            told.append("M" + "L".join(f"{x} {y}" for x, y in points) + "Z")
    return "".join(told)


@dataclass
class Mark:
    """Services so near one another that they share a mark: its number, its place, what stands there."""

    number: int
    x: int
    y: int
    longitude: float
    latitude: float
    cards: list


def marks_of(cards: Iterable, plane: Plane) -> tuple[list[Mark], list]:
    """(marks in the order in which their first service was found, cards without a place on this map).

    A card tells its points as a phone reads them, "42.77,18.94 43.1,19.2".
    """
    marks: list[Mark] = []
    rest = []
    for card in cards:
        points = [tuple(map(float, point.split(","))) for point in card.points.split()]
        points = [point for point in points if plane.holds(point[1], point[0])]
        if not points:
            rest.append(card)
        for latitude, longitude in points:
            x, y = plane.at(longitude, latitude)
            near = next((m for m in marks if (m.x - x) ** 2 + (m.y - y) ** 2 < APART**2), None)
            if near is None:
                near = Mark(len(marks) + 1, x, y, longitude, latitude, [])
                marks.append(near)
            if card not in near.cards:
                near.cards.append(card)
    return marks, rest
