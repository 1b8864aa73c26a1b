"""Rounds: whose, who may see them, and how far they are. Counts alone; no answer is opened here."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from duga.members.queries import account_names, accounts_with, may, networks_above, organisations_of
from duga.members.rules import Permission, Viewer
from duga.places.queries import areas_by_ids, lineage
from duga.plain.errors import NOT_HERE, NotAllowed, NotFound, gettext_noop
from duga.surveys.models import Form, Round, RoundAssignment, Submission
from duga.surveys.queries.asking.links import GIVES, newest
from duga.surveys.queries.designs import uses, works_in
from duga.surveys.queries.designs.access import used_in
from duga.surveys.rules import FormKind, SubmissionState

P = Permission
_ROLE = gettext_noop("Your role does not allow this. Ask your organisation's coordinator.")


@dataclass(frozen=True)
class Line:
    """How far one area, organisation or worker is: name, answers that came, answers wanted (None: no target)."""

    name: str
    came: int
    target: int | None


@dataclass(frozen=True)
class Progress:
    """Lines by area, organisation and worker. Workers stand there for their own organisation's eyes alone."""

    whole: Line
    areas: list[Line]
    organisations: list[Line]
    workers: list[Line]


def may_plan(viewer: Viewer, owner) -> bool:
    """Whether the viewer plans rounds of an Organisation (from inside) or a Network."""
    if owner._meta.label == "members.Organisation":
        return works_in(viewer, owner.pk, P.DESIGN_FORMS)
    return may(viewer, P.DESIGN_FORMS, of=owner)


def inside(viewer: Viewer, round_: Round) -> list:
    """The organisations asking in a round whose answers the viewer may count, by name."""
    if round_.organisation_id:
        return [round_.organisation] if works_in(viewer, round_.organisation_id, *GIVES) else []
    asked = set(round_.assignments.filter(until=None).values_list("organisation", flat=True))
    rows = [row for row in organisations_of(viewer) if row.pk in asked and works_in(viewer, row.pk, *GIVES)]
    return [row for row in rows if uses(row.pk, round_.form)]


