"""The few errors of the house. Each tells the reader what to do next.

A message is an English gettext id with named placeholders; whoever shows it translates it first and
fills in `params` afterwards, so that rules need not know a language or Django.
"""


def gettext_noop(message: str) -> str:
    """Marks a message for translation where gettext itself is not at hand."""
    return message


NOT_HERE = gettext_noop("There is nothing here, or it is not yours to see.")


class DugaError(Exception):
    """Base of what may be shown to a person: `message` (gettext id) and `params`."""

    def __init__(self, message: str, **params):
        self.message = message
        self.params = params
        super().__init__(message)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class Refused(DugaError):
    """A rule says no; the message says which, and what would be allowed."""


class NotAllowed(Refused):
    """It is theirs to see, but their role does not allow this; the message says whom to ask."""


class Unreadable(Refused):
    """What was typed or sent cannot be understood; the message says where and how to mend it."""


class NotFound(DugaError):
    """It is not there, or it is not yours: the two look the same on purpose."""


class Conflict(DugaError):
    """Someone was faster; the message says who and when, and nothing was overwritten."""
