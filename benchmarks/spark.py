"""Apache Spark on a local cluster of a master and two workers: the same tables as DuckDB, cell by cell.

    python -m benchmarks.spark [ROWS]        (default 200000)

On one machine Spark only adds cost; what is measured here is equality. The cluster is our own, on this machine, in
a temporary folder, and gone afterwards. Needs the extra duga[spark] and Java 17.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks import row

PORT, PAGE = 7188, 7189
MASTER = f"spark://127.0.0.1:{PORT}"
COMMAND = "python -m benchmarks.spark"
QUESTIONS = [
    ("people_assisted", {"by": ("country", "month", "sex", "age_band")}),
    ("people_assisted", {"by": ("service_type", "quarter"), "where": {"country": ["C1", "C2"]}}),
    ("people_assisted", {"by": ("country", "area"), "period": "2021-02..2022-07"}),
    ("assistance_delivered", {"by": ("unit", "country", "year")}),
]


@contextmanager
def cluster(folder: Path, workers: int = 2):
    """A master and workers, each a process of its own with one core; yields when all workers are there."""
    import pyspark

    home = Path(pyspark.__file__).parent
    starter = [str(home / "bin" / "spark-class")]  # the package brings no start scripts
    environment = os.environ | {
        "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_WORKER_DIR": str(folder / "work"),
        "SPARK_LOCAL_DIRS": str(folder / "local"), "SPARK_DAEMON_MEMORY": "512m", "PYSPARK_PYTHON": sys.executable,
    }  # fmt: skip
    place = "org.apache.spark.deploy"
    here = ["--host", "127.0.0.1"]
    commands = [[*starter, f"{place}.master.Master", *here, "--port", str(PORT), "--webui-port", str(PAGE)]]
    for number in range(workers):
        page = ["--webui-port", str(PAGE + 1 + number)]
        commands.append([*starter, f"{place}.worker.Worker", *here, *page, "--cores", "1", "--memory", "1g", MASTER])
    log = (folder / "log").open("w")
    running = []
    try:
        for command in commands:
            running.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        _wait(workers, running, folder / "log")
        yield
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(30)
        log.close()


def _wait(workers: int, running: list, log: Path, seconds: int = 120) -> None:
    """Until the master counts all workers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if any(process.poll() is not None for process in running):
            break
        try:
            page = urllib.request.urlopen(f"http://127.0.0.1:{PAGE}/json/", timeout=2).read().decode()
            if page.count('"ALIVE"') >= workers + 1:
                return
        except OSError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"The cluster did not come up:\n{log.read_text()[-2000:]}")


def main() -> None:
    from benchmarks.count import batches, make
    from duga.evidence import snapshot, spark

    size = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        row("Spark, 2 workers", ours="left out", peer="no Java 17 here", bar="0 differ", command=COMMAND)
        return
    with tempfile.TemporaryDirectory(prefix="duga-bench-spark-") as name:
        folder = Path(name)
        snapshot.freeze(batches(make(size, folder)), folder / "snapshots")
        frozen = snapshot.open_snapshot(folder / "snapshots")
        bare = replace(frozen, manifest=replace(frozen.manifest, visits={}))
        with cluster(folder), spark.session(MASTER):
            for code, question in QUESTIONS:
                layered = code == "people_assisted" and "service_type" not in question["by"]
                for opened, way in ((frozen, "counting layer"), (bare, "facts")):
                    if opened is bare or layered:
                        _compare(code, question, opened, way)


def _compare(code: str, question: dict, opened, way: str) -> None:
    """One question to both engines."""
    from duga.evidence import engines, indicators

    definition = replace(indicators.find(code), beside=())
    taken, tables = {}, {}
    for engine in engines.ENGINES:
        start = time.perf_counter()
        tables[engine] = engines.count(definition, opened, **question, engine=engine)
        taken[engine] = time.perf_counter() - start
    ours, theirs = tables["duckdb"], tables["spark"]
    different = sum(ours.cells.get(key) != theirs.cells.get(key) for key in ours.cells | theirs.cells)
    row(
        f"Spark, 2 workers: {code} by {' x '.join(question['by'])}, {way}",
        ours=f"{different} of {len(ours.cells)} cells", peer=f"{taken['duckdb']:.1f} s, Spark {taken['spark']:.0f} s",
        bar="0 differ", met=ours == theirs, command=COMMAND,
    )  # fmt: skip


if __name__ == "__main__":
    main()
