"""duga link, as others script against it: in any folder, no settings, no database."""

import csv
import io
import itertools
from pathlib import Path

import pytest

from config.commands.link import _many
from tests.evidence.linkage import people
from tests.evidence.test_commands import duga

FIELDS = "given=ime,family=prezime,born=rođen,place=grad"
ROWS = [
    ("a1", "Ana", "Ilić", "3.4.1990", "Bar"),
    ("a2", "Ана", "Илић", "1990-04-03", "Бар"),
    ("a3", "Marko", "Savić", "?", "Niš"),
    ("a4", "Vesna", "Kos", "19500202", ""),
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "key").write_text("4b" * 8 + "0123456789abcdef" * 3 + "\n")
    write(tmp_path / "a.csv", ROWS, ",", "utf-8")
    return tmp_path


def write(path, rows, delimiter, encoding, header=("id", "ime", "prezime", "rođen", "grad")):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([header, *rows])
    Path(path).write_bytes(out.getvalue().encode(encoding))


def link(folder, *files, fields=FIELDS, out="out.csv", key="key", identifier="id"):
    return duga(folder, "link", *files, "--id", identifier, "--fields", fields, "--key-file", key, "--out", out)


def read(path):
    return list(csv.DictReader(io.StringIO(Path(path).read_text("utf-8"))))


def test_link_across_and_within(folder):
    """Another file in another order, encoding and delimiter, with columns nobody asked for."""
    header = ("napomena", "grad", "rođen", "prezime", "ime", "id")
    write(folder / "b.csv", [("x", "Bar", "03.04.1990.", "Ilic", "ANA", "a1")], ";", "utf-16", header)
    done = link(folder, "a.csv", "b.csv")
    assert done.returncode == 0, done.stderr
    rows = read(folder / "out.csv")
    assert list(rows[0]) == ["file", "id", "cluster", "probability"]
    assert [(row["file"], row["id"]) for row in rows] == [("a.csv", f"a{i}") for i in (1, 2, 3, 4)] + [("b.csv", "a1")]
    cluster = {(row["file"], row["id"]): row["cluster"] for row in rows}
    assert cluster["a.csv", "a1"] == cluster["a.csv", "a2"] == cluster["b.csv", "a1"]
    assert len(set(cluster.values())) == 3
    assert all(0 <= float(row["probability"]) <= 1 for row in rows)
    assert b"people" in done.stderr and done.stdout == b""
    assert sorted(path.name for path in folder.iterdir()) == ["a.csv", "b.csv", "key", "out.csv"]


def test_files_of_one_name_are_called_by_their_paths(folder):
    (folder / "other").mkdir()
    write(folder / "other" / "a.csv", ROWS, "\t", "utf-8-sig")
    assert link(folder, "a.csv", "other/a.csv").returncode == 0
    assert {row["file"] for row in read(folder / "out.csv")} == {"a.csv", str(Path("other/a.csv"))}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"fields": "givn=ime"}, "Did you mean given"),
        ({"fields": "given=imee"}, "Near ones: ime"),
        ({"fields": "given"}, "role=column"),
        ({"fields": "given=ime,given=prezime"}, "twice"),
        ({"identifier": "idd"}, "Near ones: id"),
        ({"key": "none"}, "no key file"),
        ({"key": "a.csv"}, "64 hexadecimal"),
        ({"files": ["none.csv"]}, "no file none.csv"),
        ({"files": ["a.csv", "./a.csv"]}, "given twice"),
        ({"files": ["book.csv"]}, "not a CSV"),
        ({"files": ["twice.csv"]}, "rows 2 and 4"),
        ({"files": ["nobody.csv"]}, "row 3"),
        ({"out": "none/out.csv"}, "cannot be written"),
        ({"out": "a.csv"}, "is a file that is read"),
        ({"out": "key"}, "is a file that is read"),
    ],
)
def test_refusals_are_one_sentence_and_write_nothing(folder, change, says):
    from click.testing import CliRunner

    from config.commands.link import link as command
    from duga.plain.errors import DugaError

    (folder / "book.csv").write_bytes(b"PK\x03\x04 and so on")
    write(folder / "twice.csv", [ROWS[0], ROWS[1], ROWS[0]], ",", "utf-8")
    write(folder / "nobody.csv", [ROWS[0], ("", *ROWS[1][1:])], ",", "utf-8")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    asked = {"files": ["a.csv"], "fields": FIELDS, "key": "key", "out": "out.csv", "identifier": "id"} | change
    words = [*asked["files"], "--id", asked["identifier"], "--fields", asked["fields"]]
    words += ["--key-file", asked["key"], "--out", asked["out"]]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(command, words)
    assert done.exit_code != 0 and (isinstance(done.exception, DugaError | SystemExit)), done.exception
    assert says in (str(done.exception) + done.output)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_only_encodings_reach_the_linking_step(folder, monkeypatch):
    """The linker is given paths of Parquet files, in which no value of the CSV stands."""
    from click.testing import CliRunner

    from config.commands.link import link as command
    from duga.evidence import linkage

    seen = []
    real = linkage.link
    monkeypatch.setattr(
        linkage, "link", lambda paths, **more: seen.extend(Path(p).read_bytes() for p in paths) or real(paths, **more)
    )
    words = [str(folder / "a.csv"), "--id", "id", "--fields", FIELDS]
    words += ["--key-file", str(folder / "key"), "--out", str(folder / "out.csv")]
    assert CliRunner().invoke(command, words).exit_code == 0
    values = {cell for row in ROWS for cell in row if len(cell) > 2}
    assert seen and all(value.encode() not in data for data, value in itertools.product(seen, values))


def test_invented_people_through_the_command(folder):
    files, truth = people.files("region", 8, 300, 2)
    for i, rows in enumerate(files):
        cells = [(row["id"], row["given"], row["family"], row["born"], row["place"]) for row in rows]
        write(folder / f"o{i}.csv", cells, ",", "utf-8")
    assert link(folder, "o0.csv", "o1.csv").returncode == 0
    rows = read(folder / "out.csv")
    assert len(rows) == sum(map(len, files)) and len({(row["file"], row["id"]) for row in rows}) == len(rows)
    assert abs(len({row["cluster"] for row in rows}) - truth) <= 0.03 * truth


def test_one_is_one():
    assert [_many(number, "record", "records") for number in (0, 1, 1234)] == ["0 records", "1 record", "1,234 records"]
