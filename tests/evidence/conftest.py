import pytest

from duga.evidence import indicators, snapshot
from tests.evidence import invented


@pytest.fixture(scope="session")
def facts():
    return invented.facts(seed=7, rows=600)


@pytest.fixture(scope="session")
def frozen(facts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("snapshots")
    snapshot.freeze([facts], folder)
    return snapshot.open_snapshot(folder)


@pytest.fixture(scope="session")
def definitions():
    return indicators.load_all()
