"""An organisation's tables on the day it goes: each as (column names, rows), opened part by part."""

from duga.casework import queries
from duga.vault import sealing
from duga.vault.models import open_columns

CHUNK = 500


def _plain(rows):
    """A table as it stands, without what is sealed or secret."""
    names = open_columns(rows.model)
    return names, rows.order_by("pk").values_list(*names).iterator(chunk_size=CHUNK)


def _opened(rows, *, column: str, label: str, words, organisation_id):
    """The same with one sealed column opened by the organisation's key, into a column for each of `words`."""
    names = open_columns(rows.model)
    box = queries.organisation_box(organisation_id)

    def lines():
        for row in rows.order_by("pk").iterator(chunk_size=CHUNK):
            data = getattr(row, column)
            told = sealing.unseal(owner=row.pk, field=label, data=data, key=box) if data else {}
            yield [*(getattr(row, name) for name in names), *(told.get(word, "") for word in words)]

    return [*names, *words], lines()
