"""A feed: another directory's HSDS API, read when somebody asks for it, with where each entry came from."""

import json

from django.utils import timezone

from duga.directory.actions.exchange.fetching import Fetcher, _feed
from duga.directory.actions.exchange.outcome import Outcome
from duga.directory.actions.exchange.run import REFUSE, import_hsds
from duga.directory.actions.sources import note_fetch
from duga.directory.models import Source
from duga.directory.rules import ProviderKind, SourceKind
from duga.members.queries import network_by_id, require
from duga.members.rules import Permission, Viewer

__all__ = ["import_feed"]


def import_feed(
    *, by: Viewer, network_id, url: str, source: str = "", licence: str = "", country: str = "",
    kind: str = ProviderKind.OTHER, bad_rows: str = REFUSE, dry_run: bool = False, progress=None,
    fetcher: Fetcher | None = None,
) -> Outcome:  # fmt: skip
    """Reads the HSDS API at `url` and brings in what it tells, as `import_hsds` does; what is new since last time only.

    Raises Refused for an address that is no https, leads into a private network, or answers no HSDS in time.
    `fetcher`: for tests, one that trusts their own server.
    """
    network = network_by_id(by, network_id)
    require(by, Permission.CURATE_DIRECTORY, network)
    fetcher = fetcher or Fetcher(url)
    name = (source or fetcher.host)[:200]
    known = Source.objects.filter(network=network, name=name, url=url).first()
    after = (known.fetched or {}).get("asked_at", "") if known else ""
    asked_at = timezone.now().isoformat(timespec="seconds").replace("+00:00", "Z")
    told = _feed(fetcher, url, after=after, say=progress)
    outcome = import_hsds(
        by=by, network_id=network.pk, name=f"{name}.json", data=json.dumps({"contents": told or []}).encode(),
        source=name, url=url, licence=licence, country=country, kind=kind, source_kind=SourceKind.FEED,
        bad_rows=bad_rows, dry_run=dry_run, progress=progress, empty=True,
    )  # fmt: skip
    if outcome.source_id and not outcome.stopped:
        note_fetch(by=by, source_id=outcome.source_id, fetched={"asked_at": asked_at, "services": len(told)})
    return outcome
