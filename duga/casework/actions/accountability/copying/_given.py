"""What she asked for and was given, and where she was sent on to."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from duga.casework.actions._help import NOTE, _note_key
from duga.casework.actions.accountability.copying._part import Copying, Part, Section, _day, _span
from duga.casework.actions.referrals._help import _open_receivers, _open_senders
from duga.casework.actions.referrals.reading import _open_message
from duga.casework.actions.requests._help import _take_out
from duga.casework.actions.requests.visits import _note
from duga.casework.models import (
    Assistance,
    Correction,
    DistributionLine,
    RecurringVisit,
    Referral,
    ReferralCopy,
    ReferralGuest,
    ReferralMessage,
    ReferralService,
    Request,
    RequestStep,
)
from duga.casework.rules import (
    ASKED_BY_LABELS,
    REQUEST_LABELS,
    RHYTHM_LABELS,
    STATE_LABELS,
    AskedBy,
    RequestState,
    State,
)
from duga.casework.rules.copying import Withheld
from duga.casework.rules.referrals import KIND_LABELS, REFERRAL_STATE_LABELS
from duga.vault import sealing


def _hers(copying: Copying) -> Q:
    return Q(person=copying.person) | Q(household__head=copying.person)


def _given(copying: Copying) -> Iterator[Section]:
    entries = copying.seen(Assistance.objects.filter(_hers(copying)).select_related("household").order_by("date", "pk"))
    yield Section(
        _("What was given"), (_("Day"), _("What"), _("How many"), _("Where"), _("Note")),
        [[_day(row.date), copying.word("service_types", row.service_type), _amount(copying, row), row.place,
          copying.words(row, "note", _entry_note(row))] for row in entries],
    )  # fmt: skip
    changes = Correction.objects.filter(assistance__in=[row.pk for row in entries]).select_related("assistance")
    yield Section(
        _("What was put right afterwards"), (_("Given on"), _("Put right on"), _("Why")),
        [[_day(row.assistance.date), _day(row.created_at), copying.words(row, "reason", row.reason)]
         for row in changes.order_by("pk")],
    )  # fmt: skip
    lines = DistributionLine.objects.filter(_hers(copying)).select_related("list").order_by("list__date", "pk")
    yield Section(
        _("Lists you stand on"), (_("Day"), _("List"), _("Signed")),
        [[_day(row.list.date), row.list.title, _("yes") if row.assistance_id else _("no")] for row in lines],
    )  # fmt: skip


def _amount(copying, row) -> str:
    withdrawn = "" if row.state == State.RECORDED else f" ({_(STATE_LABELS[State(row.state)])})"
    return f"{row.quantity.normalize():f} {copying.word('units', row.unit)}{withdrawn}"


def _entry_note(row) -> str:
    return sealing.unseal(owner=row.pk, field=NOTE, data=row.note, key=_note_key(row)) if row.note else ""


def _asked(copying: Copying) -> Iterator[Section]:
    """What others told when they asked for her is told in confidence; that they asked is hers to know."""
    rows = Request.objects.filter(_hers(copying)).order_by("received_at", "pk")
    drafts = rows.filter(state=RequestState.DRAFT)
    copying.keep_back(Withheld.DRAFT, drafts.count())
    requests = copying.seen(rows.exclude(state=RequestState.DRAFT).select_related("joined_to"))
    yield Section(
        _("What was asked for you"),
        (_("Day"), _("Code"), _("What"), _("Who asked"), _("What was told"), _("Your phone"), _("State"), _("Why")),
        [_request(copying, row) for row in requests],
    )
    steps = RequestStep.objects.filter(request__in=[row.pk for row in requests]).exclude(words="")
    yield Section(
        _("What was noted on the way"), (_("Day"), _("Code"), _("Note")),
        [[_day(row.created_at), row.request.code, copying.words(row, "words", row.words)]
         for row in steps.select_related("request").order_by("pk")],
    )  # fmt: skip
    visits = copying.seen(RecurringVisit.objects.filter(_hers(copying)).order_by("begins_on", "pk"))
    yield Section(
        _("Visits that were agreed"), (_("What"), _("How often"), _("From – until"), _("Note")),
        [[copying.word("needs", row.need), _(RHYTHM_LABELS[row.rhythm]), _span(row.begins_on, row.ended_at
          or row.ends_on), copying.words(row, "details", _note(row))] for row in visits],
    )  # fmt: skip


def _request(copying, row) -> list[str]:
    caller, details = _take_out(row)
    confided = row.asked_by not in (AskedBy.SELF, AskedBy.PLAN)
    if confided and (caller or details):
        copying.keep_back(Withheld.OTHERS)
        caller, details = {}, ""
    return [
        _day(row.received_at), row.code, copying.word("needs", row.need), _(ASKED_BY_LABELS[row.asked_by]),
        copying.words(row, "details", details), caller.get("phone", ""), _(REQUEST_LABELS[row.state]),
        " ".join([copying.word("request_reasons", row.reason), copying.words(row, "reason_words", row.reason_words)]),
    ]  # fmt: skip


def _sent_on(copying: Copying) -> Iterator[Section]:
    """Where she was sent on to, with exactly what was told; and what others told when they sent her here."""
    columns = (
        _("Day"), _("Code"), _("What"), _("To whom"), _("What is told"), _("Why"), _("In words"), _("State"),
        _("What came of it"),
    )  # fmt: skip
    rows = Referral.objects.filter(person=copying.person).select_related(
        "to_organisation", "to_service", "to_account", "guardian"
    )
    yield Section(_("Where you were sent on to"), columns, [_referral(copying, row) for row in rows.order_by("pk")])
    copies = ReferralCopy.objects.filter(person=copying.person).select_related(
        "referral__organisation", "referral__guardian"
    )
    yield Section(
        _("Who sent you here"), (_("Day"), _("Code"), _("Who"), _("What is told"), _("Why"), _("In words")),
        [_came(copying, row) for row in copies.order_by("pk")],
    )  # fmt: skip
    messages = ReferralMessage.objects.filter(person=copying.person).select_related("referral").order_by("pk")
    yield Section(
        _("What both sides wrote about it"), (_("Day"), _("Code"), _("Note")),
        [[_day(row.created_at), row.referral.code, copying.words(row, "text", _open_message(row))]
         for row in messages if row.text],
    )  # fmt: skip
    guests = ReferralGuest.objects.filter(referral__person=copying.person).select_related("referral").order_by("pk")
    yield Section(
        _("Links by which it was read"), (_("Made on"), _("Code"), _("How often it was opened"), _("Until")),
        [[_day(row.created_at), row.referral.code, str(len(row.seen)), _day(row.closed_at or row.expires_at)]
         for row in guests],
    )  # fmt: skip


def _referral(copying, row) -> list[str]:
    content = _open_senders(row)
    asked = [copying.word("service_types", each.service_type) for each in row.services.order_by("pk")]
    asked = ", ".join(asked) or copying.word("needs", row.need)
    outcome = copying.word("referral_rejections", row.rejection) or copying.word("referral_failures", row.outcome)
    return [
        _day(row.sent_at or row.created_at), row.code, f"{_(KIND_LABELS[row.kind])}: {asked}", _to(row, content),
        copying.many("data_categories", content.get("categories", ())),
        copying.words(row, "why", content.get("reason")), copying.words(row, "content", _told(content)),
        _(REFERRAL_STATE_LABELS[row.state]), outcome,
    ]  # fmt: skip


def _to(row, content) -> str:
    if row.to_organisation_id:
        return row.to_organisation.name
    if row.to_account_id:
        return _("a colleague here")
    return row.to_service.name if row.to_service_id else str(content.get("outside", {}).get("name", ""))


def _told(content) -> str:
    """What was disclosed in words: the text, how to reach her, who cares for her, her plan."""
    plan = content.get("plan") or {}
    parts = [content.get("text"), content.get("contact"), content.get("caregiver"), content.get("override")]
    return "; ".join(str(part) for part in [*parts, *plan.get("goals", ()), *plan.get("steps", ())] if part)


def _came(copying, row) -> list[str]:
    content = _open_receivers(row)
    return [
        _day(row.referral.sent_at), row.referral.code, row.referral.organisation.name,
        copying.many("data_categories", content.get("categories", ())),
        copying.words(row, "why", content.get("reason")), copying.words(row, "content", _told(content)),
    ]  # fmt: skip


PARTS = (
    Part((Assistance, Correction, DistributionLine), _given),
    Part((Request, RequestStep, RecurringVisit), _asked),
    Part((Referral, ReferralService, ReferralCopy, ReferralMessage, ReferralGuest), _sent_on),
)
