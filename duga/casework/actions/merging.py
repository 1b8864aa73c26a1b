"""Two records of one person made one, and parted again: everything that points to her moves, and comes back.

What moves is read off the tables: every foreign key to a person, in whichever topic. Sealed words that lie under the
key of the record that goes are sealed anew under the other's. Her index words move too, so that a spreadsheet read
again goes on finding her; what would stand twice (in a group, a basis for a purpose) ends on one side.
"""

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from duga.casework import queries
from duga.casework.actions._forgetting import TRACES
from duga.casework.actions._help import IDENTITY, NOTE, SPECIAL, _changed, _index, _tell, _today
from duga.casework.actions.lists import _attendance_mark
from duga.casework.actions.people import _door, _lasting_tokens, _trusted
from duga.casework.models import (
    Assistance,
    GroupMember,
    Household,
    LawfulBasis,
    Merge,
    Need,
    PartyMember,
    Person,
    PersonToken,
)
from duga.casework.rules import Left, Met
from duga.members.rules import Permission
from duga.plain.errors import Refused, gettext_noop
from duga.vault import sealing
from duga.vault.fields import SealedField

BEFORE = "casework.Merge.before"
#: Under this name a merge remembers the household that went with her.
HOME = "casework.Household.merged_into"
#: Merges stay where they are; index words are made anew.
_STAYS = (Merge, PersonToken)
#: What else a row must say when it ends because it would stand twice.
_ENDING = {Need: {"met": Met.NOT_ANY_MORE}, PartyMember: {"why": Left.STAYED}}
_SEALED = (("identity", IDENTITY), ("special", SPECIAL))
_COARSE = ("sex", "birth_year", "area_id")

_SAME = gettext_noop("Choose two different records.")
_WALLS = gettext_noop("Only records of one organisation, and of one side of a seal, can be made one.")
_HOMES = gettext_noop(
    "Each of the two must head one household, and no more, for them to be made one. Leave them apart."
)
_UNDONE = gettext_noop("These two records stand apart already.")
_ERASED = gettext_noop("One of the two was erased since: nothing can be parted any more.")
_MOVED = gettext_noop(
    "A sealed field could not be moved: %(field)s. Nothing was changed; tell who runs this installation."
)


@transaction.atomic
def merge_people(*, by, kept_id, gone_id, one_household: bool = False) -> Merge:
    """Makes two records of one organisation one: everything of `gone` moves to `kept`, which takes over what it lacks.

    `one_household`: the households that the two head are one too; that of `kept` stays, with its real size.
    For who may correct records, or is named for the sealed programme both lie in; never across a seal. Entries keep
    what they say, so that nothing counts otherwise but that one person is one.
    """
    if str(kept_id) == str(gone_id):
        raise Refused(_SAME)
    locked = {str(pk): _door(by, pk, Permission.ADD_PEOPLE) for pk in sorted([str(kept_id), str(gone_id)])}
    kept, gone = locked[str(kept_id)], locked[str(gone_id)]
    _check_walls(by, kept, gone)
    homes = _two_homes(kept, gone) if one_household else None
    merge = Merge(organisation_id=kept.organisation_id, kept=kept, gone=gone, by_id=by.account_id)
    before = {"facts": _facts(kept), "kept": _tokens_of(kept), "gone": _tokens_of(gone)}
    identity = before["facts"]["identity"] or {}
    lasting = _lasting_tokens(kept, identity) | set(before["gone"])
    _reseal(gone, old=gone, new=kept)
    _settle_bases(merge, kept, gone)
    _move_all(merge, kept, gone)
    _join_homes(merge, homes)
    _take_over(kept, gone)
    gone.merged_into = kept
    for person in (kept, gone):
        _changed(person, by)
        person.save()
    gone.tokens.all().delete()
    _index(kept, sealing.unseal(owner=kept.pk, field=IDENTITY, data=kept.identity), keep=lasting)
    merge.version = kept.version
    merge.before = sealing.seal(owner=merge.pk, field=BEFORE, value=before, key=sealing.store().person_key(kept.pk))
    merge.save(force_insert=True)
    told = {name: len(ids) for name, ids in merge.moved.items()}
    _tell(by, "person.merged", kept, gone=str(gone.pk), merge=str(merge.pk), moved=told)
    return merge


