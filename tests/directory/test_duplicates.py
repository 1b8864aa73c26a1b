"""Two sources of one truth: disagreements kept with both words, duplicates found, merged and taken apart again."""

import pytest
from django.db import connection

from duga.directory import actions, queries
from duga.directory.models import (
    Change,
    Disagreement,
    GuidedService,
    Licence,
    LicenceDocument,
    Provider,
    Report,
    SavedService,
    Service,
)
from duga.directory.queries.guides import saved_list, saved_lists
from duga.directory.queries.licences import organisation_licences
from duga.directory.rules.likeness import ASK, Seen, likeness, pairs
from duga.members.rules import VISITOR
from duga.plain.errors import NotFound, Refused
from tests.directory import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(cast):
    build.terms()
    return build.service(cast, build.provider(cast))


@pytest.fixture
def source(cast):
    return actions.add_source(
        by=cast.viewer("national"), network_id=cast.me.pk, name="Lista opštine", kind="institution"
    )


def note(cast, offered, source, field, theirs):
    return actions.note_disagreement(
        by=cast.viewer("national"), entity="service", record_id=offered.pk, field=field, theirs=theirs,
        source_id=source.pk,
    )  # fmt: skip


def test_both_words_are_kept_one_stands_and_says_why(cast, offered, source):
    told = note(cast, offered, source, "wait_time", "dvije nedjelje")
    assert queries.offer_of(offered)["wait_time"] == "" and told.state == "open"
    with pytest.raises(Refused, match="why"):
        actions.decide_disagreement(by=cast.viewer("coordinator"), disagreement_id=told.pk, take=True, why=" ")
    actions.decide_disagreement(by=cast.viewer("coordinator"), disagreement_id=told.pk, take=True, why="zvali smo")
    offered.refresh_from_db()
    assert offered.wait_time == "dvije nedjelje"
    assert Change.objects.get(service=offered, field="wait_time").source_id == source.pk
    actions.decide_disagreement(by=cast.viewer("coordinator"), disagreement_id=told.pk, take=False, why="ipak ne")
    offered.refresh_from_db()
    assert offered.wait_time == ""
    told.refresh_from_db()
    assert (told.ours, told.theirs, told.state) == ("", "dvije nedjelje", "kept")


def test_a_decision_holds_until_the_source_says_something_new(cast, offered, source):
    told = note(cast, offered, source, "wait_time", "sat")
    actions.decide_disagreement(by=cast.viewer("coordinator"), disagreement_id=told.pk, take=False, why="ne")
    assert note(cast, offered, source, "wait_time", "sat").state == "kept"
    assert note(cast, offered, source, "wait_time", "dan").state == "open"
    assert note(cast, offered, source, "wait_time", "") is None
    assert Disagreement.objects.get().state == "gone"


def test_rows_that_say_the_same_do_not_disagree(cast, offered, source):
    phones = [{"number": "+382 40 000 001", "free": True}]
    assert note(cast, offered, source, "phones", phones) is None
    told = note(cast, offered, source, "phones", [{"number": "+382 40 000 009"}])
    actions.decide_disagreement(by=cast.viewer("national"), disagreement_id=told.pk, take=True, why="nov broj")
    assert [row["number"] for row in queries.offer_of(queries.service_by_id(offered.pk))["phones"]] == [
        "+382 40 000 009"
    ]


def test_disagreements_are_for_who_decides(cast, offered, source):
    told = note(cast, offered, source, "wait_time", "sat")
    assert [row.pk for row in queries.disagreements_for(cast.viewer("coordinator"))] == [told.pk]
    assert queries.disagreements_for(cast.viewer("other_coordinator")) == []
    with pytest.raises(NotFound):
        actions.decide_disagreement(by=cast.viewer("worker"), disagreement_id=told.pk, take=True, why="x")


