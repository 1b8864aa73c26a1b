"""Founding networks and organisations, and an organisation's standing in a network over time."""

import datetime as dt
import re

from django.db import IntegrityError, transaction
from django.utils import timezone

from duga.members.actions._help import _keepers, _text
from duga.members.actions.notices import notify
from duga.members.actions.trail import write_trail, write_trail_many
from duga.members.models import Membership, Network, Organisation
from duga.members.queries import country_choices, may, require
from duga.members.rules import (
    MEMBER_STATUS_LABELS,
    MemberStatus,
    Permission,
    Scope,
    Viewer,
    check_standing,
)
from duga.plain.errors import Conflict, NotAllowed, Refused, gettext_noop
from duga.plain.text import fold
from duga.vault import sealing

__all__ = [
    "admit_organisations",
    "change_network",
    "change_organisation",
    "change_standing",
    "create_organisation",
    "found_network",
]


def _slug(name, taken) -> str:
    """A readable, free part of an address, made from a name in any script."""
    base = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:60].strip("-") or "organisation"
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _country(code) -> str:
    code = str(code or "").strip().upper()
    if code not in dict(country_choices()):
        raise Refused(gettext_noop("Choose a country of the list."))
    return code


@transaction.atomic
def found_network(
    *, by: Viewer, name: str, country: str = "", parent: Network | None = None, slug: str = "", source: str = ""
) -> Network:
    """A new network. Under a parent: by whoever manages the parent. A first one: by the house itself (a command)."""
    if parent is not None:
        require(by, Permission.MANAGE_NETWORK, of=parent)
    elif not by.system:
        raise NotAllowed(gettext_noop("A new regional network is founded by a command on the server."))
    name = _text(name, 200, gettext_noop("name"))
    taken = set(Network.objects.values_list("slug", flat=True))
    network = Network.objects.create(
        slug=slug or _slug(name, taken), name=name, country=_country(country) if country else "", parent=parent,
        source=source,
    )  # fmt: skip
    write_trail(by=by, event="network.founded", subject=("members.Network", network.pk))
    return network


@transaction.atomic
def change_network(*, by: Viewer, network: Network, name: str) -> Network:
    """Gives a network another name."""
    require(by, Permission.MANAGE_NETWORK, of=network)
    network.name = _text(name, 200, gettext_noop("name"))
    network.save(update_fields=["name"])
    write_trail(by=by, event="network.changed", subject=("members.Network", network.pk), detail={"fields": ["name"]})
    return network


def create_organisation(
    *, by: Viewer, network: Network, name: str, country: str, town: str = "", website: str = "",
    status: MemberStatus = MemberStatus.MEMBER, since: dt.date | None = None, slug: str = "", demo: bool = False,
    source: str = "",
) -> Organisation:  # fmt: skip
    """A new organisation in a network, with a key of its own. Invite its first coordinator next."""
    row = {
        "name": name, "country": country, "town": town, "website": website, "status": status, "since": since,
        "slug": slug, "demo": demo, "source": source,
    }  # fmt: skip
    return admit_organisations(by=by, network=network, rows=[row])[0]


@transaction.atomic
def admit_organisations(*, by: Viewer, network: Network, rows) -> list[Organisation]:
    """Many new organisations at once: dicts with name, country and, if known, town, website, status (member), since
    (today), slug, demo, source. One trail entry in each organisation's own chain; few queries however many."""
    require(by, Permission.MANAGE_NETWORK, of=network)
    rows, today = list(rows), timezone.localdate()
    taken = set(Organisation.objects.values_list("slug", flat=True))
    organisations, memberships, entries = [], [], []
    for row in rows:
        name = _text(row["name"], 200, gettext_noop("name"))
        slug = row.get("slug") or _slug(name, taken)
        if slug in taken:
            raise Conflict(gettext_noop("There is already an organisation at the address “%(slug)s”."), slug=slug)
        taken.add(slug)
        status = MemberStatus(row.get("status") or MemberStatus.MEMBER)
        since = row.get("since") or today
        check_standing(None, status, sides={Scope.NETWORK}, since=since, start=None, today=today, reason="")
        organisation = Organisation(
            slug=slug, name=name, country=_country(row["country"]), town=row.get("town") or "",
            website=row.get("website") or "", demo=bool(row.get("demo")), source=row.get("source") or "",
        )  # fmt: skip
        organisations.append(organisation)
        memberships.append(Membership(organisation=organisation, network=network, status=status, since=since))
        entries.append({
            "event": "organisation.created", "subject": ("members.Organisation", organisation.pk),
            "organisation_id": organisation.pk, "detail": {"network": str(network.pk), "status": status},
        })  # fmt: skip
    Organisation.objects.bulk_create(organisations)
    Membership.objects.bulk_create(memberships)
    write_trail_many(by=by, entries=entries)
    for organisation in organisations:  # keys last: one too many harms nobody, one too few would
        sealing.store().add_organisation(organisation.pk)
    return organisations


