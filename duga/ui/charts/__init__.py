"""Charts as Vega-Lite specifications, drawn on the server: small SVG with title, description and words.

Altair and the renderer are heavy, so they are imported when something is drawn: in a worker or a child process,
never in the server. A value that protection hid is hatched and named so, a value nobody knows stays empty;
neither is ever drawn as nought.
"""

import hashlib
from collections.abc import Iterable, Mapping

from django.utils.translation import override

from duga.ui.charts.maps import map_spec, steps_of
from duga.ui.charts.marks import Mark, every_month, marks_of
from duga.ui.charts.specs import bar_spec, trend_spec
from duga.ui.charts.svg import finish
from duga.ui.charts.words import describe

__all__ = ["Mark", "bar", "choropleth", "describe", "steps_of", "trend"]


def bar(marks: Iterable, *, title: str, unit: str, language: str = "en", description: str = "") -> str:
    """Horizontal bars in the order given, each with its label and number written out; SVG.

    marks: Mark or (label, value); values ≥ 0. unit: what is counted, in words ("persons"). Raises ValueError
    without marks or for a value below nought.
    """
    marks = marks_of(marks)
    with override(language):
        words = description or describe(marks, unit=unit, language=language)
        return _draw(bar_spec(marks, unit, language), title, words)


def trend(months: Iterable, *, title: str, unit: str, language: str = "en", description: str = "") -> str:
    """A line over months; SVG. months: Mark or (first of month, value); a month not given is unknown, a gap.

    Hidden months are hatched bands. Raises ValueError without marks or for a value below nought.
    """
    marks = every_month(marks_of(months))
    with override(language):
        words = description or describe(marks, unit=unit, kind="trend", language=language)
        return _draw(trend_spec(marks, language), title, words)


def choropleth(
    features: Iterable[Mapping],
    values: Mapping,
    *,
    title: str,
    unit: str,
    language: str = "en",
    key: str = "code",
    name: str = "name",
    description: str = "",
) -> str:
    """Areas shaded in at most five steps; SVG.

    features: GeoJSON features (WGS 84) with `key` and `name` among their properties. values: key → number, None
    where protection hid it; an area without an entry has no figure. Raises ValueError without features.
    """
    features = list(features)
    names = {feature["properties"][key]: feature["properties"].get(name, "") for feature in features}
    marks = marks_of((names[code], values[code]) for code in names if code in values) if values else []
    if not features:
        raise ValueError("a map needs areas")
    with override(language):
        words = description or describe(marks, unit=unit, language=language)
        breaks = steps_of([mark.value for mark in marks if mark.shown])
        spec = map_spec(features, values, breaks, unit=unit, language=language, key=key, name=name)
        return _draw(spec, title, words)


def _draw(spec, title, description):
    import vl_convert

    spec = spec.configure_view(stroke=None).configure(padding=4, background="white")
    svg = vl_convert.vegalite_to_svg(spec.to_json(validate=True))
    ident = "c" + hashlib.sha256(f"{title}{description}".encode()).hexdigest()[:8]
    return finish(svg, title=title, description=description, ident=ident)
