"""Cases: the caseload, one case through its door, who sees which section. What is sealed stays closed here."""

from collections.abc import Iterable

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, Min, OuterRef, Q, Subquery
from django.utils import timezone

from duga.casework.models import (
    Approval,
    Attachment,
    Case,
    CaseAction,
    CaseGoal,
    CaseNote,
    CaseWorker,
    Household,
    Merge,
    Need,
    Person,
    Programme,
    TravellingParty,
)
from duga.casework.queries.people import person as person_door
from duga.casework.queries.programmes import door, named_for, visible
from duga.casework.rules import MET_LABELS, CaseState, Moment, Section, Tie, may_write, read_case_code, sections_for
from duga.members.queries import NOT_HERE, may, organisation_by_id, require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound, Unreadable, gettext_noop

NOT_CLOSED = [str(state) for state in CaseState if state != CaseState.CLOSED]
SHOWN = ("programme", "person", "household", "party", "lead")
POWERS = (Permission.SEE_PEOPLE, Permission.FOLLOW_CASES, Permission.APPROVE_CASES)

_NEEDED = gettext_noop("Need: %(need)s")
_NEED_ENDED = gettext_noop("Need ended: %(need)s, %(how)s")
_OPENED = gettext_noop("Case %(code)s opened")
_CLOSED = gettext_noop("Case %(code)s closed: %(reason)s")


# --- Who sees what ------------------------------------------------------------------------------------


def _seen_subjects(viewer: Viewer, **where) -> Q:
    """The condition for cases whose programme, person, household and party are all this viewer's to see; `where` says
    of which programmes it may be asked.

    Asked by what is hidden from her, which is little: joining all that a case may be about costs more than its page.
    """
    hidden = Programme.objects.filter(sealed=True, **where).exclude(pk__in=named_for(viewer)).order_by()
    hidden, seen = list(hidden.values_list("pk", flat=True)), Q()
    if hidden:
        seen = ~Q(programme__in=hidden)
        for way, model in (("person", Person), ("household", Household), ("party", TravellingParty)):
            seen &= ~Q(**{f"{way}__in": model.objects.filter(programme__in=hidden).order_by().values("pk")})
    return seen


def _own(viewer: Viewer) -> Q:
    """Cases the viewer leads or works in."""
    team = CaseWorker.objects.filter(account_id=viewer.account_id, until=None)
    return Q(lead_id=viewer.account_id) | Q(pk__in=team.values("case"))


def _visible_cases(viewer: Viewer, organisation):
    """The cases of an organisation whose general section this viewer sees."""
    seen = _seen_subjects(viewer, organisation_id=organisation.pk)
    rows = Case.objects.filter(seen, organisation_id=organisation.pk)
    if may(viewer, Permission.FOLLOW_CASES, of=organisation):
        return rows
    return rows.filter(_own(viewer) | Q(programme__in=named_for(viewer)))


def tie_to(viewer: Viewer, case: Case) -> Tie:
    """How the viewer is tied to a case."""
    if viewer.account_id is None:
        return Tie.NONE
    if case.lead_id == viewer.account_id:
        return Tie.LEAD
    if case.programme_id in named_for(viewer):
        return Tie.NAMED
    team = CaseWorker.objects.filter(case=case, account_id=viewer.account_id, until=None)
    return Tie.TEAM if team.exists() else Tie.NONE


def _powers(viewer: Viewer, organisation) -> frozenset[Permission]:
    return frozenset(power for power in POWERS if may(viewer, power, of=organisation))


def sections_seen(viewer: Viewer, case: Case) -> frozenset[Section]:
    """The sections of a case this viewer sees: by role and by assignment (rules.SECTION_SEEN)."""
    organisation = organisation_by_id(viewer, case.organisation_id)
    return sections_for(tie_to(viewer, case), _powers(viewer, organisation))


def may_write_in(viewer: Viewer, case: Case) -> bool:
    """Whether this viewer plans, notes and closes in a case."""
    organisation = organisation_by_id(viewer, case.organisation_id)
    return may_write(tie_to(viewer, case), _powers(viewer, organisation))


def case(viewer: Viewer, case_id) -> Case:
    """The door to a case: NotFound unless its general section is this viewer's to see."""
    rows = Case.objects.filter(_seen_subjects(viewer)).select_related(*SHOWN, "changed_by", "household__head")
    found = door(viewer, rows, case_id, Permission.SEE_PEOPLE)
    if Section.GENERAL not in sections_seen(viewer, found):
        raise NotFound(NOT_HERE)
    return found


# --- The caseload -------------------------------------------------------------------------------------


