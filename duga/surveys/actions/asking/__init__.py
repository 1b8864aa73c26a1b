"""Giving out links, taking them back, and taking in what is filled in on our own pages."""

from duga.surveys.actions.asking.links import MadeLink, make_links, revoke_link
from duga.surveys.actions.asking.sending import send_by_link, send_signed_in

__all__ = ["MadeLink", "make_links", "revoke_link", "send_by_link", "send_signed_in"]
