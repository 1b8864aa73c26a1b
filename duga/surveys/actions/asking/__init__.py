"""Rounds and links given out and taken back, and taking in what is filled in on our own pages."""

from duga.surveys.actions.asking.links import MadeLink, make_links, revoke_link
from duga.surveys.actions.asking.rounds import (
    assign,
    change_round,
    close_round,
    plan_round,
    remind_of_rounds,
    take_back,
)
from duga.surveys.actions.asking.sending import send_by_link, send_signed_in

__all__ = [
    "MadeLink",
    "assign",
    "change_round",
    "close_round",
    "make_links",
    "plan_round",
    "remind_of_rounds",
    "revoke_link",
    "send_by_link",
    "send_signed_in",
    "take_back",
]
