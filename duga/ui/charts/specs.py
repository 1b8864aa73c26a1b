"""Bars and lines as Vega-Lite."""

import json
import math

from duga.ui.charts.svg import GRID, HATCH, INK, MUTED, SERIES, VOID
from duga.ui.charts.words import HIDDEN, UNKNOWN, figure, month, number

WIDTH = 400
MAIN = SERIES[0]


def bar_spec(marks, unit):
    import altair as alt

    highest = max((float(mark.value) for mark in marks if mark.shown), default=0) or 1.0
    rows = [
        {
            "place": place,
            "label": str(mark.label),
            "value": float(mark.value) if mark.shown else 0.0,
            "text": number(mark.value) if mark.shown else "",
            "note": "" if mark.shown else HIDDEN if mark.hidden else UNKNOWN,
            "state": "shown" if mark.shown else "hidden" if mark.hidden else "unknown",
            "told": f"{mark.label}: {figure(mark.value, unit)}" if mark.shown else "",
        }
        for place, mark in enumerate(marks)
    ]
    step = 38
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("place:O", axis=None, scale=alt.Scale(padding=0)))
    scale = alt.Scale(domain=[0, highest], range=[0, WIDTH])
    bars = (
        base.transform_filter("datum.state == 'shown'")
        .mark_bar(height=12, yOffset=9, color=MAIN, cornerRadiusEnd=2)
        .encode(x=alt.X("value:Q", axis=None, scale=scale), description="told:N")
    )
    ground = alt.expr(f"datum.state == 'hidden' ? '{HATCH}' : '{VOID}'")
    rails = base.transform_filter("datum.state != 'shown'").mark_bar(height=12, yOffset=9, color=ground, aria=False)
    rails = rails.encode(x=alt.value(0), x2=alt.value(WIDTH))
    text = {"baseline": "middle", "dy": -8, "fontSize": 13, "aria": False}
    labels = base.mark_text(align="left", color=INK, **text).encode(text="label:N", x=alt.value(0))
    numbers = base.mark_text(align="right", color=INK, fontWeight=600, **text)
    notes = base.mark_text(align="right", color=MUTED, fontStyle="italic", **(text | {"fontSize": 11}))
    end = alt.value(WIDTH)
    layers = [rails, bars, labels, numbers.encode(text="text:N", x=end), notes.encode(text="note:N", x=end)]
    return _exactly(alt, alt.layer(*layers), WIDTH, step * len(rows))


def _exactly(alt, chart, width, height, above=4, below=4):
    """A drawing of this size whatever its words will be: they are put in later, and may be longer."""
    padding = {"top": above, "bottom": below, "left": 4, "right": 4}
    return chart.properties(width=width, height=height, autosize=alt.AutoSizeParams(type="none"), padding=padding)


def trend_spec(marks):
    import altair as alt

    rows = [
        {
            "place": place,
            "value": float(mark.value) if mark.shown else None,
            "state": "shown" if mark.shown else "hidden" if mark.hidden else "unknown",
        }
        for place, mark in enumerate(marks)
    ]
    shown = [row for row in rows if row["state"] == "shown"]
    ticks = _ticks(max((row["value"] for row in shown), default=0))
    x = alt.X("place:Q", scale=alt.Scale(domain=[-0.5, len(rows) - 0.5]), axis=_month_axis(alt, marks))
    y = alt.Y("value:Q", scale=alt.Scale(domain=[0, ticks[-1]]), axis=_value_axis(alt, ticks))
    base = alt.Chart(alt.Data(values=rows)).encode(x=x)
    hidden = [{"a": row["place"] - 0.5, "b": row["place"] + 0.5} for row in rows if row["state"] == "hidden"]
    bands = (
        alt.Chart(alt.Data(values=hidden))
        .mark_rect(color=HATCH, aria=False)
        .encode(x=alt.X("a:Q"), x2="b:Q", y=alt.value(0), y2=alt.value(190))
    )
    line = base.mark_line(color=MAIN, strokeWidth=2.2, strokeJoin="round", aria=False).encode(y=y)
    layers = [bands] if hidden else []
    layers.append(line)
    dots = _dots(rows)
    if dots:
        alone = alt.Chart(alt.Data(values=dots)).mark_circle(color=MAIN, size=34, opacity=1, aria=False)
        layers.append(alone.encode(x=x, y=y))
    if shown:
        layers.append(_peak(alt, rows, shown, marks, x, y))
    return _exactly(alt, alt.layer(*layers), WIDTH, 190, below=28, above=22)


def _month_axis(alt, marks):
    """Years below a long line, months below a short one."""
    count = len(marks)
    if count > 30:
        every = 1 if count <= 120 else math.ceil(count / 120)
        places = [p for p, m in enumerate(marks) if m.label.month == 1 and m.label.year % every == 0]
        names = {place: str(marks[place].label.year) for place in places}
    else:
        names = {place: month(marks[place].label, "M Y") for place in range(0, count, max(1, math.ceil(count / 5)))}
    return alt.Axis(
        title=None, values=list(names), labelExpr=_named(names), grid=False, ticks=True, tickColor=GRID, tickSize=5,
        domainColor=GRID, labelColor=MUTED, labelFontSize=12, labelPadding=5, labelOverlap=False, labelFlush=False,
        labelAlign="left" if count <= 30 else "center", aria=False,
    )  # fmt: skip


def _named(names):
    """The expression that finds a tick's words by its value."""
    return f"({json.dumps({str(value): text for value, text in names.items()}, ensure_ascii=False)})[datum.value]"


def _value_axis(alt, ticks):
    names = {f"{tick:g}": number(tick) for tick in ticks}
    return alt.Axis(
        title=None, values=ticks, labelExpr=_named(names), gridColor=GRID, domain=False, ticks=False,
        labelColor=MUTED, labelFontSize=12, labelAlign="left", labelBaseline="bottom", labelPadding=0, labelOffset=-2,
        labelOverlap=False, orient="left", aria=False, offset=0, zindex=0,
    )  # fmt: skip


def _dots(rows):
    """Months that stand alone between gaps: a line would not show them."""
    states = ["", *(row["state"] for row in rows), ""]
    return [
        row
        for place, row in enumerate(rows, 1)
        if states[place] == "shown" and "shown" not in (states[place - 1], states[place + 1])
    ]


def _peak(alt, rows, shown, marks, x, y):
    """The highest month, with its number."""
    top = max(shown, key=lambda row: row["value"])
    place = top["place"]
    align = "left" if place < len(rows) * 0.2 else "right" if place > len(rows) * 0.8 else "center"
    words = f"{number(marks[place].value)} · {month(marks[place].label, 'M Y')}"
    chart = alt.Chart(alt.Data(values=[top | {"text": words}])).encode(x=x, y=y)
    dot = chart.mark_circle(color=MAIN, size=52, opacity=1, aria=False)
    note = chart.mark_text(align=align, dy=-11, color=INK, fontSize=12, fontWeight=600, aria=False)
    return alt.layer(dot, note.encode(text="text:N"))


def _ticks(highest):
    """Three or four round values from nought up."""
    raw = max(float(highest), 1.0) / 3
    size = 10 ** math.floor(math.log10(raw))
    step = max(1, next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= raw * 0.999))
    return [step * place for place in range(math.ceil(highest / step - 1e-9) + 1)] if highest else [0, 1]