@transaction.atomic
def change_organisation(
    *, by: Viewer, organisation: Organisation, name: str | None = None, town: str | None = None,
    website: str | None = None,
) -> Organisation:  # fmt: skip
    """Changes name, town or website (None: leave it): by its coordinator, or whoever manages its network."""
    if not may(by, Permission.MANAGE_ORGANISATION, organisation):
        require(by, Permission.MANAGE_NETWORK, organisation)
    given = {"name": name, "town": town, "website": website}
    changes = {field: value for field, value in given.items() if value is not None}
    if "name" in changes:
        changes["name"] = _text(changes["name"], 200, gettext_noop("name"))
    changed = [field for field, value in changes.items() if getattr(organisation, field) != value]
    if not changed:
        return organisation
    for field in changed:
        setattr(organisation, field, changes[field])
    organisation.save(update_fields=changed)
    write_trail(
        by=by, event="organisation.changed", subject=("members.Organisation", organisation.pk),
        organisation_id=organisation.pk, detail={"fields": changed},
    )  # fmt: skip
    return organisation


@transaction.atomic
def change_standing(
    *, by: Viewer, organisation: Organisation, network: Network, status: MemberStatus, since: dt.date | None = None,
    reason: str = "",
) -> Membership:  # fmt: skip
    """Brings an organisation into a standing in a network: joins (applicant or member), suspends, readmits, lets leave.

    `since` is the day it took effect (today). Refused when the table of `rules` does not hold the step, or the side
    that acts may not take it. The standing before ends on that day and stays as history.
    """
    sides = {Scope.NETWORK} if may(by, Permission.MANAGE_NETWORK, network) else set()
    sides |= {Scope.ORGANISATION} if may(by, Permission.MANAGE_ORGANISATION, organisation) else set()
    if not sides:
        require(by, Permission.MANAGE_NETWORK, network)
    if Scope.ORGANISATION not in sides:  # no network draws in an organisation it does not reach: that one applies
        require(by, Permission.MANAGE_NETWORK, organisation)
    today = timezone.localdate()
    since = since or today
    now = Membership.objects.select_for_update().filter(organisation=organisation, network=network, until=None).first()
    status = MemberStatus(status)
    check_standing(
        MemberStatus(now.status) if now else None, status, sides=sides, since=since, start=now.since if now else None,
        today=today, reason=reason,
    )  # fmt: skip
    if now:
        now.until = since
        now.save(update_fields=["until"])
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                organisation=organisation, network=network, status=status, since=since, reason=reason.strip()[:300]
            )
    except IntegrityError:
        raise Conflict(gettext_noop("Someone changed this standing at the same moment. Look at it again.")) from None
    write_trail(
        by=by, event=f"membership.{status.value}", subject=("members.Membership", membership.pk),
        organisation_id=organisation.pk, detail={"network": network.pk, "since": since, "from": now and now.status},
    )  # fmt: skip
    _announce(by, organisation, network, status)
    return membership


def _announce(by, organisation, network, status):
    to = set(_keepers(organisation).values_list("account_id", flat=True))
    if status == MemberStatus.APPLICANT:
        to |= set(_keepers(network).values_list("account_id", flat=True))
    notify(
        by=by, to=to - {by.account_id}, title=gettext_noop("%(organisation)s in %(network)s: %(status)s"),
        params={"organisation": organisation.name, "network": network.name, "status": MEMBER_STATUS_LABELS[status]},
        path=f"/workspace/organisations/{organisation.slug}/",
    )  # fmt: skip
