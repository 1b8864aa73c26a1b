"""Telling an authority without consent, and the second look at it afterwards."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._help import _tell, _today
from duga.casework.actions.bases._help import _person, _put_receiver, _seal, _unseal
from duga.casework.models import BestInterestsDecision, Disclosure, ProgrammeWorker
from duga.casework.rules import REVIEW_DAYS, check_disclosure, check_review
from duga.members.actions import notify
from duga.members.queries import accounts_with
from duga.members.rules import Permission
from duga.plain.errors import NotFound, Refused, gettext_noop

SOON = dt.timedelta(days=3)  #: so long before a review's last day one is reminded

_FUTURE = gettext_noop("Only what was told already is written down here. Choose today or an earlier day.")
_CLOCK = gettext_noop("The clock does this by itself.")
_TO_REVIEW = gettext_noop("Something was told without consent, or decided about a child: please look at it again")
_TEXT = gettext_noop("%(disclosures)s disclosures and %(decisions)s decisions wait for another person's look.")


@transaction.atomic
def disclose(
    *, by, person_id, recipient, basis, categories, reason, duty="", told_on: dt.date | None = None,
    review_days=REVIEW_DAYS,
) -> Disclosure:  # fmt: skip
    """Writes down what was told without consent: to whom, on which basis (legal_duty, vital_interests), which kinds of
    data, why (sealed), who decided. Another person reviews it within `review_days`. Needs no approval beforehand: the
    urgent is never held up, and whoever works with her may do it. Trail entry "disclosure.made"."""
    person = _person(by, person_id)
    told_on = told_on or _today()
    if told_on > _today():
        raise Refused(_FUTURE)
    categories = check_disclosure(
        person.organisation.country, basis=basis, duty=str(duty), categories=categories, reason=str(reason)
    )
    row = Disclosure(
        person=person, basis=basis, duty=" ".join(str(duty).split())[:200], categories=categories, told_on=told_on,
        decided_by_id=by.account_id, review_due=_today() + dt.timedelta(days=max(1, min(int(review_days), 60))),
    )  # fmt: skip
    _put_receiver(by, row, recipient)
    row.reason = _seal(row, "reason", str(reason).strip()[:4000])
    row.save(force_insert=True)
    _tell(by, "disclosure.made", row, person=str(person.pk), basis=basis)
    return row


@transaction.atomic
def open_disclosure(*, by, disclosure_id) -> tuple[Disclosure, dict]:
    """A disclosure with receiver, reason and review in words; leaves a trail entry."""
    row = queries.disclosure(by, disclosure_id)
    _tell(by, "disclosure.opened", row, person=str(row.person_id))
    return row, {name: _unseal(row, name) for name in ("receiver_name", "reason", "review_note")}


@transaction.atomic
def review_disclosure(*, by, disclosure_id, outcome, note="") -> Disclosure:
    """What another person found: justified, too much, or not justified (then with what has to change)."""
    row = queries.disclosure(by, disclosure_id)
    _person(by, row.person_id, Permission.SEE_PEOPLE)
    row = Disclosure.objects.select_for_update(of=("self",)).select_related("person").get(pk=row.pk)
    outcome = check_review(
        decided_by=row.decided_by_id, reviewer=by.account_id, open_=row.reviewed_at is None, outcome=outcome,
        note=str(note),
    )  # fmt: skip
    row.outcome, row.reviewed_at, row.reviewed_by_id = outcome, timezone.now(), by.account_id
    row.review_note = _seal(row, "review_note", str(note).strip()[:4000])
    row.save(update_fields=["outcome", "reviewed_at", "reviewed_by", "review_note"])
    _tell(by, "disclosure.reviewed", row, person=str(row.person_id), outcome=outcome)
    return row


@transaction.atomic
def remind_reviews(*, by, today: dt.date | None = None) -> int:
    """Tells who may look again, once a day, that disclosures are due or decisions' days have come: who approves cases
    there, and in a sealed programme those named for it alone. Nobody is asked to review what they decided. No case and
    no programme stands in the notice. Returns how many people were told."""
    if not by.system:
        raise NotFound(_CLOCK)
    today = today or _today()
    told = Disclosure.objects.filter(reviewed_at=None, review_due__lte=today + SOON).exclude(reminded_on=today)
    decided = BestInterestsDecision.objects.filter(review_on__lte=today, reviewed_on=None, decided_on__isnull=False)
    decided = decided.exclude(reminded_on=today)
    due = _due(told, "decided_by_id"), _due(decided, "")
    for account in {*due[0], *due[1]}:
        params = {"disclosures": due[0].get(account, 0), "decisions": due[1].get(account, 0)}
        notify(by=by, to=[account], title=_TO_REVIEW, text=_TEXT, params=params, path="/workspace/")
    for rows in (told, decided):
        rows.model.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(reminded_on=today)
    return len({*due[0], *due[1]})


def _due(rows, decider: str) -> dict:
    """{account: how many of these rows it may look at again}."""
    rows = list(rows.filter(person__erased_at=None).select_related("person__programme"))
    approvers = accounts_with(Permission.APPROVE_CASES, {row.organisation_id for row in rows})
    sealed = {row.person.programme_id for row in rows if row.person.programme and row.person.programme.sealed}
    named: dict = {}
    for worker in ProgrammeWorker.objects.filter(programme__in=sealed, until=None):
        named.setdefault(worker.programme_id, []).append(worker.account_id)
    found: dict = {}
    for row in rows:
        under_seal = row.person.programme_id in sealed
        who = named.get(row.person.programme_id, ()) if under_seal else approvers.get(row.organisation_id, ())
        for account in who:
            if not decider or account != getattr(row, decider):
                found[account] = found.get(account, 0) + 1
    return found
