"""Charts: real drawings by the real renderer, taken apart again."""

import datetime as dt
import re
from xml.etree import ElementTree as ET

import pytest

from duga.ui import charts
from duga.ui.charts import Mark, every_month, marks_of
from duga.ui.charts.maps import map_spec
from duga.ui.charts.specs import bar_spec, trend_spec
from duga.ui.charts.svg import SVG
from duga.web import styleguide

HIDDEN_WORDS = "small, or hidden to protect a small one"
BARS = [("Parcels", 1200), ("Talks", 300), ("Legal aid", None), Mark("Shelter", None, unknown=True), ("None", 0)]


def parse(svg):
    return ET.fromstring(svg)


def shapes(root, name="path"):
    return [node for node in root.iter(f"{{{SVG}}}{name}") if not list(node.iter(f"{{{SVG}}}pattern"))]


def texts(root):
    return [node.text for node in root.iter(f"{{{SVG}}}text")]


def tips(root):
    """What the marks say when one points at them, by text."""
    return {
        node.find(f"{{{SVG}}}title").text: node for node in shapes(root) if node.find(f"{{{SVG}}}title") is not None
    }


def width(bar):
    return float(re.match(r"M0,0(?:h|l)([\d.]+)", bar.get("d"))[1])


@pytest.fixture(scope="module")
def bars():
    return parse(charts.bar(BARS, unit="services", title="Help given"))


