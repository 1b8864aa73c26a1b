"""How sensitive a field is. Every field of every table bears one of these; exports, retention and erasure read it."""

from enum import StrEnum


class Sensitivity(StrEnum):
    """From what anyone may see to what nobody may read."""

    PUBLIC = "public"  #: on the public site, or could be
    INTERNAL = "internal"  #: for people who work here; about work, not about people helped
    STAFF = "staff"  #: about a person who works here: name, e-mail
    COARSE = "coarse"  #: about a person helped, but does not name her: sex, birth year, area
    IDENTITY = "identity"  #: names a person helped; kept encrypted only
    SPECIAL = "special"  #: health, ethnicity, legal status, violence; kept encrypted only
    SECRET = "secret"  #: keys, password hashes, tokens: never shown, never exported  # noqa: S105


#: May stand in the database only as ciphertext.
SEALED = frozenset({Sensitivity.IDENTITY, Sensitivity.SPECIAL})
