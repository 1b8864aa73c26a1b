"""All shipped places, loaded once a module: what one test adds to them is rolled back before the next."""

import pytest


@pytest.fixture(scope="session")
def system():
    from duga.members.rules import Viewer

    return Viewer(system="places")


@pytest.fixture(scope="module")
def shipped_once(django_db_setup, django_db_blocker, system):
    from django.db import transaction

    from duga.places.actions import load_shipped_places

    with django_db_blocker.unblock(), transaction.atomic():
        outcome = load_shipped_places(by=system)
        with django_db_blocker.block():
            yield outcome
        transaction.set_rollback(True)


@pytest.fixture
def shipped(shipped_once, db):
    return shipped_once
