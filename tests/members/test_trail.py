"""The trail notices what someone with the database, but not the installation's key, does to it."""

import hashlib
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duga.members import actions, queries
from duga.members.models import TrailEntry, TrailHead
from duga.members.queries.trail import NO_ORGANISATION, PAGE, entry_hash
from duga.members.rules import Viewer
from duga.plain.errors import NotAllowed, NotFound
from duga.vault import sealing
from duga.vault.keystore import KeyStore

HOUSE = Viewer(system="test")


@pytest.fixture
def chain(cast):
    """Ten entries of `niksic`, and its id."""
    for number in range(1, 11):
        actions.write_trail(
            by=cast.viewer("worker"), event="person.opened", subject=("casework.Person", number),
            organisation_id=cast.niksic.pk, detail={"n": number, "š": "ж"},
        )  # fmt: skip
    assert queries.verify_chain(cast.niksic.pk).sound
    return cast.niksic.pk


def rows(chain):
    return TrailEntry.objects.filter(organisation_id=chain).order_by("number")


def forge(chain, from_number=1):
    """Makes every hash from a number on fit again, and the head too: all but the seal, which needs the key."""
    previous = rows(chain).filter(number=from_number - 1).values_list("hash", flat=True).first() or ""
    for entry in rows(chain).filter(number__gte=from_number):
        entry.previous = previous
        entry.hash = previous = entry_hash(entry)
        TrailEntry.objects.filter(pk=entry.pk).update(previous=entry.previous, hash=entry.hash)
    last = rows(chain).last()
    TrailHead.objects.filter(chain=chain).update(number=last.number, hash=last.hash)


def change(chain):
    rows(chain).filter(number=4).update(actor="someone.else@example.org")


def change_detail(chain):
    rows(chain).filter(number=4).update(detail={"n": 99})


def leave_out(chain):
    rows(chain).filter(number=4).delete()


def leave_out_and_renumber(chain):
    rows(chain).filter(number=4).delete()
    for entry in rows(chain).filter(number__gt=4):
        TrailEntry.objects.filter(pk=entry.pk).update(number=entry.number - 1)


def reorder(chain):
    four, five = rows(chain).get(number=4), rows(chain).get(number=5)
    TrailEntry.objects.filter(pk=four.pk).update(number=99)
    TrailEntry.objects.filter(pk=five.pk).update(number=4)
    TrailEntry.objects.filter(pk=four.pk).update(number=5)


def cut_off(chain):
    rows(chain).filter(number__gt=7).delete()


def add(chain):
    last = rows(chain).last()
    last.pk, last.number, last.previous = None, last.number + 1, last.hash
    last.pk = TrailEntry._meta.pk.get_default()
    last.hash = entry_hash(last)
    last.save(force_insert=True)


def all_gone(chain):
    rows(chain).delete()


@pytest.mark.parametrize(
    "harm", [change, change_detail, leave_out, leave_out_and_renumber, reorder, cut_off, add, all_gone]
)
@pytest.mark.parametrize("forged", [False, True])
def test_harm_is_noticed_even_when_all_hashes_were_made_to_fit(chain, harm, forged):
    harm(chain)
    if forged and rows(chain).exists():
        forge(chain)
    assert not queries.verify_chain(chain).sound


def test_a_chain_deleted_with_its_head_is_noticed_for_every_organisation(chain, cast):
    actions.write_trail(by=HOUSE, event="organisation.created", subject=("x", 1), organisation_id=cast.nis.pk)
    assert {r.organisation_id for r in queries.verify_all() if not r.sound} == set()
    rows(chain).delete()
    TrailHead.objects.filter(chain=chain).delete()
    assert {r.organisation_id for r in queries.verify_all() if not r.sound} == {chain}


def test_an_older_copy_put_back_shows_against_a_witness(chain):
    """The one thing that looks right from inside: a head that was truly sealed once, and the tail cut to match."""
    old = TrailHead.objects.filter(chain=chain).values().get()
    actions.write_trail(by=HOUSE, event="person.erased", subject=("casework.Person", 1), organisation_id=chain)
    witness = queries.trail_heads()
    rows(chain).filter(number__gt=old["number"]).delete()
    TrailHead.objects.filter(chain=chain).update(**{k: old[k] for k in ("number", "hash", "seal")})
    assert queries.verify_chain(chain).sound
    assert not queries.verify_chain(chain, witness[str(chain)]).sound
    reports = {r.organisation_id: r.sound for r in queries.verify_all(json.loads(json.dumps(witness)))}
    assert reports[chain] is False


def test_a_witness_of_earlier_still_holds_after_more_was_written(chain):
    witness = queries.trail_heads()
    actions.write_trail(by=HOUSE, event="x", subject=("x", 1), organisation_id=chain)
    assert queries.verify_chain(chain, witness[str(chain)]).sound


def test_the_seal_needs_the_installations_key(chain, tmp_path):
    sealing.use_store(KeyStore(tmp_path / "other.sqlite3", b"\x22" * 32))
    assert not queries.verify_chain(chain).sound
    head = TrailHead.objects.get(chain=chain)
    assert head.seal != hashlib.sha256(f"{chain}|{head.number}|{head.hash}".encode()).hexdigest()


def test_problems_name_the_entry(chain):
    change(chain)
    assert queries.verify_chain(chain).problems == ("entry 4 was changed after it was written",)


def test_chains_of_organisations_stand_apart(chain, cast):
    actions.write_trail(by=HOUSE, event="x", subject=("x", 1))
    assert TrailEntry.objects.filter(organisation_id=None).last().number == 1
    assert TrailHead.objects.get(chain=NO_ORGANISATION).number == 1
    change(chain)
    assert queries.verify_chain(None).sound


