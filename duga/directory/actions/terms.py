"""Loading the lists of terms that come with Duga as HSDS taxonomies: code lists of places, and our own."""

from django.db import transaction

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
    version, made = versions(), {}
    for key in KEYS:
        taxonomy = _taxonomy(key, FROM_PLACES.get(key) or OWN[key], version.get(key, "1"))
        for term in terms(key):
            _term(made, taxonomy, term)
    _mappings(made)
    write_trail(by=by, event="directory.terms_loaded", subject=("directory.Taxonomy", ""), detail={"terms": len(made)})
    return len(made)


def _taxonomy(key, name, version):
    told = {"name": name, "description": NOTES.get(key, name), "version": version}
    return Taxonomy.objects.update_or_create(key=key, defaults=told)[0]


def _term(made, taxonomy, term):
    name = term.labels["en"]
    told = {
        "name": name, "names": term.labels, "synonyms": list(term.synonyms), "description": name, "language": "en",
        "taxonomy_name": taxonomy.name,
    }  # fmt: skip
    row, _made = TaxonomyTerm.objects.update_or_create(taxonomy=taxonomy, code=term.code, defaults=told)
    made[taxonomy.key, term.code] = row


def _mappings(made):
    for row in rows("mappings"):
        TermMapping.objects.update_or_create(
            term=made[row["taxonomy"], row["code"]], means=made[row["means_taxonomy"], row["means_code"]],
            defaults={"match": row["match"], "source": row["source"]},
        )  # fmt: skip
