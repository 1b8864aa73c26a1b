"""A way drawn: every text in it and escaped, in order from top to bottom, mirrored where one reads from the right."""

import re
import xml.etree.ElementTree as ET

import pytest

from duga.ui.charts.flow import WIDTH, Step, flow

SVG = "{http://www.w3.org/2000/svg}"
STEPS = [
    Step("Shelter, Nikšić", ("Urgent",), kind="start"), Step("In danger?", then="Yes", kind="ask"),
    Step("Call", ("+382 080",), "No", "aside"), Step("<b>Dom & kuća</b>", ("a " * 80,), "no answer", number=1),
    Step("Nobody", kind="end"),
]  # fmt: skip


def drawn(**more):
    svg = flow(STEPS, title="The way", description="In words below", **more)
    return ET.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))


@pytest.mark.parametrize("rtl", [False, True])
def test_all_is_told_in_order_and_stays_on_the_paper(rtl):
    picture = drawn(rtl=rtl)
    assert picture.find(f"{SVG}title").text == "The way" and picture.get("role") == "img"
    height = float(picture.get("viewBox").split()[3])
    boxes = [[float(each.get(name)) for name in ("x", "y", "width", "height")] for each in picture.iter(f"{SVG}rect")]
    assert len(boxes) == len(STEPS) and all(x >= 0 and x + width <= WIDTH for x, _y, width, _height in boxes)
    assert all(below[1] >= above[1] + above[3] for above, below in zip(boxes, boxes[1:], strict=False))
    assert boxes[-1][1] + boxes[-1][3] <= height
    texts = list(picture.iter(f"{SVG}text"))
    said = " ".join(each.text for each in texts)
    for word in ("Shelter, Nikšić", "Yes", "+382 080", "<b>Dom & kuća</b>", "no answer", "1"):
        assert word in said
    assert all(0 < float(each.get("y")) < height for each in texts)
    near = {float(each.get("x")) for each in texts if each.text == "Shelter, Nikšić"}.pop()
    assert near > WIDTH / 2 if rtl else near < WIDTH / 2
    numbers = [float(each) for path in picture.iter(f"{SVG}path") for each in re.findall(r"-?[\d.]+", path.get("d"))]
    assert all(-1 < number <= max(WIDTH, height) for number in numbers)


def test_a_way_needs_a_step():
    with pytest.raises(ValueError, match="needs a step"):
        flow([], title="x", description="y")
