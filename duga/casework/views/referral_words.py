"""Referrals in words: what is told in one language or two, where each stands, how pathways went."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from duga.casework.queries import referrals as found
from duga.casework.rules.referrals import (
    ANSWER_WITHIN,
    KIND_LABELS,
    PRIORITY_LABELS,
    REFERRAL_STATE_LABELS,
    STEP_LABELS,
    Priority,
    ReferralState,
    SentTo,
)
from duga.directory.rules.kinds import PROVIDER_KIND_LABELS
from duga.places import queries as places
from duga.plain.text import to_latin
from duga.ui.html import Column
from duga.ui.numbers import format_number

CYRILLIC = ("sr", "mk")  #: who reads these reads names in either script
BADGES = {
    ReferralState.ACCEPTED: "good", ReferralState.DONE: "good", ReferralState.REJECTED: "bad",
    ReferralState.REVOKED: "", ReferralState.DRAFT: "", ReferralState.IN_PROGRESS: "accent",
}  # fmt: skip


def _label(list_name, code):
    return places.label(list_name, code, get_language() or "en") if code else ""


def to_words(row, content=None) -> str:
    """Who is asked; of an institution outside only where what is told was opened."""
    if row.sent_to == SentTo.COLLEAGUE:
        return row.to_account.name
    if row.to_service:
        return f"{row.to_service.name} ({row.to_service.provider.name})"
    if row.to_organisation:
        return row.to_organisation.name
    return (content or {}).get("outside", {}).get("name") or _("an institution without an account")


@dataclass(frozen=True)
class BoardRow:
    """A referral on the board: no name, no need of a sealed programme to somebody who may not see it."""

    row: object
    kind: str
    state: str
    badge: str
    other: str
    overdue: bool
    due: str


def board_rows(rows, side, now: dt.datetime) -> list[BoardRow]:
    """Referrals as a board lists them; `other` is the other side."""
    return [
        BoardRow(
            row=row, kind=_(KIND_LABELS[row.kind]), state=state_words(row), badge=BADGES[row.state],
            other=to_words(row) if side is found.Side.SENDER else row.organisation.name,
            overdue=found.overdue(row, now), due=due_words(row, now),
        )
        for row in rows
    ]  # fmt: skip


def state_words(row) -> str:
    """Where it stands: what came of it, where it is done."""
    if row.state == ReferralState.DONE:
        return _("done: the service was given") if row.successful else _("done: the service was not given")
    if row.state == ReferralState.ACCEPTED and row.began_at:
        return _("accepted, the service has begun")
    return _(REFERRAL_STATE_LABELS[row.state])


def due_words(row, now: dt.datetime) -> str:
    """How long is left, or how late it is; empty where nothing is awaited."""
    if row.state == ReferralState.IN_PROGRESS:
        due = row.due_at
    elif row.state == ReferralState.ACCEPTED and row.began_at is None:
        due = row.answered_at + ANSWER_WITHIN[Priority(row.priority)]
    else:
        return ""
    hours = round((due - now).total_seconds() / 3600)
    told = duration(abs(hours))
    return _("%(time)s left") % {"time": told} if hours >= 0 else _("%(time)s late") % {"time": told}


def duration(hours: float) -> str:
    """Hours in words: hours under two days, days above."""
    if hours < 48:
        number = round(hours)
        return ngettext("%(number)s hour", "%(number)s hours", number) % {"number": number}
    number = round(hours / 24)
    return ngettext("%(number)s day", "%(number)s days", number) % {"number": number}


# --- What is told -----------------------------------------------------------------------------------


def told(row, content: dict, *, write=str) -> list[tuple[str, str]]:
    """[(label, value)] of all that a referral tells, in the language in force; empty ones are left out. `write`: how
    names are written, as they stand without it."""
    identity = {name: write(value) for name, value in content.get("identity", {}).items()}
    name = " ".join(part for part in (identity.get("given"), identity.get("family")) if part)
    born = identity.get("birth_date") or str(content.get("birth_year") or "")
    lines = [
        (_("Person"), name or content.get("who", "")),
        (_("Born"), born), (_("Sex"), _label("sexes", content.get("sex"))),
        (_("Municipality"), write(content.get("area") or "")), (_("Phone"), identity.get("phone")),
        (_("Address"), identity.get("address")), (_("Document"), identity.get("document")),
        (_("Reached safely"), content.get("contact")), (_("Need"), _label("needs", row.need)),
        (_("Services asked for"), ", ".join(_label("service_types", each.service_type) for each in row.services.all())),
        (_("Why"), content.get("reason")), (_("What is told"), content.get("text")),
        *[(label, "\n".join(content.get("plan", {}).get(name, ()))) for name, label in
          (("goals", _("What was aimed at")), ("steps", _("Steps that are open")))],
        (_("It tells of"), ", ".join(_label("data_categories", each) for each in content.get("categories", ()))),
        *_child(row, content), (_("Call"), content.get("sender")),
    ]  # fmt: skip
    return [(label, value) for label, value in lines if value]


def _child(row, content):
    if not row.child_protection:
        return []
    return [
        (_("Protection of a child"), _("yes")), (_("Cares for the child"), content.get("caregiver")),
        (_("Separated or unaccompanied"), _("yes") if content.get("alone") else _("no")),
        (_("The caregiver knows"), _("yes") if content.get("informed") else _("no")),
    ]  # fmt: skip


@dataclass(frozen=True)
class Words:
    """One referral in the reader's language."""

    kind: str
    priority: str
    state: str
    badge: str
    to: str
    told: list
    missing: list
    outcome: str
    basis: str
    services: list
    contact: str