def _check_walls(by, kept, gone) -> None:
    sealed = any(person.programme and person.programme.sealed for person in (kept, gone))
    if kept.organisation_id != gone.organisation_id or (sealed and kept.programme_id != gone.programme_id):
        raise Refused(_WALLS)
    for person in (kept, gone):
        _trusted(by, person, Permission.CORRECT_RECORDS)


def _tokens_of(person) -> list[int]:
    return list(person.tokens.values_list("token", flat=True))


def _facts(person) -> dict:
    """What a record says, open, to be put back by an undo."""
    opened = {name: sealing.unseal(owner=person.pk, field=label, data=getattr(person, name)) for name, label in _SEALED}
    return opened | {name: str(getattr(person, name) or "") for name in _COARSE}


def _take_over(kept, gone) -> None:
    """The kept record takes over what it lacks; where both say something, its own word stands."""
    for name, label in _SEALED:
        own, other = (
            sealing.unseal(owner=person.pk, field=label, data=getattr(person, name)) for person in (kept, gone)
        )
        if kept.birth_year and str(kept.birth_year) != str(other.get("birth_date", ""))[:4]:
            other = {key: value for key, value in other.items() if key != "birth_date"}
        both = {**other, **own}
        setattr(kept, name, sealing.seal(owner=kept.pk, field=label, value=both) if both else b"")
    if kept.sex == "unknown":
        kept.sex = gone.sex
    kept.birth_year, kept.area_id = kept.birth_year or gone.birth_year, kept.area_id or gone.area_id


# --- What moves ---------------------------------------------------------------------------------------


def _ways(to=Person) -> list[tuple[type[models.Model], str]]:
    """(table, field) of every foreign key to a person, or to a household."""
    return [
        (related.related_model, related.field.name)
        for related in to._meta.get_fields(include_hidden=True)
        if related.auto_created and not related.concrete and (related.one_to_many or related.one_to_one)
        and related.related_model not in _STAYS
    ]  # fmt: skip


def _move_all(merge, kept, gone) -> None:
    groups = [member.group for member in GroupMember.objects.filter(person=gone).select_related("group")]
    for model, name in _ways():
        ids = _to_move(merge, model, name, kept, gone)
        if model is Assistance:
            _move_ticks(groups, ids, gone, kept)
        _move(merge, model, name, kept, ids)


def _to_move(merge, model, name, kept, gone) -> set:
    """The ids of the rows that move; those that would stand twice end, or stay."""
    ids = set(model._default_manager.filter(**{name: gone}).values_list("pk", flat=True))
    return ids - (_end_doubles(merge, model, name, kept, gone) if ids else set())


def _move(merge, model, name, kept, ids) -> None:
    if ids:
        model._default_manager.filter(pk__in=ids).update(**{name: kept}, **_touched(model))
        merge.moved[f"{model._meta.label}.{name}"] = sorted(str(pk) for pk in ids)


def _two_homes(kept, gone) -> tuple[Household, Household]:
    """The households that two people head, one each; Refused where there are none or several."""
    rows = Household.objects.select_for_update(of=("self",)).filter(merged_into=None).order_by("pk")
    homes = [list(rows.filter(head=person)) for person in (kept, gone)]
    if any(len(each) != 1 for each in homes):
        raise Refused(_HOMES)
    return homes[0][0], homes[1][0]


def _join_homes(merge, homes) -> None:
    """Moves what points to the household that goes to the one that stays; the one that goes says which that is."""
    if homes is None:
        return
    kept, gone = homes
    for model, name in _ways(Household):
        if (model, name) != (Household, "merged_into"):
            _move(merge, model, name, kept, _to_move(merge, model, name, kept, gone))
    Household.objects.filter(pk=gone.pk).update(merged_into=kept)
    merge.moved[HOME] = [str(gone.pk)]


def _touched(model) -> dict:
    """What says that an entry changed, so that a snapshot reads its month again."""
    return {"version": F("version") + 1, "changed_at": timezone.now()} if model is Assistance else {}


