"""Work beside deliveries as rows without names, for snapshots: referrals, requests, cases, feedback.

A month and a region, never a day and a village. Left out: what lies in a sealed programme, wherever the seal lies; what
is about violence by its need or kind of help (that is told by the month on written request, and no other way); people
who took themselves out of counting; messages whose writers did not agree that they count, and sensitive complaints.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from duga.casework.models import Case, Household, Need, Person, Request
from duga.casework.models.feedback import Feedback
from duga.casework.models.referrals import Referral, ReferralService
from duga.casework.queries.objections import objecting
from duga.casework.queries.programmes import unsealed
from duga.casework.rules import work as rules
from duga.casework.rules.feedback import FeedbackKind
from duga.casework.rules.referrals import ANSWER_WITHIN, Priority, ReferralState, SentTo
from duga.casework.rules.requests import URGENCY_HOURS, Urgency
from duga.evidence import vocabulary
from duga.evidence.work.words import UNKNOWN
from duga.places.rules import code as code_of

CHUNK = 2_000
_WAYS = ("person", "household__head")


def work_tables(as_of: dt.date, organisation_id=None) -> dict[str, Iterable[dict]]:
    """The tables of `evidence.work` with everything that counts, of one organisation or of all; for the house only."""
    about = {"organisation_id": organisation_id} if organisation_id else {}
    out = _left_out(organisation_id)
    return {
        "referrals": _referrals(about, out), "requests": _requests(about, out),
        "cases": _cases(about, out, as_of), "feedback": _feedback(about),
    }  # fmt: skip


def work_since(organisation_id) -> dt.date | None:
    """The first day on which an organisation sent, took in or opened anything; None without any. No seal is told."""
    sent = Referral.objects.filter(_unsealed("person__"), organisation_id=organisation_id).exclude(sent_at=None)
    came = Request.objects.filter(unsealed(), organisation_id=organisation_id)
    opened = Case.objects.filter(unsealed(), organisation_id=organisation_id)
    moments = [
        *sent.order_by("sent_at").values_list("sent_at", flat=True)[:1],
        *came.order_by("received_at").values_list("received_at", flat=True)[:1],
    ]
    days = [timezone.localtime(each).date() for each in moments]
    days += opened.order_by("opened_on").values_list("opened_on", flat=True)[:1]
    return min(days, default=None)


def _left_out(organisation_id) -> set:
    """Ids of people who took themselves out of counting."""
    houses = (
        [organisation_id]
        if organisation_id
        else Person.objects.order_by().values_list("organisation_id", flat=True).distinct()
    )
    return set().union(*(objecting(each) for each in houses))


def _violent(dimension: str) -> list[str]:
    return sorted(vocabulary.about("violence").get(dimension, ()))


def _unsealed(*ways: str) -> Q:
    """Nothing that leads there lies in a sealed programme."""
    found = Q()
    for way in ways:
        found &= unsealed(way) if not way else Q(**{f"{way[:-2]}": None}) | unsealed(way)
    return found


def _place(own, home, country: str) -> dict[str, str]:
    """Country and region: of the row's own area, else of where she lives, else the organisation's country."""
    area = own or home
    region = area.region.code if area and area.region else UNKNOWN
    return {"country": area.country if area else country, "area": region}


def _month(moment: dt.datetime) -> dt.date:
    return timezone.localtime(moment).date().replace(day=1)


def _amount(hours: float | None):
    return None if hours is None else Decimal(hours).quantize(Decimal("0.01"))


def _referrals(about, out) -> Iterator[dict]:
    about_violence = ReferralService.objects.filter(service_type__in=_violent("service_type"))
    rows = Referral.objects.filter(_unsealed("person__"), **about).exclude(state=ReferralState.DRAFT)
    rows = rows.exclude(sent_to=SentTo.COLLEAGUE).exclude(need__in=_violent("need"))
    rows = rows.exclude(pk__in=about_violence.values("referral_id")).exclude(child_protection=True)
    found = rows.select_related("area__region", "person__area__region", "organisation", "to_service__provider").defer(
        "content"
    )
    for row in found.order_by("pk").iterator(chunk_size=CHUNK):
        if row.person_id in out:
            continue
        answer = None if row.state == ReferralState.REVOKED else row.answered_at
        to_answer = rules.hours_between(row.sent_at, answer)
        to_service = rules.hours_between(row.sent_at, row.began_at)
        within = ANSWER_WITHIN[Priority(row.priority)].total_seconds() / 3600
        wrong = bool(row.rejection) and code_of("referral_rejections", row.rejection).group == "wrong"
        yield _place(row.area, row.person.area, row.organisation.country) | {
            "month": _month(row.sent_at), "kind": row.kind, "priority": row.priority, "receiver": _receiver(row),
            "need": row.need or UNKNOWN, "answer": rules.in_time(to_answer, within),
            "answered_within": rules.band(to_answer), "served": rules.in_time(to_service, within),
            "end": rules.referral_end(row.state, successful=row.successful, told_by=row.told_by, wrong=wrong),
            "hours": _amount(to_answer), "service_hours": _amount(to_service),
        }  # fmt: skip


def _receiver(row) -> str:
    if row.sent_to == SentTo.ORGANISATION:
        return "member"
    return row.to_service.provider.kind if row.to_service else "institution"


def _requests(about, out) -> Iterator[dict]:
    rows = Request.objects.filter(
        _unsealed("", "person__", "household__", "household__head__"), state__in=list(rules.STAGES), **about
    )
    rows = rows.exclude(need__in=_violent("need")).exclude(service_type__in=_violent("service_type"))
    found = rows.select_related(
        "area__region", "person__area__region", "household__area__region", "organisation"
    ).defer("caller", "details")
    for row in found.order_by("pk").iterator(chunk_size=CHUNK):
        if _takes_no_part(row, out):
            continue
        hours = rules.hours_between(row.received_at, row.delivered_at)
        within = float(URGENCY_HOURS[Urgency(row.urgency)])
        home = (row.person and row.person.area) or (row.household and row.household.area)
        yield _place(row.area, home, row.organisation.country) | {
            "month": _month(row.received_at), "channel": row.channel, "need": row.need or UNKNOWN,
            "priority": row.urgency, "stage": rules.STAGES[row.state], "served": rules.in_time(hours, within),
            "hours": _amount(hours),
        }  # fmt: skip


def _takes_no_part(row, out) -> bool:
    """Whether whom it is about, or the head of the household, took herself out of counting."""
    return bool(out) and bool({row.person_id, row.household.head_id if row.household_id else None} & out)


def _cases(about, out, as_of: dt.date) -> Iterator[dict]:
    needs = Need.objects.filter(code__in=_violent("need")).values("person_id")
    rows = Case.objects.filter(_unsealed("", *(f"{way}__" for way in _WAYS), "household__", "party__"), **about)
    houses = Household.objects.filter(head__in=needs).values("pk")
    rows = rows.exclude(person__in=needs).exclude(household__in=houses)
    rows = rows.exclude(party__members__person__programme__sealed=True)
    found = rows.select_related(
        "person__area__region", "household__area__region", "party__area__region", "organisation"
    )
    numbers: dict = {}
    for row in found.order_by("pk").iterator(chunk_size=CHUNK):
        if _takes_no_part(row, out) or row.opened_on > as_of:
            continue
        whom = row.person or row.household or row.party
        told = _place(whom.area, None, row.organisation.country) | {
            "about": "person" if row.person_id else "household" if row.household_id else "party",
            "worker": numbers.setdefault(row.lead_id, len(numbers) + 1),
        }  # fmt: skip
        yield told | {"month": row.opened_on.replace(day=1), "step": "opened", "outcome": "none"}
        if row.closed_on and row.closed_on <= as_of:
            yield told | {"month": row.closed_on.replace(day=1), "step": "closed", "outcome": row.outcome}
        for month in rules.open_months(row.opened_on, row.closed_on, as_of):
            yield told | {"month": month, "step": "open", "outcome": "none"}


def _feedback(about) -> Iterator[dict]:
    rows = Feedback.objects.filter(may_count=True, **about).exclude(kind=FeedbackKind.SENSITIVE)
    for row in rows.select_related("organisation").defer("told", "answer").order_by("pk").iterator(chunk_size=CHUNK):
        answer = "none" if row.answered_at is None else "in_time" if row.answered_at <= row.due_at else "late"
        yield {
            "country": row.organisation.country, "month": _month(row.created_at), "channel": row.channel,
            "kind": row.kind, "answer": answer, "satisfied": rules.satisfied(row.rating), "rating": row.rating,
        }  # fmt: skip
