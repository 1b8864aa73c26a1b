"""The server stays small: whatever is asked of it, it never imports the analytics libraries."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

VISIT = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
from config.wsgi import application
from django.core.management import call_command
from django.apps import apps
from django.conf import settings
settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}  # at once, from the models
call_command("migrate", run_syncdb=True, verbosity=0)
from types import SimpleNamespace
from django.test import Client
from duga.members.models import Account, Network, Organisation, RoleGrant
from duga.members.queries import viewer_of
from duga.members.rules import Role
from tests.indicators.ledgers import own_figures_by_hand, release_by_hand, table_by_hand

region = Network.objects.create(slug="region", name="Region")
niksic = Organisation.objects.create(slug="niksic", name="Nikšić", country="ME")
accounts = {}
for name, grant in {
    "coordinator": {"role": Role.ORGANISATION_COORDINATOR, "organisation": niksic},
    "secretariat": {"role": Role.NETWORK_SECRETARIAT, "network": region},
}.items():
    accounts[name] = Account.objects.create(email=f"{name}@example.org", name=name)
    RoleGrant.objects.create(account=accounts[name], **grant)
cast = SimpleNamespace(viewer=lambda name: viewer_of(accounts[name]))
release, figures, table = release_by_hand(cast), own_figures_by_hand(cast), table_by_hand(cast)
own = "/workspace/organisations/niksic/figures/"
pages = [
    "/", "/health", "/evidence/", "/evidence/me/", "/evidence/me/2020/", f"/evidence/release/{release.pk}/",
    f"/evidence/release/{release.pk}/households_reached-me-2020.csv", "/workspace/", "/workspace/figures/", own,
    "/workspace/organisations/niksic/rounds/",
    "/workspace/figures/draft/", f"/workspace/figures/drafts/{release.batch}/", "/workspace/figures/tables/",
    "/workspace/figures/tables/new/", f"/workspace/figures/tables/{table.pk}/",
    f"/workspace/figures/tables/{table.pk}/xlsx",
    f"{own}{figures.pk}/", f"{own}{figures.pk}/donor.xlsx", f"{own}{figures.pk}/own.csv",
]
for account in (None, *accounts.values()):
    client = Client()
    if account:
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    for page in pages:
        taken = page.endswith("/xlsx")  # a table leaves the house: never by a mere look
        status = (client.post if taken else client.get)(page).status_code
        assert status in (200, 302, 404, 403), (page, status)
        theirs = page.startswith("/workspace/figures/") or account is None or account.name != "coordinator"
        assert theirs or status != 404, (page, status)
heavy = {"ibis", "duckdb", "pandas", "altair", "vl_convert", "pyarrow", "highspy"} & set(sys.modules)
sys.exit(f"the server imported {sorted(heavy)}" if heavy else 0)
"""


def test_no_page_imports_the_analytics_libraries(tmp_path):
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'light.sqlite3'}", "DUGA_DATA": str(tmp_path), "DUGA_REQUIRE_TOTP": "0",
        "DUGA_TEST_DATABASE": "",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", VISIT], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
