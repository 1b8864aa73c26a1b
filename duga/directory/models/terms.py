"""What services are called in ordered lists: taxonomies, their terms, which term means which, and who bears which."""

from django.db import models

from duga.directory.models.base import Entry, short, words
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S


class Taxonomy(Entry):
    """HSDS taxonomy: a list of terms. Ours have a `key` ("needs", "service_types", "conditions"…); imported have none.

    Our own are loaded from code lists and from taxonomies/*.csv, never edited here.
    """

    key = short(40)
    name = words()
    description = words()
    uri = words()
    version = words()

    SENSITIVITY = {
        "key": S.PUBLIC, "name": S.PUBLIC, "description": S.PUBLIC, "uri": S.PUBLIC, "version": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~models.Q(key=""), name="one_taxonomy_per_key")
        ]


class TaxonomyTerm(Entry):
    """HSDS taxonomy_term. `names` {language: name} where it was translated; `synonyms` are what people search by."""

    taxonomy = models.ForeignKey(Taxonomy, models.CASCADE, null=True, blank=True, related_name="terms")
    taxonomy_name = words()  # HSDS's `taxonomy`: the list's name, where a source tells no more
    code = words()
    name = words()
    names = models.JSONField(default=dict, blank=True)
    synonyms = models.JSONField(default=list, blank=True)
    description = words()
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    language = short(12)
    term_uri = words()

    SENSITIVITY = {
        "taxonomy": S.PUBLIC, "taxonomy_name": S.PUBLIC, "code": S.PUBLIC, "name": S.PUBLIC, "names": S.PUBLIC,
        "synonyms": S.PUBLIC, "description": S.PUBLIC, "parent": S.PUBLIC, "language": S.PUBLIC, "term_uri": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["taxonomy", "code"])]


class TermMapping(Record):
    """That a term of one taxonomy means a term of another, in SKOS's words (exact, close, broad, narrow)."""

    term = models.ForeignKey(TaxonomyTerm, models.CASCADE, related_name="mappings")
    means = models.ForeignKey(TaxonomyTerm, models.CASCADE, related_name="meant_by")
    match = models.CharField(max_length=10, default="exact")
    source = models.CharField(max_length=300, blank=True)  # who says so

    SENSITIVITY = {"term": S.PUBLIC, "means": S.PUBLIC, "match": S.PUBLIC, "source": S.PUBLIC}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["term", "means"], name="one_mapping_per_pair")]


class Attribute(Entry):
    """HSDS attribute: that a row of any table bears a term, or a value under it. Needs and groups are such terms."""

    link_entity = models.CharField(max_length=40)  # HSDS's name of the table: "service", "location"…
    link_id = models.UUIDField()
    term = models.ForeignKey(TaxonomyTerm, models.PROTECT, related_name="attributes")
    link_type = words()
    value = words()
    label = words()

    SENSITIVITY = {
        "link_entity": S.PUBLIC, "link_id": S.PUBLIC, "term": S.PUBLIC, "link_type": S.PUBLIC, "value": S.PUBLIC,
        "label": S.PUBLIC,
    }  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["link_id", "term"]), models.Index(fields=["term", "link_entity"])]
