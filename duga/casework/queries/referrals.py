"""Referrals as they stand, what is told in them closed: the doors of both sides, boards, links, and how it went."""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.utils import timezone

from duga.casework.models import LawfulBasis, Programme, ProgrammeWorker
from duga.casework.models.referrals import Referral, ReferralCopy, ReferralGuest
from duga.casework.queries.bases.consents import _Known as uses_known
from duga.casework.queries.programmes import door, named_for, unsealed, visible
from duga.casework.rules.referrals import (
    ANSWER_WITHIN,
    OPEN_REFERRALS,
    REFERRAL_STATE_LABELS,
    Measured,
    Priority,
    ReferralState,
    SentTo,
    Told,
    Went,
    measure,
)
from duga.casework.rules.timeline import Moment
from duga.directory.queries import bundles
from duga.members.queries import (
    NOT_HERE,
    accounts_with,
    digest_of,
    fellows_of,
    may,
    organisation_by_id,
    require,
    token_of,
)
from duga.members.rules import Permission, Viewer
from duga.places.rules import code as code_of
from duga.plain.errors import NotAllowed, NotFound, gettext_noop
from duga.vault import sealing

_SENT = gettext_noop("Referral %(code)s: %(state)s")
SHOWN = 200  #: rows of a board


class Side(StrEnum):
    """From where someone looks at a referral."""

    SENDER = "sender"
    RECEIVER = "receiver"


_WITH = (
    "organisation", "to_organisation", "to_account", "to_service__provider", "area", "person__programme",
    "person__organisation", "made_by",
    "changed_by", "copy__organisation", "copy__programme", "guardian",
)  # fmt: skip


def _rows():
    return Referral.objects.select_related(*_WITH)


def of_sender(viewer: Viewer, referral_id) -> Referral:
    """The door for who sends: NotFound for another's, and for a person in a sealed programme one is not named for."""
    return door(viewer, _rows(), referral_id, Permission.REFER, prefix="person__")


def of_receiver(viewer: Viewer, referral_id) -> Referral:
    """The door for who is asked: a member organisation, or the colleague herself. A draft is not there yet."""
    found = _rows().filter(pk=referral_id).exclude(state=ReferralState.DRAFT).first()
    if found is not None and found.to_account_id and found.to_account_id == viewer.account_id:
        return of_sender(viewer, referral_id)
    copy = ReferralCopy.objects.filter(referral_id=referral_id).select_related("organisation").first()
    if found is None or copy is None:
        raise NotFound(NOT_HERE)
    organisation_by_id(viewer, copy.organisation_id, Permission.REFER)
    if not ReferralCopy.objects.filter(copies_seen(viewer, copy.organisation), pk=copy.pk).exists():
        raise NotFound(NOT_HERE)
    return found


def referral(viewer: Viewer, referral_id) -> tuple[Referral, Side]:
    """A referral and the side this viewer stands on; NotFound for everyone else."""
    try:
        found = of_sender(viewer, referral_id)
    except (NotFound, NotAllowed):
        return of_receiver(viewer, referral_id), Side.RECEIVER
    mine = found.to_account_id is not None and found.to_account_id == viewer.account_id
    return found, Side.RECEIVER if mine and found.state != ReferralState.DRAFT else Side.SENDER


def copies_seen(viewer: Viewer, organisation) -> Q:
    """The condition for what reached an organisation and this viewer may see there.

    What lies in a sealed programme here, because it came from one or because she was sealed here, is for those named
    for it; what came from one and lies in none yet, for those who approve cases.
    """
    seen = Q(confidential=False, programme=None) | Q(programme__in=named_for(viewer))
    if may(viewer, Permission.APPROVE_CASES, of=organisation):
        seen |= Q(confidential=True, programme=None)
    return seen & visible(viewer, "person__")


def sent(viewer: Viewer, organisation, *, person_id=None) -> list[Referral]:
    """What an organisation sent (of one person), what waits first, the soonest due before."""
    require(viewer, Permission.REFER, of=organisation)
    rows = _rows().filter(visible(viewer, "person__"), organisation_id=organisation.pk)
    return _in_order(rows.filter(person_id=person_id) if person_id else rows)


def received(viewer: Viewer, organisation) -> list[Referral]:
    """What an organisation is asked, and what its colleagues give this viewer."""
    require(viewer, Permission.REFER, of=organisation)
    copies = ReferralCopy.objects.filter(copies_seen(viewer, organisation), organisation_id=organisation.pk)
    own = Q(to_account=viewer.account_id, organisation=organisation) & visible(viewer, "person__")
    rows = _rows().filter(Q(pk__in=copies.values("referral_id")) | own)
    return _in_order(rows.exclude(state=ReferralState.DRAFT))


