"""Found: blind to script, diacritics and endings, by terms in any language, near before far, today before long ago."""

import datetime as dt
import random
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from duga.directory import actions, queries
from duga.directory.models import SearchEntry, SearchPosting, Service
from duga.directory.rules.search import Ask, bits_of, distance, numbers, pack, rank, stem, unpack
from tests.directory import build

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Podgorica")
TODAY = dt.datetime.now(ZONE)
#: Ten o'clock on a Monday that comes.
NOW = (TODAY + dt.timedelta(days=7 - TODAY.weekday())).replace(hour=10, minute=0, second=0, microsecond=0)
NIKSIC, PODGORICA = (42.773, 18.944), (42.441, 19.263)


def found(now=NOW, **ask):
    return [hit.service_id for hit in queries.search(Ask(**ask), now).hits]


@pytest.fixture
def three(cast):
    """Legal help in Nikšić, food in Podgorica, a helpline for the whole country."""
    build.terms()
    provider = build.provider(cast)
    legal = build.service(cast, provider)
    food = build.service(
        cast, provider, name="Народна кухиња «Ђорђе»", language="sr", description="Топли оброк.",
        terms={"needs": ["food"], "service_types": ["parcel_distribution"], "target_groups": ["homeless"]},
        languages=[{"code": "sr"}, {"code": "fa"}],
        schedules=[{"byday": "SA", "opens_at": "11:00", "closes_at": "13:00"}],
        locations=[{"city": "Podgorica", "latitude": PODGORICA[0], "longitude": PODGORICA[1]}],
    )  # fmt: skip
    line = build.service(
        cast, provider, name="SOS linija", emergency=True, discreet=True, locations=[],
        terms={"needs": ["protection"], "service_types": ["helpline"], "target_groups": ["general"]},
        schedules=[{"opens_at": "00:00", "closes_at": "00:00"}], service_areas=[{"country": "ME"}],
    )  # fmt: skip
    return legal.pk, food.pk, line.pk


@pytest.mark.parametrize(
    "text, which",
    [
        ("pravna pomoć", 0), ("PRAVNE POMOCI", 0), ("правна помоћ", 0), ("legal aid", 0), ("ndihmë juridike", 0),
        ("djordje", 1), ("Đorđe", 1), ("Ђорђа", 1), ("narodna kuhinja", 1), ("food parcels", 1), ("farsi", 1),
        ("sos", 2), ("helpline", 2), ("сос телефон", 2),
    ],
)  # fmt: skip
def test_words_are_found_in_any_script_ending_and_language(three, text, which):
    assert found(text=text)[0] == three[which]


def test_nothing_fits_nothing(three):
    assert found(text="kvantna mehanika") == []


def test_facets_narrow(three):
    legal, food, line = three
    assert found(needs=("legal",)) == [legal]
    assert set(found(needs=("legal", "food"))) == {legal, food}
    assert set(found(target_groups=("homeless",))) == {food, line}  # and what is for everyone
    assert found(languages=("fa",)) == [food]
    assert found(conditions=("free_of_charge",), country="ME", needs=("food",)) == []
    assert found(country="RS") == []
    assert found(emergency=True) == [line]
    assert line not in found(discreet=False)


def test_near_comes_before_far_and_a_helpline_has_no_distance(three):
    legal, food, line = three
    hits = queries.search(Ask(position=NIKSIC), NOW).hits
    assert [hit.service_id for hit in hits] == [legal, line, food]
    assert hits[0].kilometres < 1 and hits[1].kilometres is None and 44 < hits[2].kilometres < 47
    assert set(found(position=NIKSIC, within=10.0)) == {legal, line}


def test_open_now_is_the_truth_at_that_moment(three):
    legal, food, line = three
    assert set(found(open_now=True)) == {legal, line}
    assert set(found(open_now=True, now=NOW.replace(hour=11, minute=30) + dt.timedelta(days=5))) == {food, line}
    assert found(open_now=True, now=NOW.replace(hour=15)) == [line]


def test_what_nobody_verifies_ranks_lower_then_goes_and_an_emergency_line_stays(three):
    legal, food, line = three
    later = NOW + dt.timedelta(days=300)
    assert all(hit.older for hit in queries.search(Ask(), later).hits)
    assert set(found(now=TODAY + dt.timedelta(days=549))) == {legal, food, line}
    assert found(now=TODAY + dt.timedelta(days=551)) == [line]
    for days in range(545, 556):  # how many there are is exact on every day of the month
        told = queries.search(Ask(), TODAY + dt.timedelta(days=days))
        assert told.total == len(told.hits)
    assert found(now=NOW + dt.timedelta(days=900)) == [line]


def test_a_change_is_found_at_once_and_what_is_not_public_is_not(three, cast):
    legal, food, _line = three
    by = cast.viewer("coordinator")
    actions.change_service(by=by, service_id=legal, changes={"name": "Krilo", "description": "", "listed": True})
    assert legal not in found(text="savjet i pratnja") and found(text="krilo")[0] == legal
    actions.change_service(by=by, service_id=food, changes={"listed": False})
    assert found(needs=("food",)) == []
    actions.change_service(by=by, service_id=legal, changes={"status": "defunct"})
    assert found(text="krilo") == [] and SearchEntry.objects.count() == 1


