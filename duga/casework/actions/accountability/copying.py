"""A person's own data as a copy she can read: as JSON for machines and as PDF for her, in her language.

Every part of casework adds what it holds about her by one function in `SECTIONS`. Notes of workers about others, staff
names and what a conflicted guardian could use against her are not her data and stay out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from duga.casework.actions._help import IDENTITY, NOTE, SPECIAL, _note_key, _tell, _today
from duga.casework.actions.people import _door, _trusted
from duga.casework.models import (
    Assistance,
    Case,
    ConsentRecord,
    Disclosure,
    Household,
    LawfulBasis,
    Referral,
    Request,
)
from duga.casework.rules import CASE_LABELS, IDENTITY_FIELDS, REQUEST_LABELS, SPECIAL_FIELDS, STATE_LABELS, State
from duga.members.rules import Permission
from duga.places.queries import label
from duga.plain.papers import Facts, Heading, Paper, Rows, Text, pdf
from duga.vault import sealing

_FIELD = {
    "given": gettext_noop("Given name"), "family": gettext_noop("Family name"), "father": gettext_noop("Father's name"),
    "phone": gettext_noop("Phone"), "document": gettext_noop("Document number"), "birth_date": gettext_noop("Born"),
    "address": gettext_noop("Address"), "note": gettext_noop("Note"), "health": gettext_noop("Health"),
    "ethnicity": gettext_noop("Ethnicity"), "disability": gettext_noop("Disability"),
    "legal_status": gettext_noop("Legal status"), "violence": gettext_noop("Violence"),
}  # fmt: skip


@dataclass(frozen=True)
class Section:
    """One part of the copy: its heading, the columns' names and rows of texts, all in the reader's language."""

    title: str
    columns: tuple[str, ...]
    rows: list[list[str]]


@transaction.atomic
def copy_of_person(*, by, person_id, language: str, form: str = "pdf") -> dict | bytes:
    """All that is held about a person, in a language: a dict ready for JSON (`form="json"`) or a PDF.

    For those who may open her sensitive facts; leaves a trail entry.
    """
    person = _door(by, person_id)
    _trusted(by, person, Permission.CORRECT_RECORDS)
    with translation.override(language):
        sections = [section for make in SECTIONS for section in make(person, language) if section.rows]
        _tell(by, "person.copied", person, form=form)
        if form == "json":
            return {
                "organisation": person.organisation.name, "code": person.code, "made_on": _today().isoformat(),
                "language": language, "sections": [_plain(section) for section in sections],
            }  # fmt: skip
        return pdf(_paper(person, language, sections))


def _plain(section) -> dict:
    rows = [dict(zip(section.columns, row, strict=True)) for row in section.rows]
    return {"title": section.title, "rows": rows}


def _paper(person, language, sections) -> Paper:
    intro = _(
        "This is what %(organisation)s holds about you. You may ask that mistakes are corrected, that data is erased "
        "or no longer used, and complain to the data-protection authority of your country."
    ) % {"organisation": person.organisation.name}
    blocks: list = [Text(intro)]
    for section in sections:
        pairs = len(section.columns) == 2
        rows = [(row[0], row[1]) for row in section.rows] if pairs else section.rows
        blocks += [Heading(section.title), Facts(rows) if pairs else Rows(list(section.columns), rows)]
    foot = f"{person.code} · {_day(_today())}"
    return Paper(_("Your data"), language, blocks, above=person.organisation.name, foot=foot)


def _day(value) -> str:
    if value is None:
        return ""
    value = timezone.localtime(value).date() if hasattr(value, "hour") else value
    return f"{value.day}. {value.month}. {value.year}."


def _who(person, language) -> Iterator[Section]:
    identity = sealing.unseal(owner=person.pk, field=IDENTITY, data=person.identity)
    special = sealing.unseal(owner=person.pk, field=SPECIAL, data=person.special) if person.special else {}
    rows = [[_("Case code"), person.code], [_("Sex"), label("sexes", person.sex, language)]]
    rows += [[_("Municipality or town"), person.area.name]] if person.area_id else []
    rows += [[_(_FIELD[name]), identity[name]] for name in IDENTITY_FIELDS if identity.get(name)]
    if person.birth_year and not identity.get("birth_date"):
        rows.append([_("Born"), str(person.birth_year)])
    yield Section(_("Who you are"), (_("What"), _("Said")), rows)
    sensitive = [[_(_FIELD[name]), special[name]] for name in SPECIAL_FIELDS if special.get(name)]
    yield Section(_("Sensitive facts"), (_("What"), _("Said")), sensitive)
    sizes = Household.objects.filter(head=person)
    yield Section(
        _("Your household"), (_("Case code"), _("People in the household")),
        [[row.code, str(row.size)] for row in sizes],
    )  # fmt: skip


def _why(person, language) -> Iterator[Section]:
    bases = LawfulBasis.objects.filter(person=person).order_by("given_on")
    yield Section(
        _("Why your data may be used"), (_("Purpose"), _("Lawful basis"), _("Since"), _("Until")),
        [[label("purposes", row.purpose, language), label("lawful_bases", row.basis, language), _day(row.given_on),
          _day(row.ended_on)] for row in bases],
    )  # fmt: skip
    consents = ConsentRecord.objects.filter(person=person).order_by("given_at")
    yield Section(
        _("What you agreed to"), (_("Purpose"), _("On"), _("Answer"), _("Taken back")),
        [[label("purposes", row.purpose, language), _day(row.given_at),
          _("yes") if row.answer == "given" else _("no"), _day(row.withdrawn_at)] for row in consents],
    )  # fmt: skip


def _given(person, language) -> Iterator[Section]:
    rows = Assistance.objects.filter(person=person) | Assistance.objects.filter(household__head=person)
    yield Section(
        _("What was given"), (_("On"), _("What"), _("How many"), _("Note")),
        [[_day(row.date), label("service_types", row.service_type, language),
          f"{row.quantity.normalize():f} {label('units', row.unit, language)}"
          + ("" if row.state == State.RECORDED else f" ({_(STATE_LABELS[State(row.state)])})"),
          sealing.unseal(owner=row.pk, field=NOTE, data=row.note, key=_note_key(row)) if row.note else ""]
         for row in rows.select_related("household").order_by("date", "pk")],
    )  # fmt: skip


def _worked(person, language) -> Iterator[Section]:
    requests = Request.objects.filter(person=person).order_by("received_at")
    yield Section(
        _("What you asked for"), (_("On"), _("What"), _("State")),
        [[_day(row.received_at), label("needs", row.need, language) if row.need else row.code,
          _(REQUEST_LABELS[row.state])] for row in requests],
    )  # fmt: skip
    cases = Case.objects.filter(person=person).order_by("opened_on")
    yield Section(
        _("Your cases"), (_("Case code"), _("Since"), _("Until"), _("State")),
        [[row.code, _day(row.opened_on), _day(row.closed_on), _(CASE_LABELS[row.state])] for row in cases],
    )  # fmt: skip


def _told(person, language) -> Iterator[Section]:
    rows = [
        [_day(row.told_on), _receiver(row), label("lawful_bases", row.basis, language)]
        for row in Disclosure.objects.filter(person=person).select_related("receiver_organisation", "receiver_provider")
    ]
    rows += [
        [_day(row.sent_at), row.to_organisation.name if row.to_organisation_id else _("an institution"),
         label("lawful_bases", row.basis, language) if row.basis else ""]
        for row in Referral.objects.filter(person=person).exclude(sent_at=None).select_related("to_organisation")
    ]  # fmt: skip
    yield Section(_("To whom your data was told"), (_("On"), _("To whom"), _("Lawful basis")), rows)


def _receiver(row) -> str:
    for known in (row.receiver_organisation, row.receiver_provider):
        if known is not None:
            return known.name
    return _("somebody named in the record")


SECTIONS: tuple[Callable, ...] = (_who, _why, _given, _worked, _told)
