"""The copy a person gets of her own data: what of it may be kept back, and why.

Articles 15(4) and 23 of the GDPR, and the laws of the region after it: the rights and freedoms of others, and the
protection of the person herself. Whatever is kept back is counted in the copy, with its reason.
"""

from enum import StrEnum

from duga.plain.errors import gettext_noop


class Withheld(StrEnum):
    """Why something stands in no copy."""

    OTHERS = "others"
    DANGER = "danger"
    ELSEWHERE = "elsewhere"
    DRAFT = "draft"


WITHHELD_LABELS = {
    Withheld.OTHERS: gettext_noop("It says something of other people, or was told by somebody in confidence."),
    Withheld.DANGER: gettext_noop("It could put you or somebody else in danger if another person read this copy."),
    Withheld.ELSEWHERE: gettext_noop("Only those who follow your case see it. Ask them: they give you a copy of it."),
    Withheld.DRAFT: gettext_noop("It is half written, by one worker for herself. Ask again when it is finished."),
}

#: Which events of the trail (by the part before the dot) opened what about her, as her copy calls it. Who read it is
#: not told: employees' names are theirs (Court of Justice of the EU, C-579/21); the organisation knows them.
OPENED_LABELS = {
    "person": gettext_noop("Your record"),
    "assistance": gettext_noop("The note of something that was given"),
    "case": gettext_noop("Your case: plan, notes or files"),
    "request": gettext_noop("What you asked for"),
    "visit": gettext_noop("The note of agreed visits"),
    "referral": gettext_noop("What was told when you were sent on"),
    "call": gettext_noop("The record of a call"),
    "consent": gettext_noop("What you agreed to"),
    "guardian": gettext_noop("Who looks after you"),
    "decision": gettext_noop("A decision about you"),
    "disclosure": gettext_noop("What was told without consent"),
}
