"""Reads `cases.txt`: published figures, true and wrong, with the findings that each case must give."""

from pathlib import Path

from duga.evidence.figures import Figure

FIELDS = ("id", "value", "unit", "place", "period", "relation", "claim", "qualifier")


def figures(lines: list[str]) -> list[Figure]:
    """The figures of a case; rows are counted as in a spreadsheet with a header."""
    found = []
    for number, line in enumerate(lines, 2):
        cells = [cell.strip(" ") for cell in line.split("|")]
        found.append(Figure(**dict(zip(FIELDS, cells, strict=False)), row=number))
    return found


def read() -> list[tuple[str, list[str], list[str]]]:
    """Title, lines and expected findings of every case."""
    text = Path(__file__).with_name("cases.txt").read_text(encoding="utf-8")
    found = []
    for block in text.split("\n# ")[1:]:
        title, *lines = block.strip("\n").split("\n")
        lines = [line for line in lines if line.strip(" ")]
        expected = [each.strip() for each in lines[-1].removeprefix("=>").split(",") if each.strip()]
        found.append((title, lines[:-1], expected))
    return found