def months(count, **special):
    days = [dt.date(2020 + place // 12, place % 12 + 1, 1) for place in range(count)]
    return [(day, special.get(f"m{place}", 100 + place)) for place, day in enumerate(days)]


def test_a_bar_is_as_long_as_its_number(bars):
    drawn = {text.split(":")[0]: width(node) for text, node in tips(bars).items() if "None" not in text}
    assert drawn["Parcels"] == pytest.approx(400, abs=0.5)
    assert drawn["Talks"] == pytest.approx(100, abs=0.5)


def test_numbers_and_labels_stay_text(bars):
    assert {"Parcels", "1,200", "Talks", "300", "Legal aid", "Shelter"} <= set(texts(bars))


def test_hidden_is_hatched_and_unknown_empty_and_neither_is_nought(bars):
    assert HIDDEN_WORDS in texts(bars)
    assert "unknown" in texts(bars)
    assert "0" in texts(bars)  # only the row that really is nought
    assert texts(bars).count("0") == 1
    hatched = [node for node in shapes(bars) if (node.get("fill") or "").startswith("url(#")]
    assert len(hatched) == 1
    pattern = next(bars.iter(f"{{{SVG}}}pattern"))
    assert hatched[0].get("fill") == f"url(#{pattern.get('id')})"
    assert {text.split(":")[0] for text in tips(bars)} == {"Parcels", "Talks", "None"}


def test_another_library_s_prefix_for_svg_changes_nothing(monkeypatch):
    """A second factor's QR code registers `svg:` for the whole process."""
    from xml.etree import ElementTree

    before = charts.bar([("a", 3), ("b", 5)], unit="persons")
    monkeypatch.setattr(ElementTree, "_namespace_map", dict(ElementTree._namespace_map))
    ElementTree.register_namespace("svg", "http://www.w3.org/2000/svg")
    assert charts.bar([("a", 3), ("b", 5)], unit="persons") == before
    assert before.startswith("<svg xmlns=") and before.endswith("</svg>")


def test_a_hidden_value_is_nowhere_in_the_drawing():
    svg = charts.bar([("A", 500), ("B", None)], unit="persons", title="t")
    again = charts.bar([("A", 500), ("B", None)], unit="persons", title="t")
    assert svg == again  # and nothing random either
    assert set(re.findall(r">(\d[\d,.]*)<", svg)) == {"500"}


def test_it_has_title_description_and_role(bars):
    assert bars.get("role") == "img"
    named = bars.get("aria-labelledby").split()
    found = {node.get("id"): node.text for node in bars if node.get("id")}
    assert found[named[0]] == "Help given"
    assert "Parcels" in found[named[1]]


@pytest.mark.parametrize(
    "svg",
    [
        charts.bar(BARS, unit="services", title="t"),
        charts.trend(months(30, m3=None), unit="persons", title="t"),
        charts.choropleth(styleguide.squares(), {"a": 1, "b": None}, unit="persons", title="t"),
    ],
    ids=["bar", "trend", "map"],
)
def test_a_strict_page_may_carry_it(svg):
    assert "<style" not in svg
    assert " style=" not in svg
    assert "<script" not in svg
    assert " on" not in re.sub(r">[^<]*<", "><", svg)
    assert "⟦" not in svg
    assert len(svg) < 12_000
    root = parse(svg)
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    coloured = [n for n in root.iter() if re.match("#", n.get("fill") or "") or re.match("#", n.get("stroke") or "")]
    assert coloured
    assert all(node.get("class") for node in coloured), "every colour follows the page into dark mode"


def line(root):
    return [node for node in shapes(root) if "l1" in (node.get("class") or "")]


def test_a_line_has_a_gap_where_a_month_is_hidden_or_missing():
    whole = line(parse(charts.trend(months(36), unit="p", title="t")))
    broken = line(parse(charts.trend(months(36, m10=None, m11=None), unit="p", title="t")))
    missing = line(parse(charts.trend(months(36)[:10] + months(36)[14:], unit="p", title="t")))
    assert [node.get("d").count("M") for node in whole] == [1]
    assert sum(node.get("d").count("M") for node in broken) == 2
    assert sum(node.get("d").count("M") for node in missing) == 2


def test_hidden_months_are_bands_and_missing_ones_are_not():
    def bands(svg):
        return [node for node in shapes(parse(svg)) if (node.get("fill") or "").startswith("url(#")]

    assert len(bands(charts.trend(months(36, m10=None, m20=None), unit="p", title="t"))) == 2
    assert len(bands(charts.trend(months(36)[:10] + months(36)[14:], unit="p", title="t"))) == 0


def test_a_month_alone_between_gaps_is_a_dot():
    root = parse(charts.trend(months(9, m3=None, m5=None), unit="p", title="t"))
    assert len([node for node in shapes(root) if "c1" in (node.get("class") or "")]) == 2  # it, and the highest


def test_the_highest_month_is_named_in_the_language():
    root = parse(charts.trend(months(24, m6=5000), unit="osoba", title="t", language="sr-latn"))
    assert any(re.search(r"5\.000.*2020", text or "") for text in texts(root))


def test_years_below_a_long_line_months_below_a_short_one():
    assert {"2020", "2021", "2022"} <= set(texts(parse(charts.trend(months(36), unit="p", title="t"))))
    assert "Jan 2020" in texts(parse(charts.trend(months(9), unit="p", title="t")))


def test_all_nought_is_drawn_as_nought():
    root = parse(charts.trend([(dt.date(2020, place, 1), 0) for place in (1, 2, 3)], unit="p", title="t"))
    assert len(line(root)) == 1


def test_specifications_keep_to_the_schema():
    """Specifications are plain JSON; here each shape they may take is held against Vega-Lite's own schema."""
    import altair
    import jsonschema

    marks = [Mark(*mark) if isinstance(mark, tuple) else mark for mark in BARS]
    line = every_month(marks_of(months(9, m3=None, m5=None)))
    area = {"unit": "p", "key": "code", "name": "name"}
    for spec in (
        bar_spec(marks, "p"),
        trend_spec(line),
        trend_spec(every_month(marks_of(months(60)))),
        map_spec(styleguide.squares(), {"a": 0, "b": None, "c": 45}, [0.0, 45.0], **area),
    ):
        altair.Chart.from_dict(spec, validate=True)

    with pytest.raises(jsonschema.ValidationError):
        altair.Chart.from_dict(bar_spec(marks, "p") | {"layer": [{"mark": "no such mark"}]}, validate=True)


def test_nought_on_a_map_is_palest_and_a_class_of_its_own():
    values = {"a": 0, "b": 0, "c": 0, "d": 7}
    root = parse(charts.choropleth(styleguide.squares(), values, unit="p", title="t"))
    found = {text[0]: node.get("class") for text, node in tips(root).items()}
    assert [found[letter] for letter in "ABC"] == ["s1"] * 3
    assert found["D"] == "s5"
    assert {"0", "7"} <= set(texts(root))


@pytest.mark.parametrize("draw", [charts.bar, charts.trend])
def test_nothing_and_less_than_nothing_are_refused(draw):
    with pytest.raises(ValueError):
        draw([], unit="p")
    with pytest.raises(ValueError):
        draw([(dt.date(2020, 1, 1), -1)], unit="p")


@pytest.fixture(scope="module")
def root():
    values = {"a": 1200, "b": None, "c": 45, "elsewhere": 9}
    return parse(charts.choropleth(styleguide.squares(), values, unit="persons", title="By area"))


class TestMap:
    def test_each_area_says_its_number_or_why_not(self, root):
        assert set(tips(root)) == {"A: 1,200\xa0persons", f"B: {HIDDEN_WORDS}", "C: 45\xa0persons", "D: no figure"}

    def test_more_is_darker_hidden_is_hatched_and_none_is_empty(self, root):
        found = {text[0]: node for text, node in tips(root).items()}
        assert "s5" in found["A"].get("class")
        assert "s4" in found["C"].get("class")
        assert found["B"].get("fill").startswith("url(#")
        assert "cv" in found["D"].get("class")

    def test_the_legend_says_the_same(self, root):
        assert {HIDDEN_WORDS, "no figure", "45", "46–1,200"} <= set(texts(root))

    def test_an_area_covers_its_square_and_not_the_rest_of_the_world(self, root):
        """Rings wound the other way would paint everything but the area."""
        for node in tips(root).values():
            steps = [float(n) for n in re.findall(r"-?[\d.]+", node.get("d"))][2:]
            assert max(abs(step) for step in steps) < 320

    def test_either_winding_draws_the_same(self):
        turned = styleguide.squares()
        for feature in turned:
            feature["geometry"]["coordinates"][0].reverse()
        values = {"a": 1, "b": 2, "c": 3, "d": 4}
        one, other = (parse(charts.choropleth(f, values, unit="p", title="t")) for f in (styleguide.squares(), turned))
        assert set(tips(one)) == set(tips(other))
        assert [n.get("class") for n in tips(one).values()] == [n.get("class") for n in tips(other).values()]

    def test_a_map_without_any_figure_is_still_a_map(self):
        root = parse(charts.choropleth(styleguide.squares(), {}, unit="p", title="t"))
        assert set(tips(root)) == {f"{letter}: no figure" for letter in "ABCD"}
        with pytest.raises(ValueError):
            charts.choropleth([], {}, unit="p")


@pytest.mark.parametrize(
    "values", [[], [5], [5, 5, 5], [0, 1], [1, 2, 3, 4, 5], [0, 0, 0, 12, 9000], list(range(100)), [10.5, 3.25, 99]]
)
def test_steps_take_in_every_value_in_order(values):
    bounds = charts.steps_of(values)
    assert bounds == sorted(set(bounds))
    assert len(bounds) <= 5
    if values:
        assert bounds[-1] == max(values)


class TestWords:
    def test_highest_lowest_and_hidden(self):
        said = charts.describe(BARS, unit="services")
        assert said.startswith("Highest: Parcels, 1,200\xa0services. Lowest: None, 0\xa0services.")
        assert "1 number is not shown" in said

    def test_a_course_in_time(self):
        said = charts.describe(months(24, m6=5000), unit="persons", kind="trend")
        assert said == (
            "From 100\xa0persons in January 2020 to 123\xa0persons in December 2021. "
            "Highest: 5,000\xa0persons in July 2020."
        )

    def test_one_and_none(self):
        assert charts.describe([("A", 3)], unit="p") == "A: 3\xa0p."
        assert charts.describe([("A", 3), ("B", 3)], unit="p") == "All the same: 3\xa0p."
        assert charts.describe([], unit="p") == "There are no figures to show."

    def test_a_neutral_drawing_is_spoken_in_each_language(self):
        neutral = charts.bar([(charts.word("parcel"), 1200), ("x", None)], unit=charts.word("items"), language=None)
        assert HIDDEN_WORDS not in neutral
        for language, number, title in (("en", "1,200", "Help"), ("sr", "1.200", "Помоћ"), ("ar", "1,200", "مساعدة")):
            svg = charts.speak(
                neutral, language=language, title=title, description="<d>", words={"parcel": "P & Q", "items": "i"}
            )
            root = parse(svg)
            assert "P & Q" in texts(root)
            assert number in texts(root)
            assert root.find(f"{{{SVG}}}title").text == title
            assert "⟦" not in svg

    def test_two_drawings_of_one_page_do_not_share_ids(self):
        neutral = charts.bar([("a", 1), ("b", None)], unit="p", language=None)
        ids = [
            re.search(r'id="(c\w+)-t"', charts.speak(neutral, language="en", title=t, description=""))[1] for t in "xy"
        ]
        assert len(set(ids)) == 2

    def test_speaking_needs_no_renderer(self):
        import subprocess
        import sys

        code = (
            "import sys; from django.conf import settings; settings.configure(USE_I18N=True); import django;"
            "django.setup(); from duga.ui import charts; charts.describe([('a', 1)], unit='p');"
            "charts.speak('⟦n:5⟧', language='sr', title='', description='');"
            "sys.exit(bool({'altair', 'vl_convert', 'pandas', 'pyarrow'} & set(sys.modules)))"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", ["bar.svg", "trend.svg", "map.svg"])
def test_the_samples_of_the_style_guide_are_todays(name):
    """Made anew with: python -m tests.ui.samples"""
    assert styleguide.draw_samples()[name] == (styleguide.SAMPLES / name).read_text()