def round_by_id(viewer: Viewer, round_id, *, plan: bool = False) -> Round:
    """The door to a round: for who plans it, and for organisations that ask in it. `plan`: to change it."""
    rows = Round.objects.select_related("form", "organisation", "network")
    found = rows.filter(pk=round_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    plans = may_plan(viewer, found.organisation or found.network)
    if not plans and not inside(viewer, found):
        raise NotFound(NOT_HERE)
    if plan and not plans:
        raise NotAllowed(_ROLE)
    return found


def rounds_of(viewer: Viewer, owner) -> list[Round]:
    """The rounds of a Network, or those an Organisation asks in, newest first, with `.came`: answers there."""
    organisation = owner if owner._meta.label == "members.Organisation" else None
    if organisation is None:
        if not may_plan(viewer, owner):
            raise NotFound(NOT_HERE)
        chosen, counted = Q(network=owner), Q()
    else:
        if not works_in(viewer, owner.pk, *GIVES):
            raise NotFound(NOT_HERE)
        asked = RoundAssignment.objects.filter(organisation=owner, until=None).values("round")
        chosen = Q(organisation=owner) | Q(pk__in=asked, network__in=networks_above(owner.pk, viewer))
        counted = Q(submissions__organisation=owner)
    counted &= Q(submissions__test=False) & ~Q(submissions__state=SubmissionState.REJECTED.value)
    rows = Round.objects.filter(chosen).select_related("form", "network", "organisation")
    return list(rows.annotate(came=Count("submissions", filter=counted))[:200])


def forms_to_ask_with(owner) -> list[Form]:
    """The open forms with a published version that a round of an Organisation or a Network can use, by title."""
    mine = used_in(owner) if owner._meta.label == "members.Organisation" else Q(network=owner)
    rows = Form.objects.filter(mine, closed_at=None, versions__state="published")
    return list(rows.exclude(kind=FormKind.TEMPLATE.value).distinct().order_by("title"))


def countries_of(viewer: Viewer, round_or_owner) -> set[str]:
    """The countries in which whoever asks works."""
    owner = round_or_owner
    if isinstance(owner, Round):
        owner = owner.organisation or owner.network
    if owner._meta.label == "members.Organisation":
        return {owner.country}
    return {row.country for row in organisations_of(viewer, P.DESIGN_FORMS) if owner.pk in networks_above(row.pk)}


def assignments_of(viewer: Viewer, round_: Round) -> list[RoundAssignment]:
    """Who asks in a round, as far as the viewer may know: a network organisations, an organisation its own people."""
    rows = round_.assignments.filter(until=None).select_related("organisation", "account", "area")
    own = Q(organisation__in=[row.pk for row in inside(viewer, round_)])
    if may_plan(viewer, round_.organisation or round_.network):
        own |= Q(account=None)
    return list(rows.filter(own).order_by("organisation__name", "account__name"))


def may_be_asked(viewer: Viewer, round_: Round) -> tuple[list, dict]:
    """(organisations that the viewer may assign, {organisation id: [(account id, name)]} of those she works in)."""
    own = [row for row in inside(viewer, round_) if works_in(viewer, row.pk, P.DESIGN_FORMS)]
    places = {row.pk: row for row in own}
    if round_.network_id and may_plan(viewer, round_.network):
        for row in organisations_of(viewer, P.DESIGN_FORMS):
            if uses(row.pk, round_.form):
                places.setdefault(row.pk, row)
    people = accounts_with(P.COLLECT_ANSWERS, [row.pk for row in own])
    return list(places.values()), {pk: account_names(ids) for pk, ids in people.items()}


def progress(viewer: Viewer, round_: Round, language: str = "en") -> Progress:
    """How far a round is. A network counts organisations; an organisation sees itself alone, by worker."""
    own = {row.pk for row in inside(viewer, round_)}
    plans = may_plan(viewer, round_.organisation or round_.network)
    rows = Submission.objects.filter(round=round_, test=False).exclude(state=SubmissionState.REJECTED.value)
    given = round_.assignments.filter(until=None).select_related("organisation")
    if not plans:
        rows, given = rows.filter(organisation__in=own), given.filter(organisation__in=own)
    keys = ("organisation", "organisation__name", "assignment__area", "assignment__account", "account")
    counts = list(rows.order_by().values_list(*keys).annotate(came=Count("pk")))
    given = list(given)
    whole = sum(row[-1] for row in counts)
    told = round_.targets.get("") or sum(n for key, n in round_.targets.items() if key) or None
    return Progress(
        Line("", whole, told if plans else None), _areas(round_, counts, language), _organisations(counts, given),
        _workers([row for row in counts if row[0] in own], [each for each in given if each.organisation_id in own]),
    )  # fmt: skip


def _areas(round_, counts, language):
    """A target area holds what came from it and from everywhere within it."""
    from duga.places.queries import area_name

    wanted = {key: target for key, target in round_.targets.items() if key}
    asked = {
        area.pk: {str(each.pk) for each in lineage(area)} for area in areas_by_ids({row[2] for row in counts if row[2]})
    }
    named = {str(area.pk): area_name(area, language) for area in areas_by_ids(wanted)}
    return [
        Line(named.get(key, ""), sum(row[-1] for row in counts if key in asked.get(row[2], ())), target)
        for key, target in sorted(wanted.items(), key=lambda pair: named.get(pair[0], ""))
    ]  # fmt: skip


def _organisations(counts, given):
    lines: dict = {}
    for row in counts:
        name, came, target = lines.get(row[0], (row[1], 0, None))
        lines[row[0]] = (name, came + row[-1], target)
    for each in given:
        name, came, target = lines.get(each.organisation_id, (each.organisation.name, 0, None))
        if each.account_id is None and each.target:
            target = (target or 0) + each.target
        lines[each.organisation_id] = (name, came, target)
    return [Line(*line) for line in sorted(lines.values())]


def _workers(counts, given):
    came, wanted = {}, {}
    for row in counts:
        if who := row[3] or row[4]:
            came[who] = came.get(who, 0) + row[-1]
    for each in given:
        if each.account_id:
            wanted[each.account_id] = (wanted.get(each.account_id) or 0) + (each.target or 0)
    return [Line(name, came.get(pk, 0), wanted.get(pk) or None) for pk, name in account_names({*came, *wanted})]


def due_reminders(today=None) -> list[Round]:
    """Open rounds that may have to remind: none is told of twice."""
    today = today or timezone.localdate()
    rows = Round.objects.filter(
        closed_at=None, reminded_at=None, remind_days__isnull=False, opens_on__lte=today, closes_on__gte=today
    )  # fmt: skip
    return list(rows.select_for_update())


__all__ = [
    "Line", "Progress", "assignments_of", "countries_of", "due_reminders", "forms_to_ask_with", "inside",
    "may_be_asked", "may_plan", "newest", "progress", "round_by_id", "rounds_of",
]  # fmt: skip
