"""Every write of places: loading areas and populations."""

from duga.places.actions.areas import LoadOutcome, keep_upload, load_scheme, load_shipped_places, load_upload
from duga.places.actions.populations import MAX_UPLOAD, PopulationOutcome, load_population

__all__ = [
    "MAX_UPLOAD",
    "LoadOutcome",
    "PopulationOutcome",
    "keep_upload",
    "load_population",
    "load_scheme",
    "load_shipped_places",
    "load_upload",
]
