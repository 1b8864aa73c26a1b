"""A QR code as a drawing of our own: one path, no colours, readable by every phone."""

from django.utils.html import format_html
from django.utils.safestring import mark_safe


def qr_svg(text: str, title: str = "", *, quick: bool = False) -> str:
    """An SVG of the QR code of a text (an address), with a quiet zone of four modules around it.

    quick: takes one mask instead of trying all eight (7 ms instead of 56), for sheets with many codes.
    """
    from qrcode import QRCode
    from qrcode.constants import ERROR_CORRECT_M

    code = QRCode(error_correction=ERROR_CORRECT_M, border=4, mask_pattern=3 if quick else None)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(_row(number, row) for number, row in enumerate(rows))
    size = len(rows)
    return format_html(
        '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path fill="#000" d="{2}"/></svg>',
        size, title, mark_safe(path),  # noqa: S308 (digits and letters of our own)
    )  # fmt: skip


def _row(number, row):
    said, start = "", None
    for place, dark in enumerate([*row, False]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            said += f"M{start} {number}h{place - start}v1h-{place - start}z"
            start = None
    return said
