"""What the directory decides without a database: freshness, hours, texts, what is confidential, states."""

from duga.directory.rules.events import EVENT_WORDS
from duga.directory.rules.freshness import (
    CONFIRMABLE,
    FACT_LABELS,
    STALENESS,
    Age,
    CampaignReminder,
    FactKind,
    age_of,
    campaign_reminder,
    due_on,
    remind_after,
    standing,
)
from duga.directory.rules.kinds import (
    APPS,
    FOUND,
    HOW_LABELS,
    PLACE_KIND_LABELS,
    PROPOSAL_LABELS,
    PROVIDER_KIND_LABELS,
    REPORT_LABELS,
    REPORT_STATE_LABELS,
    STATUS_LABELS,
    DisagreementState,
    DuplicateState,
    How,
    PlaceKind,
    ProposalState,
    ProviderKind,
    ReportKind,
    ReportState,
    SourceKind,
    Status,
    check_way,
)

__all__ = [
    "APPS", "CONFIRMABLE", "EVENT_WORDS", "FACT_LABELS", "FOUND", "HOW_LABELS", "PLACE_KIND_LABELS",
    "PROPOSAL_LABELS", "PROVIDER_KIND_LABELS", "REPORT_LABELS", "REPORT_STATE_LABELS", "STALENESS", "STATUS_LABELS",
    "Age", "CampaignReminder", "DisagreementState", "DuplicateState", "FactKind", "How", "PlaceKind", "ProposalState",
    "ProviderKind", "ReportKind", "ReportState", "SourceKind", "Status", "age_of", "campaign_reminder", "check_way",
    "due_on", "remind_after", "standing",
]  # fmt: skip
