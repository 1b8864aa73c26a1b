"""Feedback is received, looked into, answered and closed. Nobody is asked who they are."""

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from duga.casework.actions._help import _changed, _check_version, _organisation, _tell
from duga.casework.actions._tables import CHUNK
from duga.casework.models.feedback import Feedback, FeedbackKeptFrom
from duga.casework.queries import feedback as queries
from duga.casework.queries.staging import organisation_box
from duga.casework.rules import feedback as rules
from duga.casework.rules.feedback import FeedbackChannel, FeedbackKind, FeedbackState
from duga.members.actions import notify, take_back_notices
from duga.members.queries import NOT_HERE, network_keepers, networks_above, organisation_by_id, require
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop
from duga.vault import sealing
from duga.vault.models import open_columns

TOLD, ANSWER = "casework.Feedback.told", "casework.Feedback.answer"
_NEW = gettext_noop("Somebody wrote to %(organisation)s. Answer by %(due)s.")
_WAITS = gettext_noop("What somebody wrote to %(organisation)s waits for an answer, due %(due)s.")
_NOBODY = gettext_noop("Somebody wrote to %(organisation)s, and nobody there may read it")
_NOBODY_TEXT = gettext_noop("It may be about all who answer there. Speak with them: another colleague needs that role.")
_SERVICE = gettext_noop("This service is not one of this organisation. Choose again, or none.")
_PARTNER = gettext_noop("Choose a member organisation of a network you stand in.")
_EVERYBODY = gettext_noop("Leave somebody who can answer it.")


def _path(row) -> str:
    return f"/workspace/feedback/{row.pk}/"


def _seal(row, label, value) -> bytes:
    return sealing.seal(owner=row.pk, field=label, value=value, key=organisation_box(row.organisation_id))


def _open(row, label, data):
    return sealing.unseal(owner=row.pk, field=label, data=data, key=organisation_box(row.organisation_id))


def _say(by, row, title):
    words = {"organisation": row.organisation.name, "due": timezone.localtime(row.due_at).strftime("%d.%m.%Y")}
    notify(by=by, to=queries.told_of(row) - {by.account_id}, title=title, params=words, path=_path(row))


@transaction.atomic
def receive_feedback(
    *, by, organisation, kind, words, language, channel=FeedbackChannel.PAGE, about="", service_id=None, rating=None,
    contact="", wants_contact=False, may_count=False,
) -> str:  # fmt: skip
    """What a visitor wrote, or what stands on a paper that a worker types in. Returns the code to look at the answer;
    it is shown once. Who wrote is kept nowhere; nor does the trail name a visitor."""
    if channel == FeedbackChannel.PAGE:
        organisation = queries.feedback_page(organisation.slug)
    else:
        require(by, Permission.RECORD_ASSISTANCE, of=organisation)
    if service_id and str(service_id) not in {str(each.pk) for each in queries.feedback_services(organisation)}:
        raise Refused(_SERVICE)
    contact = contact if wants_contact else ""
    rules.check_told(words, contact, wants_contact=wants_contact, rating=rating)
    code = rules.new_code()
    _receive(
        by, organisation, {"words": words.strip(), "about": about.strip()[: rules.CONTACT], "contact": contact.strip()},
        kind=kind, channel=FeedbackChannel(channel), service_id=service_id or None, rating=rating, language=language,
        wants_contact=wants_contact, may_count=may_count, code=queries.code_hash(code),
    )  # fmt: skip
    return rules.shown_code(code)


def _receive(by, organisation, told, *, kind, **columns) -> Feedback:
    now = timezone.now()
    row = Feedback(
        organisation=organisation, kind=FeedbackKind(kind), created_at=now, due_at=rules.due_at(kind, now), **columns
    )
    row.told = _seal(row, TOLD, told)
    row.save(force_insert=True)
    named = rules.named_in(told["about"], told["words"], queries.colleagues(organisation.pk))
    FeedbackKeptFrom.objects.bulk_create([FeedbackKeptFrom(feedback=row, account_id=each) for each in named])
    _tell(by, "feedback.received", row)
    _say(by, row, _NEW)
    if not queries.told_of(row):
        _say_outside(by, organisation)
    return row


def _say_outside(by, organisation):
    """It may be about everybody who could answer it: those who look after its networks are told, and no more."""
    keepers = network_keepers(networks_above(organisation.pk)).values()
    told = {account for each in keepers for account in each}
    notify(by=by, to=told, title=_NOBODY, text=_NOBODY_TEXT, params={"organisation": organisation.name})


@transaction.atomic
def tell_partner(*, by, organisation_id, partner_id, kind, words, language) -> Feedback:
    """What one member organisation tells another about working together; it sees the answer on its own page."""
    sender = _organisation(by, organisation_id, Permission.MANAGE_ORGANISATION)
    partners = {str(each.pk): each for each in queries.feedback_partners(by, sender)}
    if str(partner_id) not in partners:
        raise Refused(_PARTNER)
    rules.check_told(words)
    told = {"words": words.strip(), "about": "", "contact": ""}
    return _receive(
        by, partners[str(partner_id)], told, kind=kind, channel=FeedbackChannel.ORGANISATION, sender=sender,
        language=language, may_count=True,
    )  # fmt: skip


@dataclass(frozen=True)
class FeedbackTold:
    """A message, opened."""

    row: Feedback
    told: dict = field(repr=False)
    answer: str = field(repr=False)


