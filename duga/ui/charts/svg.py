"""Turns what the chart renderer writes into a small, accessible SVG that a strict page may carry inline.

Vega's SVG repeats itself, names fonts and colours on every line and describes each tick to screen readers.
Here one drawing becomes: a title and a description, shapes, and classes for colours. The colours stay as
attributes too, so that the file also stands alone; a page's stylesheet (`duga.css`) overrides them, which is
how dark mode reaches into a drawing without a style attribute.
"""

import re
from xml.etree import ElementTree as ET

SVG = "http://www.w3.org/2000/svg"
INK, MUTED, GRID, EDGE, VOID, HATCH = "#1b2130", "#545c6c", "#dedace", "#ffffff", "#e9e6dc", "#8b887b"
SERIES = ("#4451a8", "#c2632a", "#2f7d53", "#a03a63")
STEPS = ("#dde1f2", "#b0bbe2", "#7f90cb", "#5263b0", "#2e3a85")
FILLS = {
    INK: "ct",
    MUTED: "cm",
    VOID: "cv",
    **{colour: f"c{place}" for place, colour in enumerate(SERIES, 1)},
    **{colour: f"s{place}" for place, colour in enumerate(STEPS, 1)},
}
STROKES = {GRID: "cg", EDGE: "ce", HATCH: "ch", **{colour: f"l{place}" for place, colour in enumerate(SERIES[:2], 1)}}
FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif"

KEPT = {
    "d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "r", "transform", "fill", "stroke",
    "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "text-anchor", "font-size",
    "font-weight", "font-style", "opacity", "fill-opacity",
}  # fmt: skip
IDENT = "⟦id⟧"
INHERITED = (
    "fill", "stroke", "stroke-width", "stroke-linejoin", "text-anchor", "font-size", "font-weight", "font-style",
)  # fmt: skip
COLOURS = {"fill": FILLS, "stroke": STROKES}
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
STRAIGHT = re.compile(r"[MLZ0-9eE,.\s-]*")


def finish(svg: str, *, largest: int = 12_000) -> str:
    """The cleaned drawing, with slots for id, title and description (see words.speak).

    Lines are drawn coarser, never coarser than 2 units of a drawing 400 wide, until it has at most `largest` bytes.
    """
    for grid in (0.5, 1.0, 2.0):
        text = _finish_once(svg, grid)
        if len(text.encode()) <= largest:
            break
    return text


def _finish_once(svg, grid):
    source = ET.fromstring(svg)  # noqa: S314 (our own renderer's output)
    # Plain names: ElementTree's prefixes are one table for all libraries, and whoever draws a QR code changes it.
    root = ET.Element(
        "svg",
        {
            "xmlns": SVG,
            "viewBox": _round(source.get("viewBox"), 0),
            "role": "img",
            "aria-labelledby": f"{IDENT}-t {IDENT}-d",
            "font-family": FONT,
            "direction": "ltr",
        },
    )
    ET.SubElement(root, "title", {"id": f"{IDENT}-t"}).text = "⟦title⟧"
    ET.SubElement(root, "desc", {"id": f"{IDENT}-d"}).text = "⟦description⟧"
    drawn = [shape for child in source for shape in _shapes(child, grid)]
    if any(node.get("fill") == f"url(#{IDENT}-h)" for shape in drawn for node in shape.iter()):
        root.append(_hatch())
    root.extend(drawn)
    return ET.tostring(root, encoding="unicode").replace(" />", "/>")


def _shapes(node, grid):
    """The node, cleaned; its children instead where it only groups; nothing where it draws nothing."""
    name = node.tag.removeprefix(f"{{{SVG}}}")
    if node.get("display") == "none" or name not in ("g", "path", "line", "rect", "text", "circle", "tspan"):
        return []
    if name == "path" and _draws_nothing(node):
        return []
    if name == "rect" and node.get("fill") == "white":
        return []
    attributes = _attributes(node, name, grid)
    children = [shape for child in node for shape in _shapes(child, grid)]
    if name == "g" and not children:
        return []
    if name == "g":
        attributes = _said_once(children) | attributes
    if name == "g" and not attributes:
        return children
    clean = ET.Element(name, attributes)
    if name == "text":
        clean.text = node.text
        if not (node.text or "").strip() and not children:
            return []
    if node.get("aria-label") and name != "g" and node.get("role") == "graphics-symbol":
        ET.SubElement(clean, "title").text = node.get("aria-label")
    clean.extend(children)
    return [clean]


