"""People and places all tests know: two organisations in two countries, and one person per role."""

import datetime as dt
import gc
import os
import shutil
from collections import Counter
from types import SimpleNamespace

import pytest

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs beside the tests
gc.set_threshold(100_000, 50, 100)  # looking for cycles as often as Python does takes a sixth of all the time


#: Tests that look at pages, plain helpers or whole processes. Watching which lines they pass would nearly double their
#: time; what the others pass alone is more than is asked for.
UNWATCHED = (
    "tests/test_", "tests/config/", "tests/demo/", "tests/journeys/", "tests/plain/", "tests/ui/", "tests/web/",
)  # fmt: skip
WATCHED_CASES = 3  #: so many of a test of many cases are watched: the next ones go the same ways
#: The longest files begin first, so that none of them keeps one core waiting at the end.
LONGEST = (
    "tests/demo/test_demo_command.py", "tests/test_pages.py", "tests/config/test_backups.py",
    "tests/indicators/test_building.py", "tests/evidence/test_disclosure.py", "tests/casework/test_import_faults.py",
    "tests/indicators/test_provenance.py", "tests/evidence/test_counting.py", "tests/publishing/test_attack.py",
    "tests/journeys/test_finding_help.py", "tests/evidence/linkage/test_linking.py", "tests/config/test_migrations.py",
)  # fmt: skip


def pytest_collection_modifyitems(config, items):
    """What runs where, in which order, and what of it coverage watches."""
    if os.environ.get("DUGA_TEST_DATABASE"):  # PostgreSQL: what asks no database goes through the run on SQLite
        fixtures = {"db", "transactional_db", "django_db_setup"}
        asking = {item for item in items if item.get_closest_marker("django_db") or fixtures & set(item.fixturenames)}
        config.hook.pytest_deselected(items=[item for item in items if item not in asking])
        items[:] = [item for item in items if item in asking]
    if hasattr(config, "workerinput"):
        place = {name: number for number, name in enumerate(LONGEST)}
        items.sort(key=lambda item: place.get(item.nodeid.split("::")[0], len(LONGEST)))
    cases = Counter()
    for item in items:
        function = item.nodeid.split("[")[0]
        cases[function] += 1
        if item.nodeid.startswith(UNWATCHED) or cases[function] > WATCHED_CASES:
            item.add_marker("no_cover")


@pytest.fixture
def key_store(tmp_path):
    """A key store of this test's own."""
    from duga.vault import sealing
    from duga.vault.keystore import KeyStore

    store = KeyStore(tmp_path / "keys.sqlite3", b"\x11" * 32)
    sealing.use_store(store)
    yield store
    sealing.use_store(None)
    store.close()


PASSWORD = "correct horse battery"


@pytest.fixture
def cast(db, key_store):
    """The people every test knows: `make_cast` in a database of this test's own."""
    return make_cast(key_store)


def make_cast(key_store):
    """The people every test knows.

    `niksic` (ME) and `nis` (RS) are organisations of the national networks `me` and `rs` under `region`.
    Accounts by role: worker, operator, manager, supervisor, officer (data protection), coordinator (all of niksic),
    other_worker, other_coordinator (of nis), national (of me), secretariat, reviewer, observer (of region),
    administrator, nobody.
    `viewer(name)` gives the Viewer of one of them.
    """
    from duga.members.models import Account, Membership, Network, Organisation, RoleGrant
    from duga.members.queries import viewer_of
    from duga.members.rules import MemberStatus, Role

    region = Network.objects.create(slug="region", name="Region")
    me = Network.objects.create(slug="me", name="Montenegro", country="ME", parent=region)
    rs = Network.objects.create(slug="rs", name="Serbia", country="RS", parent=region)
    niksic = Organisation.objects.create(slug="niksic", name="Dnevni centar Nikšić", country="ME", demo=True)
    nis = Organisation.objects.create(slug="nis", name="Центар Ниш", country="RS", demo=True)
    for organisation, network in ((niksic, me), (nis, rs)):
        key_store.add_organisation(organisation.pk)
        Membership.objects.create(
            organisation=organisation, network=network, status=MemberStatus.MEMBER, since=dt.date(2019, 1, 1)
        )
    cast = SimpleNamespace(region=region, me=me, rs=rs, niksic=niksic, nis=nis, accounts={})

    def account(name, role=None, organisation=None, network=None, **more):
        person = Account(email=f"{name}@example.org", name=name.replace("_", " ").title(), **more)
        person.set_password(PASSWORD)
        person.save()
        if role:
            RoleGrant.objects.create(account=person, role=role, organisation=organisation, network=network)
        cast.accounts[name] = person

    account("worker", Role.FIELD_WORKER, niksic)
    account("operator", Role.HELPLINE_OPERATOR, niksic)
    account("manager", Role.CASE_MANAGER, niksic)
    account("supervisor", Role.CASE_SUPERVISOR, niksic)
    account("officer", Role.DATA_PROTECTION_OFFICER, niksic)
    account("coordinator", Role.ORGANISATION_COORDINATOR, niksic)
    account("other_worker", Role.FIELD_WORKER, nis)
    account("other_coordinator", Role.ORGANISATION_COORDINATOR, nis)
    account("national", Role.NATIONAL_COORDINATOR, network=me)
    account("secretariat", Role.NETWORK_SECRETARIAT, network=region)
    account("reviewer", Role.REVIEWER, network=region)
    account("observer", Role.OBSERVER, network=region)
    account("administrator", is_administrator=True)
    account("nobody")
    cast.viewer = lambda name: viewer_of(cast.accounts[name])
    return cast


@pytest.fixture
def sign_in(client, cast):
    """`sign_in("worker")` → a test client signed in as that person of the cast."""

    def enter(name):
        client.force_login(cast.accounts[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return enter


# --- Browser: one Chromium a process, for every journey -------------------------------------------------

CHROMIUM = shutil.which("chromium")
#: Chromium as it runs in a container, without asking anything of the network.
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, headless; tests that ask for it are skipped where it is not installed."""
    if CHROMIUM is None:
        pytest.skip("Debian's chromium is not installed: apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
