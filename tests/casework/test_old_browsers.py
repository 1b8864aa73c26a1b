"""Screens for the field open on Android 8 and whatever browser stands on it: nothing after Chrome 90, and light."""

import gzip
import re
from pathlib import Path

import pytest

DUGA = Path(__file__).resolve().parents[2] / "duga"
SCRIPTS = (
    "ui/static/ui/kept.js", "casework/static/casework/shift.js", "casework/static/casework/errands.js",
    "casework/templates/casework/shift/worker.js",
)  # fmt: skip
#: What came after Chrome 90 and a parser of older syntax would not all notice: {pattern: since which Chrome}.
NEWER = {
    r"\bstatic\s*\{": 94, r"#\w+ in ": 91, r"\.at\(": 92, r"\.(findLast|findLastIndex)\(": 97,
    r"\.(toSorted|toReversed|toSpliced|with)\(": 110, r"Object\.hasOwn\(": 93, r"(Object|Map)\.groupBy\(": 117,
    r"Array\.fromAsync": 121, r"structuredClone\(": 98, r"randomUUID": 92, r"AbortSignal\.(timeout|any)": 103,
    r"Promise\.(withResolvers|try)": 119, r"\.(union|intersection|difference|isSubsetOf)\(": 122, r"cause:": 93,
    r"/[a-z]*[dv][a-z]*\.(test|exec)\(": 90, r"\b(using|import)\s+\w+\s*(=|from)": 91, r"\.checkVisibility\(": 105,
    r"showPopover|popover": 114, r"navigation\.": 102, r"\.setHTML": 146, r"\.isWellFormed\(": 111,
    r"startViewTransition": 111, r"URL\.canParse": 120, r"\.(toBase64|fromBase64)\(": 140,
}  # fmt: skip
NEWER_STYLES = {
    r"@layer": 99, r"@container|\bcq[wib]\b": 105, r":has\(": 105, r"color-mix\(": 111, r"light-dark\(": 123,
    r"@scope": 118, r"\d(d|s|l)v[hwib]\b": 108, r"text-wrap": 114, r"subgrid": 117, r"accent-color": 93,
    r"^\s+&": 112, r"\b(oklch|oklab|lch|lab)\(": 111, r"field-sizing": 123,
}  # fmt: skip


def _bare(text):
    """A script without its comments, in which words may say anything."""
    return re.sub(r"/\*.*?\*/|(?<![:\"'`\\])//[^\n]*", "", text, flags=re.S)


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_know_no_more_than_a_browser_of_2021(name):
    text = _bare((DUGA / name).read_text())
    assert {pattern: since for pattern, since in NEWER.items() if re.search(pattern, text)} == {}


def test_the_patterns_find_what_they_look_for():
    text = "const a = b.at(-1); static { } structuredClone(x); crypto.randomUUID(); Object.hasOwn(a, b)"
    assert sum(bool(re.search(pattern, text)) for pattern in NEWER) == 5
    assert _bare("a /* b.at( */ c // d.at(\n'https://e'") == "a  c \n'https://e'"


def test_the_style_is_understood_and_all_of_it_is_light(client, db):
    style = _bare((DUGA / "ui/static/ui/phone.css").read_text())
    assert [pattern for pattern in NEWER_STYLES if re.search(pattern, style, flags=re.M)] == []
    for shell, screens in (("/workspace/shift/", SCRIPTS[1]), ("/v/day/", SCRIPTS[2])):
        page = client.get(shell).content
        files = [(DUGA / name).read_bytes() for name in (SCRIPTS[0], screens, "ui/static/ui/phone.css")]
        weight = len(page) + sum(len(gzip.compress(file)) for file in files)
        assert weight < 36 * 1024, f"{shell}: {weight} bytes on the line, with an empty cache"
