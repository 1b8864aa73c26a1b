"""Every field of every table declares its sensitivity; what names a person may stand there only encrypted."""

import pytest
from django.apps import apps

from config.sensitivity import THIRD_PARTY
from duga.vault.fields import SealedField
from duga.vault.models import sensitivity_of
from duga.vault.sensitivity import SEALED, Sensitivity

MODELS = sorted(apps.get_models(), key=lambda model: model._meta.label)


def judged(model):
    return sensitivity_of(model) if model.__module__.startswith("duga.") else THIRD_PARTY.get(model._meta.label, {})


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_field_is_judged(model):
    fields = {field.name for field in model._meta.get_fields() if field.concrete}
    told = judged(model)
    inherited = {"id", "created_at"}  # a Record's, judged once; not every table has them
    assert fields - set(told) == set(), f"{model._meta.label}: say how sensitive these are"
    assert set(told) - fields - inherited == set(), f"{model._meta.label}: judged, but not there"
    assert all(isinstance(value, Sensitivity) for value in told.values())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_what_names_a_person_is_kept_encrypted_only(model):
    told = judged(model)
    for field in model._meta.get_fields():
        if field.concrete and told.get(field.name) in SEALED:
            assert isinstance(field, SealedField), f"{model._meta.label}.{field.name} must be a SealedField"


def test_the_third_party_list_is_not_stale():
    assert set(THIRD_PARTY) <= {model._meta.label for model in MODELS}
