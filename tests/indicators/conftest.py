"""Fixtures of indicators and publishing: a folder of this test's own, a ledger, and figures released from it."""

import pytest

from tests.indicators.ledgers import fill


@pytest.fixture
def data(settings, tmp_path):
    """DUGA_DATA of this test alone."""
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def rows(cast, data):
    """The ledger's entries."""
    return fill(cast)


@pytest.fixture
def snapshot(cast, rows):
    """A snapshot of the ledger."""
    from duga.indicators.actions import take_snapshot

    return take_snapshot(by=cast.viewer("secretariat"))


@pytest.fixture
def released(cast, snapshot):
    """Everything public of Montenegro 2020, by the name of the table."""
    from duga.indicators.actions import release_tables

    made = release_tables(by=cast.viewer("secretariat"), country="ME", year=2020)
    return {f"{each.indicator}:{each.breakdown}": each for each in made}
