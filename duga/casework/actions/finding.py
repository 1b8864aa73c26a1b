"""Finding people, blind to script, diacritics and spelling, among those a worker may see. Showing a name is a read."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef

from duga.casework import queries
from duga.casework.actions._help import IDENTITY, _organisation, _tokens
from duga.casework.models import Person, PersonToken
from duga.casework.rules import (
    PREFIX,
    Likeness,
    Terms,
    clean_identity,
    compare,
    fit,
    full_name,
    match_words,
    name_words,
    read_case_code,
    search_terms,
    token_words,
)
from duga.members.actions import write_trail
from duga.members.rules import Permission
from duga.plain.errors import Unreadable
from duga.vault import sealing

OPENED = 120  #: so many of the best are opened to look which begin as typed; only those shown are told of


@dataclass(frozen=True)
class FoundPerson:
    """One person as a list shows her: enough to tell her from her namesakes. `points`: how well she fits."""

    id: object
    code: str
    name: str
    father: str
    birth_year: int | None
    sex: str
    area_name: str
    programme_id: object
    points: int


def _scopes(by) -> list[str]:
    """The blind indexes this worker may ask: the common one and those of the sealed programmes they are named for."""
    return ["casework", *(f"casework:{pk}" for pk in sorted(queries.named_for(by)))]


def _candidates(by, organisation, words: dict[str, int], every=()) -> dict:
    """{person id: {word: points}} of those visible who bear one of these index words, and one of each set in `every`:
    of many namesakes the database then tells only of those who fit."""
    meant = {}
    for scope in _scopes(by):
        meant |= dict(zip(_tokens(organisation.pk, scope, words), words, strict=True))
    rows = PersonToken.objects.filter(
        queries.visible(by, "person__"), token__in=list(meant), person__organisation_id=organisation.pk,
        person__erased_at=None,
    )  # fmt: skip
    for each in every if len(every) > 1 else ():
        hers = PersonToken.objects.filter(
            person=OuterRef("person"), token__in=[token for token, word in meant.items() if word in each]
        )
        rows = rows.filter(Exists(hers))
    found = {}
    for person_id, token in rows.values_list("person_id", "token"):
        found.setdefault(person_id, {})[meant[token]] = words[meant[token]]
    return found


def _open(ids) -> list[tuple[Person, dict]]:
    people = Person.objects.filter(pk__in=list(ids)).select_related("area")
    rows = {person.pk: person for person in people}
    opened = sealing.unseal_many(field=IDENTITY, rows=[(pk, person.identity) for pk, person in rows.items()])
    return [(rows[pk], identity) for pk, identity in opened.items()]


def _shown(person, identity, points) -> FoundPerson:
    return FoundPerson(
        id=person.pk, code=person.code, name=full_name(identity), father=identity.get("father", ""),
        birth_year=person.birth_year, sex=person.sex, area_name=person.area.name if person.area else "",
        programme_id=person.programme_id, points=points,
    )  # fmt: skip


def _tell(by, organisation, event, shown):
    write_trail(
        by=by, event=event, subject=("members.Organisation", organisation.pk), organisation_id=organisation.pk,
        detail={"shown": [str(person.id) for person in shown]},
    )  # fmt: skip


@transaction.atomic
def find_people(*, by, organisation_id, text, limit=12) -> list[FoundPerson]:
    """The people a text may mean, best first: by name in any script and spelling, phone, document or case code.

    Every word must fit: as written (3 points), as a beginning of three letters or more (2), or spelled another way (1).
    Leaves a trail entry of who was shown; what was typed is kept nowhere.
    """
    organisation = _organisation(by, organisation_id, Permission.SEE_PEOPLE)
    shown = _by_code(by, organisation, text) or _by_words(by, organisation, text)
    shown = sorted(shown, key=lambda person: (-person.points, person.name, person.birth_year or 0))[:limit]
    if shown:
        _tell(by, organisation, "people.found", shown)
    return shown


def _by_code(by, organisation, text):
    try:
        code = read_case_code(text)
    except Unreadable:
        return []
    rows = Person.objects.filter(queries.visible(by), organisation_id=organisation.pk, code=code, erased_at=None)
    found = [into or pk for pk, into in rows.values_list("pk", "merged_into_id")]
    return [_shown(person, identity, 9) for person, identity in _open(found)]


def _by_words(by, organisation, text):
    asked = list(search_terms(text))
    # The last word may be typed only half: under three letters it narrows what is shown, and finds nothing alone.
    half = asked.pop()[0] if len(asked) > 1 and len(asked[-1][0]) < PREFIX else ""
    words = {word: points for _, tokens in asked for points, word in tokens}
    ranked = []
    every = [{word for _, word in tokens} for _, tokens in asked]
    for person_id, hits in _candidates(by, organisation, words, every).items():
        met = [[word for _, word in tokens if word in hits] for _, tokens in asked]
        if all(met):
            ranked.append((sum(max(hits[word] for word in words) for words in met), person_id, met))
    ranked.sort(key=lambda row: -row[0])
    met_by = {person_id: met for _, person_id, met in ranked[:OPENED]}
    found = []
    for person, identity in _open(met_by):
        names = name_words(identity)
        each = [fit(word, met, names) for (word, _), met in zip(asked, met_by[person.pk], strict=True)]
        if all(each) and (not half or any(name.startswith(half) for name in names)):
            found.append(_shown(person, identity, sum(each)))
    return found


@transaction.atomic
def possible_duplicates(
    *, by, organisation_id, identity, sex="unknown", birth_year=None, area_id=None, limit=6
) -> list[FoundPerson]:
    """People this worker may see who may be the one described: `points` 2 the same by the rules of matching, 1 perhaps.

    Offered before someone is added, never decided. Leaves a trail entry of who was shown.
    """
    organisation = _organisation(by, organisation_id, Permission.SEE_PEOPLE)
    identity = clean_identity(identity, nameless=True)
    terms = Terms.of(identity, sex=sex, birth_year=birth_year, area_id=area_id)
    names = [[word for _, word in tokens] for _, tokens in search_terms(" ".join(terms.words))]
    sure = {*match_words(terms).values(), *(w for w in token_words(terms) if w.startswith("t:"))}
    words = dict.fromkeys([*sure, *(w for tokens in names for w in tokens if not w.startswith("p:"))], 1)
    near = [
        person_id
        for person_id, hits in _candidates(by, organisation, words).items()
        if sure & hits.keys() or (names and all(any(w in hits for w in tokens) for tokens in names))
    ]
    shown = []
    for person, known in _open(near[:OPENED]):
        other = Terms.of(known, sex=person.sex, birth_year=person.birth_year, area_id=person.area_id)
        shown.append(_shown(person, known, int(max(compare(terms, other), Likeness.PERHAPS))))
    shown = sorted(
        shown, key=lambda person: (-person.points, person.birth_year != birth_year, person.name, person.birth_year or 0)
    )[:limit]
    if shown:
        _tell(by, organisation, "people.duplicates_shown", shown)
    return shown


@transaction.atomic
def open_names(*, by, organisation_id, person_ids, why="list") -> dict:
    """{id: name} of those people the actor may see, for a list on a screen; one trail entry names the ids and why."""
    organisation = _organisation(by, organisation_id, Permission.SEE_PEOPLE)
    ids = [pk for pk in dict.fromkeys(person_ids) if pk]
    rows = Person.objects.filter(queries.visible(by), organisation_id=organisation.pk, pk__in=ids, erased_at=None)
    opened = sealing.unseal_many(field=IDENTITY, rows=rows.values_list("pk", "identity"))
    if opened:
        write_trail(
            by=by, event="people.listed", subject=("members.Organisation", organisation.pk),
            organisation_id=organisation.pk, detail={"shown": [str(pk) for pk in opened], "why": why},
        )  # fmt: skip
    return {pk: full_name(identity) for pk, identity in opened.items()}