def _end_doubles(merge, model, name, kept, gone) -> set:
    """Ends, on the side that goes, rows that would stand twice; ids of those that cannot end and stay with it."""
    staying = set()
    uniques = [(each.fields, each.condition) for each in model._meta.constraints if hasattr(each, "condition")
               and isinstance(each, models.UniqueConstraint)]  # fmt: skip
    uniques += [((name,), None)] if model._meta.get_field(name).unique else []
    for fields, condition in uniques:
        if name not in fields:
            continue
        rows = model._default_manager.filter(condition or Q())
        others = [model._meta.get_field(field).attname for field in fields if field != name]
        theirs = {tuple(getattr(row, field) for field in others) for row in rows.filter(**{name: kept})}
        mine = rows.filter(**{name: gone})
        doubles = [row.pk for row in mine if tuple(getattr(row, field) for field in others) in theirs]
        ends = [child[0] for child in condition.children if child[1] is None] if condition else []
        if doubles and not (ends and _end(merge, model, ends[0], doubles)):
            staying |= set(doubles)
    return staying


def _end(merge, model, name, ids, value=None) -> bool:
    """Ends rows now (or on the day given), remembered for an undo; False where the table does not let them end so."""
    date = isinstance(model._meta.get_field(name), models.DateField)
    date = date and not isinstance(model._meta.get_field(name), models.DateTimeField)
    value = value or (_today() if date else timezone.now())
    try:
        with transaction.atomic():
            model._default_manager.filter(pk__in=ids).update(**{name: value}, **_ENDING.get(model, {}))
    except IntegrityError:
        return False
    merge.ended.setdefault(f"{model._meta.label}.{name}", []).extend(str(pk) for pk in ids)
    return True


def _settle_bases(merge, kept, gone) -> None:
    """A basis ended on one record after it was stated on the other ends there too: she said no, whichever record it
    was written in."""
    for holder, other in ((kept, gone), (gone, kept)):
        for row in LawfulBasis.objects.filter(person=holder, ended_on=None):
            same = LawfulBasis.objects.filter(person=other, purpose=row.purpose)
            if same.filter(ended_on=None).exists():
                continue
            ended = same.filter(ended_on__gte=row.given_on).order_by("-ended_on").first()
            if ended is not None:
                _end(merge, LawfulBasis, "ended_on", [row.pk], ended.ended_on)


def _move_ticks(groups, ids, old, new) -> None:
    """A tick of attendance bears her id in its mark: the mark moves too, where the other was not ticked that day."""
    entries = Assistance.objects.filter(pk__in=ids).exclude(mark=None)
    for group in {group.pk: group for group in groups}.values():
        for entry in entries.filter(organisation_id=group.organisation_id):
            if bytes(entry.mark) != _attendance_mark(group, old.pk, entry.date):
                continue
            mark = _attendance_mark(group, new.pk, entry.date)
            if not Assistance.objects.filter(organisation_id=group.organisation_id, mark=mark).exists():
                Assistance.objects.filter(pk=entry.pk).update(mark=mark)


# --- What lies under her key --------------------------------------------------------------------------


def _under_key(person):
    """(row, sealed field, label) of everything beside her record that may lie under a person's key."""
    notes = Assistance.objects.filter(Q(person=person) | Q(household__head=person)).exclude(note=b"")
    for row in notes.iterator(chunk_size=500):
        yield row, "note", NOTE
    for trace in TRACES:
        if trace.person and trace.model not in _STAYS:
            names = [field.name for field in trace.model._meta.concrete_fields if isinstance(field, SealedField)]
            for row in trace.model.objects.filter(**{trace.person: person}) if names else ():
                for name in names:
                    yield row, name, f"{row._meta.label}.{name}"


def _reseal(about, *, old, new) -> None:
    """Seals anew, under the key of `new`, what is about a person and lies under the key of `old`."""
    keys = sealing.store().person_keys([old.pk, new.pk])
    others = [keys[new.pk], queries.organisation_box(about.organisation_id)]
    for row, name, label in _under_key(about):
        data = getattr(row, name)
        if not data:
            continue
        try:
            value = sealing.unseal(owner=row.pk, field=label, data=data, key=keys[old.pk])
        except Refused:
            if not any(_opens(row, label, data, key) for key in others):
                raise Refused(_MOVED, field=label) from None
            continue
        sealed = sealing.seal(owner=row.pk, field=label, value=value, key=keys[new.pk])
        type(row)._default_manager.filter(pk=row.pk).update(**{name: sealed})


