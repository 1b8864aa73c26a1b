"""Her cases with plan, notes and files, decisions about her, her calls and the questions about her safety."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from duga.casework import queries
from duga.casework.actions._cases import _unseal as _unseal_of_case
from duga.casework.actions.accountability.copying._part import Copying, Part, Section, _day, _span
from duga.casework.actions.bases._help import _unseal
from duga.casework.actions.helpline._sealed import NOTE, _answers, _open, _safe
from duga.casework.models import (
    Approval,
    Attachment,
    BestInterestsDecision,
    Call,
    Case,
    CaseAction,
    CaseGoal,
    CaseNote,
    Household,
    HouseholdMember,
    PartyMember,
    RiskAssessment,
)
from duga.casework.rules import (
    APPROVE_LABELS,
    CASE_LABELS,
    DECISION_LABELS,
    GOAL_LABELS,
    NOTE_LABELS,
    SECTION_LABELS,
)
from duga.casework.rules.cases import Section as CaseSection
from duga.casework.rules.copying import Withheld
from duga.casework.rules.helpline import CALLER_LABELS, SAFE_LABELS, Caller, CallState
from duga.casework.rules.risk import read_instrument
from duga.places.rules.codes import pick


def _cases(copying: Copying) -> Iterator[Section]:
    """Cases about her, or a household she heads, with what is in them. Of one about people she is one of, only that it
    was: what is in it is about the others too."""
    person = copying.person
    homes = list(Household.objects.filter(head=person).values_list("pk", flat=True))
    rows = Case.objects.filter(person=person) | Case.objects.filter(household__in=homes)
    seen = queries.cases_about(copying.by, person_id=person.pk)
    for home in homes:
        seen += queries.cases_about(copying.by, household_id=home)
    copying.keep_back(Withheld.ELSEWHERE, rows.count() - len(seen))
    shared = Case.objects.filter(
        household__in=HouseholdMember.objects.filter(person=person).values("household")
    ) | Case.objects.filter(party__in=PartyMember.objects.filter(person=person).values("party"))
    shared = list(shared.exclude(household__in=homes).filter(queries.visible(copying.by)).distinct())
    copying.keep_back(Withheld.OTHERS, len(shared))
    seen.sort(key=lambda case: (case.opened_on, str(case.pk)))
    yield Section(
        _("Your cases"), (_("Case code"), _("From – until"), _("State"), _("Why it ended"), _("What came of it")),
        [[row.code, _span(row.opened_on, row.closed_on), _(CASE_LABELS[row.state]),
          copying.word("case_closures", row.reason), copying.word("case_outcomes", row.outcome)]
         for row in [*seen, *shared]],
    )  # fmt: skip
    yield from _plans(copying, seen)
    yield from _papers(copying, seen)


def _plans(copying, cases) -> Iterator[Section]:
    def opened(row, name="text"):
        return copying.words(row, name, _unseal_of_case(row.case, row, name))

    yield Section(
        _("What your cases are to reach"), (_("Case code"), _("Goal"), _("State"), _("Ended")),
        [[row.case.code, opened(row), _(GOAL_LABELS[row.state]), _day(row.ended_on)]
         for row in _in(CaseGoal, cases)],
    )  # fmt: skip
    yield Section(
        _("The steps of your plan"), (_("Case code"), _("Step"), _("Until"), _("Done"), _("Given up")),
        [[row.case.code, opened(row), _day(row.due), _day(row.done_on), _day(row.dropped_on)]
         for row in _in(CaseAction, cases)],
    )  # fmt: skip
    yield Section(
        _("What a supervisor said"), (_("Case code"), _("About"), _("Answer"), _("Day"), _("In words")),
        [[row.case.code, _(APPROVE_LABELS[row.what]), _(DECISION_LABELS[row.decision]) if row.decision else "",
          _day(row.decided_at), opened(row, "word")] for row in _in(Approval, cases)],
    )  # fmt: skip


def _in(model, cases) -> list:
    """The rows of these cases, each with its case as it came through the door."""
    by_id = {case.pk: case for case in cases}
    rows = list(model.objects.filter(case__in=by_id).order_by("case", "pk"))
    for row in rows:
        row.case = by_id[row.case_id]
    return rows


def _papers(copying, cases) -> Iterator[Section]:
    """Notes and files of the sections that who makes the copy sees; of violence only in a copy for her alone."""
    seen = {case.pk: queries.sections_seen(copying.by, case) for case in cases}

    def shown(rows):
        there = [row for row in rows if row.section in seen[row.case_id]]
        copying.keep_back(Withheld.ELSEWHERE, len(rows) - len(there))
        danger = [row for row in there if row.section == CaseSection.VIOLENCE]
        kept = {row.pk for row in copying.if_alone(danger)}
        return [row for row in there if row.section != CaseSection.VIOLENCE or row.pk in kept]

    notes = _in(CaseNote, cases)
    copying.keep_back(Withheld.DRAFT, sum(note.draft for note in notes))
    yield Section(
        _("Notes of your cases"), (_("Day"), _("Case code"), _("Part"), _("Of what"), _("Note")),
        [[_day(row.on), row.case.code, _(SECTION_LABELS[row.section]), _(NOTE_LABELS[row.kind]),
          copying.words(row, "text", _unseal_of_case(row.case, row, "text"))]
         for row in shown([note for note in notes if not note.draft])],
    )  # fmt: skip
    files = [row for row in _in(Attachment, cases) if row.removed_at is None]
    yield Section(
        _("Files of your cases: ask for them beside this copy"), (_("Day"), _("Case code"), _("Part"), _("File")),
        [[_day(row.created_at), row.case.code, _(SECTION_LABELS[row.section]),
          copying.words(row, "told", _unseal_of_case(row.case, row, "told")["name"])] for row in shown(files)],
    )  # fmt: skip


def _decisions(copying: Copying) -> Iterator[Section]:
    """Who else sat at the table stays out."""
    lines = []
    for row in copying.if_alone(BestInterestsDecision.objects.filter(person=copying.person).order_by("pk")):
        content = _unseal(row, "content", {})
        if content.get("others"):
            copying.keep_back(Withheld.OTHERS)
        told = [copying.words(row, name, content.get(name)) for name in ("question", "decision", "reasons")]
        lines.append([_day(row.decided_on), *told, _day(row.review_on)])
    yield Section(
        _("Decisions about you, in your best interests"),
        (_("Day"), _("Question"), _("Decision"), _("Why"), _("Looked at again")), lines,
    )  # fmt: skip


def _calls(copying: Copying) -> Iterator[Section]:
    """Only in a copy for her alone. What others told about her was told in confidence."""
    rows = Call.objects.filter(person=copying.person).select_related("line", "person")
    copying.keep_back(Withheld.DRAFT, rows.filter(state=CallState.DRAFT).count())
    calls = copying.if_alone(copying.seen(rows.filter(state=CallState.KEPT).order_by("started_at"), "line__"))
    yield Section(
        _("Your calls"),
        (_("Day"), _("Who called"), _("What was given"), _("How you may be contacted"), _("Note")),
        [_call(copying, row) for row in calls],
    )
    assessed = RiskAssessment.objects.filter(person=copying.person).select_related("instrument", "person")
    yield Section(
        _("Questions about your safety"), (_("Day"), _("Result"), _("Answers"), _("What had to be done")),
        [_assessment(copying, row) for row in copying.if_alone(copying.seen(assessed.order_by("created_at")))],
    )  # fmt: skip


def _call(copying, row) -> list[str]:
    note, safe = _open(row, NOTE, row.note) or "", _safe(row)
    if row.caller == Caller.THIRD_PARTY and (note or safe):
        copying.keep_back(Withheld.OTHERS)
        note, safe = "", {}
    contact = ", ".join(f"{_(SAFE_LABELS[name])}: {_(safe[name])}" for name in SAFE_LABELS if safe.get(name))
    hours = f"{safe.get('opens', '')}–{safe.get('closes', '')}" if safe.get("opens") else ""
    return [
        _day(row.started_at), _(CALLER_LABELS[row.caller]), copying.many("call_services", row.services),
        copying.words(row, "safe", ", ".join(part for part in (contact, hours, safe.get("word", "")) if part)),
        copying.words(row, "note", note),
    ]  # fmt: skip


def _assessment(copying, row) -> list[str]:
    instrument, answers = read_instrument(row.instrument.data), _answers(row)

    def said(text) -> str:
        return pick(text, copying.language)

    told = [
        f"{said(question.text)} {said(answer.text)}"
        for question in instrument.questions for answer in question.answers if answers.get(question.code) == answer.code
    ]  # fmt: skip
    level = next((said(level.text) for level in instrument.levels if level.code == row.level), row.level)
    duties = [
        said(instrument.obligations[duty["code"]].text) for duty in row.obligations
        if duty["code"] in instrument.obligations
    ]  # fmt: skip
    return [_day(row.created_at), f"{level} ({row.score})", " · ".join(told), " · ".join(duties)]


PARTS = (
    Part((Case, CaseGoal, CaseAction, CaseNote, Attachment, Approval), _cases),
    Part((BestInterestsDecision,), _decisions),
    Part((Call, RiskAssessment), _calls),
)
