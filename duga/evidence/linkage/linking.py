"""Outside the walls: files of encodings in, people out. Whoever runs this holds no key and sees no name.

Candidate pairs are the records that share a block; Splink scores each once, under the salt of one block they share.
"""

import json
import logging
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from duga.evidence.linkage import clusters, model
from duga.evidence.linkage.comparing import Field, Level
from duga.evidence.linkage.encoding import METADATA, VERSION, columns_of
from duga.evidence.linkage.model import Model
from duga.plain.errors import NotFound, Refused, gettext_noop

LARGEST_BLOCK = 150  # rows; a larger block says too little about anybody to be worth comparing all with all
PAIRS_A_RECORD = 40  # and where there are very many records, blocks are kept from the smallest until so many pairs
KEEP = 0.0002  # pairs less likely than this are forgotten
MANY = 9  # so many blocks in common or more are not told apart
LINK = 0.5  # pairs at least this likely may stand in one cluster
_TRAIN = 3_000_000  # pairs that the model learns from


@dataclass
class Linked:
    """What linking found. Records are numbered through all files: `starts[f]` is where file f begins.

    `left`, `right`, `chance`: pairs of records that may be one person, and how likely (arrays). `cluster[i]` is the
    number of the person that record i belongs to, `probability[i]` how sure that is. `silent` are the records that
    could be compared with nobody, because they say nothing that few others say. `shared` is in how many blocks each
    pair met (`MANY` at most). `model` is what was learned.
    """

    files: list[dict]
    starts: list[int]
    left: Sequence[int]
    right: Sequence[int]
    chance: Sequence[float]
    cluster: Sequence[int]
    probability: Sequence[float]
    model: Model
    compared: int = 0
    passed_over: int = 0
    silent: Sequence[int] = ()
    shared: Sequence[int] = ()
    facts: dict = field(default_factory=dict)

    @property
    def records(self) -> int:
        return self.starts[-1]

    @property
    def people(self) -> int:
        """How many clusters there are. `estimate()` says between which bounds the truth lies."""
        return len(set(self.cluster))

    def of_file(self, index: int) -> list[tuple[int, float]]:
        """(cluster, probability) of each record of one file, by the number it bears in that file."""
        begin, end = self.starts[index], self.starts[index + 1]
        return list(zip(self.cluster[begin:end], self.probability[begin:end], strict=True))

    def estimate(self, **more):
        """The number of different people, with its bounds: see `estimating.estimate`."""
        from duga.evidence.linkage.estimating import estimate

        return estimate(self, **more)


