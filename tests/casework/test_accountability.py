"""Reads looked through, glass broken, data kept and erased, what people ask, what went wrong."""

import datetime as dt
import json
import uuid

import pytest
from django.utils import timezone

from config.reactions import CLOCK
from duga.casework import actions, queries
from duga.casework.actions._forgetting import TRACES
from duga.casework.models import BreakGlass, ErasureCertificate, Person, SubjectRequest
from duga.casework.rules.accountability import (
    AN_HOUR,
    ERASED_LABELS,
    Read,
    Reply,
    Risk,
    Unusual,
    check_closing,
    cutoff,
    due_steps,
    months_of,
    unusual,
)
from duga.members.models import Notice, TrailEntry
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)


@pytest.fixture
def person(cast):
    return actions.register_person(
        by=cast.viewer("worker"), organisation_id=cast.niksic.pk,
        identity={"given": "Milica", "family": "Kovačević", "phone": "069 000 111"}, special={"health": "dijabetes"},
    )  # fmt: skip


@pytest.fixture
def sealed(cast):
    """A person in a sealed programme that `operator` alone is named for."""
    programme = actions.add_programme(
        by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, name="SOS", kind="helpline", sealed=True
    )
    actions.name_worker(by=cast.viewer("coordinator"), programme_id=programme.pk, email=cast.accounts["operator"].email)
    return actions.register_person(
        by=cast.viewer("operator"), organisation_id=cast.niksic.pk, identity={"given": "Tajana"},
        programme_id=programme.pk,
    )  # fmt: skip


# --- rules ---------------------------------------------------------------------------------------------


def test_what_deserves_a_look():
    ana, jana, eve = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    reads = [
        Read(1, NOON, eve, "person.opened", ana),
        Read(2, NOON, eve, "person.opened", jana),
        Read(3, NOON.replace(hour=23), eve, "person.opened", ana),
    ]
    told = unusual(reads, {(eve, ana): [NOON.date() - dt.timedelta(days=29)]})
    assert told == {2: (Unusual.NO_WORK,), 3: (Unusual.NIGHT,)}
    many = [Read(n, NOON + dt.timedelta(minutes=n), eve, "people.found", uuid.uuid4()) for n in range(AN_HOUR + 5)]
    work = {(eve, read.person): [NOON.date()] for read in many}
    assert sorted(unusual(many, work)) == list(range(AN_HOUR, AN_HOUR + 5))


