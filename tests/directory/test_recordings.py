"""Spoken texts: only sound is taken, of the text as it stands, and only what is public is given."""

import pytest

from duga.directory import actions, queries
from duga.directory.models import Recording
from duga.directory.queries.recordings import path_of, recording, recordings_of, recordings_of_terms, spoken
from duga.directory.rules.recordings import MEDIA, MOST, media_type_of
from duga.plain.errors import DugaError, NotAllowed, NotFound, Refused
from tests.directory import build

pytestmark = pytest.mark.django_db
SOUND = {
    "audio/ogg": b"OggS" + b"\0" * 60, "audio/mpeg": b"ID3\x04" + b"\0" * 60,
    "audio/mp4": b"\0\0\0\x20ftypM4A " + b"\0" * 60, "audio/wav": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 60,
}  # fmt: skip


@pytest.fixture
def offered(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    build.terms()
    return build.service(cast, build.provider(cast))


def test_what_is_no_sound_is_refused(cast, offered):
    assert {media_type_of(data): None for data in SOUND.values()}.keys() == MEDIA.keys()
    assert media_type_of(b"\xff\xfb\x90\x64" + b"\0" * 9) == "audio/mpeg" and media_type_of(b"\xff") is None
    told = {"by": cast.viewer("coordinator"), "service_id": offered.pk, "field": "description", "language": "sq"}
    for data in (b"", b"<html>", b"%PDF-1.4", b"\xff\xd8\xff\xe0jpeg", SOUND["audio/ogg"] + b"\0" * MOST):
        with pytest.raises(Refused, match="MP3, OGG"):
            actions.record_text(**told, data=data)
    for wrong in ({"language": "xx"}, {"field": "email"}, {"field": "alert"}):  # no such language, text; nothing said
        with pytest.raises(Refused):
            actions.record_text(**{**told, **wrong}, data=SOUND["audio/ogg"])
    assert not Recording.objects.exists()


def test_a_recording_is_of_the_text_as_it_stands(cast, offered, django_capture_on_commit_callbacks):
    by = cast.viewer("coordinator")
    told = {"by": by, "service_id": offered.pk, "field": "description", "language": "cnr"}
    first = actions.record_text(**told, data=SOUND["audio/ogg"])
    assert path_of(first).read_bytes() == SOUND["audio/ogg"] and path_of(first).suffix == ".ogg"
    with django_capture_on_commit_callbacks(execute=True):
        second = actions.record_text(**told, data=SOUND["audio/mpeg"])
    assert not path_of(first).exists() and recordings_of(offered.pk, "cnr") == [second]
    actions.change_service(
        by=cast.viewer("coordinator"), service_id=offered.pk, changes={"description": "Sada i petkom."}
    )
    assert recordings_of(offered.pk, "cnr") == []  # it would say something else than the page
    with pytest.raises(NotFound):
        recording(second.pk)
    offered.refresh_from_db()
    assert spoken(offered)["description", "cnr"] == (second, True)
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_recording(by=by, recording_id=second.pk)
    assert not path_of(second).exists() and not Recording.objects.exists()


def test_readers_get_recordings_of_public_services_only(cast, offered):
    by = cast.viewer("coordinator")
    kept = actions.record_text(
        by=by, service_id=offered.pk, field="description", language="sq", data=SOUND["audio/mp4"]
    )
    assert recording(kept.pk, offered.pk) == kept
    with pytest.raises(NotFound):
        recording(kept.pk, kept.pk)
    actions.change_service(by=by, service_id=offered.pk, changes={"listed": False})
    with pytest.raises(NotFound):
        recording(kept.pk)


def test_sealing_a_place_takes_recordings_away(cast, offered, django_capture_on_commit_callbacks):
    by = cast.viewer("coordinator")
    shelter = build.service(cast, offered.provider, name="Sigurna kuća", locations=[])
    kept = actions.record_text(
        by=by, service_id=shelter.pk, field="description", language="sq", data=SOUND["audio/wav"]
    )
    with django_capture_on_commit_callbacks(execute=True):
        actions.keep_place(by=by, service_id=shelter.pk, kind="shelter", told={"address": "Tajnovita 17"})
    assert not path_of(kept).exists() and not Recording.objects.exists()


def test_terms_are_spoken_by_who_curates(cast, offered):
    told = {"key": "needs", "code": "food", "language": "ckb", "data": SOUND["audio/ogg"]}
    kept = actions.record_term(by=cast.viewer("national"), **told)
    assert recordings_of_terms("needs", "ckb") == {"food": kept} and recording(kept.pk) == kept
    with pytest.raises(NotAllowed):
        actions.record_term(by=cast.viewer("coordinator"), **told)
    with pytest.raises(NotFound):
        actions.record_term(by=cast.viewer("national"), **{**told, "code": "nothing"})
    with pytest.raises(NotAllowed):
        actions.remove_recording(by=cast.viewer("coordinator"), recording_id=kept.pk)


def test_others_record_nothing(cast, offered):
    for who in ("worker", "other_worker", "observer", "administrator", "nobody"):
        with pytest.raises(DugaError):
            actions.record_text(
                by=cast.viewer(who), service_id=offered.pk, field="description", language="sq", data=SOUND["audio/ogg"]
            )
    assert queries.offer_of(offered)