def test_what_failed_leaves_no_entry_and_no_gap(chain, cast):
    from django.db import transaction

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.write_trail(by=HOUSE, event="x", subject=("x", 1), organisation_id=chain)
        1 / 0  # noqa: B018
    actions.write_trail(by=HOUSE, event="y", subject=("x", 1), organisation_id=chain)
    assert queries.verify_chain(chain).sound
    assert rows(chain).last().number == 11


@pytest.mark.parametrize(
    "detail", [{"f": 0.1}, {1: "number as name"}, {"at": "2020-04-03"}, {"deep": {"b": [1, 2, None], "a": "ж"}}]
)
def test_what_the_database_gives_back_is_what_was_hashed(chain, detail):
    actions.write_trail(by=HOUSE, event="x", subject=("x", 1), organisation_id=chain, detail=detail)
    assert queries.verify_chain(chain).sound


def test_many_at_once_ask_few_queries_and_fit_the_chain(chain, cast):
    entries = [
        {"event": "x", "subject": ("x", n), "organisation_id": (chain, cast.nis.pk, None)[n % 3]} for n in range(300)
    ]
    with CaptureQueriesContext(connection) as seen:
        actions.write_trail_many(by=HOUSE, entries=entries)
    assert len(seen) <= 25
    assert all(queries.verify_chain(each).sound for each in (chain, cast.nis.pk, None))
    assert rows(chain).count() == 110


def test_one_entry_asks_few_queries(chain, cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):  # savepoint, lock, insert, seal, release
        actions.write_trail(by=HOUSE, event="x", subject=("x", 1), organisation_id=chain)


def test_who_reads_the_trail(cast, chain):
    for name in ("coordinator", "officer"):
        assert queries.trail(cast.viewer(name), cast.niksic).object_list[0].event == "person.opened"
    actions.write_trail(by=HOUSE, event="role.given", subject=("x", 1), organisation_id=chain)
    seen = queries.trail(cast.viewer("secretariat"), cast.niksic)
    assert [(entry.event, entry.told_number) for entry in seen] == [("role.given", None)], "nothing of its work"
    for name in ("worker", "manager", "national"):
        with pytest.raises(NotAllowed):
            queries.trail(cast.viewer(name), cast.niksic)
    for name in ("other_coordinator", "administrator", "nobody"):
        with pytest.raises(NotFound):
            queries.trail(cast.viewer(name), cast.niksic)


def test_pages_newest_first_without_gaps(cast, chain):
    actions.write_trail_many(
        by=HOUSE, entries=[{"event": "x", "subject": ("x", n), "organisation_id": chain} for n in range(111)]
    )
    viewer = cast.viewer("coordinator")
    first = queries.trail(viewer, cast.niksic)
    assert first.paginator.num_pages == 3
    numbers = [entry.number for page in (1, 2, 3) for entry in queries.trail(viewer, cast.niksic, page=page)]
    assert numbers == list(range(121, 0, -1))
    assert len(first.object_list) == PAGE
    assert queries.trail(viewer, cast.niksic, page="99").number == 3
    opened = queries.trail(viewer, cast.niksic, event="person.")
    assert {entry.event for entry in opened} == {"person.opened"}
    assert opened.object_list[0].actor_name == "Worker"
    assert [entry.subject_id for entry in queries.trail(viewer, cast.niksic, subject_id="7", event="person.")] == ["7"]


def test_a_networks_trail_holds_what_concerns_it_and_those_below(cast):
    actions.change_network(by=cast.viewer("national"), network=cast.me, name="Crna Gora")
    other = actions.found_network(by=HOUSE, name="Elsewhere")
    seen = [(entry.event, entry.subject_id) for entry in queries.trail(cast.viewer("secretariat"), cast.region)]
    assert ("network.changed", str(cast.me.pk)) in seen
    assert str(other.pk) not in {subject for _, subject in seen}


def test_what_others_write_while_it_is_read_is_no_false_alarm(chain, monkeypatch):
    from duga.members.queries.trail import _Reading

    plain, more = _Reading.check_end, iter([1, 2])

    def meanwhile(self, head):
        plain(self, head)
        if next(more, None):
            actions.write_trail(by=HOUSE, event="x", subject=("x", 1), organisation_id=chain)

    monkeypatch.setattr(_Reading, "check_end", meanwhile)
    report = queries.verify_chain(chain)
    assert (report.sound, report.entries) == (True, 12)


def _on_disk(monkeypatch, tmp_path):
    """Tests run on SQLite in memory, which locks otherwise than a file: give threads a file, as in real use."""
    import sqlite3

    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(tmp_path / "duga.sqlite3") as copy:
            connection.connection.backup(copy)
        copy.close()
        monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "duga.sqlite3"))


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_moment_never_fork_a_chain(key_store, monkeypatch, tmp_path):
    """Eight at once, in one chain that none of them has seen before: every entry in, one after the other."""
    import uuid
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    _on_disk(monkeypatch, tmp_path)
    chain = uuid.uuid4()

    def write(number):
        try:
            for step in range(5):
                actions.write_trail(by=HOUSE, event="x", subject=("x", f"{number}-{step}"), organisation_id=chain)
            return queries.verify_chain(chain).problems
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write, range(8))) == [()] * 8
    with ThreadPoolExecutor(1) as pool:
        report = pool.submit(queries.verify_chain, chain).result()
        pool.submit(connections.close_all).result()
    assert report == queries.ChainReport(chain, 40)
