"""Checks published figures: do they hold together, are units and bases right, do sources agree?

    from duga.evidence import figures

    found = figures.check(figures.read("published.csv"))
    for each in found.findings:
        print(each.kind, each.message, each.right)

A figure is value + qualifier + unit + place + period + source; relations between figures (`sum(a,b,…)`,
`share(part,whole)`, `change(new,old)`, `mean(total,count)`, `partial(whole)`, `same(other)`, `cumulative(earlier)`,
`restates(earlier)`) are declared, or proposed and then kept apart. Needs nothing but the standard library.
"""

from duga.evidence.figures.checking import check
from duga.evidence.figures.model import Figure, Finding, Notice, Phrase, Proposal, Result
from duga.evidence.figures.reading import COLUMNS, read, read_bytes, read_text
from duga.evidence.figures.relations import ARGUMENTS as RELATIONS

__all__ = [
    "COLUMNS",
    "RELATIONS",
    "Figure",
    "Finding",
    "Notice",
    "Phrase",
    "Proposal",
    "Result",
    "check",
    "read",
    "read_bytes",
    "read_text",
]
