"""Counting rounds, from opening to the end of the map: who may what, what lies where, and what is left."""

import datetime as dt
import json
import random
from types import SimpleNamespace

import pytest
from django.utils import timezone

from duga.casework import actions as casework
from duga.evidence import across
from duga.indicators import actions, queries
from duga.indicators.actions import linking
from duga.indicators.models import CountingRound, RoundPart
from duga.indicators.queries.rounds import folder_of_round, map_box, rounds_folder, sealed_counts_of
from duga.indicators.rules.rounds import Answer, RoundState
from duga.members.models import Notice, TrailEntry
from duga.members.rules import Viewer
from duga.plain.errors import NotAllowed, NotFound, Refused
from duga.vault import sealing
from duga.vault.keystore import KeyDestroyed

HOUSE = Viewer(system="counting round")
#: (given, family, birth date, sex) as Nikšić and as Niš wrote down the same people; None: not known there.
PEOPLE = [
    (("Ana", "Kovačević", "1956-04-03", "female"), ("Ана", "Ковачевић", "1956-04-03", "female")),
    (("Đorđe", "Živković", "1948-11-21", "male"), ("Djordje", "Zivkovic", "1948-11-21", "male")),
    (("Mohammad", "Rahimi", "1994-02-17", "male"), ("Мухамед", "Рахими", "1994-02-17", "male")),
    (("Slavica", "Bulatović", "1961-07-30", "female"), None),
    (("Miodrag", "Šćepanović", "1939-09-12", "male"), None),
    (None, ("Љиљана", "Стојановић", "1972-01-25", "female")),
]


@pytest.fixture
def known(cast, data):
    """People of both organisations, helped in April 2020. Gives ids by organisation."""
    return register(cast, crowd=False)


@pytest.fixture
def crowd(cast, data):
    """The same, with many more whom only one organisation knows: enough to learn from."""
    return register(cast, crowd=True)


def register(cast, *, crowd):
    """People and what they were given, through the actions."""
    ids = SimpleNamespace(niksic=[], nis=[])
    sides = (("niksic", "worker", cast.niksic), ("nis", "other_worker", cast.nis))
    for place, (name, worker, organisation) in enumerate(sides):
        by = cast.viewer(worker)
        described = [pair[place] for pair in PEOPLE if pair[place]]
        described += strangers(f"{name} crowd", 60) if crowd else []
        for given, family, born, sex in described:
            person = casework.register_person(
                by=by, organisation_id=organisation.pk, sex=sex,
                identity={"given": given, "family": family, "birth_date": born},
            )  # fmt: skip
            casework.record_assistance(
                by=by, organisation_id=organisation.pk, person_id=person.pk, service_type="parcel_distribution",
                date=dt.date(2020, 4, 3),
            )  # fmt: skip
            getattr(ids, name).append(person.pk)
    return ids


def strangers(seed, number):
    """(given, family, birth date, sex) of people whom one organisation alone knows."""
    from demo.names import choose, region_name

    rng, found = random.Random(seed), []
    for _ in range(number):
        sex = rng.choice(["female", "male"])
        given, family, _father = region_name(rng, choose(rng, {"serbian": 6, "bosniak": 3, "albanian": 2}), sex)
        born = dt.date(1930, 1, 1) + dt.timedelta(days=rng.randrange(25_000))
        found.append((given, family, born.isoformat(), sex))
    return found


@pytest.fixture
def open_round(cast, data):
    """`open_round()` opens a round of 2020 as the secretariat; nothing is started by itself."""

    def run(**more):
        given = {"purpose": "How many different people in 2020", "first_year": 2020, "last_year": 2020} | more
        return actions.open_round(by=cast.viewer("secretariat"), start=False, **given)

    return run


@pytest.fixture
def agree(cast):
    """`agree(round)` has both organisations agree."""

    def run(round_, **more):
        for name, slug in (("coordinator", "niksic"), ("other_coordinator", "nis")):
            actions.answer_round(by=cast.viewer(name), slug=slug, round_id=round_.pk, agree=True, start=False, **more)

    return run


