"""Counting across organisations: what is counted, and that what is shown gives no exact number away."""

import itertools
import json
import random

import pytest

from duga.evidence import across
from duga.plain.errors import Refused


def presences(*told):
    return across.presences_of(told)


def linked(starts, cluster, pairs=()):
    """What linking found, as `duga.evidence.linkage` gives it; nobody doubtful unless said so in `pairs`."""
    from duga.evidence.linkage import Linked

    left, right, chance = zip(*pairs, strict=True) if pairs else ((), (), ())
    return Linked([], starts, left, right, chance, cluster, [1.0] * len(cluster), None)


def test_each_country_and_year_counts_its_own_people_and_all_countries_each_once():
    """Record 0 of the first file and record 0 of the second are one person, met in two countries."""
    told = presences(
        {"rows": [[0, "ME", 2020], [1, "ME", 2020], [1, "ME", 2021]], "alone": []},
        {"rows": [[0, "RS", 2020], [1, "RS", 2020]], "alone": []},
    )
    found = {(c.country, c.year): c for c in across.count(linked([0, 2, 4], [0, 1, 0, 2]), told)}
    assert {key: (c.claimed, c.distinct) for key, c in found.items()} == {
        ("ME", 2020): (2, 2), ("RS", 2020): (2, 2), ("", 2020): (4, 3), ("ME", 2021): (1, 1), ("", 2021): (1, 1),
    }  # fmt: skip
    assert found["", 2020].organisations == 2


def test_who_stays_out_widens_the_interval_both_ways():
    told = presences(
        {"rows": [[n, "ME", 2020] for n in range(100)], "alone": [["ME", 2020, 10], ["", 2020, 10]]},
        {"rows": [[n, "ME", 2020] for n in range(100)], "alone": []},
    )
    sure = [(n, 100 + n, 0.999999) for n in range(50)]
    clusters = list(range(100)) + list(range(50)) + list(range(100, 150))
    found = next(c for c in across.count(linked([0, 100, 200], clusters, sure), told) if c.country == "ME")
    assert (found.claimed, found.alone, found.distinct) == (210, 10, 150)
    assert 157 <= found.people <= 158  # they overlap as much as the others: 150 + 10 × 150/200
    assert found.low <= 150 and found.high >= 160


def test_numbers_of_those_who_stay_out_are_rounded_at_random_and_right_on_average():
    import secrets

    keys = [secrets.token_bytes(32) for _ in range(400)]
    for number in range(12):
        told = [across.at_random(number, key, "ME", 2020) for key in keys]
        assert {each % across.APART for each in told} == {0} and max(abs(each - number) for each in told) < 5
        assert abs(sum(told) / len(told) - number) < 0.7
        assert told == [across.at_random(number, key, "ME", 2020) for key in keys]
    assert not any(across.at_random(0, key, "", 2020) for key in keys)


def test_counts_of_a_slow_twin():
    """Random rounds, counted by sets of who is truly who, one cell at a time."""
    rng = random.Random(7)
    for _ in range(20):
        sizes = [rng.randint(1, 12) for _ in range(3)]
        starts = [0, *itertools.accumulate(sizes)]
        cluster = [rng.randrange(15) for _ in range(starts[-1])]
        rows = [
            {"rows": sorted({(n, rng.choice("MR"), rng.choice([2020, 2021])) for n in range(size) for _ in "ab"}),
             "alone": []}
            for size in sizes
        ]  # fmt: skip
        found = across.distinct_of(
            {f"{i:04}": cluster[starts[i] : starts[i + 1]] for i in range(3)}, across.presences_of(rows)
        )
        for (country, year), number in found.items():
            truth = set()
            for file, each in enumerate(rows):
                for n, c, y in each["rows"]:
                    if y == year and country in ("", c):
                        truth.add(cluster[starts[file] + n])
            assert number == len(truth)


def one(claimed, overlap=0, below=0, above=0, country="ME", **more):
    people = claimed - overlap
    return {
        "country": country, "year": 2020, "claimed": claimed, "people": people, "low": people - below,
        "high": min(claimed, people + above), "precise": True,
    } | more  # fmt: skip


@pytest.mark.parametrize("overlap, below, above", [(0, 0, 0), (0, 3, 0), (7, 2, 3), (25, 12, 8)])
def test_what_is_shown_stands_for_at_least_ten_different_numbers(overlap, below, above):
    """Whatever else is known, also the overlap itself: the same page could have come of ten claimed sums or more."""
    pages = {}
    for claimed in range(1, 400):
        shown = across.published([one(claimed, min(overlap, claimed), below, above)])
        pages.setdefault(json.dumps(shown), []).append(claimed)
    for same in pages.values():
        if max(same) < 390 and min(same) > overlap + below:  # at the edges of what is tried
            assert max(same) - min(same) >= 9, same
    alone = {json.dumps(across.published([one(claimed)])) for claimed in range(1, 15)}
    assert len(alone) == 1  # one hidden page for all that is small


def test_without_overlap_no_end_of_the_range_says_on_which_side_of_ten_a_sum_lies():
    for start in range(15, 395, 10):
        assert len({json.dumps(across.published([one(start + n, below=3)])) for n in range(10)}) == 1


def test_all_countries_claim_the_sum_of_what_is_shown():
    shown = across.published([one(412), one(8, country="RS"), one(67, country="BA"), one(487, overlap=30, country="")])
    told = {each["country"]: each for each in shown}
    assert told["RS"]["status"] == "hidden" and told["RS"]["claimed"] is None
    assert told[""]["claimed"] == told["ME"]["claimed"] + told["BA"]["claimed"] == 480
    assert told[""]["low"] <= told[""]["people"] <= told[""]["high"] <= told[""]["claimed"]


def test_a_wide_range_hides_the_estimate():
    (shown,) = across.published([one(200, overlap=40, below=30, above=30, precise=False)])
    assert (shown["people"], shown["low"], shown["high"]) == (None, 130, 190)


def test_a_fingerprint_is_of_content_not_of_order():
    counts = [one(412), one(80, country="RS")]
    assert across.fingerprint(counts, {"a": "1"}) == across.fingerprint(counts[::-1], {"a": "1"})
    assert across.fingerprint(counts, {"a": "1"}) != across.fingerprint(counts, {"a": "2"})


def test_one_organisation_alone_is_refused(tmp_path):
    (tmp_path / "0001.encodings").write_bytes(b"")
    with pytest.raises(Refused, match="at least two"):
        across.count_round(tmp_path)