def link(
    files: Sequence[str | Path],
    *,
    engine: str = "duckdb",
    memory: str = "4GB",
    progress: Callable[[str, float], None] | None = None,
) -> Linked:
    """Finds the records of one person within and across files of encodings of one round.

    Learns the model from the files (u measured inside the walls, m here), scores every candidate pair with Splink
    and joins records into people. `engine`: duckdb, or spark for what outgrows one machine. `progress(words, share)` is
    told what begins and what share of the whole (0 to 1) is behind. Raises `Refused` for
    files of different rounds and `NotFound` for a file that is not there.
    """
    say = progress or (lambda words, share: None)
    about = [_about(Path(path)) for path in files]
    if not about:
        raise Refused(gettext_noop("Give at least one file of encodings."))
    if len({each["round"] for each in about}) > 1:
        raise Refused(gettext_noop("These files were encoded with different keys: they belong to different rounds."))
    starts = [0]
    for each in about:
        starts.append(starts[-1] + each["records"])
    roles = sorted({role for each in about for role in each["roles"]})
    with _Store(engine, memory) as store:
        say("Finding candidate pairs", 0.0)
        compared, passed_over = store.gather([Path(path) for path in files], starts, roles)
        begun = _with_files(model.beginning(roles, about), about)
        learned = begun
        if compared:
            say(f"Learning from {compared:,} pairs", 0.35)
            patterns = store.patterns(begun, max(1, -(-compared // _TRAIN)))
            share = sum(count for _, count in patterns) / compared
            learned = model.learn(begun, patterns, starts[-1], share)
            say("Scoring with Splink", 0.55)
        left, right, chance, shared = store.score(learned) if compared else _nothing()
        silent = store.silent(starts[-1])
    say("Joining records into people", 0.85)
    cluster, probability = clusters.join(starts[-1], left, right, chance, LINK, silent)
    return Linked(
        about, starts, left, right, chance, cluster, probability, learned, compared, passed_over, silent, shared
    )


def _nothing():
    import numpy as np

    none = np.zeros(0, dtype=np.int64)
    return none, none, np.zeros(0), none


def _about(path: Path) -> dict:
    import pyarrow.parquet as pq

    if not path.is_file():
        raise NotFound(gettext_noop("There is no file %(file)s."), file=str(path))
    try:
        about = json.loads((pq.read_metadata(path).metadata or {})[METADATA])
    except Exception as error:
        raise Refused(gettext_noop("%(file)s is no file of encodings."), file=path.name) from error
    if about["version"] != VERSION:
        raise Refused(gettext_noop("%(file)s was encoded by another version of Duga. Encode it again."), file=path.name)
    return about


def _with_files(begun: Model, about: list[dict]) -> Model:
    """One more field where there are several files: two files, or one. Members seldom record a person twice."""
    sizes = [each["records"] for each in about]
    pairs = sum(sizes) * (sum(sizes) - 1) / 2
    within = sum(n * (n - 1) / 2 for n in sizes)
    if len(sizes) < 2 or not 0 < within < pairs:
        return begun
    levels = (Level("in two files", "source_l <> source_r", 0.85, 0.5), Level("in one file", "else", 0.15, 0.5))
    begun.fields.append(Field("files", "source_l is null", levels))
    begun.m["files"] = [0.15, 0.85]
    begun.u["files"] = [within / pairs, 1 - within / pairs]
    return begun


class _Store:
    """Tables of one linking run, in DuckDB or Spark; the same SQL and the same Splink settings on both."""

    def __init__(self, engine: str, memory: str):
        from difflib import get_close_matches

        if engine not in ("duckdb", "spark"):
            near = get_close_matches(engine, ("duckdb", "spark"), n=1)
            raise Refused(
                gettext_noop("There is no engine %(engine)s. %(hint)s"),
                engine=engine,
                hint=f"Did you mean {near[0]}?" if near else "Engines: duckdb, spark.",
            )
        self._engine, self._memory = engine, memory
        logging.getLogger("splink").setLevel(logging.ERROR)

    def __enter__(self):
        self._closing = ExitStack()
        self._folder = Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="duga-link-")))
        if self._engine == "duckdb":
            import duckdb
            from splink import DuckDBAPI

            self._con = duckdb.connect(
                config={"memory_limit": self._memory, "temp_directory": str(self._folder), "threads": 2}
            )
            self._con.execute("set preserve_insertion_order = false")
            self._api = DuckDBAPI(connection=self._con)
        else:
            from duga.evidence import spark

            self._spark = self._closing.enter_context(spark.session())
            self._api = _spark_api(self._spark, self._folder)
        return self

    def __exit__(self, *_):
        if self._engine == "duckdb":
            self._con.close()
        self._closing.close()

    def gather(self, files: list[Path], starts: list[int], roles: list[str]) -> tuple[int, int]:
        """Makes the tables `coded` (rows of shared blocks) and `pairs`; gives the number of candidate pairs and of
        blocks passed over because they are too large."""
        wanted = [name for name, _ in columns_of(roles)]
        parts = []
        for i, file in enumerate(files):
            there = self._columns(file)
            columns = ", ".join(name if name in there else f"cast(null as {_kind(name)}) as {name}" for name in wanted)
            parts.append(
                f"select {i} as source, record + {starts[i]} as record, block, {columns} from {self._read(file)}"
            )
        self._view("everything", " union all ".join(parts))
        self._table("sizes", "select block, count(*) as n from everything group by block having count(*) > 1")
        largest, passed_over, pairs = 2, 0, 0
        for size, blocks in sorted(self._rows("select n, count(*) from sizes group by n")):
            pairs += blocks * size * (size - 1) // 2
            if size <= LARGEST_BLOCK and pairs <= max(PAIRS_A_RECORD * starts[-1], 100_000):
                largest = size
            else:
                passed_over += blocks
        self._largest = largest
        # Blocks are numbered in their own order, so that every run and every engine compares under the same salt.
        self._table(
            "shared",
            "select block, cast(row_number() over (order by block) as bigint) as number_ "
            f"from sizes where n <= {largest}",
        )
        self._table(
            "coded",
            f"select s.number_ * {starts[-1]} + e.record as row, s.number_, e.* "
            "from everything e join shared s on e.block = s.block",
        )
        # Each pair of records once, under the first block they share; in how many more they meet is kept.
        self._table(
            "pairs",
            f"select number_ * {starts[-1]} + record_l as join_key_l, number_ * {starts[-1]} + record_r as join_key_r, "
            "cast(shared as varchar(1)) as match_key, record_l % 1024 as part from ("
            "select l.record as record_l, r.record as record_r, min(l.number_) as number_, "
            f"least(count(*), {MANY}) as shared "
            "from coded l join coded r on l.number_ = r.number_ and l.record < r.record group by 1, 2) t",
        )
        return self._value("select count(*) from pairs"), passed_over

    def silent(self, records: int) -> list[int]:
        """Records without any block, or with none but those passed over: of them nobody can say who they are."""
        said = self._rows(
            "select distinct e.record from everything e left join sizes s on e.block = s.block "
            f"where s.n is null or s.n <= {self._largest}"
        )
        return sorted(set(range(records)) - {int(row[0]) for row in said})

    def patterns(self, begun: Model, every: int) -> list[tuple[tuple[int, ...], int]]:
        """Levels of agreement that occur, with the number of pairs; of one pair in `every` where there are many."""
        some = "pairs"
        if every > 1:
            self._table("some_pairs", f"select * from pairs where part < {max(1, 1024 // every)}")
            some = "some_pairs"
        names = [f"gamma_{field.name}" for field in begun.fields]
        # Splink keeps the levels (gamma) only when it is asked to keep its workings.
        scored = self._predict(begun, some, None, retain_matching_columns=True)
        rows = self._rows(f"select {', '.join(names)}, count(*) from {scored} group by {', '.join(names)}")
        return sorted((tuple(int(level) for level in row[:-1]), int(row[-1])) for row in rows)

    def score(self, learned: Model):
        """Pairs that may be one person: records left and right, how likely, in how many blocks they meet (arrays)."""
        import numpy as np

        more = {"additional_columns_to_retain": ["record"], "retain_intermediate_calculation_columns": True}
        scored = self._predict(learned, "pairs", KEEP, **more)
        found = self._arrays(
            "select record_l, record_r, 1 / (1 + power(2.0, -odds)) as chance, cast(match_key as int) as shared "
            "from (select record_l, record_r, match_key, "
            f"greatest(least({learned.odds_sql()}, 100.0), -100.0) as odds from {scored}) t "
            f"where 1 / (1 + power(2.0, -odds)) >= {KEEP}"
        )
        left, right, chance, shared = (np.asarray(column) for column in found)
        order = np.lexsort((right, left))
        left, right = left[order].astype(np.int64), right[order].astype(np.int64)
        return left, right, chance[order].astype(float), shared[order].astype(np.int8)

    def _predict(self, asked: Model, pairs: str, least: float | None, **more) -> str:
        from splink import Linker

        rows = self._api.register(self._source("coded"))
        linker = Linker(rows, asked.settings(**more), log_level=None)
        linker.table_management.register_blocked_pairs_for_predict(self._api.register(self._source(pairs)))
        found = linker.inference.predict(threshold_match_probability=least, warning_mode="never")
        return found.physical_name

    # --- what differs between the engines ---

    def _source(self, name: str):
        return self._con.table(name) if self._engine == "duckdb" else self._spark.table(name)

    def _columns(self, file: Path) -> set[str]:
        import pyarrow.parquet as pq

        return set(pq.read_schema(file).names)

    def _read(self, file: Path) -> str:
        path = str(file.resolve())
        if self._engine == "duckdb":
            quoted = path.replace("'", "''")
            return f"read_parquet('{quoted}')"
        return f"parquet.`{path}`"

    def _view(self, name: str, sql: str) -> None:
        self._run(f"create or replace temp view {name} as {sql}")

    def _table(self, name: str, sql: str) -> None:
        if self._engine == "duckdb":
            self._run(f"create or replace temp table {name} as {sql}")
        else:
            self._spark.sql(sql).write.mode("overwrite").parquet(str(self._folder / name))
            self._spark.read.parquet(str(self._folder / name)).createOrReplaceTempView(name)

    def _run(self, sql: str):
        return self._con.execute(sql) if self._engine == "duckdb" else self._spark.sql(sql)

    def _rows(self, sql: str) -> list[tuple]:
        return (
            self._con.execute(sql).fetchall()
            if self._engine == "duckdb"
            else list(map(tuple, self._spark.sql(sql).collect()))
        )

    def _arrays(self, sql: str) -> list:
        if self._engine == "duckdb":
            return list(self._con.execute(sql).fetchnumpy().values())
        rows = self._rows(sql)
        return [[row[i] for row in rows] for i in range(4)]

    def _value(self, sql: str) -> int:
        return int(self._rows(sql)[0][0])


def _spark_api(session, folder: Path):
    """Splink on Spark: what it works out in between lies as Parquet in `folder`, seen by driver and workers alike."""
    from splink.internals.spark.database_api import SparkAPI

    session.sparkContext.setCheckpointDir(str(folder / "checkpoints"))
    return SparkAPI(
        spark_session=session,
        break_lineage_method="parquet",
        num_partitions_on_repartition=8,
        register_udfs_automatically=False,  # none of our levels needs one
    )


def _kind(column: str) -> str:
    return "bigint" if column[-2:] in ("_0", "_1") else "int"
