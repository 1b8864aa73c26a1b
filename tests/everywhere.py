"""Runs the suite as CI does: on SQLite, then, where PostgreSQL is installed, on a throwaway cluster.

`python -m tests.everywhere [pytest arguments]`; called by `make test`. The PostgreSQL run leaves out what has
nothing to do with a database. DUGA_POSTGRES=0 skips it.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

#: Tests that ask nothing of a database server, or nothing that their neighbours do not ask; or bring one of their own.
WITHOUT_DATABASE = (
    "tests/plain", "tests/evidence", "tests/ui", "tests/vault", "tests/demo", "tests/journeys",
    "tests/test_architecture.py", "tests/test_generated.py", "tests/casework/test_import_faults.py",
    "tests/config/test_backups.py", "tests/config/test_environment.py", "tests/config/test_messages.py",
    "tests/config/test_postgres.py", "tests/config/test_serving.py", "tests/web/test_styleguide.py",
    # they count by an engine of its own what tests/indicators/test_building.py and test_releases.py read on both
    "tests/indicators/test_attack.py", "tests/indicators/test_building_derived.py",
    "tests/indicators/test_building_running.py", "tests/indicators/test_leaving_out.py",
    "tests/publishing/test_attack.py",
)  # fmt: skip


def postgres_programs() -> Path | None:
    """The folder of the newest PostgreSQL server installed by Debian, if any."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parent.parent.name))
    return found[-1].parent if found else None


@contextmanager
def throwaway_cluster(programs: Path, *, durable: bool = False):
    """A PostgreSQL server on a socket in a temporary folder; yields its URL, and leaves nothing behind.

    `durable`: it waits for the disk with each commit, as a real one does; tests need not.
    """
    owner = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="duga-pg-"))
    if owner:
        shutil.chown(folder, owner)

    def run(program, *arguments):
        subprocess.run(
            [programs / program, "-D", folder / "data", *arguments],
            check=True, cwd=folder, user=owner, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    role = owner or pwd.getpwuid(os.geteuid()).pw_name
    try:
        run("initdb", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", f"--username={role}")
        hasty = "" if durable else " -c fsync=off -c full_page_writes=off"
        options = f"-c listen_addresses='' -k {folder}{hasty}"
        run("pg_ctl", "start", "-w", "-l", folder / "log", "-o", options)
        try:
            yield f"postgresql://{role}@/postgres?host={folder}"
        finally:
            run("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_suite(arguments, **environment) -> int:
    """pytest on two cores; its exit code. A file stays with one of them: what its tests share is made once."""
    spread = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]  # in the order of tests/conftest.py
    command = [sys.executable, "-m", "pytest", "-q", *spread, *arguments]
    return subprocess.call(command, env=os.environ | environment)


def main(arguments) -> int:
    """SQLite last: its closing line is the one that speaks for the run."""
    programs = postgres_programs()
    if programs and os.environ.get("DUGA_POSTGRES") != "0":
        print(f"Tests on PostgreSQL {programs.parent.name} …", flush=True)
        with throwaway_cluster(programs) as url:
            left_out = [f"--ignore={path}" for path in WITHOUT_DATABASE]
            code = run_suite([*left_out, *arguments], DUGA_TEST_DATABASE=url)
        if code:
            return code
    print("Tests on SQLite …", flush=True)
    # How much of what decides and counts the tests have been through: asked for of the whole suite, here alone.
    coverage = ["--cov", "--cov-report=term", *(["--cov-fail-under=0"] if arguments else [])]
    return run_suite([*coverage, *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
