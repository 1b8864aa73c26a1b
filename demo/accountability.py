"""The week of a data-protection officer: reads looked through, a request, a rule, two breaches. Invented."""

import datetime as dt

from django.utils import timezone

from demo.cast import HOME
from duga.casework import actions
from duga.casework import queries as casework
from duga.casework.rules.accountability import Reply, Risk, Verdict
from duga.members import queries


def fill(by) -> str:
    """A few rows of each kind, through actions, as the demo's officer and workers."""
    home = queries.organisation_by_slug(by, HOME)
    worker, manager, coordinator, officer = (
        queries.viewer_by_email(f"{name}@demo.example") for name in ("worker", "manager", "coordinator", "officer")
    )
    ids = casework.people_for_list(by, home, limit=24)
    _reads(worker, manager, officer, home, ids)
    actions.set_retention(
        by=officer, organisation_id=home.pk, service_type="helpline", months=6, why="Koliko traje praćenje poziva."
    )
    today = timezone.localdate()
    asked = actions.receive_request(
        by=worker, person_id=ids[8], asked="correction", received_on=today - dt.timedelta(days=20)
    )
    actions.answer_request(by=coordinator, request_id=asked.pk, answer=Reply.DONE)
    actions.receive_request(by=worker, person_id=ids[9], asked="copy", received_on=today - dt.timedelta(days=25))
    actions.place_hold(by=coordinator, person_id=ids[10], reason="Osnovni sud (izmišljen), broj 12/26")
    _breaches(worker, coordinator, officer, home)
    return "a read log, 2 requests, 1 hold, 2 breaches"


def _reads(worker, manager, officer, home, ids) -> None:
    """What was read: some of it looked through and asked about, some waiting."""
    for pk in ids[:4]:
        actions.open_person(by=worker, person_id=pk)
    actions.open_person(by=manager, person_id=ids[5])
    line = next(line for line in casework.reads(officer, home).lines if line.read.reader == manager.account_id)
    question = actions.ask_reader(by=officer, organisation_id=home.pk, number=line.read.number)
    actions.answer_question(by=manager, question_id=question.pk, answer="Zvala je patronažna sestra zbog nje.")
    actions.judge_read(by=officer, question_id=question.pk, verdict=Verdict.IN_ORDER)
    last = casework.reads(officer, home).lines[-1].read.number
    actions.review_reads(by=officer, organisation_id=home.pk, up_to=last, note="Prva sedmica.")
    for pk in ids[5:8]:
        actions.open_person(by=worker, person_id=pk)
    line = casework.reads(officer, home).lines[-1]
    actions.ask_reader(by=officer, organisation_id=home.pk, number=line.read.number)


def _breaches(worker, coordinator, officer, home) -> None:
    now, here = timezone.now(), {"organisation_id": home.pk}
    lost = actions.log_breach(
        by=worker, **here, kind="lost_device", what="Telefon s terena izgubljen u autobusu, bio je zaključan.",
        found_at=now - dt.timedelta(days=40), people=12,
    )  # fmt: skip
    told = {"risk": Risk.UNLIKELY, "measures": "Telefon je ispražnjen na daljinu istog sata."}
    actions.change_breach(by=officer, breach_id=lost.pk, version=lost.version, **told)
    actions.close_breach(by=officer, breach_id=lost.pk)
    actions.log_breach(
        by=coordinator, **here, kind="wrong_recipient", what="Spisak za podjelu poslat na pogrešnu adresu e-pošte.",
        found_at=now - dt.timedelta(hours=20), people=30,
    )  # fmt: skip