def _opens(row, label, data, key) -> bool:
    try:
        sealing.unseal(owner=row.pk, field=label, data=data, key=key)
    except Refused:
        return False
    return True


# --- Undo ---------------------------------------------------------------------------------------------


@transaction.atomic
def undo_merge(*, by, merge_id) -> Person:
    """Parts two records again: what had moved goes back, what was added since stays with the kept one.

    Facts the kept record took over go back too, unless it was changed since. Returns the record that stands anew.
    """
    merge = Merge.objects.select_for_update().get(pk=queries.merge(by, merge_id).pk)
    kept = _door(by, merge.kept_id, Permission.ADD_PEOPLE)
    _trusted(by, kept, Permission.CORRECT_RECORDS)
    if merge.undone_at:
        raise Refused(_UNDONE)
    gone = Person.objects.select_for_update(of=("self",)).select_related("programme").get(pk=merge.gone_id)
    if gone.erased_at:
        raise Refused(_ERASED)
    before = sealing.unseal(
        owner=merge.pk, field=BEFORE, data=merge.before, key=sealing.store().person_key(merge.kept_id)
    )
    moved = dict(merge.moved)  # what had moved stays told when it is undone
    _part_homes(merge)
    _move_back(merge, kept, gone)
    merge.moved = moved
    _reseal(gone, old=kept, new=gone)
    _index_anew(merge, before, kept, gone)
    gone.merged_into = None
    for person in (kept, gone):
        _changed(person, by)
        person.save()
    merge.undone_at, merge.undone_by_id, merge.before = timezone.now(), by.account_id, b""
    merge.save()
    _tell(by, "person.unmerged", kept, gone=str(gone.pk), merge=str(merge.pk))
    return gone


def _part_homes(merge) -> None:
    """Parts two households again that were made one with their heads."""
    for home in Household.objects.filter(pk__in=merge.moved.pop(HOME, ()), merged_into__isnull=False):
        for model, name in _ways(Household):
            ids = merge.moved.pop(f"{model._meta.label}.{name}", ())
            rows = model._default_manager.filter(pk__in=ids, **{name: home.merged_into_id})
            rows.update(**{name: home.pk}, **_touched(model))
        Household.objects.filter(pk=home.pk).update(merged_into=None)


def _move_back(merge, kept, gone) -> None:
    by_label = {f"{model._meta.label}.{name}": (model, name) for model, name in _ways()}
    groups = [member.group for member in GroupMember.objects.filter(person=kept).select_related("group")]
    for label, ids in merge.moved.items():
        model, name = by_label[label]
        rows = model._default_manager.filter(pk__in=ids, **{name: kept})
        if model is Assistance:
            _move_ticks(groups, ids, kept, gone)
        rows.update(**{name: gone}, **_touched(model))
    tables = {model._meta.label: model for to in (Person, Household) for model, _name in _ways(to)}
    for label, ids in merge.ended.items():
        table, name = label.rsplit(".", 1)
        model = tables[table]
        for pk in ids:
            try:
                with transaction.atomic():
                    told = dict.fromkeys(_ENDING.get(model, {}), "")
                    model._default_manager.filter(pk=pk).update(**{name: None}, **told)
            except IntegrityError:  # another took its place since: it stays ended
                continue


def _index_anew(merge, before, kept, gone) -> None:
    """Both records' facts and index words as they were before; of a kept record changed since only the words."""
    if kept.version == merge.version:
        facts = before["facts"]
        for name, label in _SEALED:
            setattr(kept, name, sealing.seal(owner=kept.pk, field=label, value=facts[name]) if facts[name] else b"")
        kept.sex, kept.birth_year = facts["sex"] or "unknown", int(facts["birth_year"]) if facts["birth_year"] else None
        kept.area_id = facts["area_id"] or None
    gone_tokens, kept_tokens = set(before["gone"]), set(before["kept"])
    identity = sealing.unseal(owner=kept.pk, field=IDENTITY, data=kept.identity)
    lasting = _lasting_tokens(kept, identity) - (gone_tokens - kept_tokens)
    _index(kept, identity, keep=lasting | kept_tokens)
    _index(gone, sealing.unseal(owner=gone.pk, field=IDENTITY, data=gone.identity), keep=gone_tokens)
