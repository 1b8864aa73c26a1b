"""Every read of indicators: releases and their figures, counting, an organisation's own figures."""

from duga.indicators.queries.own import (
    countable_organisation,
    countable_organisations,
    own_figures,
    own_figures_of,
    own_span,
)
from duga.indicators.queries.releases import (
    Shown,
    all_releases,
    country_documents,
    file_of,
    files_of,
    is_ready_to_count,
    network_documents,
    network_grant,
    newer_release,
    newest_snapshot,
    readable_release,
    records_behind,
    released_countries,
    released_years,
    snapshot_folder,
    totals_by_year,
)
from duga.indicators.queries.verifying import damaged_snapshots

__all__ = [
    "Shown",
    "all_releases",
    "countable_organisation",
    "countable_organisations",
    "country_documents",
    "damaged_snapshots",
    "file_of",
    "files_of",
    "is_ready_to_count",
    "network_documents",
    "network_grant",
    "newer_release",
    "newest_snapshot",
    "own_figures",
    "own_figures_of",
    "own_span",
    "readable_release",
    "records_behind",
    "released_countries",
    "released_years",
    "snapshot_folder",
    "totals_by_year",
]
