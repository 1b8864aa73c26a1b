"""Sealed values open for their own row only, and never again once the key is destroyed."""

import pytest

from duga.plain.errors import Refused
from duga.plain.ids import uuid7
from duga.vault import sealing
from duga.vault.keystore import KeyDestroyed, KeyStore

FIELD = "casework.Person.identity"


@pytest.fixture
def organisation(key_store):
    organisation = uuid7()
    key_store.add_organisation(organisation)
    return organisation


def test_a_value_comes_back_and_is_not_readable_on_the_way(key_store, organisation):
    person = uuid7()
    key_store.add_people(organisation, [person])
    data = sealing.seal(owner=person, field=FIELD, value={"given": "Ђорђе"})
    assert "Ђорђе".encode() not in data
    assert sealing.unseal(owner=person, field=FIELD, data=data) == {"given": "Ђорђе"}
    assert sealing.unseal_many(field=FIELD, rows=[(person, data)]) == {person: {"given": "Ђорђе"}}


def test_a_ciphertext_moved_to_another_row_or_column_is_refused(key_store, organisation):
    one, two = uuid7(), uuid7()
    key_store.add_people(organisation, [one, two])
    data = sealing.seal(owner=one, field=FIELD, value="x")
    with pytest.raises(Refused):
        sealing.unseal(owner=two, field=FIELD, data=data)
    with pytest.raises(Refused):
        sealing.unseal(owner=one, field="casework.Person.special", data=data)


def test_erasure_is_for_good_and_survives_a_restored_backup(key_store, organisation, tmp_path):
    person = uuid7()
    key_store.add_people(organisation, [person])
    wrapped = key_store._db.execute("SELECT wrapped FROM person_key WHERE id=?", (person.bytes,)).fetchone()[0]
    data = sealing.seal(owner=person, field=FIELD, value="x")
    key_store.backup(tmp_path / "copy.sqlite3")
    key_store.destroy_person(person)
    with pytest.raises(KeyDestroyed):
        sealing.unseal(owner=person, field=FIELD, data=data)
    assert wrapped not in b"".join(part.read_bytes() for part in tmp_path.glob("keys.sqlite3*"))
    restored = KeyStore(tmp_path / "copy.sqlite3", b"\x11" * 32)
    assert restored.person_keys([person])
    assert restored.apply_erasures(key_store.erasures()) == 1
    assert not restored.person_keys([person])
    restored.close()


def test_another_installations_key_is_refused_before_it_seals_anything(key_store, tmp_path):
    with pytest.raises(Refused, match="belongs to another"):
        KeyStore(tmp_path / "keys.sqlite3", b"\x23" * 32)


def test_blind_tokens_agree_inside_an_organisation_and_nowhere_else(key_store, organisation):
    other = uuid7()
    key_store.add_organisation(other)
    words = ["petrovic", "ana"]
    here = sealing.blind(organisation=organisation, purpose="name", words=words)
    assert here == sealing.blind(organisation=organisation, purpose="name", words=words)
    assert not set(here) & set(sealing.blind(organisation=other, purpose="name", words=words))
    assert not set(here) & set(sealing.blind(organisation=organisation, purpose="phone", words=words))


def test_a_rounds_key_lies_with_its_organisations_only(key_store):
    """Each organisation reads the same key; another one, the house and everybody after the round read none."""
    one, two, other, round_ = uuid7(), uuid7(), uuid7(), uuid7()
    for organisation in (one, two, other):
        key_store.add_organisation(organisation)
    key_store.add_round(round_, [one, two])
    key = key_store.round_key(round_, one)
    assert len(key) == 32 and key_store.round_key(round_, two) == key
    for nobody in (lambda: key_store.round_key(round_, other), lambda: key_store.box_key(round_)):
        with pytest.raises(KeyDestroyed):
            nobody()
    key_store.destroy_round(round_)
    with pytest.raises(KeyDestroyed):
        key_store.round_key(round_, one)
    assert (round_.bytes, "round") in {each[:2] for each in key_store.erasures()}


def test_keys_of_rounds_and_boxes_are_in_no_backup_and_gone_at_once(key_store, organisation, tmp_path):
    """Whoever kept yesterday's copy of the store, and even today's files of it, opens nothing with them."""
    box, round_ = uuid7(), uuid7()
    key_store.add_box(box)
    key_store.add_box(box)  # again: the same
    key_store.add_round(round_, [organisation])
    wrapped = [row[0] for row in key_store._db.execute("SELECT wrapped FROM rounds.round_key")]
    assert len(wrapped) == 2 and key_store.box_key(box) == key_store.box_key(box)
    key_store.backup(tmp_path / "copy.sqlite3")
    assert not [each for each in wrapped if each in (tmp_path / "copy.sqlite3").read_bytes()]
    restored = KeyStore(tmp_path / "copy.sqlite3", b"\x11" * 32)
    for nothing in (lambda: restored.round_key(round_, organisation), lambda: restored.box_key(box)):
        with pytest.raises(KeyDestroyed):
            nothing()
    assert restored.organisation_key(organisation) == key_store.organisation_key(organisation)
    restored.close()
    key_store.destroy_round(box)
    assert key_store.destroy_running_rounds() == 1
    assert key_store.round_ids() == []
    here = b"".join(part.read_bytes() for part in tmp_path.glob("keys*"))
    assert not [each for each in wrapped if each in here]


def test_a_store_from_before_hands_its_keys_of_rounds_over(key_store, organisation, tmp_path):
    round_ = uuid7()
    key_store.add_round(round_, [organisation])
    key = key_store.round_key(round_, organisation)
    db = key_store._db
    db.execute("CREATE TABLE main.round_key AS SELECT * FROM rounds.round_key")  # as it once lay
    db.execute("DELETE FROM rounds.round_key")
    wrapped = db.execute("SELECT wrapped FROM main.round_key").fetchone()[0]
    key_store.close()
    again = KeyStore(tmp_path / "keys.sqlite3", b"\x11" * 32)
    assert again.round_key(round_, organisation) == key
    assert wrapped not in (tmp_path / "keys.sqlite3").read_bytes()
    assert wrapped not in (tmp_path / "keys.sqlite3-wal").read_bytes()
    again.close()
