"""Maps as Vega-Lite: areas in shades, with their legend."""

import math

from duga.ui.charts.simplify import simplify
from duga.ui.charts.svg import EDGE, HATCH, MUTED, STEPS, VOID
from duga.ui.charts.words import HIDDEN, NO_FIGURE, figure, number
from duga.ui.numbers import format_number

WIDTH = 400
#: How far a border may be drawn from its place, in units of the drawing.
PIXEL = 0.6
FILL = {"field": "fill", "type": "nominal", "scale": None}


def steps_of(values: list) -> list[float]:
    """Upper bounds of at most five classes with round limits and about as many areas in each.

    Nought is a class of its own: it is not a little of something.
    """
    above = sorted(value for value in values if value > 0)
    bounds = [0.0] if len(above) < len(values) else []
    count = min(5 - len(bounds), len(set(above)))
    for step in range(1, count):
        bound = float(_nice(float(above[math.ceil(len(above) * step / count) - 1])))
        if (not bounds or bound > bounds[-1]) and float(above[0]) <= bound < float(above[-1]):
            bounds.append(bound)
    return [*bounds, float(above[-1])] if above else bounds


def _nice(value):
    """Rounded to two figures that people say: 1834 → 1800."""
    if value <= 10:
        return math.floor(value)
    size = 10 ** (math.floor(math.log10(value)) - 1)
    return round(value / size) * size


def map_spec(features, values, breaks, *, unit, key, name) -> dict:
    """Areas in shades, and below them what the shades mean."""
    width, height = _map_size(features)
    west, east = _span(point[0] for feature in features for point in _points(feature["geometry"]["coordinates"]))
    shapes = []
    for feature in simplify(features, (east - west) / width * PIXEL):
        code = feature["properties"][key]
        colour, words = _shade(code, values, breaks, unit)
        told = f"{feature['properties'].get(name, '')}: {words}"
        shapes.append({"type": "Feature", "geometry": _wound(feature["geometry"]), "fill": colour, "told": told})
    area = {
        "data": {"values": shapes},
        "mark": {"type": "geoshape", "stroke": EDGE, "strokeWidth": 0.8, "strokeJoin": "round"},
        "encoding": {"color": FILL, "description": {"field": "told", "type": "nominal"}},
        "projection": {"type": "mercator"},
        "width": width,
        "height": height,
    }
    return {"vconcat": [area, _legend(_legend_rows(features, values, breaks, key))], "spacing": 10}


def _shade(code, values, breaks, unit):
    if code not in values:
        return VOID, NO_FIGURE
    if values[code] is None:
        return HATCH, HIDDEN
    place = next(place for place, bound in enumerate(breaks) if values[code] <= bound)
    return _step_colour(place, breaks), figure(values[code], unit)


def _step_colour(place, breaks):
    """Few classes take the stronger shades, so that one class alone is not mistaken for empty; nought is palest."""
    return STEPS[0] if breaks[place] == 0 else STEPS[len(STEPS) - len(breaks) + place]


def _map_size(features):
    points = [point for feature in features for point in _points(feature["geometry"]["coordinates"])]
    west, east = _span(p[0] for p in points)
    south, north = (math.asinh(math.tan(math.radians(edge))) for edge in _span(p[1] for p in points))
    ratio = (north - south) / max(math.radians(east - west), 1e-6)
    height = WIDTH * ratio
    return (WIDTH, round(height)) if height <= 420 else (WIDTH, 420)


def _wound(geometry):
    """Outer rings clockwise, holes against the clock, as the renderer reads them.

    Wound the other way (as RFC 7946 has it) a ring would mean all the world but this area; files in the wild
    wind them either way.
    """
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    turned = [
        [list(ring) if (_turn(ring) < 0) == (place == 0) else list(ring)[::-1] for place, ring in enumerate(polygon)]
        for polygon in polygons
    ]
    return {"type": "MultiPolygon", "coordinates": turned}


def _turn(ring):
    """Twice the signed area of a ring: below nought when it runs clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))


def _span(values):
    values = list(values)
    return min(values), max(values)


def _points(coordinates):
    if isinstance(coordinates[0], (int, float)):
        yield coordinates
    else:
        for part in coordinates:
            yield from _points(part)


def _legend_rows(features, values, breaks, key):
    shown = [value for value in values.values() if value is not None]
    step = 1 if all(float(value).is_integer() for value in shown) else 0
    rows, low = [], min((value for value in shown if value > 0), default=0)
    for place, bound in enumerate(breaks):
        start = bound if bound == 0 else low
        text = number(bound) if start == bound else f"{number(start)}–{number(bound)}"
        wide = 34 + 8 * sum(len(format_number(end)) for end in {start, bound})
        rows.append({"fill": _step_colour(place, breaks), "text": text, "wide": wide})
        low = bound + step if bound else low
    if len(shown) < len(values):
        rows.append({"fill": HATCH, "text": HIDDEN, "wide": WIDTH})
    if any(feature["properties"][key] not in values for feature in features):
        rows.append({"fill": VOID, "text": NO_FIGURE, "wide": WIDTH})
    return rows


def _legend(rows):
    """Steps side by side, words on lines of their own."""
    x, y = 0, 0
    for row in rows:
        wide = row.pop("wide")
        if x and x + wide > WIDTH:
            x, y = 0, y + 22
        row |= {"x": x, "y": y}
        x += wide
    boxes = {"type": "square", "size": 260, "opacity": 1, "xOffset": 9, "yOffset": 9, "aria": False}
    words = {
        "type": "text", "align": "left", "baseline": "middle", "dx": 24, "dy": 9, "fontSize": 12, "color": MUTED,
        "aria": False,
    }  # fmt: skip
    place = {"x": _straight_scale("x", WIDTH), "y": _straight_scale("y", y + 22)}
    return {
        "data": {"values": rows},
        "encoding": place,
        "layer": [
            {"mark": boxes, "encoding": {"color": FILL}},
            {"mark": words, "encoding": {"text": {"field": "text", "type": "nominal"}}},
        ],
        "width": WIDTH,
        "height": y + 22,
    }


def _straight_scale(field, end):
    return {"field": field, "type": "quantitative", "axis": None, "scale": {"domain": [0, end], "range": [0, end]}}
