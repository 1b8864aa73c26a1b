"""Texts in other languages than the one they were written in."""

from django.db import transaction

from duga.directory import queries
from duga.directory.actions._help import _tell
from duga.directory.actions._sealed import _check_told
from duga.directory.actions.indexing import _index
from duga.directory.models import Translation
from duga.directory.rules.fields import PROVIDER, SERVICE
from duga.directory.rules.texts import TRANSLATED, mark
from duga.members.rules import Viewer
from duga.places.rules import codes
from duga.plain.errors import NotAllowed, Refused, gettext_noop

__all__ = ["translate"]


@transaction.atomic
def translate(*, by: Viewer, entity: str, record_id, language: str, texts: dict[str, str], machine=False) -> int:
    """Keeps texts of a service ("service") or provider ("organization") in a language; returns how many changed.

    `texts` {field: text}; an empty text takes a translation away. It remembers which original it was made from.
    `machine`: nobody has read it yet; it never replaces a person's.
    """
    row = queries.service_by_id(record_id) if entity == "service" else queries.provider_by_id(record_id)
    provider = getattr(row, "provider", row)
    if not queries.may_edit(by, provider):
        raise NotAllowed(gettext_noop("Your role does not allow this. Ask your organisation's coordinator."))
    language = language.strip().lower()
    if language not in {"sr-latn", *(code.code for code in codes("languages"))}:
        raise Refused(gettext_noop("Choose a language of the list."))
    if unknown := set(texts) - TRANSLATED[entity]:
        raise Refused(gettext_noop("A service has no field called %(name)s."), name=min(unknown))
    _check_told(provider, list(texts.values()))
    changed = [name for name, text in texts.items() if _keep(by, entity, row, name, language, text, machine)]
    if changed:
        if entity == "service":
            _index([row.pk])
        _tell(by, "translated", row, provider, language=language, fields=sorted(changed))
    return len(changed)


def _keep(by, entity, row, name, language, text, machine):
    rows = Translation.objects.filter(record_id=row.pk, field=name, language=language)
    there = rows.first()
    limit = (SERVICE if entity == "service" else PROVIDER)[name].limit
    text = str(text).strip()[: 2 * limit]
    if not text:
        return bool(rows.delete()[0])
    if there and machine and not there.machine:
        return False
    told = {"text": text, "of": mark(getattr(row, name)), "machine": machine}
    if there and all(getattr(there, key) == value for key, value in told.items()):
        return False
    Translation.objects.update_or_create(
        record_id=row.pk, field=name, language=language,
        defaults={**told, "entity": entity, "by_id": by.account_id},
    )  # fmt: skip
    return True
