"""Files that people attach: told by their bytes, made harmless, refused with a sentence."""

import struct
import zlib

import pytest

from duga.plain import attached
from duga.plain.attached import file_name, harmless
from duga.plain.errors import Unreadable


def chunk(kind, body=b""):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width=2, height=2, more=b""):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * (3 * 2 + 1) * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more + chunk(b"IDAT", pixels) + chunk(b"IEND")


def part(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*parts, width=3, height=2, scanned=b"\x12\xff\x00\x34"):
    frame = part(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
    return b"\xff\xd8" + b"".join(parts) + frame + part(0xDA, b"\x01\x01\x00\x00\x3f\x00") + scanned + b"\xff\xd9"


def pdf(body=b"", packed=None):
    told = b"%PDF-1.5\n1 0 obj<</Type/Catalog/OpenAction[1 0 R/XYZ null null 0]>>endobj\n" + body
    if packed is not None:
        told += b"2 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n" + packed + b"\nendstream endobj\n"
    return told + b"trailer<</Root 1 0 R>>\n%%EOF\n"


EXIF = b"Exif\0\0II\x2a\0\x08\0\0\0\x02\0" + struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)
EXIF += struct.pack("<HHII", 0x8825, 4, 1, 38) + b"\0\0\0\0GPS 42.7731 N"


def test_the_kind_is_told_by_the_bytes():
    assert harmless(png())[0] == "image/png"
    assert harmless(jpeg())[0] == "image/jpeg"
    assert harmless(pdf()) == ("application/pdf", pdf())


def test_where_a_photo_was_taken_falls_away_and_which_way_up_stays():
    kind, kept = harmless(jpeg(part(0xE0, b"JFIF\0"), part(0xE1, EXIF), part(0xFE, b"<script>alert(1)</script>")))
    assert b"GPS" not in kept and b"script" not in kept and b"JFIF" in kept
    assert attached._way_up(kept[kept.index(b"Exif") :]) == 6
    assert harmless(kept) == (kind, kept)  # what was made harmless stays as it is


@pytest.mark.parametrize("hanging", [b"PK\x03\x04 a zip", b"<html><script>alert(1)</script>", b"%PDF-1.4"])
def test_what_hangs_on_behind_a_picture_falls_away(hanging):
    for whole in (png(), jpeg()):
        assert harmless(whole + hanging)[1] == whole


def test_text_inside_a_png_falls_away():
    assert harmless(png(more=chunk(b"tEXt", b"Comment\0<script>"))) == ("image/png", png())


@pytest.mark.parametrize("data", [
    b"", b"hello", b"MZ\x90", b"PK\x03\x04", b"<svg onload=alert(1)>", b"GIF89a", b" %PDF-1.4", b"<html>%PDF-1.4",
    b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00", b"\x89PNG\r\n\x1a\n", png()[:-8], png()[:-1] + b"x", b"%PDF-1.4 no end",
    b"\xff\xd8\xff\xd9", png(width=100_000, height=100_000), jpeg(width=60_000, height=60_000), png(width=0),
])  # fmt: skip
def test_what_is_none_of_the_three_or_broken_is_refused(data):
    with pytest.raises(Unreadable):
        harmless(data)


@pytest.mark.parametrize("data", [
    pdf(b"3 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\n"), pdf(b"3 0 obj<</S/J#61vaScript>>endobj\n"),
    pdf(b"3 0 obj<</S/Launch/F(cmd.exe)>>endobj\n"), pdf(b"3 0 obj<</Type/EmbeddedFile>>endobj\n"),
    pdf(packed=zlib.compress(b"3 0 <</S/JavaScript/JS(x)>>")), pdf(packed=b"packed in a way of its own"),
    pdf(b"3 0 obj<</Encrypt 4 0 R>>endobj\n"), pdf() + b"PK\x03\x04", pdf() + b"<script>",
    pdf(packed=zlib.compress(b"\0" * (attached.MOST_UNPACKED + 1))),
])  # fmt: skip
def test_a_pdf_that_runs_hides_or_unfolds_is_refused(data):
    with pytest.raises(Unreadable):
        harmless(data)


def test_a_pdf_with_packed_pages_is_kept():
    assert harmless(pdf(packed=zlib.compress(b"<</Type/Page/Parent 1 0 R>>")))[0] == "application/pdf"


def test_too_large_is_refused():
    with pytest.raises(Unreadable):
        harmless(png() + b"\0" * attached.MOST)


@pytest.mark.parametrize("told, kept", [
    ("nalaz.PDF", "nalaz.pdf"), ("../../etc/passwd", "passwd.pdf"),
    (r"C:\Users\Ana\Rešenje o smještaju.docx", "Rešenje o smještaju.pdf"),
    ("a.pdf.exe", "a.pdf.pdf"), ("", "document.pdf"), ("...", "document.pdf"),
    ("x\r\nSet-Cookie: a=b", "xSet-Cookie a=b.pdf"),
    ("\u202efdp.exe", "fdp.pdf"), ("a" * 300, "a" * 80 + ".pdf"),
])  # fmt: skip
def test_a_name_leads_nowhere(told, kept):
    assert file_name(told, "application/pdf") == kept