@pytest.fixture
def here(monkeypatch):
    """Linking in this process, for tests of what happens around it; the process apart has its own test."""
    monkeypatch.setattr(linking, "_link_apart", lambda folder, say: across.count_round(folder, progress=say))


@pytest.fixture
def pretended(monkeypatch):
    """Linking that finds nobody twice, at once."""

    def pretend(folder, say):
        files = sorted(folder.glob(f"*{across.ENCODINGS}"))
        told = [across.read_presence(path.with_suffix(across.PRESENCE)) for path in files]
        numbers, map_ = 0, {}
        for path, each in zip(files, told, strict=True):
            count = len({row[0] for row in each["rows"]})
            map_[path.stem] = list(range(numbers, numbers + count))
            numbers += count
        distinct = across.distinct_of(map_, across.presences_of(told))
        counts = [
            {"country": c, "year": y, "claimed": n, "alone": 0, "distinct": n, "people": n, "low": n, "high": n,
             "organisations": 2, "precise": True}
            for (c, y), n in sorted(distinct.items(), key=lambda each: each[0][::-1])
        ]  # fmt: skip
        return {"counts": counts, "files": {path.name: "0" * 64 for path in files}, "map": map_}

    monkeypatch.setattr(linking, "_link_apart", pretend)


def linked_round(cast, open_round, agree):
    found = open_round()
    agree(found)
    actions.encode_parts(by=HOUSE, round_id=found.pk)
    actions.start_linking(by=cast.viewer("secretariat"), round_id=found.pk, start=False)
    return actions.link_round(by=HOUSE, round_id=found.pk)


# --- The whole of it, with a known truth ------------------------------------------------------------------