def caseload(
    viewer: Viewer, organisation, *, whose: str = "mine", due: str = "", state: str = "", page=1, size: int = 50
) -> Page:
    """A page of cases: `whose` mine (led), team (led or worked in) or all; `due` overdue or review; `state` "" for
    those not closed. Each bears `next_due` (the next open step's day) and `late` (steps overdue). Without names."""
    require(viewer, Permission.SEE_PEOPLE, of=organisation)
    today = timezone.localdate()
    rows = _visible_cases(viewer, organisation)
    if whose == "mine":
        rows = rows.filter(lead_id=viewer.account_id)
    elif whose == "team":
        rows = rows.filter(_own(viewer))
    rows = rows.filter(state__in=[state] if state else NOT_CLOSED)
    steps = CaseAction.objects.filter(case=OuterRef("pk"), done_on=None, dropped_on=None)
    if due == "overdue":
        rows = rows.filter(Exists(steps.filter(due__lt=today)))
    elif due == "review":
        rows = rows.filter(review_on__lte=today)
    # What is not closed has a day of its next look: so the index's order is the order.
    rows = rows.order_by(F("review_on").asc(nulls_last=True) if state == CaseState.CLOSED else "review_on", "pk")
    found = Paginator(rows.values_list("pk", flat=True), size).get_page(page)  # only ids are put in order
    found.object_list = _with_steps(list(found.object_list), steps, today)
    return found


def _with_steps(ids, steps, today) -> list[Case]:
    """The cases of one page (ids) with what is due in them, in one query."""
    counted = steps.order_by().values("case")
    rows = Case.objects.filter(pk__in=ids).select_related(*SHOWN).defer("person__identity", "person__special")
    found = rows.annotate(
        next_due=Subquery(counted.annotate(day=Min("due")).values("day")),
        late=Subquery(counted.filter(due__lt=today).annotate(count=Count("pk")).values("count")),
    ).in_bulk()
    return [found[pk] for pk in ids]


def case_numbers(viewer: Viewer, organisation) -> dict[str, int]:
    """How many of the viewer's own cases are open, overdue, to be looked at; and what waits for her decision."""
    today = timezone.localdate()
    mine = _visible_cases(viewer, organisation).filter(lead_id=viewer.account_id, state__in=NOT_CLOSED)
    steps = CaseAction.objects.filter(case=OuterRef("pk"), done_on=None, dropped_on=None, due__lt=today)
    told = mine.aggregate(
        mine=Count("pk"), overdue=Count("pk", filter=Q(Exists(steps))),
        review=Count("pk", filter=Q(review_on__lte=today)),
    )  # fmt: skip
    return told | {"approvals": approvals_waiting(viewer, organisation).count()}


def case_id_by_code(viewer: Viewer, organisation, code: str):
    """The id behind a case's code, or behind the case code of a person with one open case; NotFound otherwise."""
    require(viewer, Permission.SEE_PEOPLE, of=organisation)
    try:
        code = read_case_code(code)
    except Unreadable:
        raise NotFound(NOT_HERE) from None
    rows = _visible_cases(viewer, organisation)
    found = rows.filter(Q(code=code) | Q(person__code=code)).order_by("closed_on", "-pk")
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        raise NotFound(NOT_HERE)
    return pk


def cases_of(viewer: Viewer, organisation) -> list[Case]:
    """All cases of an organisation that the viewer sees, for an export."""
    return list(_visible_cases(viewer, organisation).select_related(*SHOWN).order_by("pk"))


def cases_about(viewer: Viewer, *, person_id=None, household_id=None, party_id=None) -> list[Case]:
    """The cases about one subject that this viewer sees, the open ones first."""
    wanted = {"person_id": person_id, "household_id": household_id, "party_id": party_id}
    rows = Case.objects.filter(**{name: pk for name, pk in wanted.items() if pk}).select_related(*SHOWN)
    found = []
    for organisation_id in {row.organisation_id for row in rows}:
        organisation = organisation_by_id(viewer, organisation_id)
        seen = set(
            _visible_cases(viewer, organisation).filter(pk__in=[r.pk for r in rows]).values_list("pk", flat=True)
        )
        found += [row for row in rows if row.pk in seen]
    return sorted(found, key=lambda row: (row.state == CaseState.CLOSED, -row.opened_on.toordinal()))


# --- What is in a case --------------------------------------------------------------------------------


def goals_of(case: Case) -> list[CaseGoal]:
    """The goals of a case that came through its door, in the order they were set; their words stay closed."""
    return list(case.goals.order_by("pk"))


def steps_of(case: Case) -> list[CaseAction]:
    """Its steps, those due first before the others."""
    return list(case.actions.select_related("who").order_by(F("due").asc(nulls_last=True), "pk"))


