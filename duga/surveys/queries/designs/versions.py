"""One form's versions: what changed, what is missing before one is published, its words side by side."""

from dataclasses import dataclass, field

from duga.members.rules import Viewer
from duga.plain.xlsforms import Finding
from duga.surveys.models import Form, FormAttachment, FormVersion, Submission
from duga.surveys.queries.designs.access import HEAVY, may_design
from duga.surveys.rules import VersionState
from duga.surveys.rules.designs import NO_ANSWER, Change, changes, missing


def versions_of(viewer: Viewer, form: Form) -> list[FormVersion]:
    """A form's versions, newest first, without their heavy columns, each with `.answers`; drafts for its designers."""
    rows = form.versions.defer(*HEAVY).select_related("published_by", "changed_by")
    if not may_design(viewer, form):
        rows = rows.exclude(state=VersionState.DRAFT.value)
    rows = list(rows)
    for row in rows:  # how many answered a network's form is counted elsewhere, where small numbers are protected
        row.answers = row.submissions.filter(test=False).count() if form.organisation_id else None
    return rows


@dataclass
class Readiness:
    """What a draft still lacks before it is published, and what publishing would change."""

    files: list[FormAttachment] = field(default_factory=list)
    unsaid: bool = False
    changes: list[Change] = field(default_factory=list)
    answers: bool = False
    missing: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def loses(self) -> bool:
        """Whether answers that are there would no longer fit."""
        return self.answers and any(each.loses for each in self.changes)

    @property
    def ready(self) -> bool:
        """Whether nothing stands in the way but, perhaps, a yes to changes."""
        return not self.files and not self.unsaid


def readiness(version: FormVersion) -> Readiness:
    """How far a draft is."""
    earlier = (
        version.form.versions.exclude(pk=version.pk).exclude(state=VersionState.DRAFT.value).order_by("-number").first()
    )
    return Readiness(
        files=[row for row in version.attachments.all() if not row.sha256],
        unsaid=version.checked_at is None,
        changes=changes(earlier.questions, version.questions) if earlier is not None else [],
        answers=Submission.objects.filter(form_id=version.form_id, test=False).exists(),
        missing=missing(version.sheets) if version.sheets else _missing_words(version),
        findings=[Finding(**each) for each in version.notes],
    )


def _missing_words(version):
    """{language: labels missing} of a form that came as XForm."""
    asked = [q for q in version.questions if q["type"] not in NO_ANSWER and any(q["labels"].values())]
    return {each: sum(1 for q in asked if not q["labels"].get(each)) for each in version.languages}


def sheets_file(version: FormVersion) -> bytes:
    """A version's sheets as an Excel file, to be changed elsewhere and uploaded again.

    Every cell is text: what begins like a formula is one of XLSForm's own expressions and nothing that would run.
    """
    import io

    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in version.sheets.items():
        sheet = book.create_sheet(name[:31])
        for number, row in enumerate(rows, start=1):
            for at, text in enumerate(row, start=1):
                if text:
                    sheet.cell(number, at, str(text)).data_type = "s"
        sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