def test_a_pair_told_by_two_is_found_and_a_neighbour_is_not(cast, offered):
    office = build.state(cast, name="Dnevni centar Niksic")
    same = build.service(
        cast, office, "national", name="Besplatna pravna pomoc - Nikšić", phones=[{"number": "040/000-001"}],
        schedules=[], description="", fees_description="ništa",
    )  # fmt: skip
    build.service(
        cast, office, "national", name="Psihološko savjetovalište", phones=[{"number": "040 555 111"}],
        locations=[{"city": "Nikšić", "address_1": "Druga 2"}], terms={"needs": ["mental_health"]},
    )  # fmt: skip
    by = cast.viewer("national")
    assert actions.find_duplicates(by=by, network_id=cast.me.pk) == 2  # the services, and who offers them
    assert actions.find_duplicates(by=by, network_id=cast.me.pk) == 0
    row = queries.duplicates_for(by)[0].row
    assert {row.first_id, row.second_id} == {offered.pk, same.pk} and row.likeness >= ASK and "reach" in row.reasons
    assert queries.duplicates_for(cast.viewer("coordinator")) == []  # the office is not theirs
    told = queries.pair(by, row.pk)
    assert {told.first.name, told.second.name} == {offered.name, same.name}

    before, other = queries.offer_of(offered), queries.offer_of(same)
    actions.merge(by=by, duplicate_id=row.pk, keep_id=offered.pk)
    assert queries.service_by_id(same.pk).pk == offered.pk  # the old address leads to the one that stayed
    kept = queries.offer_of(queries.service_by_id(offered.pk))
    assert kept["fees_description"] == "ništa" and kept["name"] == before["name"]
    assert queries.search(build.ask(text="besplatna pravna"), build.NOW).total == 1

    actions.undo_merge(by=by, duplicate_id=row.pk)
    assert queries.offer_of(Service.objects.get(pk=offered.pk)) == before
    assert queries.offer_of(Service.objects.get(pk=same.pk)) == other
    assert queries.search(build.ask(text="besplatna pravna"), build.NOW).total == 2
    actions.decide_different(by=by, duplicate_id=row.pk)
    assert queries.duplicates_for(by) == []


def test_two_entries_of_one_organisation_are_seen_side_by_side_merged_and_taken_apart(cast, offered, sign_in):
    told = {"email": "dom@example.org"}
    one = build.state(cast, name="Dom zdravlja Bar", told=told)
    two = build.state(cast, name="JZU Dom zdravlja u Baru", told=told | {"description": "Opštinska ustanova"})
    moved = build.service(cast, two, "national", name="Patronaža", phones=[{"number": "030 111 222"}])
    by = cast.viewer("national")
    assert actions.find_duplicates(by=by, network_id=cast.me.pk) == 1
    (pair,) = queries.duplicates_for(by, entity="organization")
    assert queries.duplicates_for(cast.viewer("coordinator"), entity="organization") == []
    page, address = sign_in("national"), f"/workspace/directory/duplicates/{pair.row.pk}/"
    assert "Dom zdravlja Bar" in page.get("/workspace/directory/duplicates/").content.decode()
    shown = page.get(address).content.decode()
    assert "Opštinska ustanova" in shown and "Patronaža" in shown
    page.post(address, {"do": "merge", "keep": str(one.pk)})
    assert Service.objects.get(pk=moved.pk).provider_id == one.pk
    assert "Take them apart" in page.get(address).content.decode()
    page.post(address, {"do": "undo"})
    assert Service.objects.get(pk=moved.pk).provider_id == two.pk
    assert Provider.objects.get(pk=two.pk).merged_into is None


def test_what_people_changed_since_stays_when_a_merge_is_taken_apart(cast, offered):
    same = build.service(cast, offered.provider, wait_time="sat")
    by = cast.viewer("coordinator")
    row = actions.note_duplicate(by=by, entity="service", first_id=offered.pk, second_id=same.pk, likeness=1.0)
    actions.merge(by=by, duplicate_id=row.pk, keep_id=offered.pk)
    actions.change_service(by=by, service_id=offered.pk, changes={"wait_time": "dva sata"})
    actions.undo_merge(by=by, duplicate_id=row.pk)
    assert queries.offer_of(Service.objects.get(pk=offered.pk))["wait_time"] == "dva sata"


