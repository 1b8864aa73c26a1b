"""Counting rounds with a known truth: who is counted once, what no file tells, what verifies."""

from duga.indicators import actions, queries
from duga.indicators.actions import linking
from duga.indicators.queries.rounds import folder_of_round, sealed_counts_of
from duga.indicators.rules.rounds import RoundState
from duga.plain.errors import Refused
from tests.indicators.rounds import HOUSE, PEOPLE, linked_round


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


def test_a_round_of_some_countries_says_nothing_of_all(cast, known, open_round, agree, pretended, settings):
    settings.SECOND_PERSON = False
    found = linked_round(cast, lambda: open_round(countries=["ME", "RS"]), agree)
    actions.release_round(by=cast.viewer("secretariat"), round_id=found.pk)
    assert set(queries.people_across_organisations()[2020]) == {"ME", "RS"}


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


def test_a_newer_round_takes_the_place_of_an_older_one(cast, known, open_round, agree, pretended, settings):
    settings.SECOND_PERSON = False
    older = linked_round(cast, open_round, agree)
    newer = linked_round(cast, open_round, agree)
    of_two = linked_round(cast, lambda: open_round(countries=["ME", "RS"]), agree)
    release = {"by": cast.viewer("secretariat")}
    actions.release_round(round_id=older.pk, **release)
    assert queries.replaced_rounds(newer) == [(older, [2020])]
    actions.release_round(round_id=newer.pk, **release)
    actions.release_round(round_id=of_two.pk, **release)
    for each in (older, newer, of_two):
        each.refresh_from_db()
    assert queries.replaced_by(older) == [(of_two, [2020]), (newer, [2020])]
    assert queries.replaced_rounds(newer) == [(older, [2020])]
    assert queries.replaced_by(of_two) == []
    stands = {country: cell.round_id for country, cell in queries.people_across_organisations()[2020].items()}
    assert stands == {"": newer.pk, "RS": of_two.pk, "ME": of_two.pk}
