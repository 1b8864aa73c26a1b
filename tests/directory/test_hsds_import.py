"""HSDS files of all kinds, good and bad; never twice; and what happens when the same source speaks again."""

import io
import json
import zipfile

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, transaction

from duga.directory import actions
from duga.directory.actions import _bulk
from duga.directory.actions.exchange import import_hsds, run
from duga.directory.models import Contact, Disagreement, LooseRow, Provider, SearchEntry, Service, Source
from duga.directory.queries.hsds import listing
from duga.plain.errors import DugaError, Refused, Unreadable
from tests.directory import build
from tests.directory.test_hsds_round_trip import HSDS, lost, needs_examples

ORGANIZATION = {"id": "7e0b8d53-6f55-4c33-9d56-0d8c4f1f0001", "name": "Crveni krst", "description": "Pomoć"}
SERVICE = {
    "id": "7e0b8d53-6f55-4c33-9d56-0d8c4f1f0002", "name": "Narodna kuhinja", "status": "active",
    "organization": ORGANIZATION, "phones": [{"id": "7e0b8d53-6f55-4c33-9d56-0d8c4f1f0003", "number": "020 111 222"}],
    "description": "Topli obrok", "assured_date": "2026-01-15",
}  # fmt: skip


@pytest.fixture
def bring(cast):
    def bring(data, name="list.json", **more):
        data = data if isinstance(data, bytes | dict) and name != "list.json" else json.dumps(data).encode()
        return import_hsds(by=cast.viewer("national"), network_id=cast.me.pk, name=name, data=data, **more)

    return bring


def service(**changes):
    return {**SERVICE, **changes}


