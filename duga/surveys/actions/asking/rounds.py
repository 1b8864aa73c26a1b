"""Rounds of asking: planned, changed, assigned, reminded of, closed."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from duga.members.actions import notify, write_trail
from duga.members.queries import accounts_with
from duga.members.rules import Permission, Viewer
from duga.places.queries import areas_by_ids
from duga.plain.errors import NOT_HERE, NotAllowed, NotFound, Refused, gettext_noop
from duga.surveys.models import Round, RoundAssignment
from duga.surveys.queries import form_by_id, uses, works_in
from duga.surveys.queries.asking.rounds import countries_of, due_reminders, may_plan, newest, round_by_id
from duga.surveys.queries.receiving.kept import forget_kept
from duga.surveys.rules.rounds import check_country, check_plan, check_target, check_words, reminder_due, spoken_codes

_CLOSED = gettext_noop("This round is closed. Plan another one.")
_NOT_PUBLISHED = gettext_noop("Publish the form first, then plan a round with it.")
_TWICE = gettext_noop("They are assigned there already. Take the assignment back first, or give another area.")
_NO_COLLECTOR = gettext_noop("This person does not collect answers there. Give her the role first.")
_ROLE = gettext_noop("Your role does not allow this. Ask your organisation's coordinator.")
_TITLE = gettext_noop("A round of asking ends soon")
_TEXT = gettext_noop("%(title)s: answers are taken until %(day)s.")


@transaction.atomic
def plan_round(*, by: Viewer, owner, form_id, **plan) -> Round:
    """Plans a round of an Organisation or a Network with a form it uses.

    plan: title, opens_on, and closes_on, consent {language code: text}, sample_plan, targets {area id or "": answers},
    languages (codes), remind_days as the table has them.
    """
    if not may_plan(by, owner):
        raise NotFound(NOT_HERE)
    form = form_by_id(by, form_id)
    inside = owner._meta.label == "members.Organisation"
    if not (uses(owner.pk, form) if inside else form.network_id == owner.pk):
        raise NotFound(NOT_HERE)
    row = Round(form=form, by_id=by.account_id, **{"organisation" if inside else "network": owner})
    _fill(by, row, plan)
    row.save(force_insert=True)
    if inside:  # its own people are asked by everybody there, until somebody is named
        RoundAssignment.objects.create(round=row, organisation=owner)
    _tell(by, "round.planned", row)
    return row


@transaction.atomic
def change_round(*, by: Viewer, round_id, **plan) -> Round:
    """Changes a round's plan; other words of consent count its version up. Answers keep the version agreed to."""
    row = _open(by, round_id)
    before, last_day = row.consent, row.closes_on
    _fill(by, row, plan)
    if row.consent != before:
        row.consent_version += 1
    if row.closes_on != last_day:
        row.reminded_at = None
    row.save()
    _tell(by, "round.changed", row, consent_version=row.consent_version)
    return row


def _fill(by, row, plan):
    told = {"closes_on": None, "consent": {}, "sample_plan": "", "targets": {}, "languages": [], "remind_days": None}
    told |= plan
    version = newest(row.form)
    if version is None:
        raise Refused(_NOT_PUBLISHED)
    consent = {code: text.strip() for code, text in told["consent"].items() if text.strip()}
    targets = {str(area): target for area, target in told["targets"].items()}
    check_plan(
        title=told["title"], opens_on=told["opens_on"], closes_on=told["closes_on"], targets=list(targets.values()),
        remind_days=told["remind_days"],
    )  # fmt: skip
    spoken = spoken_codes(version.languages)
    check_words(consent=consent, languages=told["languages"], spoken=spoken, personal=bool(version.personal))
    countries = countries_of(by, row)
    areas = areas_by_ids([each for each in targets if each])
    for area in areas:
        check_country(area.name, area.country, countries)
    if len(areas) != sum(1 for each in targets if each):
        raise NotFound(NOT_HERE)
    for name, value in (told | {"consent": consent, "targets": targets, "title": told["title"].strip()}).items():
        setattr(row, name, value)