def _in_order(rows):
    rows = list(rows.order_by("-pk")[:SHOWN])
    waits = [ReferralState.IN_PROGRESS, ReferralState.ACCEPTED, ReferralState.DRAFT]
    place = {state: number for number, state in enumerate(waits)}
    far = timezone.now() + dt.timedelta(days=3650)
    return sorted(rows, key=lambda row: (place.get(row.state, 9), row.due_at or far if row.state in place else far))


def overdue(row: Referral, now: dt.datetime) -> bool:
    """Whether an answer, or after an acceptance the service, should have come by now."""
    if row.state == ReferralState.ACCEPTED:
        return row.began_at is None and now > row.answered_at + ANSWER_WITHIN[Priority(row.priority)]
    return row.state == ReferralState.IN_PROGRESS and now > row.due_at


def sealed_with(person_id) -> list[Referral]:
    """Referrals that go under a seal with a person: those about her, and the one she came by."""
    return list(_rows().filter(Q(person_id=person_id) | Q(copy__person_id=person_id)))


def referral_moments(viewer: Viewer, person, limit: int):
    """What was sent about a person, for her timeline."""
    rows = Referral.objects.filter(visible(viewer, "person__"), person=person).exclude(sent_at=None)
    for row in rows.order_by("-sent_at")[:limit]:
        yield Moment(
            row.sent_at.date(), row.sent_at, "referral", _SENT, {"code": row.code},
            labels={"state": REFERRAL_STATE_LABELS[row.state]}, url_name="casework:referral",
            url_args={"referral_id": row.pk},
        )  # fmt: skip


# --- Who is asked -----------------------------------------------------------------------------------


def programme_for(organisation_id, kind: str) -> Programme | None:
    """The sealed programme that what comes from one of this kind lies in: one somebody is named for."""
    rows = Programme.objects.filter(organisation_id=organisation_id, sealed=True, kind=kind, closed_at=None)
    named = ProgrammeWorker.objects.filter(until=None).values("programme_id")
    return rows.filter(pk__in=named).order_by("created_at").first()


def named_workers(programme_id) -> list:
    """Ids of the accounts named for a sealed programme now."""
    rows = ProgrammeWorker.objects.filter(programme_id=programme_id, until=None)
    return list(rows.values_list("account_id", flat=True))


def told_at(row: Referral, side: Side) -> list:
    """Ids of the accounts that are told of a referral on one side: never somebody who may not see it."""
    if side is Side.SENDER or row.to_account_id:
        told = row.made_by_id if side is Side.SENDER else row.to_account_id
        named = _named_at_sender(row)
        if named is None or told in named:
            return [told] if told else []
        return named if side is Side.SENDER else []
    copy = getattr(row, "copy", None)
    if copy is None:
        return []
    if copy.programme_id:
        return named_workers(copy.programme_id)
    asked = [Permission.APPROVE_CASES] if copy.confidential else [Permission.ASSIGN_WORK, Permission.REFER]
    told = (accounts_with(each, [copy.organisation_id]).get(copy.organisation_id) for each in asked)
    return next(filter(None, told), [])


def _named_at_sender(row: Referral) -> list | None:
    """Who alone sees it where it was sent from, because she lies in a sealed programme there; None where all may."""
    programme = row.person.programme
    return named_workers(programme.pk) if programme is not None and programme.sealed else None


def keepers_told(row: Referral, side: Side) -> list:
    """Ids of who looks after one side, for escalation; for what is sealed there only those who see it anyway."""
    copy = getattr(row, "copy", None)
    if side is Side.SENDER:
        named = _named_at_sender(row)
        if named is not None:
            return named
    elif copy is not None and (copy.confidential or copy.programme_id):
        return told_at(row, side)
    organisation = row.organisation_id if side is Side.SENDER else row.to_organisation_id
    return accounts_with(Permission.APPROVE_CASES, [organisation]).get(organisation, []) if organisation else []


def answers_here(organisation_ids) -> set:
    """Those of these organisations in which somebody signs in who can answer a referral."""
    return set(accounts_with(Permission.REFER, organisation_ids))


def service_told(service_id):
    """A service of the directory a referral may go to, with its provider; NotFound for what is not listed."""
    found = next(iter(bundles([service_id])), None)
    if found is None or not found.service.listed:
        raise NotFound(NOT_HERE)
    return found


def house_told(viewer: Viewer, organisation, asked_id):
    """A member organisation a referral may go to; NotFound for any other."""
    found = next((each for each in fellows_of(viewer, organisation) if each.pk == asked_id), None)
    if found is None:
        raise NotFound(NOT_HERE)
    return found


