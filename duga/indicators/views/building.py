"""The table builder: ask, see what protection does, keep, share, take along."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.indicators import actions, queries
from duga.indicators.forms import TableForm, TitleForm
from duga.indicators.rules import DIMENSION_WORDS, FIRST
from duga.indicators.views._help import told
from duga.indicators.views.own import XLSX
from duga.members.queries import person_names
from duga.plain.errors import NotAllowed, Refused
from duga.ui.pages import staff

SHARING = {"share": actions.share_table, "unshare": actions.unshare_table}
KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}


def _crumbs(viewer, *more):
    figures = [(_("Figures"), reverse("network_figures"))] if queries.sees_figures(viewer) else []
    return [(_("Workspace"), "/workspace/"), *figures, (_("Tables"), reverse("tables")), *more]


def _name(table) -> str:
    language = get_language()
    by = queries.breakdown_words(table.breakdown)
    country = queries.place_name(table.where.get("country", [""])[0], language)
    return table.title or f"{queries.title_of(table.indicator, language)}, {country} {table.period}" + (
        f": {by}" if by else ""
    )


@staff
@require_safe
def tables(request):
    """One's own tables, and those that others share."""
    own, shared = queries.built_tables(request.viewer)
    queries.require_tables(request.viewer)
    who = person_names(each.asked_by for each in shared)
    context = {
        "own": [(_name(each), each) for each in own],
        "shared": [(_name(each), who.get(each.asked_by, ""), each) for each in shared],
        "builds": queries.builds_tables(request.viewer),
        "crumbs": _crumbs(request.viewer)[:-1] + [(_("Tables"), "")],
    }
    return render(request, "indicators/tables.html", context)


@staff
@require_http_methods(["GET", "POST"])
def table_new(request):
    """Choose what to count; it is counted and protected in a process apart."""
    queries.require_counting(request.viewer)
    snapshot = queries.last_snapshot()
    form, status = None, 200
    if snapshot and snapshot.first_month:
        form = TableForm(
            request.POST or None,
            indicators=queries.buildable_indicators(),
            countries=queries.snapshot_countries(),
            years=range(int(snapshot.last_month[:4]), int(snapshot.first_month[:4]) - 1, -1),
            language=get_language(),
        )
        if form.is_bound and form.is_valid():
            try:
                asked = actions.ask_table(by=request.viewer, **form.question)
            except NotAllowed:
                raise
            except Refused as error:
                form.add_error(None, told(error.message, _worded(error.params)))
            else:
                return redirect("table", table_id=asked.arguments["table"])
        status = 422 if form.errors else 200
    context = {"form": form, "crumbs": _crumbs(request.viewer, (_("New table"), ""))}
    return render(request, "indicators/table_new.html", context, status=status)


def _worded(params):
    """Names of columns in a refusal, one or a list, as people read them."""
    return {name: _columns(value) if isinstance(value, str) else value for name, value in params.items()}


def _columns(text):
    words = text.split(", ")
    known = all(word in DIMENSION_WORDS for word in words)
    return ", ".join(_(DIMENSION_WORDS[word]) for word in words) if known else text


@staff
@never_cache
@require_http_methods(["GET", "POST"])
def table(request, table_id):
    """What is offered, without its numbers: two of the tables could be compared. Then the one that was kept."""
    viewer, language, refused = request.viewer, get_language(), ""
    found = queries.built_table(viewer, table_id)
    form = TitleForm(request.POST or None, initial={"title": found.title})
    if request.method == "POST":
        step, _dash, choice = request.POST.get("step", "").partition("-")
        try:
            if step == "keep" and choice.isdigit() and form.is_valid():
                actions.keep_table(by=viewer, table_id=table_id, choice=int(choice), title=form.cleaned_data["title"])
            elif step in SHARING:
                SHARING[step](by=viewer, table_id=table_id)
            elif step == "discard":
                actions.discard_table(by=viewer, table_id=table_id)
                return redirect("tables")
            return redirect("table", table_id=table_id)
        except NotAllowed:
            raise
        except Refused as error:
            refused = told(error.message, error.params)
    kept = found.proposals[found.choice] if found.choice is not None else None
    context = {
        "table": found,
        "name": _name(found),
        "own": found.asked_by == viewer.label,
        "form": form,
        "refused": refused,
        "files": [("xlsx", _("Spreadsheet (xlsx)")), ("csv", "CSV")],
        "filters": [
            (_(DIMENSION_WORDS[name]), ", ".join(queries.filter_words(name, words, language)))
            for name, words in found.where.items()
            if name != "country"
        ],
        "late": found.state == "asked" and timezone.now() - found.created_at > queries.QUIET,
        "offers": [_offer(place, each, language) for place, each in enumerate(found.proposals)] if kept is None else [],
        "coarser_only": kept is None and bool(found.proposals) and bool(found.proposals[0]["coarser"]),
        "kept": _kept(kept, language) if kept else None,
        "as_of": _as_of(found.proposals),
        "fingerprint": found.snapshot.fingerprint if found.snapshot else "",
        "crumbs": _crumbs(viewer, (_name(found), "")),
    }
    return render(request, "indicators/table.html", context, status=422 if refused else 200)


def _as_of(proposals) -> str:
    """The day of what is on offer, as people write it; empty for tables of people."""
    day = proposals[0]["snapshot"].get("as_of", "") if proposals else ""
    return date_format(dt.date.fromisoformat(day), "j. n. Y") if day else ""


def _offer(place, document, language):
    """What is said of a table before it is chosen: its shape, and how much of it is hidden. No number of it."""
    hidden, cells = queries.hidden_in(document)
    return {
        "place": place, "title": _offered(document), "hidden": hidden, "cells": cells, "lost": document["lost"],
        "left_out": _left_out(document, language),
    }  # fmt: skip


def _left_out(document, language) -> str:
    """The words about violence that a table does not tell of, as people read them."""
    return ", ".join(
        word
        for name, words in document.get("left_out", {}).items()
        for word in queries.filter_words(name, words, language)
    )


def _kept(document, language):
    columns, rows = queries.grid_of(document, language)
    hidden, cells = queries.hidden_in(document)
    people = [each | {"name": queries.place_name(each["country"], language)} for each in document.get("population", [])]
    return {
        "title": _offered(document), "columns": columns, "rows": rows, "hidden": hidden, "cells": cells,
        "people": people, "left_out": _left_out(document, language), "running": FIRST in document.get("terms", ()),
    }  # fmt: skip


def _offered(document) -> str:
    """What an offered table is called: by what it is broken down, so that no two are called the same."""
    by = queries.breakdown_words(",".join(document["breakdown"])) or _("One number")
    if "age_band" in document["coarser"]:
        by = _("%(columns)s, in wider age bands") % {"columns": by}
    return by if document["coarser"] else _("As asked for: %(columns)s") % {"columns": by}


@staff
@never_cache
@require_POST
def table_file(request, table_id, kind):
    """A kept table as a file; the trail tells that it left."""
    data = actions.take_table(by=request.viewer, table_id=table_id, kind=kind, language=get_language())
    answer = HttpResponse(data, content_type=KINDS[kind])
    found = queries.built_table(request.viewer, table_id)
    answer["Content-Disposition"] = f'attachment; filename="{found.indicator}-{found.period}.{kind}"'
    return answer
