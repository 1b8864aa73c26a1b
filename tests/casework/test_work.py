"""Work beside deliveries as snapshots hold it, counted from the records one by one; what must not be in it is not."""

import datetime as dt

import pytest
from django.utils import timezone

from duga.casework.models import Case, Request
from duga.casework.models.feedback import Feedback
from duga.casework.models.referrals import Referral
from duga.casework.queries.work import work_tables
from duga.casework.rules import work as rules
from duga.evidence import engines, indicators, work
from tests.indicators.workloads import fill_work

UNTIL = dt.date(2020, 6, 30)


@pytest.fixture
def frozen(cast, area, tmp_path):
    fill_work(cast, area.town)
    return work.freeze(work_tables(UNTIL, cast.niksic.pk), tmp_path, as_of=UNTIL)


def counted(person):
    """Whether the records of a person count at all: one objects, every tenth is under a seal."""
    return person is None or not (person.code.endswith("000") or (person.programme and person.programme.sealed))


def of(code, frozen, **question):
    return engines.count(indicators.find(code), frozen, **question)


def month_of(moment):
    return f"{timezone.localtime(moment):%Y-%m}"


def test_referrals_are_what_the_records_say(frozen):
    rows = [
        row for row in Referral.objects.all()
        if counted(row.person) and row.need != "protection" and row.services.get().service_type != "shelter"
    ]  # fmt: skip
    sent = of("referrals_sent", frozen, by=("month", "receiver"))
    for month in ("2020-03", "2020-04", "2020-06"):
        for word, kind in (("member", "organisation"), ("institution", "outside")):
            found = [row for row in rows if month_of(row.sent_at) == month and row.sent_to == kind]
            assert sent.value(month=month, receiver=word) == len(found)
    assert 0 < sent.value() == len(rows) < Referral.objects.count()
    good = [row for row in rows if row.state == "done" and row.successful and row.told_by != "sender"]
    assert of("referrals_sent", frozen, where={"end": "confirmed"}).value() == len(good)
    answered = [row for row in rows if row.answered_at and row.state != "revoked"]
    taken = [(row.answered_at - row.sent_at).total_seconds() / 3600 for row in answered]
    limit = {"urgent": 72, "normal": 336}
    in_time = sum(hours <= limit[row.priority] for row, hours in zip(answered, taken, strict=True))
    assert of("referrals_sent", frozen, by=("answer",)).value(answer="in_time") == in_time
    assert of("mean_hours_to_answer", frozen).value() == round(sum(taken) / len(taken))


def test_requests_cases_and_feedback_are_what_the_records_say(frozen):
    requests = [
        row for row in Request.objects.exclude(state="draft") if counted(row.person) and row.need != "protection"
    ]
    waiting = sum(row.state in ("received", "assessed") for row in requests)
    assert of("requests_received", frozen, by=("stage",)).value(stage="waiting") == waiting
    assert of("requests_received", frozen).value() == len(requests)
    cases = [row for row in Case.objects.all() if counted(row.person) and row.person.code[-3:] != "001"]
    assert of("cases_opened", frozen).value() == len(cases)
    closed = [row for row in cases if row.closed_on and row.closed_on <= UNTIL]
    by = of("cases_closed", frozen, by=("outcome", "month"))
    assert by.value(outcome="reached", month="2020-05") == sum(
        row.outcome == "reached" and f"{row.closed_on:%Y-%m}" == "2020-05" for row in closed
    )
    for period, end in (("2020-04", dt.date(2020, 4, 30)), ("2020", UNTIL), ("2020-Q2", UNTIL)):
        still = sum(row.opened_on <= end and not (row.closed_on and row.closed_on <= end) for row in cases)
        assert of("cases_open_at_end", frozen, period=period).value() == still, period
    messages = [row for row in Feedback.objects.filter(may_count=True) if row.kind != "sensitive"]
    stars = [row.rating for row in messages if row.rating]
    assert of("feedback_received", frozen).value() == len(messages) < Feedback.objects.count()
    assert of("share_of_feedback_satisfied", frozen).value() == round(100 * sum(n >= 4 for n in stars) / len(stars))


def test_what_must_not_be_counted_is_in_no_row(frozen, cast):
    rows = {name: work.read(frozen, name) for name in frozen.tables}
    assert {row["need"] for row in rows["referrals"] + rows["requests"]} <= {"food", "legal", "health", "care"}
    assert all(rows.values()) and "sensitive" not in {row["kind"] for row in rows["feedback"]}
    assert list(work_tables(UNTIL, cast.nis.pk)["referrals"]) == []  # who receives did not send
    every = {name: sorted(map(str, table)) for name, table in work_tables(UNTIL).items()}
    assert every == {name: sorted(map(str, table)) for name, table in work_tables(UNTIL, cast.niksic.pk).items()}


def test_moments_become_words():
    day = dt.datetime(2020, 5, 1, tzinfo=dt.UTC)
    assert rules.hours_between(day, None) is None and rules.hours_between(day, day - dt.timedelta(hours=1)) == 0
    assert [rules.band(hours) for hours in (None, 0, 24, 24.1, 72, 336, 337)] == [
        "none", "24h", "24h", "72h", "72h", "2w", "later",
    ]  # fmt: skip
    assert [rules.in_time(hours, 72) for hours in (None, 72, 72.01)] == ["none", "in_time", "late"]
    ends = [
        rules.referral_end(state, successful=good, told_by=by, wrong=wrong)
        for state, good, by, wrong in [
            ("done", True, "link", False), ("done", True, "sender", False), ("done", False, "receiver", False),
            ("rejected", None, "", True), ("rejected", None, "", False), ("revoked", None, "", False),
            ("accepted", None, "", False),
        ]
    ]  # fmt: skip
    assert ends == ["confirmed", "said_by_sender", "not_given", "sent_wrongly", "rejected", "revoked", "open"]
    assert [rules.satisfied(stars) for stars in (None, 1, 2, 3, 4, 5)] == [
        "unknown",
        "no",
        "no",
        "middling",
        "yes",
        "yes",
    ]
    months = [
        f"{month:%m}" for month in rules.open_months(dt.date(2020, 1, 31), dt.date(2020, 3, 31), dt.date(2020, 5, 2))
    ]
    assert months == ["01", "02"]
