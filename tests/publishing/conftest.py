"""Public pages are tested on figures released from a ledger, as in tests/indicators."""

from tests.indicators.conftest import data, released, remembered, rows, snapshot

__all__ = ["data", "released", "remembered", "rows", "snapshot"]
