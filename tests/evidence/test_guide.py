"""Runs the examples of docs/guide/evidence/*.md, so that the manual never says what is not so.

For the writers of chapters. Every chapter runs from top to bottom in a folder of its own, which holds a small invented
world (tests/evidence/guide_world.py): `snapshots/` (DUGA_DATA points to the folder, so `duga count` finds it),
`population.csv`, and a copy of everything in docs/guide/evidence/examples/. Blocks are told by the word after ```:

python     runs; the blocks of a file share one namespace. A block with >>> is a doctest (`...` stands for
           anything); a block without just has to run.
console    each line that starts with "$ " runs: `$ duga …` (in this process), `$ cat FILE`; both may end in
           "> FILE" (standard output to a file) or "| head -N" (the first N lines of it). Lines below it, up to the
           next $ or the end, are compared with what appears (standard output, then standard error), `...` stands for
           anything; no lines: not compared. It must succeed; a last line "(exit code 1)" says that it must not.
yaml NAME, csv NAME, text NAME
           is written to the file NAME of the folder. Without a name, and any other word: only shown.

Blocks take what they need and no more: all chapters together are to run in seconds.
"""

import contextlib
import doctest
import io
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from config.cli import duga
from duga.evidence import derived, indicators, model
from duga.plain.errors import DugaError
from tests.evidence import guide_world

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "evidence"
CHAPTERS = sorted(GUIDE.glob("*.md"))
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
WRITTEN = ("yaml", "csv", "text")


@dataclass(frozen=True)
class Block:
    kind: str
    name: str
    text: str
    line: int


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a chapter, in order."""
    found, inside = [], None
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if inside is None and (opened := re.fullmatch(r"```(\w*) ?(\S*)", line)):
            inside = (opened[1], opened[2], number, [])
        elif inside and line == "```":
            kind, name, start, lines = inside
            found.append(Block(kind, name, "\n".join(lines) + "\n", start))
            inside = None
        elif inside:
            inside[3].append(line)
    assert inside is None, f"{path.name}: the block at line {inside[2]} never ends"
    return found


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    return guide_world.build(tmp_path_factory.mktemp("guide"))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_the_examples_of_the_guide_are_true(chapter, world, tmp_path, monkeypatch):
    folder = shutil.copytree(world, tmp_path / "work")
    if (GUIDE / "examples").is_dir():
        shutil.copytree(GUIDE / "examples", folder, dirs_exist_ok=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DUGA_DATA", str(folder))
    names: dict = {"__name__": "__guide__"}
    for block in blocks(chapter):
        where = f"{chapter.name}, line {block.line}"
        if block.kind == "python":
            _python(block, names, where)
        elif block.kind == "console":
            _console(block, where)
        elif block.kind in WRITTEN and block.name:
            (folder / block.name).write_text(block.text, "utf-8")


def _python(block: Block, names: dict, where: str) -> None:
    if ">>>" not in block.text:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(block.text, where, "exec"), names)
        return
    example = doctest.DocTestParser().get_doctest(block.text, names, where, where, 0)
    said = io.StringIO()
    doctest.DocTestRunner(optionflags=FLAGS, verbose=False).run(example, out=said.write, clear_globs=False)
    names.update(example.globs)
    if said.getvalue():
        pytest.fail(said.getvalue(), pytrace=False)


def _console(block: Block, where: str) -> None:
    for step in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, wanted = step.partition("\n")
        while command.endswith("\\"):
            more, _, wanted = wanted.partition("\n")
            command = command[:-1] + more.strip()
        code, shown = run(command)
        told = re.search(r"^\(exit code (\d+)\)\n?\Z", wanted, flags=re.MULTILINE)
        wanted = wanted[: told.start()] if told else wanted
        assert code == (int(told[1]) if told else 0), f"{where}: {command}\n{shown}"
        if wanted.strip():
            same = doctest.OutputChecker().check_output(wanted, shown, FLAGS)
            if not same:
                pytest.fail(f"{where}: {command}\nthe guide says:\n{wanted}\nbut it is:\n{shown}", pytrace=False)


def run(command: str) -> tuple[int, str]:
    """Exit code, and standard output followed by standard error, of one line of a console block."""
    words = shlex.split(command)
    head = into = None
    if words[-3:-1] == ["|", "head"]:
        head, words = int(words[-1].lstrip("-n")), words[:-3]
    elif words[-2:-1] == [">"]:
        into, words = words[-1], words[:-2]
    if words[0] == "cat":
        code, out, beside = 0, "".join(Path(word).read_text("utf-8") for word in words[1:]), ""
    else:
        assert words[0] == "duga", f"only duga and cat are run: {command}"
        code, out, beside = _duga(words[1:])
    if head is not None:
        out = "".join(out.splitlines(keepends=True)[:head])
    if into:
        Path(into).write_text(out, "utf-8")
        out = ""
    return code, out + beside


def _duga(words: list[str]) -> tuple[int, str, str]:
    result = CliRunner().invoke(duga, words, prog_name="duga")
    if isinstance(result.exception, DugaError):
        return 1, result.stdout, f"{result.stderr}{result.exception}\n"
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_the_chapter_on_indicators_lists_every_word_there_is():
    text = (GUIDE / "indicators.md").read_text("utf-8")
    told = set(re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)))
    composite = {name for needed, more in indicators._COMPOSITE_FIELDS.values() for name in needed | more}
    words = {
        *indicators._FIELDS, *composite, *indicators.MEASURES, *indicators.COMPOSITES, *indicators.SENSITIVITIES,
        *indicators.COMPARE, *indicators.SHOW, *model.DIMENSIONS, *model.RECIPIENTS, *model.UNIT_KINDS,
        *model.RESULT_QUALIFIERS, *(term for terms in derived.TERMS.values() for term in terms),
    }  # fmt: skip
    assert words <= told, f"not in the guide: {sorted(words - told)}"
    listed = [re.findall(r"^\| `([a-z_ ]+)` \|", part, re.MULTILINE) for part in text.split("\n\n")]
    measures = [word for part in listed if part and set(part) & {"mean", "deliveries"} for word in part]
    assert set(measures) == {*indicators.MEASURES, *indicators.COMPOSITES}, "a measure that there is not"


def test_the_guide_has_chapters_and_each_can_be_reached():
    index = (GUIDE / "index.md").read_text("utf-8")
    for chapter in CHAPTERS:
        assert chapter.name == "index.md" or f"({chapter.name})" in index, f"{chapter.name} is not listed in index.md"
