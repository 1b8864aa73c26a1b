"""Children: how old, who looks after them, what was decided. A guardian who may be the danger is no contact."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from duga.casework.models import BestInterestsDecision, Guardianship
from duga.casework.queries.people import person as person_door
from duga.casework.queries.programmes import named_for
from duga.casework.rules import ADULT, Asked, GuardianKind, who_is_asked
from duga.members.queries import require
from duga.members.rules import Permission, Viewer
from duga.plain.errors import NotFound, Refused


def age_known(person) -> int | None:
    """How old a person is at least, by the year of her birth; None when it is not known."""
    return None if person.birth_year is None else max(timezone.localdate().year - person.birth_year - 1, 0)


def child_of(viewer: Viewer, person_id):
    """(person, age at least or None, whom the law asks): through her own door."""
    person = person_door(viewer, person_id)
    age = age_known(person)
    asked = who_is_asked(person.organisation.country, age)
    return person, age, asked if age is None or age < ADULT else Asked.PERSON


def follows(viewer: Viewer, person) -> None:
    """Refused unless the viewer follows cases here, or is named for the sealed programme the person stands in."""
    if not (person.programme and person.programme.sealed and person.programme_id in named_for(viewer)):
        require(viewer, Permission.FOLLOW_CASES, of=person.organisation)


def followed_by(viewer: Viewer, person) -> bool:
    """Whether the viewer follows her case; the same question, asked without refusing."""
    try:
        follows(viewer, person)
    except (Refused, NotFound):
        return False
    return True


def _today_of(rows):
    today = timezone.localdate()
    return rows.filter(Q(until=None) | Q(until__gte=today), since__lte=today)


def guardians_for(viewer: Viewer, person_id) -> list[Guardianship]:
    """The guardians of today who may be contacted, asked, printed or given something, names closed.

    One who may be the danger is never among them, whoever looks: where a guardian is shown or told, ask here.
    """
    rows = Guardianship.objects.filter(person=person_door(viewer, person_id), conflicted=False)
    return list(_today_of(rows).exclude(kind=GuardianKind.NONE).order_by("since", "pk"))


@dataclass(frozen=True)
class Guarded:
    """A child as pages about her say who looks after her: kinds of guardians who may be contacted, no names.

    `danger`: one was said to be the danger, as far as this viewer may know. Nothing is said of who is of age.
    """

    person_id: object
    child: bool
    kinds: tuple[GuardianKind, ...] = ()
    danger: bool = False


def guarded(viewer: Viewer, person_id) -> Guarded:
    """Who looks after a person, where she is a child or guardians are written down."""
    person, _age, asked = child_of(viewer, person_id)
    kinds = tuple(GuardianKind(row.kind) for row in guardians_for(viewer, person_id))
    rows = _today_of(Guardianship.objects.filter(person=person, conflicted=True))
    danger = followed_by(viewer, person) and rows.exists()
    child = asked in (Asked.ASSENT, Asked.GUARDIAN) or bool(kinds) or danger
    return Guarded(person.pk, child, kinds, danger)


def guardianships(viewer: Viewer, person_id) -> list[Guardianship]:
    """All that is recorded of a child's guardians, those who may be the danger too: for who follows her case."""
    person = person_door(viewer, person_id)
    follows(viewer, person)
    rows = Guardianship.objects.filter(person=person).select_related("conflicted_by", "recorded_by")
    return list(rows.order_by("until", "-since", "-pk"))


def decisions_of(viewer: Viewer, person_id) -> list[BestInterestsDecision]:
    """The decisions in a child's best interests, the open ones first; what they say stays closed."""
    person = person_door(viewer, person_id)
    follows(viewer, person)
    rows = BestInterestsDecision.objects.filter(person=person).select_related("proposed_by", "approved_by")
    return sorted(rows, key=lambda row: (row.decided_on is not None, -row.created_at.timestamp()))
