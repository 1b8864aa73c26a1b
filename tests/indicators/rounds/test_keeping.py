"""Who holds what of a counting round, when it is destroyed, and what a restore leaves of it."""

import datetime as dt
import json
import uuid
from types import SimpleNamespace

import pytest
from django.utils import timezone

from duga.casework import actions as casework
from duga.indicators import actions, queries
from duga.indicators.actions import linking
from duga.indicators.models import CountingRound
from duga.indicators.queries.rounds import folder_of_round, map_box, rounds_folder
from duga.indicators.rules.rounds import Answer, RoundState
from duga.members.models import TrailEntry
from duga.members.rules import Viewer
from duga.plain.errors import Refused
from duga.plain.ids import uuid7
from duga.vault import sealing
from duga.vault.keystore import KeyDestroyed
from tests.indicators.rounds import HOUSE, linked_round


def test_the_linking_process_gets_a_folder_and_nothing_of_ours(monkeypatch, cast, known, open_round, agree, key_store):
    """Its arguments and environment hold no key, no database, no setting; by then the key is destroyed."""
    seen = {}

    class Process:
        returncode, stderr = 0, []

        def __init__(self, arguments, **more):
            seen["arguments"], seen["environment"] = arguments, more["env"]
            with pytest.raises(KeyDestroyed):
                key_store.round_key(found.pk, cast.niksic.pk)
            self.stdout = SimpleNamespace(read=lambda: json.dumps({"counts": [], "files": {}, "map": {}}))

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    found = open_round()
    agree(found)
    actions.encode_parts(by=HOUSE, round_id=found.pk)
    key = key_store.round_key(found.pk, cast.niksic.pk)
    monkeypatch.setenv("DUGA_KEY", "11" * 32)
    monkeypatch.setattr(linking.subprocess, "Popen", Process)
    actions.start_linking(by=cast.viewer("secretariat"), round_id=found.pk, start=False)
    assert actions.link_round(by=HOUSE, round_id=found.pk).state == RoundState.LINKED
    assert seen["arguments"][1:] == ["-m", "config.cli", "round", "apart", str(folder_of_round(found.pk))]
    told = " ".join([*seen["arguments"], *seen["environment"], *seen["environment"].values()])
    assert not [word for word in ("DUGA", "DATABASE", "DJANGO", key.hex(), "11" * 32) if word in told]


