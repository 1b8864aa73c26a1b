"""Bars and lines as Vega-Lite, written as the plain JSON it is: building it costs nothing beside drawing it."""

import json
import math

from duga.ui.charts.svg import GRID, HATCH, INK, MUTED, SERIES, VOID
from duga.ui.charts.words import HIDDEN, UNKNOWN, figure, month, number

WIDTH = 400
MAIN = SERIES[0]
BAR_STEP = 38
TREND_HEIGHT = 190


def bar_spec(marks, unit) -> dict:
    """A label and its number on one line, the bar below it."""
    highest = max((float(mark.value) for mark in marks if mark.shown), default=0) or 1.0
    rows = [
        {
            "place": place,
            "label": str(mark.label),
            "value": float(mark.value) if mark.shown else 0.0,
            "text": number(mark.value) if mark.shown else "",
            "note": "" if mark.shown else HIDDEN if mark.hidden else UNKNOWN,
            "state": _state(mark),
            "told": f"{mark.label}: {figure(mark.value, unit)}" if mark.shown else "",
        }
        for place, mark in enumerate(marks)
    ]
    start, end = {"value": 0}, {"value": WIDTH}
    lengths = _axisless("value", {"domain": [0, highest], "range": [0, WIDTH]})
    ground = {"expr": f"datum.state == 'hidden' ? '{HATCH}' : '{VOID}'"}
    layers = [
        _bars({"color": ground, "aria": False}, {"x": start, "x2": end}, "datum.state != 'shown'"),
        _bars(
            {"color": MAIN, "cornerRadiusEnd": 2},
            {"x": lengths, "description": {"field": "told", "type": "nominal"}},
            "datum.state == 'shown'",
        ),
        _line_of_text("label", start, {"align": "left", "color": INK}),
        _line_of_text("text", end, {"align": "right", "color": INK, "fontWeight": 600}),
        _line_of_text("note", end, {"align": "right", "color": MUTED, "fontStyle": "italic", "fontSize": 11}),
    ]
    place = {"y": {"field": "place", "type": "ordinal", "axis": None, "scale": {"padding": 0}}}
    return _exactly({"data": {"values": rows}, "encoding": place, "layer": layers}, BAR_STEP * len(rows))


def _bars(mark, encoding, condition):
    return {
        "transform": [{"filter": condition}],
        "mark": {"type": "bar", "height": 12, "yOffset": 9, **mark},
        "encoding": encoding,
    }


def _line_of_text(field, x, mark):
    look = {"type": "text", "baseline": "middle", "dy": -8, "fontSize": 13, "aria": False} | mark
    return {"mark": look, "encoding": {"x": x, "text": {"field": field, "type": "nominal"}}}


def trend_spec(marks) -> dict:
    """A line over months, with a band over what is hidden and the highest month named."""
    rows = [
        {"place": place, "value": float(mark.value) if mark.shown else None, "state": _state(mark)}
        for place, mark in enumerate(marks)
    ]
    shown = [row for row in rows if row["state"] == "shown"]
    ticks = _ticks(max((row["value"] for row in shown), default=0))
    x = {
        "field": "place",
        "type": "quantitative",
        "scale": {"domain": [-0.5, len(rows) - 0.5]},
        "axis": _month_axis(marks),
    }
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, ticks[-1]]},
        "axis": _value_axis(ticks),
    }
    layers = _bands(rows)
    line = {"type": "line", "color": MAIN, "strokeWidth": 2.2, "strokeJoin": "round", "aria": False}
    layers.append({"data": {"values": rows}, "mark": line, "encoding": {"x": x, "y": y}})
    alone = _alone(rows)
    if alone:
        layers.append({"data": {"values": alone}, "mark": _dot(34), "encoding": {"x": x, "y": y}})
    if shown:
        layers += _peak(rows, shown, marks, {"x": x, "y": y})
    return _exactly({"layer": layers}, TREND_HEIGHT, above=22, below=28)


