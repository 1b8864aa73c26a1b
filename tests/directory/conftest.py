"""The cast of the directory's tests: made once a file; each test undoes what it does to them."""

import copy
from types import SimpleNamespace

import pytest
from django.db import transaction

from duga.members.queries import viewer_of
from duga.vault import sealing
from duga.vault.keystore import KeyStore
from tests.conftest import make_cast


@pytest.fixture(scope="module")
def standing(django_db_setup, django_db_blocker, tmp_path_factory):
    """The cast, inside a transaction that ends with the file."""
    store = KeyStore(tmp_path_factory.mktemp("keys") / "keys.sqlite3", b"\x11" * 32)
    sealing.use_store(store)
    with django_db_blocker.unblock(), transaction.atomic():
        cast = make_cast(store)
        cast.store = store
        yield cast
        transaction.set_rollback(True)
    sealing.use_store(None)
    store.close()


@pytest.fixture
def key_store(standing):
    """The key store of the file's cast."""
    return standing.store


@pytest.fixture
def cast(standing, db):
    """The file's cast in a transaction of this test's own: what a test hangs on it, the next does not meet."""
    here = SimpleNamespace(**vars(standing))
    here.accounts = {name: copy.copy(account) for name, account in standing.accounts.items()}
    here.viewer = lambda name: viewer_of(here.accounts[name])
    return here
