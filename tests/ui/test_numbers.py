"""Numbers as each language writes them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duga.ui.numbers import format_number, separators


@pytest.mark.parametrize(
    ("value", "language", "decimals", "text"),
    [
        (12345, "en", None, "12,345"),
        (12345, "sr", None, "12.345"),
        (12345, "sr-latn", None, "12.345"),
        (1234.5, "sq", None, "1.234,5"),
        (Decimal("0.005"), "mk", None, "0,01"),
        (0.0024, "en", None, "0.0024"),
        (-0.0004, "en", None, "−0.0004"),
        (Decimal("2.50"), "en", None, "2.5"),
        (Decimal("2.5"), "en", 2, "2.50"),
        (2.5, "en", 0, "3"),
        (-1200, "en", None, "−1,200"),
        (0, "ar", None, "0"),
        (1e21, "en", None, "1,000,000,000,000,000,000,000"),
    ],
)
def test_written_as_people_write_it(value, language, decimals, text):
    assert format_number(value, language, decimals) == text


@pytest.mark.parametrize("value", [None, "", "many", float("nan"), float("inf"), True])
def test_what_is_no_number_is_never_written_as_one(value):
    with pytest.raises(ValueError):
        format_number(value)


@given(st.integers(-(10**15), 10**15), st.sampled_from(["en", "sr", "bs", "hr", "mk", "sq"]))
def test_reading_it_back_gives_the_number(value, language):
    thousands, _ = separators(language)
    assert int(format_number(value, language).replace(thousands, "").replace("−", "-")) == value
