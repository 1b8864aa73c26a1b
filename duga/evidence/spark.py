"""Apache Spark: the same counts on a cluster, for what outgrows one machine.

    from duga.evidence import engines, spark

    with spark.session("spark://counting.example.org:7077"):
        table = engines.count(people, frozen, by=["country", "sex"], engine="spark")

The expression is the one DuckDB answers, spoken by Ibis in Spark's SQL; the table is equal cell by cell. Needs the
extra `duga[spark]` and Java 17; driver and workers must see the snapshot under the same path. On one machine Spark only
adds cost: DuckDB is many times faster there.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from duga.plain.errors import Refused, gettext_noop

MASTER = "DUGA_SPARK_MASTER"
"""Environment variable that names the cluster, like spark://host:7077. Default: this machine alone."""

_NEEDS = gettext_noop(
    "Counting on Spark needs %(missing)s. Install both: pip install 'duga[spark]' (it brings pyspark), and Java 17 "
    "(Debian: apt install openjdk-17-jre-headless). Without them count with the engine duckdb."
)


@contextmanager
def session(master: str | None = None) -> Iterator[object]:
    """The Spark session that counts meanwhile: the one already active, else a new one, stopped at the end.

    `master` as Spark writes it (spark://host:7077, local[2]); default: what DUGA_SPARK_MASTER says, else local[*].
    Refused when pyspark or Java is missing, or the cluster does not answer.
    """
    _check()
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    if active is not None and master is None:
        yield active
        return
    made = _begin(master or os.environ.get(MASTER) or "local[*]")
    try:
        yield made
    finally:
        made.stop()


@contextmanager
def connection() -> Iterator[object]:
    """An Ibis connection to the Spark session."""
    import ibis

    with session() as made:
        yield ibis.pyspark.connect(made)


def read(con, files: Sequence[str]):
    """Parquet files as one Ibis table."""
    import ibis

    name = ibis.util.gen_name("facts")
    con._session.read.parquet(*files).createOrReplaceTempView(name)
    return con.table(name)


def _begin(master: str):
    from pyspark.sql import SparkSession

    build = SparkSession.builder.appName("duga").master(master)
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.shuffle.partitions": "16",
        "spark.log.level": "ERROR",
    }
    if master.startswith("local") or "//127.0.0.1" in master or "//localhost" in master:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # or Spark asks the name server who this machine is
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    for name, value in settings.items():
        build = build.config(name, value)
    with tempfile.TemporaryFile() as said:
        try:
            with _told_to(said):
                return build.getOrCreate()
        except Exception as error:
            raise Refused(
                gettext_noop("Spark at %(master)s could not be started: %(error)s"),
                master=master,
                error=(str(error).splitlines() or [type(error).__name__])[0] + _last_line(said),
            ) from error


@contextmanager
def _told_to(place) -> Iterator[None]:
    """What Java says about itself on standard error while it starts goes to a file: whoever counts reads our words."""
    sys.stderr.flush()
    before = os.dup(2)
    try:
        os.dup2(place.fileno(), 2)
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


def _last_line(said) -> str:
    """The last that Java said, for when it did not start."""
    said.seek(0)
    lines = said.read().decode(errors="replace").split("\n")
    return "".join(f" ({line.strip()})" for line in [line for line in lines if line.strip()][-1:])


def _check() -> None:
    """Refuses with what to install where something is missing."""
    missing = []
    try:
        import pyspark  # noqa: F401
    except ImportError:
        missing.append("pyspark")
    home = os.environ.get("JAVA_HOME")
    if not (home and (Path(home) / "bin" / "java").is_file()) and not shutil.which("java"):
        missing.append("Java")
    if missing:
        raise Refused(_NEEDS, missing=" and ".join(missing))