@pytest.mark.parametrize(
    ("day", "months", "before"), [("2026-03-31", 1, "2026-02-28"), ("2024-03-30", 1, "2024-02-29"),
                                  ("2026-01-15", 13, "2024-12-15")],
)  # fmt: skip
def test_months_back(day, months, before):
    assert cutoff(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(before)


def test_own_rules_of_keeping_come_first():
    assert months_of({}, "helpline") == 12
    assert months_of({"": 7}, "helpline") == 12
    assert months_of({"helpline": 9, "": 7}, "helpline") == 9
    assert months_of({"": 7}, "legal_aid") == 7


def test_a_breach_is_closed_when_everybody_was_told():
    assert [due_steps(hours, 0) for hours in (1, 24, 50, 70)] == [0, 1, 2, 3]
    assert due_steps(70, 2) == 1
    with pytest.raises(Refused, match="Judge the risk"):
        check_closing(Risk.UNKNOWN, authority=True, people=True, why_not="because of it")
    with pytest.raises(Refused, match="people concerned"):
        check_closing(Risk.HIGH, authority=True, people=False, why_not="")
    check_closing(Risk.HIGH, authority=True, people=True, why_not="")
    check_closing(Risk.RISK, authority=False, people=False, why_not="the disk was encrypted")
    check_closing(Risk.UNLIKELY, authority=False, people=False, why_not="")


# --- the read log --------------------------------------------------------------------------------------


def test_reads_are_looked_through_asked_about_and_judged(cast, person):
    officer, worker = cast.viewer("officer"), cast.viewer("worker")
    actions.open_person(by=worker, person_id=person.pk)
    actions.open_person(by=cast.viewer("manager"), person_id=person.pk)
    log = queries.reads(officer, cast.niksic)
    assert [(line.reader, line.code, bool({*line.unusual} & {Unusual.NO_WORK})) for line in log.lines] == [
        ("Worker", person.code, False), ("Manager", person.code, True),
    ]  # fmt: skip
    number = log.lines[1].read.number
    question = actions.ask_reader(by=officer, organisation_id=cast.niksic.pk, number=number)
    assert actions.ask_reader(by=officer, organisation_id=cast.niksic.pk, number=number) == question
    assert Notice.objects.filter(account=cast.accounts["manager"]).count() == 1
    with pytest.raises(NotFound):
        actions.answer_question(by=worker, question_id=question.pk, answer="I was asked to")
    assert queries.questions_to_me(cast.viewer("manager")) == [question]
    actions.answer_question(by=cast.viewer("manager"), question_id=question.pk, answer="handed over to me today")
    actions.judge_read(by=officer, question_id=question.pk, verdict="in_order")
    assert queries.questions(officer, cast.niksic) == []
    review = actions.review_reads(by=officer, organisation_id=cast.niksic.pk, up_to=number)
    assert (review.reads, review.unusual) == (2, sum(bool(line.unusual) for line in log.lines))
    assert queries.reads(officer, cast.niksic).lines == []
    with pytest.raises(Conflict):
        actions.review_reads(by=officer, organisation_id=cast.niksic.pk, up_to=number)


def test_nobody_judges_her_own_read(cast, person):
    coordinator = cast.viewer("coordinator")
    actions.open_person(by=coordinator, person_id=person.pk)
    number = queries.reads(coordinator, cast.niksic).lines[-1].read.number
    question = actions.ask_reader(by=coordinator, organisation_id=cast.niksic.pk, number=number)
    with pytest.raises(Refused, match="her own reads"):
        actions.judge_read(by=coordinator, question_id=question.pk, verdict="in_order")


@pytest.mark.parametrize("who", ["worker", "manager", "national", "secretariat", "other_coordinator", "administrator"])
def test_the_log_is_for_those_who_protect_data(cast, person, who):
    with pytest.raises((NotFound, NotAllowed)):
        queries.reads(cast.viewer(who), cast.niksic)


# --- breaking the glass --------------------------------------------------------------------------------


def test_the_glass_opens_one_record_for_an_hour_and_is_told_at_once(cast, sealed):
    manager = cast.viewer("manager")
    with pytest.raises(NotFound):
        actions.open_person(by=manager, person_id=sealed.pk)
    with pytest.raises(Refused, match="what happens if you wait"):
        actions.break_glass(by=manager, organisation_id=cast.niksic.pk, code=sealed.code, reason="now")
    glass = actions.break_glass(
        by=manager, organisation_id=cast.niksic.pk, code=sealed.code.lower(), reason="threatened tonight, all are away"
    )
    assert actions.read_by_glass(by=manager, glass_id=glass.pk)[1] == {"given": "Tajana"}
    with pytest.raises(NotFound):  # nothing else opens
        actions.open_person(by=manager, person_id=sealed.pk)
    assert sealed.pk not in {row.pk for row in Person.objects.filter(queries.visible(manager))}
    for other in ("worker", "supervisor", "officer"):
        with pytest.raises(NotFound):
            actions.read_by_glass(by=cast.viewer(other), glass_id=glass.pk)
    told = set(Notice.objects.values_list("account__email", flat=True))
    assert told >= {"operator@example.org", "officer@example.org", "coordinator@example.org"}
    BreakGlass.objects.update(until=timezone.now())
    with pytest.raises(NotFound):
        actions.read_by_glass(by=manager, glass_id=glass.pk)
    with pytest.raises((NotFound, NotAllowed)):
        actions.review_glass(by=manager, glass_id=glass.pk, verdict="in_order")
    actions.review_glass(by=cast.viewer("officer"), glass_id=glass.pk, verdict="in_order", note="the operator was ill")
    assert queries.glass_to_review(cast.viewer("officer"), cast.niksic) == []


def test_nobody_learns_by_trying_who_is_known(cast, person, sealed):
    manager, where = cast.viewer("manager"), {"organisation_id": cast.niksic.pk, "reason": "somebody is in danger"}
    other = {"organisation_id": cast.nis.pk, "reason": "somebody is in danger"}
    with pytest.raises(NotFound):
        actions.break_glass(by=manager, code=sealed.code, **other)
    for code in (person.code, "KA-0000-0", "nonsense", "", "BA-1234-5"):
        with pytest.raises(Refused, match="No sealed record"):
            actions.break_glass(by=manager, code=code, **where)
    with pytest.raises(Refused, match="Too many"):
        actions.break_glass(by=manager, code=sealed.code, **where)
    assert TrailEntry.objects.filter(event="glass.refused").count() == 5
    assert Notice.objects.filter(account=cast.accounts["officer"]).count() == 5
    with pytest.raises(NotAllowed):
        actions.break_glass(by=cast.viewer("worker"), code=sealed.code, **where)


# --- keeping, holding, erasing -------------------------------------------------------------------------


def test_whose_time_has_come(cast, person, django_assert_max_num_queries):
    by, today = cast.viewer("coordinator"), timezone.localdate()

    def due(on=today):
        return [row.pk for row in queries.due_for_review(by, cast.niksic, today=on)]

    later = today + dt.timedelta(days=5 * 366)
    assert due() == []
    assert due(later) == [person.pk]
    entry = actions.record_assistance(
        by=by, organisation_id=cast.niksic.pk, person_id=person.pk, service_type="helpline", unit="talk", quantity=1,
        date=today,
    )  # fmt: skip
    assert due(later) == [person.pk], "a talk keeps for twelve months"
    actions.set_retention(by=cast.viewer("officer"), organisation_id=cast.niksic.pk, service_type="helpline", months=72)
    with django_assert_max_num_queries(8):
        assert due(later) == []
    actions.set_retention(
        by=cast.viewer("officer"), organisation_id=cast.niksic.pk, service_type="helpline", months=None
    )
    with pytest.raises(Refused):
        actions.keep_longer(by=by, person_id=person.pk, until=today, reason="still in court")
    actions.keep_longer(by=by, person_id=person.pk, until=later.replace(year=today.year + 9), reason="still in court")
    assert due(later) == []
    assert entry.pk


def test_a_hold_forbids_erasing_and_a_certificate_tells_what_was_destroyed(cast, person):
    by = cast.viewer("coordinator")
    actions.record_assistance(
        by=by, organisation_id=cast.niksic.pk, person_id=person.pk, service_type="helpline", unit="talk", quantity=1,
        date=timezone.localdate(), note="o bolesti",
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        actions.place_hold(by=cast.viewer("worker"), person_id=person.pk, reason="court, P 12/26")
    hold = actions.place_hold(by=by, person_id=person.pk, reason="court, P 12/26")
    with pytest.raises(Conflict):
        actions.place_hold(by=by, person_id=person.pk, reason="again, P 12/26")
    with pytest.raises(Refused, match="hold"):
        actions.erase_person(by=by, person_id=person.pk, reason="she asked")
    actions.end_hold(by=by, hold_id=hold.pk)
    certificate = actions.erase_person(by=by, person_id=person.pk, reason="she asked")
    assert certificate.number == 1
    assert certificate.destroyed["keys"] == 1
    assert certificate.destroyed["notes"] == 1
    assert certificate.destroyed["search words"] > 3
    assert certificate.kept == {"entries of the ledger, about nobody": 1}
    assert "Milica" not in json.dumps([certificate.destroyed, certificate.kept])
    assert queries.certificate(cast.viewer("officer"), certificate.pk) == certificate
    with pytest.raises(NotFound):
        queries.certificate(cast.viewer("other_coordinator"), certificate.pk)
    assert ErasureCertificate.objects.get().person.identity == b""


# --- what people ask -----------------------------------------------------------------------------------


def test_a_request_is_answered_within_a_month_and_reminded_of_once(cast, person):
    worker, today = cast.viewer("worker"), timezone.localdate()
    asked = actions.receive_request(by=worker, person_id=person.pk, asked="copy")
    assert asked.due_on == today + dt.timedelta(days=30)
    assert actions.remind_of_requests(by=CLOCK) == 0
    SubjectRequest.objects.update(due_on=today + dt.timedelta(days=6))
    assert [actions.remind_of_requests(by=CLOCK) for _time in range(2)] == [1, 0]
    assert not Notice.objects.filter(text__contains="Milica").exists()
    with pytest.raises(Refused, match="Say why not"):
        actions.answer_request(by=worker, request_id=asked.pk, answer=Reply.REFUSED)
    with pytest.raises(NotFound):
        actions.answer_request(by=cast.viewer("other_worker"), request_id=asked.pk, answer=Reply.DONE)
    actions.answer_request(by=worker, request_id=asked.pk, answer=Reply.DONE)
    with pytest.raises(NotFound):
        actions.answer_request(by=worker, request_id=asked.pk, answer=Reply.DONE)


def test_of_a_sealed_person_the_officer_sees_that_she_asked_and_not_who(cast, sealed):
    actions.receive_request(by=cast.viewer("operator"), person_id=sealed.pk, asked="erasure")
    found = queries.subject_requests(cast.viewer("officer"), cast.niksic)
    assert [row.shown_code for row in found] == [""]
    with pytest.raises(NotFound):
        queries.subject_request(cast.viewer("manager"), found[0].pk)


def test_her_copy_holds_all_about_her_in_her_language(cast, person):
    manager = cast.viewer("manager")
    actions.record_assistance(
        by=manager, organisation_id=cast.niksic.pk, person_id=person.pk, service_type="parcel_distribution",
        unit="parcel", quantity=2, date=dt.date(2026, 3, 4), note="bez šećera",
    )  # fmt: skip
    actions.state_basis(
        by=manager, person_id=person.pk, purpose="assistance", basis="public_task", given_on=dt.date(2026, 3, 4)
    )
    told = actions.copy_of_person(by=manager, person_id=person.pk, language="sr-latn", form="json")
    text = json.dumps(told, ensure_ascii=False)
    for word in ("Milica", "Kovačević", "069 000 111", "dijabetes", "bez šećera", "4. 3. 2026.", "2 paket"):
        assert word in text
    assert "worker" not in text.lower()
    assert actions.copy_of_person(by=manager, person_id=person.pk, language="ar")[:5] == b"%PDF-"
    with pytest.raises(NotAllowed):
        actions.copy_of_person(by=cast.viewer("worker"), person_id=person.pk, language="en")


# --- breaches and the register -------------------------------------------------------------------------


def test_a_breach_is_noted_by_anybody_of_the_house_and_its_clock_runs(cast):
    found = timezone.now() - dt.timedelta(hours=49)
    with pytest.raises(NotFound):
        actions.log_breach(
            by=cast.viewer("secretariat"), organisation_id=cast.niksic.pk, kind="seized", what="a phone was taken"
        )
    breach = actions.log_breach(
        by=cast.viewer("worker"), organisation_id=cast.niksic.pk, kind="seized", what="a phone was taken at the border",
        found_at=found,
    )  # fmt: skip
    assert [actions.remind_of_breaches(by=CLOCK) for _time in range(2)] == [1, 0]
    last = Notice.objects.filter(account=cast.accounts["officer"]).first()
    assert last.params == {"hours": "23"}
    officer = cast.viewer("officer")
    with pytest.raises(Refused, match="Judge the risk"):
        actions.close_breach(by=officer, breach_id=breach.pk)
    changed = actions.change_breach(
        by=officer, breach_id=breach.pk, version=1, risk="risk", people=12, authority_told_at=timezone.now()
    )
    with pytest.raises(Conflict):
        actions.change_breach(by=officer, breach_id=breach.pk, version=1, risk="high")
    assert actions.close_breach(by=officer, breach_id=breach.pk).closed_at
    assert changed.number == 1
    with pytest.raises((NotFound, NotAllowed)):
        queries.breaches(cast.viewer("worker"), cast.niksic)


def test_the_register_holds_every_table_of_casework(cast):
    from django.apps import apps

    register = queries.register_of_processing(cast.viewer("officer"), cast.niksic)
    tables = [table for activity in register for table in activity.tables]
    assert sorted(tables) == sorted(model._meta.label for model in apps.get_app_config("casework").get_models())
    told = {activity.purpose: activity for activity in register}
    assert any(name == "Person.identity" for names in told["assistance"].fields.values() for name in names)
    assert told["assistance"].months == (12, 60)


def test_who_is_asked_sees_which_read_it_was_and_the_officer_that_she_was_asked(cast, person, client):
    actions.open_person(by=cast.viewer("manager"), person_id=person.pk)
    officer = cast.viewer("officer")
    number = queries.reads(officer, cast.niksic).lines[-1].read.number
    actions.ask_reader(by=officer, organisation_id=cast.niksic.pk, number=number)
    assert queries.reads(officer, cast.niksic).asked == {number}
    [asked] = queries.questions_to_me(cast.viewer("manager"))
    assert (asked.line.code, asked.line.read.event) == (person.code, "person.opened")
    [waiting] = queries.questions(officer, cast.niksic)
    assert waiting.line.read.number == number
    client.force_login(cast.accounts["officer"])
    page = client.get(f"/workspace/organisations/{cast.niksic.slug}/data-protection/reads/?who={asked.reader_id}")
    assert cast.accounts["manager"].name in page.content.decode() and person.code in page.content.decode()


def test_a_certificate_has_words_for_every_table_that_is_emptied():
    assert {str(trace.model._meta.verbose_name) for trace in TRACES if trace.person} <= {*ERASED_LABELS}


def test_what_she_asked_and_holds_stand_in_her_timeline(cast, person):
    asked = actions.receive_request(by=cast.viewer("worker"), person_id=person.pk, asked="copy")
    actions.answer_request(by=cast.viewer("coordinator"), request_id=asked.pk, answer=Reply.DONE)
    hold = actions.place_hold(by=cast.viewer("coordinator"), person_id=person.pk, reason="Osnovni sud, 12/26")
    actions.end_hold(by=cast.viewer("coordinator"), hold_id=hold.pk)
    moments = queries.timeline(cast.viewer("worker"), person.pk)
    assert [moment.kind for moment in moments].count("right") == 1
    assert [moment.kind for moment in moments].count("hold") == 2
