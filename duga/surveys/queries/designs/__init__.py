"""Reading forms: who sees which, what phones are offered, one version with its files."""

from duga.surveys.queries.designs.access import (
    form_by_id,
    form_to_design,
    forms_of,
    may_design,
    owners_to_design_for,
    version_by_id,
    works_in,
)
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

__all__ = [
    "attachment_bytes",
    "attachment_path",
    "attachments",
    "form_by_id",
    "form_list",
    "form_to_design",
    "form_xml",
    "forms_of",
    "may_design",
    "owners_to_design_for",
    "published",
    "questions",
    "uses",
    "version_by_id",
    "works_in",
]
