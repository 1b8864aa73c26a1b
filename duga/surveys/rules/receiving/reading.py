"""Reading a submission: XML from a stranger's phone becomes answers by path, and nothing else.

No entity is expanded, no document type is accepted, nothing is fetched. Paths are those of the form without its root:
"/group/age". A repeat is a list of such dicts under its own path:

    {"/name": "Ana", "/home/rooms": "2", "/child": [{"/child/age": "4"}, {"/child/age": "7"}]}
"""

import json
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from duga.plain.errors import Unreadable
from duga.plain.errors import gettext_noop as _

MOST_XML = 10_000_000  #: bytes of the answers themselves; files come beside them
MOST_NAMES = 100_000  #: elements: the largest forms have some thousands
LONGEST_ID = 200

_PROLOG = re.compile(rb"(?>\xef\xbb\xbf|\s|<\?(?s:.*?)\?>|<!--(?s:.*?)-->)*+<!DOCTYPE")
_ENCODINGS = frozenset({"", "UTF-8", "UTF8", "US-ASCII", "ASCII", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1"})

_BROKEN = _("These answers are not whole XML: they were cut off on the way, or are in another encoding than they say. "
            "Send them again.")  # fmt: skip
_TYPE = _("These answers bring a document type of their own, which no form of ours does. They were not taken.")
_LARGE = _("These answers are larger than any form's. They were not taken.")
_NO_FORM = _("These answers do not say of which form they are (the id of their first element).")
_INSTANCE = _("The instanceID of these answers is longer than 200 letters. They were not taken.")

#: Attributes that name the form's version, in the order they are looked at.
_VERSIONS = ("version", "{http://openrosa.org/jr/xforms}version", "{http://openrosa.org/javarosa}version")
_TEMPLATE = "{http://openrosa.org/javarosa}template"  #: a repeat's empty pattern, which some old clients send along
_META = frozenset({
    "instanceID", "deprecatedID", "rootUuid", "instanceName", "start", "end", "today", "deviceid", "phonenumber",
    "username", "email", "audit", "simserial", "subscriberid", "timeStart", "timeEnd", "userID", "deviceID",
})  # fmt: skip


@dataclass(frozen=True)
class Received:
    """What a submission says of itself. `instance_id` is "" where the phone gave it none.

    phone: what the form itself says of the device (deviceid), "" where it does not; began, ended: as told, unread.
    """

    form_id: str
    version: str
    instance_id: str
    deprecated_id: str
    root: str
    answers: dict = field(repr=False)
    phone: str = ""
    began: str = ""
    ended: str = ""
    encrypted: bool = False


def parse(xml: bytes):
    """The root element of XML that may have been built to harm; Unreadable says why not."""
    from lxml import etree

    if len(xml) > MOST_XML:
        raise Unreadable(_LARGE)
    if _PROLOG.match(xml.replace(b"\0", b"") if b"\0" in xml[:4] else xml):
        raise Unreadable(_TYPE)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable(_BROKEN) from None
    told = root.getroottree().docinfo
    if told.internalDTD is not None or (told.encoding or "").upper() not in _ENCODINGS:
        raise Unreadable(_TYPE if told.internalDTD is not None else _BROKEN)
    return root


def bare(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


def read_submission(xml: bytes, repeats: Collection[str] = ()) -> Received:
    """Reads the answers of one submission. `repeats`: paths that the form repeats, lists even when there is one."""
    root = parse(xml)
    form_id = _form_of(root)
    left = [MOST_NAMES]
    answers: dict = {}
    _gather(root, "", answers, frozenset(repeats), left)
    meta = {bare(name): value for name, value in _metas(root).items()}
    instance = (meta.get("instanceID") or root.get("instanceID") or "").strip()
    if len(instance) > LONGEST_ID:
        raise Unreadable(_INSTANCE)
    return Received(
        form_id=form_id, version=_version_of(root),
        instance_id=instance,
        deprecated_id=meta.get("deprecatedID", "").strip()[:LONGEST_ID], root=bare(root.tag), answers=answers,
        phone=_first(answers, "deviceid", "deviceID"), began=_first(answers, "start", "timeStart"),
        ended=_first(answers, "end", "timeEnd"), encrypted=root.get("encrypted") == "yes",
    )  # fmt: skip


def sent_version(xml: bytes) -> tuple[str, str]:
    """(formID, version) that a submission says it is of; Unreadable as `read_submission`."""
    root = parse(xml)
    return _form_of(root), _version_of(root)


def _form_of(root) -> str:
    form_id = root.get("id") or root.get("xmlns") or ""
    if not form_id:
        raise Unreadable(_NO_FORM)
    return form_id


def _version_of(root) -> str:
    return next((root.get(name) for name in _VERSIONS if root.get(name)), "")


def _metas(root) -> dict[str, str]:
    found = next(root.iterchildren("{*}meta"), None)
    return {} if found is None else {each.tag: each.text or "" for each in found}


def _first(answers, *names) -> str:
    for name in names:
        for path in (f"/{name}", f"/meta/{name}"):
            if isinstance(found := answers.get(path), str) and found:
                return found.strip()
    return ""


def _gather(element, path, into, repeats, left) -> None:
    """Puts what stands below an element into `into`, by path. Comments are gone: every child is an element."""
    children = list(element)
    left[0] -= len(children)
    if left[0] < 0:
        raise Unreadable(_LARGE)
    names = [child.tag[child.tag.find("}") + 1 :] for child in children]
    several = {name for name, times in Counter(names).items() if times > 1} if len(set(names)) < len(names) else ()
    for name, child in zip(names, children, strict=True):
        below, row = f"{path}/{name}", into
        if below in repeats or name in several:
            if child.get(_TEMPLATE) is not None and not "".join(child.itertext()).strip():
                continue
            row = {}
            told = into.setdefault(below, [])
            if isinstance(told, list):
                told.append(row)
        if len(child):
            _gather(child, below, row, repeats, left)
        elif text := child.text:
            row[below] = text


def content_of(answers: dict) -> bytes:
    """What was answered, without what a phone adds of itself: equal for the same answers sent under another id."""
    return json.dumps(answered(answers), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def answered(answers: dict) -> dict:
    """Answers without what a phone adds of itself (when, which phone, its numbers)."""
    told = {}
    for path, value in answers.items():
        if path.rpartition("/")[2] in _META or path.startswith("/meta/"):
            continue
        told[path] = [answered(row) for row in value] if isinstance(value, list) else value
    return told


def safe_name(name: str) -> str:
    """The name of a file that a phone sent: its last part, without what steers or hides; at most 200 letters."""
    last = re.split(r"[/\\]", name)[-1]
    bare_name = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*\u202e\u202d')
    return bare_name.strip(" .")[:200] or "file"
