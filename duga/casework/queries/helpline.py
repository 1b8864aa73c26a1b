"""Lines and calls, for those named for the line's programme. What was told in a call stays closed here."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from importlib import resources

import yaml
from django.db.models import Q
from django.utils import timezone

from duga.casework.models import Call, HelplineLine, MonthlyRequest, RiskAssessment, RiskInstrument
from duga.casework.queries.programmes import door, named_for, visible
from duga.casework.rules import helpline as rules
from duga.casework.rules import rise
from duga.casework.rules.helpline import Callback, CallState
from duga.casework.rules.risk import Instrument, read_instrument
from duga.directory.queries import bundles, provider_of, services_of_provider
from duga.directory.rules import hours as opening
from duga.members.queries import NOT_HERE, may, organisation_by_id, organisation_by_slug, require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound

ANSWER, SUPERVISE = Permission.ANSWER_HELPLINE, Permission.APPROVE_CASES
EARLIER = 10  #: calls of a returning caller that are told
YEARS, WEEKS = 5, 8  #: what a rise is measured against


def desk(viewer: Viewer, slug: str):
    """The door to an organisation for who answers calls in it or supervises that; NotAllowed for other colleagues."""
    organisation = organisation_by_slug(viewer, slug)
    if not may(viewer, SUPERVISE, of=organisation):
        require(viewer, ANSWER, of=organisation)
    return organisation


def supervises(viewer: Viewer, organisation) -> bool:
    """Whether the viewer is named for a line's programme here and supervises."""
    return may(viewer, SUPERVISE, of=organisation) and bool(lines(viewer, organisation))


def lines(viewer: Viewer, organisation) -> list[HelplineLine]:
    """The open lines of an organisation for whose programmes the viewer is named; none for anybody else."""
    named = named_for(viewer)
    rows = HelplineLine.objects.filter(organisation=organisation, programme__in=named, closed_at=None)
    return list(rows.select_related("programme", "organisation"))


def lines_to_manage(viewer: Viewer, organisation) -> list[HelplineLine]:
    """All lines, for who runs the organisation: names, hours and numbers, nothing of the calls."""
    require(viewer, Permission.MANAGE_ORGANISATION, of=organisation)
    return list(HelplineLine.objects.filter(organisation=organisation).select_related("programme"))


def line(viewer: Viewer, line_id) -> HelplineLine:
    """The door to a line one answers; NotFound unless named for its programme."""
    return door(viewer, HelplineLine.objects.select_related("programme", "organisation"), line_id, ANSWER)