@transaction.atomic
def open_feedback(*, by, feedback_id) -> FeedbackTold:
    """Opens a message for who answers it, and says so in the trail."""
    row = queries.feedback(by, feedback_id)
    _tell(by, "feedback.opened", row)
    return FeedbackTold(row, _open(row, TOLD, row.told), _open(row, ANSWER, row.answer) or "")


def _locked(by, feedback_id, version) -> Feedback:
    queries.feedback(by, feedback_id)
    rows = Feedback.objects.select_for_update(of=("self",)).select_related("organisation", "changed_by")
    row = rows.get(pk=feedback_id)
    _check_version(row, version)
    return row


@transaction.atomic
def step_feedback(*, by, feedback_id, version, to, text="") -> Feedback:
    """Looks into a message, answers (`text`) or closes it; Conflict when somebody was faster."""
    row, wanted = _locked(by, feedback_id, version), FeedbackState(to)
    rules.check_step(row.kind, row.state, wanted)
    now = timezone.now()
    if wanted == FeedbackState.ANSWERED:
        rules.check_answer(text)
        row.answer, row.answered_at = _seal(row, ANSWER, text.strip()), row.answered_at or now
    elif wanted == FeedbackState.CLOSED:
        row.closed_at = now
    row.state = wanted
    _changed(row, by)
    row.save()
    _tell(by, f"feedback.{wanted}", row)
    return row


@transaction.atomic
def route_apart(*, by, feedback_id, version) -> Feedback:
    """Makes a message a sensitive complaint: from now on few see it, and it is due sooner."""
    row = _locked(by, feedback_id, version)
    if row.state == FeedbackState.CLOSED or row.kind == FeedbackKind.SENSITIVE:
        rules.check_step(row.kind, FeedbackState.CLOSED, FeedbackState.LOOKED_INTO)
    row.kind, row.reminders = FeedbackKind.SENSITIVE, 0
    row.due_at = min(row.due_at, rules.due_at(row.kind, timezone.now()))
    _changed(row, by)
    row.save()
    take_back_notices(by=by, path=_path(row), but_for=queries.told_of(row))
    _tell(by, "feedback.routed_apart", row)
    _say(by, row, _NEW)
    return row


@transaction.atomic
def keep_feedback_from(*, by, feedback_id, version, account_ids) -> Feedback:
    """Says whom a message may be about: to these colleagues it is not there, to all others of its kind it is."""
    row = _locked(by, feedback_id, version)
    wanted = {str(each) for each in account_ids} & {str(each) for each in queries.colleagues(row.organisation_id)}
    row.kept_from.all().delete()
    FeedbackKeptFrom.objects.bulk_create([FeedbackKeptFrom(feedback=row, account_id=each) for each in sorted(wanted)])
    if not queries.told_of(row):
        raise Refused(_EVERYBODY)
    _changed(row, by)
    row.save()
    take_back_notices(by=by, path=_path(row), but_for=queries.told_of(row))
    _tell(by, "feedback.kept_from", row, colleagues=len(wanted))
    return row


@dataclass(frozen=True)
class FeedbackAnswer:
    """What a code shows: where the message stands, and the answer."""

    organisation: str
    state: FeedbackState
    due_at: dt.datetime
    answer: str = field(repr=False)


def look_at_answer(*, by, code: str) -> FeedbackAnswer | None:
    """Where the message of this code stands; None alike for a code that never was and one whose message is gone."""
    row = queries.feedback_by_code(code)
    if row is None:
        return None
    answer = _open(row, ANSWER, row.answer) or ""
    return FeedbackAnswer(row.organisation.name, FeedbackState(row.state), row.due_at, answer)


def answers_to(*, by, organisation_id) -> list[FeedbackTold]:
    """What an organisation told others, with their answers; nothing else of theirs."""
    organisation = organisation_by_id(by, organisation_id)
    rows = queries.feedback_given(by, organisation)
    return [FeedbackTold(row, {}, _open(row, ANSWER, row.answer) or "") for row in rows]


@transaction.atomic
def look_after_feedback(*, by, now=None) -> int:
    """For the clock: reminds of what waits (rules.REMIND_AT), and empties what was closed long ago. Returns how many
    messages somebody was reminded of."""
    if not by.system:
        raise NotFound(NOT_HERE)
    now, count = now or timezone.now(), 0
    old = Feedback.objects.filter(closed_at__lt=now - dt.timedelta(days=rules.KEEP_DAYS)).exclude(told=b"")
    old.update(told=b"", answer=b"", code=b"")
    waiting = [FeedbackState.RECEIVED, FeedbackState.LOOKED_INTO]
    rows = Feedback.objects.select_for_update(of=("self",)).filter(state__in=waiting)
    for row in rows.select_related("organisation"):
        steps = rules.reminders_due(row.created_at, row.due_at, now)
        if steps > row.reminders:
            row.reminders = steps
            row.save(update_fields=["reminders"])
            _say(by, row, _WAITS)
            count += 1
    return count


def _feedback_tables(by, organisation):
    """For the day an organisation goes: what the exporter may see of it, opened."""
    names = open_columns(Feedback)

    def lines():
        rows = queries.feedback_seen(by, organisation).order_by("pk").iterator(chunk_size=CHUNK)
        for row in rows:
            told = _open(row, TOLD, row.told)
            opened = [told.get(name, "") for name in ("words", "about", "contact")]
            yield [*(getattr(row, name) for name in names), *opened, _open(row, ANSWER, row.answer) or ""]

    yield "feedback", [*names, "words", "about", "contact", "answer"], lines()
