"""Loading the lists of terms that come with Duga as HSDS taxonomies: code lists of places, and our own."""

from django.db import transaction

from duga.directory.actions._help import _in_line
from duga.directory.models import Taxonomy, TaxonomyTerm, TermMapping
from duga.directory.rules.terms import FROM_PLACES, KEYS, NOTES, OWN, rows, terms
from duga.members.actions import write_trail
from duga.members.queries import require
from duga.members.rules import Permission, Viewer
from duga.places.rules import versions

__all__ = ["load_terms"]


@transaction.atomic
def load_terms(*, by: Viewer) -> int:
    """Brings our taxonomies in line with the files; returns how many terms there are. Run again, it changes nothing."""
    if not by.system:
        require(by, Permission.MANAGE_PLACES)
    version = versions()
    own = _in_line(
        Taxonomy.objects.all(), ("key",),
        {
            (key,): {"name": name, "description": NOTES.get(key, name), "version": version.get(key, "1")}
            for key, name in {**FROM_PLACES, **OWN}.items()
        },
    )  # fmt: skip
    taxonomies = {row.pk: row for row in own.values()}
    made = _in_line(
        TaxonomyTerm.objects.filter(taxonomy__in=taxonomies), ("taxonomy_id", "code"),
        {(own[key,].pk, term.code): _told(own[key,], term) for key in KEYS for term in terms(key)},
    )  # fmt: skip
    _map({(taxonomies[pk].key, code): row for (pk, code), row in made.items()})
    write_trail(by=by, event="directory.terms_loaded", subject=("directory.Taxonomy", ""), detail={"terms": len(made)})
    return len(made)


def _told(taxonomy, term) -> dict:
    name = term.labels["en"]
    return {
        "name": name, "names": term.labels, "synonyms": list(term.synonyms), "description": name, "language": "en",
        "taxonomy_name": taxonomy.name,
    }  # fmt: skip


def _map(made) -> None:
    """Says which term means which; `made` {(taxonomy key, code): term}."""
    pairs = {
        (made[row["taxonomy"], row["code"]].pk, made[row["means_taxonomy"], row["means_code"]].pk): {
            "match": row["match"], "source": row["source"],
        }
        for row in rows("mappings")
    }  # fmt: skip
    _in_line(TermMapping.objects.filter(term__in={term for term, _means in pairs}), ("term_id", "means_id"), pairs)
