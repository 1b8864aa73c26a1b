"""What is looked at beside the converter: circles, which it does not see; and, without Java, whether logic is XPath."""

import re

from duga.plain.errors import gettext_noop as _
from duga.plain.xlsforms.findings import Cells, Finding

_CYCLE = _("This question depends on itself, by way of: %(names)s. Break the circle.")
_REFERENCE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
_LOOKED = ("calculation", "relevant")


def circles(cells: Cells) -> list[Finding]:
    """A finding for each circle of calculations and conditions among the questions, at its first cell."""
    rows = {}
    for row in cells.rows_where("survey", "name", bool):
        rows.setdefault(cells.value("survey", row, "name").strip(), row)
    links = {name: _links(cells, row, name) for name, row in rows.items()}
    found, done = [], set()
    for start in links:
        circle = _circle(start, links, done)
        if circle:
            column = next(column for column, to in links[circle[0]] if to == circle[1 % len(circle)])
            names = " → ".join([*circle, circle[0]])
            found.append(cells.finding(_CYCLE, "survey", rows[circle[0]], column, params={"names": names}))
    return found


def _links(cells, row, name):
    """(column, question) that a question's calculation and condition ask for; itself only in its condition."""
    return [
        (column, to)
        for column in _LOOKED
        for to in _REFERENCE.findall(cells.value("survey", row, column))
        if to != name or column == "relevant"
    ]


def _circle(start, links, done):
    """The names of a circle that can be reached from here, else None; walked without recursion."""
    if start in done:
        return None
    trail, on_trail, stack = [], set(), [(start, iter(links[start]))]
    trail.append(start)
    on_trail.add(start)
    while stack:
        name, rest = stack[-1]
        step = next(((column, to) for column, to in rest if to in links), None)
        if step is None:
            stack.pop()
            trail.pop()
            on_trail.discard(name)
            done.add(name)
            continue
        to = step[1]
        if to in on_trail:
            done.update(trail)
            return trail[trail.index(to) :]
        if to not in done:
            trail.append(to)
            on_trail.add(to)
            stack.append((to, iter(links[to])))
    return None


_EXPRESSION = _("This expression cannot be understood: %(detail)s")
_LOGIC = (("calculate", "calculation"), ("relevant", "relevant"), ("constraint", "constraint"))


def logic(parsed, cells: Cells) -> list[Finding]:
    """A finding for each expression that is no XPath: what can be said of a form's logic without ODK Validate."""
    from lxml import etree

    found = []
    for question in parsed.questions:
        for key, column in _LOGIC:
            if not question[key]:
                continue
            try:
                etree.XPath(question[key])
            except etree.XPathError:
                at = ("survey", question["row"], column) if cells.sheets and question["row"] else ("", 0, "")
                found.append(cells.finding(_EXPRESSION, *at, params={"detail": question[key][:200]}))
    return found
