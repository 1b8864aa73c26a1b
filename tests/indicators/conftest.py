"""Fixtures of indicators and publishing: a folder of this test's own, a ledger, and figures released from it."""

import pickle

import pytest

from duga.evidence import disclosure, engines
from duga.ui import charts
from tests.indicators.ledgers import fill


def _said(indicator) -> tuple:
    """All that a definition says: of one kept to less, and of a rate its inhabitants, more than its file."""
    people = indicator.inhabitants and sorted(indicator.inhabitants.rows.items())
    return indicator.text, indicator.code, repr(indicator.of), repr(people)


#: What was found, as bytes: nobody who is handed a result can change the next one's.
_KNOWN: dict[tuple, bytes] = {}
#: The functions themselves, taken before any test could put another in their place.
_PURE = {
    (engines, "count"): lambda what, of, **k: (_said(what), of.fingerprint, repr(sorted(k.items(), key=str))),
    (engines, "count_each"): lambda what, of, **k: (_said(what), of.fingerprint, repr(sorted(k.items(), key=str))),
    (disclosure, "protect"): lambda table, rule, **k: (repr(table), repr(rule), repr(k)),
    (disclosure, "protect_together"): lambda tables, rule, **k: (repr(tables), repr(rule), repr(k)),
    (disclosure, "audit"): lambda safe, table, **k: (repr(safe), repr(table), repr(k)),
    (disclosure, "audit_together"): lambda safes, tables, **k: (repr(safes), repr(tables), repr(k)),
    (charts, "bar"): lambda *all_of, **k: repr((all_of, k)),
    (charts, "trend"): lambda *all_of, **k: repr((all_of, k)),
    (charts, "choropleth"): lambda *all_of, **k: repr((all_of, k)),
}
_THEMSELVES = {(module, name): getattr(module, name) for module, name in _PURE}


def _remembering(name, function, key_of):
    """The same function, asked the same thing only once in a run: these are pure and slow."""

    def ask(*args, **kwargs):
        key = (name, key_of(*args, **kwargs))
        if key not in _KNOWN:
            _KNOWN[key] = pickle.dumps(function(*args, **kwargs))
        return pickle.loads(_KNOWN[key])

    return ask


@pytest.fixture(autouse=True)
def remembered(monkeypatch):
    """Counting, protecting, attacking and drawing the same table again costs nothing."""
    for (module, name), key_of in _PURE.items():
        monkeypatch.setattr(module, name, _remembering(name, _THEMSELVES[module, name], key_of))


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