def test_two_providers_become_one_and_two_again(cast, offered):
    office = build.state(cast, name="Dnevni centar Nikšić")
    theirs = build.service(cast, office, "national", name="Drugo")
    by = cast.viewer("national")
    row = actions.note_duplicate(
        by=by, entity="organization", first_id=offered.provider_id, second_id=office.pk, likeness=0.9
    )
    actions.merge(by=by, duplicate_id=row.pk, keep_id=offered.provider_id)
    assert Service.objects.get(pk=theirs.pk).provider_id == offered.provider_id
    actions.undo_merge(by=by, duplicate_id=row.pk)
    assert Service.objects.get(pk=theirs.pk).provider_id == office.pk
    with pytest.raises(Refused):
        actions.merge(by=by, duplicate_id=row.pk, keep_id=theirs.pk)


def test_likeness_is_blind_to_spelling_and_knows_namesakes():
    one = Seen("SOS telefon Nikšić", "SOS Nikšić", frozenset({"40111222"}))
    assert likeness(one, Seen("СОС телефон Никшић", "SOS Niksic", frozenset({"40111222"})))[0] > 0.95
    assert likeness(one, Seen("SOS telefon Podgorica", "SOS Podgorica", frozenset({"20111222"})))[0] < ASK
    assert pairs({1: one, 2: one, 3: Seen("Narodna kuhinja")}) == [(1.0, 1, 2, ["name", "provider", "reach"])]


def test_translations_know_their_original(cast, offered):
    told = {"name": "Ndihmë juridike falas"}
    by = cast.viewer("coordinator")
    assert actions.translate(by=by, entity="service", record_id=offered.pk, language="sq", texts=told) == 1
    assert actions.translate(by=by, entity="service", record_id=offered.pk, language="sq", texts=told) == 0
    machine = {"by": by, "entity": "service", "record_id": offered.pk, "machine": True}
    assert actions.translate(**machine, language="sq", texts={"name": "robot"}) == 0
    assert queries.translations_of("service", offered.pk)["name"]["sq"].text == "Ndihmë juridike falas"
    with pytest.raises(Refused):
        actions.translate(by=by, entity="service", record_id=offered.pk, language="xx", texts=told)
    with pytest.raises(Refused):
        actions.translate(by=by, entity="service", record_id=offered.pk, language="sq", texts={"email": "x"})


@pytest.fixture
def twins(cast, offered):
    """(the pair, the one that goes): it has a licence in the making with a paper, a guide, two lists and a report."""
    gone = build.service(cast, offered.provider)
    by = cast.viewer("coordinator")
    build.licence(cast, gone)
    build.guide(cast, offered.provider, gone)
    build.saved_list(cast, gone)
    both = build.saved_list(cast, gone, who="operator")
    actions.keep_in_list(by=cast.viewer("operator"), list_id=both.pk, service_id=offered.pk)
    actions.report(by=VISITOR, service_id=gone.pk, kind="hours")
    row = actions.note_duplicate(by=by, entity="service", first_id=offered.pk, second_id=gone.pk, likeness=1.0)
    return row, gone


def hangs_on(service):
    """What hangs on a service: ids of its licence, guides, places in lists, reports."""
    return [
        set(model.objects.filter(service=service).values_list("pk", flat=True))
        for model in (Licence, GuidedService, SavedService, Report)
    ]


def test_licence_guides_lists_and_reports_go_along_and_come_back(cast, offered, twins):
    row, gone = twins
    by = cast.viewer("coordinator")
    before, other = hangs_on(offered), hangs_on(gone)
    paper = LicenceDocument.objects.get()
    actions.merge(by=by, duplicate_id=row.pk, keep_id=offered.pk)
    licences, guides, saved, reports = hangs_on(offered)
    assert (licences, guides, reports) == (other[0], other[1], other[3]) and len(saved) == 2
    assert hangs_on(gone)[2] == other[2] - saved  # who had both keeps both, and sees one
    kept = saved_lists(cast.viewer("operator"))[0]
    assert saved_list(cast.viewer("operator"), kept.pk)[1] == [offered.pk]
    assert actions.open_document(by=by, document_id=paper.pk)[0] == b"%PDF-1.4 statute"
    assert [each.service.pk for each in organisation_licences(by, cast.niksic, build.NOW.date())] == [offered.pk]
    actions.undo_merge(by=by, duplicate_id=row.pk)
    assert (hangs_on(offered), hangs_on(gone)) == (before, other)


