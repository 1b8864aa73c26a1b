"""What phones are offered, by the organisation they belong to."""

from duga.surveys.queries.openrosa.offered import form_files, forms_for, version_offered

__all__ = ["form_files", "forms_for", "version_offered"]
