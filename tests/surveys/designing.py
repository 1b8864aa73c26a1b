"""Small forms of our own, and the converter in this process: a process apart for each would take most of the time."""

from contextlib import contextmanager

import pytest

YOUTH = """
| survey |
| | type | name | label::English (en) | label::Српски (sr) | relevant | calculation |
| | text | name | Your name | Твоје име | | |
| | integer | age | How old are you? | Колико имаш година? | | |
| | begin group | skills | Skills | Вештине | | |
| | select_multiple langs | languages | Which languages do you speak? | | | |
| | select_one yes_no | works | Do you work? | Да ли радиш? | ${age} > 14 | |
| | end group | | | | | |
| | calculate | adult | | | | ${age} >= 18 |
| choices |
| | list_name | name | label::English (en) | label::Српски (sr) |
| | langs | sr | Serbian | српски |
| | langs | en | English | енглески |
| | yes_no | yes | Yes | Да |
| | yes_no | no | No | Не |
| settings |
| | form_title | form_id | version |
| | Young people | youth | 1 |
"""


def changed(text: str, *pairs: tuple[str, str]) -> bytes:
    """A form with some of its words changed, as bytes of a file."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


@pytest.fixture
def here(monkeypatch):
    """Forms are read in this process, and without ODK Validate."""
    from duga.plain import xlsforms
    from duga.plain.xlsforms.__main__ import answer

    monkeypatch.setattr(xlsforms, "_ask", answer)
    monkeypatch.setattr(xlsforms, "_validate", lambda *_: ("odk_validate", []))


@contextmanager
def in_this_process():
    """The same for what furnishes a world that lives longer than one test."""
    from duga.plain import xlsforms
    from duga.plain.xlsforms.__main__ import answer

    kept = xlsforms._ask, xlsforms._validate
    xlsforms._ask, xlsforms._validate = answer, lambda *_: ("odk_validate", [])
    try:
        yield
    finally:
        xlsforms._ask, xlsforms._validate = kept


def furnish_designs(cast):
    """A published form of the organisation with a file, and its next draft."""
    from duga.surveys.actions import designs as actions

    by = cast.viewer("coordinator")
    with in_this_process():
        cast.form_version = actions.bring_form(by=by, owner=cast.niksic, data=YOUTH.encode(), name="y.md").version
        actions.keep_attachment(by=by, version_id=cast.form_version.pk, name="list.csv", data=b"name,label\n1,One\n")
        actions.mark_personal(by=by, version_id=cast.form_version.pk, paths=[])
        actions.publish_version(by=by, version_id=cast.form_version.pk)
        cast.form_draft = actions.draft_again(by=by, version_id=cast.form_version.pk)
