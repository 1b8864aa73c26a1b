"""Reads one form: its name and a line break, then its bytes on standard input; what was found as JSON on output."""

import json
import resource
import sys
from dataclasses import asdict

from duga.plain.errors import Unreadable
from duga.plain.xlsforms.findings import Faulty, Finding

MEMORY = 1 << 30  #: bytes of address space
CPU = 25  #: seconds


def main() -> None:
    """Reads, converts, writes. Ends with an error only where nobody foresaw it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    name, data = sys.stdin.buffer.read().split(b"\n", 1)
    json.dump(answer(data, name.decode()), sys.stdout)


def answer(data: bytes, name: str) -> dict:
    """{sheets, xform, itemsets, parsed, findings} of a form; without xform where it cannot be used."""
    sheets: dict = {}
    try:
        if name.endswith(".json"):  # the sheets of a draft that was edited here
            sheets = json.loads(data)
        elif not _is_xml(data):
            from duga.plain.xlsforms.sheets import read_sheets

            sheets = read_sheets(data, name)
        if sheets:
            from duga.plain.xlsforms.converting import convert

            done = convert(sheets, name)
        else:
            from duga.plain.xlsforms.xforms import parse

            done = {"xform": data, "itemsets": "", "parsed": parse(data), "warnings": []}
    except Unreadable as error:
        return {"sheets": sheets, "findings": [Finding(error.message, error.params).told()]}
    except Faulty as error:
        return {"sheets": sheets, "findings": [each.told() for each in error.findings]}
    return {
        "sheets": sheets, "xform": done["xform"].decode("utf-8", "surrogateescape"), "itemsets": done["itemsets"],
        "parsed": asdict(done["parsed"]), "findings": [each.told() for each in done["warnings"]],
    }  # fmt: skip


def _is_xml(data):
    start = data[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return start.startswith(b"<") and not start.lower().startswith((b"<html", b"<!doctype html"))


if __name__ == "__main__":
    main()
