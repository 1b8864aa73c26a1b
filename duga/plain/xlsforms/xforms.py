"""Reads an XForm: its questions in order, in every language, with their lists, conditions and files.

The form is a stranger's: no entity is resolved, no document type accepted, nothing fetched.
"""

import re
from dataclasses import dataclass, field

from duga.plain.errors import gettext_noop as _
from duga.plain.xlsforms.findings import Faulty, Finding

XF = "{http://www.w3.org/2002/xforms}"
H = "{http://www.w3.org/1999/xhtml}"
JR = "{http://openrosa.org/javarosa}"
ORX = "{http://openrosa.org/xforms}"
ODK = "{http://www.opendatakit.org/xforms}"

_BROKEN = _("This XML cannot be read: %(detail)s. Make the form again with the tool it comes from.")
_DOCTYPE = _("The file declares a document type or entities, which no form needs, so it was not opened.")
_NO_XFORM = _("This XML is no XForm: it has no model with a question in it. Send the form itself.")
_NO_ID = _("The form bears no id: the first element of its instance needs the attribute id.")
_DEEP = _("The form is nested deeper than %(most)s groups, or has more than %(questions)s questions.")
MOST_DEPTH, MOST_QUESTIONS = 30, 6_000

#: Where the kinds of files that a form names lie, by their address.
_FOLDERS = {"images": "image", "audio": "audio", "video": "video", "file-csv": "csv", "file": "file"}
_JR = re.compile(r"^jr://([a-z\-]+)/(.+)$")
_PRELOAD = {
    ("timestamp", "start"): "start", ("timestamp", "end"): "end", ("date", "today"): "today",
    ("property", "deviceid"): "deviceid", ("property", "username"): "username",
    ("property", "phonenumber"): "phonenumber", ("property", "email"): "email", ("property", "simserial"): "simserial",
    ("property", "subscriberid"): "subscriberid",
}  # fmt: skip
_UPLOAD = {"image": "image", "audio": "audio", "video": "video"}
_INPUT = {
    "int": "integer", "integer": "integer", "long": "integer", "decimal": "decimal", "date": "date", "time": "time",
    "datetime": "datetime", "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape",
    "barcode": "barcode",
}  # fmt: skip


_MEDIA = ("image", "audio", "video", "big-image")


@dataclass
class Parsed:
    """What a form says of itself. files: {name: kind} that it needs beside it, kind image|audio|video|csv|file."""

    form_id: str
    version: str
    title: str
    root: str
    languages: list[str] = field(default_factory=list)
    questions: list[dict] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)


def tree(xml: bytes):
    """The root element of an XML document from outside; Faulty with line and column when it is none or unsafe."""
    from lxml import etree

    head = xml[:4000].replace(b"\0", b"")
    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", head, re.I) or re.search(rb"<!\s*(DOCTYPE|ENTITY)", xml, re.I):
        raise Faulty(Finding(_DOCTYPE))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        row, at = getattr(error, "position", (0, 0))
        finding = Finding(_BROKEN, {"detail": str(getattr(error, "msg", error))[:200]}, row=row or 0)
        raise Faulty(finding) from None
    if root.getroottree().docinfo.doctype:
        raise Faulty(Finding(_DOCTYPE))
    return root


def parse(xml: bytes) -> Parsed:
    """Reads an XForm whole; Faulty when it is none.

    A question is a dict: path (below the root), name, type (XLSForm's words), labels and hints {language: text},
    media {language: {kind: file}}, choices [{value, labels}], list, file, filter, required, constraint, messages
    {language: text}, relevant, calculate, readonly, appearance, group (path of the nearest group or repeat), repeat
    (path of the nearest repeat). Groups and repeats stand among the questions, before what they hold.
    """
    return _Reader(tree(xml)).read()


