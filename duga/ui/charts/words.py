"""What a chart shows, in words: for who hears it, and for who reads a page in a hurry."""

from collections.abc import Iterable

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from duga.ui.charts.marks import Mark
from duga.ui.numbers import GLUE, format_number


def describe(marks: Iterable, *, unit: str, kind: str = "bar", language: str = "en") -> str:
    """What a chart shows, in sentences: highest and lowest (kind "trend": first, last, highest), what is hidden."""
    marks = [mark if isinstance(mark, Mark) else Mark(*mark) for mark in marks]
    with override(language):
        shown = [mark for mark in marks if mark.shown]
        sentences = []
        if shown and kind == "trend":
            sentences += _course(shown, unit, language)
        elif shown:
            sentences += _extremes(shown, unit, language)
        hidden = sum(mark.hidden for mark in marks)
        if hidden:
            sentences.append(
                ngettext(
                    "%(count)s number is not shown: small, or hidden to protect a small one.",
                    "%(count)s numbers are not shown: small, or hidden to protect a small one.",
                    hidden,
                )
                % {"count": format_number(hidden, language)}
            )
        return " ".join(sentences) or _("There are no figures to show.")


def figure(value, unit, language):
    return GLUE.join(part for part in (format_number(value, language), str(unit)) if part)


def _extremes(shown, unit, language):
    highest, lowest = max(shown, key=lambda m: m.value), min(shown, key=lambda m: m.value)
    words = {
        "high": highest.label,
        "most": figure(highest.value, unit, language),
        "low": lowest.label,
        "least": figure(lowest.value, unit, language),
    }
    if len(shown) == 1:
        return [_("%(high)s: %(most)s.") % words]
    if highest.value == lowest.value:
        return [_("All the same: %(most)s.") % words]
    return [_("Highest: %(high)s, %(most)s. Lowest: %(low)s, %(least)s.") % words]


def _course(shown, unit, language):
    first, last, highest = shown[0], shown[-1], max(shown, key=lambda m: m.value)
    words = {
        "first": figure(first.value, unit, language),
        "start": month(first.label),
        "last": figure(last.value, unit, language),
        "end": month(last.label),
        "most": figure(highest.value, unit, language),
        "peak": month(highest.label),
    }
    if len(shown) == 1:
        return [_("%(start)s: %(first)s.") % words]
    return [
        _("From %(first)s in %(start)s to %(last)s in %(end)s.") % words,
        _("Highest: %(most)s in %(peak)s.") % words,
    ]


def month(day, form="F Y"):
    return format_date(day, form)


def hidden_words():
    return _("small, or hidden to protect a small one")
