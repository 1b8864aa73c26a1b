"""What came from elsewhere and found no place: rows that hang on nothing, terms that mean nothing here yet."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from duga.directory.models import Attribute, LooseRow, Source, TaxonomyTerm, TermMapping
from duga.directory.queries.inbox import source_by_id
from duga.directory.rules.terms import TAXONOMY_KEYS, terms
from duga.members.queries import networks_of, require
from duga.members.rules import Permission, Viewer
from duga.places.rules.codes import pick
from duga.plain.tables import write_xlsx

SHOWN = 100  #: rows and terms on a page


@dataclass(frozen=True)
class Foreign:
    """A term of a source: how many rows bear it, and the key of our term it means ("needs:legal"), if any."""

    id: object
    name: str
    taxonomy: str
    borne: int
    means: str = ""


def foreign_terms() -> Q:
    """Terms that are not of our own taxonomies."""
    return Q(taxonomy=None) | Q(taxonomy__key="")


def sources_of(viewer: Viewer) -> list[Source]:
    """The sources of the networks whose directory the viewer looks after, each with `loose` rows and `terms`."""
    networks = networks_of(viewer, Permission.CURATE_DIRECTORY)
    rows = list(Source.objects.filter(network__in=networks).annotate(loose=Count("loose_rows")).order_by("name", "pk"))
    told = TaxonomyTerm.objects.filter(foreign_terms(), source__in=rows, mappings=None).values_list("source_id")
    number = dict(told.annotate(Count("pk")))
    for row in rows:
        row.terms = number.get(row.pk, 0)
    return rows


def source_for(viewer: Viewer, source_id) -> Source:
    """A source whose network's directory the viewer looks after; NotFound, NotAllowed else."""
    source = source_by_id(source_id)
    require(viewer, Permission.CURATE_DIRECTORY, source.network)
    return source


def terms_from(viewer: Viewer, source_id) -> list[Foreign]:
    """A source's terms, those without a meaning first, the most borne before the others."""
    source = source_for(viewer, source_id)
    rows = list(TaxonomyTerm.objects.filter(foreign_terms(), source=source).select_related("taxonomy"))
    borne = dict(Attribute.objects.filter(term__in=rows).values_list("term").annotate(Count("pk")))
    pairs = TermMapping.objects.filter(term__in=rows, means__taxonomy__isnull=False)
    means = {pk: f"{key}:{code}" for pk, key, code in pairs.values_list("term", "means__taxonomy__key", "means__code")}
    told = [
        Foreign(
            row.pk, row.name, row.taxonomy.name if row.taxonomy else row.taxonomy_name, borne.get(row.pk, 0),
            means.get(row.pk, ""),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(told, key=lambda each: (bool(each.means), -each.borne, each.name))


def meaning_choices(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """[(taxonomy's name, [(key of a term, its label)])] of what a foreign term may mean."""
    return [
        (name, [(f"{key}:{each.code}", pick(each.labels, language)) for each in terms(key)])
        for key, name in TAXONOMY_KEYS.items()
    ]


def loose_rows(viewer: Viewer, source_id, *, limit: int = SHOWN) -> list[LooseRow]:
    """Rows of a source that hang on nothing we know, as they came."""
    return list(source_for(viewer, source_id).loose_rows.order_by("entity", "external_id")[:limit])


def loose_file(viewer: Viewer, source_id) -> bytes:
    """All such rows as a spreadsheet, to be mended and brought in again."""
    rows = list(source_for(viewer, source_id).loose_rows.order_by("entity", "external_id"))
    columns = list(dict.fromkeys(name for row in rows for name in row.told if name != "id"))
    told = ([row.entity, row.external_id, *(_cell(row.told.get(name)) for name in columns)] for row in rows)
    return write_xlsx([_("Table"), "id", *columns], told)


def _cell(value):
    return value if value is None or isinstance(value, str | int | float) else str(value)
