"""A spreadsheet on its way in: kept encrypted between the steps of the import screens, for two days at most."""

from django.db import models

from duga.casework.rules import StagedKind, StagedState
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class StagedImport(Record):
    """An uploaded file and what was said about it. The file itself lies sealed under the files folder."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    by = models.ForeignKey("members.Account", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, default=StagedKind.ASSISTANCE.value)
    title = SealedField()  # the file's name, under the organisation's key: it often names a person
    mapping = models.JSONField(default=dict)  # as import_assistance takes it; holds no cell but words of code columns
    bad_rows = models.CharField(max_length=10, default="refuse")
    state = models.CharField(max_length=10, default=StagedState.UPLOADED.value)
    outcome = models.JSONField(default=dict)  # counts only; what is said of rows lies sealed beside the file
    batch = models.ForeignKey("casework.ImportBatch", models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = {
        "organisation": S.INTERNAL, "by": S.STAFF, "kind": S.INTERNAL, "title": S.IDENTITY, "mapping": S.INTERNAL,
        "bad_rows": S.INTERNAL,
        "state": S.INTERNAL, "outcome": S.INTERNAL, "batch": S.INTERNAL, "changed_at": S.INTERNAL,
    }  # fmt: skip
