"""A person's own data as a copy she can read: as JSON for machines and as PDF for her, in her language.

Every part of casework adds what it holds about her by one `Part`: which tables it tells of, and how. A test compares
them with the models, so that no table is forgotten. What others said in confidence, what could put her in danger in
another's hands, and what is not hers to be told by who makes the copy, is kept back, counted, and the copy says why.
"""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from duga.casework.actions._help import _tell, _today
from duga.casework.actions.accountability.copying import _followed, _given, _who, _why
from duga.casework.actions.accountability.copying._part import Copying, Part, Section, Words, _day
from duga.casework.actions.people import _door, _trusted
from duga.casework.rules.copying import WITHHELD_LABELS
from duga.members.rules import Permission
from duga.plain.papers import Facts, Heading, Paper, Rows, Text, pdf

PARTS: tuple[Part, ...] = (*_who.PARTS, *_given.PARTS, *_followed.PARTS, *_why.PARTS)


@dataclass(frozen=True)
class ShownCopy:
    """A copy as who makes it looks it through: sections of rows; cells that are `Words` may be left out by their key.

    `withheld` are (how many, why) of what does not stand in it.
    """

    sections: list[Section] = field(repr=False)
    withheld: list[tuple[int, str]]


@transaction.atomic
def look_through_copy(*, by, person_id, language: str, alone=False) -> ShownCopy:
    """What a copy would hold, for who makes it: others' data in free words is theirs to find. Leaves a trail entry."""
    person = _opened(by, person_id)
    with translation.override(language):
        copying = Copying(by, person, language, alone=bool(alone))
        sections = _sections(copying)
        _tell(by, "person.copied", person, form="look")
        return ShownCopy(sections, _withheld(copying))


@transaction.atomic
def copy_of_person(
    *, by, person_id, language: str, form: str = "pdf", alone=False, leave_out=frozenset()
) -> dict | bytes:
    """All that is held about a person, in a language: a dict ready for JSON (`form="json"`) or a PDF.

    `alone`: nobody but her gets it, so that nothing need be kept back that would be a danger in another's hands.
    `leave_out`: keys of words (ShownCopy) that tell of others. For those who may open her sensitive facts; leaves a
    trail entry.
    """
    person = _opened(by, person_id)
    with translation.override(language):
        copying = Copying(by, person, language, alone=bool(alone), leave_out=frozenset(leave_out))
        sections = _sections(copying)
        kept_back = {why: count for why, count in copying.withheld.items() if count}
        _tell(by, "person.copied", person, form=form, alone=bool(alone), withheld=kept_back)
        if form == "json":
            return {
                "organisation": person.organisation.name, "code": person.code, "made_on": _today().isoformat(),
                "language": language, "sections": [_plain(section) for section in sections],
                "withheld": [{"count": count, "why": why} for count, why in _withheld(copying)],
            }  # fmt: skip
        return pdf(_paper(copying, sections))


def _opened(by, person_id):
    person = _door(by, person_id)
    _trusted(by, person, Permission.CORRECT_RECORDS)
    return person


def _sections(copying) -> list[Section]:
    return [section for part in PARTS for section in part.told(copying) if section.rows]


def _withheld(copying) -> list[tuple[int, str]]:
    return [(copying.withheld[why], _(words)) for why, words in WITHHELD_LABELS.items() if copying.withheld[why]]


def _plain(section) -> dict:
    rows = [dict(zip(section.columns, map(str, row), strict=True)) for row in section.rows]
    return {"title": section.title, "rows": rows}


def _paper(copying, sections) -> Paper:
    person = copying.person
    intro = _(
        "This is what %(organisation)s holds about you. You may ask that mistakes are corrected, that data is erased "
        "or no longer used, and complain to the data-protection authority of your country."
    ) % {"organisation": person.organisation.name}
    blocks: list = [Text(intro)]
    for section in sections:
        blocks += [Heading(section.title), _table(section)]
    if any(copying.withheld.values()):
        said = [(f"{count} ×", why) for count, why in _withheld(copying)]
        blocks += [Heading(_("What is not in this copy, and why")), Facts(said)]
    foot = f"{person.code} · {_day(_today())}"
    return Paper(_("Your data"), copying.language, blocks, above=person.organisation.name, foot=foot)


def _table(section) -> Facts | Rows:
    """Its rows on paper; a column in which nothing stands is left out, so that the others have room."""
    if len(section.columns) == 2:
        return Facts([(row[0], row[1]) for row in section.rows])
    kept = [at for at in range(len(section.columns)) if any(row[at] for row in section.rows)]
    return Rows([section.columns[at] for at in kept], [[row[at] for at in kept] for row in section.rows])


__all__ = ["PARTS", "ShownCopy", "Words", "copy_of_person", "look_through_copy"]
