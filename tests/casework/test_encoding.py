"""What leaves an organisation for a counting round, and what never does."""

import json
import uuid

import pytest

from duga.casework import actions, queries
from duga.evidence.linkage.values import ROLES
from duga.members.models import TrailEntry
from duga.members.rules import Viewer
from duga.plain.errors import NotAllowed, NotFound
from duga.vault.keystore import KeyDestroyed

HOUSE = Viewer(system="counting round")
USUAL = ("given", "family", "father", "born", "birth_year", "sex", "place", "phone", "document")


@pytest.fixture
def round_id(cast, key_store):
    """A round whose key both organisations hold."""
    found = uuid.uuid4()
    key_store.add_round(found, [cast.niksic.pk, cast.nis.pk])
    return found


@pytest.fixture
def encode(cast, round_id, tmp_path):
    """`encode()` writes Nikšić's two files; gives (what was done, presence as read, bytes of both files)."""

    def run(**more):
        out = tmp_path / more.pop("name", "0001")
        given = {"by": HOUSE, "organisation_id": cast.niksic.pk, "round_id": round_id, "roles": USUAL, "out": out}
        given |= {"years": range(2020, 2021), "countries": (), "only_stated": False} | more
        done = actions.encode_people(**given)
        files = [out.with_suffix(ending) for ending in (".encodings", ".presence")]
        return done, json.loads(files[1].read_text()), b"".join(file.read_bytes() for file in files)

    return run


def test_roles_of_the_platform_are_roles_of_the_library():
    from duga.indicators.rules.rounds import ROLE_WORDS

    assert set(ROLE_WORDS) == set(actions.encoding.ROLES) <= set(ROLES)


def test_who_was_helped_is_encoded_and_nothing_of_her_can_be_read(cast, add, give, encode):
    ana = add(
        "Ana", "Kovačević", birth_date="1956-04-03", phone="+382 69 123 456", document="AB1234567", father="Radovan"
    )
    add("Nobody", "Washelped")
    give(ana)
    give(ana)
    done, presence, data = encode()
    assert (done.people, done.left_out) == (1, 0)
    assert presence == {"rows": [[0, "ME", 2020]], "alone": []}
    words = ("Ana", "ana", "Kova", "kova", "Radovan", "1956", "04-03", "69123456", "1234567", ana.code, str(ana.pk))
    assert not [word for word in words if word.encode() in data]
    assert ana.pk.bytes not in data and ana.pk.hex.encode() not in data


def test_the_trail_of_the_organisation_says_what_was_encoded_without_names(cast, add, give, encode, round_id):
    give(add("Ana", "Kovač"))
    encode()
    entry = TrailEntry.objects.get(event="people.encoded")
    assert entry.organisation_id == cast.niksic.pk
    assert entry.subject_id == str(round_id)
    assert entry.detail["people"] == 1
    assert "Kova" not in json.dumps(entry.detail)


def test_sealed_programmes_take_no_part(cast, add, give, encode, shelter):
    """Neither a person under a seal, nor one moved under it after she was helped."""
    under = add("Under", "Seal", by="operator", programme_id=shelter.pk)
    give(under, by="operator", programme_id=shelter.pk)
    later = add("Later", "Sealed")
    give(later)
    actions.seal_person(by=cast.viewer("operator"), person_id=later.pk, programme_id=shelter.pk)
    done, presence, _data = encode()
    assert (done.people, done.left_out) == (0, 0)
    assert presence == {"rows": [], "alone": []}


def test_who_objects_is_counted_and_never_encoded(cast, add, give, encode):
    ana, mira = add("Ana", "Kovač"), add("Mira", "Ilić")
    give(ana)
    give(mira)
    worker = cast.viewer("worker")
    actions.object_to_counting(by=worker, person_id=mira.pk)
    actions.object_to_counting(by=worker, person_id=mira.pk)  # again: the same objection
    done, presence, _data = encode()
    assert (done.people, done.left_out) == (1, 1)
    assert presence["rows"] == [[0, "ME", 2020]] and all(number == 5 for _country, _year, number in presence["alone"])
    assert queries.objection_of(worker, mira.pk) and not queries.objection_of(worker, ana.pk)
    actions.end_objection(by=worker, person_id=mira.pk)
    assert encode()[0].people == 2
    assert [e.event for e in TrailEntry.objects.filter(event__startswith="person.obj").order_by("number")] == [
        "person.objected", "person.objection_ended",
    ]  # fmt: skip


def test_a_basis_that_ended_keeps_her_out_and_only_stated_ones_may_be_asked_for(cast, add, give, encode):
    import datetime as dt

    ana, mira = add("Ana", "Kovač"), add("Mira", "Ilić")
    give(ana)
    give(mira)
    told = {"by": cast.viewer("worker"), "person_id": ana.pk, "purpose": queries.COUNTING}
    actions.state_basis(**told, basis="consent", how="spoken", given_on=dt.date(2020, 1, 1))
    assert encode(only_stated=True)[0].people == 1
    assert encode()[0].people == 2
    actions.end_basis(**told, ended_on=dt.date(2020, 6, 1))
    assert encode()[0].people == 1
    assert encode(only_stated=True)[0].people == 0


def test_the_erased_cannot_be_encoded(cast, add, give, encode):
    ana = add("Ana", "Kovač")
    give(ana)
    actions.erase_person(by=cast.viewer("coordinator"), person_id=ana.pk, reason="asked for it")
    done, presence, _data = encode()
    assert (done.people, done.left_out) == (0, 1)
    assert all(number == 5 for _country, _year, number in presence["alone"]), "never that it is one"


def test_two_rounds_encode_nobody_alike(cast, add, give, encode, key_store, tmp_path):
    """Not a block, token or filter that stands in one round's file stands in another's."""
    import pyarrow.parquet as pq

    for number in range(12):
        give(add("Ana", f"Kovač{'abcdefghijkl'[number]}ić", birth_date=f"{1950 + number}-04-03"))
    other = uuid.uuid4()
    key_store.add_round(other, [cast.niksic.pk])
    encode(name="0001")
    encode(name="0002", round_id=other)
    tables = [pq.read_table(tmp_path / f"{name}.encodings") for name in ("0001", "0002")]
    rows = [{name: set(table[name].to_pylist()) - {None} for name in table.column_names} for table in tables]
    for column in rows[0]:
        if column != "record" and len(rows[0][column]) > 4:
            shared = rows[0][column] & rows[1].get(column, set())
            assert len(shared) <= 1, column


def test_only_who_decides_for_the_organisation_and_holds_the_key_encodes(cast, add, give, encode, key_store, round_id):
    give(add("Ana", "Kovač"))
    with pytest.raises(NotAllowed):
        encode(by=cast.viewer("worker"))
    with pytest.raises(NotFound):
        encode(by=cast.viewer("other_coordinator"))
    with pytest.raises(NotAllowed):
        encode(by=cast.viewer("secretariat"))
    key_store.destroy_round(round_id)
    with pytest.raises(KeyDestroyed):
        encode()
