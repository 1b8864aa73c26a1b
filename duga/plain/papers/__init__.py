"""Papers: a title and blocks of text, facts and tables become a PDF that a screen reader can read (PDF/UA-1).

    pdf(Paper("Your data", "en", [Text("…"), Heading("Who you are"), Facts([("Name", "…")])]))

Typst sets them, in a process of its own: the server never carries its memory, and nothing is written to disk. Noto Sans
lies beside this file, so that Latin, Cyrillic and Arabic letters come out the same on every machine.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from duga.plain.errors import Refused, gettext_noop

FOLDER = Path(__file__).parent
SECONDS = 60  #: after which a paper is given up
RTL = frozenset({"ar", "fa", "prs", "ps", "ur", "ckb"})

_FAILED = gettext_noop(
    "The PDF could not be made. Nothing was changed: please try again, and tell who looks after Duga."
)


@dataclass(frozen=True)
class Heading:
    """A heading; `level` 1 for parts, 2 below them (a paper never begins with 2)."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Labels and what they say, one below the other."""

    rows: list[tuple[str, str]]


@dataclass(frozen=True)
class Rows:
    """A table: its columns' headings and rows of texts."""

    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Ask:
    """A question to be answered by hand: what is asked, below it in small what helps, then boxes to tick or lines.

    `round_` boxes are for one answer of several; `lines` are empty lines to write on.
    """

    text: str
    help: str = ""
    choices: tuple[str, ...] = ()
    round_: bool = False
    lines: int = 0


@dataclass(frozen=True)
class Paper:
    """What stands on a paper: title, language (ISO 639), what is above the title and at the foot of each page.

    `large`: letters of 16 points, for who sees little.
    """

    title: str
    language: str
    blocks: list = field(default_factory=list)
    above: str = ""
    foot: str = ""
    large: bool = False


def pdf(paper: Paper) -> bytes:
    """The paper as PDF/UA-1; Refused when it cannot be set."""
    document = {
        "title": paper.title, "language": paper.language.split("-")[0], "rtl": paper.language.split("-")[0] in RTL,
        "above": paper.above, "foot": paper.foot, "large": paper.large,
        "blocks": [_told(block) for block in paper.blocks],
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "duga.plain.papers"], input=json.dumps(document).encode(), capture_output=True,
        timeout=SECONDS, check=False, cwd=FOLDER.parents[2],
    )  # fmt: skip
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise Refused(_FAILED)
    return done.stdout


def _told(block) -> dict:
    match block:
        case Heading(text, level):
            return {"kind": "heading", "text": text, "level": level}
        case Text(text):
            return {"kind": "text", "text": text}
        case Facts(rows):
            return {"kind": "facts", "rows": [[str(cell) for cell in row] for row in rows]}
        case Ask(text, help_, choices, round_, lines):
            told = {"kind": "ask", "text": text, "help": help_, "choices": list(choices)}
            return told | {"round": round_, "lines": lines}
        case Rows(columns, rows):
            return {"kind": "rows", "columns": columns, "rows": [[str(cell) for cell in row] for row in rows]}
    raise TypeError(f"{type(block).__name__} is no block of a paper")