def referral_words(opened) -> Words:
    """A referral as its page tells it."""
    row, content = opened.row, opened.content
    reason = row.rejection and _label("referral_rejections", row.rejection)
    return Words(
        kind=_(KIND_LABELS[row.kind]), priority=_(PRIORITY_LABELS[row.priority]), state=state_words(row),
        badge=BADGES[row.state], to=to_words(row, content), told=told(row, content) if content else [],
        missing=[(step, _(STEP_LABELS[step])) for step in row.missing],
        outcome=reason or _label("referral_failures", row.outcome), basis=_label("lawful_bases", row.basis),
        services=[(each.service_type, _label("service_types", each.service_type)) for each in row.services.all()],
        contact=content.get("outside", {}).get("contact", ""),
    )  # fmt: skip


@dataclass(frozen=True)
class PaperCopy:
    """One of the three copies: whose it is, its heading and lines in both languages."""

    whose: tuple[str, str]
    heading: tuple[str, str]
    facts: list
    lines: list
    signs: list


def copies_on_paper(opened, language: str) -> list[PaperCopy]:
    """The three copies; each line as (label and value in the sender's language, the same in the receiver's)."""
    both = [_half(opened, each) for each in (language, opened.row.language)]
    ours, theirs = both
    return [
        PaperCopy((ours[0][place], theirs[0][place]), (ours[1], theirs[1]), _pairs(ours[2], theirs[2]),
                  _pairs(ours[3], theirs[3]), list(zip(ours[4], theirs[4], strict=True)))
        for place in range(3)
    ]  # fmt: skip


def _pairs(ours, theirs):
    return [(label, other, value, value2) for (label, value), (other, value2) in zip(ours, theirs, strict=True)]


def _half(opened, language):
    """(names of the copies, heading, who and when, what is told, what is signed) in one language."""
    row = opened.row
    write = str if language in CYRILLIC else to_latin
    basis = row.basis or ("consent" if row.agreed else "")
    with override(language):
        names = (_("Copy of who sends"), _("Copy of the person"), _("Copy of who receives"))
        facts = [
            (_("From"), write(row.organisation.name)), (_("To"), write(to_words(row, opened.content))),
            (_("Answer within"), _(PRIORITY_LABELS[row.priority])),
            (_("Number"), row.code), (_("Basis"), _label("lawful_bases", basis)),
        ]  # fmt: skip
        signs = (_("Signature of the person"), _("Signature of who sends"), _("Date"))
        return names, _(KIND_LABELS[row.kind]), facts, told(row, opened.content, write=write), signs


# --- How it went ------------------------------------------------------------------------------------


def answers_within(measured) -> str:
    """How fast who was asked answered; empty where too few were asked to tell."""
    if measured is None or not measured.enough or measured.hours_to_answer is None:
        return ""
    return _("answers within %(time)s (half of the times)") % {"time": duration(measured.hours_to_answer)}


def ways_shown(found_ways) -> dict:
    """Pathways as the page draws them: {"lines", "near", "far"}, each way with how fast it was."""
    told = {
        name: [(way, answers_within(way.measured)) for way in getattr(found_ways, name)] for name in ("near", "far")
    }
    return {"lines": found_ways.lines, **told}


def _share(value):
    return _("unknown") if value is None else f"{format_number(round(value * 100), get_language() or 'en')} %"


def _way(pathway) -> str:
    to = {"member": _("member organisation"), "institution": _("institution without an account")}
    kind = to.get(pathway.to) or _(PROVIDER_KIND_LABELS.get(pathway.to, pathway.to))
    return " → ".join(
        part for part in (_label("needs", pathway.need) or _("no need said"), pathway.region, kind) if part
    )


def figures_table(measured) -> dict:
    """The table of pathways: shown where enough went; how many ways fewer took is told beside it."""
    shown = [each for each in measured if each.enough]
    rows = [
        [
            _way(each.pathway[0]), each.n, each.answered,
            duration(each.hours_to_answer) if each.hours_to_answer is not None else _("unknown"),
            duration(each.hours_to_service) if each.hours_to_service is not None else _("unknown"),
            _share(each.in_time), _share(each.accurate), _share(each.effective),
        ]
        for each in shown
    ]  # fmt: skip
    columns = [
        Column(_("Pathway")), Column(_("Sent"), numeric=True), Column(_("Answered"), numeric=True),
        Column(_("Time to answer"), numeric=True), Column(_("Time to service"), numeric=True),
        Column(_("In time"), numeric=True), Column(_("Rightly sent"), numeric=True),
        Column(_("Confirmed by the provider"), numeric=True),
    ]  # fmt: skip
    return {"columns": columns, "rows": rows, "few": len(measured) - len(shown)}
