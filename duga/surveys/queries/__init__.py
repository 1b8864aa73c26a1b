"""Every read of surveys. Forms stand in the open; answers are opened by actions, under the organisation's seal."""

from duga.surveys.queries.designs import (
    attachment_bytes,
    attachment_path,
    attachments,
    form_by_id,
    form_list,
    form_to_design,
    form_xml,
    forms_of,
    may_design,
    owners_to_design_for,
    published,
    questions,
    uses,
    version_by_id,
    works_in,
)
from duga.surveys.queries.sealed import organisation_box

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
    "organisation_box",
    "owners_to_design_for",
    "published",
    "questions",
    "uses",
    "version_by_id",
    "works_in",
]
