"""Forms as people write them (XLSForm: xlsx, xls, ods, md, csv) and as phones read them (XForm).

    read_form(data, "needs.xlsx") -> Read(xform, sheets, parsed, findings, …)

pyxform converts and ODK Validate checks, each in a process of its own with little memory and time: the server neither
loads them nor falls with them. What is wrong is told at sheet, row and column.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from duga.plain.errors import gettext_noop as _
from duga.plain.xlsforms.checks import logic as _logic
from duga.plain.xlsforms.findings import ERROR, Cells, Faulty, Finding
from duga.plain.xlsforms.validating import validate as _validate
from duga.plain.xlsforms.xforms import Parsed, parse

__all__ = ["Faulty", "Finding", "Parsed", "Read", "convert_sheets", "parse", "read_form"]

SECONDS = 40
_FAILED = _(
    "This form takes more time or memory than a form needs, so it was given up. Split it, or put long lists into an "
    "attached CSV file."
)


@dataclass
class Read:
    """A form that was read. xform is empty where an error stands among the findings.

    checker: "odk_validate" where phones' own logic judged it, "none" where it could not.
    """

    xform: bytes = b""
    sheets: dict = field(default_factory=dict)
    itemsets: str = ""
    parsed: Parsed | None = None
    findings: list[Finding] = field(default_factory=list)
    checker: str = ""

    @property
    def errors(self) -> list[Finding]:
        """What must be mended."""
        return [each for each in self.findings if each.level == ERROR]


def read_form(data: bytes, name: str, *, validate: bool = True) -> Read:
    """Reads and checks a form of a file, in any of its kinds. Never raises for what the file holds."""
    return _read(data, name.replace("\n", " "), validate)


def convert_sheets(sheets: dict, name: str, *, validate: bool = True) -> Read:
    """The same for sheets that were edited here: {name: rows of texts, the heading first}."""
    return _read(json.dumps(sheets).encode(), f"{Path(name).stem or 'form'}.json", validate)


def _ask(data: bytes, name: str) -> dict | None:
    """What the process apart answers; None when it was given up."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "duga.plain.xlsforms"], input=name.encode() + b"\n" + data, capture_output=True,
            timeout=SECONDS, check=False, cwd=Path(__file__).parents[3],
        )  # fmt: skip
        return json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        return None


def _read(data, name, validate):
    told = _ask(data, name)
    if told is None:
        return Read(findings=[Finding(_FAILED)])
    read = Read(sheets=told["sheets"], findings=[Finding(**each) for each in told["findings"]])
    if "xform" not in told:
        return read
    read.xform, read.itemsets = told["xform"].encode("utf-8", "surrogateescape"), told["itemsets"]
    read.parsed = Parsed(**told["parsed"])
    if validate:
        read.checker, found = _validate(read.xform, read.sheets, read.parsed.root)
        read.findings += found
        if read.checker == "none":
            read.findings += _logic(read.parsed, Cells(read.sheets))
        if read.errors:
            read.xform = b""
    return read
