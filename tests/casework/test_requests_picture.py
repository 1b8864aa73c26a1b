"""The Red Cross picture, small: eight weeks of calls by eight operators at once, every evening as planned."""

import datetime as dt
from threading import Barrier

import pytest

from benchmarks import picture
from tests.casework.parallel import at_once, real_database

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_picture_is_right_every_evening_and_by_unit_at_the_end(cast, tmp_path, monkeypatch):
    size = picture.sizes(0.0006)
    calls, planned = picture.plan(size), picture.wanted(picture.plan(size))
    days = sorted({call.day for call in calls} | {call.brought for call in calls})
    house, ahead = picture.society(cast.niksic, size), iter(days)
    moment = [picture.BEGAN]
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment[0])

    def dawn():
        moment[0] = picture.BEGAN + dt.timedelta(days=next(ahead))

    mornings, evenings = Barrier(picture.OPERATORS, dawn, timeout=60), Barrier(picture.OPERATORS, timeout=60)

    def work(number):
        operator = picture.Operator(house, number, calls)
        for day in days:
            mornings.wait()
            operator.day(day)
            if evenings.wait() == 0:
                picture.check_evening(cast.niksic, calls, day)
        return operator.steps

    with real_database(tmp_path):
        steps = at_once(work, picture.OPERATORS, writers=picture.OPERATORS)
        assert all(isinstance(each, int) for each in steps), steps
        [found] = at_once(lambda _number: picture.counted(cast.niksic), 1)
    assert found == planned and planned["parcel"] > planned["persons"] > 0 and planned["hours"] > 0
