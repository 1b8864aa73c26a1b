"""Fewer points, the same borders."""

import math
import random

import pytest

from duga.ui.charts.simplify import simplify


def wavy(start, end, steps, seed):
    """A crooked border between two points."""
    random.seed(seed)
    points = []
    for place in range(1, steps):
        along = place / steps
        points.append(
            (
                start[0] + (end[0] - start[0]) * along + random.uniform(-0.01, 0.01),
                start[1] + (end[1] - start[1]) * along + random.uniform(-0.01, 0.01),
            )
        )
    return points


def neighbours():
    """Two areas side by side: one border between them, wound the other way by each."""
    low, high = (1, 0), (1, 2)
    border = wavy(low, high, 200, 1)
    west = [(0, 0), low, *border, high, (0, 2), *wavy((0, 2), (0, 0), 200, 2)]
    east = [low, (2, 0), *wavy((2, 0), (2, 2), 200, 3), (2, 2), high, *reversed(border)]
    return [
        {"type": "Feature", "properties": {"n": n}, "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}}
        for n, ring in enumerate((west, east))
    ]


def rings(feature):
    return [ring for polygon in feature["geometry"]["coordinates"] for ring in polygon]


def area(ring):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:], strict=False))) / 2


def test_neighbours_share_every_point_of_their_border():
    west, east = simplify(neighbours(), 0.02)
    inner = [{point for point in rings(f)[0] if 0.9 < point[0] < 1.1} for f in (west, east)]
    assert inner[0] == inner[1]
    assert len(inner[0]) < 60


def test_no_point_lies_farther_away_than_asked():
    before, after = neighbours()[0], simplify(neighbours(), 0.02)[0]
    line = rings(after)[0]
    for point in before["geometry"]["coordinates"][0]:
        nearest = min(_away(point, a, b) for a, b in zip(line, line[1:], strict=False))
        assert nearest <= 0.0201


def _away(p, a, b):
    ex, ey = b[0] - a[0], b[1] - a[1]
    length = ex * ex + ey * ey
    along = max(0, min(1, ((p[0] - a[0]) * ex + (p[1] - a[1]) * ey) / length)) if length else 0
    return math.hypot(p[0] - a[0] - along * ex, p[1] - a[1] - along * ey)


@pytest.mark.parametrize("tolerance", [0, 0.001, 0.05, 10])
def test_every_area_stays_and_rings_are_closed(tolerance):
    tiny = {"type": "Polygon", "coordinates": [[(5, 5), (5.001, 5), (5.001, 5.001), (5, 5)]]}
    features = [*neighbours(), {"type": "Feature", "properties": {}, "geometry": tiny}]
    result = simplify(features, tolerance)
    assert len(result) == 3
    for feature in result:
        assert rings(feature)
        for ring in rings(feature):
            assert ring[0] == ring[-1]
            assert len(ring) >= 4
            assert area(ring) > 0


def test_an_enclave_and_its_hole_stay_the_same_line():
    circle = [(0.5 + 0.2 * math.cos(a / 20), 0.5 + 0.2 * math.sin(a / 20)) for a in range(125)]
    inner = [*circle, circle[0]]
    around = [[(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)], inner[::-1]]
    features = [
        {"properties": {}, "geometry": {"type": "Polygon", "coordinates": around}},
        {"properties": {}, "geometry": {"type": "Polygon", "coordinates": [inner]}},
    ]
    hole, enclave = (rings(feature)[-1] for feature in simplify(features, 0.01))
    assert set(hole) == set(enclave)
    assert 4 < len(set(hole)) < 60
