"""Consents, guardians, decisions and disclosures on the day an organisation goes: opened, in tables and papers."""

from collections.abc import Iterator

from duga.casework import queries
from duga.casework.actions._tables import CHUNK
from duga.casework.actions.bases._help import _unseal
from duga.casework.actions.bases.children import CONTENT, DETAILS
from duga.casework.actions.bases.consents import _read_proof
from duga.casework.models import BestInterestsDecision, ConsentRecord, Disclosure, Guardianship
from duga.vault.models import open_columns

_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
#: {table: (model, {sealed column: its words, () for one text})}
_TABLES = {
    "consents": (ConsentRecord, {"receiver_name": (), "witness": ()}),
    "guardians": (Guardianship, {"details": DETAILS}),
    "best_interests": (BestInterestsDecision, {"content": CONTENT}),
    "disclosures": (Disclosure, {"receiver_name": (), "reason": (), "review_note": ()}),
}


def _theirs(by, model, organisation):
    return model.objects.filter(queries.visible(by, "person__"), person__organisation=organisation)


def _bases_tables(by, organisation) -> Iterator[tuple]:
    """(name, columns, rows) of each. Of a guardian who may be the danger nothing is told but that there is one; what
    is about erased people stays without words."""
    for name, (model, sealed) in _TABLES.items():
        columns = open_columns(model)
        words = [word for column, parts in sealed.items() for word in parts or (column,)]
        rows = _theirs(by, model, organisation).select_related("person").order_by("pk")
        yield name, [*columns, *words], _lines(rows, columns, sealed)


def _lines(rows, columns, sealed):
    for row in rows.iterator(chunk_size=CHUNK):
        hidden = row.person.erased_at is not None or getattr(row, "conflicted", False)
        line = [getattr(row, column) for column in columns]
        for column, parts in sealed.items():
            told = {} if hidden else _unseal(row, column, {} if parts else "")
            line += [told.get(part, "") for part in parts] if parts else [told or ""]
        yield line


def _bases_files(by, organisation) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of each signed consent."""
    for row in _theirs(by, ConsentRecord, organisation).exclude(scan_type="").select_related("person").order_by("pk"):
        yield f"consents/{row.pk}.{_ENDINGS[row.scan_type]}", _read_proof(row)
