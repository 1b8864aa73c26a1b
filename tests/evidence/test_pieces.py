"""Rings of linked tables and labels that cross: nothing is found through the pieces that nobody publishes."""

import itertools
import random

import pytest

from duga.evidence.disclosure import (
    CannotProtect,
    Rule,
    audit,
    audit_together,
    pieces,
    protect,
    protect_together,
    table_of,
)
from duga.evidence.model import ALL, Cell, Table
from tests.evidence.pieces import Pieces, ages

VALUES = [0, 0, 0, 1, 1, 2, 3, 4, 6, 9, 14, 30]
RING = ("ab", "bc", "ac")
FINE = ["0-5", "6-13", "14-17", "18-29", "30-59", "60-64", "65+"]
CUTS = [["0-17", "18-29", "30-59", "60+"], ["0-13", "14-29", "30-64", "65+"], ["0-29", "30-64", "65+"]]


def people(seed):
    """How many people stand in each cell of a, b and c."""
    luck, sizes = random.Random(seed), (2 + seed % 2, 3, 2 + seed % 3)
    names = ([f"{name}{i}" for i in range(n)] for name, n in zip("abc", sizes, strict=True))
    return {place: luck.choice(VALUES) for place in itertools.product(*names)}


def table(cells, kept, names="abc"):
    """The people by some of the dimensions."""
    sums = {}
    for key, value in cells.items():
        label = tuple(word for word, name in zip(key, names, strict=True) if name in kept)
        sums[label] = sums.get(label, 0) + value
    return table_of(sums, list(kept))


def cut(cells, bands):
    """The people by sex and these bands of age."""
    sums = {}
    for (age, sex), value in cells.items():
        band = next(band for band in bands if ages(age) <= ages(band))
        sums[band, sex] = sums.get((band, sex), 0) + value
    return table_of(sums, ["age_band", "sex"])


def grown(cells, seed):
    luck = random.Random(seed + 99)
    return {key: value + luck.choice([0, 0, 0, 1, 2, 6, 15]) for key, value in cells.items()}


@pytest.mark.parametrize("seed", [7, 39, *range(6)])
def test_a_ring_of_linked_tables_opens_nothing(seed):
    tables = [table(people(seed), kept) for kept in RING]
    safe = protect_together(tables, Rule(5))
    assert audit_together(safe, tables).passed
    assert Pieces([(0, each) for each in safe]).narrowest(5)[0] >= 5


def test_a_ring_is_open_without_its_pieces(monkeypatch):
    """What seed 7 is here for; and the audit sees it."""
    tables = [table(people(7), kept) for kept in RING]
    with monkeypatch.context() as without:
        without.setattr("duga.evidence.disclosure.older.rings", lambda *_: [])
        safe = protect_together(tables, Rule(5))
    assert Pieces([(0, each) for each in safe]).narrowest(5)[0] < 5
    assert not audit_together(safe, tables).passed


@pytest.mark.parametrize("seed", [7, *range(4)])
@pytest.mark.parametrize("same", [True, False])
def test_a_table_that_closes_a_ring_with_older_ones_opens_nothing(seed, same):
    first = people(seed)
    before = [table(first, kept) for kept in RING[:2]]
    old = protect_together(before, Rule(5))
    published = list(old) if seed % 2 else list(zip(old, before, strict=True))
    now = table(first if same else grown(first, seed), "ac")
    try:
        new = protect(now, Rule(5), published=published)
    except CannotProtect:
        return
    assert audit(new, now, published=published).passed
    releases = [*((0, each) for each in old), (0 if same else 1, new)]
    assert Pieces(releases, grown=not same).narrowest(5)[0] >= 5


