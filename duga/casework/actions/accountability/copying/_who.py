"""Who she is: her record, household, party, groups, needs, guardians."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from duga.casework.actions._help import IDENTITY, SPECIAL
from duga.casework.actions.accountability.copying._part import Copying, Part, Section, _day, _span
from duga.casework.actions.bases._help import _unseal
from duga.casework.models import (
    GroupMember,
    Guardianship,
    Household,
    HouseholdMember,
    Merge,
    Need,
    PartyMember,
    Person,
)
from duga.casework.rules import (
    GUARDIAN_LABELS,
    IDENTITY_FIELDS,
    LEFT_LABELS,
    MET_LABELS,
    SPECIAL_FIELDS,
    URGENCY_LABELS,
)
from duga.casework.rules.copying import Withheld
from duga.vault import sealing

_FIELD = {
    "given": gettext_noop("Given name"), "family": gettext_noop("Family name"), "father": gettext_noop("Father's name"),
    "phone": gettext_noop("Phone"), "document": gettext_noop("Document number"), "birth_date": gettext_noop("Born"),
    "address": gettext_noop("Address"), "note": gettext_noop("Note"), "health": gettext_noop("Health"),
    "ethnicity": gettext_noop("Ethnicity"), "disability": gettext_noop("Disability"),
    "legal_status": gettext_noop("Legal status"), "violence": gettext_noop("Violence"),
}  # fmt: skip


def _record(copying: Copying) -> Iterator[Section]:
    person = copying.person
    identity = sealing.unseal(owner=person.pk, field=IDENTITY, data=person.identity)
    special = sealing.unseal(owner=person.pk, field=SPECIAL, data=person.special) if person.special else {}
    rows = [[_("Case code"), person.code], [_("Sex"), copying.word("sexes", person.sex)]]
    rows += [[_("Municipality or town"), person.area.name]] if person.area_id else []
    rows += [[_(_FIELD[name]), _fact(copying, name, identity[name])] for name in IDENTITY_FIELDS if identity.get(name)]
    if person.birth_year and not identity.get("birth_date"):
        rows.append([_("Born"), str(person.birth_year)])
    rows.append([_("Known here since"), _day(person.created_at)])
    yield Section(_("Who you are"), (_("What"), _("Said")), rows)
    told = [name for name in SPECIAL_FIELDS if special.get(name)]
    told = [name for name in told if name != "violence"] + copying.if_alone(name for name in told if name == "violence")
    sensitive = [[_(_FIELD[name]), copying.words(person, name, special[name])] for name in told]
    yield Section(_("Sensitive facts"), (_("What"), _("Said")), sensitive)
    merges = Merge.objects.filter(Q(kept=person) | Q(gone=person)).order_by("pk")
    yield Section(
        _("Two records of you made one"), (_("Day"), _("Parted again")),
        [[_day(row.created_at), _day(row.undone_at)] for row in merges],
    )  # fmt: skip


def _fact(copying, name, value) -> str:
    if name == "note":
        return copying.words(copying.person, name, value)
    if name == "birth_date":
        year, month, day = str(value)[:10].split("-")
        return f"{int(day)}. {int(month)}. {year}."
    return value


def _together(copying: Copying) -> Iterator[Section]:
    """With whom: her own part only, never who else is there."""
    person = copying.person
    homes = [
        [row.code, str(row.size), _("Head of the household"), _span(row.created_at, None)]
        for row in Household.objects.filter(head=person).order_by("pk")
    ]
    homes += [
        [row.household.code, str(row.household.size), copying.word("household_roles", row.role),
         _span(row.since or row.created_at, row.until)]
        for row in HouseholdMember.objects.filter(person=person).select_related("household").order_by("pk")
    ]  # fmt: skip
    yield Section(
        _("Your household"), (_("Case code"), _("People in the household"), _("Your part"), _("From – until")), homes
    )
    yield Section(
        _("The people you travelled with"),
        (_("Code"), _("People"), _("Your part"), _("From – until"), _("Why you left")),
        [[row.party.code, str(row.party.size), copying.word("household_roles", row.role), _span(row.joined, row.left),
          _(LEFT_LABELS[row.why]) if row.why else ""]
         for row in PartyMember.objects.filter(person=person).select_related("party").order_by("joined", "pk")],
    )  # fmt: skip
    groups = GroupMember.objects.filter(person=person).select_related("group").order_by("pk")
    yield Section(
        _("Your groups"), (_("Group"), _("From – until")),
        [[row.group.name, _span(row.created_at, row.until)] for row in groups],
    )  # fmt: skip


def _needs(copying: Copying) -> Iterator[Section]:
    rows = Need.objects.filter(person=copying.person).order_by("since", "pk")
    yield Section(
        _("What you need"), (_("What"), _("How soon"), _("From – until"), _("How it was met")),
        [[copying.word("needs", row.code), _(URGENCY_LABELS[row.urgency]), _span(row.since, row.until),
          _(MET_LABELS[row.met]) if row.met else ""] for row in rows],
    )  # fmt: skip


def _guardians(copying: Copying) -> Iterator[Section]:
    """Kind, name and relation; a guardian's phone and papers are the guardian's. Of one who may be the danger nothing
    stands in a copy that others may read."""
    rows = list(Guardianship.objects.filter(person=copying.person).order_by("since", "pk"))
    told = [row for row in rows if not row.conflicted] + copying.if_alone(row for row in rows if row.conflicted)
    lines = []
    for row in told:
        details = _unseal(row, "details", {})
        if details.get("phone") or details.get("paper"):
            copying.keep_back(Withheld.OTHERS)
        lines.append([
            _(GUARDIAN_LABELS[row.kind]), details.get("name", ""), details.get("relation", ""),
            _span(row.since, row.until), copying.words(row, "conflict", _unseal(row, "conflict")),
        ])  # fmt: skip
    yield Section(
        _("Who looks after you"), (_("Who"), _("Name"), _("Relation"), _("From – until"), _("Warning")), lines
    )


PARTS = (
    Part((Person, Merge), _record),
    Part((Household, HouseholdMember, PartyMember, GroupMember), _together),
    Part((Need,), _needs),
    Part((Guardianship,), _guardians),
)
