"""No table that seals something is left out when a person is erased or an organisation's key destroyed."""

from django.apps import apps

from duga.casework import models
from duga.casework.actions._forgetting import TRACES
from duga.vault.fields import SealedField

#: Tables whose rows `erase_person` and `destroy_organisation` look after one by one.
LOOKED_AFTER = {models.Person, models.Assistance, models.ImportBatch, models.StagedImport}


def test_every_table_that_seals_something_is_forgotten():
    sealing = {
        model
        for model in apps.get_app_config("casework").get_models()
        if any(isinstance(field, SealedField) for field in model._meta.concrete_fields)
    }
    assert sealing - LOOKED_AFTER == {trace.model for trace in TRACES if trace.model in sealing}


def test_what_is_cleared_are_fields_that_may_be_empty():
    for trace in TRACES:
        assert trace.person or trace.organisation
        for name, empty in trace.clear.items():
            column = trace.model._meta.get_field(name)
            assert empty in ("", b"", None, [], {}), f"{trace.model.__name__}.{name} becomes {empty!r}"
            assert empty is not None or column.null
        sealed = {field.name for field in trace.model._meta.concrete_fields if isinstance(field, SealedField)}
        assert trace.delete or sealed <= {*trace.clear}
