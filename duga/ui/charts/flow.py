"""A way to follow, drawn: boxes one under the other, arrows that say when to go on. Small SVG, without a renderer.

It is drawn in the colour of the text around it and as wide as a phone, so it prints in black and fits everywhere; the
page that shows it tells the same in words beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from django.utils.html import escape, mark_safe

WIDTH = 360  #: units, each a pixel on a phone
_PAD, _ASIDE, _ARROW = 12, 44, 46
_TITLE, _LINE = 19, 17  #: from one line of text to the next
_LETTER, _SMALL = 7.6, 6.5  #: how wide a letter is at most times, in headings and in lines


@dataclass(frozen=True)
class Step:
    """A box: a heading, lines below it, and what the arrow from it says.

    `kind`: "start" and "end" are round, "ask" has two ways out, "aside" stands beside the way and is framed heavily.
    """

    title: str
    lines: tuple[str, ...] = ()
    then: str = ""
    kind: str = "step"
    number: int | None = None


def flow(steps: Sequence[Step], *, title: str, description: str, rtl: bool = False) -> str:
    """The steps from top to bottom as SVG, mirrored where one reads from right to left (`rtl`).

    An "aside" step hangs on the one before it (its arrow bears that one's word `then`), and the way goes on past it.
    Raises ValueError without steps.
    """
    if not steps:
        raise ValueError("a way needs a step")
    pen, top = _Pen(rtl), 4
    for place, step in enumerate(steps):
        inset = _ASIDE if step.kind == "aside" else 0
        heading = wrap(step.title, _letters(inset + (22 if step.number else 0))) or [""]
        lines = [part for line in step.lines for part in wrap(line, _letters(inset, _SMALL))]
        height = 2 * _PAD + _TITLE * len(heading) + _LINE * len(lines) - 4
        if inset:
            pen.arrow(18, top - _ARROW, 18, top + height / 2, inset, top + height / 2)
        pen.box(inset, top, height, step)
        pen.texts(inset, top, heading, lines, step.number)
        top += height
        if place + 1 < len(steps):
            goes_aside = steps[place + 1].kind == "aside"
            begin = top - height if inset else top
            if not goes_aside:
                pen.arrow(18, begin, 18, top + _ARROW)
            pen.word(30, top + _ARROW / 2 + 4, step.then)
            top += _ARROW
    return pen.drawn(top + 4, title, description)


def _letters(inset: float, letter: float = _LETTER) -> int:
    return int((WIDTH - inset - 2 * _PAD) / letter)


class _Pen:
    """Draws at logical places: from the side where reading begins."""

    def __init__(self, rtl):
        self.rtl, self.parts = rtl, []

    def x(self, at: float) -> float:
        return WIDTH - at if self.rtl else at

    def box(self, inset, top, height, step):
        left = 1 if self.rtl else inset + 1
        round_ = 16 if step.kind in ("start", "end") else 4
        heavy = 3 if step.kind == "aside" else 1.5
        dashes = ' stroke-dasharray="6 4"' if step.kind == "ask" else ""
        self.parts.append(
            f'<rect x="{left}" y="{top}" width="{WIDTH - inset - 2}" height="{height}" rx="{round_}" '
            f'stroke-width="{heavy}"{dashes}/>'
        )

    def texts(self, inset, top, heading, lines, number):
        at = top + _PAD + 12
        if number:
            x = self.x(inset + _PAD + 8)
            self.parts.append(f'<circle cx="{x}" cy="{at - 5}" r="10" stroke-width="1.5"/>')
            self._text(x, at, str(number), ' text-anchor="middle" font-weight="700"')
        for text in heading:
            self._text(self.x(inset + _PAD + (26 if number else 0)), at, text, ' font-weight="700"')
            at += _TITLE
        for text in lines:
            self._text(self.x(inset + _PAD), at, text, ' font-size="13"')
            at += _LINE

    def word(self, at, y, text):
        for line in wrap(text, _letters(30, _SMALL))[:2]:
            self._text(self.x(at), y, line, ' font-size="13" font-style="italic"')
            y += 15

    def arrow(self, *ends):
        """A line through these corners, a head at its end."""
        points = [(self.x(x), y) for x, y in zip(ends[::2], ends[1::2], strict=True)]
        (x, y), x0 = points[-1], points[-2][0]
        if x == x0:
            head = f"M{x - 5} {y - 8}L{x} {y}L{x + 5} {y - 8}"
        else:
            back = 8 if x < x0 else -8
            head = f"M{x + back} {y - 5}L{x} {y}L{x + back} {y + 5}"
        line = "L".join(f"{x} {y}" for x, y in points)
        self.parts.append(f'<path d="M{line}{head}" stroke-width="1.5"/>')

    def _text(self, x, y, text, more):
        self.parts.append(f'<text x="{x}" y="{y}" fill="currentColor" stroke="none"{more}>{escape(text)}</text>')

    def drawn(self, height, title, description):
        """The whole picture."""
        direction = ' direction="rtl"' if self.rtl else ""
        return mark_safe(  # noqa: S308 every text in it is escaped
            f'<svg viewBox="0 0 {WIDTH} {height}" role="img" font-size="15" fill="none" stroke="currentColor">'
            f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
            f"<g{direction}>{''.join(self.parts)}</g></svg>"
        )
