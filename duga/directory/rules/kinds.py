"""The words of the directory: kinds, states, and how each goes to the next. HSDS's where HSDS has them."""

from enum import StrEnum

from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _


class Told(StrEnum):
    """A word with what people read for it (a gettext id), said in one place."""

    label: str

    def __new__(cls, value: str, label: str):
        """The word itself, and its label beside it."""
        word = str.__new__(cls, value)
        word._value_, word.label = value, label
        return word


def labels(words: type[Told]) -> dict:
    """{word: its label}."""
    return {word: word.label for word in words}


class ProviderKind(Told):
    """What a provider is."""

    ASSOCIATION = "association", _("Association")
    STATE = "state", _("State institution")
    MUNICIPALITY = "municipality", _("Municipality")
    INTERNATIONAL = "international", _("International organisation")
    CHURCH = "church", _("Religious community")
    BUSINESS = "business", _("Business")
    OTHER = "other", _("Other")


PROVIDER_KIND_LABELS = labels(ProviderKind)


class Status(Told):
    """A service's status, in HSDS's words."""

    ACTIVE = "active", _("offered")
    INACTIVE = "inactive", _("not offered now")
    DEFUNCT = "defunct", _("given up")
    CLOSED = "temporarily closed", _("closed for a time")


STATUS_LABELS = labels(Status)
#: What the public finds: what is closed for a time says so.
FOUND = frozenset({Status.ACTIVE, Status.CLOSED})


class SourceKind(StrEnum):
    """Where entries come from."""

    FEED = "feed"  #: another directory's HSDS API
    FILE = "file"  #: an HSDS file
    SPREADSHEET = "spreadsheet"
    INSTITUTION = "institution"  #: a list an institution publishes


class PlaceKind(Told):
    """What a confidential place is."""

    SHELTER = "shelter", _("Shelter, safe house")
    SQUAT = "squat", _("Informal settlement")
    OUTREACH = "outreach", _("Outreach stop")
    MOBILE = "mobile", _("Mobile team")


PLACE_KIND_LABELS = labels(PlaceKind)

#: Messengers a phone answers on.
APPS = {"sms": "SMS", "viber": "Viber", "whatsapp": "WhatsApp", "telegram": "Telegram", "signal": "Signal"}


class How(Told):
    """How a fact was verified."""

    OWNER = "owner", _("confirmed by the organisation")  #: the organisation itself, signed in
    LINK = "link", _("confirmed by the provider")  #: the provider, by the link it was sent
    NETWORK = "network", _("checked by the network")  #: the network's coordinator, who asked or went there
    SOURCE = "source", _("as its source says")  #: the source it was imported from says so


HOW_LABELS = labels(How)


class ProposalState(Told):
    """A proposal's way."""

    OPEN = "open", _("waits for a decision")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")


PROPOSAL_LABELS = labels(ProposalState)


class ReportKind(Told):
    """What a reader found wrong."""

    CLOSED = "closed", _("It does not exist any more")
    HOURS = "hours", _("The hours are wrong")
    PHONE = "phone", _("The phone is wrong")
    ADDRESS = "address", _("The address is wrong")
    ELIGIBILITY = "eligibility", _("It is not for whom it says")
    LANGUAGE = "language", _("Nobody spoke the language")
    OTHER = "other", _("Something else")


REPORT_LABELS = labels(ReportKind)


class ReportState(Told):
    """A report's way."""

    OPEN = "open", _("open")
    MENDED = "mended", _("mended")
    UNFOUNDED = "unfounded", _("it was right")


REPORT_STATE_LABELS = labels(ReportState)


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
