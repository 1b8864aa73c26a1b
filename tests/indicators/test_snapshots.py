"""A snapshot reads the months in which something was written, takes the others over, and is the same as one taken anew.

Every kind of write of casework is made, one after another; after each the months read are exactly those it touched.
"""

import datetime as dt
import json
import shutil

import pytest

from duga.casework import actions as casework
from duga.casework.models import Assistance, Person
from duga.evidence import snapshot as frozen
from duga.indicators.actions import take_snapshot
from duga.indicators.queries import ledger
from duga.members.rules import Viewer

MONTHS = [(2019, month) for month in range(6, 13)]


@pytest.fixture
def work(cast, data):
    """A small ledger written by actions: two people, a household, a group, in seven months."""
    from duga.places.models import Area

    class Work:
        coordinator = cast.viewer("coordinator")
        town = Area.objects.create(country="ME", code="ME-12", kind="municipality", name="Nikšić")

        def person(self, given, sex="female", by="worker", **more):
            identity = {"given": given, "family": "Ilić"}
            return casework.register_person(
                by=cast.viewer(by), organisation_id=cast.niksic.pk, identity=identity, sex=sex, birth_year=1950, **more
            )

        def give(self, person=None, month=(2019, 6), by="worker", **more):
            more |= {"person_id": person.pk} if person else {}
            return casework.record_assistance(
                by=cast.viewer(by), organisation_id=cast.niksic.pk, service_type="home_visit",
                date=dt.date(*month, 4), area_id=self.town.pk, **more,
            )  # fmt: skip

    work = Work()
    Area.objects.filter(pk=work.town.pk).update(region=work.town)
    work.ana, work.mira = work.person("Ana"), work.person("Mira")
    household = casework.register_household(
        by=cast.viewer("worker"), organisation_id=cast.niksic.pk, size=4, head_id=work.mira.pk
    )
    for month in MONTHS:
        work.give(work.ana, month)
    work.give(work.mira, (2019, 7))
    work.give(month=(2019, 8), household_id=household.pk)
    work.give(month=(2019, 9), size=40)
    programme = casework.add_programme(
        by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, name="Shelter", kind="violence"
    )
    casework.name_worker(by=cast.viewer("coordinator"), programme_id=programme.pk, email="operator@example.org")
    work.shelter = programme
    return work


def correct(work, entry, **changes):
    entry.refresh_from_db()
    casework.correct_assistance(
        by=work.coordinator, assistance_id=entry.pk, version=entry.version, reason="it was so", changes=changes
    )


def entry_of(person, month):
    return Assistance.objects.get(person=person, date__year=month[0], date__month=month[1])


def change_sex(work, cast):
    work.mira.refresh_from_db()
    casework.update_person(by=cast.viewer("worker"), person_id=work.mira.pk, version=work.mira.version, sex="male")


def withdraw(work, cast):
    entry = entry_of(work.ana, (2019, 8))
    casework.withdraw_assistance(
        by=work.coordinator, assistance_id=entry.pk, version=entry.version, reason="twice"
    )  # fmt: skip


def move_to_a_new_month(work, cast):
    correct(work, entry_of(work.ana, (2019, 12)), date=dt.date(2020, 1, 9))


def seal(work, cast):
    casework.seal_person(by=cast.viewer("operator"), person_id=work.mira.pk, programme_id=work.shelter.pk)


def erase(work, cast):
    casework.erase_person(by=cast.viewer("coordinator"), person_id=work.ana.pk, reason="she asked")


def merge(work, cast):
    nova = Person.objects.exclude(pk__in=[work.ana.pk, work.mira.pk]).get()
    work.merged = casework.merge_people(by=cast.viewer("manager"), kept_id=work.ana.pk, gone_id=nova.pk)


def part(work, cast):
    casework.undo_merge(by=cast.viewer("manager"), merge_id=work.merged.pk)


def deliver(work, cast):
    """What was asked for on the phone and brought is counted like what is recorded by hand."""
    worker = cast.viewer("worker")
    request = casework.take_request(
        by=worker, organisation_id=cast.niksic.pk, need="care", service_type="home_visit", person_id=work.mira.pk,
        area_id=work.town.pk, assessed=True,
    )  # fmt: skip
    given = casework.assign_request(
        by=worker, request_id=request.pk, version=request.version, account_id=worker.account_id
    )
    casework.deliver(by=worker, assignment_id=given.pk, date=dt.date(2020, 2, 3))


