"""Whom the rows of a file mean: people known already, people met for the first time, and those in doubt."""

from dataclasses import dataclass, field

from django.db.models import Q

from duga.casework.actions._help import IDENTITY, _scope, _tokens
from duga.casework.models import Household, Institution, Person, PersonToken
from duga.casework.rules import Likeness, Recipient, Terms, compare, match_words
from duga.plain.ids import uuid7
from duga.plain.text import fold
from duga.vault import sealing

CHUNK = 800


def _chunks(items, size=CHUNK):
    items = list(items)
    return (items[start : start + size] for start in range(0, len(items), size))


@dataclass
class Known:
    """Someone a row may mean: her id, and all that is told of her."""

    id: object
    terms: Terms
    row: object = None  #: the row that told of her first, if she is new
    surely: set = field(default_factory=set)  #: texts of "everything" by which rows are surely hers


@dataclass
class People:
    """What matching found: {row number: person id}, the new ones, doubts (row, new id, ids she may be)."""

    of_row: dict = field(default_factory=dict)
    new: list[Known] = field(default_factory=list)
    known: set = field(default_factory=set)
    doubts: list = field(default_factory=list)
    watched: list[int] = field(default_factory=list)  #: tokens that would name a new person, were someone to add her


def _match_people(organisation, programme, rows) -> People:
    """Matches the rows of persons and of heads of households by the rules of `rules/people.py`, in the file's order.

    Only people of the same register are looked at: the common one, or the sealed programme the file is for.
    """
    named = [row for row in rows if row.recipient in (Recipient.PERSON, Recipient.HOUSEHOLD)]
    terms, words, read = {}, {}, {}
    for row in named:  # the same person is often in a file in the same words: those are taken apart once
        told = (*row.identity.items(), row.sex, row.birth_year, row.year_slack, row.area_id)
        if told not in read:
            read[told] = (row.terms(), match_words(row.terms()))
        terms[row.number], words[row.number] = read[told]
    people = People()
    index = _register(organisation, programme, {word for each in words.values() for word in each.values()})
    for row in named:
        told, by_kind = terms[row.number], words[row.number]
        near = {id(each): each for word in by_kind.values() for each in index.get(word, ())}.values()
        found, doubtful = _decide(told, by_kind.get("everything"), near)
        if found is None:
            found = Known(uuid7(), told, row)
            people.new.append(found)
            for word in by_kind.values():
                index.setdefault(word, []).append(found)
            if doubtful:
                people.doubts.append((row.number, found.id, [each.id for each in doubtful]))
        elif found.row is None:
            people.known.add(found.id)
        if by_kind.get("everything"):
            found.surely.add(by_kind["everything"])
        people.of_row[row.number] = found.id
    people.watched = _tokens(
        organisation.pk, _scope(programme), [word for each in people.new for word in match_words(each.terms).values()]
    )
    return people


def _decide(told: Terms, everything: str | None, near) -> tuple[Known | None, list[Known]]:
    """(who it is, who it may be). Several who fit: the one whose rows said exactly this, else nobody."""
    exactly = [each for each in near if everything and everything in each.surely]
    if exactly:
        return exactly[0], []
    likeness = [(compare(told, each.terms), each) for each in near]
    same = [each for how, each in likeness if how is Likeness.SAME]
    for fitting in (same, [each for each in same if each.row is not None]):
        if len(fitting) == 1:
            return fitting[0], []
    perhaps = [each for how, each in likeness if how is not Likeness.DIFFERENT]
    return None, perhaps


def _register(organisation, programme, words: set[str]) -> dict[str, list[Known]]:
    """{match word: people who bear it}, opened, from the register the file belongs to."""
    scope = _scope(programme)
    words = sorted(words)
    meant = dict(zip(_tokens(organisation.pk, scope, words), words, strict=True))
    hits: dict[object, list[str]] = {}
    people = PersonToken.objects.filter(
        _same_register(programme), person__organisation_id=organisation.pk, person__erased_at=None
    )
    for part in _chunks(meant):
        for person_id, token in people.filter(token__in=part).values_list("person_id", "token"):
            hits.setdefault(person_id, []).append(meant[token])
    index: dict[str, list[Known]] = {}
    for part in _chunks(sorted(hits)):
        rows = Person.objects.filter(pk__in=part).values_list("pk", "identity", "sex", "birth_year", "area_id")
        rows = {row[0]: row for row in rows}
        opened = sealing.unseal_many(field=IDENTITY, rows=[(pk, row[1]) for pk, row in rows.items()])
        for pk, identity in opened.items():
            _, _, sex, birth_year, area_id = rows[pk]
            terms = Terms.of(identity, sex=sex, birth_year=birth_year, area_id=area_id)
            known = Known(pk, terms, surely={word for word in hits[pk] if word.startswith("e:")})
            for word in hits[pk]:
                index.setdefault(word, []).append(known)
    return index


def _same_register(programme) -> Q:
    if programme is not None and programme.sealed:
        return Q(person__programme_id=programme.pk)
    return Q(person__programme=None) | Q(person__programme__sealed=False)


@dataclass
class Others:
    """Households by their head, institutions by their folded name: ids, and which of them are new."""

    households: dict = field(default_factory=dict)
    new_households: dict = field(default_factory=dict)  #: head id → (household id, first row)
    institutions: dict = field(default_factory=dict)
    new_institutions: dict = field(default_factory=dict)  #: folded name → (id, first row)


def _match_others(organisation, rows, people: People) -> Others:
    found = Others()
    heads = {people.of_row[row.number] for row in rows if row.recipient == Recipient.HOUSEHOLD}
    for part in _chunks(sorted(heads)):
        known = Household.objects.filter(organisation_id=organisation.pk, head_id__in=part)
        found.households |= dict(known.order_by("-pk").values_list("head_id", "pk"))
    names = {fold(row.institution) for row in rows if row.recipient == Recipient.INSTITUTION}
    for part in _chunks(sorted(names)):
        known = Institution.objects.filter(organisation_id=organisation.pk, folded__in=part)
        found.institutions |= dict(known.values_list("folded", "pk"))
    for row in rows:
        if row.recipient == Recipient.HOUSEHOLD:
            head = people.of_row[row.number]
            if head not in found.households:
                found.households[head] = uuid7()
                found.new_households[head] = (found.households[head], row)
        elif row.recipient == Recipient.INSTITUTION and fold(row.institution) not in found.institutions:
            found.institutions[fold(row.institution)] = uuid7()
            found.new_institutions[fold(row.institution)] = (found.institutions[fold(row.institution)], row)
    return found
