"""Recordings of service texts and terms: for readers those of public services, for keepers their own."""

from pathlib import Path

from django.conf import settings

from duga.directory.models import Recording, Service
from duga.directory.queries.access import service_to_update
from duga.directory.queries.inbox import translations_of
from duga.directory.rules import FOUND
from duga.directory.rules.recordings import MEDIA, SPOKEN
from duga.directory.rules.texts import mark
from duga.members.queries import NOT_HERE
from duga.members.rules import Viewer
from duga.plain.errors import NotFound


def path_of(recording: Recording) -> Path:
    """Where a recording's file lies."""
    return Path(settings.MEDIA_ROOT) / "recordings" / f"{recording.pk}.{MEDIA[recording.media_type]}"


def recordings_of(service_id, language: str) -> list[Recording]:
    """The recordings of a service's texts in a language, as SPOKEN orders them; those of another text are left out."""
    rows = Recording.objects.filter(service=service_id, language=language).select_related("service")
    now = [row for row in rows if row.of == mark(spoken_text(row.service, row.field, language))]
    return sorted(now, key=lambda row: SPOKEN.index(row.field))


def spoken_text(service, field, language) -> str:
    """The text a recording in a language is of: the original, or its translation."""
    if service.language == language:
        return getattr(service, field)
    version = translations_of("service", service.pk).get(field, {}).get(language)
    return version.text if version else getattr(service, field)


def recordings_of_terms(key: str, language: str) -> dict[str, Recording]:
    """{code: recording} of the terms of one of our taxonomies that were spoken in a language."""
    rows = Recording.objects.filter(term__taxonomy__key=key, language=language).select_related("term")
    return {row.term.code: row for row in rows}


def recording(recording_id, service_id=None) -> Recording:
    """The door to a recording for readers: of a term, or of a public service's text as it stands.

    NotFound where the text is another by now: what was taken out of it is not to be heard either.
    """
    found = Recording.objects.filter(pk=recording_id).select_related("service").first()
    if found is None or (service_id is not None and found.service_id != service_id):
        raise NotFound(NOT_HERE)
    service = found.service
    if service and (not service.listed or service.merged_into_id or service.status not in FOUND):
        raise NotFound(NOT_HERE)
    if service and found.of != mark(spoken_text(service, found.field, found.language)):
        raise NotFound(NOT_HERE)
    return found


def spoken(service: Service) -> dict[tuple[str, str], tuple[Recording, bool]]:
    """{(field, language): (recording, whether the text is another by now)} of a service, for who keeps it."""
    rows = Recording.objects.filter(service=service)
    return {
        (row.field, row.language): (row, row.of != mark(spoken_text(service, row.field, row.language))) for row in rows
    }


def kept_recording(viewer: Viewer, recording_id) -> Recording:
    """The door to a recording for who keeps it: of a service one confirms, or of a term."""
    found = Recording.objects.filter(pk=recording_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    if found.service_id:
        service_to_update(viewer, found.service_id)
    return found
