"""The directory as HSDS: what the API, downloads and pages tell of it."""

from duga.directory.queries.hsds.listing import is_discreet, one
from duga.directory.rules.hsds.formats import schema_org

__all__ = ["service_json_ld"]


def service_json_ld(service_id, address: str) -> dict | None:
    """A service as schema.org says it, for its page at `address`; None for one whose visits stay discreet."""
    told = one("services", str(service_id))
    return None if is_discreet(told) else schema_org(told, address)