def _bands(rows):
    hidden = [{"a": row["place"] - 0.5, "b": row["place"] + 0.5} for row in rows if row["state"] == "hidden"]
    if not hidden:
        return []
    encoding = {
        "x": {"field": "a", "type": "quantitative"},
        "x2": {"field": "b"},
        "y": {"value": 0},
        "y2": {"value": TREND_HEIGHT},
    }
    return [{"data": {"values": hidden}, "mark": {"type": "rect", "color": HATCH, "aria": False}, "encoding": encoding}]


def _month_axis(marks):
    """Years below a long line, months below a short one."""
    count = len(marks)
    if count > 30:
        every = math.ceil(count / 120)
        places = [p for p, m in enumerate(marks) if m.label.month == 1 and m.label.year % every == 0]
        names = {place: str(marks[place].label.year) for place in places}
    else:
        names = {place: month(marks[place].label, "M Y") for place in range(0, count, max(1, math.ceil(count / 5)))}
    return {
        "title": None, "values": list(names), "labelExpr": _named(names), "grid": False, "ticks": True,
        "tickColor": GRID, "tickSize": 5, "domainColor": GRID, "labelColor": MUTED, "labelFontSize": 12,
        "labelPadding": 5, "labelOverlap": False, "labelFlush": False,
        "labelAlign": "left" if count <= 30 else "center", "aria": False,
    }  # fmt: skip


def _value_axis(ticks):
    names = {f"{tick:g}": number(tick) for tick in ticks}
    return {
        "title": None, "values": ticks, "labelExpr": _named(names), "gridColor": GRID, "domain": False,
        "ticks": False, "labelColor": MUTED, "labelFontSize": 12, "labelAlign": "left", "labelBaseline": "bottom",
        "labelPadding": 0, "labelOffset": -2, "labelOverlap": False, "orient": "left", "aria": False,
    }  # fmt: skip


def _named(names):
    """The expression that finds a tick's words by its value."""
    return f"({json.dumps({str(value): text for value, text in names.items()}, ensure_ascii=False)})[datum.value]"


def _alone(rows):
    """Months that stand alone between gaps: a line would not show them."""
    states = ["", *(row["state"] for row in rows), ""]
    return [
        row
        for place, row in enumerate(rows, 1)
        if states[place] == "shown" and "shown" not in (states[place - 1], states[place + 1])
    ]


def _dot(size):
    return {"type": "circle", "color": MAIN, "size": size, "opacity": 1, "aria": False}


def _peak(rows, shown, marks, position):
    """The highest month, with its number."""
    top = max(shown, key=lambda row: row["value"])
    place = top["place"]
    align = "left" if place < len(rows) * 0.2 else "right" if place > len(rows) * 0.8 else "center"
    words = f"{number(marks[place].value)} · {month(marks[place].label, 'M Y')}"
    data = {"values": [top | {"text": words}]}
    note = {
        "type": "text", "align": align, "dy": -11, "color": INK, "fontSize": 12, "fontWeight": 600, "aria": False,
    }  # fmt: skip
    return [
        {"data": data, "mark": _dot(52), "encoding": position},
        {"data": data, "mark": note, "encoding": position | {"text": {"field": "text", "type": "nominal"}}},
    ]


def _ticks(highest):
    """Three or four round values from nought up."""
    raw = max(float(highest), 1.0) / 3
    size = 10 ** math.floor(math.log10(raw))
    step = max(1, next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= raw * 0.999))
    return [step * place for place in range(math.ceil(highest / step - 1e-9) + 1)] if highest else [0, 1]


def _state(mark):
    return "shown" if mark.shown else "hidden" if mark.hidden else "unknown"


def _axisless(field, scale):
    return {"field": field, "type": "quantitative", "axis": None, "scale": scale}


def _exactly(spec, height, above=4, below=4):
    """A drawing of this size whatever its words will be: they are put in later, and may be longer."""
    padding = {"top": above, "bottom": below, "left": 4, "right": 4}
    return spec | {"width": WIDTH, "height": height, "autosize": {"type": "none"}, "padding": padding}
