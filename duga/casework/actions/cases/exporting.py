"""What an organisation owns of households, parties and cases, on the day it goes: opened, in open formats.

Of a case leave the sections that whoever exports sees; of sealed programmes only what she is named for.
"""

from duga.casework import queries
from duga.casework.actions._cases import _unseal
from duga.casework.actions._tables import _plain
from duga.casework.actions.cases.files import _read_file
from duga.casework.models import (
    Approval,
    Attachment,
    Case,
    CaseAction,
    CaseGoal,
    CaseNote,
    CaseWorker,
    HouseholdMember,
    Merge,
    Need,
    PartyMember,
    TravellingParty,
)
from duga.vault.models import open_columns


def _case_tables(by, organisation):
    """(table name, columns, rows) one after another."""
    seen, mine = queries.visible, {"organisation_id": organisation.pk}
    homes = HouseholdMember.objects.filter(seen(by, "household__"), seen(by, "person__"))
    yield "household_members", *_plain(homes.filter(household__organisation=organisation))
    yield "travelling_parties", *_plain(TravellingParty.objects.filter(seen(by), **mine))
    members = PartyMember.objects.filter(seen(by, "party__"), seen(by, "person__"))
    yield "party_members", *_plain(members.filter(party__organisation=organisation))
    yield "needs", *_plain(Need.objects.filter(seen(by, "person__"), **mine))
    yield "merges", *_plain(Merge.objects.filter(seen(by, "kept__"), **mine))
    cases = {case.pk: case for case in queries.cases_of(by, organisation)}
    yield "cases", *_plain(Case.objects.filter(pk__in=cases))
    yield "case_workers", *_plain(CaseWorker.objects.filter(case__in=cases))
    for name, model, column in (
        ("case_goals", CaseGoal, "text"), ("case_steps", CaseAction, "text"), ("case_notes", CaseNote, "text"),
        ("case_approvals", Approval, "word"),
    ):  # fmt: skip
        yield name, *_opened_rows(by, cases, model, column)


def _opened_rows(by, cases, model, column):
    names = open_columns(model)
    rows = model.objects.filter(case__in=cases).order_by("pk")
    if model is CaseNote:
        rows = rows.filter(draft=False)

    def lines():
        seen = {}
        for row in rows.iterator(chunk_size=500):
            case = cases[row.case_id]
            if model is CaseNote:
                if case.pk not in seen:
                    seen[case.pk] = queries.sections_seen(by, case)
                if row.section not in seen[case.pk]:
                    continue
            yield [*(getattr(row, name) for name in names), _unseal(case, row, column)]

    return [*names, column], lines()


def _case_files(by, organisation):
    """(path, bytes) of the files of cases, in a folder a case."""
    cases = {case.pk: case for case in queries.cases_of(by, organisation)}
    for row in Attachment.objects.filter(case__in=cases, removed_at=None).order_by("pk"):
        case = cases[row.case_id]
        if row.section in queries.sections_seen(by, case):
            name, data = _read_file(case, row)
            yield f"cases/{case.code}/{row.pk}-{name}", data
