"""Counting people among millions of deliveries: Duga beside PostgreSQL 15 and hand-written DuckDB SQL.

    python -m benchmarks.count [ROWS …]        (default 1000000 10000000; 100000000 takes 20 minutes and 8 GB of disk)

The question: different people by country, month, sex and age band. PostgreSQL gets count(distinct) and its best
rewriting (SELECT DISTINCT in a subquery), each with default settings and with work_mem 256 MB, and the better of the
two counts; DuckDB gets the same two over plain Parquet. Every engine must give the same number in every cell. Freezing
(making the snapshot) and counting are reported apart; so is the same question answered from the facts alone, without
the counting layer. A PostgreSQL of our own is started in a temporary folder as user postgres and removed afterwards;
without PostgreSQL 15 those rows are left out.

The deliveries: 0.15 people a row over 60 months in 8 countries and 96 areas; 5 of 100 people move to another area once,
and 12 of 100 grow into the next age band.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks import row

BIN = Path("/usr/lib/postgresql/15/bin")
PORT = 54329
PLAIN = "SELECT country, month, sex, age_band, count(DISTINCT person) AS n FROM {source} GROUP BY 1, 2, 3, 4"
REWRITTEN = (
    "SELECT country, month, sex, age_band, count(*) AS n FROM "
    "(SELECT DISTINCT country, month, sex, age_band, person FROM {source}) t GROUP BY 1, 2, 3, 4"
)
BY = ("country", "month", "sex", "age_band")


def make(rows: int, folder: Path, part: int = 10_000_000) -> list[Path]:
    """Deterministic deliveries in plain Parquet, unsorted, a file for every ten millions."""
    import duckdb

    people, files = rows * 3 // 20, []
    for number, start in enumerate(range(0, rows, part)):
        file = folder / f"facts-{number}.parquet"
        files.append(file)
        with duckdb.connect(config={"memory_limit": "4GB", "preserve_insertion_order": False}) as con:
            con.execute(
                f"""COPY (SELECT p::UINTEGER AS person, NULL::UINTEGER AS household, 'person' AS recipient,
                NULL::UINTEGER AS size, (1 + hash(p, 1) % 200)::UINTEGER AS organisation, 'C' || c AS country,
                'A' || c || '-' || (hash(p, 3, hash(p, 8) % 20 = 0 AND m >= hash(p, 9) % 60) % 12) AS area,
                (DATE '2021-01-01' + to_months(m))::DATE AS month,
                CASE hash(p, 5) % 2 WHEN 0 THEN 'female' ELSE 'male' END AS sex,
                ['0-5', '6-13', '14-17', '18-29', '30-59', '60-79', '80+'][
                  1 + (hash(p, 6) % 6)::INTEGER + (hash(p, 10) % 8 = 0 AND m >= hash(p, 11) % 60)::INTEGER] AS age_band,
                'older_people' AS target_group,
                ['home_visit', 'legal_aid', 'errands'][1 + (hash(i, 7) % 3)::INTEGER] AS service_type,
                'parcel' AS unit, 'item' AS unit_kind, 'phone' AS channel,
                1::DECIMAL(18,3) AS quantity, 'exact' AS qualifier
                FROM (SELECT i, p, hash(p, 2) % 8 AS c, (hash(i, 4) % 60)::INTEGER AS m
                FROM (SELECT i, 1 + hash(i, 0) % {people} AS p FROM range({start}, {min(start + part, rows)}) t(i))))
                TO '{file}' (FORMAT parquet, COMPRESSION zstd)"""
            )
    return files


def best(work, times: int = 2) -> tuple[float, object]:
    """The shorter of some runs, in seconds, and what the work gave."""
    taken, result = [], None
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - start)
    return min(taken), result


def cells_of(rows) -> dict[tuple, int]:
    return {(country, f"{month:%Y-%m}", sex, band): n for country, month, sex, band, n in rows}


def memory() -> float:
    """The most memory this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def duckdb_plain(files: list[Path]) -> dict[str, tuple[float, dict]]:
    """Seconds and cells of hand-written SQL over the unsorted Parquet files."""
    import duckdb

    found = {}
    source = f"read_parquet({[str(file) for file in files]})"
    with tempfile.TemporaryDirectory(prefix="duga-bench-") as spill, duckdb.connect() as con:
        con.execute(f"SET temp_directory = '{spill}'")
        for name, sql in (("count(distinct)", PLAIN), ("best rewriting", REWRITTEN)):
            query = sql.format(source=source)
            seconds, rows = best(lambda query=query: con.execute(query).fetchall(), 1 if len(files) > 1 else 2)
            found[name] = (seconds, cells_of(rows))
    return found


