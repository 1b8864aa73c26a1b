"""What the hub could do with the files it is sent. Shares measured here are written in the guide."""

import pyarrow.parquet as pq
import pytest

from duga.evidence import linkage
from tests.evidence.linkage import attackers, people
from tests.evidence.linkage.test_linking import KEY, OTHER_KEY

ROLES = ("given", "family", "father", "born", "sex", "place")


def make(seed):
    return [row for rows in people.files("region", seed, 1500, 1)[0] for row in rows]


def test_nothing_of_a_person_stands_in_the_file(tmp_path):
    rows = [
        {"given": "Nadežda", "family": "Obradović", "born": "1961-07-19", "place": "Kragujevac", "phone": "064778899"}
    ]
    coded = linkage.encode(rows * 40, ["given", "family", "born", "place", "phone"], KEY, tmp_path / "a.parquet")
    data = coded.path.read_bytes()
    for word in (
        b"Nad",
        b"nad",
        b"Obrad",
        b"1961",
        b"Kragu",
        b"kragu",
        b"4778899",
        KEY.encode()[:16],
        bytes.fromhex(KEY)[:8],
    ):
        assert word not in data
    assert set(pq.read_schema(coded.path).types) == {
        pq.read_schema(coded.path).field(n).type for n in ("record", "block")
    }


def test_a_dictionary_without_the_key_recovers_nothing(tmp_path):
    """The attacker even has the very rows, and every other key but the right one."""
    rows = make(1)[:300]
    mine = pq.read_table(linkage.encode(rows, ROLES, KEY, tmp_path / "a.parquet").path)
    theirs = pq.read_table(linkage.encode(rows, ROLES, OTHER_KEY, tmp_path / "b.parquet").path)
    assert not set(mine["block"].to_pylist()) & set(theirs["block"].to_pylist())
    for column in [name for name in mine.column_names if name.endswith(("_0", "_1"))]:
        held = set(mine[column].drop_null().to_pylist())
        met = held & set(theirs[column].drop_null().to_pylist())
        assert len(met) <= 0.005 * len(held), column


def test_one_name_looks_different_in_every_block(tmp_path):
    rows = [
        {"given": "Ana", "family": "Ilić", "born": f"{day}.{month}.1980"}
        for day in range(2, 28)
        for month in range(2, 12)
    ]
    table = pq.read_table(linkage.encode(rows, ["given", "family", "born"], KEY, tmp_path / "a.parquet").path)
    seen = {}
    for block, filter_ in zip(table["block"].to_pylist(), table["given_0"].to_pylist(), strict=True):
        seen.setdefault(block, set()).add(filter_)
    assert all(len(found) == 1 for found in seen.values())
    assert len({filter_ for found in seen.values() for filter_ in found}) > 0.95 * len(seen)


def test_the_order_of_records_says_nothing(tmp_path):
    rows = [{"given": "Ana", "born": f"2.3.{1900 + i}"} for i in range(100)]
    numbers = linkage.encode(rows, ["given", "born"], KEY, tmp_path / "a.parquet").numbers
    assert sorted(numbers) == list(range(100)) and numbers != list(range(100))
    rising = sum(a < b for a, b in zip(numbers, numbers[1:], strict=False))
    assert 30 < rising < 70


@pytest.fixture(scope="module")
def frequencies(tmp_path_factory):
    return attackers.frequency_attack(make, ROLES, KEY, tmp_path_factory.mktemp("attack"))


@pytest.mark.parametrize("role", ["given", "family"])
@pytest.mark.parametrize("attack", ["columns by rank", "blocks by rank", "patterns in blocks"])
def test_frequencies_recover_next_to_nothing(frequencies, role, attack):
    assert frequencies[f"{role}: {attack}"] <= 0.02


def test_the_attack_is_a_real_one(frequencies):
    """On one keyed token a name, the same everywhere, it does what it is for."""
    assert frequencies["given: careless tokens by rank"] > 3 * frequencies["given: columns by rank"]


def test_bits_are_as_good_as_drawn(frequencies):
    assert frequencies["given: most unequal bit"] < 0.03
