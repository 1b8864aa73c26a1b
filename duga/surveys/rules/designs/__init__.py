"""Reading, comparing and translating forms: values in, values out."""

from duga.surveys.rules.designs.attached import (
    ATTACHMENT_KINDS,
    AttachmentKind,
    check_attachment,
    kind_of,
    looks_personal,
)
from duga.surveys.rules.designs.bank import BANK, Template
from duga.surveys.rules.designs.changes import (
    CHANGE_LABELS,
    Change,
    ChangeKind,
    changes,
    check_form_id,
    check_version_rises,
    next_version,
)
from duga.surveys.rules.designs.personal import NO_ANSWER, guess_personal
from duga.surveys.rules.designs.telling import TYPE_LABELS, UNSEEN, said_when, word
from duga.surveys.rules.designs.texts import (
    LANGUAGES,
    Piece,
    add_language,
    language_code,
    language_name,
    languages_of,
    missing,
    only_languages,
    pieces,
    retold,
    short_name,
    with_setting,
)

__all__ = [
    "ATTACHMENT_KINDS",
    "BANK",
    "CHANGE_LABELS",
    "LANGUAGES",
    "NO_ANSWER",
    "AttachmentKind",
    "Change",
    "ChangeKind",
    "Piece",
    "TYPE_LABELS",
    "Template",
    "UNSEEN",
    "add_language",
    "changes",
    "check_attachment",
    "check_form_id",
    "check_version_rises",
    "guess_personal",
    "kind_of",
    "language_code",
    "language_name",
    "languages_of",
    "looks_personal",
    "missing",
    "next_version",
    "only_languages",
    "pieces",
    "retold",
    "said_when",
    "short_name",
    "with_setting",
    "word",
]
