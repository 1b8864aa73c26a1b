"""The clock does what is due, again when it failed, and outlasts a locked database."""

import datetime as dt
import threading

import pytest
from django.db.utils import OperationalError

from config import clock
from config.reactions import Job

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def turn(monkeypatch):
    """Turns the clock's hands."""
    hands = {"now": dt.datetime(2026, 3, 29, 0, 30, tzinfo=dt.UTC)}  # the night the hour is lost
    monkeypatch.setattr(clock, "now", lambda: hands["now"])
    monkeypatch.setattr(clock, "_retry_after", {})

    def forward(by):
        hands["now"] += by

    return forward


@pytest.fixture
def times(tmp_path):
    return clock.Times(tmp_path / "clock.json")


def test_a_job_runs_when_it_is_due_and_not_before(times, turn):
    ran = []
    jobs = (Job("daily", 24 * HOUR, lambda: ran.append(1)),)
    assert clock.run_due_jobs(times, jobs) == ["daily"]
    turn(23 * HOUR)
    assert clock.run_due_jobs(times, jobs) == []
    turn(HOUR)
    assert clock.run_due_jobs(times, jobs) == ["daily"]
    assert len(ran) == 2


def test_it_remembers_over_a_restart(times, turn):
    jobs = (Job("daily", 24 * HOUR, lambda: None),)
    clock.run_due_jobs(times, jobs)
    assert clock.run_due_jobs(clock.Times(times.path), jobs) == []


def test_a_broken_memory_only_means_doing_it_again(times, turn):
    jobs = (Job("daily", 24 * HOUR, lambda: None),)
    times.path.write_text("{half")
    assert clock.run_due_jobs(times, jobs) == ["daily"]


def test_a_failing_job_is_tried_again_after_an_hour_and_stops_no_other(times, turn, caplog):
    tries = []

    def fail():
        tries.append(1)
        raise ValueError("broken")

    jobs = (Job("bad", 24 * HOUR, fail), Job("good", 24 * HOUR, lambda: None))
    assert clock.run_due_jobs(times, jobs) == ["good"]
    assert clock.run_due_jobs(times, jobs) == []
    turn(HOUR)
    clock.run_due_jobs(times, jobs)
    assert len(tries) == 2
    assert "bad" in caplog.text


def test_a_locked_database_only_makes_it_wait(monkeypatch, settings, tmp_path, caplog):
    settings.DATA = tmp_path
    monkeypatch.setattr(clock, "PAUSE", 0.001)
    monkeypatch.setattr(clock, "LONGEST_PAUSE", 0.002)
    monkeypatch.setattr(clock, "take_up_again", lambda: 0)
    monkeypatch.setattr(clock, "close_old_connections", lambda: None)
    stop, rounds = threading.Event(), []

    def tick(times):
        rounds.append(1)
        if len(rounds) == 1:
            raise OperationalError("database is locked")
        if len(rounds) == 2:
            raise RuntimeError("something else")
        stop.set()

    monkeypatch.setattr(clock, "tick", tick)
    clock.run_for_ever(stop)
    assert len(rounds) == 3
    assert "locked" in caplog.text


def test_one_clock_for_a_folder(settings, tmp_path):
    import os

    settings.DATA = tmp_path
    lock = clock.only_one()
    assert lock is not None
    assert clock.only_one() is None
    os.close(lock)
    os.close(clock.only_one())


@pytest.fixture
def trail(db, key_store):
    from duga.members.actions import write_trail
    from duga.members.rules import Viewer

    def write(event, organisation_id=None):
        return write_trail(by=Viewer(system="test"), event=event, subject=("x.X", "1"), organisation_id=organisation_id)

    return write


def test_a_reaction_answers_each_entry_of_its_event_once(trail, tmp_path):
    seen, noted = [], tmp_path / "reactions.json"
    reactions = {"person.erased": (lambda entry: seen.append(entry.number),)}
    trail("person.erased")
    trail("other")
    assert clock.run_reactions(noted, reactions) == 1
    assert clock.run_reactions(noted, reactions) == 0
    trail("other")
    trail("person.erased")
    clock.run_reactions(noted, reactions)
    assert seen == [1, 4]


def test_a_reaction_that_fails_is_run_again(trail, tmp_path):
    tries, noted = [], tmp_path / "reactions.json"

    def fail_once(entry):
        tries.append(entry.number)
        if len(tries) == 1:
            raise OSError("disk full")

    trail("person.erased")
    with pytest.raises(OSError, match="disk full"):
        clock.run_reactions(noted, {"person.erased": (fail_once,)})
    clock.run_reactions(noted, {"person.erased": (fail_once,)})
    assert tries == [1, 1]


def test_every_event_that_causes_something_is_one_the_house_writes():
    """A renamed event would silently cause nothing."""
    from config.reactions import ON_EVENT
    from tests.config.house import ROOT

    written = "\n".join(path.read_text() for path in (ROOT / "duga").rglob("*.py"))
    for event in ON_EVENT:
        assert f'"{event}"' in written, event