def test_both_on_their_way_keep_their_own_and_none_is_lost(cast, offered, twins):
    row, gone = twins
    by = cast.viewer("coordinator")
    build.licence(cast, offered)
    actions.merge(by=by, duplicate_id=row.pk, keep_id=offered.pk)
    listed = organisation_licences(by, cast.niksic, build.NOW.date())
    assert {each.service.pk for each in listed} == {offered.pk, gone.pk}
    actions.undo_merge(by=by, duplicate_id=row.pk)
    Licence.objects.filter(service=gone).update(state="licensed", valid_until=build.NOW.date())
    with pytest.raises(Refused, match="keep that one"):
        actions.merge(by=by, duplicate_id=row.pk, keep_id=offered.pk)


def test_what_an_organisation_sealed_stays_under_its_key(cast, offered, twins):
    _row, gone = twins
    by = cast.viewer("national")
    office = build.state(cast, name="Ured")
    theirs = build.service(cast, office, "national")
    row = actions.note_duplicate(by=by, entity="service", first_id=theirs.pk, second_id=gone.pk, likeness=1.0)
    with pytest.raises(Refused, match="papers of a licence"):
        actions.merge(by=by, duplicate_id=row.pk, keep_id=theirs.pk)
    pair = {"entity": "organization", "first_id": office.pk, "second_id": offered.provider_id, "likeness": 1.0}
    row = actions.note_duplicate(by=by, **pair)
    with pytest.raises(Refused, match="Keep the member"):
        actions.merge(by=by, duplicate_id=row.pk, keep_id=office.pk)


def test_a_confidential_place_goes_along_and_no_merge_gives_it_away(cast, offered):
    by = cast.viewer("coordinator")
    shelter = build.service(cast, offered.provider, name="Sigurna kuća", locations=[])
    told = {"address": "Tajnovita 17", "city": "Nikšić"}
    place = actions.keep_place(by=by, service_id=shelter.pk, kind="shelter", told=told)
    row = actions.note_duplicate(by=by, entity="service", first_id=offered.pk, second_id=shelter.pk, likeness=1.0)
    for keep in (offered, shelter):
        with pytest.raises(Refused):
            actions.merge(by=by, duplicate_id=row.pk, keep_id=keep.pk)
    actions.change_service(by=by, service_id=offered.pk, changes={"locations": []})
    actions.merge(by=by, duplicate_id=row.pk, keep_id=offered.pk)
    assert [each.pk for each in queries.places_of(by, queries.service_by_id(shelter.pk))] == [place.pk]
    assert actions.open_place(by=by, place_id=place.pk)["address"] == "Tajnovita 17"
    with pytest.raises(Refused, match="confidential"):
        actions.change_service(by=by, service_id=offered.pk, changes={"locations": [{"city": "Nikšić"}]})
    actions.undo_merge(by=by, duplicate_id=row.pk)
    assert queries.places_of(by, offered) == [] and len(queries.places_of(by, shelter)) == 1


def test_what_was_proposed_before_a_merge_is_not_written_into_the_one_that_went(cast, twins):
    row, gone = twins
    by = cast.viewer("coordinator")
    asked = actions.propose(by=cast.viewer("worker"), service_id=gone.pk, changes={"wait_time": "sat"})
    actions.merge(by=by, duplicate_id=row.pk, keep_id=row.first_id if row.second_id == gone.pk else row.second_id)
    with pytest.raises(Refused, match="merged"):
        actions.decide_proposal(by=by, proposal_id=asked.pk, accept=True)


def test_nobody_waits_while_services_are_compared(cast, monkeypatch):
    """The comparing takes seconds, and a transaction that writes keeps everybody else from writing."""
    open_before, open_then = len(connection.savepoint_ids), []
    monkeypatch.setattr(
        "duga.directory.actions.duplicates.pairs", lambda seen: open_then.append(len(connection.savepoint_ids)) or []
    )
    actions.find_duplicates(by=cast.viewer("national"), network_id=cast.me.pk)
    assert open_then == 2 * [open_before]
