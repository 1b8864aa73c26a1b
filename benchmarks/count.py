"""Counting people at 1 M and 10 M deliveries: Duga beside PostgreSQL 15 and hand-written DuckDB SQL.

    python -m benchmarks.count [ROWS …]        (default 1000000 10000000)

The question: different people by country, month, sex and age band. PostgreSQL gets count(distinct) and its best
rewriting (SELECT DISTINCT in a subquery), each with default settings and with work_mem 256 MB, and the better of the
two counts; DuckDB gets the same two over plain Parquet. Every engine must give the same sum. A PostgreSQL of our own
is started in a temporary folder as user postgres and removed afterwards; without PostgreSQL 15 those rows are left out.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BIN = Path("/usr/lib/postgresql/15/bin")
PORT = 54329
PLAIN = "SELECT country, month, sex, age_band, count(DISTINCT person) AS n FROM {source} GROUP BY 1, 2, 3, 4"
REWRITTEN = (
    "SELECT country, month, sex, age_band, count(*) AS n FROM "
    "(SELECT DISTINCT country, month, sex, age_band, person FROM {source}) t GROUP BY 1, 2, 3, 4"
)
BY = ("country", "month", "sex", "age_band")


def make(rows: int, file: Path) -> None:
    """Deterministic deliveries of about 0.15 people a row over 60 months, in plain Parquet."""
    import duckdb

    people = rows * 3 // 20
    with duckdb.connect() as con:
        con.execute(
            f"""COPY (SELECT p::UINTEGER AS person, NULL::UINTEGER AS household, 'person' AS recipient,
            NULL::UINTEGER AS size, (1 + hash(p, 1) % 200)::UINTEGER AS organisation,
            'C' || (hash(p, 2) % 8) AS country, 'A' || (hash(p, 2) % 8) || '-' || (hash(p, 3) % 12) AS area,
            (DATE '2021-01-01' + to_months((hash(i, 4) % 60)::INTEGER))::DATE AS month,
            CASE hash(p, 5) % 2 WHEN 0 THEN 'female' ELSE 'male' END AS sex,
            ['0-5', '6-13', '14-17', '18-29', '30-59', '60-79'][1 + (hash(p, 6) % 6)::INTEGER] AS age_band,
            'older_people' AS target_group,
            ['home_visit', 'legal_aid', 'errands'][1 + (hash(i, 7) % 3)::INTEGER] AS service_type,
            'parcel' AS unit, 'item' AS unit_kind, 'phone' AS channel,
            1::DECIMAL(18,3) AS quantity, 'exact' AS qualifier
            FROM (SELECT i, 1 + hash(i, 0) % {people} AS p FROM range({rows}) t(i)))
            TO '{file}' (FORMAT parquet, COMPRESSION zstd)"""
        )


def best(work, times: int = 2) -> tuple[float, object]:
    """The shorter of some runs, in seconds, and what the work gave."""
    taken, result = [], None
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - start)
    return min(taken), result


def duckdb_plain(file: Path) -> dict[str, tuple[float, int]]:
    import duckdb

    found = {}
    with duckdb.connect() as con:
        for name, sql in (("count(distinct)", PLAIN), ("best rewriting", REWRITTEN)):
            query = sql.format(source=f"read_parquet('{file}')")
            seconds, rows = best(lambda query=query: con.execute(query).fetchall())
            found[name] = (seconds, sum(row[-1] for row in rows))
    return found


def duga(file: Path, folder: Path) -> tuple[float, float, float, int]:
    """Seconds to freeze, to count the cells, to count with all totals; and the sum of the cells."""
    import pyarrow.parquet as pq

    from duga.evidence import engines, indicators, snapshot

    start = time.perf_counter()
    snapshot.freeze(pq.ParquetFile(file).iter_batches(1_000_000), folder)
    freezing = time.perf_counter() - start
    frozen, people = snapshot.open_snapshot(folder), indicators.find("people_assisted")
    people = type(people)(**{**vars(people), "beside": ()})
    counting, table = best(lambda: engines.count(people, frozen, by=BY, totals=False), 3)
    whole, _ = best(lambda: engines.count(people, frozen, by=BY), 1)
    return freezing, counting, whole, sum(cell.value for cell in table.cells.values())


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

    def measure(self, file: Path) -> dict[str, tuple[float, int]]:
        import duckdb

        found = {}
        with self.connect() as con, duckdb.connect() as source:
            con.execute("DROP TABLE IF EXISTS facts")
            con.execute("CREATE UNLOGGED TABLE facts (person int, country text, month date, sex text, age_band text)")
            plain = self.folder / "facts.csv"
            columns = "person, country, month, sex, age_band"
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
                        found[name] = (seconds, sum(row[-1] for row in rows))
        return found


def rows(sizes=(1_000_000, 10_000_000)):
    """Yields (what, ours, theirs, ratio, command) for `python -m benchmarks`."""
    command = "python -m benchmarks.count"
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="duga-bench-") as name:
            folder = Path(name)
            folder.chmod(0o755)
            make(size, folder / "facts.parquet")
            freezing, counting, whole, total = duga(folder / "facts.parquet", folder / "snapshots")
            yield f"freeze {size:,}", f"{freezing:.1f} s", f"{size / freezing:,.0f} rows/s", "", f"{command} {size}"
            peers = {f"DuckDB, plain Parquet, {k}": v for k, v in duckdb_plain(folder / "facts.parquet").items()}
            if BIN.is_dir():
                with Postgres() as postgres:
                    measured = postgres.measure(folder / "facts.parquet")
                    peers |= {f"PostgreSQL 15, {k}": v for k, v in measured.items()}
            for peer, (seconds, theirs) in peers.items():
                assert theirs == total, f"{peer} counts {theirs}, Duga {total}"
                what = f"count {size:,} against {peer}"
                yield what, f"{counting:.3f} s", f"{seconds:.2f} s", f"{seconds / counting:.1f}x", f"{command} {size}"
            yield f"count {size:,} with every total", f"{whole:.2f} s", "", "", f"{command} {size}"


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [1_000_000, 10_000_000]
    for row in rows(sizes):
        print("{:<62} {:>10} {:>14} {:>8}   {}".format(*row), flush=True)


if __name__ == "__main__":
    main()
