"""How a finder's page says things: texts in the reader's language, ages, hours and openness in words."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from duga.directory.models import Translation
from duga.directory.queries.bundles import Bundle, parts
from duga.directory.queries.seen import WHEN
from duga.directory.rules import Age, FactKind, Status, age_of
from duga.directory.rules.asked import understood
from duga.directory.rules.hours import Closed, Hours, Openness, openness, read, spans, zone
from duga.directory.rules.texts import NEAR, Text, Told, Version, choose
from duga.places.queries import codes
from duga.plain.errors import gettext_noop
from duga.plain.text import to_latin

WEEKDAYS = (
    gettext_noop("Monday"), gettext_noop("Tuesday"), gettext_noop("Wednesday"), gettext_noop("Thursday"),
    gettext_noop("Friday"), gettext_noop("Saturday"), gettext_noop("Sunday"),
)  # fmt: skip
DAY = 24 * 60
READ_CYRILLIC = frozenset({"sr", "mk"})
#: Languages that write the names of languages with a small letter, and those with the Arabic comma.
NAMES_SMALL = frozenset({"sr", "sr-latn", "bs", "hr", "mk", "sq", "fr"})
OTHER_COMMA = frozenset({"ar", "fa", "prs", "ps", "ur", "ckb"})
AHEAD = 93  #: days looked ahead for what is not the same each week


# --- Texts ------------------------------------------------------------------------------------------


class Speaker:
    """The texts of some rows for one reader, read in one query; it remembers how honest the page must be."""

    def __init__(self, ids: Iterable, language: str):
        self.language, self.told = language, set()
        self._known: dict = defaultdict(dict)
        wanted = [language, *NEAR.get(language, ())]
        for part in parts(ids):
            for row in Translation.objects.filter(record_id__in=part, language__in=wanted):
                version = Version(row.text, row.of, row.machine)
                self._known[row.record_id, row.field][row.language] = version

    def __call__(self, row, field: str, written_in: str, *, proper: bool = False) -> Text:
        """What the reader gets of a field; `written_in` is the language of the original. `proper`: a proper name, which
        nobody misses in another language.
        """
        found = choose(getattr(row, field), written_in or "en", self._known.get((row.pk, field), {}), self.language)
        if found.text and not proper:
            self.told.add((found.told, found.language))
        if found.language == "sr" and found.told is Told.NOT_YET and self.language not in READ_CYRILLIC:
            return Text(to_latin(found.text), "sr-latn", Told.NOT_YET)  # letters that more people can read aloud
        return found

    def honesty(self) -> list[str]:
        """Sentences about texts that are not, or not well, translated."""
        return honesty(self.told)


def honesty(told: set) -> list[str]:
    """Sentences about texts that are not, or not well, translated; `told` {(Told, language)}."""
    names = sorted({language_name(language) for how, language in told if how is Told.NOT_YET})
    said = []
    if names:
        said.append(_("Not translated yet. The text is in: %(languages)s.") % {"languages": joined(names)})
    ways = {how for how, _language in told}
    if Told.MACHINE in ways:
        said.append(_("Translated by a machine. Nobody has checked it."))
    if Told.OLDER in ways:
        said.append(_("The original has changed since it was translated."))
    return said


def untranslated(written_in: str, language: str) -> list[str]:
    """What a reader of `language` is told of a text that there is in one language only."""
    if not written_in or written_in == language or written_in in understood(language):
        return []
    return honesty({(Told.NOT_YET, written_in)})


def letters(text: str, country: str, language: str) -> str:
    """An address in letters the reader knows: Cyrillic ones as Latin, where the language is written in both."""
    both = country in ("RS", "ME", "BA", "XK") and language not in READ_CYRILLIC
    return to_latin(text) if both and text else text


def language_name(code: str) -> str:
    """A language as its speakers write it, Serbian in the letters of the page; the code for one we do not know."""
    code = {"sr-latn": "sr"}.get(code, code)
    own = next((each.fields["own"] for each in codes("languages") if each.code == code), code)
    return to_latin(own) if code == "sr" and get_language() not in READ_CYRILLIC else own


def in_a_sentence(name: str, language: str) -> str:
    """The name of the page's own language as it is written within a sentence: most languages of the region write it
    small.
    """
    return name.lower() if language in NAMES_SMALL else name


def joined(words: Iterable[str]) -> str:
    """Words one after the other, with the comma of the page's letters."""
    return comma().join(words)