def batches(files: list[Path]):
    import pyarrow.parquet as pq

    from duga.evidence.staging import WORDS

    for file in files:
        yield from pq.ParquetFile(file, read_dictionary=WORDS).iter_batches(1_000_000)


def duga(files: list[Path], folder: Path) -> dict:
    """Seconds to freeze, to re-freeze one month, and to count in several ways; the cells."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from duga.evidence import engines, indicators, snapshot
    from duga.evidence.staging import first_day

    told = {}
    told["freeze"], _ = best(lambda: snapshot.freeze(batches(files), folder), 1)
    told["peak freezing"] = memory()
    times = 1 if len(files) > 1 else 2
    frozen = snapshot.open_snapshot(folder)
    people = replace(indicators.find("people_assisted"), beside=())
    told["count"], table = best(lambda: engines.count(people, frozen, by=BY, totals=False), 3)
    told["totals"], _ = best(lambda: engines.count(people, frozen, by=BY), 1)
    bare = replace(frozen, manifest=replace(frozen.manifest, visits={}))
    told["facts"], other = best(lambda: engines.count(people, bare, by=BY, totals=False), times)
    by = ("service_type", "month")
    told["service"], _ = best(lambda: engines.count(people, frozen, by=by, totals=False), 1)
    assert table == other
    told["cells"] = {key: cell.value for key, cell in table.cells.items()}
    month = frozen.manifest.periods[-1]
    day = pc.scalar(first_day(month))
    new = [pq.read_table(file, filters=pc.field("month") == day) for file in files]
    new.append(new[0].slice(0, 1000))  # a thousand deliveries more than before
    unchanged = frozen.manifest.periods[:-1]
    told["month"], made = best(lambda: snapshot.freeze(new, folder / "next", previous=frozen, unchanged=unchanged), 1)
    assert made.rows == frozen.manifest.rows + 1000
    told["peak"] = memory()
    told["disk"] = sum(file.stat().st_size for file in frozen.path.rglob("*.parquet")) / 1e6
    return told


class Postgres:
    """A PostgreSQL of our own in a temporary folder."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="duga-bench-pg-"))
        shutil.chown(self.folder, "postgres", "postgres")
        self._run(f"{BIN}/initdb -D {self.folder}/data -A trust --no-sync >/dev/null")
        options = f"-p {PORT} -k {self.folder} -c listen_addresses= -c max_wal_size=8GB"
        self._run(f"{BIN}/pg_ctl -D {self.folder}/data -w -l {self.folder}/log -o '{options}' start >/dev/null")
        return self

    def __exit__(self, *_):
        self._run(f"{BIN}/pg_ctl -D {self.folder}/data -m immediate stop >/dev/null")
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _run(command: str) -> None:
        if os.geteuid() == 0:
            subprocess.run(["su", "postgres", "-s", "/bin/sh", "-c", command], check=True, cwd="/")
        else:
            subprocess.run(["sh", "-c", command], check=True, cwd="/")

    def connect(self):
        import psycopg

        return psycopg.connect(f"host={self.folder} port={PORT} user=postgres dbname=postgres", autocommit=True)

    def measure(self, files: list[Path]) -> dict[str, tuple[float, dict]]:
        """Seconds and cells of both ways to ask, the better of the two settings each."""
        import duckdb

        found = {}
        with self.connect() as con, duckdb.connect() as source:
            con.execute("DROP TABLE IF EXISTS facts")
            con.execute("CREATE UNLOGGED TABLE facts (person int, country text, month date, sex text, age_band text)")
            plain = self.folder / "facts.csv"
            columns = "person, country, month, sex, age_band"
            for file in files:
                source.execute(f"COPY (SELECT {columns} FROM read_parquet('{file}')) TO '{plain}' (HEADER false)")
                plain.chmod(0o644)
                con.execute(f"COPY facts FROM '{plain}' (FORMAT csv)")
                plain.unlink()
            con.execute("VACUUM ANALYZE facts")
            for name, sql in (("count(distinct)", PLAIN), ("best rewriting", REWRITTEN)):
                for memory in ("4MB", "256MB"):
                    con.execute(f"SET work_mem = '{memory}'")
                    seconds, rows = best(lambda sql=sql: con.execute(sql.format(source="facts")).fetchall(), 1)
                    if name not in found or seconds < found[name][0]:
                        found[name] = (seconds, cells_of(rows))
        return found


