"""The tables of the directory: HSDS 3.1's by its names (organization is Provider), then what keeps them true."""

from duga.directory.models.base import Source
from duga.directory.models.conditions import (
    CostOption,
    Funding,
    OrganizationIdentifier,
    RequiredDocument,
    ServiceCapacity,
    Unit,
)
from duga.directory.models.exchange import LooseRow
from duga.directory.models.funds import Funds, FundsTable
from duga.directory.models.guides import Guide, GuidedService, SavedList, SavedService
from duga.directory.models.licences import (
    Assessment,
    Criterion,
    Licence,
    LicenceDocument,
    LicenceKind,
    LicenceReminder,
    LicenceStep,
    LicenceTask,
    Standard,
)
from duga.directory.models.offers import Program, Provider, Service
from duga.directory.models.places import (
    Accessibility,
    Address,
    ConfidentialPlace,
    Location,
    ServiceArea,
    ServiceAtLocation,
)
from duga.directory.models.reach import Closure, Contact, Language, Phone, Schedule, Url
from duga.directory.models.recordings import Recording
from duga.directory.models.search import SearchEntry, SearchPosting
from duga.directory.models.terms import Attribute, Taxonomy, TaxonomyTerm, TermMapping
from duga.directory.models.texts import Translation
from duga.directory.models.truth import (
    Campaign,
    Change,
    ConfirmLink,
    Disagreement,
    Duplicate,
    Fact,
    Proposal,
    Report,
    Verification,
)

__all__ = [
    "Accessibility", "Address", "Assessment", "Attribute", "Campaign", "Change", "Closure", "ConfidentialPlace",
    "ConfirmLink", "Contact", "CostOption", "Criterion", "Disagreement", "Duplicate", "Fact", "Funding", "Funds",
    "FundsTable", "Guide", "GuidedService",
    "Language", "Licence", "LicenceDocument", "LicenceKind", "LicenceReminder", "LicenceStep",
    "LicenceTask", "Location", "LooseRow", "OrganizationIdentifier", "Phone", "Program", "Proposal", "Provider",
    "Recording", "Report", "RequiredDocument", "SavedList", "SavedService", "Schedule",
    "SearchEntry", "SearchPosting", "Service", "ServiceArea",
    "ServiceAtLocation", "ServiceCapacity", "Source", "Standard", "Taxonomy", "TaxonomyTerm", "TermMapping",
    "Translation", "Unit", "Url", "Verification",
]  # fmt: skip