def packed(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return buffer.getvalue()


def test_a_list_pages_and_lines_are_read_alike(bring):
    page = {"total_items": 1, "contents": [SERVICE]}
    assert bring(page).numbers["service"] == 1
    for again in ([SERVICE], [page, page], {"services": [SERVICE], "organizations": [ORGANIZATION]}):
        outcome = bring(again)
        assert (outcome.imported, outcome.stopped) == (0, False)
    lines = "\n".join(json.dumps(each) for each in (SERVICE, ORGANIZATION)).encode()
    assert bring(lines, "list.ndjson").imported == 0
    assert Service.objects.get().provider.name == "Crveni krst"


def test_where_it_came_from_is_known(bring, cast):
    bring([SERVICE], source="Registar", licence="CC BY 4.0")
    row = Service.objects.get()
    assert (row.source.name, row.source.network, row.source.licence) == ("Registar", cast.me, "CC BY 4.0")
    assert str(row.pk) == row.external_id == SERVICE["id"]
    assert row.provider.network == cast.me and row.country == "ME"
    fact = row.facts.get(kind="phone")
    assert (fact.verified_at.date().isoformat(), fact.how) == ("2026-01-15", "source")


def test_bad_rows_keep_everything_out_or_stay_out(bring):
    rows = [
        SERVICE,
        service(id="7e0b8d53-6f55-4c33-9d56-0d8c4f1f0009", name="", status="open"),
        service(id=None),
        "no object",
        service(id="7e0b8d53-6f55-4c33-9d56-0d8c4f1f0010", minimum_age="old", assured_date="soon"),
    ]
    outcome = bring(rows)
    assert outcome.stopped and Service.objects.count() == 0
    told = {(fault.place.file, fault.place.row, fault.entity, fault.column) for fault in outcome.errors}
    assert told == {
        ("list.json", 2, "service", "name"), ("list.json", 2, "service", "status"), ("list.json", 3, "service", "id"),
        ("list.json", 4, "service", ""), ("list.json", 5, "service", "minimum_age"),
        ("list.json", 5, "service", "assured_date"),
    }  # fmt: skip
    assert outcome.rejects[:2] == b"PK"
    outcome = bring(rows, bad_rows="set-aside")
    assert (outcome.numbers["service"], outcome.stopped) == (1, False)
    assert Service.objects.get().name == "Narodna kuhinja"


def at_place(city, country):
    address = {"id": "a", "address_1": "Ulica 1", "city": city, "country": country, "address_type": "physical"}
    return {"id": "w", "location_type": "physical", "addresses": [address]}


def test_what_nobody_can_be_reached_by_is_named_with_its_place_and_nothing_comes_in(bring):
    place = at_place("Bar", "Nigdje")
    bad = service(
        email="nije-mail", phones=[{"id": "p", "number": "xx"}, {"id": "q", "number": "020 111 222 lok. 4"}],
        cost_options=[{"id": "c", "amount": -5, "currency": "ZZZ"}, {"id": "d", "amount": 5, "currency": "eur"}],
        service_at_locations=[{"id": "l", "location": place}],
    )  # fmt: skip
    outcome = bring([SERVICE, bad])
    assert outcome.stopped and Service.objects.count() == Source.objects.count() == 0
    assert {(fault.place.row, fault.place.path, fault.column) for fault in outcome.errors} == {
        (2, "", "email"), (2, "/phones/1", "number"), (2, "/cost_options/1", "amount"),
        (2, "/cost_options/1", "currency"), (2, "/service_at_locations/1/location/addresses/1", "country"),
    }  # fmt: skip


def test_a_country_told_by_its_name_is_that_country(bring):
    bring([service(service_at_locations=[{"id": "l", "location": at_place("Niš", "Srbija")}])])
    assert Service.objects.get().country == "RS"


def test_what_hangs_on_a_bad_row_stays_out_with_it(bring):
    bad = service(organization={**ORGANIZATION, "name": ""})
    outcome = bring([bad], bad_rows="set-aside")
    assert (Service.objects.count(), Provider.objects.count(), outcome.imported) == (0, 0, 0)
    assert outcome.rejected == 3  # the organisation, its service, the phone


def test_a_check_writes_nothing(bring):
    outcome = bring([SERVICE], dry_run=True)
    assert outcome.numbers["service"] == 1
    assert (Service.objects.count(), Source.objects.count(), outcome.source_id) == (0, 0, None)


def test_others_wait_only_while_rows_that_are_ready_are_taken_over(bring, monkeypatch):
    """Matching and making ready take seconds, and a transaction keeps everybody else from writing."""
    open_before, open_then = len(connection.savepoint_ids), {}

    def watch(owner, name):
        was = getattr(owner, name)

        def look(*args, **more):
            open_then.setdefault(name, []).append(len(connection.savepoint_ids) - open_before)
            return was(*args, **more)

        monkeypatch.setattr(owner, name, look)

    for owner, name in ((run.Resolver, "resolve"), (_bulk._Aside, "add"), (_bulk._Aside, "take_over")):
        watch(owner, name)
    bring([SERVICE], dry_run=True)
    bring([SERVICE])
    assert set(open_then["resolve"]) == set(open_then["add"]) == {0} and open_then["take_over"] == [1]
    assert SearchEntry.objects.count() == Service.objects.count() == 1
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("SELECT * FROM aside_directory_service")  # nothing is left aside


def test_whoever_is_overtaken_looks_again_and_brings_nothing_twice(bring, cast, monkeypatch):
    resolve, others = run.Resolver.resolve, [1, 1]

    def overtaken(resolver):
        plan = resolve(resolver)
        if others.pop() if others else 0:
            with monkeypatch.context() as once:
                once.setattr(run.Resolver, "resolve", resolve)
                bring([SERVICE] if others else [service(id="7e0b8d53-6f55-4c33-9d56-0d8c4f1f0009")])
        return plan

    monkeypatch.setattr(run.Resolver, "resolve", overtaken)
    outcome = bring([SERVICE])
    assert not others and outcome.imported == 0 and outcome.already == 3
    assert Service.objects.count() == SearchEntry.objects.count() == 2 and Source.objects.count() == 1


def test_what_was_cut_off_before_the_search_knew_it_is_found_by_the_clock(bring, monkeypatch):
    from config.reactions import ON_EVENT

    monkeypatch.setattr(run, "index_new", lambda **told: 0)
    bring([SERVICE])
    assert not SearchEntry.objects.exists()
    for react in ON_EVENT["directory.imported"]:
        react(None)
    assert SearchEntry.objects.count() == 1


def test_identifiers_that_are_no_uuids_are_known_again(bring):
    rows = [service(id="17", organization={**ORGANIZATION, "id": "5"}, phones=[{"id": "1", "number": "020 1234"}])]
    assert bring(rows).numbers == {"service": 1, "organization": 1, "phone": 1}
    assert bring(rows).imported == 0
    assert bring(rows, source="another directory").numbers["service"] == 1  # its 17 is another's


def test_rows_that_share_an_identifier_stay_apart(bring):
    """One attribute id on several services, in this file and in the next: sloppy, and common."""
    term = {"id": "t1", "name": "Hrana", "description": ""}

    def rows(*keys):
        return [service(id=key, attributes=[{"id": "a1", "taxonomy_term": term}]) for key in keys]

    assert bring(rows("1", "2"), source="Katalog").numbers["attribute"] == 2
    assert bring(rows("1", "2", "3", "4"), source="Katalog").numbers["attribute"] == 2
    for row in Service.objects.all():
        told = listing.one("services", str(row.pk))
        assert "Hrana" in {each["taxonomy_term"]["name"] for each in told["attributes"]}


def test_a_service_without_organisation_is_listed_under_its_source(bring):
    bare = {name: value for name, value in SERVICE.items() if name != "organization"}
    bring([bare], source="Katalog")
    row = Service.objects.get()
    assert row.provider.name == "Katalog"
    assert "organization" not in listing.one("services", SERVICE["id"])
    assert listing.listing("organizations", {})["contents"] == []


def test_only_files_of_hsds_are_read(bring, cast):
    for data, name in ((b"{", "a.json"), (b'{"a": 1}', "a.json"), (b"PK\x03\x04broken", "a.zip"), (b"[]", "a.json")):
        with pytest.raises(Unreadable):
            bring(data, name)
    with pytest.raises(Unreadable):
        bring(packed(other="a,b\n1,2"), "a.zip")
    with pytest.raises(Refused):
        bring([SERVICE], bad_rows="perhaps")
    deep = json.dumps(SERVICE)[:-1] + ', "x": ' + "[" * 5000 + "]" * 5000 + "}"
    with pytest.raises(Unreadable):
        bring(deep.encode(), "deep.json")


def test_only_who_curates_brings_in(cast):
    for who in ("coordinator", "worker", "administrator", "observer"):
        with pytest.raises(DugaError):
            import_hsds(by=cast.viewer(who), network_id=cast.me.pk, name="a.json", data=json.dumps(SERVICE).encode())
    assert Service.objects.count() == 0


# --- the tabular package ---------------------------------------------------------------------------------


@needs_examples
def test_the_official_package_comes_in_whole(bring):
    files = {path.name: path.read_bytes() for path in (HSDS / "examples" / "csv").iterdir()}
    outcome = bring(files, "csv", country="ME")
    assert (outcome.errors, outcome.stopped) == ([], False)
    told = listing.one("services", "ac148810-d857-441c-9679-408f346de14b", {"stale": True})
    nested = json.loads((HSDS / "examples" / "service_full.json").read_text())
    missing = {each.split(":")[0].split("/")[1] for each in lost(nested, told)}
    # the package's own references lead elsewhere for these: they are kept apart, with what they refer to
    assert missing <= {
        "capacities",
        "attributes",
        "metadata",
        "additional_urls",
        "service_at_locations",
        "organization",
    }
    assert {row.entity for row in LooseRow.objects.all()} >= {"service_capacity", "metadata", "url"}
    assert bring(files, "csv", country="ME").imported == 0


def test_rows_of_a_package_are_named_as_a_person_counts_them(bring):
    organizations = f"id,name,description\n{ORGANIZATION['id']},Crveni krst,\n"
    services = f"id,organization_id,name,status\n\n{SERVICE['id']},{ORGANIZATION['id']},Kuhinja,otvoreno\n"
    outcome = bring(packed(organizations=organizations, services=services), "paket.zip")
    (fault,) = outcome.errors
    assert (fault.place.file, fault.place.row, fault.entity, fault.column) == ("services.csv", 3, "service", "status")
    assert "otvoreno" in str(fault)


# --- the source speaks again -----------------------------------------------------------------------------


def test_the_same_source_changes_what_only_it_has_said(bring, cast):
    bring([SERVICE], source="Registar")
    outcome = bring([service(name="Kuhinja za sve", phones=[{"id": "x", "number": "020 999 999"}])], source="Registar")
    row = Service.objects.get()
    assert (row.name, outcome.changed, outcome.disagreements) == ("Kuhinja za sve", 2, 0)
    assert [phone.number for phone in row.phones.all()] == ["020 999 999"]
    assert row.changes.get(field="name").source.name == "Registar"


def test_what_people_said_stands_and_the_disagreement_is_noted(bring, cast):
    bring([SERVICE], source="Registar")
    actions.change_service(by=cast.viewer("national"), service_id=SERVICE["id"], changes={"name": "Ispravno ime"})
    outcome = bring([service(name="Staro ime")], source="Registar")
    assert (outcome.changed, outcome.disagreements) == (0, 1)
    assert Service.objects.get().name == "Ispravno ime"
    told = Disagreement.objects.get()
    assert (told.ours, told.theirs, told.field, told.state) == ("Ispravno ime", "Staro ime", "name", "open")


def test_another_source_may_only_disagree(bring):
    bring([SERVICE], source="Registar")
    outcome = bring([service(description="Suvi obrok")], source="Drugi")
    assert (outcome.imported, outcome.changed, outcome.disagreements) == (0, 0, 1)
    assert Service.objects.get().description == "Topli obrok"


# --- from one Duga to another ----------------------------------------------------------------------------


def test_our_own_export_comes_in_elsewhere_with_all_it_says(cast, bring):
    build.terms()
    provider = build.provider(cast)
    row = build.service(
        cast, provider, discreet=True, takes_referrals=True, listed=True,
        closures=[{"first_day": "2026-12-31", "last_day": "2027-01-02", "reason": "praznik"}],
        contacts=[{"name": "Ana", "published": True}, {"name": "Tajna"}],
    )  # fmt: skip
    before = listing.one("services", str(row.pk))
    Service.objects.all().delete()
    Provider.objects.all().delete()
    outcome = bring([before])
    assert outcome.errors == []
    after = listing.one("services", str(row.pk))
    same = ("name", "phones", "languages", "schedules", "service_at_locations", "required_documents", "status")
    assert {name: before.get(name) for name in same} == {name: after.get(name) for name in same}
    new = Service.objects.get()
    assert (new.discreet, new.takes_referrals, new.language) == (True, True, "cnr")
    assert [str(closure.first_day) for closure in new.closures.all()] == ["2026-12-31"]
    assert [phone.free for phone in new.phones.all()] == [True]
    assert [contact.name for contact in Contact.objects.all()] == ["Ana"]
    codes = {each["taxonomy_term"]["code"] for each in after["attributes"]}
    assert {each["taxonomy_term"]["code"] for each in before["attributes"]} - {"service.verified"} == codes
    assert after["assured_date"] == before["assured_date"]


# --- the command -----------------------------------------------------------------------------------------


def test_the_command_says_what_came_in_and_what_is_bad(cast, tmp_path, monkeypatch):
    monkeypatch.setattr("config.commands.directory.django_ready", lambda: None)
    from config.commands.importing import import_

    file = tmp_path / "lista.json"
    file.write_text(json.dumps([SERVICE, service(id="7e0b8d53-6f55-4c33-9d56-0d8c4f1f0009", status="open")]))
    told = ["directory", str(file), "--network", "me", "--as", "national@example.org"]
    run = CliRunner().invoke(import_, told)
    assert run.exit_code == 1 and "lista.json, row 2: service.status" in run.output
    run = CliRunner().invoke(import_, [*told, "--bad-rows", "set-aside", "--json"])
    assert run.exit_code == 0, run.output
    answer = json.loads(run.stdout)
    assert (answer["numbers"]["service"], answer["rejected"]) == (1, 2)  # and its phone
    assert (tmp_path / "lista.rejects.xlsx").exists()
