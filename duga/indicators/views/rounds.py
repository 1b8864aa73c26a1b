"""Counting rounds: the secretariat opens and ends them, organisations answer, everybody reads what came out."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duga.indicators import actions, queries
from duga.indicators.forms.rounds import AnswerForm, RoundForm
from duga.indicators.rules.rounds import (
    ANSWER_LABELS,
    ROLE_WORDS,
    ROUND_STATE_LABELS,
    Answer,
    RoundState,
)
from duga.members.queries import country_choices
from duga.places.rules import country_note
from duga.plain.errors import NotAllowed, NotFound, Refused, gettext_noop
from duga.plain.text import alphabetical
from duga.ui.fields import said
from duga.ui.html import HIDDEN, Cell, Column, Row
from duga.ui.numbers import format_number
from duga.ui.pages import staff

#: What a button of a round's page does, and what is said when it was done.
STEPS = {
    "link": (actions.start_linking, gettext_noop("Encoding is ended and the key destroyed. Linking begins.")),
    "cancel": (actions.cancel_round, gettext_noop("The round is cancelled: its key and all encodings are destroyed.")),
    "check": (actions.check_round, gettext_noop("Checked. It can be released now.")),
    "release": (actions.release_round, gettext_noop("Released: the result is public.")),
    "close": (actions.close_round, gettext_noop("The map is destroyed. Counts and fingerprint stay.")),
}
BADGES = {RoundState.OPEN: "accent", RoundState.ENCODED: "warn", RoundState.LINKED: "good"}
ANSWER_ORDER = (Answer.AGREED, Answer.DECLINED, Answer.ASKED)  # who answered stands first
ANSWER_BADGES = {Answer.AGREED: "good", Answer.DECLINED: "plain", Answer.ASKED: "warn"}


@staff
@require_safe
def rounds(request):
    """All rounds, newest first."""
    rows = [
        [
            Cell(_(each.purpose), url=reverse("round", args=[each.pk])),
            _years(each),
            Cell(_(ROUND_STATE_LABELS[each.state]), badge=BADGES.get(each.state, "plain")),
            Cell(_("released"), badge="good") if each.released_at else "",
        ]
        for each in queries.rounds(request.viewer)
    ]
    context = {
        "columns": [Column(_("What it is for")), Column(_("Years")), Column(_("Where it stands")), Column(_("Result"))],
        "rows": rows,
        "may_open": queries.may_open_rounds(request.viewer),
        "crumbs": [(_("Workspace"), "/workspace/"), (_("Counting rounds"), "")],
    }
    return render(request, "indicators/rounds.html", context)


@staff
@require_http_methods(["GET", "POST"])
def round_new(request):
    """Open a round."""
    queries.require_opening(request.viewer)
    here = queries.round_countries(request.viewer)
    form = RoundForm(
        request.POST or None, this_year=timezone.localdate().year,
        countries=[choice for choice in country_choices(get_language()) if choice[0] in here],
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        try:
            opened = actions.open_round(by=request.viewer, **form.cleaned_data)
        except NotAllowed:
            raise
        except Refused as error:
            form.add_error(None, said(error))
        else:
            messages.success(request, _("The round is open. Every organisation asked has a notice."))
            return redirect("round", round_id=opened.pk)
    crumbs = [(_("Counting rounds"), reverse("rounds")), (_("Open a round"), "")]
    return render(
        request, "indicators/round_new.html", {"form": form, "crumbs": crumbs}, status=422 if form.errors else 200
    )


@staff
@never_cache
@require_safe
def round_(request, round_id):
    """One round: who answered, how far linking is, what came out, and the next step."""
    found = queries.counting_round(request.viewer, round_id)
    parts = queries.parts_of(request.viewer, round_id)
    context = {
        "round": found,
        "purpose": _(found.purpose),
        "years": _years(found),
        "state": _(ROUND_STATE_LABELS[found.state]),
        "fields": [_(ROLE_WORDS[role]) for role in found.roles],
        "places": _places(found),
        "standing": queries.standing_of(found),
        "columns": [Column(_("Organisation")), Column(_("Country")), Column(_("Answer")), Column(_("Encoded"))],
        "rows": [_part_row(part) for part in sorted(parts, key=lambda part: ANSWER_ORDER.index(part.answer))],
        "may_open": queries.may_open_rounds(request.viewer),
        "may_check": queries.may_check_round(request.viewer, found),
        "has_map": queries.has_map(found),
        "late": queries.linking_is_late(found, timezone.now()),
        "progress": _(found.progress) if found.progress else "",
        "why": _(found.message) if found.message else "",
        "replaces": _replacing(queries.replaced_rounds(found)) if found.result else [],
        "tables": _tables(found),
        "crumbs": [(_("Counting rounds"), reverse("rounds")), (_(found.purpose), "")],
    }
    return render(request, "indicators/round.html", context)


@staff
@require_POST
def round_step(request, round_id, step):
    """The next step of a round: link, cancel, check, release, close."""
    if step not in STEPS:
        raise NotFound(queries.NO_ROUND)
    act, done = STEPS[step]
    try:
        act(by=request.viewer, round_id=round_id)
    except NotAllowed:
        raise
    except Refused as error:
        messages.error(request, said(error))
    else:
        messages.success(request, _(done))
    return redirect("round", round_id=round_id)


@staff
@require_http_methods(["GET", "POST"])
def organisation_rounds(request, slug):
    """The rounds an organisation was asked into; its standing agreement. For who decides what leaves it."""
    organisation = queries.deciding_organisation(request.viewer, slug)
    if request.method == "POST":
        if request.POST.get("do") == "agree":
            only = request.POST.get("only_stated") == "yes"
            actions.agree_to_rounds(by=request.viewer, slug=slug, only_stated=only)
            messages.success(request, _("Kept. Each round still tells you, and you may decline it."))
        else:
            actions.end_agreement_to_rounds(by=request.viewer, slug=slug)
            messages.success(request, _("Ended. Each round asks you first."))
        return redirect("organisation_rounds", slug=slug)
    found = queries.rounds_of_organisation(request.viewer, slug)
    context = {
        "organisation": organisation,
        "open": [_asked(part) for part in found if part.round.state == RoundState.OPEN],
        "earlier": [_asked(part) for part in found if part.round.state != RoundState.OPEN],
        "busy": any(_under_way(part) for part in found),
        "agreement": queries.standing_agreement(request.viewer, slug),
        "form": AnswerForm(auto_id="id_standing_%s"),
        "crumbs": [(organisation.name, ""), (_("Counting rounds"), "")],
    }
    return render(request, "indicators/organisation_rounds.html", context)


@staff
@require_POST
def round_answer(request, slug, round_id):
    """An organisation agrees or declines."""
    agree = request.POST.get("answer") == "agree"
    only = request.POST.get("only_stated") == "yes"
    try:
        actions.answer_round(by=request.viewer, slug=slug, round_id=round_id, agree=agree, only_stated=only)
    except NotAllowed:
        raise
    except Refused as error:
        messages.error(request, said(error))
    else:
        words = _("You take part. Your people are being encoded here.") if agree else _("You do not take part.")
        messages.success(request, words)
    return redirect("organisation_rounds", slug=slug)


@require_safe
def round_result(request, round_id):
    """What a released round found, how it was counted, and what became of what it was counted from."""
    found = queries.released_round(round_id)
    context = {
        "round": found,
        "purpose": _(found.purpose),
        "years": _years(found),
        "fields": [_(ROLE_WORDS[role]) for role in found.roles],
        "places": _places(found),
        "standing": queries.standing_of(found),
        "tables": _tables(found),
        "has_hidden": any(row["status"] == "hidden" for row in found.result),
        "notes": sorted({_(note) for row in found.result if (note := country_note(row["country"]))}),
        "newer": _replacing(queries.replaced_by(found)),
        "earlier": _replacing(queries.replaced_rounds(found)),
    }
    return render(request, "indicators/round_result.html", context)


# --- In words ---------------------------------------------------------------------------------------------


def _years(found) -> str:
    first, last = found.first_year, found.last_year
    return str(first) if first == last else f"{first}–{last}"


def _replacing(pairs) -> list[dict]:
    return [{"round": each, "purpose": _(each.purpose), "years": ", ".join(map(str, years))} for each, years in pairs]


def _places(found) -> list[str]:
    language = get_language()
    return [queries.place_name(code, language) for code in found.countries]


def _part_row(part) -> list:
    name = Cell(part.organisation.name)
    answer = Cell(_(ANSWER_LABELS[part.answer]), badge=ANSWER_BADGES[part.answer])
    encoded = ""
    if part.encoded_at:
        encoded = Cell(_("yes"), badge="good")
    elif part.message:
        encoded = Cell(_(part.message), badge="bad")
    elif part.answer == Answer.AGREED and part.round.state == RoundState.OPEN:
        encoded = _("under way, %(percent)s %%") % {"percent": part.done}
    return [name, queries.place_name(part.organisation.country, get_language()), answer, encoded]


def _under_way(part) -> bool:
    open_ = part.round.state == RoundState.OPEN and part.answer == Answer.AGREED
    return open_ and not part.encoded_at and not part.message


def _asked(part) -> dict:
    return {
        "part": part,
        "under_way": _under_way(part),
        "why": _(part.message) if part.message else "",
        "round": part.round,
        "purpose": _(part.round.purpose),
        "years": _years(part.round),
        "fields": [_(ROLE_WORDS[role]) for role in part.round.roles],
        "places": _places(part.round),
        "answer": _(ANSWER_LABELS[part.answer]),
        "state": _(ROUND_STATE_LABELS[part.round.state]),
        "form": AnswerForm(
            initial={"only_stated": "yes" if part.only_stated else "no"}, auto_id=f"id_{part.number}_%s"
        ),
    }


def _tables(found) -> list[tuple[int, list[Column], list[Row]]]:
    """A table of each year: countries, people with their interval, and what a plain sum would have claimed."""
    columns = [
        Column(_("Country")), Column(_("Different people"), numeric=True), Column(_("Between"), numeric=True),
        Column(_("A plain sum would have claimed"), numeric=True),
    ]  # fmt: skip
    language, tables = get_language(), []
    for year, cells in queries.result_of(found).items():
        rows = []
        names = {code: queries.place_name(code, language) for code in cells}
        for country in sorted(cells, key=lambda code: (code == "", alphabetical(names[code]))):
            each, name = cells[country], names[country]
            shown = (
                (_about(each), _between(each, language), Cell(each.claimed)) if each.shown else (HIDDEN, HIDDEN, HIDDEN)
            )
            rows.append(Row((name, *shown), total=not country))
        tables.append((year, columns, rows))
    return tables


def _between(each, language: str) -> str:
    low, high = (format_number(number, language) for number in (each.low, each.high))
    if each.low == each.high:
        return low
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _about(each) -> Cell | str:
    return Cell(each.people, qualifier="about") if each.people is not None else _("only a range")
