"""Every read of the directory. What the public may read takes no viewer and never meets a confidential place."""

from duga.directory.queries.access import (
    curated_by,
    may_edit,
    may_update,
    provider_by_id,
    provider_of,
    provider_to_edit,
    service_by_id,
    service_to_edit,
    service_to_update,
)
from duga.directory.queries.bundles import Bundle, bundle, bundles
from duga.directory.queries.offers import known_codes, offer_in, offer_of, provider_fields, taxonomy, terms_of
from duga.directory.queries.search import Hit, Results, counts, open_states, search

__all__ = [
    "Bundle", "Hit", "Results", "bundle", "bundles", "counts", "curated_by", "known_codes", "may_edit",
    "may_update", "offer_in", "offer_of", "open_states", "provider_by_id", "provider_fields", "provider_of",
    "provider_to_edit", "search", "service_by_id", "service_to_edit", "service_to_update", "taxonomy", "terms_of",
]  # fmt: skip
