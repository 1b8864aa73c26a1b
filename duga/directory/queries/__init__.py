"""Every read of the directory. What the public may read takes no viewer and never meets a confidential place."""

from duga.directory.queries.access import (
    curated_by,
    has_left,
    may_edit,
    may_update,
    provider_by_id,
    provider_of,
    provider_to_edit,
    service_by_id,
    service_to_edit,
    service_to_propose,
    service_to_update,
)
from duga.directory.queries.bundles import Bundle, bundle, bundles
from duga.directory.queries.confidential import may_see_places, place_by_id, places_of, service_to_keep_places
from duga.directory.queries.duplicates import Pair, duplicate_by_id, duplicates_for, pair
from duga.directory.queries.inbox import (
    Kept,
    Waiting,
    changed_since,
    disagreement_by_id,
    disagreements_for,
    own_proposals,
    proposal_by_id,
    proposals_for,
    reports_for,
    services_kept,
    source_by_id,
    translations_of,
    waiting_numbers,
)
from duga.directory.queries.offers import (
    known_codes,
    offer_in,
    offer_of,
    other_places,
    place_of,
    provider_fields,
    taxonomy,
    terms_of,
)
from duga.directory.queries.programmes import Programmes, programmes_of
from duga.directory.queries.search import Hit, Results, counts, open_states, search
from duga.directory.queries.truth import (
    Asked,
    FactState,
    Letter,
    Progress,
    asked_by,
    campaign_by_id,
    campaign_progress,
    campaigns,
    facts_of,
    history_of,
    letters,
    link_by_token,
    link_token,
    links_of,
    providers_in_campaign,
    providers_of,
    services_of_provider,
    waiting_letters,
)

__all__ = [
    "Asked", "Bundle", "FactState", "Hit", "Kept", "Letter", "Pair", "Programmes", "Progress", "Results", "Waiting",
    "asked_by", "bundle", "bundles", "campaign_by_id", "campaign_progress", "campaigns", "changed_since", "counts",
    "curated_by", "disagreement_by_id", "disagreements_for", "duplicate_by_id", "duplicates_for", "facts_of",
    "has_left", "history_of", "known_codes", "letters", "link_by_token", "link_token", "links_of", "may_edit",
    "may_see_places", "may_update", "offer_in", "offer_of", "open_states", "other_places", "own_proposals", "pair",
    "place_by_id", "place_of", "places_of", "proposal_by_id",
    "programmes_of", "proposals_for", "provider_by_id", "provider_fields", "provider_of", "provider_to_edit",
    "providers_in_campaign", "providers_of", "reports_for", "search", "service_by_id", "service_to_edit",
    "service_to_keep_places", "service_to_propose", "service_to_update", "services_kept", "services_of_provider",
    "source_by_id", "taxonomy", "terms_of", "translations_of", "waiting_letters", "waiting_numbers",
]  # fmt: skip
