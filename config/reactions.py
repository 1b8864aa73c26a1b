"""What one thing causes somewhere else, and what happens by the clock: two tables, all of it.

A reaction runs after the entry that caused it is committed, at least once, so it must do no harm when it runs again.
A job of the clock likewise: it looks at what is due and does that.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from duga.members.rules import Viewer

#: Who the trail names when the clock acts.
CLOCK = Viewer(system="clock")


def _note_erasure(entry):
    """So that a restore on a new machine erases again, though only older backups are left."""
    from django.conf import settings

    from config.backups import note_erasures

    if settings.BACKUPS.exists():
        note_erasures(settings.BACKUPS)


def _unname(entry):
    """Whoever loses her role is named for no sealed programme any more: coming back, she is named anew."""
    from duga.casework.actions import unname_without_role

    if entry.organisation_id:
        unname_without_role(
            by=CLOCK, organisation_id=entry.organisation_id, account_id=uuid.UUID(str(entry.detail["account"]))
        )


def _revoke_phones(entry):
    """Whoever collects for an organisation no more is let in no more by the phones she connected there."""
    from duga.surveys.actions.openrosa import revoke_without_role

    if entry.organisation_id:
        account_id = uuid.UUID(str(entry.detail["account"]))
        revoke_without_role(by=CLOCK, organisation_id=entry.organisation_id, account_id=account_id)


def _encode_anew(entry):
    """Whoever was erased or sealed meanwhile is in no open round's encodings."""
    from duga.indicators.actions import encode_anew

    if entry.organisation_id:
        encode_anew(by=CLOCK, organisation_id=entry.organisation_id, gone=entry.event == "organisation.destroyed")


def _encode_anew_if_counting(entry):
    """Whoever said no to being counted, or took it back, is in no open round's encodings from now on."""
    if entry.detail.get("purpose") == "statistics_linkage":
        _encode_anew(entry)


def _population(_entry):
    """Tables of population loaded on screen are what `duga count` divides by, too."""
    from duga.indicators.actions import put_population_beside

    put_population_beside(by=CLOCK)


def _find_new_services(_entry):
    """An import puts its services into the search after it is committed: here where it was cut off in between."""
    from duga.directory.actions import index_new

    index_new(by=CLOCK)


def _withdraw_referrals(entry):
    """What waits for an answer ends with the consent it rests on, with an erasure, with its organisation."""
    from duga.casework.actions.referrals import withdraw_referrals

    if entry.event == "organisation.destroyed":
        withdraw_referrals(by=CLOCK, organisation_id=entry.organisation_id)
    elif entry.event == "person.erased":
        withdraw_referrals(by=CLOCK, person_id=uuid.UUID(entry.subject_id))
    elif entry.detail.get("purpose") == "referral":
        person = entry.detail.get("person") or entry.subject_id
        withdraw_referrals(by=CLOCK, person_id=uuid.UUID(person), consent_only=True)


def _hide_referrals(entry):
    """Nobody who may not see her any more keeps a notice that leads to her."""
    from duga.casework.actions.referrals import hide_sealed_referrals

    hide_sealed_referrals(by=CLOCK, person_id=uuid.UUID(entry.subject_id))


#: Trail event → what it causes, each called with the entry.
ON_EVENT: dict[str, tuple[Callable, ...]] = {
    "directory.imported": (_find_new_services,),
    "person.erased": (_withdraw_referrals, _note_erasure, _encode_anew),
    "person.sealed": (_hide_referrals, _encode_anew),
    "person.merged": (_encode_anew,),
    "person.unmerged": (_encode_anew,),
    "person.objected": (_encode_anew,),
    "person.basis_ended": (_withdraw_referrals, _encode_anew_if_counting),
    "consent.refused": (_encode_anew_if_counting,),
    "consent.withdrawn": (_withdraw_referrals, _encode_anew_if_counting),
    "indicators.round_linking": (_note_erasure,),
    "indicators.round_closed": (_note_erasure,),
    "indicators.round_cancelled": (_note_erasure,),
    "organisation.destroyed": (_withdraw_referrals, _note_erasure, _encode_anew),
    "places.population_loaded": (_population,),
    "role.taken": (_unname, _revoke_phones),
}


