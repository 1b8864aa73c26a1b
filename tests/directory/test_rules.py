"""Pure rules: hours, freshness, texts."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from duga.directory.rules import Age, FactKind, age_of, standing
from duga.directory.rules.freshness import STALENESS
from duga.directory.rules.hours import Closed, falls_on, minutes, openness, read, zone
from duga.directory.rules.texts import Told, Version, choose, mark

ZONE = ZoneInfo("Europe/Podgorica")


def at(day, hour, minute=0):
    """A moment in March 2026 (the 2nd is a Monday)."""
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


def is_open(now, *told, closures=(), language=""):
    return openness([read(each) for each in told], closures, now, at=ZONE, language=language)


WEEKDAYS = {"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR", "opens_at": "09:00", "closes_at": "15:30"}


def test_open_until_and_open_next():
    assert is_open(at(2, 9), WEEKDAYS).until == at(2, 15, 30)
    assert is_open(at(2, 15, 30), WEEKDAYS).open is False
    assert is_open(at(6, 16), WEEKDAYS).next == at(9, 9)  # Friday evening → Monday
    assert is_open(at(2, 8), WEEKDAYS).next == at(2, 9)


def test_what_nobody_said_is_not_closed():
    assert openness([], (), at(2, 9), at=ZONE).open is None
    assert read({"description": "call us"}) is None
    days_only = read({"byday": "MO"})
    assert openness([days_only], (), at(2, 9), at=ZONE).open is None


def test_past_midnight_and_round_the_clock():
    night = {"byday": "MO", "opens_at": "20:00", "closes_at": "06:00"}
    assert is_open(at(3, 5), night).until == at(3, 6)
    assert is_open(at(2, 5), night).open is False
    always = {"opens_at": "00:00", "closes_at": "24:00"}
    assert is_open(at(4, 0), always).open and is_open(at(4, 23, 59), always).open


def test_hours_in_a_language():
    albanian = {"byday": "FR", "opens_at": "13:00", "closes_at": "21:00", "language": "sq"}
    told = ({**WEEKDAYS, "language": "cnr"}, albanian)
    assert is_open(at(6, 14), *told, language="sq").open and not is_open(at(5, 14), *told, language="sq").open
    assert is_open(at(5, 14), *told).open


def test_closures_beat_hours():
    closed = [Closed(dt.date(2026, 3, 2), dt.date(2026, 3, 3))]
    assert is_open(at(2, 10), WEEKDAYS, closures=closed).next == at(4, 9)


@pytest.mark.parametrize(
    "told, days",
    [
        ({"freq": "MONTHLY", "byday": "1MO", "opens_at": "9:00"}, [2]),
        ({"freq": "MONTHLY", "byday": "-1FR", "opens_at": "9:00"}, [27]),
        ({"freq": "MONTHLY", "bymonthday": "15,-1", "opens_at": "9:00"}, [15, 31]),
        (
            {"freq": "WEEKLY", "interval": 2, "byday": "TU", "dtstart": dt.date(2026, 3, 3), "opens_at": "9:00"},
            [3, 17, 31],
        ),
        ({"byday": "SU", "valid_from": dt.date(2026, 3, 10), "valid_to": dt.date(2026, 3, 20)}, [15]),
        ({"dtstart": dt.date(2026, 3, 12), "opens_at": "9:00"}, [12]),
    ],
)
def test_days_a_schedule_means(told, days):
    hours = read(told)
    assert [day for day in range(1, 32) if falls_on(hours, dt.date(2026, 3, day))] == days


def test_the_clock_goes_forward_and_the_hours_stay():
    told = {"opens_at": "08:00", "closes_at": "12:00"}
    assert is_open(at(29, 8), told).until == at(29, 12)  # the day summer time begins
    assert openness([read({**told, "timezone": 0})], (), at(30, 10), at=ZONE).until == at(30, 14)


def test_times_and_zones():
    assert minutes("9:05") == 545 and minutes("24:00") == 1440 and minutes("9.5") is None and minutes("25:00") is None
    assert zone("XK").key == "Europe/Belgrade" and zone("??").key == "UTC"


DAY = dt.date(2026, 1, 1)


@pytest.mark.parametrize("kind", list(FactKind))
def test_each_kind_ages_in_order_and_an_emergency_line_is_never_hidden(kind):
    rule = STALENESS[kind]
    assert rule.due < rule.stale < rule.hidden

    def age(days, **more):
        return age_of(kind, DAY, DAY + dt.timedelta(days=days), since=DAY, **more)

    assert [age(n) for n in (0, rule.due, rule.stale, rule.hidden)] == [Age.FRESH, Age.DUE, Age.STALE, Age.HIDDEN]
    kept = Age.HIDDEN if kind is FactKind.CAPACITY else Age.STALE
    assert age(rule.hidden, emergency=True) is kept
    assert age_of(kind, None, DAY, since=DAY) is Age.UNKNOWN


def test_hours_sooner_than_an_address_and_free_places_soonest():
    order = [FactKind.CAPACITY, FactKind.HOURS, FactKind.OFFERED, FactKind.ADDRESS]
    assert [STALENESS[kind].hidden for kind in order] == sorted(STALENESS[kind].hidden for kind in order)


def test_the_days_a_service_sinks_and_goes():
    verified = {FactKind.OFFERED: DAY, FactKind.HOURS: DAY, FactKind.ADDRESS: None}
    told = standing(verified, since=DAY, emergency=False)
    assert (told.older_on, told.hidden_on) == (DAY + dt.timedelta(days=180), DAY + dt.timedelta(days=550))
    assert standing(verified, since=DAY, emergency=True).hidden_on is None


def test_a_reader_gets_the_best_there_is_and_is_told_what_it_is():
    text, versions = "Pravna pomoć", {"sq": Version("Ndihmë", mark("Pravna pomoć")), "fa": Version("کمک", machine=True)}

    def told(wanted, versions=versions, written="cnr"):
        found = choose(text, written, versions, wanted)
        return found.told, found.text

    assert told("cnr") == (Told.ORIGINAL, text)
    assert told("sq") == (Told.TRANSLATED, "Ndihmë")
    assert told("sq", {"sq": Version("Ndihmë", mark("old"))}) == (Told.OLDER, "Ndihmë")
    assert told("sr") == (Told.NEAR, "Правна помоћ") and told("bs") == (Told.NEAR, text)
    assert told("fa") == (Told.MACHINE, "کمک") and told("ar") == (Told.NOT_YET, text)
    assert choose("", "sr", {}, "ar").text == ""
