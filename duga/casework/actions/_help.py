"""What several actions share: codes, blind tokens, sealed notes, who was faster."""

import secrets

from django.utils import timezone

from duga.casework.models import Person, PersonToken
from duga.casework.queries import organisation_box as _organisation_box
from duga.casework.queries import programme as programme_door
from duga.casework.rules import CODE_CONSONANTS, CODE_VOWELS, Terms, case_code, token_words
from duga.members.actions import write_trail
from duga.members.queries import organisation_by_id
from duga.members.rules import Permission
from duga.places.rules import code as code_of
from duga.plain.errors import Conflict, NotFound, Refused, gettext_noop
from duga.vault import sealing

IDENTITY, SPECIAL, NOTE = "casework.Person.identity", "casework.Person.special", "casework.Assistance.note"

_FASTER = gettext_noop(
    "%(who)s changed this record on %(when)s, after you opened it. Nothing of yours was saved over it: "
    "look at the record again and make your change there."
)
_WRONG_CODE = gettext_noop("There is no “%(code)s” in the list of %(list)s. Choose one of the list.")
_NO_CODES = gettext_noop("Nearly all of this organisation's 650,000 case codes are given out. Ask for a new release.")
_OTHER_PROGRAMME = gettext_noop("This programme belongs to another organisation.")


def _tell(by, event, row, **detail) -> None:
    """The trail's entry about a row of an organisation's."""
    write_trail(
        by=by, event=event, subject=(row._meta.label, row.pk), organisation_id=row.organisation_id, detail=detail
    )


def _today():
    return timezone.localdate()


def _scope(programme) -> str:
    """The name of the blind index a person lies in: the common one, or her sealed programme's own."""
    return f"casework:{programme.pk}" if programme is not None and programme.sealed else "casework"


def _tokens(organisation_id, scope: str, words) -> list[int]:
    found = sealing.blind(organisation=organisation_id, purpose=scope, words=words)
    return [int.from_bytes(token, "big", signed=True) for token in found]


def _index(person: Person, identity: dict, *, keep=(), new=False) -> None:
    """Makes a person's tokens anew; `keep` are earlier ones that must go on finding her, `new`: she has none yet."""
    terms = Terms.of(identity, sex=person.sex, birth_year=person.birth_year, area_id=person.area_id)
    tokens = set(_tokens(person.organisation_id, _scope(person.programme), token_words(terms)))
    if not new:
        person.tokens.all().delete()
    PersonToken.objects.bulk_create([PersonToken(person=person, token=token) for token in tokens | set(keep)])


def _new_codes(model, organisation_id, wanted: int) -> list[str]:
    """Case codes nobody in this organisation bears yet."""
    found, rounds = set(), 0
    while len(found) < wanted:
        rounds += 1
        if rounds > wanted // 100 + 200:
            raise Refused(_NO_CODES)
        drawn = {_draw() for _ in range(min(wanted - len(found), 400))} - found
        rows = model.objects.filter(organisation_id=organisation_id, code__in=drawn)
        found |= drawn - set(rows.values_list("code", flat=True))
    return list(found)


def _draw():
    pick = secrets.randbelow
    return case_code(pick(len(CODE_CONSONANTS)), pick(len(CODE_VOWELS)), pick(10_000))


def _check_code(list_name: str, value: str) -> str:
    try:
        return code_of(list_name, value).code
    except NotFound:
        raise Refused(_WRONG_CODE, code=value, list=list_name.replace("_", " ")) from None


def _check_version(row, version: int) -> None:
    """Conflict, naming who and when, unless the row is still the one that was looked at."""
    if row.version != int(version):
        who = row.changed_by.name if row.changed_by else gettext_noop("Someone")
        when = timezone.localtime(row.changed_at).strftime("%d.%m.%Y %H:%M") if row.changed_at else ""
        raise Conflict(_FASTER, who=who, when=when)


def _changed(row, by) -> None:
    row.version += 1
    row.changed_at = timezone.now()
    row.changed_by_id = by.account_id


def _organisation(by, organisation_id, permission=Permission.RECORD_ASSISTANCE):
    return organisation_by_id(by, organisation_id, permission)


def _programme(by, organisation_id, programme_id):
    """The programme meant, or None; it must be of this organisation and the actor's to work in."""
    if not programme_id:
        return None
    found = programme_door(by, programme_id)
    if str(found.organisation_id) != str(organisation_id):
        raise Refused(_OTHER_PROGRAMME)
    return found


def _note_key(entry) -> bytes:
    """The key of an entry's note: her own where it is about a person, else the organisation's."""
    person_id = entry.person_id or (entry.household.head_id if entry.household_id else None)
    return sealing.store().person_key(person_id) if person_id else _organisation_box(entry.organisation_id)


def _seal_note(entry, text: str, *, about=None) -> bytes:
    """A note sealed for its entry; `about` is the person's id where the household is not written yet."""
    text = (text or "").strip()
    if not text:
        return b""
    key = sealing.store().person_key(about) if about else _note_key(entry)
    return sealing.seal(owner=entry.pk, field=NOTE, value=text, key=key)


def _mark(organisation_id, text: str) -> bytes:
    """Sixteen bytes by which one delivery is known again inside its organisation, and nowhere else."""
    return _marked(organisation_id, [text])[0]


def _marked(organisation_id, texts: list[str]) -> list[bytes]:
    halves = [f"{half}{text}" for text in texts for half in "12"]
    found = sealing.blind(organisation=organisation_id, purpose="casework mark", words=halves)
    return [found[at] + found[at + 1] for at in range(0, len(found), 2)]
