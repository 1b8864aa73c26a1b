"""The components, as template tags. /workspace/styleguide/ of a demo shows each of them."""

import datetime as dt

from django import forms, template
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_info, pgettext
from django.utils.translation import gettext as _

from duga.ui.html import Cell, Column, Row
from duga.ui.numbers import GLUE, format_number

register = template.Library()
COMPONENTS = "ui/components/"
#: BCP 47 tags of Django's codes where the two differ.
TAGS = {"sr": "sr-Cyrl", "sr-latn": "sr-Latn"}
RIGHT_TO_LEFT = {"ar", "fa", "prs", "ps", "ur", "ckb", "he"}
KINDS = {"error": "bad", "danger": "bad", "warning": "warn", "success": "good"}


# --- Language ---------------------------------------------------------------------------------------


@register.filter
def language_tag(code):
    """A Django language code as HTML's `lang` wants it: `sr` is `sr-Cyrl`."""
    return TAGS.get(code, code)


@register.filter
def direction(code):
    """`rtl` or `ltr` of a language code."""
    return "rtl" if code.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


@register.simple_tag
def text_in(text, code):
    """A text in a language other than the page's, marked so that it is read and laid out rightly."""
    return format_html('<span lang="{}" dir="{}">{}</span>', language_tag(code), direction(code), text)


@register.filter
def language_name(code):
    """A language's own name."""
    try:
        return get_language_info(code)["name_local"]
    except KeyError:
        return code


# --- Numbers ----------------------------------------------------------------------------------------


def qualifier_text(qualifier):
    """The words before a number that is not exact."""
    return {
        "about": pgettext("before a number", "about"),
        "at_least": pgettext("before a number", "at least"),
        "at_most": pgettext("before a number", "at most"),
    }.get(str(qualifier or ""), "")


@register.simple_tag
def number(value, unit="", qualifier="", decimals=None):
    """`{% number 1234 unit="persons" qualifier="at_least" %}`: "at least 1,234 persons", never broken in two.

    A hidden Cell shows the hidden mark, None shows "unknown": neither is ever shown as 0.
    """
    if isinstance(value, Cell):
        if value.hidden:
            return hidden_cell()
        value, unit, qualifier = value.value, unit or value.unit, qualifier or value.qualifier
    if value is None or value == "":
        return format_html('<span class="hidden-cell">{}</span>', _("unknown"))
    parts = [format_number(value, get_language() or "en", decimals)]
    before = qualifier_text(qualifier)
    if before:
        parts.insert(0, format_html('<span class="qualifier">{}</span>', before))
    if unit:
        parts.append(format_html('<span class="unit">{}</span>', unit))
    return format_html('<span class="number">{}</span>', format_html_join(GLUE, "{}", ((part,) for part in parts)))


@register.simple_tag
def amount(value, unit, qualifier="", decimals=None):
    """`{% amount 2 "parcel" %}`: "2 × parcel". Units of a code list stand as the list has them, in one form: after any
    number but one, "×" says it without asking each language for its plurals."""
    return number(value, unit if value == 1 else f"×{GLUE}{unit}", qualifier, decimals)


@register.filter(expects_localtime=True)
def day(value):
    """A date, or a text such as "1932-04-06", as people of the region write it: 6. 4. 1932. What is neither stays."""
    if isinstance(value, str):
        try:
            value = dt.date.fromisoformat(value)
        except ValueError:
            return value
    return date_format(value, "j. n. Y.") if isinstance(value, dt.date) else value


@register.simple_tag
def hidden_cell():
    """The mark of a number that protection hid; the legend below a table says what it means."""
    mark = '<span class="hidden-cell" title="{0}"><span aria-hidden="true">▒</span>{1}</span>'
    return format_html(mark, hidden_label(), format_html('<span class="visually-hidden">{}</span>', hidden_label()))


def hidden_label():
    """The one sentence about hidden cells: it never says which of the two."""
    return _("small, or hidden to protect a small one")


@register.simple_tag
def hidden_legend():
    """The line below a table that has hidden cells."""
    return format_html('<p class="legend"><span aria-hidden="true">▒ </span>{}</p>', hidden_label())


