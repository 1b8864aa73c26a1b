"""Changes proposed by who may not write them, errors told by readers: a coordinator decides, with an answer."""

from django.db import transaction
from django.utils import timezone

from duga.directory import queries
from duga.directory.actions._help import _how, _tell
from duga.directory.actions._sealed import _check_open, _check_told
from duga.directory.actions.services import _add, _change
from duga.directory.models import Proposal, Report
from duga.directory.queries.offers import known_codes, offer_of
from duga.directory.queries.truth import link_by_token
from duga.directory.rules import How, ProposalState, ReportKind, ReportState, check_way
from duga.directory.rules.cleaning import check_offer
from duga.directory.rules.comparing import differences, without_doubles
from duga.directory.rules.fields import NOT_BY_LINK, NOT_PROPOSED, label_of
from duga.members.actions import notify
from duga.members.queries import keepers_of_each, may
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NOT_HERE, NotAllowed, NotFound, Refused, gettext_noop
from duga.vault import sealing

__all__ = ["decide_proposal", "open_report", "propose", "report", "settle_report", "withdraw_proposal"]

NOTE = "directory.Report.note"
#: So many open reports of one kind about one service tell all there is to tell; more are thanked for and not kept.
ENOUGH = 10
NOTE_LETTERS = 500
ACCEPTED = gettext_noop("Your change of %(service)s was accepted.")
REJECTED = gettext_noop("Your change of %(service)s was not accepted.")
_SAME = gettext_noop("This is what the directory says already.")
_NOT_BY_LINK = gettext_noop("By this link %(name)s cannot be changed. Ask your coordinator.")
_NOT_PROPOSED = gettext_noop("Only who keeps the service decides on this: %(name)s.")
_WHO = gettext_noop("Sign in, or use the link you were sent, to propose a change.")


@transaction.atomic
def propose(*, by: Viewer, changes, service_id=None, provider_id=None, why: str = "", token: str = "") -> Proposal:
    """A change of a service, or a new one of a provider, that waits for its coordinator; signed in, or by link.

    `changes` as `change_service` takes them. Refused when they say what is there already.
    """
    link = link_by_token(token) if token else None
    service = queries.service_by_id(service_id) if service_id else None
    provider = service.provider if service else queries.provider_by_id(provider_id)
    _check_door(by, link, provider, service)
    cleaned = check_offer(changes, codes=known_codes(), whole=service is None)
    _check_barred(by, link, service, cleaned)
    if service is not None:
        told = offer_of(service)
        cleaned = without_doubles(cleaned, told)
        cleaned = {each.field: cleaned[each.field] for each in differences(told, cleaned)}
        _check_open(service, cleaned)
    else:
        _check_told(provider, cleaned)
    if not cleaned:
        raise Refused(_SAME)
    proposal = Proposal.objects.create(
        provider=provider, service=service, version=service.version if service else 0, changes=cleaned,
        why=" ".join(str(why).split())[:500], by_id=by.account_id, link=link,
    )  # fmt: skip
    _tell(by, "proposed", proposal, provider, fields=sorted(cleaned))
    _notify_keepers(by, provider, gettext_noop("A change of %(service)s is proposed."), service or provider)
    return proposal


def _check_barred(by, link, service, cleaned):
    if link is None and service is not None and queries.may_edit(by, service.provider):
        return
    if barred := (NOT_PROPOSED if link is None else NOT_BY_LINK) & set(cleaned):
        raise Refused(_NOT_BY_LINK if link else _NOT_PROPOSED, name=label_of(min(barred)))


def _check_door(by, link, provider, service):
    if link is not None:
        if link.provider_id != provider.pk:
            raise NotAllowed(_WHO)
    elif not by.known:
        raise NotAllowed(_WHO)
    elif service is not None:
        queries.service_to_propose(by, service.pk)
    elif not may(by, Permission.SEE_ORGANISATION):
        raise NotAllowed(_WHO)


def _notify_keepers(by, provider, title, about):
    to = set()
    if provider.organisation_id:
        to = set(keepers_of_each([provider.organisation_id]).get(provider.organisation_id, ()))
    params = {"service": about.name}
    notify(by=by, to=to - {by.account_id}, title=title, params=params, path="/workspace/directory/inbox/")


