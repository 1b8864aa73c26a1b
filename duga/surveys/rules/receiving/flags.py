"""What may be wrong with answers. A flag tells whoever reviews where to look; it never refuses anything.

Flags are kept as codes, "what" or "what:path", and never hold an answer.
"""

from enum import StrEnum

from duga.plain.errors import gettext_noop as _


class Flag(StrEnum):
    """What was noticed."""

    SAME_CONTENT = "same_content"  #: the same answers came before, under another number
    SAME_PHONE = "same_phone"  #: the same phone sent another one within minutes
    EDIT_OF = "edit_of"  #: the phone says it mends an earlier one
    REQUIRED = "required"
    CONSTRAINT = "constraint"
    WRONG_TYPE = "wrong_type"
    NOT_A_CHOICE = "not_a_choice"
    FUTURE = "future"
    OUTLIER = "outlier"
    UNKNOWN_QUESTION = "unknown_question"
    CLOCK = "clock"  #: the phone's clock cannot be right
    WITHDRAWN_VERSION = "withdrawn_version"
    UNKNOWN_VERSION = "unknown_version"
    FORM_CLOSED = "form_closed"
    FILES_DIFFER = "files_differ"  #: two different files came under one name: both are kept
    ENCRYPTED = "encrypted"
    NOT_JUDGED = "not_judged"


FLAG_WORDS = {
    Flag.SAME_CONTENT: _("the same answers came before under another number"),
    Flag.SAME_PHONE: _("the same phone sent another one within five minutes"),
    Flag.EDIT_OF: _("the phone says that this mends an earlier one"),
    Flag.REQUIRED: _("a required answer is missing"),
    Flag.CONSTRAINT: _("an answer breaks the form's own rule"),
    Flag.WRONG_TYPE: _("an answer is not of the kind that was asked for"),
    Flag.NOT_A_CHOICE: _("an answer is none of the choices"),
    Flag.FUTURE: _("a day lies in the future"),
    Flag.OUTLIER: _("a number is far from all others"),
    Flag.UNKNOWN_QUESTION: _("something was answered that the form does not ask"),
    Flag.CLOCK: _("the phone's clock was wrong"),
    Flag.WITHDRAWN_VERSION: _("filled in with a version that was withdrawn"),
    Flag.UNKNOWN_VERSION: _("filled in with a version that is not known here"),
    Flag.FORM_CLOSED: _("came in after the form was closed"),
    Flag.FILES_DIFFER: _("two different files came under one name, both are kept"),
    Flag.ENCRYPTED: _("the phone encrypted it: it was kept and cannot be read here"),
    Flag.NOT_JUDGED: _("could not be checked against the form"),
}

MOST = 60  #: flags kept of one submission: who sends nonsense in every answer need not be told each


def flag(what: Flag, path: str = "") -> str:
    """A flag as it is kept."""
    return f"{what}:{path}" if path else str(what.value)


def flag_of(told: str) -> tuple[Flag, str]:
    """(what, path) of a flag as it is kept."""
    what, _colon, path = told.partition(":")
    return Flag(what), path


def flagged_words(flags: list[str], labels: dict[str, str]) -> list[tuple[str, str]]:
    """(sentence to translate, the question it is about or "") of each flag; `labels`: questions' words by path."""
    told = [flag_of(each) for each in flags]
    return [(FLAG_WORDS[what], labels.get(path, path)) for what, path in told]
