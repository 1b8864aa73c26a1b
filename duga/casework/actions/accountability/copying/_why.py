"""Why her data may be used, to whom it was told, what she asked about it, and who read it."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from duga.casework.actions.accountability.copying._part import Copying, Part, Section, _day, _span
from duga.casework.actions.bases._help import _unseal
from duga.casework.models import (
    Assistance,
    BestInterestsDecision,
    BreakGlass,
    Call,
    Case,
    ConsentRecord,
    CountingObjection,
    Disclosure,
    Guardianship,
    Keeping,
    LawfulBasis,
    LegalHold,
    RecurringVisit,
    Referral,
    Request,
    SubjectRequest,
)
from duga.casework.rules import HOW_LABELS
from duga.casework.rules.accountability import READS, REPLY_LABELS, RIGHT_LABELS
from duga.casework.rules.copying import OPENED_LABELS, Withheld
from duga.members.queries import events_about


def _bases(copying: Copying) -> Iterator[Section]:
    person = copying.person
    bases = LawfulBasis.objects.filter(person=person).order_by("given_on", "pk")
    yield Section(
        _("Why your data may be used"), (_("Purpose"), _("Lawful basis"), _("From – until")),
        [[copying.word("purposes", row.purpose), copying.word("lawful_bases", row.basis),
          _span(row.given_on, row.ended_on)] for row in bases],
    )  # fmt: skip
    yield Section(
        _("What you agreed to"),
        (_("Purpose"), _("To whom"), _("What is told"), _("Day"), _("Answer"), _("Runs out"), _("Taken back")),
        [_consent(copying, row) for row in ConsentRecord.objects.filter(person=person)
         .select_related("receiver_organisation", "receiver_provider").order_by("given_at", "pk")],
    )  # fmt: skip
    objections = CountingObjection.objects.filter(person=person).order_by("pk")
    yield Section(
        _("You do not take part in counting across organisations"), (_("From"), _("Until")),
        [[_day(row.created_at), _day(row.ended_at)] for row in objections],
    )  # fmt: skip


def _consent(copying, row) -> list[str]:
    if row.witness:
        copying.keep_back(Withheld.OTHERS)
    answer = _("yes") if row.answer == "given" else _("no")
    return [
        copying.word("purposes", row.purpose), _receiver(row) if row.receiver_kind else "",
        copying.many("data_categories", row.categories), _day(row.given_at),
        f"{answer}, {_(HOW_LABELS[row.how])}" if row.how else answer, _day(row.expires_on), _day(row.withdrawn_at),
    ]  # fmt: skip


def _receiver(row) -> str:
    for known in (row.receiver_organisation, row.receiver_provider):
        if known is not None:
            return known.name
    return _unseal(row, "receiver_name")


def _disclosures(copying: Copying) -> Iterator[Section]:
    """What was told without consent may set off the very danger it was told for: only in a copy for her alone."""
    rows = Disclosure.objects.filter(person=copying.person).order_by("told_on", "pk")
    yield Section(
        _("To whom your data was told without consent"),
        (_("Day"), _("To whom"), _("What is told"), _("Lawful basis"), _("Why"), _("What a review found")),
        [[_day(row.told_on), _receiver(row), copying.many("data_categories", row.categories),
          " ".join([copying.word("lawful_bases", row.basis), row.duty]).strip(),
          copying.words(row, "reason", _unseal(row, "reason")),
          copying.words(row, "review_note", _unseal(row, "review_note"))]
         for row in copying.if_alone(rows.select_related("receiver_organisation", "receiver_provider"))],
    )  # fmt: skip


def _rights(copying: Copying) -> Iterator[Section]:
    person = copying.person
    yield Section(
        _("What you asked about your data"), (_("Day"), _("What"), _("Answer"), _("Answered"), _("Why")),
        [[_day(row.received_on), _(RIGHT_LABELS[row.asked]), _(REPLY_LABELS[row.answer]), _day(row.answered_on),
          copying.words(row, "reason", row.reason)]
         for row in SubjectRequest.objects.filter(person=person).order_by("received_on", "pk")],
    )  # fmt: skip
    holds = LegalHold.objects.filter(person=person).order_by("pk")
    longer = Keeping.objects.filter(person=person).order_by("pk")
    yield Section(
        _("Why your data is kept longer"), (_("From – until"), _("Why")),
        [[_span(row.created_at, row.ended_at), copying.words(row, "reason", row.reason)] for row in holds]
        + [[_span(row.created_at, row.until), copying.words(row, "reason", row.reason)] for row in longer],
    )  # fmt: skip
    glasses = BreakGlass.objects.filter(person=person).order_by("pk")
    yield Section(
        _("Your record was opened in an emergency"), (_("Day"), _("Why"), _("What a review found")),
        [[_day(row.created_at), copying.words(row, "reason", row.reason), copying.words(row, "note", row.note)]
         for row in glasses],
    )  # fmt: skip


#: Tables whose rows are about her and are opened one by one: reads of them are reads about her.
_ABOUT = (
    Case, Request, RecurringVisit, Referral, Call, ConsentRecord, Guardianship, BestInterestsDecision, Disclosure,
    Assistance,
)  # fmt: skip
MOST_READS = 5_000


def _reads(copying: Copying) -> Iterator[Section]:
    """What was opened about her, by day, and how often. Not by whom: that is the organisation's to answer for."""
    person = copying.person
    hers = Q(person=person)
    subjects = [person.pk]
    for model in _ABOUT:
        ways = hers | Q(household__head=person) if hasattr(model, "household") else hers
        subjects += model.objects.filter(ways).values_list("pk", flat=True)
    entries = events_about(person.organisation_id, subjects=subjects, events=list(READS), most=MOST_READS)
    days = Counter((timezone.localdate(entry.at), entry.event.split(".")[0]) for entry in entries)
    yield Section(
        _("When somebody here opened what is held about you"), (_("Day"), _("What"), _("How often")),
        [[_day(day), _(OPENED_LABELS[what]), str(count)] for (day, what), count in sorted(days.items())],
    )  # fmt: skip


PARTS = (
    Part((LawfulBasis, ConsentRecord, CountingObjection), _bases),
    Part((Disclosure,), _disclosures),
    Part((SubjectRequest, LegalHold, Keeping, BreakGlass), _rights),
    Part((), _reads),
)
