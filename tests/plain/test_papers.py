"""Papers come out as tagged PDF in every script, and nothing of what is written is taken for markup."""

import re
import zlib

import pytest

from duga.plain.errors import Refused
from duga.plain.papers import Facts, Heading, Paper, Rows, Text, pdf


def opened(data: bytes) -> bytes:
    """All streams of a PDF, unpacked, after the file itself."""
    found = [data]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.S):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


@pytest.mark.parametrize(
    ("language", "title"), [("sr", "Моји подаци"), ("ar", "بياناتي"), ("en", "#panic(1) $ <x> *y")]
)
def test_a_paper_says_its_title_and_its_language(language, title):
    blocks = [Text('#import "x": *'), Heading("A"), Facts([("#a", "\\ /* b")]), Rows(["*A*", "B"], [["1", "</x>"]])]
    inside = opened(pdf(Paper(title, language, blocks, above="Above", foot="Foot")))
    assert inside.startswith(b"%PDF")
    assert b"pdfuaid" in inside
    assert title.encode() in inside.replace(b"&lt;", b"<").replace(b"&gt;", b">")
    assert f"/Lang({language}".encode() in inside


def test_what_cannot_be_set_is_refused():
    with pytest.raises(Refused, match="could not be made"):
        pdf(Paper("", "en"))
    with pytest.raises(TypeError):
        pdf(Paper("Title", "en", ["loose text"]))
