"""The answers of OpenRosa 1.0: form list, manifest, and what is said to a phone. Texts that programs read are English.

Sources: the OpenRosa 1.0 Form Discovery, Form Submission and Response Message specifications
(docs.getodk.org/openrosa); the words of the answers are those that ODK Central gives.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from xml.sax.saxutils import escape

#: Bytes of one post: what X-OpenRosa-Accept-Content-Length tells, by which Collect spreads files over several posts.
MOST_BYTES = 100_000_000

RECEIVED = "full submission upload was successful!"
ALREADY_DIFFERENT = (
    "A submission already exists with this ID, but with different XML. "
    "Resubmissions to attach additional multimedia must resubmit an identical xml_submission_file."
)
NOT_SIGNED_IN = "This phone is not known here, or is not used any more. Ask your coordinator for a new code."
TOO_LARGE = f"This post is larger than {MOST_BYTES} bytes. Nothing was taken: send the files in several posts."
UNREADABLE_POST = "This post came in broken. Nothing was taken: send it again."

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True)
class Listed:
    """A form as a phone is offered it; `manifest` is an address, or empty where the form has no files."""

    form_id: str
    name: str
    version: str
    md5: str
    download: str
    manifest: str = ""


@dataclass(frozen=True)
class Media:
    """A file that belongs to a form."""

    name: str
    md5: str
    download: str


def headers(now: dt.datetime) -> dict[str, str]:
    """What every answer of OpenRosa bears; `now` knows its time zone."""
    return {
        "X-OpenRosa-Version": "1.0",
        "X-OpenRosa-Accept-Content-Length": str(MOST_BYTES),
        "Date": format_datetime(now.astimezone(dt.UTC), usegmt=True),
    }


def _tag(name, value) -> str:
    return f"<{name}>{escape(value)}</{name}>"


def form_list(forms: Iterable[Listed]) -> bytes:
    """The list of forms (xformsList)."""
    return "".join([
        _DECLARATION, '<xforms xmlns="http://openrosa.org/xforms/xformsList">', *map(_listed, forms), "</xforms>",
    ]).encode()  # fmt: skip


def _listed(form: Listed) -> str:
    parts = [
        _tag("formID", form.form_id), _tag("name", form.name), _tag("version", form.version),
        _tag("hash", f"md5:{form.md5}"), _tag("downloadUrl", form.download),
    ]  # fmt: skip
    if form.manifest:
        parts.append(_tag("manifestUrl", form.manifest))
    return f"<xform>{''.join(parts)}</xform>"


def manifest(files: Iterable[Media]) -> bytes:
    """The list of a form's files (xformsManifest)."""
    told = (
        f"<mediaFile>{_tag('filename', file.name)}{_tag('hash', 'md5:' + file.md5)}"
        f"{_tag('downloadUrl', file.download)}</mediaFile>"
        for file in files
    )
    return "".join([
        _DECLARATION, '<manifest xmlns="http://openrosa.org/xforms/xformsManifest">', *told, "</manifest>",
    ]).encode()  # fmt: skip


def said_xml(message: str, *, error: bool = True) -> bytes:
    """A sentence for the phone's screen."""
    nature = "error" if error else ""
    return (
        f'<OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">'
        f'<message nature="{nature}">{escape(message)}</message></OpenRosaResponse>'
    ).encode()
