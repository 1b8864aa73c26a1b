"""Referrals, written: made and sent, answered, by link without an account, and what the clock does about them."""

from duga.casework.actions.referrals.answering import (
    accept_referral,
    begin_service,
    close_referral,
    note_answer,
    place_referral,
    register_from_referral,
    reject_referral,
)
from duga.casework.actions.referrals.cases import open_case_summary
from duga.casework.actions.referrals.clock import hide_sealed_referrals, look_after_referrals, withdraw_referrals
from duga.casework.actions.referrals.guests import (
    GuestAnswer,
    GuestPage,
    GuestPass,
    answer_as_guest,
    ask_as_guest,
    close_guest_link,
    make_guest_link,
    open_as_guest,
)
from duga.casework.actions.referrals.making import (
    change_referral,
    discard_referral,
    finish_step,
    make_referral,
    review_override,
    revoke_referral,
    send_referral,
)
from duga.casework.actions.referrals.reading import OpenedReferral, ask_about_referral, open_referral

__all__ = [
    "GuestAnswer", "GuestPage", "GuestPass", "OpenedReferral", "accept_referral", "answer_as_guest",
    "ask_about_referral", "ask_as_guest", "begin_service", "change_referral", "close_guest_link", "close_referral",
    "discard_referral", "finish_step", "hide_sealed_referrals", "look_after_referrals", "make_guest_link",
    "make_referral", "note_answer", "open_as_guest", "open_case_summary", "open_referral", "place_referral",
    "register_from_referral", "reject_referral", "review_override", "revoke_referral", "send_referral",
    "withdraw_referrals",
]  # fmt: skip
