"""Inviting people: a role that waits for someone, behind a link that is mailed, copied or printed."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from duga.members.actions._help import _place, _post, _trail_of
from duga.members.actions.accounts import _email, _make_account
from duga.members.actions.networks import create_organisation
from duga.members.actions.notices import notify
from duga.members.actions.roles import _check_giving, _grant
from duga.members.actions.trail import write_trail
from duga.members.models import Account, Invitation, Network, Organisation
from duga.members.queries import digest_of, invitation_by_id, invitation_by_token, place_of, token_of, viewer_of
from duga.members.rules import INVITATION_DAYS, ROLES, VISITOR, MemberStatus, Role, Viewer
from duga.plain.errors import Conflict, NotFound, Refused, gettext_noop

__all__ = ["accept_invitation", "invite", "renew_invitation", "revoke_invitation", "welcome_organisation"]


@transaction.atomic
def invite(*, by: Viewer, of, role: Role, email: str = "", name: str = "", language: str = "") -> Invitation:
    """Invites someone to a role in an Organisation or Network. With an e-mail the link is mailed, where mail is there.

    Without one, whoever holds the link may use it, once. `queries.invitation_token` gives its secret part.
    """
    role = Role(role)
    email = _email(email) if email.strip() else ""
    _check_giving(by, of, role, by.account_id if email and email == by.email.lower() else None)
    invitation = Invitation(
        email=email, name=" ".join(name.split())[:120], role=role, invited_by_id=by.account_id, **_place(of)
    )
    _issue(invitation)
    invitation.save(force_insert=True)
    write_trail(by=by, event="invitation.made", detail={"invitation": invitation.pk, "role": role}, **_trail_of(of))
    _mail(invitation, language or by.language)
    return invitation


@transaction.atomic
def welcome_organisation(
    *, by: Viewer, network: Network, name: str, country: str, town: str = "", website: str = "",
    status: MemberStatus = MemberStatus.MEMBER, since: dt.date | None = None, email: str = "",
) -> tuple[Organisation, Invitation]:  # fmt: skip
    """A wholly new organisation together with the invitation of its first coordinator (`email`, or by link)."""
    organisation = create_organisation(
        by=by, network=network, name=name, country=country, town=town, website=website, status=status, since=since
    )
    return organisation, invite(by=by, of=organisation, role=Role.ORGANISATION_COORDINATOR, email=email)


def _issue(invitation):
    invitation.digest = digest_of(token_of("invitation", invitation.pk, invitation.issue))
    invitation.expires_at = timezone.now() + dt.timedelta(days=INVITATION_DAYS)


def _mail(invitation, language):
    if invitation.email:
        known = Account.objects.filter(email=invitation.email).values_list("language", flat=True).first()
        _post(
            to=invitation.email, language=known or language,
            subject=gettext_noop("Invitation to Duga: %(place)s"),
            text=gettext_noop("You are invited to work in %(place)s as: %(role)s. Open this link within two weeks:"),
            params={"place": place_of(invitation).name, "role": ROLES[Role(invitation.role)].label},
            path=f"/invitation/{token_of('invitation', invitation.pk, invitation.issue)}/",
        )  # fmt: skip


def _waiting(by, invitation_id):
    """An invitation that nobody accepted yet, locked; the door is the query's."""
    invitation_by_id(by, invitation_id)
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organisation", "network")
        .get(pk=invitation_id)
    )
    if invitation.accepted_at:
        raise Conflict(gettext_noop("This invitation was accepted already."))
    return invitation


@transaction.atomic
def renew_invitation(*, by: Viewer, invitation_id) -> Invitation:
    """Makes a new link, good for two weeks, and mails it again; the links before it open nothing any more."""
    invitation = _waiting(by, invitation_id)
    if invitation.revoked_at:
        raise Refused(gettext_noop("This invitation was withdrawn. Make a new one."))
    of = place_of(invitation)
    role = Role(invitation.role)
    held_back = Invitation.objects.filter(pk=invitation.pk)
    held_back.update(revoked_at=timezone.now())  # so that it does not count as the place's waiting keeper itself
    _check_giving(by, of, role)
    invitation.issue += 1
    invitation.invited_by_id = by.account_id  # whoever renews it answers for it
    _issue(invitation)
    invitation.save(update_fields=["issue", "digest", "expires_at", "invited_by", "revoked_at"])
    write_trail(by=by, event="invitation.renewed", detail={"invitation": invitation.pk}, **_trail_of(of))
    _mail(invitation, by.language)
    return invitation


@transaction.atomic
def revoke_invitation(*, by: Viewer, invitation_id) -> Invitation:
    """Withdraws an invitation: its link opens nothing any more."""
    invitation = _waiting(by, invitation_id)
    if not invitation.revoked_at:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        write_trail(
            by=by, event="invitation.revoked", detail={"invitation": invitation.pk}, **_trail_of(place_of(invitation))
        )
    return invitation


@transaction.atomic
def accept_invitation(
    *, by: Viewer = VISITOR, token: str, email: str = "", name: str = "", language: str = "en", password: str = ""
) -> Account:
    """Accepts an invitation: who is signed in gets the role; a visitor gets an account with it.

    An invitation to an e-mail address is for the account with that address only. One that has an account signs in
    first, so that nobody who finds a link gets into an account that exists.
    """
    found = invitation_by_token(token)
    invitation = (
        Invitation.objects.select_for_update(of=("self",)).select_related("organisation", "network").get(pk=found.pk)
    )
    if invitation.accepted_at or invitation.revoked_at or invitation.digest != found.digest:
        raise NotFound(
            gettext_noop("This link does not open anything (any more). Ask whoever gave it to you for a new one.")
        )
    account = _accepting(by, invitation, email, name, language, password)
    invitation.accepted_at, invitation.accepted_by = timezone.now(), account
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    of, who = place_of(invitation), viewer_of(account)
    write_trail(by=who, event="invitation.accepted", detail={"invitation": invitation.pk}, **_trail_of(of))
    _grant(who, account, Role(invitation.role), of)
    if invitation.invited_by_id:
        notify(
            by=who, to=[invitation.invited_by_id], title=gettext_noop("An invitation was accepted"),
            text=gettext_noop("Someone you invited now works as %(role)s in %(place)s."),
            params={"role": ROLES[Role(invitation.role)].label, "place": of.name},
            path=f"/workspace/{'organisations' if invitation.organisation_id else 'networks'}/{of.slug}/team/",
        )  # fmt: skip
    return account


def _accepting(by, invitation, email, name, language, password):
    """The account that accepts: the one signed in, or a new one."""
    if by.account_id:
        if invitation.email and invitation.email != by.email.lower():
            raise Refused(gettext_noop("This invitation is for another address. Sign out first."))
        return Account.objects.get(pk=by.account_id)
    return _make_account(
        email=invitation.email or email, name=name or invitation.name, password=password, language=language
    )