def _said_once(children):
    """What all children of a group say is said by the group; takes it from them."""
    if len(children) < 3 or len({child.tag for child in children}) > 1:
        return {}
    said = {}
    for key in INHERITED:
        values = {child.get(key) for child in children}
        if len(values) == 1 and None not in values:
            said[key] = values.pop()
    classes = {key: table[said[key]] for key, table in COLOURS.items() if said.get(key) in table}
    for child in children:
        for key in said:
            del child.attrib[key]
        own = [word for word in child.get("class", "").split() if word not in classes.values()]
        child.attrib.pop("class", None)
        if own:
            child.set("class", " ".join(own))
    return said | ({"class": " ".join(classes.values())} if classes else {})


def _draws_nothing(node):
    if not node.get("d"):
        return True
    return node.get("class") in ("background", "foreground")


def _attributes(node, name, grid):
    """What is worth keeping, rounded; colours as attribute and class; patterns for what is hidden."""
    kept = {key: value for key, value in node.attrib.items() if key in KEPT}
    for key in ("x1", "y1"):
        if kept.get(key) == "0":
            del kept[key]
    if kept.get("opacity") == "1":
        del kept["opacity"]
    if name == "g":
        kept.pop("fill", None)
        kept.pop("stroke", None)
    classes = []
    if kept.get("fill") == HATCH:
        kept["fill"] = f"url(#{IDENT}-h)"
    for key, table in COLOURS.items():
        if kept.get(key) in table:
            classes.append(table[kept[key]])
    if "d" in kept:
        kept["d"] = _straight(kept["d"], grid) if STRAIGHT.fullmatch(kept["d"]) else _round(kept["d"], 1)
    if "transform" in kept:
        kept["transform"] = _round(kept["transform"], 1)
        if kept["transform"] == "translate(0,0)":
            del kept["transform"]
    if "font-size" in kept:
        kept["font-size"] = kept["font-size"].removesuffix("px")
    if name == "path" and "fill" not in kept:
        kept["fill"] = "none"  # the renderer says so once for the whole drawing; its groups are gone here
    for key in ("x", "y", "x1", "x2", "y1", "y2", "width", "height", "r", "stroke-width"):
        if key in kept:
            kept[key] = _round(kept[key], 1)
    return kept | ({"class": " ".join(classes)} if classes else {})


def _round(text, places):
    return NUMBER.sub(lambda match: _short(float(match[0]), places), text)


def _short(value, places=1):
    text = f"{value:.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _straight(d, grid):
    """A path of straight lines on a grid: points that fall together or on one line are drawn once.

    Every point snaps by itself, so that a border two areas share stays shared.
    """
    rings = []
    for part in re.split(r"(?=M)", d):
        numbers = [float(number) for number in NUMBER.findall(part)]
        points = [(round(x / grid), round(y / grid)) for x, y in zip(numbers[::2], numbers[1::2], strict=False)]
        points = _thinned(points)
        closed = "Z" in part
        if len(points) < (3 if closed else 2):
            continue
        rings.append(_relative(points, grid) + ("z" if closed else ""))
    return "".join(rings)


def _thinned(points):
    kept = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and _in_line(kept[-2], kept[-1], point):
            kept[-1] = point
        else:
            kept.append(point)
    return kept


def _in_line(a, b, c):
    """Whether b lies on the way from a to c (and not beyond: a spike stays)."""
    cross = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    onward = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1])
    return cross == 0 and onward >= 0


def _relative(points, grid):
    text = "M{},{}l".format(*(_short(axis * grid) for axis in points[0]))
    steps = []
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        x, y = _short((x1 - x0) * grid), _short((y1 - y0) * grid)
        steps.append(f"{x}{y}" if y.startswith("-") else f"{x},{y}")
    return text + "".join(step if step.startswith("-") or not place else f" {step}" for place, step in enumerate(steps))


def _hatch():
    definitions = ET.Element("defs")
    pattern = ET.SubElement(
        definitions,
        "pattern",
        {
            "id": f"{IDENT}-h",
            "width": "5",
            "height": "5",
            "patternUnits": "userSpaceOnUse",
            "patternTransform": "rotate(45)",
        },
    )
    ET.SubElement(pattern, "path", {"class": "cv", "fill": VOID, "d": "M0,0h5v5h-5z"})
    ET.SubElement(pattern, "path", {"class": "ch", "stroke": HATCH, "stroke-width": "1.6", "d": "M0,0v5"})
    return definitions