WRITES = [
    (lambda work, cast: None, set()),
    (lambda work, cast: work.give(work.ana, (2019, 10)), {"2019-10"}),
    (lambda work, cast: work.give(work.person("Nova", sex="male"), (2019, 11)), {"2019-11"}),
    (lambda work, cast: correct(work, entry_of(work.ana, (2019, 6)), quantity=3), {"2019-06"}),
    (lambda work, cast: correct(work, entry_of(work.ana, (2019, 9)), person_id=work.mira.pk), {"2019-09"}),
    (move_to_a_new_month, {"2020-01"}),  # December has nothing left in it
    (change_sex, {"2019-07", "2019-09"}),
    (deliver, {"2020-02"}),
    (withdraw, {"2019-08"}),
    (seal, {"2019-07", "2019-09"}),  # August and February have nothing left in them
    (merge, {"2019-06", "2019-07", "2019-10", "2019-11", "2020-01"}),  # what is of both
    (part, {"2019-06", "2019-07", "2019-10", "2019-11", "2020-01"}),
    (erase, {"2019-06", "2019-07", "2019-10", "2019-11", "2020-01"}),
]


def test_after_every_kind_of_write_the_months_it_touched_are_read_and_no_others(cast, work, tmp_path):
    by = cast.viewer("secretariat")
    take_snapshot(by=by)
    for number, (write, touched) in enumerate(WRITES):
        write(work, cast)
        taken = take_snapshot(by=by)
        if write is not erase:  # her entries may be read again although the facts of them stayed
            assert set(taken.read) == touched, number
        else:
            assert set(taken.read) <= touched
        anew = take_snapshot(by=by, out=tmp_path / f"anew-{number}", anew=True)
        assert (anew.fingerprint, anew.rows) == (taken.fingerprint, taken.rows), number
        assert not anew.reused
    assert frozen.verify(frozen.open_snapshot(tmp_path / "snapshots")) == []


def test_when_places_change_everything_is_read_again(cast, work):
    from duga.places.models import Area

    by = cast.viewer("secretariat")
    first = take_snapshot(by=by)
    other = Area.objects.create(country="ME", code="ME-05", kind="municipality", name="Danilovgrad")
    Area.objects.filter(pk=work.town.pk).update(region=other)
    second = take_snapshot(by=by)
    assert not second.reused and second.fingerprint != first.fingerprint
    opened = frozen.open_snapshot(second_path(second))
    assert opened.manifest.words["area"] == ["ME-05"]


def second_path(taken):
    from django.conf import settings

    return settings.DATA / taken.path


def test_numbers_that_would_shift_make_everything_be_read_again(cast, work):
    """An id from before all others (a clock set back, a register brought in) takes no number away from anybody."""
    import uuid

    from duga.casework.models import Person

    by = cast.viewer("secretariat")
    take_snapshot(by=by)
    Person.objects.create(id=uuid.UUID(int=1), organisation=cast.niksic, code="OLD-1")
    taken = take_snapshot(by=by)
    assert not taken.reused
    assert taken.fingerprint == take_snapshot(by=by, anew=True).fingerprint


@pytest.mark.parametrize("harm", ["facts", "told", "gone"])
def test_what_is_not_whole_is_not_taken_over(cast, work, harm):
    by = cast.viewer("secretariat")
    folder = second_path(take_snapshot(by=by))
    if harm == "facts":
        (folder / "facts" / "2019-06.parquet").write_bytes(b"half")
    elif harm == "told":
        (folder / ledger.FILE).write_text(json.dumps({"version": 99}))
    else:
        shutil.rmtree(folder)
    work.give(work.ana, (2019, 10))
    taken = take_snapshot(by=by)
    assert not taken.reused
    assert frozen.verify(frozen.open_snapshot(second_path(taken))) == []


def test_the_house_takes_snapshots_too(work):
    assert take_snapshot(by=Viewer(system="clock")).rows == len(MONTHS) + 3
