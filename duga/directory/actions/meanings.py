"""Saying what a foreign term means in our own words, so that services that bear it are found by them."""

from django.db import transaction

from duga.directory.actions._help import _tell
from duga.directory.actions.indexing import _index
from duga.directory.models import Attribute, TaxonomyTerm, TermMapping
from duga.directory.queries.sources import foreign_terms, source_for
from duga.members.rules import Viewer
from duga.plain.errors import NotFound, gettext_noop

__all__ = ["map_term"]

_NO_TERM = gettext_noop("There is no such term among those of this source.")
_NO_MEANING = gettext_noop("There is no term %(key)s in our lists. Choose one of them.")


@transaction.atomic
def map_term(*, by: Viewer, source_id, term_id, means: str) -> TaxonomyTerm:
    """A term of a source means a term of ours ("needs:legal"), or nothing ("").

    The services that bear it are found by ours from now on, and those that come later, too.
    """
    source = source_for(by, source_id)
    rows = TaxonomyTerm.objects.select_for_update(of=("self",))
    term = rows.filter(foreign_terms(), pk=term_id, source=source).first()
    if term is None:
        raise NotFound(_NO_TERM)
    term.mappings.all().delete()
    if means:
        key, _colon, code = means.partition(":")
        ours = TaxonomyTerm.objects.filter(taxonomy__key=key, code=code).first() if key else None
        if ours is None:
            raise NotFound(_NO_MEANING, key=means)
        TermMapping.objects.create(term=term, means=ours, match="exact", source=by.name[:300])
    borne = Attribute.objects.filter(term=term, link_entity="service").values_list("link_id", flat=True)
    _index(list(borne.distinct()))
    _tell(by, "term_mapped", term, None, means=means)
    return term
