"""Writing forms: bringing them in, translating, publishing, withdrawing, closing."""

from duga.surveys.actions.designs.attaching import drop_attachment, keep_attachment
from duga.surveys.actions.designs.bringing import Brought, begin_from, bring_draft, bring_form, draft_again
from duga.surveys.actions.designs.publishing import (
    close_form,
    drop_draft,
    mark_personal,
    publish_version,
    reopen_form,
    withdraw_version,
)
from duga.surveys.actions.designs.translating import speak_also, translate_draft

__all__ = [
    "Brought",
    "begin_from",
    "bring_draft",
    "bring_form",
    "close_form",
    "draft_again",
    "drop_attachment",
    "drop_draft",
    "keep_attachment",
    "mark_personal",
    "publish_version",
    "reopen_form",
    "speak_also",
    "translate_draft",
    "withdraw_version",
]