def _open(by, round_id, *, plan=True) -> Round:
    row = round_by_id(by, round_id, plan=plan)
    Round.objects.select_for_update().get(pk=row.pk)
    if row.closed_at:
        raise Refused(_CLOSED)
    return row


@transaction.atomic
def assign(*, by: Viewer, round_id, organisation_id, account_id=None, area=None, target: int | None = None):
    """Names who asks: an organisation (by who plans the round), or one of its people (from inside); where, how many."""
    row = _open(by, round_id, plan=False)
    plans, works = may_plan(by, row.organisation or row.network), works_in(by, organisation_id, Permission.DESIGN_FORMS)
    if not uses(organisation_id, row.form) or (row.organisation_id and row.organisation_id != organisation_id):
        raise NotFound(NOT_HERE)
    if not (works if account_id or not plans else plans):
        raise NotAllowed(_ROLE)
    check_target(target)
    if area is not None:
        check_country(area.name, area.country, countries_of(by, row))
    if account_id and account_id not in accounts_with(Permission.COLLECT_ANSWERS, [organisation_id]).get(
        organisation_id, ()
    ):
        raise Refused(_NO_COLLECTOR)
    same = {"round": row, "organisation_id": organisation_id, "account_id": account_id, "area": area}
    if RoundAssignment.objects.filter(**same, until=None).exists():
        raise Refused(_TWICE)
    made = RoundAssignment.objects.create(**same, target=target)
    _tell(by, "round.assigned", row, organisation_id=organisation_id)
    return made


@transaction.atomic
def take_back(*, by: Viewer, assignment_id) -> RoundAssignment:
    """Takes an assignment back; what came by it stays with it."""
    found = RoundAssignment.objects.filter(pk=assignment_id, until=None).first()
    if found is None:
        raise NotFound(NOT_HERE)
    row = _open(by, found.round_id, plan=False)
    works = works_in(by, found.organisation_id, Permission.DESIGN_FORMS)
    if not (works if found.account_id else may_plan(by, row.organisation or row.network)):
        raise NotAllowed(_ROLE)
    found.until = timezone.now()
    found.save(update_fields=["until"])
    _tell(by, "round.taken_back", row, organisation_id=found.organisation_id)
    return found


@transaction.atomic
def close_round(*, by: Viewer, round_id) -> Round:
    """Closes a round: its links open nothing any more, its answers stay."""
    row = _open(by, round_id)
    row.closed_at = timezone.now()
    row.save(update_fields=["closed_at"])
    _tell(by, "round.closed", row)
    return row


@transaction.atomic
def remind_of_rounds(*, by: Viewer, today: dt.date | None = None) -> int:
    """For the clock: tells those who ask, once, that a round ends in `remind_days`. Returns how many were told.

    Whoever is named is told; where an organisation is assigned as a whole, all who collect there.
    """
    if not by.system:
        raise NotFound(NOT_HERE)
    today, told = today or timezone.localdate(), 0
    for row in due_reminders(today):
        if not reminder_due(row.closes_on, row.remind_days, today):
            continue
        given = list(row.assignments.filter(until=None))
        everybody = accounts_with(Permission.COLLECT_ANSWERS, {each.organisation_id for each in given})
        people = set()
        for each in given:
            people |= {each.account_id} if each.account_id else set(everybody.get(each.organisation_id, ()))
        params = {"title": row.title, "day": f"{row.closes_on:%d.%m.%Y.}"}
        told += len(notify(by=by, to=people, title=_TITLE, text=_TEXT, params=params, path="/collect/fill/"))
        row.reminded_at = timezone.now()
        row.save(update_fields=["reminded_at"])
        _tell(by, "round.reminded", row, people=len(people))
    return told


def _tell(by, event, row, *, organisation_id=None, **detail) -> None:
    """The trail's entry, and phones' next posts are judged by what holds now."""
    organisation_id = organisation_id or row.organisation_id
    write_trail(by=by, event=event, subject=("surveys.Round", row.pk), organisation_id=organisation_id, detail=detail)
    transaction.on_commit(forget_kept)
