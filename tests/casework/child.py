"""An installation of its own in another process, for faults no test can survive: killed, full, two at once.

`python -m tests.casework.child FOLDER DEED [N]` — deeds: make, import, killed, full. Prints one line of JSON.
"""

import json
import os
import sys
from pathlib import Path

HEAD = ["Ime i prezime", "Godište", "Usluga", "Količina", "Datum", "Napomena"]


def sheet(rows: int, start: int = 0) -> bytes:
    """A list of `rows` rows about half as many people, from number `start` on."""
    from duga.plain.tables import write_csv

    return write_csv(
        HEAD,
        ([f"Ime{n // 2} Prezime{n // 2}", 1940 + n % 60, "paket", 1, f"{1 + n % 28}.4.2020", "x" * 40]
         for n in range(start, start + rows)),
    )  # fmt: skip


def main(folder: str, deed: str, rows: str = "400", start: str = "0") -> None:
    """Does one deed in the installation under `folder`: a file of its own, whatever database the suite runs on."""
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {
        "DUGA_DATA": folder, "DUGA_SECRET": "only for tests" * 4, "DUGA_KEY": "11" * 32, "DUGA_HTTPS": "0",
        "DUGA_HOSTS": "localhost", "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    import django

    django.setup()
    if deed == "make":
        return make()
    from django.db import connection

    from duga.casework.actions import import_assistance
    from duga.casework.models import Assistance, ImportBatch, Person
    from duga.members.queries import organisation_by_slug, viewer_by_email
    from duga.plain.errors import DugaError

    by = viewer_by_email("coordinator@example.org")
    if deed == "full":
        with connection.cursor() as cursor:
            pages = cursor.execute("PRAGMA page_count").fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count={pages + 20}")

    def progress(done, total, stage):
        if deed == "killed" and stage == "write" and done:
            os.kill(os.getpid(), 9)

    told = {}
    try:
        outcome = import_assistance(
            by=by, organisation_id=organisation_by_slug(by, "niksic").pk, name="list.csv",
            data=sheet(int(rows), int(start)), progress=progress,
        )  # fmt: skip
        told = {"imported": outcome.imported, "already": outcome.already, "errors": list(map(str, outcome.errors))}
    except DugaError as error:
        told = {"refused": str(error)}
    told |= {
        "rows": Assistance.objects.count(),
        "people": Person.objects.count(),
        "batches": ImportBatch.objects.count(),
    }
    print(json.dumps(told))


def make() -> None:
    """A fresh installation: one organisation and its coordinator."""
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    from duga.members.models import Account, Organisation, RoleGrant
    from duga.vault import sealing

    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}  # at once, from the models
    call_command("migrate", run_syncdb=True, verbosity=0)
    organisation = Organisation.objects.create(slug="niksic", name="Dnevni centar", country="ME")
    sealing.store().add_organisation(organisation.pk)
    account = Account.objects.create(email="coordinator@example.org", name="Coordinator")
    RoleGrant.objects.create(account=account, role="organisation_coordinator", organisation=organisation)
    print(json.dumps({"made": str(Path(os.environ["DUGA_DATA"]))}))


if __name__ == "__main__":
    main(*sys.argv[1:])
