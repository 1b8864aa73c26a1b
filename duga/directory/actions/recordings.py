"""Spoken texts, kept and taken away: for readers who do not read, or not this script."""

from django.db import transaction

from duga.directory import queries
from duga.directory.actions._help import _tell
from duga.directory.models import Recording, TaxonomyTerm
from duga.directory.queries.recordings import path_of, spoken_text
from duga.directory.rules.recordings import MOST, SPOKEN, media_type_of
from duga.directory.rules.texts import mark
from duga.members.queries import NOT_HERE, networks_of
from duga.members.rules import Permission, Viewer
from duga.places.rules import codes
from duga.plain.errors import NotAllowed, NotFound, Refused, gettext_noop
from duga.plain.files import write_whole

__all__ = ["record_term", "record_text", "remove_recording"]

_FILE = gettext_noop("Send the recording as MP3, OGG, M4A or WAV, of at most 2 MB (some two minutes).")
_LANGUAGE = gettext_noop("Choose a language of the list.")
_NO_TEXT = gettext_noop("There is no such text to speak. Write it first.")
_NOT_YOURS = gettext_noop("Your role does not allow this. Ask your organisation's coordinator.")


@transaction.atomic
def record_text(*, by: Viewer, service_id, field: str, language: str, data: bytes) -> Recording:
    """Keeps a recording of a service's text (rules.recordings.SPOKEN) in a language, in place of the one before.

    It is of the text as it stands now: when the text changes, readers get it no more.
    """
    service = queries.service_to_edit(by, service_id)
    if field not in SPOKEN or not getattr(service, field):
        raise Refused(_NO_TEXT)
    media_type = _check(language, data)
    of = mark(spoken_text(service, field, language))
    return _keep(by, {"service": service, "field": field, "language": language}, of, media_type, data)


@transaction.atomic
def record_term(*, by: Viewer, key: str, code: str, language: str, data: bytes) -> Recording:
    """Keeps a recording of a term of our own taxonomies in a language; for who curates a network's directory."""
    if not networks_of(by, Permission.CURATE_DIRECTORY):
        raise NotAllowed(_NOT_YOURS)
    term = TaxonomyTerm.objects.filter(taxonomy__key=key, code=code).first()
    if term is None:
        raise NotFound(NOT_HERE)
    return _keep(by, {"term": term, "language": language}, "", _check(language, data), data)


def _check(language, data) -> str:
    if language not in {"sr-latn", *(code.code for code in codes("languages"))}:
        raise Refused(_LANGUAGE)
    media_type = media_type_of(data)
    if media_type is None or len(data) > MOST:
        raise Refused(_FILE)
    return media_type


def _keep(by, what, of, media_type, data):
    for before in Recording.objects.filter(**what):
        _remove(before)
    row = Recording(**what, of=of, media_type=media_type, size=len(data), by_id=by.account_id)
    path_of(row).parent.mkdir(parents=True, exist_ok=True)
    write_whole(path_of(row), data)
    row.save(force_insert=True)
    provider = row.service.provider if row.service_id else None
    _tell(by, "recorded", row, provider, language=row.language, field=row.field)
    return row


def _remove(row) -> None:
    path = path_of(row)
    row.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


@transaction.atomic
def remove_recording(*, by: Viewer, recording_id) -> None:
    """Takes a recording away: for who may make it."""
    row = Recording.objects.filter(pk=recording_id).select_related("service__provider").first()
    if row is None:
        raise NotFound(NOT_HERE)
    if row.service_id:
        queries.service_to_edit(by, row.service_id)
    elif not networks_of(by, Permission.CURATE_DIRECTORY):
        raise NotAllowed(_NOT_YOURS)
    _tell(by, "recording_removed", row, row.service.provider if row.service_id else None, language=row.language)
    _remove(row)
