"""The day an organisation leaves: all it has in the directory goes with it, and nothing that is another's."""

import csv
import io
import json

import pytest

from config.commands.leave import Folder, export_to
from duga.directory import actions, models
from duga.directory.actions.exports import TABLES, TO_PROVIDER
from duga.members.models import TrailEntry
from duga.plain.errors import DugaError
from duga.vault.models import open_columns
from duga.vault.sensitivity import SEALED, Sensitivity
from tests.directory import build

pytestmark = pytest.mark.django_db
#: Tables that belong to nobody in particular (code lists, sources, index), to a network, or to one account.
OTHERS = {
    "Source", "LooseRow", "Taxonomy", "TaxonomyTerm", "TermMapping", "Unit", "LicenceKind", "Standard", "Criterion",
    "SearchEntry", "SearchPosting", "Campaign", "Funds", "FundsTable", "SavedList", "SavedService",
}  # fmt: skip
#: Tables that are read by other columns than one that leads to the provider.
BY_HAND = {"Provider", "Attribute", "Translation", "Duplicate", "ConfidentialPlace"}


def test_no_table_of_the_directory_is_forgotten():
    """A new table is judged: it leaves with its organisation, or it is no organisation's."""
    exported = {model.__name__ for model in TABLES.values()}
    assert set(models.__all__) == exported | OTHERS | BY_HAND
    assert not exported & (OTHERS | BY_HAND)
    for model in TABLES.values():
        columns = {field.name for field in model._meta.concrete_fields}
        assert columns & set(TO_PROVIDER), model
        judged = {name: model.SENSITIVITY.get(name) for name in columns}
        closed = {name for name, mark in judged.items() if mark in {*SEALED, Sensitivity.SECRET}}
        assert not closed & set(open_columns(model)), model


@pytest.fixture
def left(cast, settings, tmp_path):
    """What an organisation with a shelter, a licence and its paper, a guide and a history takes; a neighbour stays."""
    settings.MEDIA_ROOT = tmp_path / "media"
    build.terms()
    cast.provider = build.provider(cast)
    cast.service = build.service(cast, cast.provider)
    build.waiting(cast)
    build.guide(cast, cast.provider, cast.service)
    _licence, cast.paper = build.licence(cast, cast.service)
    by = cast.viewer("coordinator")
    actions.change_service(by=by, service_id=cast.service.pk, changes={"wait_time": "sat", "fees_description": "—"})
    actions.translate(by=by, entity="service", record_id=cast.service.pk, language="sq", texts={"name": "Ndihmë"})
    theirs = build.provider(cast, "other_coordinator", cast.nis)
    build.service(cast, theirs, "other_coordinator", name="Tuđa usluga", locations=[])
    folder = Folder(tmp_path / "leaving")
    export_to(folder, by=by, organisation=cast.niksic)
    return folder


def rows(folder, name):
    listed = json.loads((folder.path / f"{name}.json").read_text())
    text = (folder.path / f"{name}.csv").read_text(encoding="utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text)))) == len(listed)
    return listed


def test_offers_histories_licences_and_papers_leave_whole(cast, left):
    (provider,) = rows(left, "directory_provider")
    assert provider["id"] == str(cast.provider.pk)
    services = rows(left, "directory_services")
    assert {each["id"] for each in services} == set(map(str, cast.provider.services.values_list("pk", flat=True)))
    assert rows(left, "directory_phones")[0]["number"] == "+382 40 000 001"
    changed = {(each["field"], each["after"]) for each in rows(left, "directory_changes")}
    assert ("wait_time", "sat") in changed
    facts = rows(left, "directory_facts")
    assert len(facts) == models.Fact.objects.filter(service__provider=cast.provider).count() and facts[0]["due_on"]
    assert rows(left, "directory_translations")[0]["text"] == "Ndihmë"
    codes = {each["id"]: each["code"] for each in rows(left, "directory_terms")}
    assert {codes[each["term_id"]] for each in rows(left, "directory_attributes")} >= {"legal", "legal_aid"}
    (licence,) = rows(left, "directory_licences")
    assert [each["state"] for each in rows(left, "directory_licence_steps")] == ["started"]
    assert {each["country"] for each in rows(left, "licence_kinds")} == {"ME"} and rows(left, "licence_criteria")
    (paper,) = rows(left, "directory_licence_documents")
    file = left.path / "licences" / licence["id"] / f"{paper['id']}-statut.pdf"
    assert file.read_bytes() == b"%PDF-1.4 statute" and left.papers == 1
    told = "".join(path.read_text(errors="ignore") for path in left.path.glob("*.json"))
    assert "Tuđa usluga" not in told and "digest" not in told


def test_confidential_places_leave_with_who_may_open_them_and_reports_stay_sealed(cast, left):
    (place,) = rows(left, "directory_confidential_places")
    assert (place["address"], place["kind"]) == ("Nevidljiva 3", "shelter")
    assert "zatvoreno" not in (left.path / "directory_reports.json").read_text()  # what a reader wrote
    events = set(TrailEntry.objects.filter(organisation_id=cast.niksic.pk).values_list("event", flat=True))
    assert {"directory.exported", "directory.papers_exported"} <= events


def test_nobody_else_takes_it_out(cast):
    build.provider(cast)
    for who in ("worker", "other_coordinator", "national", "secretariat", "administrator"):
        for take in (actions.export_directory, actions.export_papers):
            with pytest.raises(DugaError):
                take(by=cast.viewer(who), organisation_id=cast.niksic.pk)


def test_an_organisation_that_was_never_listed_leaves_without(cast):
    by = cast.viewer("coordinator")
    for take in (actions.export_directory, actions.export_papers):
        assert list(take(by=by, organisation_id=cast.niksic.pk)) == []
