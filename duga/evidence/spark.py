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
    try:
        return build.getOrCreate()
    except Exception as error:
        raise Refused(
            gettext_noop("Spark at %(master)s could not be started: %(error)s"),
            master=master,
            error=(str(error).splitlines() or [type(error).__name__])[0],
        ) from error


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
