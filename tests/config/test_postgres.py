"""The same house on PostgreSQL: begins, backs up, restores. Left out where it is not installed."""

import pytest

from tests.config.house import House
from tests.config.test_backups import ERASE, FILL, SEE
from tests.everywhere import postgres_programs, throwaway_cluster

pytestmark = pytest.mark.skipif(postgres_programs() is None, reason="PostgreSQL is not installed")


def test_the_drill_on_postgres(tmp_path):
    with throwaway_cluster(postgres_programs()) as url:
        house = House(tmp_path / "data", DATABASE_URL=url, DUGA_BACKUPS=str(tmp_path / "backups"))
        house.run("begin", "--network", "Test network", "--email", "first@example.org")
        first, _ = house.python(FILL).split()
        house.run("backup")
        archive = next((tmp_path / "backups").glob("duga-*.tar.gz"))
        house.python(ERASE.format(person=first))
        assert "add --over" in house.run("restore", archive, fails=True)
        assert "All is well." in house.run("restore", archive, "--over")
        assert house.python(SEE) == "Petar Perović"
        assert "PostgreSQL" in house.run("doctor")
        sqlite = House(tmp_path / "sqlite", DUGA_KEY=(house.data / "installation.key").read_text().strip())
        assert "holds a postgresql database" in sqlite.run("restore", archive, fails=True)
