"""What an organisation takes along of its helplines on the day it goes: only what its exporter is named for."""

from duga.casework.actions._tables import CHUNK, _plain
from duga.casework.actions.helpline._sealed import NOTE, SAFE, _answers, _open
from duga.casework.models import Call, HelplineLine, MonthlyRequest, RiskAssessment, RiskInstrument
from duga.casework.queries import named_for
from duga.casework.rules.helpline import SAFE_FIELDS, CallState
from duga.vault.models import open_columns


def _helpline_tables(by, organisation):
    named = named_for(by)
    lines = HelplineLine.objects.filter(organisation=organisation, programme__in=named)
    yield "helpline_lines", *_plain(lines)
    yield "helpline_calls", *_calls(Call.objects.filter(line__in=lines, state=CallState.KEPT))
    yield "risk_instruments", *_plain(RiskInstrument.objects.filter(organisation=organisation))
    rows = RiskAssessment.objects.filter(programme__in=named, programme__organisation=organisation)
    yield "risk_assessments", *_assessments(rows)
    asked = MonthlyRequest.objects.filter(programme__in=named, programme__organisation=organisation)
    yield "helpline_months", *_plain(asked)


def _calls(rows):
    names = open_columns(Call)

    def told():
        for row in rows.select_related("line").order_by("pk").iterator(chunk_size=CHUNK):
            safe = _open(row, SAFE, row.safe)
            opened = [safe.get(name, "") for name in SAFE_FIELDS]
            yield [*(getattr(row, name) for name in names), *opened, _open(row, NOTE, row.note) or ""]

    return [*names, *SAFE_FIELDS, "note"], told()


def _assessments(rows):
    names = open_columns(RiskAssessment)

    def told():
        for row in rows.select_related("instrument").order_by("pk").iterator(chunk_size=CHUNK):
            yield [*(getattr(row, name) for name in names), _answers(row)]

    return [*names, "answers"], told()