@pytest.mark.parametrize("seed", range(6))
def test_ages_that_cross_open_nothing(seed):
    luck = random.Random(seed)
    cells = {key: luck.choice(VALUES) for key in itertools.product(FINE, ("female", "male"))}
    tables = [cut(cells, bands) for bands in luck.sample(CUTS, 2 + seed % 2)]
    safe = protect_together(tables, Rule(5))
    assert audit_together(safe, tables).passed
    assert Pieces([(0, each) for each in safe], {"age_band": ages}).narrowest(5)[0] >= 5


def test_only_rings_and_crossings_have_pieces(monkeypatch):
    made = []
    rings = pieces.rings
    monkeypatch.setattr("duga.evidence.disclosure.older.rings", lambda *ask: made.append(rings(*ask)) or made[-1])
    cells = people(1)
    for kept in (("ab", "bc"), ("ab", "bc", "c"), ("abc", *RING), ("a", "b", "c")):
        protect_together([table(cells, each) for each in kept])
    assert len(made) == 4 and not any(made)
    protect_together([table(cells, each) for each in RING])
    (ring,) = made[-1]
    (group,) = ring.groups
    assert len(group.at) <= len(cells) and sum(group.values) == sum(cells.values())


def test_too_many_pieces_are_refused(monkeypatch):
    monkeypatch.setattr(pieces, "LARGEST", 5)
    with pytest.raises(CannotProtect, match="coarser"):
        protect_together([table(people(1), kept) for kept in RING])


def test_people_who_stand_in_two_places_are_no_contradiction(monkeypatch):
    """A ring of distinct counts, in which the total over b counts once whom two labels of b count."""
    homes = [{place} for place, n in people(3).items() for _ in range(n)]
    for home in homes[::9]:
        ((a, b, c),) = home
        home.add((a, "b0" if b == "b1" else "b1", c))
    tables = [distinct(homes, kept) for kept in RING]
    assert any(cell.repeated for each in tables for cell in each.cells.values())
    placed, place = [], pieces.Ring.place
    monkeypatch.setattr(pieces.Ring, "place", lambda ring, *ask: placed.append(ring) or place(ring, *ask))
    safe = protect_together(tables, Rule(5))
    assert audit_together(safe, tables).passed
    assert placed, "numbers were found that fit, so the pieces took part"


def distinct(homes, kept):
    """How many people stand in each cell, each once; `repeated`: who stands in several labels of a dimension."""
    found = {}
    for home in homes:
        own = {tuple(word for word, name in zip(place, "abc", strict=True) if name in kept) for place in home}
        every = {tuple(ALL if hide else word for word, hide in zip(key, mask, strict=True))
                 for key in own for mask in itertools.product((False, True), repeat=len(kept))}  # fmt: skip
        for key in every:
            value, again = found.get(key, (0, 0))
            found[key] = value + 1, again + (len(own) > 1)
    return Table("people", "person", tuple(kept), {key: Cell(n, repeated=again) for key, (n, again) in found.items()})


SEEN = [0, 0, 1, 1, 2, 3, 4, 5, 5, 6, 7, 9, 12, 20, 45, 130]


@pytest.mark.parametrize("seed", [5, 1003, 1, 2])
def test_three_releases_some_of_whose_numbers_are_at_hand_open_none(seed):
    """In the first two, releases show the same, and the one at hand says that they are not: cells were narrow by it."""
    luck = random.Random(f"succ3-{seed}")
    secret = b"s" if luck.random() < 0.5 else None
    cells = list(itertools.product(*([f"{name}{i}" for i in range(luck.randint(2, 4))] for name in "ab")))
    people, published, releases = {cell: luck.choice(SEEN) for cell in cells}, [], []
    for release in range(3):
        true = table(people, "ab", "ab")
        safe = protect(true, Rule(5), published=list(published), secret=secret)
        published.append((safe, true) if luck.random() < 0.6 else safe)
        releases.append((release, safe))
        people = dict(people)
        for cell in luck.sample(cells, luck.randint(0, 3)):
            people[cell] += luck.choice([1, 1, 2, 3, 6, 15])
    assert Pieces(releases, grown=True).narrowest(5)[0] >= 5
