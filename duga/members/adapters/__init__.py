"""Where the sign-in libraries (allauth, axes) ask us, and what a signed-in browser is known by."""

from duga.members.adapters.account import AccountAdapter, sign_in
from duga.members.adapters.second_factor import MFAAdapter

__all__ = ["AccountAdapter", "MFAAdapter", "sign_in"]