def test_people_known_to_two_organisations_are_counted_once(
    cast, crowd, open_round, agree, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        found = open_round()
        agree(found)
    assert actions.encode_parts(by=HOUSE, round_id=found.pk) == 2
    with django_capture_on_commit_callbacks(execute=True):
        actions.start_linking(by=cast.viewer("secretariat"), round_id=found.pk, start=False)
    found = actions.link_round(by=HOUSE, round_id=found.pk)  # in a process apart, as in real life
    assert found.message == ""
    assert found.state == RoundState.LINKED
    counts = sealed_counts_of(found)["counts"]
    told = {each["country"]: each for each in counts}
    truth = len(crowd.niksic) + len(crowd.nis) - 3
    assert (told["ME"]["claimed"], told["RS"]["claimed"]) == (len(crowd.niksic), len(crowd.nis))
    assert told[""]["claimed"] == truth + 3
    assert told[""]["distinct"] == truth
    assert told[""]["low"] <= truth <= told[""]["high"]
    assert queries.differences_of_round(found) == []


def test_the_screen_s_commands_encode_and_link(cast, known, open_round, agree, pretended):
    """What the screen starts is given the round's id as text."""
    from click.testing import CliRunner

    from config.commands.rounds import round_

    found = open_round()
    agree(found)
    for step in ("encode", "link"):
        if step == "link":
            actions.start_linking(by=cast.viewer("secretariat"), round_id=found.pk, start=False)
        done = CliRunner().invoke(round_, [step, str(found.pk)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
    found.refresh_from_db()
    assert (found.state, found.message) == (RoundState.LINKED, "")
    assert CliRunner().invoke(round_, ["verify", "nope"]).exit_code == 2


def test_no_file_of_a_round_names_anyone(cast, known, open_round, agree, pretended):
    """Encodings, presences and the sealed map: read as text in any script, and by a dictionary without the key."""
    found = open_round()
    agree(found)
    actions.encode_parts(by=HOUSE, round_id=found.pk)
    folder = folder_of_round(found.pk)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert {name.split(".")[-1] for name in before} >= {"encodings", "presence"}
    actions.start_linking(by=cast.viewer("secretariat"), round_id=found.pk, start=False)
    actions.link_round(by=HOUSE, round_id=found.pk)
    files = list(before.values()) + [path.read_bytes() for path in folder.iterdir() if path.is_file()]
    words = {word for pair in PEOPLE for side in pair if side for word in side[:3]} | {
        "niksic",
        "nis",
        cast.niksic.name,
    }
    words |= {word.lower() for word in words}
    ids = [each for person in known.niksic + known.nis for each in (person.bytes, str(person).encode())]
    for data in files:
        assert not [word for word in words if word.encode() in data and len(word) > 3]
        assert not [each for each in ids if each in data]
    assert _dictionary(before, words) == set()


def _dictionary(files: dict, words) -> set:
    """What someone with the files, every name and no key recovers by hashing each name in every plain way."""
    import hashlib
    import zlib

    data = b"".join(files.values())
    found = set()
    for word in words:
        raw = word.encode()
        digests = [hashlib.new(kind, raw).digest() for kind in ("md5", "sha1", "sha256", "blake2b")]
        digests += [zlib.crc32(raw).to_bytes(4, "little") * 2]
        for digest in digests:
            for size in (8, 16):
                for part in (digest[:size], digest[:size][::-1]):
                    if part in data:
                        found.add(word)
    return found


# --- Who holds what ---------------------------------------------------------------------------------------


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


def test_the_servers_own_process_neither_encodes_nor_links(cast, known, open_round, agree):
    """Both are for the house in a process apart: no viewer on a page can have them done there."""
    found = open_round()
    agree(found)
    for act in (actions.encode_parts, actions.link_round):
        with pytest.raises(Refused):
            act(by=cast.viewer("secretariat"), round_id=found.pk)


# --- What is destroyed when -------------------------------------------------------------------------------


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


def test_a_result_that_was_touched_does_not_verify(cast, known, open_round, agree, pretended):
    found = linked_round(cast, open_round, agree)
    assert queries.differences_of_round(found) == []
    found.result[0]["people"] = 7
    assert len(queries.differences_of_round(found)) == 1
    found.refresh_from_db()
    found.fingerprint = "0" * 64
    assert len(queries.differences_of_round(found)) == 1
    found.sealed_counts = bytes(found.sealed_counts)[:-1] + b"x"
    assert len(queries.differences_of_round(found)) == 1


# --- Who decides ------------------------------------------------------------------------------------------


def test_each_organisation_answers_for_itself(cast, known, open_round):
    found = open_round()
    assert Notice.objects.filter(account=cast.accounts["coordinator"], path__contains="/rounds/").exists()
    told = {"round_id": found.pk, "agree": True, "start": False}
    for name in ("worker", "manager", "secretariat"):
        with pytest.raises((NotAllowed, NotFound)):
            actions.answer_round(by=cast.viewer(name), slug="niksic", **told)
    with pytest.raises(NotFound):
        actions.answer_round(by=cast.viewer("coordinator"), slug="nis", **told)
    part = actions.answer_round(by=cast.viewer("coordinator"), slug="niksic", **told)
    assert part.answer == Answer.AGREED
    assert actions.encode_parts(by=HOUSE, round_id=found.pk) == 1
    stem = folder_of_round(found.pk) / f"{part.number:04}.encodings"
    assert stem.exists()
    declined = actions.answer_round(
        by=cast.viewer("coordinator"), slug="niksic", round_id=found.pk, agree=False, start=False
    )
    assert declined.answer == Answer.DECLINED
    assert not stem.exists()  # changed her mind: what was encoded is gone
    assert actions.encode_parts(by=HOUSE, round_id=found.pk) == 0


def test_an_administrators_session_answers_for_nobody(cast, known, open_round):
    from duga.members.actions import start_administrator_session

    found = open_round()
    administrator = cast.viewer("administrator")
    start_administrator_session(by=administrator, of=cast.niksic, reason="mending")
    with pytest.raises((NotAllowed, NotFound)):
        actions.answer_round(by=cast.viewer("administrator"), slug="niksic", round_id=found.pk, agree=True, start=False)


def test_a_standing_agreement_answers_and_tells(cast, known, open_round):
    actions.agree_to_rounds(by=cast.viewer("coordinator"), slug="niksic", only_stated=True)
    found = open_round()
    part = RoundPart.objects.get(round=found, organisation=cast.niksic)
    assert (part.answer, part.standing, part.only_stated) == (Answer.AGREED, True, True)
    assert Notice.objects.filter(account=cast.accounts["coordinator"], title__contains="as agreed").exists()
    actions.end_agreement_to_rounds(by=cast.viewer("coordinator"), slug="niksic")
    assert RoundPart.objects.get(round=open_round(), organisation=cast.niksic).answer == Answer.ASKED


def test_only_the_secretariat_opens_and_ends_rounds(cast, known, open_round):
    found = open_round()
    for name in ("national", "reviewer", "observer", "coordinator", "worker"):
        with pytest.raises((NotAllowed, NotFound)):
            actions.open_round(by=cast.viewer(name), purpose="x", first_year=2020, last_year=2020)
        for act in (actions.cancel_round, actions.start_linking, actions.close_round):
            with pytest.raises((NotAllowed, NotFound)):
                act(by=cast.viewer(name), round_id=found.pk)


def test_linking_waits_for_two_and_for_whoever_is_still_encoding(cast, known, open_round, agree):
    found, secretariat = open_round(), cast.viewer("secretariat")
    with pytest.raises(Refused, match="two organisations"):
        actions.start_linking(by=secretariat, round_id=found.pk, start=False)
    agree(found)
    with pytest.raises(Refused, match="still encoding"):
        actions.start_linking(by=secretariat, round_id=found.pk, start=False)


def test_a_second_person_checks_before_it_is_public(cast, known, open_round, agree, pretended, settings):
    settings.SECOND_PERSON = True
    found = linked_round(cast, open_round, agree)
    with pytest.raises(Refused, match="second person"):
        actions.release_round(by=cast.viewer("secretariat"), round_id=found.pk)
    with pytest.raises(NotAllowed):
        actions.check_round(by=cast.viewer("secretariat"), round_id=found.pk)  # who had it linked
    assert queries.people_across_organisations() == {}
    actions.check_round(by=cast.viewer("reviewer"), round_id=found.pk)
    actions.release_round(by=cast.viewer("secretariat"), round_id=found.pk)
    shown = queries.people_across_organisations()[2020]
    assert set(shown) == {"", "ME", "RS"}
    assert not shown["ME"].shown and shown["ME"].claimed is None  # five people: hidden


def test_linking_that_fails_says_so_and_may_be_tried_again(cast, known, open_round, agree, monkeypatch):
    def fail(folder, say):
        raise Refused("The disk is full.")

    monkeypatch.setattr(linking, "_link_apart", fail)
    found = linked_round(cast, open_round, agree)
    assert (found.state, found.message) == (RoundState.ENCODED, "The disk is full.")
    assert list(folder_of_round(found.pk).glob("*.encodings"))
    again = actions.start_linking(by=cast.viewer("secretariat"), round_id=found.pk, start=False)
    assert again.message == ""


def test_an_organisation_that_cannot_encode_does_not_stop_the_others(cast, known, open_round, agree, monkeypatch):
    real = linking.encode_people

    def sometimes(**given):
        if given["organisation_id"] == cast.nis.pk:
            raise RuntimeError("a bad day")
        return real(**given)

    monkeypatch.setattr(linking, "encode_people", sometimes)
    found = open_round()
    agree(found)
    actions.encode_parts(by=HOUSE, round_id=found.pk)
    standing = queries.standing_of(found)
    assert (standing.encoded, standing.failed) == (1, 1)


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


def test_a_round_of_some_countries_says_nothing_of_all(cast, known, open_round, agree, pretended, settings):
    settings.SECOND_PERSON = False
    found = linked_round(cast, lambda: open_round(countries=["ME", "RS"]), agree)
    actions.release_round(by=cast.viewer("secretariat"), round_id=found.pk)
    assert set(queries.people_across_organisations()[2020]) == {"ME", "RS"}
