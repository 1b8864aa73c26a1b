"""What the stylesheet, the script and the templates promise, read from the files themselves."""

import re
from pathlib import Path

import pytest

UI = Path(__file__).resolve().parents[2] / "duga" / "ui"
CSS = (UI / "static/ui/duga.css").read_text()
ALL_TEMPLATES = sorted(UI.parent.glob("*/templates/**/*.html"))


def tokens(css):
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", css))


LIGHT = tokens(CSS.split("@media (prefers-color-scheme: dark)")[0])
DARK = LIGHT | tokens(CSS.split("@media (prefers-color-scheme: dark)")[1].split("@layer base")[0])


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


GROUNDS = ("ground", "surface", "sunk")
TEXT = [
    *[(text, ground) for text in ("ink", "muted", "accent", "accent-strong", "bad") for ground in GROUNDS],
    *[(text, "accent-soft") for text in ("ink", "accent", "accent-strong", "muted")],
    *[(kind, f"{kind}-soft") for kind in ("good", "warn", "bad")],
    *[("ink", f"{kind}-soft") for kind in ("good", "warn", "bad")],
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
]
SHAPES = [
    *[("edge", ground) for ground in ("ground", "surface")],
    *[("accent", ground) for ground in GROUNDS],
    *[(f"chart-{place}", ground) for place in range(1, 5) for ground in ("ground", "surface")],
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(scheme):
    colours = LIGHT if scheme == "light" else DARK
    weak = {f"{a} on {b}": contrast(colours[a], colours[b]) for a, b in TEXT if contrast(colours[a], colours[b]) < 4.5}
    assert weak == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_shapes_can_be_seen(scheme):
    colours = LIGHT if scheme == "light" else DARK
    weak = {f"{a} on {b}": contrast(colours[a], colours[b]) for a, b in SHAPES if contrast(colours[a], colours[b]) < 3}
    assert weak == {}


def test_steps_of_a_map_go_one_way():
    for colours in (LIGHT, DARK):
        order = [luminance(colours[f"step-{place}"]) for place in range(1, 6)]
        assert order == sorted(order) or order == sorted(order, reverse=True)


def test_only_logical_properties():
    sides = r"(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom|float"
    assert re.findall(rf"(?<![\w-])(?:{sides})\s*:|text-align: (?:left|right)", CSS) == []


def test_every_token_used_is_defined():
    used = set(re.findall(r"var\(--([a-z0-9-]+)", CSS))
    defined = set(re.findall(r"--([a-z0-9-]+):", CSS))
    assert used - defined == set()
    assert defined - used == set()


def test_small_enough():
    assert len(CSS.encode()) < 30_000
    assert len((UI / "static/ui/duga.js").read_bytes()) < 4_000


@pytest.mark.parametrize("path", ALL_TEMPLATES, ids=lambda path: "/".join(path.parts[-3:]))
def test_templates_keep_the_strict_policy(path):
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=", text), "no inline style: the policy forbids it"
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "no inline script"
    assert not re.search(r"\son[a-z]+=[\"']", text), "no inline handler"
    assert not re.search(r"<(?:link|script|img|iframe)[^>]*(?:src|href)=[\"']https?:", text), "nothing from elsewhere"


def test_classes_in_templates_are_in_the_stylesheet():
    sheets = sorted(path for path in UI.parent.glob("*/static/*/*.css") if "maplibre" not in path.name)
    known = set(re.findall(r"\.([a-z][a-z0-9-]*)", "".join(path.read_text() for path in sheets)))
    unknown = {}
    for path in ALL_TEMPLATES:
        for value in re.findall(r"class=\"([^\"{%]*)\"", path.read_text()):
            strange = set(value.split()) - known
            if strange:
                unknown.setdefault("/".join(path.parts[-3:]), set()).update(strange)
    assert unknown == {}