BARS = {
    "PostgreSQL 15, count(distinct)": 20,
    "PostgreSQL 15, best rewriting": 10,
    "DuckDB by hand, count(distinct)": 1,
    "DuckDB by hand, best rewriting": 1,
}


def measure(size: int, command: str) -> dict:
    """All rows of one size; gives what was told of ours."""
    with tempfile.TemporaryDirectory(prefix="duga-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        files = make(size, folder)
        told = duga(files, folder / "snapshots")
        shutil.rmtree(folder / "snapshots")
        peers = {f"DuckDB by hand, {k}": v for k, v in duckdb_plain(files).items()}
        if BIN.is_dir() and size <= MOST_IN_POSTGRES:
            with Postgres() as postgres:
                peers |= {f"PostgreSQL 15, {k}": v for k, v in postgres.measure(files).items()}
    millions = f"{size // 1_000_000} M"
    for peer, (seconds, cells) in peers.items():
        assert cells == told["cells"], f"{peer} counts otherwise than Duga"
        ratio = seconds / told["count"]
        row(
            f"count {millions} beside {peer}", ours=f"{told['count']:.3f} s", peer=f"{seconds:.2f} s",
            ratio=f"{ratio:.1f}x", bar=f">={BARS[peer]}x", met=ratio >= BARS[peer], command=command,
        )  # fmt: skip
    hand = min(seconds for peer, (seconds, _) in peers.items() if peer.startswith("DuckDB"))
    row(
        f"count {millions} from the facts alone, without the counting layer", ours=f"{told['facts']:.2f} s",
        peer=f"{hand:.2f} s (DuckDB)", ratio=f"{hand / told['facts']:.1f}x", command=command,
    )  # fmt: skip
    row(f"count {millions}, every total too", ours=f"{told['totals']:.2f} s", command=command)
    row(f"count {millions} by service and month (no layer)", ours=f"{told['service']:.2f} s", command=command)
    row(f"freeze {millions}", ours=f"{told['freeze']:.1f} s", peer=f"{size / told['freeze']:,.0f} a second",
        command=command)  # fmt: skip
    small = size <= 20_000_000
    row(f"freeze one month's new records into {millions}", ours=f"{told['month']:.1f} s", bar="seconds" * small,
        met=told["month"] < 10 if small else None, command=command)  # fmt: skip
    row(f"memory at most, freezing {millions}", ours=f"{told['peak freezing']:,.0f} MB", bar="<=6,000 MB",
        met=told["peak freezing"] <= 6000, command=command)  # fmt: skip
    row(f"memory at most, counting {millions} from the facts too (may take half of it)", ours=f"{told['peak']:,.0f} MB",
        peer=f"{told['disk']:,.0f} MB on disk", command=command)  # fmt: skip
    return told


MOST_IN_POSTGRES = 20_000_000


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [1_000_000, 10_000_000]
    told = {}
    for size in sizes:
        told[size] = measure(size, f"python -m benchmarks.count {size}")
        if size // 10 in told:
            for what, words in (("count", "counting"), ("facts", "counting from the facts"), ("freeze", "freezing")):
                ratio = told[size][what] / told[size // 10][what]
                row(
                    f"{words} {size // 1_000_000} M, as many times the time of {size // 10_000_000} M",
                    ours=f"{ratio:.1f}x", bar="<=12x", met=ratio <= 12 if size > 20_000_000 else None,
                    command=f"python -m benchmarks.count {size // 10} {size}",
                )  # fmt: skip


if __name__ == "__main__":
    main()
