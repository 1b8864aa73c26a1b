"""Calls, lines and what is owed, in the reader's words."""

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duga.casework.rules.helpline import BY, CALLER_LABELS, NOT_TOLD, Caller
from duga.casework.rules.risk import read_instrument
from duga.evidence.model import ALL
from duga.places.queries import label
from duga.places.rules.codes import pick
from duga.ui.fields import DAY_NAMES

LISTS = {
    "channel": "channels", "language": "languages", "sex": "sexes", "age_band": "age_bands",
    "call_service": "call_services",
}  # fmt: skip


def word(name: str, code: str) -> str:
    """A word of a call's column, or of a month's table, as people read it."""
    if code == ALL:
        return _("all")
    if name == "caller" and code in set(Caller):
        return _(CALLER_LABELS[Caller(code)])
    if code in ("", NOT_TOLD) and name not in ("sex", "age_band"):
        return _("not told")
    return label(LISTS[name], code or NOT_TOLD, get_language() or "en")


def month_word(column: str, text: str) -> str:
    """A word of a month's file: `column` is "unit", "by", "hidden" or one of the tables' own."""
    units = {"contact": _("calls"), "service": _("services")}
    by = {
        "caller": _("who called"), "channel": _("how"), "language": _("language"), "sex": _("sex"),
        "age_band": _("age"), "call_service": _("what was given"),
    }  # fmt: skip
    return {"unit": units, "by": by}[column][text] if column in ("unit", "by") else _hidden_or_word(column, text)


def _hidden_or_word(column, text):
    return _(text) if column == "hidden" else word(column, text)


def call_row(call) -> dict:
    """A call in a list: when, on which line, who called, what was given. Nothing that was told."""
    language = get_language() or "en"
    services = [
        label("call_services", code, language) + (f" × {often}" if often > 1 else "")
        for code, often in call.services.items()
    ]
    return {
        "call": call, "at": timezone.localtime(call.started_at), "line": call.line.name,
        "caller": word("caller", call.caller),
        "relation": label("caller_relations", call.relation, language) if call.relation else "",
        "services": ", ".join(services),
        "facts": [
            (_(title), word(name, getattr(call, name)))
            for name, title in zip(BY[1:], ("How", "Language", "Sex", "Age"), strict=True) if getattr(call, name)
        ],
    }  # fmt: skip


def line_words(told, now) -> dict:
    """A line with its numbers, and for each language whether it is open now and when otherwise."""
    hours = []
    for code, rows in told.hours.items():
        openness = told.open[code]
        if openness.open:
            state = _("open until %(time)s") % {"time": f"{openness.until.astimezone(told.zone):%H:%M}"}
            if (openness.until - now).total_seconds() > 23 * 3600:
                state = _("open day and night")
        else:
            state = _("closed now")
        when = "; ".join(_when(row) for row in rows)
        spoken = label("languages", code, get_language() or "en") if code else _("Every language")
        hours.append({"language": spoken, "state": state, "open": openness.open, "when": when})
    return {"line": told.line, "numbers": told.numbers, "hours": hours}


def _when(row):
    days = ", ".join(str(DAY_NAMES.get(day[-2:], day)) for day in (row.get("byday") or "").split(",") if day)
    hours = f"{row['opens_at']}–{row['closes_at']}"
    return f"{days or _('every day')} {_('day and night') if hours == '00:00–00:00' else hours}"


def instrument_rows(instruments) -> list[tuple]:
    """(the row, its name in the reader's language) of each set of questions about safety."""
    return [(row, pick(read_instrument(row.data).name, get_language() or "en")) for row in instruments]


def duty_rows(assessments, now) -> list[dict]:
    """What is still owed after each of these assessments, in words, with what is overdue."""
    language, rows = get_language() or "en", []
    for row in assessments:
        instrument = read_instrument(row.instrument.data)
        level = next(each for each in instrument.levels if each.code == row.level)
        duties = [
            {
                "code": each["code"], "text": pick(instrument.obligations[each["code"]].text, language),
                "due": timezone.localtime(parse_datetime(each["due"])), "done": each["done"],
                "late": not each["done"] and parse_datetime(each["due"]) < now,
            }
            for each in row.obligations
        ]  # fmt: skip
        at = row.call.started_at if row.call_id else row.created_at
        rows.append(
            {
                "row": row,
                "at": timezone.localtime(at),
                "level": pick(level.text, language),
                "score": row.score,
                "duties": duties,
            }
        )
    return rows


def obligations(instrument, scored, done, language) -> dict:
    """The level that answers so far come to, and what it obliges to do, for the screen of a call."""
    return {
        "level": pick(scored.level.text, language), "score": scored.total, "unanswered": scored.unanswered,
        "answered": len(instrument.questions) - scored.unanswered,
        "raised": scored.level.code != instrument.levels[0].code,
        "duties": [(each.code, pick(each.text, language), each.code in done) for each in scored.obligations],
        "note": pick(instrument.note, language) if instrument.note else "",
    }  # fmt: skip