def test_the_linking_command_needs_no_settings_and_loads_no_django(tmp_path):
    import subprocess
    import sys

    code = (
        "import sys; from config.cli import duga\n"
        "try: duga(['round', 'apart', sys.argv[1]], standalone_mode=False)\n"
        "except Exception as error: print(type(error).__name__, error)\n"
        "sys.exit('django loaded' if 'django' in sys.modules else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False, env={"PATH": ""}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "at least two organisations" in done.stderr  # a library may print what it likes


def test_no_network_role_reads_the_key_and_every_member_holds_the_same(cast, known, open_round, key_store):
    found = open_round()
    key = key_store.round_key(found.pk, cast.niksic.pk)
    assert key == key_store.round_key(found.pk, cast.nis.pk)
    with pytest.raises(KeyDestroyed):
        key_store.round_key(found.pk, cast.region.pk)
    other = open_round()
    assert key_store.round_key(other.pk, cast.niksic.pk) != key


def test_key_encodings_and_map_are_destroyed_in_turn(
    cast, known, open_round, agree, pretended, key_store, django_capture_on_commit_callbacks
):
    found = open_round(verification_days=30)
    agree(found)
    actions.encode_parts(by=HOUSE, round_id=found.pk)
    folder = folder_of_round(found.pk)
    with django_capture_on_commit_callbacks(execute=True):
        actions.start_linking(by=cast.viewer("secretariat"), round_id=found.pk, start=False)
    with pytest.raises(KeyDestroyed):
        key_store.round_key(found.pk, cast.niksic.pk)
    found = actions.link_round(by=HOUSE, round_id=found.pk)
    assert {path.name for path in folder.iterdir()} - {"link.lock"} == {"map.sealed"}
    assert found.verify_until - found.linked_at == dt.timedelta(days=30)
    copy = (folder / "map.sealed").read_bytes()
    box = key_store.box_key(map_box(found.pk))

    assert actions.end_due_rounds(by=HOUSE) == []  # not yet
    CountingRound.objects.filter(pk=found.pk).update(verify_until=timezone.now() - dt.timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert [each.pk for each in actions.end_due_rounds(by=Viewer(system="clock"))] == [found.pk]
    assert not folder.exists()
    with pytest.raises(KeyDestroyed):
        key_store.box_key(map_box(found.pk))
    assert sealing.unseal(owner=found.pk, field="indicators.CountingRound.map", data=copy, key=box)  # it was one
    found.refresh_from_db()
    assert found.state == RoundState.CLOSED
    assert queries.differences_of_round(found) == []  # by its sealed counts and fingerprint
    assert actions.end_due_rounds(by=HOUSE) == []
    events = TrailEntry.objects.filter(organisation_id=cast.niksic.pk, event__startswith="indicators.round")
    assert [each.event for each in events.order_by("number")] == [
        "indicators.round_asked", "indicators.round_agreed", "indicators.round_closed",
    ]  # fmt: skip


def test_a_round_left_open_is_cancelled_by_the_clock(
    cast, known, open_round, agree, django_capture_on_commit_callbacks
):
    found = open_round()
    agree(found)
    actions.encode_parts(by=HOUSE, round_id=found.pk)
    CountingRound.objects.filter(pk=found.pk).update(created_at=timezone.now() - dt.timedelta(days=91))
    with django_capture_on_commit_callbacks(execute=True):
        actions.end_due_rounds(by=HOUSE)
    found.refresh_from_db()
    assert found.state == RoundState.CANCELLED
    assert not folder_of_round(found.pk).exists()


def test_files_that_are_not_what_was_encoded_are_not_linked(cast, known, open_round, agree, pretended):
    """After a restore they are gone; and nobody puts others in their place."""
    found = open_round()
    agree(found)
    actions.encode_parts(by=HOUSE, round_id=found.pk)
    file = next(folder_of_round(found.pk).glob("*.encodings"))
    file.write_bytes(file.read_bytes() + b" ")
    actions.start_linking(by=cast.viewer("secretariat"), round_id=found.pk, start=False)
    assert "not what was encoded" in actions.link_round(by=HOUSE, round_id=found.pk).message
    file.unlink()
    assert "not what was encoded" in actions.link_round(by=HOUSE, round_id=found.pk).message


def test_who_is_erased_or_sealed_leaves_an_open_rounds_encodings(cast, known, open_round, agree):
    """Her organisation's files are destroyed at once and made anew without her."""
    found = open_round()
    agree(found)
    actions.encode_parts(by=HOUSE, round_id=found.pk)
    before = {part.organisation_id: part.sha256 for part in found.parts.all()}
    casework.erase_person(by=cast.viewer("coordinator"), person_id=known.niksic[0], reason="she asked")
    assert actions.encode_anew(by=HOUSE, organisation_id=cast.niksic.pk, start=False) == 1
    names = {path.name for path in folder_of_round(found.pk).glob("*.*") if path.suffix != ".lock"}
    mine, theirs = found.parts.get(organisation=cast.niksic), found.parts.get(organisation=cast.nis)
    assert names == {f"{theirs.number:04}{ending}" for ending in (".encodings", ".presence")}
    assert mine.encoded_at is None and mine.answer == Answer.AGREED
    actions.encode_parts(by=HOUSE, round_id=found.pk)
    mine.refresh_from_db()
    assert mine.sha256 != before[cast.niksic.pk] and theirs.sha256 == before[cast.nis.pk]
    actions.encode_anew(by=HOUSE, organisation_id=cast.niksic.pk, gone=True, start=False)
    mine.refresh_from_db()
    assert mine.answer == Answer.DECLINED and not (folder_of_round(found.pk) / f"{mine.number:04}.encodings").exists()
    with pytest.raises(Refused):
        actions.encode_anew(by=cast.viewer("secretariat"), organisation_id=cast.nis.pk)


def test_rounds_that_a_restored_database_does_not_know_are_destroyed(cast, known, open_round, agree, key_store):
    found = open_round()
    agree(found)
    actions.encode_parts(by=HOUSE, round_id=found.pk)
    pk, folder = found.pk, folder_of_round(found.pk)
    CountingRound.objects.all().delete()
    actions.end_due_rounds(by=HOUSE, start=False)
    assert not folder.exists()
    with pytest.raises(KeyDestroyed):
        sealing.store().round_key(pk, cast.niksic.pk)


def test_a_rounds_files_are_in_no_backup():
    from config.backups import FOLDERS

    assert rounds_folder().name not in FOLDERS


def restored(cast, key_store, *rounds):
    """What a restore does: the keys of rounds that run are gone, then the rounds are looked at."""
    key_store.destroy_running_rounds()
    ended = {each.pk for each in actions.end_lost_rounds(by=Viewer(system="restore"))}
    for each in rounds:
        each.refresh_from_db()
    return ended


def test_a_restore_ends_rounds_that_run_and_says_so(
    cast, known, open_round, agree, key_store, django_capture_on_commit_callbacks
):
    """Somebody may have declined or objected since the backup: nobody is linked on what it remembers."""
    found = open_round()
    agree(found)
    actions.encode_parts(by=HOUSE, round_id=found.pk)
    assert actions.end_lost_rounds(by=HOUSE) == []
    with django_capture_on_commit_callbacks(execute=True):
        assert restored(cast, key_store, found) == {found.pk}
    assert found.state == RoundState.CANCELLED
    assert "backup was restored" in found.message
    assert not folder_of_round(found.pk).exists()
    assert actions.end_due_rounds(by=HOUSE) == []


def test_a_restore_elsewhere_loses_encodings_and_map(
    cast, known, open_round, agree, pretended, key_store, django_capture_on_commit_callbacks
):
    """Here, both are kept; where their files or keys are not, the round says that it ended, and its counts stay."""
    linked = linked_round(cast, open_round, agree)
    encoded = open_round()
    agree(encoded)
    actions.encode_parts(by=HOUSE, round_id=encoded.pk)
    with django_capture_on_commit_callbacks(execute=True):
        actions.start_linking(by=cast.viewer("secretariat"), round_id=encoded.pk, start=False)
    assert restored(cast, key_store, linked, encoded) == set()
    assert (linked.state, encoded.state) == (RoundState.LINKED, RoundState.ENCODED)
    for path in folder_of_round(encoded.pk).iterdir():
        path.unlink()
    key_store.destroy_round(map_box(linked.pk))
    with django_capture_on_commit_callbacks(execute=True):
        assert restored(cast, key_store, linked, encoded) == {linked.pk, encoded.pk}
    assert (linked.state, encoded.state) == (RoundState.CLOSED, RoundState.CANCELLED)
    assert "map was lost" in linked.message
    assert queries.differences_of_round(linked) == []


def test_a_round_that_is_just_being_opened_keeps_its_key(cast, known, key_store):
    """Its key is there before the database says so; one left by a crash goes an hour later."""
    begun, left = uuid7(), uuid.UUID(int=uuid7().int - (2 * 3_600_000 << 80))
    for each in (begun, left):
        key_store.add_round(each, [cast.niksic.pk])
    actions.end_due_rounds(by=HOUSE)
    assert key_store.round_ids() == [begun.bytes]


def test_progress_is_told_in_percent(cast, known, open_round, agree, monkeypatch):
    """Of encoding to the round and to each organisation; of linking with a word for what is being done."""
    found = open_round()
    agree(found)
    assert queries.standing_of(found).busy and queries.standing_of(found).done == 0
    seen = []
    told = linking._percent_of(found.parts.first())
    told(35, 100)
    assert queries.standing_of(found).done == 17
    actions.encode_parts(by=HOUSE, round_id=found.pk)
    assert not queries.standing_of(found).busy and queries.standing_of(found).done == 100

    def pretend(folder, say):
        for line in (("Finding candidate pairs",), ("Scoring with Splink", 0.615), ("Something new", 0.9)):
            say(*line)
            found.refresh_from_db()
            seen.append((found.progress, found.done))
        raise Refused("enough")

    monkeypatch.setattr(linking, "_link_apart", pretend)
    actions.start_linking(by=cast.viewer("secretariat"), round_id=found.pk, start=False)
    actions.link_round(by=HOUSE, round_id=found.pk)
    assert seen == [("Looking for records that may be one person", 2), ("Comparing pair by pair", 61), ("", 90)]
    assert [bool(linking._SAID.match(line)) for line in ("· 0.350 Scoring", "· Joining", "a warning")] == [1, 1, 0]