def notes_of(viewer: Viewer, case: Case, section: str = "") -> list[CaseNote]:
    """The filed notes of the sections this viewer sees, newest day first, closed."""
    seen = sections_seen(viewer, case)
    rows = case.notes.filter(draft=False, section__in=[section] if section in seen else seen)
    return list(rows.select_related("author").order_by("-on", "-pk"))


def attachments_of(viewer: Viewer, case: Case) -> list[Attachment]:
    """The files of the sections this viewer sees, newest first."""
    rows = case.attachments.filter(removed_at=None, section__in=sections_seen(viewer, case))
    return list(rows.select_related("by").order_by("-pk"))


def attachment(viewer: Viewer, attachment_id) -> Attachment:
    """The door to a file: its case's, and its section's."""
    found = Attachment.objects.filter(pk=attachment_id, removed_at=None).select_related("case").first()
    if found is None:
        raise NotFound(NOT_HERE)
    found.case = case(viewer, found.case_id)
    if found.section not in sections_seen(viewer, found.case):
        raise NotFound(NOT_HERE)
    return found


def team_of(viewer: Viewer, case: Case) -> list[CaseWorker]:
    """Who works in a case beside its lead."""
    return list(case.workers.filter(until=None).select_related("account").order_by("account__name"))


def approvals_waiting(viewer: Viewer, organisation):
    """What waits for a supervisor's word here (rows), the oldest first, in cases the viewer sees."""
    if not may(viewer, Permission.APPROVE_CASES, of=organisation):
        return Approval.objects.none()
    seen = _visible_cases(viewer, organisation).filter(pk=OuterRef("case")).order_by()
    rows = Approval.objects.filter(Exists(seen), decided_at=None)
    return rows.select_related("case", "case__person", "case__household", "case__party", "asked_by").order_by("pk")


def approval(viewer: Viewer, approval_id) -> Approval:
    """The door to something asked, by who may decide in its organisation."""
    found = Approval.objects.filter(pk=approval_id).first()
    if found is None:
        raise NotFound(NOT_HERE)
    found.case = case(viewer, found.case_id)
    organisation_by_id(viewer, found.case.organisation_id, Permission.APPROVE_CASES)
    return found


def approvals_of(viewer: Viewer, case: Case) -> list[Approval]:
    """All that was asked and decided in a case, the newest first."""
    return list(case.approvals.select_related("asked_by", "decided_by").order_by("-pk"))


# --- Needs, merges, moments ---------------------------------------------------------------------------


def needs_of(viewer: Viewer, person_id) -> list[Need]:
    """What a person lacks or lacked, the open needs first."""
    rows = Need.objects.filter(person=person_door(viewer, person_id))
    return sorted(rows, key=lambda need: (need.until is not None, need.since), reverse=False)


def merges_of(viewer: Viewer, person_id) -> list[Merge]:
    """Records that were made one with this person's and can be parted again, the newest first."""
    rows = Merge.objects.filter(kept=person_door(viewer, person_id), undone_at=None)
    return list(rows.select_related("gone", "by").order_by("-pk"))


def merge(viewer: Viewer, merge_id) -> Merge:
    """The door to a merge: the kept person's."""
    found = (
        Merge.objects.select_related("kept__programme", "gone").filter(visible(viewer, "kept__"), pk=merge_id).first()
    )
    if found is None:
        raise NotFound(NOT_HERE)
    person_door(viewer, found.kept_id)
    return found


def need_moments(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """A person's needs, for her timeline."""
    for row in Need.objects.filter(person=person).order_by("-since")[:limit]:
        codes = {"need": ("needs", row.code)}
        more = {"url_name": "casework:needs", "url_args": {"person_id": person.pk}}
        yield Moment(row.since, row.created_at, "need", _NEEDED, codes=codes, **more)
        if row.until:
            yield Moment(
                row.until, row.created_at, "need", _NEED_ENDED, codes=codes, labels={"how": MET_LABELS[row.met]}, **more
            )


def case_moments(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """A person's cases, as far as the viewer sees them, for her timeline."""
    organisation = organisation_by_id(viewer, person.organisation_id)
    for row in _visible_cases(viewer, organisation).filter(person=person).order_by("-opened_on")[:limit]:
        more = {"url_name": "casework:case", "url_args": {"case_id": row.pk}}
        yield Moment(row.opened_on, row.created_at, "case", _OPENED, {"code": row.code}, **more)
        if row.closed_on:
            codes = {"reason": ("case_closures", row.reason)}
            at = row.changed_at or row.created_at
            yield Moment(row.closed_on, at, "case", _CLOSED, {"code": row.code}, codes=codes, **more)
