"""Reading forms: who sees which, what phones are offered, one version with its files, templates to start from."""

from duga.surveys.queries.designs.access import (
    form_by_id,
    form_to_design,
    forms_of,
    may_design,
    owners_to_design_for,
    version_by_id,
    works_in,
)
from duga.surveys.queries.designs.bank import bank_languages, bank_sheets, bank_title, own_templates
from duga.surveys.queries.designs.offered import (
    attachment_bytes,
    attachment_path,
    attachments,
    form_list,
    form_xml,
    published,
    questions,
    uses,
)
from duga.surveys.queries.designs.versions import Readiness, readiness, sheets_file, versions_of

__all__ = [
    "Readiness",
    "attachment_bytes",
    "attachment_path",
    "attachments",
    "bank_languages",
    "bank_sheets",
    "bank_title",
    "form_by_id",
    "form_list",
    "form_to_design",
    "form_xml",
    "forms_of",
    "may_design",
    "own_templates",
    "owners_to_design_for",
    "published",
    "questions",
    "readiness",
    "sheets_file",
    "uses",
    "version_by_id",
    "versions_of",
    "works_in",
]