class _Reader:
    """Walks one form."""

    def __init__(self, root):
        self.model = next(root.iter(f"{XF}model"), None)
        self.body = root.find(f"{H}body")
        self.title = (root.findtext(f"{H}head/{H}title") or "").strip()
        instance = None if self.model is None else next(self.model.iterchildren(f"{XF}instance"), None)
        self.data = None if instance is None else next(instance.iterchildren("*"), None)
        if self.data is None or self.body is None:
            raise Faulty(Finding(_NO_XFORM))

    def read(self) -> Parsed:
        """The form; Faulty where it has no id or is built to exhaust."""
        data, root = self.data, _local(self.data)
        form_id = (data.get("id") or "").strip()
        if not form_id:
            raise Faulty(Finding(_NO_ID, row=data.sourceline or 0))
        version = data.get("version") or data.get(f"{ORX}version") or ""
        self.files: dict[str, str] = {}
        self.texts, languages = self._itext()
        self.lists = self._secondary()
        self.binds = {each.get("nodeset"): each for each in self.model.iterchildren(f"{XF}bind")}
        self.by_id = {each.get("id"): path for path, each in self.binds.items() if each.get("id")}
        self.languages = languages or ["default"]
        self.shown: dict[str, dict] = {}
        self._walk_body(self.body, f"/{root}", 0)
        questions: list[dict] = []
        self._walk_data(data, f"/{root}", "", "", questions, 0)
        for question in questions:  # conditions name the root, answers are told without it
            question |= {name: question[name].removeprefix(f"/{root}") for name in ("path", "group", "repeat")}
        return Parsed(form_id, version, self.title, root, self.languages, questions, self.files)

    # --- texts ---

    def _itext(self):
        texts, languages = {}, []
        for translation in self.model.iterfind(f"{XF}itext/{XF}translation"):
            language = translation.get("lang") or "default"
            if translation.get("default") is not None:
                languages.insert(0, language)
            else:
                languages.append(language)
            for text in translation.iterchildren(f"{XF}text"):
                for value in text.iterchildren(f"{XF}value"):
                    kind = value.get("form") or ""
                    said = _flat(value)
                    place = texts.setdefault(text.get("id"), {}).setdefault(language, {})
                    if kind in _MEDIA:
                        said = self._file(said)
                    place[kind] = said
        return texts, languages

    def _file(self, address):
        match = _JR.match(address.strip())
        if match and match[1] in _FOLDERS:
            name = match[2]
            kind = _FOLDERS[match[1]]
            self.files.setdefault(name, "csv" if kind == "file" and name.lower().endswith(".csv") else kind)
            return name
        return address

    def _words(self, element):
        """({language: text}, {language: {kind: file}}) of a label or hint, written in place or referred to."""
        if element is None:
            return {}, {}
        ref = element.get("ref") or ""
        if match := re.match(r"\s*jr:itext\('([^']*)'\)", ref):
            return self._of_itext(match[1])
        if ref.startswith("jr:itext("):  # a text chosen by the form while it runs
            return {}, {}
        text = _flat(element)
        return ({self.languages[0]: text} if text else {}), {}

    def _of_itext(self, key):
        texts, media = {}, {}
        for language, forms in self.texts.get(key, {}).items():
            if plain := forms.get("") or forms.get("long") or forms.get("short"):
                texts[language] = plain
            if other := {kind: name for kind, name in forms.items() if kind in _MEDIA}:
                media[language] = other
        return texts, media

    # --- lists ---

    def _secondary(self):
        """{id of a list: its choices, or the name of the file they lie in}."""
        lists = {}
        for instance in list(self.model.iterchildren(f"{XF}instance"))[1:]:
            key, source = instance.get("id") or "", instance.get("src") or ""
            if source:
                if (match := _JR.match(source)) and match[1] in _FOLDERS:
                    lists[key] = self._file(source)
                continue
            items = [] if len(instance) == 0 else list(instance[0].iterchildren("*"))
            items = [item for item in items if _local(item) == "item"]
            lists[key] = [{_local(part): (part.text or "") for part in item} for item in items]
        return lists

    def _choices(self, control):
        """(choices, list, file, filter) of a control that offers some."""
        self_made = [
            {"value": (item.findtext(f"{XF}value") or "").strip(), "labels": self._words(item.find(f"{XF}label"))[0]}
            for item in control.iterchildren(f"{XF}item")
        ]
        itemset = control.find(f"{XF}itemset")
        nodeset = itemset.get("nodeset") if itemset is not None else control.get("query") or ""
        if not nodeset:
            return self_made, "", "", ""
        match = re.search(r"instance\('([^']*)'\)", nodeset)
        name = match[1] if match else ""
        found = re.search(r"\[(.*)\]", nodeset, re.S)
        condition = found[1].strip() if found else ""
        source = self.lists.get(name, [])
        if isinstance(source, str):
            return [], name, source, condition
        value, label = _ref(itemset, "value", "name"), _ref(itemset, "label", "label")
        in_itext = re.match(r"jr:itext\((\w+)\)", label)
        choices = []
        for item in source:
            if in_itext:
                labels = self._of_itext(item.get(in_itext[1], ""))[0]
            else:
                labels = {self.languages[0]: item.get(label, "")} if item.get(label) else {}
            choices.append({"value": item.get(value, ""), "labels": labels})
        return choices, name, "", condition

    # --- body ---

    def _path(self, element, context):
        ref = element.get("ref") or element.get("nodeset") or self.by_id.get(element.get("bind"), "")
        ref = ref.strip()
        if not ref:
            return context
        return ref.rstrip("/") if ref.startswith("/") else f"{context}/{ref.removeprefix('./')}"

    def _walk_body(self, parent, context, depth):
        if depth > 2 * MOST_DEPTH:
            raise Faulty(Finding(_DEEP, {"most": MOST_DEPTH, "questions": MOST_QUESTIONS}))
        for element in parent.iterchildren("*"):
            kind = _local(element)
            if kind in ("label", "hint", "item", "itemset", "value"):
                continue
            path = self._path(element, context)
            if kind == "group":
                if path != context:
                    self._show(path, "group", element)
                inner = next(element.iterchildren(f"{XF}repeat"), None)
                if inner is not None and path == context:
                    path = self._path(inner, context)
                    self._show(path, "group", element)
                self._walk_body(element, path, depth + 1)
            elif kind == "repeat":
                shown = self.shown.setdefault(path, {"control": "repeat", "element": element})
                shown["control"] = "repeat"
                shown["count"] = element.get(f"{JR}count") or ""
                self._walk_body(element, path, depth + 1)
            else:
                self._show(path, kind, element)

    def _show(self, path, control, element):
        self.shown.setdefault(path, {"control": control, "element": element})

    # --- data ---

    def _walk_data(self, node, path, group, repeat, out, depth):
        if depth > MOST_DEPTH or len(out) > MOST_QUESTIONS:
            raise Faulty(Finding(_DEEP, {"most": MOST_DEPTH, "questions": MOST_QUESTIONS}))
        seen = set()
        for child in node.iterchildren("*"):
            name = _local(child)
            here = f"{path}/{name}"
            if here in seen:
                continue
            seen.add(here)
            if name == "meta" and depth == 0:
                if any(_local(part) == "audit" for part in child):
                    out.append(self._entry(f"{here}/audit", "audit", group, repeat, "audit"))
                continue
            shown = self.shown.get(here)
            has_parts = next(child.iterchildren("*"), None) is not None
            if has_parts or (shown and shown["control"] in ("group", "repeat")):
                kind = "repeat" if shown and shown["control"] == "repeat" else "group"
                out.append(self._entry(here, name, group, repeat, kind))
                self._walk_data(child, here, here, here if kind == "repeat" else repeat, out, depth + 1)
            else:
                out.append(self._entry(here, name, group, repeat, ""))

    def _entry(self, path, name, group, repeat, kind):
        bind, shown = self.binds.get(path), self.shown.get(path)
        element = shown["element"] if shown else None
        words = element is not None and (element.find(f"{XF}label"), element.find(f"{XF}hint"))
        labels, media = self._words(words[0]) if words else ({}, {})
        hints = self._words(words[1])[0] if words else {}
        chosen = element is not None and not kind
        choices, list_, file, condition = self._choices(element) if chosen else ([], "", "", "")
        get = bind.get if bind is not None else lambda name, default="": default
        message = get(f"{JR}constraintMsg") or ""
        match = re.match(r"jr:itext\('([^']*)'\)", message)
        messages = self._of_itext(match[1])[0] if match else ({self.languages[0]: message} if message else {})
        return {
            "path": path, "name": name, "type": kind or self._type(bind, shown, choices, file),
            "labels": labels, "hints": hints, "media": media,
            "choices": choices, "list": list_, "file": file, "filter": condition,
            "required": get("required") or "", "constraint": get("constraint") or "", "messages": messages,
            "relevant": get("relevant") or "", "calculate": get("calculate") or "", "readonly": get("readonly") or "",
            "appearance": (element.get("appearance") or "") if element is not None else "",
            "count": shown.get("count", "") if shown else "", "group": group, "repeat": repeat, "row": 0,
        }  # fmt: skip

    def _type(self, bind, shown, choices, file):
        told = (bind.get("type") or "").split(":")[-1].lower() if bind is not None else ""
        if shown is None:
            if bind is not None and (known := _PRELOAD.get((bind.get(f"{JR}preload"), bind.get(f"{JR}preloadParams")))):
                return known
            return "calculate" if bind is not None and bind.get("calculate") else "hidden"
        control, element = shown["control"], shown["element"]
        if control == "upload":
            return _UPLOAD.get((element.get("mediatype") or "").split("/")[0], "file")
        simple = {"select": "select_multiple", "select1": "select_one", "trigger": "acknowledge", "range": "range",
                  "rank": "rank", "secret": "text"}  # fmt: skip
        if control in simple:
            return simple[control]
        if element.get("query") or file or choices:
            return "select_one"
        readonly = bind is not None and bind.get("readonly") == "true()"
        if readonly and not bind.get("calculate") and told in ("", "string"):
            return "note"
        return _INPUT.get(told, "text")


def _local(element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _ref(itemset, part, default):
    found = itemset.find(f"{XF}{part}") if itemset is not None else None
    return (found.get("ref") or default) if found is not None else default


def _flat(element) -> str:
    """The text of a label, with ${name} where the form puts in an answer."""
    parts = [element.text or ""]
    for child in element.iterchildren("*"):
        if _local(child) == "output":
            value = (child.get("value") or child.get("ref") or "").strip()
            parts.append("${" + value.rsplit("/", 1)[-1].strip() + "}")
        else:
            parts.append(_flat(child))
        parts.append(child.tail or "")
    return "".join(parts).strip()