@register.inclusion_tag(COMPONENTS + "stat.html")
def stat(label, value, unit="", qualifier="", period="", method_url="", method_label="", decimals=None):
    """A figure that stands alone: value, unit, period, and the way to its method."""
    return {
        "label": label,
        "figure": number(value, unit, qualifier, decimals),
        "period": period,
        "method_url": method_url,
        "method_label": method_label or _("How this was counted"),
    }


@register.simple_tag
def cell_content(item):
    """What a table's cell shows."""
    cell = item["cell"] if isinstance(item, dict) else item
    if not isinstance(cell, Cell):
        cell = Cell(cell)
    if cell.hidden:
        return hidden_cell()
    value = cell.value
    if value is None or (not isinstance(value, (str, bool)) and _is_number(value)):
        value = number(value, cell.unit, cell.qualifier)
    if cell.badge:
        value = badge(value, cell.badge)
    return format_html('<a href="{}">{}</a>', cell.url, value) if cell.url else format_html("{}", value)


def _is_number(value):
    return type(value).__name__ in ("int", "float", "Decimal")


# --- Forms ------------------------------------------------------------------------------------------


@register.inclusion_tag(COMPONENTS + "field.html")
def field(bound, label=None, help=None, autofocus=False):
    """A form field with its label, help and error, tied together for screen readers."""
    widget = bound.field.widget
    kind = _kind(widget)
    help_text = bound.help_text if help is None else help
    help_id, error_id = f"{bound.auto_id}_help", f"{bound.auto_id}_error"
    described = " ".join([*([help_id] if help_text else []), *([error_id] if bound.errors else [])])
    attrs = {"autofocus": True} if autofocus else {}
    if widget.attrs.get("placeholder") == bound.label:
        attrs["placeholder"] = False  # says nothing that the label does not say
    if kind != "choices":
        attrs |= {"aria-describedby": described} if described else {}
        attrs |= {"aria-invalid": "true"} if bound.errors else {}
    return {
        "kind": kind,
        "label": bound.label if label is None else label,
        "help": help_text,
        "errors": bound.errors,
        "help_id": help_id,
        "error_id": error_id,
        "described": described,
        "for_id": bound.id_for_label,
        "optional": not bound.field.required and kind not in ("check", "hidden") and not _unmarked(bound.form),
        "short": widget.attrs.get("data-short"),
        "control": bound.as_widget(attrs=attrs),
    }


def _unmarked(form):
    """Whether a form asks for so little that marking what is optional would only be in the way."""
    return getattr(form, "unmarked", False)


def _kind(widget):
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    return "input"


@register.inclusion_tag(COMPONENTS + "form_errors.html")
def form_errors(form):
    """What is wrong with a form, at its head, each with a link to its field."""
    items = [
        {"url": f"#{form[name].auto_id}", "label": form[name].label, "text": text}
        for name, errors in form.errors.items()
        if name in form.fields
        for text in errors
    ]
    return {"form": form, "items": items}


@register.inclusion_tag(COMPONENTS + "button.html")
def button(label, kind="", href="", big=False, type="submit", name="", value="", **extra):
    """A button, or with `href` a link that looks like one. kind: primary, danger, quiet or plain."""
    css = " ".join(["button", *([f"button-{kind}"] if kind else []), *(["button-big"] if big else [])])
    return {"label": label, "css": css, "href": href, "type": type, "name": name, "value": value, **extra}


@register.inclusion_tag(COMPONENTS + "search.html")
def search_box(label, name="q", value="", action="", id="search"):
    """A search with its own label and button."""
    return {"label": label, "name": name, "value": value, "action": action, "id": id}


# --- Surfaces ---------------------------------------------------------------------------------------


@register.simple_block_tag
def notice(content, kind="info", title="", role=""):
    """`{% notice "warn" title=… %}…{% endnotice %}`; kinds info, good, warn, bad."""
    context = {"content": content, "kind": KINDS.get(kind, kind), "title": title, "role": role}
    return render_to_string(COMPONENTS + "notice.html", context)