@transaction.atomic
def decide_proposal(*, by: Viewer, proposal_id, accept: bool, fields=None, answer: str = "") -> Proposal:
    """Accepts a proposal (all of it, or only `fields`) or rejects it. What is accepted is written at once."""
    proposal = _open_proposal(proposal_id)
    if not queries.may_edit(by, proposal.provider):
        raise NotFound(NOT_HERE)
    wanted = ProposalState.ACCEPTED if accept else ProposalState.REJECTED
    check_way(ProposalState(proposal.state), wanted)
    if accept:
        changes = {name: value for name, value in proposal.changes.items() if fields is None or name in set(fields)}
        if not changes:
            raise Refused(gettext_noop("Choose what you accept, or reject it."))
        how = How.LINK if proposal.link_id else _how(by, proposal.provider)
        if proposal.service_id:
            _change(by, proposal.service, changes, None, how, link=proposal.link)
        else:
            proposal.service = _add(by, proposal.provider, changes, how, link=proposal.link)
    proposal.state, proposal.decided_by_id, proposal.decided_at = wanted, by.account_id, timezone.now()
    proposal.answer = " ".join(str(answer).split())[:500]
    proposal.save()
    _tell(by, "proposal_decided", proposal, proposal.provider, accepted=accept)
    if proposal.by_id and proposal.by_id != by.account_id:
        title = ACCEPTED if accept else REJECTED
        about = proposal.service or proposal.provider
        notify(by=by, to=[proposal.by_id], title=title, params={"service": about.name})
    return proposal


def _open_proposal(proposal_id):
    found = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("provider__organisation", "provider__network", "service__provider", "link")
        .filter(pk=proposal_id)
        .first()
    )
    if found is None:
        raise NotFound(NOT_HERE)
    return found


@transaction.atomic
def withdraw_proposal(*, by: Viewer, proposal_id) -> Proposal:
    """Takes one's own proposal back."""
    proposal = _open_proposal(proposal_id)
    if by.account_id is None or proposal.by_id != by.account_id:
        raise NotFound(NOT_HERE)
    check_way(ProposalState(proposal.state), ProposalState.WITHDRAWN)
    proposal.state, proposal.decided_at = ProposalState.WITHDRAWN, timezone.now()
    proposal.save(update_fields=["state", "decided_at"])
    _tell(by, "proposal_decided", proposal, proposal.provider, withdrawn=True)
    return proposal


# --- Readers' reports -------------------------------------------------------------------------------


@transaction.atomic
def report(*, by: Viewer, service_id, kind, note: str = "") -> Report | None:
    """A reader says that something is wrong. Nobody asks who; None when enough have said the same."""
    service = queries.service_by_id(service_id)
    if not service.listed and not by.known:
        raise NotFound(NOT_HERE)
    kind = ReportKind(kind)
    if Report.objects.filter(service=service, kind=kind, state=ReportState.OPEN).count() >= ENOUGH:
        return None
    told = Report(service=service, kind=kind)
    text = " ".join(str(note).split())[:NOTE_LETTERS]
    if text:
        told.note = sealing.seal(owner=told.pk, field=NOTE, value=text, key=sealing.derived("directory reports"))
    told.save(force_insert=True)
    _tell(by, "reported", told, service.provider, kind=kind)
    _notify_keepers(by, service.provider, gettext_noop("A reader says that %(service)s is wrong."), service)
    return told


def _report_to_settle(by, report_id):
    found = Report.objects.filter(pk=report_id).select_related(
        "service__provider__organisation", "service__provider__network"
    )
    found = found.first()
    if found is None or not queries.may_edit(by, found.service.provider):
        raise NotFound(NOT_HERE)
    return found


@transaction.atomic
def open_report(*, by: Viewer, report_id) -> str:
    """What the reader wrote; leaves a trail entry when there is something to read."""
    told = _report_to_settle(by, report_id)
    if not told.note:
        return ""
    _tell(by, "report_opened", told, told.service.provider)
    return sealing.unseal(owner=told.pk, field=NOTE, data=told.note, key=sealing.derived("directory reports"))


@transaction.atomic
def settle_report(*, by: Viewer, report_id, mended: bool, answer: str = "") -> Report:
    """Answers a report: mended, or it was right. What the reader wrote is destroyed."""
    told = _report_to_settle(by, report_id)
    wanted = ReportState.MENDED if mended else ReportState.UNFOUNDED
    check_way(ReportState(told.state), wanted)
    told.state, told.settled_by_id, told.settled_at, told.note = wanted, by.account_id, timezone.now(), b""
    told.answer = " ".join(str(answer).split())[:500]
    told.save()
    _tell(by, "report_settled", told, told.service.provider, mended=mended)
    return told
