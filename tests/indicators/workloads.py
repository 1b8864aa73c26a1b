"""Invented work beside deliveries for tests: referrals, requests, cases and feedback, some of it not to be counted."""

import datetime as dt
import random

from django.utils import timezone


def moment(day: dt.date, hour: int = 10) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def fill_work(cast, area, *, number=90, seed=3, year=2020):
    """Writes rows straight into the tables; a sealed programme, needs about violence and objections among them."""
    from duga.casework.models import Case, CountingObjection, Need, Person, Programme
    from duga.members.models import Account

    rng = random.Random(seed)
    sealed = Programme.objects.create(organisation=cast.niksic, name=f"Safe {seed}", kind="violence", sealed=True)
    lead = Account.objects.get(email="manager@example.org")
    people = []
    for n in range(30):
        programme = sealed if n % 10 == 9 else None
        people.append(
            Person.objects.create(
                organisation=cast.niksic, code=f"W{seed}-{n:03}", sex="female", area=area, programme=programme
            )
        )
    CountingObjection.objects.create(person=people[0])
    Need.objects.create(
        organisation=cast.niksic, person=people[1], code="protection", urgency="normal", since=dt.date(year, 1, 1)
    )
    for n in range(number):
        day = dt.date(year, rng.choices([1, 2, 3, 4, 5, 6], [1, 2, 9, 9, 9, 1])[0], rng.randint(1, 25))
        person = people[n % 30]
        _referral(rng, cast, person, day, f"R{seed}-{n:04}")
        _request(rng, cast, person if n % 2 else None, area, day, f"Q{seed}-{n:04}")
        _feedback(rng, cast, day)
        if n < 60:
            closed = day + dt.timedelta(days=rng.randint(1, 90)) if rng.random() < 0.6 else None
            more = {"state": "closed", "closed_on": closed, "reason": "plan_done", "outcome": rng.choice(
                ["reached", "reached", "partly", "not_reached"])} if closed else {}  # fmt: skip
            Case.objects.create(
                organisation=cast.niksic, code=f"C{seed}-{n:04}", person=person, lead=lead, opened_on=day, **more
            )


def _referral(rng, cast, person, day, code):
    from duga.casework.models.referrals import Referral, ReferralService

    sent, state = moment(day), rng.choice(["in_progress", "accepted", "rejected", "revoked", "done", "done", "done"])
    answered = sent + dt.timedelta(hours=rng.choice([3, 30, 80, 400])) if state != "in_progress" else None
    more = {"rejection": rng.choice(["wrongly_sent", "no_capacity"])} if state == "rejected" else {}
    if state == "done":
        good = rng.random() < 0.8
        more = {"successful": good, "outcome": "" if good else "no_show", "began_at": answered,
                "told_by": rng.choice(["receiver", "link", "sender"])}  # fmt: skip
    row = Referral.objects.create(
        organisation=cast.niksic, person=person, code=code, kind=rng.choice(["referral", "referral", "transfer"]),
        priority=rng.choice(["urgent", "normal"]), state=state, language="sr", content=b"", sent_at=sent,
        need=rng.choice(["food", "legal", "health", "protection"]), answered_at=answered,
        due_at=sent + dt.timedelta(days=3),
        **({"sent_to": "organisation", "to_organisation": cast.nis} if rng.random() < 0.6 else {"sent_to": "outside"}),
        **more,
    )  # fmt: skip
    ReferralService.objects.create(referral=row, service_type=rng.choices(["legal_aid", "shelter"], [9, 1])[0])


def _request(rng, cast, person, area, day, code):
    from duga.casework.models import Request

    came = moment(day)
    state = rng.choice(["received", "assigned", "delivered", "confirmed", "refused", "withdrawn", "draft"])
    done = came + dt.timedelta(hours=rng.choice([5, 50, 500])) if state in ("delivered", "confirmed") else None
    Request.objects.create(
        organisation=cast.niksic, code=code, state=state, state_since=came, person=person, area=area, received_at=came,
        due_at=came + dt.timedelta(hours=72), delivered_at=done, need=rng.choice(["food", "care", "protection"]),
        urgency="urgent", channel=rng.choice(["phone", "in_person"]), caller=b"", details=b"",
    )  # fmt: skip


def _feedback(rng, cast, day):
    from duga.casework.models.feedback import Feedback

    came = moment(day)
    row = Feedback.objects.create(
        organisation=cast.niksic, kind=rng.choice(["praise", "suggestion", "complaint", "sensitive"]), channel="page",
        rating=rng.choice([None, 1, 3, 4, 5]), language="sr", may_count=rng.random() < 0.8, told=b"", answer=b"",
        due_at=came + dt.timedelta(days=14),
        answered_at=came + dt.timedelta(days=rng.choice([2, 20])) if rng.random() < 0.7 else None,
    )  # fmt: skip
    Feedback.objects.filter(pk=row.pk).update(created_at=came)


def report_by_hand(cast):
    """A filled form of Nikšić with one number in it."""
    from duga.indicators.models import Report
    from duga.indicators.rules.reports import find_layout

    table = {
        "code": "people_assisted", "by": [], "unit": "person", "period": "2020-01..2020-12", "kind": "counts",
        "note": "", "within": {}, "no_total": [], "distinct": True, "repeating": None,
        "cells": [[[], 12, 12, "exact", 0]],
    }  # fmt: skip
    return Report.objects.create(
        organisation=cast.niksic, form="third_party_support_annex", period="2020-01..2020-12", state="done",
        layout=find_layout("third_party_support_annex").text, asked_by="test", done_at=timezone.now(),
        result={"tables": [table], "fingerprints": {"facts": "ab" * 32, "work": "cd" * 32}},
    )  # fmt: skip
