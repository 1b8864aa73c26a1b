"""Which answers are impossible: looked at once, when they came in, and after every change."""

import datetime as dt
import re
import statistics
from collections.abc import Iterable, Sequence

from duga.surveys.rules.receiving.flags import MOST, Flag, flag
from duga.surveys.rules.receiving.reading import safe_name
from duga.surveys.rules.receiving.xpath import day_number, holds

#: Kinds of questions that hold what their name says, and how that looks.
_PATTERNS = {
    "integer": re.compile(r"\s*[+-]?\d{1,18}\s*\Z"),
    "decimal": re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*\Z"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d"),
    "time": re.compile(r"\d\d:\d\d"),
    "geopoint": re.compile(r"\s*-?\d+(\.\d+)?\s+-?\d+(\.\d+)?(\s+-?\d+(\.\d+)?){0,2}\s*\Z"),
}
_DATES = frozenset({"date", "datetime", "start", "end", "today"})
_CLOCKS = frozenset({"start", "end", "today"})
SLACK = 1.5  #: days by which a phone's day may be ahead: time zones, and a little
OLDEST = 15340  #: days since 1970 of 2012, before which no phone in use filled in a form
FEWEST = 20  #: numbers before any of them is called far from the others
FAR = 6.0  #: times the usual distance from the middle
MEDIA = frozenset({"image", "photo", "audio", "video", "file", "background-audio", "audit"})
STRUCTURE = frozenset({"group", "repeat", "note", "trigger_group"})


class Judge:
    """A form's version, ready to look at answers. Made once a version, of `FormVersion.questions`.

    A question is a dict with path, type ("integer", "select_one" …, "group", "repeat"), and where it has them repeat,
    constraint, relevant, required, choices ([{"value": …}]).
    """

    def __init__(self, questions: Sequence[dict]):
        self.repeats = frozenset(each["path"] for each in questions if each["type"] == "repeat")
        self._inside: dict[str, list[dict]] = {}
        for each in questions:
            self._inside.setdefault(each.get("repeat", ""), []).append(each)
        self._asked = [each for each in questions if each["type"] not in STRUCTURE]
        self._relevance = {each["path"]: each["relevant"] for each in questions if each.get("relevant")}
        self.kinds = {each["path"]: each["type"] for each in questions}
        self._known = {*self.kinds, *(path for each in questions for path in _above(each["path"]))}

    def flags(self, answers: dict, now: dt.datetime, root: str = "data") -> list[str]:
        """The flags of answers as `read_submission` gives them, at most `MOST`; `root`: how its first element is
        called, for the form's rules say it."""
        found = {*self._unknown(answers), *self._clock(answers, now)}
        nodes = self._tree(answers, root)
        for question in self._asked:
            for node, told in nodes.get(question["path"], ()):
                found.update(self._judge(question, node, told, now))
        return sorted(found)[:MOST]

    def files(self, answers: dict) -> list[str]:
        """The names of files that answers tell of: pictures, sounds, videos, signatures, the phone's own log."""
        found = []
        for path, value in answers.items():
            if isinstance(value, list):
                found += [name for row in value for name in self.files(row)]
            elif self.kinds.get(path) in MEDIA or path == "/meta/audit":
                found.append(safe_name(value))
        return found

    def _unknown(self, answers) -> set[str]:
        found = set()
        for path, value in answers.items():
            if path not in self._known and not path.startswith("/meta/"):
                found.add(flag(Flag.UNKNOWN_QUESTION, path[:120]))
            elif isinstance(value, list):
                for row in value:
                    found |= self._unknown(row)
        return found

    def _clock(self, answers, now) -> set[str]:
        """Whether the phone's clock was wrong: it says when it began and ended."""
        today = day_number(now.date().isoformat())
        told = [
            day
            for path, kind in self.kinds.items()
            if kind in _CLOCKS and isinstance(answers.get(path), str) and (day := day_number(answers[path])) is not None
        ]
        backwards = len(told) > 1 and told[0] - told[1] > SLACK
        wrong = backwards or any(day > today + SLACK or day < OLDEST for day in told)
        return {flag(Flag.CLOCK)} if wrong else set()

    def _tree(self, answers, root) -> dict:
        """{path: [(element, answer or None)]} in a tree of their own; days as numbers, which rules can compare."""
        from lxml import etree

        nodes: dict = {"": [(etree.Element(root), None)]}
        self._plant(nodes[""][0][0], "", answers, nodes, etree)
        return nodes

    def _plant(self, parent, inside, answers, nodes, etree):
        """Puts the questions of one repeat (`inside`), or of the form itself (""), below its element."""
        made = {inside: parent}
        for question in self._inside.get(inside, ()):
            path = question["path"]
            above = path.rpartition("/")[0]
            holder = made.get(above)
            if holder is None:
                holder = made[above] = _made(made, above, inside, etree)
            if question["type"] == "repeat":
                for row in answers.get(path, ()) if isinstance(answers.get(path), list) else ():
                    element = etree.SubElement(holder, _name(path))
                    nodes.setdefault(path, []).append((element, None))
                    self._plant(element, path, row, nodes, etree)
                continue
            element = made.get(path)
            if element is None:
                element = made[path] = etree.SubElement(holder, _name(path))
            told = answers.get(path)
            told = told if isinstance(told, str) else None
            if told is not None:
                element.text = self._value(question["type"], told)
            nodes.setdefault(path, []).append((element, told))

    def _value(self, kind, text):
        if kind in _DATES and (day := day_number(text)) is not None:
            return str(day)
        return text

    def _judge(self, question, node, told, now):
        path, kind = question["path"], question["type"]
        if told is None:
            if self._required(question, node, now) and self._relevant(path, node, now):
                yield flag(Flag.REQUIRED, path)
            return
        pattern = _PATTERNS.get(kind)
        if pattern and not pattern.match(told):
            yield flag(Flag.WRONG_TYPE, path)
            return
        if kind == "date" and _later(told, now):
            yield flag(Flag.FUTURE, path)
        if not _chosen(question, told):
            yield flag(Flag.NOT_A_CHOICE, path)
        rule = question.get("constraint", "")
        if rule and holds(rule, node, now) is False:
            yield flag(Flag.CONSTRAINT, path)

    def _required(self, question, node, now) -> bool:
        rule = question.get("required", "")
        if not rule or rule in ("false()", "no"):
            return False
        return rule in (True, "true()", "yes") or holds(str(rule), node, now) is True

    def _relevant(self, path, node, now) -> bool:
        """Whether the question was asked: its own rule and those of the groups above it say so for certain."""
        while path and node is not None:
            if (rule := self._relevance.get(path)) and holds(rule, node, now) is not True:
                return False
            path, node = path.rpartition("/")[0], node.getparent()
        return True


