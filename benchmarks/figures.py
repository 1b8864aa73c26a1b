"""Checks of published figures: defects found and false alarms, beside a spreadsheet's way of comparing; and the time.

The peer works each relation out in floating point and asks whether the printed value is within half a percent of it, as
a careful person does in a spreadsheet. Cases are those of tests/evidence/figures/cases.txt, bulletins made by chance:
right ones, printed in four styles with either custom of rounding, and the same with one value made wrong.
`python -m benchmarks.figures [BULLETINS]`.
"""

import random
import re
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks import row
from duga.evidence import figures
from tests.evidence.figures import cases
from tests.evidence.figures.test_properties import bulletin, spoil

COMMAND = "python -m benchmarks.figures"
HERE = Path(__file__).resolve().parent.parent
FIELD = (HERE.parent / "shared" / "facts" / "figures.csv", HERE / "tests" / "evidence" / "figures" / "field.csv")
WORK = {
    "sum": lambda *parts: sum(parts),
    "share": lambda part, whole: part / whole * 100,
    "change": lambda new, old: (new - old) / old * 100,
    "mean": lambda total, count: total / count,
    "same": lambda other: other,
    "restates": lambda other: other,
}


def spreadsheet(table) -> set[str]:
    """Ids that the peer would mark: text that is no number to a spreadsheet is passed over, bounds are ignored."""
    values, marked = {}, set()
    for each in table:
        text = re.sub(r"[ \u00a0\u202f%+]", "", str(each.value))
        text = text.replace(",", "") if re.fullmatch(r"[\d,]+\.?\d*", text) and "." in text else text.replace(",", ".")
        try:
            values[each.id] = float(text)
        except ValueError:
            continue
    for each in table:
        told = re.fullmatch(r"(\w+)\((.*)\)", each.relation)
        if not told or each.id not in values:
            continue
        try:
            parts = [values[word] if word in values else float(word) for word in re.split("[,;]", told[2])]
            if told[1] == "cumulative":
                wrong = values[each.id] < parts[0]
            elif told[1] == "partial":
                wrong = values[each.id] > parts[0]
            else:
                truth = WORK[told[1]](*parts)
                wrong = abs(values[each.id] - truth) > abs(truth) * 0.005
        except (KeyError, ValueError, TypeError, ZeroDivisionError):
            continue
        if wrong:
            marked.add(each.id)
    return marked


def ours(table) -> set[str]:
    """Ids on which a finding stands."""
    return {each.figures[0] for each in figures.check(table, propose=False).findings}


def score(sets, check) -> tuple[int, int, int]:
    """Defects found, defects in all, false alarms; what rests on a defect may be marked with it."""
    found = wrong = false = 0
    for table, defects in sets:
        marked = check(table)
        resting = {each.id for each in table if defects & set(re.findall(r"[\w-]+", each.relation))}
        found, wrong = found + len(marked & defects), wrong + len(defects)
        false += len(marked - defects - resting)
    return found, wrong, false


def report(name: str, sets: list) -> None:
    """One row: ours beside the spreadsheet's."""
    (found, wrong, false), peer = score(sets, ours), score(sets, spreadsheet)
    row(
        f"figures: {name}, found and false alarms, beside a spreadsheet",
        ours=f"{found}/{wrong}, {false} false",
        peer=f"{peer[0]}/{peer[1]}, {peer[2]} false",
        bar="all, 0 false",
        met=found == wrong and not false,
        command=COMMAND,
    )


def field() -> list:
    """The figures of the field with their verdicts."""
    import csv

    path = next(path for path in FIELD if path.exists())
    with open(path, encoding="utf-8", newline="") as file:
        defects = {line["id"] for line in csv.DictReader(file) if line["verdict"] != "ok"}
    return [(figures.read(path), defects)]


def generated(count: int) -> list:
    """Bulletins that are right, and as many with one value made wrong."""
    sets = []
    for seed in range(count):
        chance = random.Random(10_000 + seed)
        table = bulletin(chance)
        spoilt, which = spoil(table, chance)
        sets += [(table, set()), (spoilt, {which})]
    return sets


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    report("of the field", field())
    report("cases", [(cases.figures(lines), {each.split()[0] for each in told}) for _t, lines, told in cases.read()])
    report(f"{2 * count} bulletins", generated(count))
    large = []
    while len(large) < 10_000:
        turn = f"t{len(large)}-"
        for each in bulletin(random.Random(len(large))):
            relation = re.sub(r"(?<=[(,])", turn, each.relation)
            large.append(replace(each, id=turn + each.id, relation=relation, claim=f"calls {each.id[:4]}", source=turn))
    begin = time.process_time()
    figures.check(large)
    took = time.process_time() - begin
    row(
        f"figures: {len(large):,} checked, proposals looked for", ours=f"{took:.1f} s", bar="<=4 s", met=took <= 4,
        command=COMMAND,
    )  # fmt: skip


if __name__ == "__main__":
    main()
