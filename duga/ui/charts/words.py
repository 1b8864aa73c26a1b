"""The words of a chart: what it says to who hears it, and the words in it, put in when its language is known.

A drawing is made once, with marks such as ⟦n:1234⟧ where a number, a month or a name will stand; `speak` puts
them in for each language. That needs no renderer and costs nothing, so a page may do it.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from duga.ui.charts.marks import Mark
from duga.ui.numbers import GLUE, format_number

SLOT = re.compile("⟦([a-z]+)(?::([^⟧]*))?⟧")
HIDDEN, UNKNOWN, NO_FIGURE = "⟦hidden⟧", "⟦unknown⟧", "⟦none⟧"


def word(key: str) -> str:
    """A label or unit whose text comes with `speak(words={key: text})`."""
    return f"⟦w:{key}⟧"


def number(value) -> str:
    """A number, written as each language does."""
    return f"⟦n:{value}⟧"


def month(day: dt.date, form: str = "F Y") -> str:
    """A month, in Django's date format `form`."""
    return f"⟦m:{day:%Y-%m}:{form}⟧"


def figure(value, unit) -> str:
    """A number with its unit, never broken in two."""
    return GLUE.join(part for part in (number(value), str(unit)) if part)


def speak(
    drawing: str,
    *,
    language: str,
    title: str,
    description: str,
    words: Mapping[str, str] | None = None,
) -> str:
    """A neutral drawing (`language=None`) in a language: SVG for this page.

    words: the text of each `word(key)`; a key without text shows itself. Two drawings of one page must differ
    in title, description or content.
    """
    ident = "c" + hashlib.sha256(f"{title}\0{description}\0{drawing}".encode()).hexdigest()[:10]
    told = {"title": title, "description": description, "id": ident}
    with override(language):
        return SLOT.sub(lambda slot: escape(_said(slot[1], slot[2], language, told, words or {})), drawing)


def plain(text: str, language: str) -> str:
    """A text with its slots filled, outside any drawing."""
    with override(language):
        return SLOT.sub(lambda slot: _said(slot[1], slot[2], language, {}, {}), text)


def _said(kind, detail, language, told, words):
    if kind == "n":
        return format_number(detail, language)
    if kind == "m":
        year_month, form = detail.split(":", 1)
        return format_date(dt.date.fromisoformat(f"{year_month}-01"), form)
    if kind == "w":
        return str(words.get(detail, detail))
    if kind == "hidden":
        return _("small, or hidden to protect a small one")
    if kind == "unknown":
        return _("unknown")
    if kind == "none":
        return _("no figure")
    return told[kind]


def describe(marks: Iterable, *, unit: str, kind: str = "bar", language: str = "en") -> str:
    """What a chart shows, in sentences: highest and lowest (kind "trend": first, last, highest), what is hidden.

    marks: Mark or (label, value), labels and unit as they are to be read in this language.
    """
    marks = [mark if isinstance(mark, Mark) else Mark(*mark) for mark in marks]
    with override(language):
        shown = [mark for mark in marks if mark.shown]
        sentences = []
        if shown:
            sentences += _course(shown, unit) if kind == "trend" else _extremes(shown, unit)
        hidden = sum(mark.hidden for mark in marks)
        if hidden:
            sentences.append(
                ngettext(
                    "%(count)s number is not shown: small, or hidden to protect a small one.",
                    "%(count)s numbers are not shown: small, or hidden to protect a small one.",
                    hidden,
                )
                % {"count": number(hidden)}
            )
        return plain(" ".join(sentences), language) or _("There are no figures to show.")


def _extremes(shown, unit):
    highest, lowest = max(shown, key=lambda m: m.value), min(shown, key=lambda m: m.value)
    words = {
        "high": highest.label,
        "most": figure(highest.value, unit),
        "low": lowest.label,
        "least": figure(lowest.value, unit),
    }
    if len(shown) == 1:
        return [_("%(high)s: %(most)s.") % words]
    if highest.value == lowest.value:
        return [_("All the same: %(most)s.") % words]
    return [_("Highest: %(high)s, %(most)s. Lowest: %(low)s, %(least)s.") % words]


def _course(shown, unit):
    first, last, highest = shown[0], shown[-1], max(shown, key=lambda m: m.value)
    words = {
        "first": figure(first.value, unit),
        "start": month(first.label),
        "last": figure(last.value, unit),
        "end": month(last.label),
        "most": figure(highest.value, unit),
        "peak": month(highest.label),
    }
    if len(shown) == 1:
        return [_("%(start)s: %(first)s.") % words]
    return [
        _("From %(first)s in %(start)s to %(last)s in %(end)s.") % words,
        _("Highest: %(most)s in %(peak)s.") % words,
    ]