def consent_stated(person_id) -> str:
    """ "consent" where she consented to being referred without a receiver being named, else ""."""
    rows = LawfulBasis.objects.filter(person_id=person_id, purpose="referral", basis="consent", ended_on=None)
    return "consent" if rows.exists() else ""


def still_consents(row: Referral, receiver) -> bool:
    """Whether a referral that rests on consent still does, whoever asks: the receiver's page, the clock."""
    use = uses_known([row.person_id], {"referral"}).use(row.person, "referral", receiver)
    return use.allowed or (not use.withdrawn and bool(consent_stated(row.person_id)))


def waits_for_programme(row: Referral) -> bool:
    """Whether it came from a sealed programme and lies in none here yet."""
    copy = getattr(row, "copy", None)
    return copy is not None and copy.confidential and copy.programme_id is None


# --- By link ----------------------------------------------------------------------------------------


def guest_token(guest: ReferralGuest) -> str:
    """The secret part of a link, the same each time."""
    return token_of("casework.referral", guest.pk)


def code_digest(guest_id, code: str) -> str:
    """What the database holds of a code; without the installation's key nothing can be tried against it."""
    return hmac.digest(sealing.derived("referral code"), f"{guest_id}|{code}".encode(), hashlib.sha256).hex()


def guest_key(token: str, code: str) -> bytes:
    """The key of a guest's copy: it is nowhere, link and code make it."""
    return hmac.digest(sealing.derived("referral guest"), f"{token}|{code}".encode(), hashlib.sha256)


def guest_by_token(token: str) -> ReferralGuest | None:
    """The link, while it opens something; None alike for one that never was, is over, was closed or locked."""
    found = ReferralGuest.objects.filter(digest=digest_of(token), closed_at=None)
    found = found.select_related(
        "referral__organisation",
        "referral__person__programme",
        "referral__person__organisation",
        "referral__to_service",
        "referral__guardian",
    ).first()
    if found is None or found.expires_at < timezone.now() or not found.content:
        return None
    return found if found.referral.state in (*OPEN_REFERRALS, ReferralState.DONE) else None


def guest_of(row: Referral) -> ReferralGuest | None:
    """The newest link of a referral."""
    return row.guests.order_by("-pk").first()


# --- How it went ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pathway:
    """From an area, for a need, to a kind of receiver; `to` is a provider's kind, "member" or "institution"."""

    need: str
    region: str
    to: str


def how_it_went(viewer: Viewer, organisation, since: dt.date) -> list[Measured]:
    """How what this organisation sent since a day went, by pathway; sealed programmes are in none of it."""
    require(viewer, Permission.SEE_RECORDS, of=organisation)
    return measure(_went(_sent_since(since).filter(organisation_id=organisation.pk)))


def experience(viewer: Viewer, organisation, since: dt.date) -> dict:
    """{service id: Measured} and {organisation id: Measured}: how fast who was asked from here answered."""
    require(viewer, Permission.REFER, of=organisation)
    rows = list(_sent_since(since).filter(organisation_id=organisation.pk))
    told = measure(_one(row, (row.to_service_id or row.to_organisation_id,)) for row in rows)
    return {each.pathway[0]: each for each in told if each.pathway[0]}


def _sent_since(since):
    start = timezone.make_aware(dt.datetime.combine(since, dt.time.min))
    rows = Referral.objects.filter(unsealed("person__"), sent_at__gte=start).exclude(sent_to=SentTo.COLLEAGUE)
    return rows.select_related("area__region", "to_service__provider")


def _went(rows):
    for row in rows:
        region = row.area.region.name if row.area and row.area.region else ""
        yield _one(row, (Pathway(row.need, region, _to(row)),))


def _to(row):
    if row.sent_to == SentTo.ORGANISATION:
        return "member"
    return row.to_service.provider.kind if row.to_service else "institution"


def _hours(start, end):
    return (end - start).total_seconds() / 3600 if start and end else None


def _one(row, pathway) -> Went:
    answer = row.answered_at if row.state != ReferralState.REVOKED else None
    return Went(
        pathway=pathway, to_answer=_hours(row.sent_at, answer),
        within=ANSWER_WITHIN[Priority(row.priority)].total_seconds() / 3600, state=row.state,
        to_service=_hours(row.sent_at, row.began_at),
        wrong=bool(row.rejection) and code_of("referral_rejections", row.rejection).group == "wrong",
        confirmed=row.state == ReferralState.DONE and bool(row.successful) and row.told_by != Told.SENDER,
        closed=row.state in (ReferralState.DONE, ReferralState.REJECTED),
    )  # fmt: skip
