"""A filled-in instance of an XForm, made without a form engine: for pages that work without scripts."""

from collections.abc import Mapping

from duga.plain.xlsforms.xforms import ORX, XF, tree

_META = f"{ORX}meta"


def filled(xform: bytes, answers: Mapping[str, str], number: str) -> bytes:
    """The form's own instance with answers in their places, as XML. `number`: its instanceID (uuid:…).

    answers: {path without the root ("/group/age"): text}; what the form gives by default stays where nothing was said.
    KeyError for a path that the form has not.
    """
    from lxml import etree

    instance = tree(xform).find(f".//{XF}model/{XF}instance")
    root = next(each for each in instance if isinstance(each.tag, str))
    for path, text in answers.items():
        node = root
        for name in path.strip("/").split("/"):
            node = next((child for child in node if etree.QName(child).localname == name), None)
            if node is None:
                raise KeyError(path)
        node.text = text
    meta = next((each for each in root if etree.QName(each).localname == "meta"), None)
    if meta is None:
        meta = etree.SubElement(root, _META)
    known = next((each for each in meta if etree.QName(each).localname == "instanceID"), None)
    if known is None:
        known = etree.SubElement(meta, meta.tag.removesuffix("meta") + "instanceID")
    known.text = number
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
