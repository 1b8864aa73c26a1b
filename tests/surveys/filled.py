"""A form made of an XLSForm for the tests of filling in, and one that everybody is asked the same."""

import datetime as dt
from functools import cache
from pathlib import Path

from duga.plain.xlsforms import xforms
from duga.surveys.actions.asking import make_links, plan_round
from tests.surveys.phones import attach, make_form

SHEETS = Path(__file__).parent / "sheets"


@cache
def xform(name: str) -> bytes:
    """The XForm of one of the XLSForms beside this file."""
    from pyxform.xls2xform import convert

    return convert(str(SHEETS / f"{name}.md"), validate=False).xform.encode()


def asked_form(organisation, name: str = "visit"):
    """Its published version in an organisation."""
    xml = xform(name)
    told = xforms.parse(xml)
    version = make_form(organisation, slug=told.form_id, questions=told.questions, xform=xml)
    version.languages = told.languages
    version.save(update_fields=["languages"])
    type(version.form).objects.filter(pk=version.form_id).update(title=told.title)
    version.form.refresh_from_db()
    return version


def furnish_filling(cast) -> None:
    """A form with a list, and an open link to it, for the pages."""
    cast.asked = asked_form(cast.niksic, "minute")
    attach(cast.asked, "towns.csv", b"name,label\nnk,Nik\xc5\xa1i\xc4\x87\n")
    where = {"organisation_id": cast.niksic.pk, "form_id": cast.asked.form_id}
    cast.asking = plan_round(
        by=cast.viewer("coordinator"), owner=cast.niksic, form_id=cast.asked.form_id, title="Autumn",
        opens_on=dt.date(2024, 4, 3), targets={"": 40},
    )  # fmt: skip
    cast.link_token = make_links(by=cast.viewer("coordinator"), **where)[0].token
