"""Which age band someone is in on a day; the band is worked out once, when assistance is recorded."""

from datetime import date

from duga.places.rules.codes import codes
from duga.plain.errors import Refused, gettext_noop

OLDEST = 120
UNKNOWN = "unknown"


def age_on(born: int | date | None, on: date) -> int | None:
    """Full years on a day; of a birth year alone, the age reached in that year. None when nothing is known.

    A birth after `on` or more than 120 years before it is Refused.
    """
    if born is None:
        return None
    if isinstance(born, date):
        years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    else:
        years = on.year - born
    if not 0 <= years <= OLDEST:
        raise Refused(gettext_noop("A birth year of %(born)s cannot be right: look at the year again."), born=born)
    return years


def age_band(born: int | date | None, on: date) -> str:
    """The code in the list age_bands for someone born in a year (or on a day), on a day; "unknown" without a birth."""
    years = age_on(born, on)
    if years is None:
        return UNKNOWN
    return _band_of(years)


def _band_of(years: int) -> str:
    for band in codes("age_bands"):
        low, high = band.fields["min_age"], band.fields["max_age"]
        if low and int(low) <= years <= int(high or OLDEST):
            return band.code
    return UNKNOWN