def test_making_the_index_anew_changes_nothing(three, cast):
    def told():
        return {
            (key, tuple(numbers(unpack(bytes(bits))))) for key, bits in SearchPosting.objects.values_list("key", "bits")
        }

    def sizes():
        return sorted((key, len(found)) for key, found in told() if found)

    before = sizes()
    actions.reindex(by=build.HOUSE)
    assert sizes() == before
    # and what went wrong is right again: bits lost, bits that nothing bears, an entry of what is not public any more
    legal, food, _line = three
    rows = SearchPosting.objects.filter(key="needs:legal")
    rows.update(bits=pack(1 << 60_000))
    SearchPosting.objects.create(key="w:nowhere", block=0, bits=pack(2))
    SearchPosting.objects.filter(key="needs:food").delete()
    Service.objects.filter(pk=food).update(listed=False)
    assert actions.reindex(by=build.HOUSE) == 2
    assert found(needs=("legal",)) == [legal] and found(text="nowhere") == []
    assert found(needs=("food",)) == [] and SearchEntry.objects.count() == 2


def test_counts_say_what_choosing_would_find(three):
    assert queries.counts(Ask(), NOW, "needs", ["legal", "food", "health"]) == {"legal": 1, "food": 1, "health": 0}


def test_a_page_and_the_next_hold_everything_once(three):
    first, second = (queries.search(Ask(), NOW, limit=2, offset=offset) for offset in (0, 2))
    assert (first.total, first.more, second.more) == (3, True, False)
    assert {hit.service_id for hit in (*first.hits, *second.hits)} == set(three)


def test_sets_survive_packing():
    chance = random.Random(4)
    for size in (0, 1, 15, 40, 2048, 2049, 30_000):
        bits = bits_of(chance.sample(range(1 << 16), size))
        assert unpack(pack(bits)) == bits and len(list(numbers(bits))) == size


def test_endings_and_distance():
    assert len({stem(word) for word in ("pravna", "pravnu", "pravnoj", "pravne")}) == 1
    assert len({stem(word) for word in ("zena", "zene", "zenama")}) == 1
    assert distance(NIKSIC, PODGORICA) == pytest.approx(45.2, abs=0.5)


@pytest.fixture
def many(cast):
    """[(service, its open points, day verified)] of 600 services in and around a town, loaded as by an import."""
    chance, rows, verified, told = random.Random(8), {}, {}, []
    provider = build.state(cast)
    for number in range(600):
        service, days = uuid4(), chance.choice((1, 100, 190, 200, 600))
        verified[service] = NOW - dt.timedelta(days=days)
        spread = chance.choice((0.004, 0.03, 0.3, 4.0))
        points = [
            (NIKSIC[0] + chance.gauss(0, spread), NIKSIC[1] + chance.gauss(0, spread))
            for _ in range(chance.choice((0, 1, 1, 1, 2)))
        ]
        told.append((service, points, verified[service].date()))
        entry = {"provider_id": provider.pk, "country": "ME", "name": f"Služba {number}", "status": "active"}
        rows.setdefault("service", []).append({"id": service, **entry})
        hours = {"byday": chance.choice(("MO", "TU")), "opens_at": "09:00", "closes_at": "12:00"}
        rows.setdefault("schedule", []).append({"id": uuid4(), "service_id": service, "freq": "WEEKLY", **hours})
        for north, east in points:
            place = {"id": uuid4(), "location_type": "physical", "country": "ME", "latitude": north, "longitude": east}
            rows.setdefault("location", []).append(place)
            pair = {"id": uuid4(), "service_id": service, "location_id": place["id"]}
            rows.setdefault("service_at_location", []).append(pair)
    actions.load_entries(by=cast.viewer("national"), network_id=cast.me.pk, rows=rows, verified=verified)
    return told


@pytest.mark.parametrize("ask", [{}, {"within": 5.0}, {"open_now": True}], ids=["near", "within", "open"])
def test_the_nearest_are_those_that_looking_at_every_service_finds(many, ask):
    today = NOW.date()
    for position in (NIKSIC, (NIKSIC[0] + 0.02, NIKSIC[1] - 0.05), (44.0, 21.0)):
        slow = []
        for service, points, day in many:
            far = min((distance(position, point) for point in points), default=None)
            beyond = "within" in ask and far is not None and far > ask["within"]
            if (today - day).days < 550 and not beyond:
                slow.append((rank(far, (today - day).days >= 180), service))
        if "open_now" in ask:
            open_ = queries.open_states({service: "ME" for service, *_ in many}, NOW)
            slow = [each for each in slow if open_[each[1]].open]
        hits = queries.search(Ask(position=position, **ask), NOW, limit=60).hits
        told = [round(rank(hit.kilometres, hit.older), 6) for hit in hits]
        assert told == [round(each, 6) for each, _service in sorted(slow, key=lambda pair: pair[0])[:60]]
