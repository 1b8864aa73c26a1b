"""Who may be the second person of a definition, and for how long the word holds."""

import datetime as dt

from duga.plain.errors import NotAllowed, Refused, gettext_noop

LONGEST = 730  # days: a definition that nobody looked at for two years is not known to be right


def check_definition(author: str, name: str, email: str, next_review: dt.date, today: dt.date) -> None:
    """Refuses an author as the second person of her own definition, and a next review that is past or too far away."""
    if author.strip().casefold() in {name.strip().casefold(), email.strip().casefold()}:
        raise NotAllowed(gettext_noop("You wrote this definition: somebody else checks it."))
    if not today < next_review <= today + dt.timedelta(days=LONGEST):
        raise Refused(gettext_noop("Choose a day of the next review after today, within two years."))
