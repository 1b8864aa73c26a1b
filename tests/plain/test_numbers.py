from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duga.plain.errors import Unreadable
from duga.plain.numbers import Quantity, read_number, read_quantity


@pytest.mark.parametrize(
    "written, number",
    [
        ("1.234,5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1'234", "1234"),
        ("1,5", "1.5"),
        ("1.5", "1.5"),
        ("2,50", "2.5"),
        ("1.500", "1500"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("-3", "-3"),
        ("12 kom.", "12"),
        ("12 копë".replace("копë", "copë"), "12"),
        ("5,", "5"),
        (",5", "0.5"),
        ("٣٠٠", "300"),
        ("²", "2"),
        (300, "300"),
        (300.0, "300"),
        (0.1, "0.1"),
        (1e2, "100"),
        (Decimal("2.50"), "2.5"),
    ],
    ids=str,
)
def test_numbers_as_the_region_writes_them(written, number):
    assert read_number(written) == Decimal(number)
    assert str(read_number(written)) == number


@pytest.mark.parametrize(
    "written",
    ["", None, True, "pet", "1.234.5", "1,2,3", "12 345 6", "1-2", "5%", "=1+1", "1e5", float("nan"), float("inf")]
    + ["0101956710023", 101956710023000, "--5", "½"],
    ids=str,
)
def test_what_is_no_number_is_refused(written):
    with pytest.raises(Unreadable) as refusal:
        read_number(written)
    assert any(hint in str(refusal.value) for hint in ("2,5", "column"))


@pytest.mark.parametrize(
    "written, value, qualifier",
    [(text, 300, "about") for text in ("oko 300", "Око 300", "cca 300", "cca. 300", "~300", "≈ 300", "rreth 300")]
    + [(text, 300, "about") for text in ("afërsisht 300", "околу 300", "about 300", "300 (oko)", "otprilike 300 kom")]
    + [(text, 100, "at_least") for text in ("preko 100", "više od 100", "vise od 100", "више од 100", ">100", "≥ 100")]
    + [
        (text, 100, "at_least")
        for text in ("100+", "100 i više", "mbi 100", "më shumë se 100", "повеќе од 100", "над 100")
    ]
    + [(text, 100, "at_least") for text in ("najmanje 100", "at least 100", "over 100", "së paku 100", "min. 100")]
    + [(text, 50, "at_most") for text in ("do 50", "до 50", "<50", "manje od 50", "deri 50", "up to 50", "најмногу 50")]
    + [(text, 1200, "exact") for text in ("1200", "1.200", "1 200", "1200 kom.", 1200, 1200.0)]
    + [("oko 1.500", 1500, "about"), ("preko 2,5", Decimal("2.5"), "at_least")],
    ids=str,
)
def test_quantities_keep_how_exactly_they_are_known(written, value, qualifier):
    assert read_quantity(written) == Quantity(Decimal(value), qualifier)


@pytest.mark.parametrize(
    "written", ["100-150", "100 – 150", "oko", "5 ljudi", "oko oko 5", "", None, "oko 5 do", "nekoliko"]
)
def test_quantities_that_would_need_guessing_are_refused(written):
    with pytest.raises(Unreadable):
        read_quantity(written)


@given(st.decimals(min_value=-999_999_999, max_value=999_999_999, places=2))
def test_every_number_is_read_as_the_region_prints_it(number):
    printed = f"{number:,.2f}".replace(",", " ").replace(".", ",")
    assert read_number(printed) == number
    assert read_number(printed.replace(" ", ".")) == number
    assert read_number(number) == number


@given(st.text())
def test_any_text_gives_a_number_or_a_refusal(text):
    for read in (read_number, read_quantity):
        try:
            read(text)
        except Unreadable as refusal:
            assert str(refusal)
