"""The way for a need and a place as a drawing: whom to call in danger, whom to ask, when to go on, what is left."""

from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from duga.casework.rules.referrals import ANSWER_WITHIN, PRIORITY_LABELS, REFERRAL_CLOCK, Priority
from duga.casework.views.referral_words import answers_within, duration
from duga.places import queries as places
from duga.ui.charts.flow import Step, flow

NEAR, FAR = 4, 3  #: services drawn; the list beside the drawing has them all
CONDITIONS = 140  #: letters of them in a box


def way_drawn(pathways, *, need: str, area, priority: str) -> str:
    """SVG of the pathways (queries.pathways.Pathways) a worker follows from here, for how soon it has to be."""
    hours = ANSWER_WITHIN[Priority(priority)].total_seconds() / 3600
    label = places.label("needs", need, get_language() or "en")
    start = ", ".join(filter(None, (label, area.name if area else "")))
    steps = [Step(start, (_(PRIORITY_LABELS[Priority(priority)]),), kind="start")]
    steps += _danger(pathways.lines)
    near, far = ([way for way in ways if way.takes_referrals is not False] for ways in (pathways.near, pathways.far))
    ways = [*near[:NEAR], *far[:FAR]]
    then = _("No, or no answer within %(time)s") % {"time": duration(hours)}
    if priority == Priority.EMERGENCY:
        then = _("No, or nobody answers the phone: at once")
    for number, way in enumerate(ways, start=1):
        steps.append(Step(way.card.name.text, tuple(_told(way)), then, number=number))
    steps.append(Step(_("Nobody took it"), tuple(_fallback(hours)), kind="end"))
    title = _("The way to follow: %(what)s") % {"what": start}
    return flow(steps, title=title, description=_("The lists below tell the same in words."), rtl=get_language_bidi())


def _danger(lines):
    """The question that comes first, and whom to call then."""
    if not lines:
        return []
    numbers = [f"{card.name.text}: {', '.join(map(_number, card.calls))}" for card in lines[:3] if card.calls]
    call = Step(_("Call now"), tuple(numbers), _("No: go on"), "aside")
    return [Step(_("Is somebody in danger now?"), then=_("Yes"), kind="ask"), call]


def _told(way):
    """What one has to know before asking: who, whether they are open, how they are asked, on what conditions."""
    card = way.card
    yield " · ".join(filter(None, (card.provider.text, card.place)))
    if card.open.text:
        yield card.open.text
    asked = _("Send it here: they answer here") if way.here else _("By link or paper: tell them by phone")
    yield " · ".join([asked, *map(_number, card.calls[:1])])
    if fast := answers_within(way.measured):
        yield fast
    if way.conditions:
        whole = " ".join(way.conditions.split())
        yield whole if len(whole) <= CONDITIONS else whole[:CONDITIONS].rsplit(" ", 1)[0] + " …"


def _number(call):
    """A phone number that no end of a line tears apart."""
    return call.number.replace(" ", "\u00a0")


def _fallback(hours):
    """What is left where nobody took it."""
    first, whole = (duration(hours * step.share) for step in REFERRAL_CLOCK[:2])
    yield _("Who was asked is reminded after %(half)s; after %(whole)s you and they are told that it is late.") % {
        "half": first, "whole": whole
    }  # fmt: skip
    yield _("Ask your supervisor. Look further off, or without a place.")
    yield _("Keep the need open in her record: what nobody gives is counted as missing.")
