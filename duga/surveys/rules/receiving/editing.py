"""Mending answers: by whom, with a reason, the whole before and after kept; what was received stays as it was."""

from dataclasses import dataclass

from duga.plain.errors import Refused
from duga.plain.errors import gettext_noop as _
from duga.surveys.rules.receiving.reading import bare, parse

LONGEST = 20_000  #: letters of one answer
#: Kinds of questions whose answers people may mend by typing; what a phone measured or recorded stays.
EDITABLE = frozenset({
    "text", "integer", "decimal", "date", "datetime", "time", "select_one", "select_multiple", "rank", "barcode",
    "geopoint",
})  # fmt: skip

_REASON = _("Say why: whoever reads these answers later sees what was changed, and your reason.")
_NOTHING = _("Nothing was changed.")
_NO_QUESTION = _("There is no question “%(path)s” in these answers that can be mended here.")


@dataclass(frozen=True)
class Change:
    """One answer that is mended: the place of its row where it stands in a repeat (0, 1 …), what it was, what it is."""

    path: str
    before: str
    after: str
    row: int = 0


def check_reason(reason: str) -> str:
    """The reason of an edit; Refused when there is none."""
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise Refused(_REASON)
    return reason


def with_answers(xml: bytes, changed: dict[str, str]) -> tuple[bytes, list[Change]]:
    """(new XML, what changed) of a submission's XML with other answers by path; Refused when nothing would change.

    Only answers outside repeats, and those of repeats that came once, can be changed so. An empty text takes an answer
    out; one that was not answered gets its element in its group.
    """
    from lxml import etree

    root = parse(xml)
    changes = []
    for path, after in changed.items():
        after = after.replace("\r\n", "\n")[:LONGEST]
        node = _at(root, path, make=bool(after))
        if node is None or len(node):
            if after:
                raise Refused(_NO_QUESTION, path=path)
            continue
        before = node.text or ""
        if before != after:
            node.text = after
            changes.append(Change(path, before, after))
    if not changes:
        raise Refused(_NOTHING)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8"), changes


def _at(root, path, *, make):
    from lxml import etree

    node = root
    for name in path.strip("/").split("/"):
        found = [child for child in node if isinstance(child.tag, str) and bare(child.tag) == name]
        if len(found) > 1:
            return None
        if not found:
            if not make:
                return None
            found = [etree.SubElement(node, name)]
        node = found[0]
    return node
