"""Remembering which column of an organisation's own spreadsheet means what."""

from django.db import transaction
from django.utils import timezone

from duga.members.actions.trail import write_trail
from duga.members.models import ImportMapping, Organisation
from duga.members.queries import require
from duga.members.rules import Permission, Viewer

__all__ = ["remember_mapping"]


@transaction.atomic
def remember_mapping(
    *, by: Viewer, organisation: Organisation, purpose: str, signature: str, mapping: dict
) -> ImportMapping:
    """Keeps a mapping {field: column} for the next file whose headers have this `signature` (64 letters at most).

    Leaves a trail entry only when it changes.
    """
    require(by, Permission.IMPORT_RECORDS, organisation)
    key = {"organisation": organisation, "purpose": purpose, "signature": signature}
    before = ImportMapping.objects.select_for_update().filter(**key).values_list("mapping", flat=True).first()
    row, _ = ImportMapping.objects.update_or_create(**key, defaults={"mapping": mapping, "used_at": timezone.now()})
    if before != mapping:
        write_trail(
            by=by, event="mapping.remembered", subject=("members.ImportMapping", row.pk),
            organisation_id=organisation.pk, detail={"purpose": purpose},
        )  # fmt: skip
    return row
