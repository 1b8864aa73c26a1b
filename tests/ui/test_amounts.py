"""Units and days as they stand on a page."""

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils.translation import override

from duga.ui.templatetags.ui import day


@pytest.mark.parametrize(
    ("language", "value", "words"),
    [
        ("en", 1, "1 parcel"), ("en", 2, "2 × parcel"), ("sr-latn", 2, "2 × parcel"), ("en", 12.5, "12.5 × parcel"),
        ("sr", 12.5, "12,5 × parcel"),
    ],
)  # fmt: skip
def test_a_unit_of_a_code_list_needs_no_plural(language, value, words):
    with override(language):
        html = Template('{% load ui %}{% amount value "parcel" "about" %}').render(Context({"value": value}))
    text = Template("{{ html|striptags }}").render(Context({"html": html})).replace("\N{NO-BREAK SPACE}", " ")
    assert text.endswith(words) and text != words  # the qualifier stands before


def test_a_day_is_written_one_way_whatever_it_is_kept_as():
    assert day("1932-04-06") == day(dt.date(1932, 4, 6)) == "6. 4. 1932."
    assert (day("1932"), day(1932), day(None), day("")) == ("1932", 1932, None, "")
    late = dt.datetime(2026, 10, 30, 23, 30, tzinfo=dt.UTC)
    assert Template("{% load ui %}{{ at|day }}").render(Context({"at": late})) == "31. 10. 2026."  # here it is tomorrow
