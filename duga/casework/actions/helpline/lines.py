"""Lines and their questions about safety, set up by who runs the organisation; what a score obliges to, done."""

import yaml
from django.db import IntegrityError, transaction
from django.utils import timezone

from duga.casework.actions._help import _check_code, _organisation, _tell
from duga.casework.models import HelplineLine, Programme, RiskAssessment, RiskInstrument
from duga.casework.queries import helpline as queries
from duga.casework.rules.risk import read_instrument
from duga.directory.rules.hours import read
from duga.members.rules import Permission
from duga.plain.errors import Refused, gettext_noop
from duga.plain.ids import uuid7

MANAGE = Permission.MANAGE_ORGANISATION
LARGEST = 200_000  #: letters of an instrument's file

_NAME = gettext_noop("Give the line a name of at most 120 letters.")
_TAKEN = gettext_noop("There is already a line called %(name)s.")
_SEALED = gettext_noop("A line belongs to a sealed programme of this organisation. Add one of the kind helpline first.")
_SERVICE = gettext_noop("Choose a service of this organisation's entry in the directory.")
_HOURS = gettext_noop("These hours cannot be read. Give days, from when and to when, for example 13:00 to 21:00.")
_YAML = gettext_noop("This file is no YAML or JSON. Look at the starter questions: yours has the same shape.")
_SAME = gettext_noop("%(name)s, version %(version)s, is there already. Give a changed instrument a new version.")
_NOT_OWED = gettext_noop("This is done already, or was never asked for.")


@transaction.atomic
def add_line(*, by, organisation_id, programme_id, name, service_id=None, hours=()) -> HelplineLine:
    """Adds a line to a sealed programme. `hours`: [{language, byday, opens_at, closes_at}] in the directory's words,
    where the directory's entry tells none. The first line of an organisation brings the starter questions."""
    organisation = _organisation(by, organisation_id, MANAGE)
    programme = Programme.objects.filter(pk=programme_id, organisation=organisation, closed_at=None).first()
    if programme is None or not programme.sealed:
        raise Refused(_SEALED)
    line = HelplineLine(organisation=organisation, programme=programme)
    _write(by, line, name, service_id, hours)
    _tell(by, "line.added", line)
    if not RiskInstrument.objects.filter(organisation=organisation).exists():
        _use(by, organisation, queries.starter_instrument())
    return line


@transaction.atomic
def change_line(*, by, line_id, name, service_id=None, hours=()) -> HelplineLine:
    """Changes a line's name, its entry in the directory, its own hours."""
    line = queries.line_to_manage(by, line_id)
    _write(by, line, name, service_id, hours)
    _tell(by, "line.changed", line)
    return line


def _write(by, line, name, service_id, hours) -> None:
    line.name = " ".join(str(name).split())
    if not 0 < len(line.name) <= 120:
        raise Refused(_NAME)
    services = {row.pk for row in queries.services_for_lines(by, line.organisation)}
    if service_id and service_id not in services:
        raise Refused(_SERVICE)
    line.service_id, line.hours = service_id, [_hours(row) for row in hours]
    others = HelplineLine.objects.filter(organisation=line.organisation, name=line.name).exclude(pk=line.pk)
    if others.exists():
        raise Refused(_TAKEN, name=line.name)
    line.save()


def _hours(row) -> dict:
    told = {name: str(row.get(name) or "") for name in ("language", "byday", "opens_at", "closes_at")}
    understood = read(told)
    if understood is None or understood.opens is None or understood.closes is None:
        raise Refused(_HOURS)
    if told["language"]:
        _check_code("languages", told["language"])
    return told


@transaction.atomic
def close_line(*, by, line_id) -> HelplineLine:
    """Closes a line for new calls; what it holds stays, as sealed as it is."""
    line = queries.line_to_manage(by, line_id)
    if line.closed_at is None:
        line.closed_at = timezone.now()
        line.save(update_fields=["closed_at"])
        _tell(by, "line.closed", line)
    return line


@transaction.atomic
def use_instrument(*, by, organisation_id, text: str) -> RiskInstrument:
    """Takes an instrument (YAML or JSON, of the shape of the starter questions) into use in place of the one before.
    Earlier assessments keep the version they were made with."""
    organisation = _organisation(by, organisation_id, MANAGE)
    try:
        told = yaml.safe_load(text) if len(text) <= LARGEST else None
    except (yaml.YAMLError, RecursionError, ValueError):
        told = None
    if not isinstance(told, dict):
        raise Refused(_YAML)
    return _use(by, organisation, told)


def _use(by, organisation, told) -> RiskInstrument:
    instrument = read_instrument(told)
    RiskInstrument.objects.filter(organisation=organisation, retired_at=None).update(retired_at=timezone.now())
    row = RiskInstrument(
        pk=uuid7(), organisation=organisation, code=instrument.code, version=instrument.version,
        name=instrument.name["en"][:160], licence=instrument.licence[:200], source=instrument.source[:300], data=told,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(_SAME, name=row.name, version=row.version) from None
    _tell(by, "line.questions_changed", row, code=row.code, version=row.version)
    return row


@transaction.atomic
def do_obligation(*, by, assessment_id, code) -> RiskAssessment:
    """Notes that something a score obliges to was done, and by whom."""
    found = queries.assessment(by, assessment_id)
    found = RiskAssessment.objects.select_for_update().select_related("instrument").get(pk=found.pk)
    duty = next((each for each in found.obligations if each["code"] == code and not each["done"]), None)
    if duty is None:
        raise Refused(_NOT_OWED)
    duty.update(done=timezone.now().isoformat(), by=str(by.account_id))
    found.undone = sum(not each["done"] for each in found.obligations)
    found.save(update_fields=["obligations", "undone"])
    _tell(by, "call.obligation_done", found, code=code)
    return found
