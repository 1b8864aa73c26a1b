"""The second person of a definition."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from duga.indicators import rules
from duga.indicators.models import DefinitionCheck
from duga.indicators.queries.definitions import definition, may_check_definitions
from duga.members.actions import write_trail
from duga.members.rules import Viewer
from duga.plain.errors import Conflict, NotAllowed, gettext_noop


def check_definition(*, by: Viewer, code: str, fingerprint: str, next_review: dt.date) -> DefinitionCheck:
    """Records that somebody other than its author checked a definition as it stands, and when it is due again.

    `fingerprint` is that of the text that was read: refused when the definition has changed since.
    """
    found = definition(by, code).indicator
    if not may_check_definitions(by):
        raise NotAllowed(gettext_noop("Definitions are checked by those who check figures."))
    rules.check_definition(found.author, by.name, by.email, next_review, timezone.localdate())
    if fingerprint != found.fingerprint:
        raise Conflict(gettext_noop("This definition has changed since you read it. Read it again."))
    with transaction.atomic():
        made = DefinitionCheck.objects.create(
            indicator=code, version=found.version, fingerprint=fingerprint, checked_by=by.label,
            checked_at=timezone.now(), next_review=next_review,
        )  # fmt: skip
        write_trail(
            by=by, event="indicators.definition_checked", subject=("indicators.DefinitionCheck", made.pk),
            detail={
                "indicator": code, "version": found.version, "fingerprint": fingerprint,
                "next_review": next_review.isoformat(),
            },
        )  # fmt: skip
    return made