def _above(path):
    while path := path.rpartition("/")[0]:
        yield path


def _name(path):
    return path.rpartition("/")[2]


def _made(made, path, inside, etree):
    """The element of a group that is no question itself, with those above it."""
    if path in made or path == inside or not path:
        return made.get(path, made[inside])
    above = path.rpartition("/")[0]
    parent = _made(made, above, inside, etree)
    element = made[path] = etree.SubElement(parent, _name(path))
    return element


def _later(told, now) -> bool:
    day = day_number(told)
    return day is not None and day > day_number(now.date().isoformat()) + SLACK


def _chosen(question, told) -> bool:
    """Whether an answer is among the choices; true where the form does not tell them all (lists in files)."""
    choices = question.get("choices")
    if not choices or question["type"] not in ("select_one", "select_multiple", "rank"):
        return True
    known = {choice["value"] for choice in choices} | ({"other"} if question.get("or_other") else set())
    words = [told.strip()] if question["type"] == "select_one" else told.split()
    return known.issuperset(words)


def differing(numbers: Iterable[float]) -> tuple[float, float] | None:
    """(lowest, highest) that a number may be without being far from the others; None where there are too few.

    Six times the median distance from the median (scaled to a standard deviation): the numbers that are wrong
    themselves hardly move it. Hampel 1974; Leys et al. 2013, doi:10.1016/j.jesp.2013.03.013.
    """
    told = sorted(numbers)
    if len(told) < FEWEST:
        return None
    middle = statistics.median(told)
    usual = 1.4826 * statistics.median(abs(each - middle) for each in told)
    if not usual:
        return None
    return middle - FAR * usual, middle + FAR * usual
