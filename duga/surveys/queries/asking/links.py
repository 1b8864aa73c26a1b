"""Links by which somebody fills a form in without an account."""

from dataclasses import dataclass

from django.db.models import Count, Q

from duga.members.queries import organisations_of
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NOT_HERE, NotFound
from duga.surveys.models import FillLink, Form, FormVersion, Round
from duga.surveys.queries.designs import published, uses, works_in
from duga.surveys.queries.designs.access import HEAVY
from duga.surveys.queries.sealed import token_mark
from duga.surveys.rules import LinkKind, VersionState
from duga.surveys.rules.asking import Door

#: Any of these in an organisation lets one give out links in its name.
GIVES = (Permission.DESIGN_FORMS, Permission.REVIEW_ANSWERS)


@dataclass(frozen=True)
class Asked:
    """What a link leads to: the form as it is published now, who asks, in which round (None: outside of rounds)."""

    link: FillLink
    version: FormVersion
    round: Round | None
    door: Door


def link_tokens() -> str:
    """The pattern of tokens in addresses."""
    return r"[A-Za-z0-9_-]{20,64}"


def asked(token: str, *, lock: bool = False) -> Asked:
    """What stands behind a token; NotFound for what is none. Whether it opens now is `rules.asking.check_door`'s."""
    rows = FillLink.objects.select_for_update(of=("self",)) if lock else FillLink.objects
    link = rows.select_related("organisation", "form", "round__form").filter(token=token_mark("links", token)).first()
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


def newest(form: Form) -> FormVersion | None:
    """The version that a link to a form opens now, without its heavy columns; None while none is published."""
    return form.versions.filter(state=VersionState.PUBLISHED.value).defer(*HEAVY).order_by("-number").first()


def gives_links_in(viewer: Viewer, form: Form) -> list:
    """The organisations in whose name the viewer gives out links to a form, by name."""
    inside = [row for row in organisations_of(viewer) if works_in(viewer, row.pk, *GIVES)]
    return [row for row in inside if uses(row.pk, form)]


def links_of(viewer: Viewer, organisation, form: Form) -> list[FillLink]:
    """The links to a form that an organisation gave out, newest first, with how many answers came by each."""
    if not works_in(viewer, organisation.pk, *GIVES) or not uses(organisation.pk, form):
        raise NotFound(NOT_HERE)
    rows = FillLink.objects.filter(Q(form=form) | Q(round__form=form), organisation=organisation)
    return list(
        rows.select_related("round")
        .annotate(came=Count("submissions", filter=Q(submissions__test=False)))
        .order_by("-created_at")[:200]
    )
