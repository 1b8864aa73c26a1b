"""Links by which somebody fills a form in without an account."""

import hashlib
import hmac
from dataclasses import dataclass

from django.db.models import Count, Q

from duga.members.rules import Permission, Viewer
from duga.plain.errors import NOT_HERE, NotFound
from duga.surveys.models import FillLink, Form, FormVersion, Round
from duga.surveys.queries.designs import published, uses, works_in
from duga.surveys.rules import LinkKind
from duga.surveys.rules.asking import Door
from duga.vault import sealing


@dataclass(frozen=True)
class Asked:
    """What a link leads to: the form as it is published now, who asks, in which round (None: outside of rounds)."""

    link: FillLink
    version: FormVersion
    round: Round | None
    door: Door


def token_mark(token: str) -> bytes:
    """What is kept of a link's token: a keyed hash, so that the database alone opens nothing."""
    return hmac.digest(sealing.derived("survey links"), token.encode(), hashlib.sha256)


def link_tokens() -> str:
    """The pattern of tokens in addresses."""
    return r"[A-Za-z0-9_-]{20,64}"


def asked(token: str, *, lock: bool = False) -> Asked:
    """What stands behind a token; NotFound for what is none. Whether it opens now is `rules.asking.check_door`'s."""
    rows = FillLink.objects.select_for_update(of=("self",)) if lock else FillLink.objects
    link = rows.select_related("organisation", "form", "round__form").filter(token=token_mark(token)).first()
    if link is None:
        raise NotFound(NOT_HERE)
    form = link.form or link.round.form
    if not uses(link.organisation_id, form):
        raise NotFound(NOT_HERE)  # the organisation left the network whose form it was
    closed = form.closed_at is not None or bool(link.round and link.round.closed_at)
    version = _version(link, form, closed)
    return Asked(link, version, link.round, _door(link, closed))


def _version(link: FillLink, form: Form, closed: bool) -> FormVersion:
    if link.test:
        found = form.versions.filter(state="draft").first() or form.versions.first()
    elif closed:
        found = form.versions.exclude(state="draft").first()
    else:
        found = published(link.organisation_id, form.slug)
    if found is None:
        raise NotFound(NOT_HERE)
    return found


def _door(link: FillLink, closed: bool) -> Door:
    round_ = link.round
    return Door(
        once=link.kind == LinkKind.ONCE, used=link.used_at is not None, revoked=link.revoked_at is not None,
        closed=closed, expires_at=link.expires_at, opens_on=round_.opens_on if round_ else None,
        closes_on=round_.closes_on if round_ else None,
    )  # fmt: skip


def links_of(viewer: Viewer, organisation, form: Form) -> list[FillLink]:
    """The links to a form that an organisation gave out, newest first, with how many answers came by each."""
    if not works_in(viewer, organisation.pk, Permission.DESIGN_FORMS, Permission.REVIEW_ANSWERS):
        raise NotFound(NOT_HERE)
    rows = FillLink.objects.filter(Q(form=form) | Q(round__form=form), organisation=organisation)
    return list(rows.select_related("round").annotate(came=Count("submissions")).order_by("-created_at")[:200])
