"""A form told to people who do not read XPath: kinds of questions, and when one is asked."""

import re

from duga.plain.errors import gettext_noop as _

TYPE_LABELS = {
    "text": _("text"), "integer": _("whole number"), "decimal": _("number"), "date": _("day"), "time": _("time"),
    "datetime": _("day and time"), "select_one": _("one of a list"), "select_multiple": _("several of a list"),
    "rank": _("put in order"), "geopoint": _("place on the map"), "geotrace": _("line on the map"),
    "geoshape": _("area on the map"), "barcode": _("barcode"), "image": _("photo"), "audio": _("sound recording"),
    "video": _("video"), "file": _("file"), "acknowledge": _("to be confirmed"), "range": _("on a scale"),
    "note": _("note"), "calculate": _("calculated"), "hidden": _("filled in by itself"),
    "audit": _("how it was filled in"),
    "start": _("when it was begun"), "end": _("when it was finished"), "today": _("day of filling in"),
    "deviceid": _("number of the phone"), "username": _("who filled it in"), "phonenumber": _("phone number"),
    "email": _("e-mail of who filled it in"), "group": _("part"), "repeat": _("repeated part"),
}  # fmt: skip

#: Kinds that nobody sees on a form.
UNSEEN = frozenset({
    "calculate", "hidden", "audit", "start", "end", "today", "deviceid", "username", "phonenumber", "email",
    "simserial", "subscriberid",
})  # fmt: skip

_SIMPLE = re.compile(
    r"""^(?:selected\(\s*(?P<many>/[\w/.\-]+)\s*,\s*'(?P<one>[^']*)'\s*\)
        |(?P<path>/[\w/.\-]+)\s*(?P<sign>!=|>=|<=|=|>|<)\s*(?:'(?P<text>[^']*)'|"(?P<text2>[^"]*)"|(?P<number>-?[\d.]+)))$""",
    re.X,
)
_SIGNS = {"=": "=", "!=": "≠", ">": ">", "<": "<", ">=": "≥", "<=": "≤"}


def said_when(relevant: str, questions: dict[str, dict], language: str) -> str | None:
    """When a question is asked, in words: “Do you work?” = Yes; None where the condition is more than comparisons.

    questions: {path: question}. Parts are joined by "and" or "or" as they stand in XPath: " & " and " / ".
    """
    whole = relevant.strip()
    while whole.startswith("(") and whole.endswith(")") and whole.count("(") == 1:
        whole = whole[1:-1].strip()
    for word, join in ((" and ", " & "), (" or ", " / ")):
        parts = whole.split(word)
        told = [_comparison(part.strip().strip("()") if "selected" not in part else part.strip(), questions, language)
                for part in parts]  # fmt: skip
        if all(told):
            return join.join(told)
    return None


def _comparison(part, questions, language):
    match = _SIMPLE.match(part)
    if not match:
        return None
    path = match["many"] or match["path"]
    question = questions.get(path[path.find("/", 1) :])  # conditions name the root, questions do not
    if question is None:
        return None
    value = next((match[name] for name in ("one", "text", "text2", "number") if match[name] is not None), "")
    chosen = next((choice for choice in question["choices"] if choice["value"] == value), None)
    shown = word(chosen["labels"], language) if chosen else value
    return f"“{word(question['labels'], language) or question['name']}” {_SIGNS[match['sign'] or '=']} {shown or '–'}"


def word(texts: dict, language: str) -> str:
    """A text in a language, else in the first that has it."""
    return texts.get(language) or next((text for text in texts.values() if text), "")
