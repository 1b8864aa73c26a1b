"""Sets one paper: its JSON on standard input, the PDF on standard output."""

import sys
from pathlib import Path

import typst

FOLDER = Path(__file__).parent


def main() -> None:
    """Reads, sets, writes; ends with an error when the paper cannot be set."""
    document = sys.stdin.buffer.read().decode()
    done = typst.compile(
        (FOLDER / "paper.typ").read_bytes(), sys_inputs={"document": document}, font_paths=[str(FOLDER / "fonts")],
        ignore_system_fonts=True, pdf_standards=["ua-1"],
    )  # fmt: skip
    sys.stdout.buffer.write(done)


if __name__ == "__main__":
    main()