@register.simple_block_tag
def card(content, title=""):
    """`{% card title=… %}…{% endcard %}`: a quiet surface for things that belong together."""
    return render_to_string(COMPONENTS + "card.html", {"content": content, "title": title})


@register.simple_block_tag
def sheet(content, title=""):
    """`{% sheet %}…{% endsheet %}`: what is meant for paper."""
    return format_html(
        '<section class="sheet">{}{}</section>', format_html("<h2>{}</h2>", title) if title else "", content
    )


@register.simple_tag
def badge(text, kind=""):
    """A short word on a coloured ground; the word says all, the colour only helps."""
    kind = KINDS.get(kind, kind)
    return format_html('<span class="badge{}">{}</span>', f" badge-{kind}" if kind and kind != "plain" else "", text)


@register.inclusion_tag(COMPONENTS + "empty.html")
def empty(title, text="", action_label="", action_url=""):
    """Nothing here yet, and the next step."""
    return {"title": title, "text": text, "action_label": action_label, "action_url": action_url}


@register.inclusion_tag(COMPONENTS + "progress.html")
def progress(value, maximum=100, label="", id="progress"):
    """How far long work has come: in percent, or of `maximum` things; value None when nobody knows yet."""
    language = get_language() or "en"
    text = "" if value is None else f"{format_number(value, language)} / {format_number(maximum, language)}"
    if value is not None and maximum == 100:
        text = f"{format_number(value, language)} %"
    return {"value": value, "maximum": maximum, "label": label, "id": id, "text": text}


@register.inclusion_tag(COMPONENTS + "steps.html")
def steps(labels, current):
    """The stages of a wizard; `current` counts from 1."""
    return {
        "items": [
            {"label": label, "done": place < current, "current": place == current}
            for place, label in enumerate(labels, start=1)
        ]
    }


@register.inclusion_tag(COMPONENTS + "tabs.html")
def tabs(items, label=""):
    """Views of one thing, as links. items: (label, url, current)."""
    return {
        "label": label or _("Views"),
        "items": [dict(zip(("label", "url", "current"), i, strict=True)) for i in items],
    }


@register.inclusion_tag(COMPONENTS + "breadcrumbs.html")
def breadcrumbs(crumbs):
    """Where one is. crumbs: (label, url) from the top; the last is the page itself. None where none of them leads
    anywhere: the heading says it already."""
    return {"crumbs": crumbs if any(url for _label, url in crumbs) else ()}


# --- Tables and charts ------------------------------------------------------------------------------


@register.inclusion_tag(COMPONENTS + "table.html")
def table(columns, rows, caption, note="", stack=False, row_heads=True, hide_caption=False):
    """A table that scrolls inside itself; with `stack` its rows become cards on a phone.

    columns: labels or Column; rows: sequences or Row of values or Cell.
    """
    columns = [column if isinstance(column, Column) else Column(column) for column in columns]
    shown = []
    for row in rows:
        cells = row.cells if isinstance(row, Row) else row
        shown.append(
            {
                "total": isinstance(row, Row) and row.total,
                "cells": [
                    {"cell": cell, "numeric": column.numeric, "label": column.label}
                    for column, cell in zip(columns, cells, strict=True)
                ],
            }
        )
    return {
        "columns": columns,
        "rows": shown,
        "caption": caption,
        "note": note,
        "stack": stack,
        "row_heads": row_heads,
        "hide_caption": hide_caption,
    }


@register.inclusion_tag(COMPONENTS + "pager.html", takes_context=True)
def pager(context, page):
    """Earlier and next page of a Django Page; what the address asks for otherwise stays."""
    return {"page": page, "request": context["request"]}


@register.inclusion_tag(COMPONENTS + "chart.html")
def chart(svg, caption="", text=""):
    """A drawing that `duga.ui.charts` made (SVG, trusted: it is our own), its caption, and what it says in words."""
    return {"drawing": mark_safe(svg), "caption": caption, "text": text}  # noqa: S308 (drawn by charts.py)