def line_to_manage(viewer: Viewer, line_id) -> HelplineLine:
    """The door to a line as who runs the organisation changes it."""
    found = HelplineLine.objects.select_related("organisation").filter(pk=line_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    require(viewer, Permission.MANAGE_ORGANISATION, of=found.organisation)
    return found


def supervised(viewer: Viewer, organisation):
    """The ids of the lines a supervisor sees; NotFound where she is named for none."""
    require(viewer, SUPERVISE, of=organisation)
    named = named_for(viewer)
    found = list(
        HelplineLine.objects.filter(organisation=organisation, programme__in=named).values_list("pk", flat=True)
    )
    if not found:
        raise NotFound(NOT_HERE)
    return found


def services_for_lines(viewer: Viewer, organisation) -> list:
    """The services of the organisation's entry in the directory that a line may bear the number and hours of."""
    require(viewer, Permission.MANAGE_ORGANISATION, of=organisation)
    provider = provider_of(organisation.pk)
    return [row for row in services_of_provider(provider.pk) if not row.merged_into_id] if provider else []


@dataclass(frozen=True)
class LineTold:
    """A line as those who answer it see it: its public numbers, and by language whether it is open now."""

    line: HelplineLine
    numbers: list[str]
    zone: object
    hours: dict[str, list] = field(default_factory=dict)  #: language ("" for all): rows of the directory's words
    open: dict[str, opening.Openness] = field(default_factory=dict)


def told(found: list[HelplineLine], now: dt.datetime) -> list[LineTold]:
    """Numbers and hours of these lines: of the directory's entry where there is one, else the line's own hours."""
    entries = {each.service.pk: each for each in bundles({row.service_id for row in found if row.service_id})}
    return [_told(row, entries.get(row.service_id), now) for row in found]


def _told(row, entry, now):
    phones = entry.phones or [each for rows in entry.location_phones.values() for each in rows] if entry else []
    rows = list(row.hours)
    if entry and entry.hours():
        names = ("language", "byday", "opens_at", "closes_at", "bymonthday", "freq")
        rows = [{name: getattr(each, name) for name in names} for each in entry.hours()]
    by_language: dict[str, list] = {}
    for each in rows:
        by_language.setdefault(each.get("language") or "", []).append(each)
    zone = opening.zone(row.organisation.country)
    read = {code: [each for each in map(opening.read, rows) if each] for code, rows in by_language.items()}
    is_open = {code: opening.openness(each, (), now, at=zone) for code, each in read.items()}
    numbers = list(dict.fromkeys(each.number for each in phones if each.number))
    return LineTold(row, numbers, zone, by_language, is_open)


# --- Calls ------------------------------------------------------------------------------------------------

_CALLS = ("line__programme", "line__organisation", "operator", "area", "person")


def call(viewer: Viewer, call_id) -> Call:
    """The door to a call, all that is sealed closed. A draft is its operator's alone; a finished one is seen by those
    named for its programme who answer or supervise."""
    found = Call.objects.select_related(*_CALLS).filter(visible(viewer, "line__"), pk=call_id).first()
    if found is None or (found.state == CallState.DRAFT and found.operator_id != viewer.account_id):
        raise NotFound(NOT_HERE)
    organisation_by_id(viewer, found.line.organisation_id)
    if not may(viewer, SUPERVISE, of=found.line.organisation):
        require(viewer, ANSWER, of=found.line.organisation)
    return found


def own_drafts(viewer: Viewer, organisation) -> list[Call]:
    """The viewer's unfinished calls, the oldest first."""
    rows = Call.objects.filter(
        visible(viewer, "line__"), line__organisation=organisation, operator_id=viewer.account_id, state=CallState.DRAFT
    )
    return list(rows.select_related("line").order_by("started_at"))


def own_calls(viewer: Viewer, organisation, since: dt.datetime) -> list[Call]:
    """The calls the viewer finished since a moment, the newest first."""
    rows = Call.objects.filter(
        visible(viewer, "line__"), line__organisation=organisation, operator_id=viewer.account_id, ended_at__gte=since,
        state=CallState.KEPT,
    )  # fmt: skip
    return list(rows.select_related("line").order_by("-started_at"))


def earlier_calls(viewer: Viewer, found: Call) -> list[Call]:
    """Earlier finished calls of the same returning caller on lines of the same programme, the newest first."""
    if not found.mark:
        return []
    rows = Call.objects.filter(
        visible(viewer, "line__"), line__programme=found.line.programme_id, mark=bytes(found.mark), state=CallState.KEPT
    )
    return list(rows.exclude(pk=found.pk).select_related("line").order_by("-started_at")[:EARLIER])


def waiting(viewer: Viewer, organisation) -> list[Call]:
    """Finished calls after which somebody waits to be called, on lines the viewer is named for."""
    rows = Call.objects.filter(
        line__programme__in=named_for(viewer), line__organisation=organisation, callback=Callback.WAITING,
        state=CallState.KEPT,
    )  # fmt: skip
    return list(rows.select_related("line__organisation", "person").order_by("started_at"))


# --- Questions about safety -------------------------------------------------------------------------------


def starter_instrument() -> dict:
    """The questions shipped with Duga, as plain data."""
    return yaml.safe_load((resources.files("duga.casework") / "data" / "starter_safety_questions.yaml").read_text())


def instrument_in_use(organisation_id) -> tuple[RiskInstrument, Instrument] | None:
    """The questions an organisation's lines ask now, as kept and as understood."""
    row = RiskInstrument.objects.filter(organisation_id=organisation_id, retired_at=None).first()
    return (row, read_instrument(row.data)) if row else None


def instruments(viewer: Viewer, organisation) -> list[RiskInstrument]:
    """All versions that were ever asked, the newest first."""
    require(viewer, Permission.MANAGE_ORGANISATION, of=organisation)
    return list(RiskInstrument.objects.filter(organisation=organisation).order_by("-created_at"))


def assessment(viewer: Viewer, assessment_id) -> RiskAssessment:
    """The door to an assessment, its answers closed."""
    rows = RiskAssessment.objects.select_related("instrument__organisation", "call__line", "person")
    found = rows.filter(programme__in=named_for(viewer), pk=assessment_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    if not may(viewer, SUPERVISE, of=found.instrument.organisation):
        require(viewer, ANSWER, of=found.instrument.organisation)
    return found


def assessment_of(viewer: Viewer, found: Call) -> RiskAssessment | None:
    """The assessment made in a call."""
    rows = RiskAssessment.objects.filter(call=call(viewer, found.pk))
    return rows.select_related("instrument", "call__line").first()


def undone(viewer: Viewer, organisation, *, own: bool = False) -> list[RiskAssessment]:
    """Assessments of which something is still to be done, the oldest first; `own`: of the viewer's calls."""
    rows = RiskAssessment.objects.filter(
        programme__in=named_for(viewer), instrument__organisation=organisation, undone__gt=0
    ).filter(Q(call=None) | Q(call__state=CallState.KEPT))
    if own:
        rows = rows.filter(by_id=viewer.account_id)
    else:
        require(viewer, SUPERVISE, of=organisation)
    return list(rows.select_related("instrument", "call__line", "by").order_by("created_at"))


# --- The supervisor's picture -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Picture:
    """A supervisor's day: what stands open, and whether there are more calls than usual."""

    today: list[Call]
    old_drafts: list[Call]  #: who began them and when; nothing of what is in them
    undone: list[RiskAssessment]
    week: rise.Change
    month: rise.Change
    days: int  #: of this month so far


def picture(viewer: Viewer, organisation, now: dt.datetime | None = None) -> Picture:
    """What a supervisor named for the lines of an organisation sees."""
    now = now or timezone.now()
    mine = supervised(viewer, organisation)
    rows = Call.objects.filter(line__in=mine).select_related("line", "operator")
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    drafts = rows.filter(state=CallState.DRAFT, started_at__lt=now - rules.OLD_DRAFT).defer("draft")
    today = rows.filter(state=CallState.KEPT, started_at__gte=midnight)
    week, month, days = _changes(mine, timezone.localdate(now))
    return Picture(
        list(today.order_by("-started_at")), list(drafts.order_by("started_at")), undone(viewer, organisation),
        week, month, days,
    )  # fmt: skip


def _changes(line_ids, today: dt.date) -> tuple[rise.Change, rise.Change, int]:
    """The last seven days beside the eight weeks before; this month so far beside the same days of earlier years."""
    started = Call.objects.filter(line__in=line_ids, state=CallState.KEPT)
    per_day = Counter(timezone.localdate(at) for at in started.values_list("started_at", flat=True))
    if not per_day:
        return rise.change(0, 7, ()), rise.change(0, today.day, ()), today.day

    def counted(first, days):
        return sum(per_day.get(first + dt.timedelta(days=n), 0) for n in range(days))

    begun, days = min(per_day), today.day
    weeks = [today - dt.timedelta(days=7 * (n + 1) + 6) for n in range(WEEKS)]
    week = [(counted(first, 7), 7) for first in weeks if first >= begun]
    years = [today.replace(year=today.year - n, day=1) for n in range(1, YEARS + 1)]
    month = [(counted(first, days), days) for first in years if first >= begun.replace(day=1)]
    last_year = today - dt.timedelta(days=364 + 6)
    return (
        rise.change(
            counted(today - dt.timedelta(days=6), 7), 7, week,
            counted(last_year, 7) if last_year >= begun else None,
        ),
        rise.change(counted(today.replace(day=1), days), days, month, month[0][0] if month else None),
        days,
    )  # fmt: skip


# --- Months -----------------------------------------------------------------------------------------------


def months(viewer: Viewer, organisation) -> list[MonthlyRequest]:
    """Written requests for a month's numbers, for those named who supervise."""
    require(viewer, SUPERVISE, of=organisation)
    rows = MonthlyRequest.objects.filter(programme__in=named_for(viewer), programme__organisation=organisation)
    return list(rows.select_related("programme", "noted_by", "decided_by"))


def month(viewer: Viewer, request_id) -> MonthlyRequest:
    """One request, with its table once it was told."""
    rows = MonthlyRequest.objects.select_related("programme__organisation", "noted_by", "decided_by", "same_as")
    return door(viewer, rows, request_id, SUPERVISE)


def month_span(programme, first: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The moments between which a month lies where the organisation is."""
    zone = opening.zone(programme.organisation.country)
    return tuple(dt.datetime.combine(day, dt.time(), zone) for day in (first, rules.month_after(first)))


def calls_of_month(programme, first: dt.date) -> tuple[list[dict], int]:
    """(the finished calls of a month as rules.month_tables wants them, how many are unfinished)."""
    begin, end = month_span(programme, first)
    rows = Call.objects.filter(line__programme=programme, started_at__gte=begin, started_at__lt=end)
    kept = list(rows.filter(state=CallState.KEPT).values(*rules.BY, "services"))
    return kept, rows.filter(state=CallState.DRAFT).count()
