"""Translating a draft on screen: its sheets take the words, and the XForm is made anew of them."""

from django.db import transaction

from duga.members.rules import Viewer
from duga.plain.errors import Refused
from duga.plain.xlsforms import convert_sheets
from duga.surveys.actions.designs._help import _draft, _fill, _locked_version, _refused, _tell
from duga.surveys.actions.designs.bringing import _AS_XFORM
from duga.surveys.models import FormVersion
from duga.surveys.rules.designs import add_language, pieces, retold


def speak_also(*, by: Viewer, version_id, code: str) -> str:
    """Gives a draft one more language (its code, of `rules.designs.LANGUAGES`), still without words; returns its name.

    The XForm stays as it is until the first words come: a language without any would only be an empty choice.
    """
    with transaction.atomic():
        version = _draft(_locked_version(by, version_id))
        if not version.sheets:
            raise Refused(_AS_XFORM)
        version.sheets, language = add_language(version.sheets, code)
        version.source, version.source_name = b"", ""
        version.save(update_fields=["sheets", "source", "source_name"])
        _tell(by, "form.translated", version.form, slug=version.form.slug, language=language)
    return language


def translate_draft(*, by: Viewer, version_id, language: str, texts: dict, changed_at: str = "") -> FormVersion:
    """Keeps texts {(sheet, row, column): text} of a draft in one language and makes its XForm anew.

    changed_at: of the draft that was looked at, ISO; Conflict when somebody changed it since. What people said about
    personal questions stays, because no question changes.
    """
    with transaction.atomic():
        version = _draft(_locked_version(by, version_id, changed_at=changed_at))
    if not version.sheets:
        raise Refused(_AS_XFORM)
    there = {(piece.sheet, piece.row, piece.column) for piece in pieces(version.sheets)}
    sheets = retold(version.sheets, language, {place: text for place, text in texts.items() if place in there})
    read = convert_sheets(sheets, f"{version.form.slug}.json", validate=False)  # outside the transaction: it takes time
    if not read.xform:
        raise _refused(read.errors[0])
    return _keep(by, version, read, language)


@transaction.atomic
def _keep(by, looked_at, read, language):
    version = _draft(_locked_version(by, looked_at.pk, changed_at=looked_at.changed_at.isoformat()))
    checked = (version.checked_at, version.checked_by_id, version.personal)
    _fill(version, read, by, before=version)
    version.checked_at, version.checked_by_id, version.personal = checked
    version.source, version.source_name = b"", ""
    version.save()
    _tell(by, "form.translated", version.form, slug=version.form.slug, language=language)
    return version
