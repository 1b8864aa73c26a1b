"""What the workspace pages of the directory share."""

from django.utils.translation import gettext as _

from duga.directory.rules import FACT_LABELS, Age

AGE_WORDS = {Age.FRESH: "good", Age.DUE: "plain", Age.STALE: "warn", Age.UNKNOWN: "warn", Age.HIDDEN: "bad"}


def fact_words(state):
    """(what, badge, since when) of a fact's age, for a list."""
    words = {
        Age.FRESH: _("checked"), Age.DUE: _("to be checked again"), Age.STALE: _("old: shown as such"),
        Age.HIDDEN: _("too old: hidden from readers"), Age.UNKNOWN: _("never checked"),
    }  # fmt: skip
    return {
        "what": _(FACT_LABELS[state.kind]), "words": words[state.age], "badge": AGE_WORDS[state.age],
        "on": state.verified_on, "kind": state.kind,
    }  # fmt: skip
