"""Notes of a case: written in a section, kept as a draft while half written, opened with a trail entry."""

from dataclasses import dataclass, field

from django.db import transaction

from duga.casework import queries
from duga.casework.actions._cases import MOST_TEXT, _case, _seal, _text, _unseal
from duga.casework.actions._help import _tell, _today
from duga.casework.models import Case, CaseNote
from duga.casework.rules import NoteKind, Section, check_date
from duga.plain.errors import NotAllowed, Refused, gettext_noop

_SECTION = gettext_noop("You do not work in this section of the case. Choose another, or ask the lead.")
_KIND = gettext_noop("Choose what the note is of.")


@dataclass(frozen=True)
class OpenedCase:
    """A case's plan and words of supervisors, open: {row id: text}. Not shown when printed by accident."""

    case: Case
    texts: dict = field(repr=False)


def _section(by, case, section) -> Section:
    if section not in queries.sections_seen(by, case):
        raise NotAllowed(_SECTION)
    return Section(section)


@transaction.atomic
def open_case_texts(*, by, case_id) -> OpenedCase:
    """Opens a case: the words of its goals, steps and approvals. Leaves a trail entry."""
    case = queries.case(by, case_id)
    rows = [*case.goals.all(), *case.actions.all()]
    texts = {row.pk: _unseal(case, row, "text") for row in rows}
    texts |= {row.pk: _unseal(case, row, "word") for row in case.approvals.all()}
    _tell(by, "case.read", case)
    return OpenedCase(case, texts)


@transaction.atomic
def open_notes(*, by, case_id, section="") -> list[tuple[CaseNote, str]]:
    """(note, its text) of the sections this viewer sees, or of one of them. Leaves a trail entry that says which."""
    case = queries.case(by, case_id)
    if section:
        _section(by, case, section)
    opened = [(note, _unseal(case, note, "text")) for note in queries.notes_of(by, case, section)]
    if opened:
        _tell(by, "case.notes_read", case, sections=sorted({note.section for note, _ in opened}), notes=len(opened))
    return opened


@transaction.atomic
def add_note(*, by, case_id, text, section=Section.GENERAL, kind=NoteKind.CONTACT, on=None) -> CaseNote:
    """Files a note in a section of a case, in place of the draft its author kept there. A filed note stays as it is:
    what was wrong is put right by another."""
    case = _case(by, case_id)
    section = _section(by, case, section)
    if kind not in list(NoteKind):
        raise Refused(_KIND)
    row = CaseNote(
        case=case, section=section, kind=kind, on=check_date(on or _today(), today=_today()), author_id=by.account_id
    )
    row.text = _seal(case, row, "text", _text(text))
    case.notes.filter(draft=True, author_id=by.account_id).delete()
    row.save(force_insert=True)
    _tell(by, "case.noted", case, section=str(section), kind=str(kind))
    return row


@transaction.atomic
def keep_note_draft(*, by, case_id, text, section=Section.GENERAL, kind=NoteKind.CONTACT) -> None:
    """Keeps a half-written note for its author alone; an empty one is thrown away. No trail entry: nothing is filed."""
    case = _case(by, case_id)
    mine = case.notes.filter(draft=True, author_id=by.account_id)
    if not str(text).strip():
        mine.delete()
        return
    row = mine.select_for_update().first() or CaseNote(case=case, author_id=by.account_id, draft=True, on=_today())
    row.section = section if section in queries.sections_seen(by, case) else Section.GENERAL
    row.kind = kind if kind in list(NoteKind) else NoteKind.OTHER
    row.text = _seal(case, row, "text", str(text)[:MOST_TEXT])
    row.save()


def open_note_draft(*, by, case_id) -> dict:
    """What the one who acts has half written in a case: text, section, kind; empty where there is nothing."""
    case = queries.case(by, case_id)
    row = case.notes.filter(draft=True, author_id=by.account_id).first()
    return {"text": _unseal(case, row, "text"), "section": row.section, "kind": row.kind} if row else {}
