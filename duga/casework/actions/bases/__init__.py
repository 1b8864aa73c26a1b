"""Writes of lawful bases, consents, guardians, decisions about children, and what is told without consent."""

from duga.casework.actions.bases.children import (
    OpenedGuardian,
    add_guardian,
    approve_decision,
    clear_guardian,
    end_guardian,
    flag_guardian,
    open_decision,
    open_guardians,
    propose_decision,
    review_decision,
)
from duga.casework.actions.bases.consents import (
    attach_proof,
    export_consent,
    open_consent,
    open_proof,
    require_use,
    take_consent,
    withdraw_consent,
)
from duga.casework.actions.bases.disclosures import (
    disclose,
    open_disclosure,
    remind_reviews,
    review_disclosure,
)
from duga.casework.actions.bases.stated import end_basis, state_basis

__all__ = [
    "OpenedGuardian",
    "add_guardian",
    "approve_decision",
    "attach_proof",
    "clear_guardian",
    "disclose",
    "end_basis",
    "end_guardian",
    "export_consent",
    "flag_guardian",
    "open_consent",
    "open_decision",
    "open_disclosure",
    "open_guardians",
    "open_proof",
    "propose_decision",
    "remind_reviews",
    "require_use",
    "review_decision",
    "review_disclosure",
    "state_basis",
    "take_consent",
    "withdraw_consent",
]