def comma() -> str:
    """What stands between words of a list, in the page's letters."""
    return "، " if get_language() in OTHER_COMMA else ", "


# --- Ages -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fresh:
    """How old a fact is: `age` (rules.Age) and the sentence; `stale`: the reader had better ask first."""

    age: Age
    text: str

    @property
    def stale(self) -> bool:
        return self.age in (Age.STALE, Age.UNKNOWN, Age.HIDDEN)

    @property
    def hidden(self) -> bool:
        return self.age is Age.HIDDEN


def ago(days: int) -> str:
    """A time since then, in the largest unit that says enough."""
    if days < 1:
        return _("today")
    if days < 14:
        return ngettext("%(number)s day ago", "%(number)s days ago", days) % {"number": days}
    if days < 60:
        return ngettext("%(number)s week ago", "%(number)s weeks ago", days // 7) % {"number": days // 7}
    if days < 730:
        return ngettext("%(number)s month ago", "%(number)s months ago", days // 30) % {"number": days // 30}
    return ngettext("%(number)s year ago", "%(number)s years ago", days // 365) % {"number": days // 365}


def fresh(kind: FactKind, on: dt.date | None, today: dt.date, *, since: dt.date, emergency: bool = False) -> Fresh:
    """The age of one fact, in words."""
    age = age_of(kind, on, today, since=since, emergency=emergency)
    if on is None:
        return Fresh(age, _("Nobody has checked this yet: ask before you go."))
    told = {"when": ago((today - on).days)}
    if age is Age.HIDDEN:
        return Fresh(age, _("Not shown, because it is too old. Last checked: %(when)s.") % told)
    if age is Age.STALE:
        return Fresh(age, _("Last checked: %(when)s. Ask before you go.") % told)
    return Fresh(age, _("Checked: %(when)s") % told)


def ages(told: Bundle, today: dt.date) -> dict[str, Fresh]:
    """{kind: its age} of every fact of a service that is kept."""
    since = timezone.localdate(told.service.created_at)
    return {
        fact.kind: fresh(
            FactKind(fact.kind), timezone.localdate(fact.verified_at) if fact.verified_at else None, today,
            since=since, emergency=told.service.emergency,
        )
        for fact in told.facts
    }  # fmt: skip


# --- Hours ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Open:
    """Whether it is open: "open", "closed" or "unknown", and the sentence."""

    state: str
    text: str


@dataclass(frozen=True)
class Line:
    """Hours on some days: all words, ready to show."""

    days: str
    times: str
    note: str | Text = ""


def clock(minute: int) -> str:
    """ "9:00" of minutes since midnight."""
    return f"{minute % DAY // 60}:{minute % 60:02d}" if minute % DAY or minute == 0 else "24:00"


def day_words(day: dt.date) -> str:
    """A date as people of the region write it."""
    return f"{day.day}. {day.month}. {day.year}."


def closures_of(told: Bundle) -> list[Closed]:
    """The days on which the whole service is closed."""
    return [Closed(row.first_day, row.last_day) for row in told.closures if row.location_id is None]


def openness_of(told: Bundle, now: dt.datetime) -> Openness:
    """Whether a service is open now, from rows that were read."""
    hours = [found for row in told.hours() if (found := read({name: getattr(row, name) for name in WHEN}))]
    return openness(hours, closures_of(told), now, at=zone(told.service.country))


def open_words(told: Bundle, now: dt.datetime, hours: Fresh | None) -> Open:
    """Whether it is open now, in words; hours too old to show say nothing."""
    if told.service.status == Status.CLOSED:
        return Open("closed", _("Closed for a time"))
    if hours is not None and hours.hidden:
        return Open("unknown", _("Hours not known"))
    found = openness_of(told, now)
    at = zone(told.service.country)
    if found.open is None:
        return Open("unknown", _("Hours not known"))
    if found.open:
        if found.until - now > dt.timedelta(hours=23):
            return Open("open", _("Open day and night"))
        until = found.until.astimezone(at)
        return Open("open", _("Open now, until %(time)s") % {"time": clock(until.hour * 60 + until.minute)})
    if found.next is None:
        return Open("closed", _("Closed now"))
    begins = found.next.astimezone(at)
    days = (begins.date() - now.astimezone(at).date()).days
    day = _("today") if days == 0 else _("tomorrow") if days == 1 else _(WEEKDAYS[begins.weekday()])
    if days > 6:
        day = day_words(begins.date()).rstrip(".")  # a comma follows
    when = {"day": day, "time": clock(begins.hour * 60 + begins.minute)}
    return Open("closed", _("Closed now. Next: %(day)s, %(time)s") % when)


def hours_lines(told: Bundle, today: dt.date, say: Speaker) -> list[tuple[str, list[Line]]]:
    """[(place and language as its speakers write it, or "" for all, its lines)]: what holds for some stands apart."""
    groups: dict[tuple[str, str], dict] = defaultdict(dict)
    only = {row.pk: at for at, rows in told.hours_at().items() for row in rows}
    for row in told.hours():
        lines = groups[_place_name(told, only.get(row.pk), say.language), row.language]
        hours = read({name: getattr(row, name) for name in WHEN})
        note = say(row, "description", told.service.language)
        if hours is None:
            if note.text:
                lines[row.pk] = [Line("", "", note)]
            continue
        if hours.last and hours.last < today:
            continue
        times = _times(hours)
        if _weekly(hours):
            days = {weekday for _n, weekday in hours.days} or set(range(7))
            season = _season(hours)
            lines.setdefault(("week", times, season, note.text), [set(), times, season, note])[0] |= days
        else:
            lines[row.pk] = [Line(_next_days(hours, told, today), times, note)]
    return [
        (_heading(place, language), [line for found in lines.values() for line in _lines(found)])
        for (place, language), lines in sorted(groups.items())
        if lines
    ]


def _heading(place, language):
    return " · ".join(filter(None, (place, language_name(language) if language else "")))


def _place_name(told: Bundle, location_id, language) -> str:
    """One of its places by name, else by address; "" for none."""
    location = next((each for each in told.locations if each.pk == location_id), None)
    if location is None:
        return ""
    address = next(iter(told.addresses.get(location_id, ())), None)
    name = location.name or ", ".join(filter(None, (address.address_1, address.city) if address else ()))
    return letters(name, location.country or told.service.country, language)


def _lines(found):
    if isinstance(found[0], Line):
        return found
    days, times, season, note = found
    return [Line(" ".join(filter(None, (_days(days), season))), times, note)]


def _weekly(hours: Hours) -> bool:
    once = hours.first is not None and hours.first == hours.last
    return not (hours.monthly or hours.month_days or hours.interval > 1 or once or any(n for n, _day in hours.days))


def _times(hours: Hours) -> str:
    if hours.opens is None:
        return ""
    if hours.closes is None:
        return _("from %(time)s") % {"time": clock(hours.opens)}
    if hours.closes - hours.opens == DAY:
        return _("day and night")
    return f"{clock(hours.opens)} – {clock(hours.closes)}"


def _days(days: set[int]) -> str:
    """Days of the week, runs of three or more as "Monday – Friday"."""
    if len(days) == 7:
        return _("every day")
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    said = []
    for run in runs:
        names = [_(WEEKDAYS[day]) for day in run]
        said += [f"{names[0]} – {names[-1]}"] if len(run) > 2 else names
    return joined(said)


def _season(hours: Hours) -> str:
    ends = [day_words(day) if day else "…" for day in (hours.first, hours.last)]
    return f"({ends[0]} – {ends[1]})" if hours.last else ""


def _next_days(hours: Hours, told: Bundle, today: dt.date) -> str:
    """The next days of what is not the same each week."""
    found = spans([hours], closures_of(told), first=today, days=AHEAD, at=zone(told.service.country))
    days = list(dict.fromkeys(begin.date() for begin, _end in found))[:4]
    return joined(day_words(day) for day in days) or _("not in the next three months")
