"""Charts as Vega-Lite specifications, drawn on the server: small SVG with title, description and words.

The renderer is heavy, so it is imported when something is drawn: in a worker or a child process, never in the
server. The specifications are plain JSON; the tests hold them against the schema that Altair carries.
A value that protection hid is hatched and named so, a value nobody knows stays empty; neither is drawn as nought.

With `language=None` a drawing is neutral: labels may be `word("age:60-79")`, and `speak` gives it title,
description, numbers and words in a language later, without the renderer.
"""

from collections.abc import Iterable, Mapping

from duga.ui.charts.maps import map_spec, steps_of
from duga.ui.charts.marks import Mark, every_month, marks_of
from duga.ui.charts.specs import bar_spec, trend_spec
from duga.ui.charts.svg import finish
from duga.ui.charts.words import describe, speak, word

__all__ = ["Mark", "bar", "choropleth", "describe", "speak", "steps_of", "trend", "word"]


def bar(marks: Iterable, *, unit: str, title: str = "", language: str | None = "en", description: str = "") -> str:
    """Horizontal bars in the order given, each with its label and number written out; SVG.

    marks: Mark or (label, value); values ≥ 0. unit: what is counted, in words ("persons"). Raises ValueError
    without marks or for a value below nought.
    """
    marks = marks_of(marks)
    return _told(_draw(bar_spec(marks, unit)), marks, "bar", unit, title, language, description)


def trend(months: Iterable, *, unit: str, title: str = "", language: str | None = "en", description: str = "") -> str:
    """A line over months; SVG. months: Mark or (first of month, value); a month not given is unknown, a gap.

    Hidden months are hatched bands. Raises ValueError without marks or for a value below nought.
    """
    marks = every_month(marks_of(months))
    return _told(_draw(trend_spec(marks)), marks, "trend", unit, title, language, description)


def choropleth(
    features: Iterable[Mapping],
    values: Mapping,
    *,
    unit: str,
    title: str = "",
    language: str | None = "en",
    key: str = "code",
    name: str = "name",
    description: str = "",
) -> str:
    """Areas shaded in at most five steps; SVG.

    features: GeoJSON features (WGS 84) with `key` and `name` among their properties. values: key → number, None
    where protection hid it; an area without an entry has no figure. Raises ValueError without features.
    """
    features = list(features)
    if not features:
        raise ValueError("a map needs areas")
    names = {feature["properties"][key]: feature["properties"].get(name, "") for feature in features}
    values = {code: values[code] for code in names if code in values}
    marks = marks_of((names[code], value) for code, value in values.items()) if values else []
    breaks = steps_of([mark.value for mark in marks if mark.shown])
    drawing = _draw(map_spec(features, values, breaks, unit=unit, key=key, name=name))
    return _told(drawing, marks, "map", unit, title, language, description)


def _draw(spec):
    import vl_convert

    whole = {"config": {"view": {"stroke": None}, "background": "white"}, **spec}
    return finish(vl_convert.vegalite_to_svg(whole))


def _told(drawing, marks, kind, unit, title, language, description):
    if language is None:
        return drawing
    description = description or describe(marks, unit=unit, kind=kind, language=language)
    return speak(drawing, language=language, title=title, description=description)
