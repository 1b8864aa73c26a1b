"""The words of the directory: kinds, states, and how each goes to the next. HSDS's where HSDS has them."""

from enum import StrEnum

from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _


class ProviderKind(StrEnum):
    """What a provider is."""

    ASSOCIATION = "association"
    STATE = "state"
    MUNICIPALITY = "municipality"
    INTERNATIONAL = "international"
    CHURCH = "church"
    BUSINESS = "business"
    OTHER = "other"


PROVIDER_KIND_LABELS = {
    ProviderKind.ASSOCIATION: _("Association"),
    ProviderKind.STATE: _("State institution"),
    ProviderKind.MUNICIPALITY: _("Municipality"),
    ProviderKind.INTERNATIONAL: _("International organisation"),
    ProviderKind.CHURCH: _("Religious community"),
    ProviderKind.BUSINESS: _("Business"),
    ProviderKind.OTHER: _("Other"),
}


class Status(StrEnum):
    """A service's status, in HSDS's words."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    CLOSED = "temporarily closed"


STATUS_LABELS = {
    Status.ACTIVE: _("offered"),
    Status.INACTIVE: _("not offered now"),
    Status.DEFUNCT: _("given up"),
    Status.CLOSED: _("closed for a time"),
}
#: What the public finds: what is closed for a time says so.
FOUND = frozenset({Status.ACTIVE, Status.CLOSED})


class SourceKind(StrEnum):
    """Where entries come from."""

    FEED = "feed"  #: another directory's HSDS API
    FILE = "file"  #: an HSDS file
    SPREADSHEET = "spreadsheet"
    INSTITUTION = "institution"  #: a list an institution publishes


class PlaceKind(StrEnum):
    """What a confidential place is."""

    SHELTER = "shelter"
    SQUAT = "squat"
    OUTREACH = "outreach"
    MOBILE = "mobile"


PLACE_KIND_LABELS = {
    PlaceKind.SHELTER: _("Shelter, safe house"),
    PlaceKind.SQUAT: _("Informal settlement"),
    PlaceKind.OUTREACH: _("Outreach stop"),
    PlaceKind.MOBILE: _("Mobile team"),
}

#: Messengers a phone answers on.
APPS = {"sms": "SMS", "viber": "Viber", "whatsapp": "WhatsApp", "telegram": "Telegram", "signal": "Signal"}


class How(StrEnum):
    """How a fact was verified."""

    OWNER = "owner"  #: the organisation itself, signed in
    LINK = "link"  #: the provider, by the link it was sent
    NETWORK = "network"  #: the network's coordinator, who asked or went there
    SOURCE = "source"  #: the source it was imported from says so


HOW_LABELS = {
    How.OWNER: _("confirmed by the organisation"),
    How.LINK: _("confirmed by the provider"),
    How.NETWORK: _("checked by the network"),
    How.SOURCE: _("as its source says"),
}


class ProposalState(StrEnum):
    """A proposal's way."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


PROPOSAL_LABELS = {
    ProposalState.OPEN: _("waits for a decision"),
    ProposalState.ACCEPTED: _("accepted"),
    ProposalState.REJECTED: _("rejected"),
    ProposalState.WITHDRAWN: _("withdrawn"),
}


class ReportKind(StrEnum):
    """What a reader found wrong."""

    CLOSED = "closed"
    HOURS = "hours"
    PHONE = "phone"
    ADDRESS = "address"
    ELIGIBILITY = "eligibility"
    LANGUAGE = "language"
    OTHER = "other"


REPORT_LABELS = {
    ReportKind.CLOSED: _("It does not exist any more"),
    ReportKind.HOURS: _("The hours are wrong"),
    ReportKind.PHONE: _("The phone is wrong"),
    ReportKind.ADDRESS: _("The address is wrong"),
    ReportKind.ELIGIBILITY: _("It is not for whom it says"),
    ReportKind.LANGUAGE: _("Nobody spoke the language"),
    ReportKind.OTHER: _("Something else"),
}


class ReportState(StrEnum):
    """A report's way."""

    OPEN = "open"
    MENDED = "mended"
    UNFOUNDED = "unfounded"


REPORT_STATE_LABELS = {
    ReportState.OPEN: _("open"),
    ReportState.MENDED: _("mended"),
    ReportState.UNFOUNDED: _("it was right"),
}


class DisagreementState(StrEnum):
    """What became of two sources that disagree."""

    OPEN = "open"
    KEPT = "kept"  #: ours stands
    TAKEN = "taken"  #: theirs stands now
    GONE = "gone"  #: they agree by now


class DuplicateState(StrEnum):
    """What became of a pair that may be one."""

    OPEN = "open"
    MERGED = "merged"
    DIFFERENT = "different"


#: State → those it may become. A decision may be taken back, never edited.
WAYS: dict[type[StrEnum], dict[StrEnum, frozenset[StrEnum]]] = {
    ProposalState: {
        ProposalState.OPEN: frozenset({ProposalState.ACCEPTED, ProposalState.REJECTED, ProposalState.WITHDRAWN})
    },
    ReportState: {ReportState.OPEN: frozenset({ReportState.MENDED, ReportState.UNFOUNDED})},
    DisagreementState: {
        DisagreementState.OPEN: frozenset({DisagreementState.KEPT, DisagreementState.TAKEN, DisagreementState.GONE}),
        DisagreementState.KEPT: frozenset({DisagreementState.OPEN, DisagreementState.TAKEN, DisagreementState.GONE}),
        DisagreementState.TAKEN: frozenset({DisagreementState.OPEN, DisagreementState.KEPT, DisagreementState.GONE}),
        DisagreementState.GONE: frozenset({DisagreementState.OPEN}),
    },
    DuplicateState: {
        DuplicateState.OPEN: frozenset({DuplicateState.MERGED, DuplicateState.DIFFERENT}),
        DuplicateState.MERGED: frozenset({DuplicateState.OPEN}),
        DuplicateState.DIFFERENT: frozenset({DuplicateState.OPEN}),
    },
}


def check_way(now: StrEnum, wanted: StrEnum) -> None:
    """Refuses a step the table does not hold."""
    if wanted not in WAYS[type(now)].get(now, frozenset()):
        raise Refused(_("This was decided already: %(now)s. Look at it again."), now=now.value)
