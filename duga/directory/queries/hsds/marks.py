"""The mark of what the directory tells: whoever has a download of that mark has it as it would be made today.

It is read from a few numbers of the tables it is made of, in milliseconds. It also holds the day, since facts grow too
old with it.
"""

import hashlib

from django.db.models import Count, Max
from django.utils import timezone

from duga.directory import models

#: Where something is changed, this column is later than before, or there are more or fewer rows.
CHANGES = {
    models.Service: "changed_at", models.Provider: "changed_at", models.Location: "changed_at",
    models.Fact: "verified_at", models.ServiceCapacity: "updated", models.Closure: "created_at",
    models.Attribute: "created_at", models.TaxonomyTerm: "created_at", models.Change: "created_at",
}  # fmt: skip


def mark_of(*told) -> str:
    """The mark of what the directory tells today; `told`: what else a file depends on (form, country, language…)."""
    numbers = [tuple(model.objects.aggregate(Count("pk"), Max(column)).values()) for model, column in CHANGES.items()]
    public = models.Service.objects.filter(listed=True, merged_into=None).count()
    text = repr((timezone.localdate(), public, numbers, told))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
