"""All that an organisation owns in the directory, for the day it leaves: offers, their histories, licences, papers."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q

from duga.directory import models
from duga.directory.actions._help import _tell
from duga.directory.actions._sealed import _sealed_of
from duga.directory.actions.licences.papers import _file_name, _unseal
from duga.directory.queries import provider_of
from duga.directory.queries.confidential import may_see_places
from duga.directory.queries.licences import may_open_papers, paper_key
from duga.directory.rules.confidential import FIELDS
from duga.members.queries import organisation_by_id, require
from duga.members.rules import Permission, Viewer
from duga.vault.models import open_columns

__all__ = ["export_directory", "export_papers"]

CHUNK = 500
#: From a row to the provider it belongs to, by the name of its column.
TO_PROVIDER = {
    "provider": "provider", "service": "service__provider", "location": "location__provider",
    "service_at_location": "service_at_location__service__provider", "contact": "contact__provider",
    "phone": "phone__provider", "guide": "guide__provider", "licence": "licence__service__provider",
}  # fmt: skip
#: Tables whose rows belong to a provider by one of those columns, in HSDS's words and after them ours.
TABLES = {
    "programs": models.Program, "services": models.Service, "locations": models.Location,
    "service_at_locations": models.ServiceAtLocation, "addresses": models.Address,
    "accessibility": models.Accessibility, "phones": models.Phone, "contacts": models.Contact, "urls": models.Url,
    "languages": models.Language, "schedules": models.Schedule, "closures": models.Closure,
    "service_areas": models.ServiceArea, "cost_options": models.CostOption,
    "required_documents": models.RequiredDocument, "capacities": models.ServiceCapacity, "funding": models.Funding,
    "identifiers": models.OrganizationIdentifier, "facts": models.Fact, "verifications": models.Verification,
    "changes": models.Change, "proposals": models.Proposal, "reports": models.Report,
    "disagreements": models.Disagreement, "confirm_links": models.ConfirmLink, "guides": models.Guide,
    "guided_services": models.GuidedService, "recordings": models.Recording,
    "licences": models.Licence, "licence_steps": models.LicenceStep,
    "licence_assessments": models.Assessment, "licence_documents": models.LicenceDocument,
    "licence_tasks": models.LicenceTask, "licence_reminders": models.LicenceReminder,
}  # fmt: skip


def _provider(by, organisation_id):
    organisation = organisation_by_id(by, organisation_id)
    require(by, Permission.EXPORT_RECORDS, organisation)
    return provider_of(organisation.pk)


@transaction.atomic
def export_directory(*, by: Viewer, organisation_id) -> Iterator[tuple[str, list[str], Iterator]]:
    """All an organisation owns in the directory, opened: (table name, columns, rows) one after another.

    Confidential places only for who may open them. What readers wrote in reports is theirs and stays sealed. Leaves
    one trail entry; nothing at all for an organisation that was never listed.
    """
    provider = _provider(by, organisation_id)
    if provider is None:
        return iter(())
    _tell(by, "exported", provider, provider)
    return _everything(by, provider)


def _everything(by, provider):
    yield "directory_provider", *_plain(models.Provider.objects.filter(pk=provider.pk))
    for name, model in TABLES.items():
        yield f"directory_{name}", *_plain(_owned(model, provider))
    ids = [provider.pk]
    for model in (models.Program, models.Service, models.Location):
        ids += model.objects.filter(provider=provider).values_list("pk", flat=True)
    borne = models.Attribute.objects.filter(link_id__in=ids)
    yield "directory_attributes", *_plain(borne)
    yield "directory_terms", *_plain(models.TaxonomyTerm.objects.filter(pk__in=borne.values("term")))
    yield "directory_translations", *_plain(models.Translation.objects.filter(record_id__in=ids))
    pairs = models.Duplicate.objects.filter(Q(first_id__in=ids) | Q(second_id__in=ids))
    yield "directory_duplicates", *_plain(pairs)
    if may_see_places(by, provider):
        rows = _sealed_of(provider)
        yield (
            "directory_confidential_places",
            ["id", "service_id", "kind", *FIELDS],
            ([place.pk, place.service_id, place.kind, *(told.get(name) for name in FIELDS)] for place, told in rows),
        )
    asked = {"country": provider.country}
    yield "licence_kinds", *_plain(models.LicenceKind.objects.filter(**asked))
    yield "licence_standards", *_plain(models.Standard.objects.filter(**asked))
    yield "licence_criteria", *_plain(models.Criterion.objects.filter(standard__country=provider.country))


def _owned(model, provider):
    """The rows of a table that belong to a provider, by whichever columns lead there."""
    found = Q(pk__in=())
    for name in TO_PROVIDER.keys() & {each.name for each in model._meta.concrete_fields}:
        found |= Q(**{TO_PROVIDER[name]: provider})
        if name in ("contact", "phone"):  # which may themselves hang on a service only
            found |= Q(**{f"{name}__service__provider": provider})
    return model.objects.filter(found)


def _plain(rows):
    names = open_columns(rows.model)
    return names, rows.order_by("pk").values_list(*names).iterator(chunk_size=CHUNK)


@transaction.atomic
def export_papers(*, by: Viewer, organisation_id) -> Iterator[tuple[str, bytes]]:
    """The documents of an organisation's licences, opened: (path, bytes) one after another; one trail entry.

    None for who may not open them.
    """
    provider = _provider(by, organisation_id)
    rows = models.LicenceDocument.objects.filter(licence__service__provider=provider, removed_at=None)
    rows = list(rows.select_related("licence__service__provider__organisation").order_by("pk")) if provider else []
    if not rows or not may_open_papers(by, rows[0].licence):
        return iter(())
    _tell(by, "papers_exported", provider, provider, documents=len(rows))
    key = paper_key(rows[0].licence)
    return ((f"licences/{row.licence_id}/{row.pk}-{_file_name(row)}", _unseal(row, key)) for row in rows)