@dataclass(frozen=True)
class Job:
    """Something done by the clock: its name, how often, and the function that does what is due."""

    name: str
    every: dt.timedelta
    do: Callable[[], object]


def _answers():
    from duga.surveys.actions.receiving import look_after_answers

    look_after_answers(by=CLOCK)


def _asking():
    from duga.surveys.actions.asking import remind_of_rounds

    remind_of_rounds(by=CLOCK)


def _sessions():
    from django.core.management import call_command

    call_command("clearsessions")


def _tasks():
    from django.core.management import call_command

    call_command("prune_db_task_results", verbosity=0)


def _backup():
    from django.conf import settings

    from config.backups import back_up, prune

    if not settings.DEMO and settings.BACKUP_DAYS:
        back_up(settings.BACKUPS)
    prune(settings.BACKUPS)


def _staged():
    from duga.casework.actions import discard_old_staged
    from duga.directory.actions import exchange

    discard_old_staged(by=CLOCK)
    exchange.discard_old_staged(by=CLOCK)


def _rounds():
    from duga.indicators.actions import end_due_rounds

    end_due_rounds(by=CLOCK)


def _figures():
    from duga.indicators.actions import discard_old_countings, discard_old_figures, discard_old_tables

    for discard in (discard_old_figures, discard_old_tables, discard_old_countings):
        discard(by=CLOCK)


def _requests():
    from duga.casework.actions import drop_old_drafts, escalate_due, make_visits

    for due in (escalate_due, make_visits, drop_old_drafts):
        due(by=CLOCK)


def _licences():
    from duga.directory.actions import look_after_licences

    look_after_licences(by=CLOCK)


def _services():
    from duga.directory.actions import look_after_services

    look_after_services(by=CLOCK)


def _reviews():
    from duga.casework.actions import remind_reviews

    remind_reviews(by=CLOCK)


def _volunteers():
    from duga.casework.actions import forget_volunteers

    forget_volunteers(by=CLOCK)


def _referrals():
    from duga.casework.actions.referrals import look_after_referrals

    look_after_referrals(by=CLOCK)


def _feedback():
    from duga.casework.actions.feedback import look_after_feedback

    look_after_feedback(by=CLOCK)


def _rights():
    from duga.casework.actions import remind_of_breaches, remind_of_requests

    remind_of_breaches(by=CLOCK)
    remind_of_requests(by=CLOCK)


BY_THE_CLOCK = (
    Job("breaches whose 72 hours run, requests about one's own data that are due", dt.timedelta(hours=1), _rights),
    Job("requests that wait too long, visits that come round", dt.timedelta(minutes=10), _requests),
    Job("referrals that nobody answered, links that are over", dt.timedelta(minutes=30), _referrals),
    Job("feedback that waits for an answer", dt.timedelta(hours=6), _feedback),
    Job("disclosures and decisions to look at again", dt.timedelta(hours=24), _reviews),
    Job("facts of services that are due, campaigns that end", dt.timedelta(hours=6), _services),
    Job("licences that run out, deadlines to remind of", dt.timedelta(hours=6), _licences),
    Job("counting rounds whose day has come", dt.timedelta(hours=1), _rounds),
    Job("files sent and never imported", dt.timedelta(hours=6), _staged),
    Job("answers far from all others, files of answers that nobody sent", dt.timedelta(hours=24), _answers),
    Job("rounds of asking that end soon", dt.timedelta(hours=6), _asking),
    Job("names of volunteers whose service ended long ago", dt.timedelta(hours=24), _volunteers),
    Job("figures counted long ago and not kept", dt.timedelta(hours=24), _figures),
    Job("expired sessions", dt.timedelta(hours=6), _sessions),
    Job("finished tasks", dt.timedelta(hours=24), _tasks),
    Job("backup", dt.timedelta(hours=24), _backup),
)
