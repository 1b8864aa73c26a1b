"""Fixtures of counting rounds."""

import pytest

from duga.evidence import across
from duga.indicators import actions
from duga.indicators.actions import linking
from tests.indicators.rounds import register


@pytest.fixture
def known(cast, data):
    """People of both organisations, helped in April 2020. Gives ids by organisation."""
    return register(cast, crowd=False)


@pytest.fixture
def crowd(cast, data):
    """The same, with many more whom only one organisation knows: enough to learn from."""
    return register(cast, crowd=True)


@pytest.fixture
def open_round(cast, data):
    """`open_round()` opens a round of 2020 as the secretariat; nothing is started by itself."""

    def run(**more):
        given = {"purpose": "How many different people in 2020", "first_year": 2020, "last_year": 2020} | more
        return actions.open_round(by=cast.viewer("secretariat"), start=False, **given)

    return run


@pytest.fixture
def agree(cast):
    """`agree(round)` has both organisations agree."""

    def run(round_, **more):
        for name, slug in (("coordinator", "niksic"), ("other_coordinator", "nis")):
            actions.answer_round(by=cast.viewer(name), slug=slug, round_id=round_.pk, agree=True, start=False, **more)

    return run


@pytest.fixture
def pretended(monkeypatch):
    """Linking that finds nobody twice, at once."""

    def pretend(folder, say):
        files = sorted(folder.glob(f"*{across.ENCODINGS}"))
        told = [across.read_presence(path.with_suffix(across.PRESENCE)) for path in files]
        numbers, map_ = 0, {}
        for path, each in zip(files, told, strict=True):
            count = len({row[0] for row in each["rows"]})
            map_[path.stem] = list(range(numbers, numbers + count))
            numbers += count
        distinct = across.distinct_of(map_, across.presences_of(told))
        counts = [
            {"country": c, "year": y, "claimed": n, "alone": 0, "distinct": n, "people": n, "low": n, "high": n,
             "organisations": 2, "precise": True}
            for (c, y), n in sorted(distinct.items(), key=lambda each: each[0][::-1])
        ]  # fmt: skip
        return {"counts": counts, "files": {path.name: "0" * 64 for path in files}, "map": map_}

    monkeypatch.setattr(linking, "_link_apart", pretend)
