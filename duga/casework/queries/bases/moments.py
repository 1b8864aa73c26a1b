"""What a person's timeline tells of consents, disclosures and decisions: purposes and days, no names."""

from collections.abc import Iterable

from django.utils import timezone

from duga.casework.models import BestInterestsDecision, ConsentRecord, Disclosure, Person
from duga.casework.queries.bases.children import followed_by
from duga.casework.rules import Answer, Moment
from duga.members.rules import Viewer
from duga.plain.errors import gettext_noop

_YES = gettext_noop("%(what)s: she said yes")
_NO = gettext_noop("%(what)s: she said no")
_BACK = gettext_noop("%(what)s: she took her consent back")
_TOLD = gettext_noop("Told without consent: %(what)s")
_DECIDED = gettext_noop("A decision in her best interests")


def consent_moments(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """What she answered, and took back."""
    for row in ConsentRecord.objects.filter(person=person).order_by("-given_at")[:limit]:
        words = _YES if row.answer == Answer.GIVEN else _NO
        yield _moment(row.given_at, "consent", words, "casework:consent", {"consent_id": row.pk}, row.purpose)
        if row.withdrawn_at:
            yield _moment(row.withdrawn_at, "consent", _BACK, "casework:consent", {"consent_id": row.pk}, row.purpose)


def _moment(at, kind, words, url_name, url_args, purpose) -> Moment:
    codes = {"what": ("purposes", purpose)}
    return Moment(timezone.localdate(at), at, kind, words, codes=codes, url_name=url_name, url_args=url_args)


def disclosure_moments(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """What was told without consent; for who follows her case."""
    if not followed_by(viewer, person):
        return
    for row in Disclosure.objects.filter(person=person).order_by("-told_on", "-pk")[:limit]:
        yield Moment(
            row.told_on, row.created_at, "disclosure", _TOLD, codes={"what": ("lawful_bases", row.basis)},
            url_name="casework:disclosure", url_args={"disclosure_id": row.pk},
        )  # fmt: skip


def decision_moments(viewer: Viewer, person: Person, limit: int) -> Iterable[Moment]:
    """What was decided in her best interests; for who follows her case."""
    if not followed_by(viewer, person):
        return
    rows = BestInterestsDecision.objects.filter(person=person, decided_on__isnull=False)
    for row in rows.order_by("-decided_on", "-pk")[:limit]:
        yield Moment(
            row.decided_on, row.created_at, "decision", _DECIDED, url_name="casework:decision",
            url_args={"decision_id": row.pk},
        )  # fmt: skip
