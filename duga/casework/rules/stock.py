"""Stock: what came into a store and what left it, never more than there was."""

from enum import StrEnum

from duga.plain.errors import gettext_noop


class Movement(StrEnum):
    """Why goods came or went."""

    RECEIPT = "receipt"
    ISSUE = "issue"  #: given out with an entry of the ledger
    RETURN = "return"  #: came back, because the entry was withdrawn or corrected
    LOSS = "loss"
    CORRECTION = "correction"  #: a stocktake found more or less


MOVEMENT_LABELS = {
    Movement.RECEIPT: gettext_noop("received"),
    Movement.ISSUE: gettext_noop("given out"),
    Movement.RETURN: gettext_noop("returned"),
    Movement.LOSS: gettext_noop("lost"),
    Movement.CORRECTION: gettext_noop("corrected at a stocktake"),
}
