"""Boundaries drawn with fewer points, so that neighbours still share their border.

Borders are cut where areas meet; each piece is thinned once (Douglas and Peucker 1973, "Algorithms for the
reduction of the number of points required to represent a digitized line or its caricature") and used by both sides.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

Point = tuple[float, float]
#: Vertices closer than this (degrees, about a metre) are one.
DIGITS = 5


def simplify(features: Iterable[Mapping], tolerance: float) -> list[dict]:
    """The features with polygons whose points lie at most `tolerance` (degrees of latitude) from the originals.

    Every feature keeps at least its largest polygon. Geometries become MultiPolygons, rings closed.
    """
    shapes = [_polygons(feature["geometry"]) for feature in features]
    squeeze = math.cos(math.radians(_middle(shapes)))
    meeting = _junctions(shapes)
    cache: dict = {}
    result = []
    for feature, polygons in zip(features, shapes, strict=True):
        drawn = []
        for rings in polygons:
            thin = [_thin(ring, meeting, tolerance, squeeze, cache) for ring in rings]
            if len(thin[0]) >= 3:
                drawn.append([[*ring, ring[0]] for ring in thin if len(ring) >= 3])
        if not drawn:
            largest = max(polygons, key=lambda rings: len(rings[0]))
            drawn = [[[*ring, ring[0]] for ring in largest]]
        result.append({**feature, "geometry": {"type": "MultiPolygon", "coordinates": drawn}})
    return result


def _polygons(geometry):
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[_open_ring(ring) for ring in rings] for rings in polygons]


def _open_ring(ring) -> list[Point]:
    """Rounded, without repeated points and without the first again at the end."""
    points: list[Point] = []
    for place in ring:
        point = (round(place[0], DIGITS), round(place[1], DIGITS))
        if not points or points[-1] != point:
            points.append(point)
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    return points


def _middle(shapes):
    latitudes = [point[1] for polygons in shapes for rings in polygons for point in rings[0]]
    return (min(latitudes) + max(latitudes)) / 2


def _junctions(shapes) -> set[Point]:
    """Points where more than two borders meet."""
    beside = defaultdict(set)
    for polygons in shapes:
        for rings in polygons:
            for ring in rings:
                for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
                    beside[a].add(b)
                    beside[b].add(a)
    return {point for point, others in beside.items() if len(others) != 2}


def _thin(ring, meeting, tolerance, squeeze, cache):
    anchors = [place for place, point in enumerate(ring) if point in meeting]
    if len(anchors) < 2:
        start = anchors[0] if anchors else ring.index(min(ring))
        far = max(range(len(ring)), key=lambda place: (math.dist(ring[start], ring[place]), ring[place]))
        anchors = sorted({start, far})
    if len(anchors) < 2:
        return ring
    turned = ring[anchors[0] :] + ring[: anchors[0] + 1]
    stops = [anchor - anchors[0] for anchor in anchors] + [len(ring)]
    thin: list[Point] = []
    for first, last in zip(stops, stops[1:], strict=False):
        thin += _piece(tuple(turned[first : last + 1]), tolerance, squeeze, cache)[:-1]
    return thin


def _piece(piece, tolerance, squeeze, cache):
    """A border between two junctions, thinned once and read in either direction."""
    backwards = piece[::-1]
    canonical = min(piece, backwards)
    if canonical not in cache:
        cache[canonical] = _douglas_peucker(canonical, tolerance, squeeze)
    return cache[canonical] if canonical is piece or canonical == piece else cache[canonical][::-1]


def _douglas_peucker(points, tolerance, squeeze):
    keep = {0, len(points) - 1}
    waiting = [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        worst, at = 0.0, 0
        for place in range(first + 1, last):
            away = _distance(points[place], points[first], points[last], squeeze)
            if away > worst:
                worst, at = away, place
        if worst > tolerance:
            keep.add(at)
            waiting += [(first, at), (at, last)]
    return [points[place] for place in sorted(keep)]


def _distance(point, start, end, squeeze):
    """From a point to the stretch between two others, in degrees of latitude."""
    px, py = (point[0] - start[0]) * squeeze, point[1] - start[1]
    ex, ey = (end[0] - start[0]) * squeeze, end[1] - start[1]
    length = ex * ex + ey * ey
    along = max(0.0, min(1.0, (px * ex + py * ey) / length)) if length else 0.0
    return math.hypot(px - along * ex, py - along * ey)
