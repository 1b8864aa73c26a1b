"""What a round of asking must say before anybody is asked."""

import datetime as dt

from duga.plain.errors import Refused, gettext_noop
from duga.surveys.rules.designs import language_code

MOST_DAYS = 60  #: how long before its last day a round may remind
UNSAID = "und"  #: the language of a form that names none (BCP 47: undetermined)

_TITLE = gettext_noop("Give the round a title.")
_DAYS = gettext_noop("The last day stands before the first. Turn them round.")
_TARGET = gettext_noop("A target is at least one answer. Leave it out where none is set.")
_COUNTRY = gettext_noop("%(area)s lies in another country than whoever is asked.")
_CONSENT = gettext_noop(
    "The form asks personal questions. Say in each language of the round what people agree to; missing: %(languages)s."
)
_LANGUAGE = gettext_noop("The form does not speak %(languages)s. Translate it first, or leave the language out.")
_NO_END = gettext_noop("A reminder needs a last day. Give one, or leave the reminder out.")
_REMIND = gettext_noop("Remind between 1 and %(most)s days before the last day.")


def spoken_codes(languages: list[str]) -> list[str]:
    """The codes of a form's languages ("sr" of "Српски (sr)"); "und" for one that is not named."""
    return list(dict.fromkeys(language_code(each) or UNSAID for each in languages)) or [UNSAID]


def check_plan(
    *, title: str, opens_on: dt.date, closes_on: dt.date | None, targets: list[int], remind_days: int | None
) -> None:
    """Refuses a plan whose days, targets or reminder cannot be."""
    if not title.strip():
        raise Refused(_TITLE)
    if closes_on and closes_on < opens_on:
        raise Refused(_DAYS)
    if any(target < 1 for target in targets):
        raise Refused(_TARGET)
    if remind_days is not None and closes_on is None:
        raise Refused(_NO_END)
    if remind_days is not None and not 1 <= remind_days <= MOST_DAYS:
        raise Refused(_REMIND, most=MOST_DAYS)


def check_target(target: int | None) -> None:
    """Refuses a target of nought."""
    if target is not None and target < 1:
        raise Refused(_TARGET)


def check_words(*, consent: dict[str, str], languages: list[str], spoken: list[str], personal: bool) -> None:
    """Refuses languages that the form lacks, and personal questions without words of consent in each language."""
    unknown = [each for each in languages if each not in spoken]
    if unknown:
        raise Refused(_LANGUAGE, languages=", ".join(unknown))
    missing = [each for each in (languages or spoken) if not consent.get(each)]
    if personal and missing:
        raise Refused(_CONSENT, languages=", ".join(missing))


def check_country(name: str, country: str, countries: set[str]) -> None:
    """Refuses an area that lies where nobody of the round works."""
    if country not in countries:
        raise Refused(_COUNTRY, area=name)


def reminder_due(closes_on: dt.date | None, remind_days: int | None, today: dt.date) -> bool:
    """Whether a round's last day is near enough to remind of, and not past."""
    return closes_on is not None and remind_days is not None and 0 <= (closes_on - today).days <= remind_days
