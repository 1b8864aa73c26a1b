"""Links to a form: open ones for everybody who has them, one-time ones for one person each."""

import datetime as dt
import secrets
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from duga.members.actions import write_trail
from duga.members.queries import organisation_by_id
from duga.members.rules import Permission
from duga.plain.errors import NOT_HERE, NotFound, Refused, gettext_noop
from duga.surveys.models import FillLink
from duga.surveys.queries import form_by_id, uses, works_in
from duga.surveys.queries.asking.links import GIVES
from duga.surveys.queries.asking.rounds import round_by_id
from duga.surveys.queries.sealed import token_mark
from duga.surveys.rules import LinkKind
from duga.surveys.rules.asking import MOST_LINKS

_HOW_MANY = gettext_noop("Between 1 and %(most)s links are made at a time.")
_PAST = gettext_noop("A link ends in the future. Give a later day, or none.")


@dataclass(frozen=True)
class MadeLink:
    """A link and its token, which is shown once."""

    link: FillLink
    token: str = field(repr=False)


@transaction.atomic
def make_links(
    *, by, organisation_id, form_id=None, round_id=None, kind: str = LinkKind.OPEN, count: int = 1, language: str = "",
    expires_at: dt.datetime | None = None, test: bool = False, assignment=None,
) -> list[MadeLink]:  # fmt: skip
    """Makes links to a form that the organisation uses, or to a round of it: one open, or `count` one-time ones."""
    organisation = organisation_by_id(by, organisation_id, Permission.SEE_ORGANISATION)
    if not works_in(by, organisation.pk, *GIVES):
        raise NotFound(NOT_HERE)
    kind, now = LinkKind(kind), timezone.now()
    count = count if kind == LinkKind.ONCE else 1
    if not 1 <= count <= MOST_LINKS:
        raise Refused(_HOW_MANY, most=MOST_LINKS)
    if expires_at is not None and expires_at <= now:
        raise Refused(_PAST)
    round_ = round_by_id(by, round_id) if round_id else None
    if round_ and assignment is None:
        whole = list(round_.assignments.filter(organisation=organisation, account=None, until=None)[:2])
        assignment = whole[0] if len(whole) == 1 else None
    form = form_by_id(by, round_.form_id if round_ else form_id)
    if not uses(organisation.pk, form):
        raise NotFound(NOT_HERE)
    tokens = [secrets.token_urlsafe(18) for _ in range(count)]
    made = FillLink.objects.bulk_create(
        FillLink(
            organisation=organisation, form=None if round_ else form, round=round_, kind=kind.value,
            language=language[:40], expires_at=expires_at, test=test, token=token_mark("links", token),
            by_id=by.account_id, assignment=assignment,
        )
        for token in tokens
    )  # fmt: skip
    write_trail(
        by=by, event="link.made", subject=("surveys.Form", form.pk), organisation_id=organisation.pk,
        detail={"kind": kind.value, "count": count},
    )  # fmt: skip
    return [MadeLink(link, token) for link, token in zip(made, tokens, strict=True)]


@transaction.atomic
def revoke_link(*, by, link_id) -> FillLink:
    """Takes a link back: it opens nothing any more. What came by it stays."""
    link = FillLink.objects.select_for_update(of=("self",)).filter(pk=link_id).first()
    if link is None or not works_in(by, link.organisation_id, *GIVES):
        raise NotFound(NOT_HERE)
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
        form_id = link.form_id or link.round.form_id
        write_trail(
            by=by, event="link.revoked", subject=("surveys.Form", form_id), organisation_id=link.organisation_id
        )
    return link
