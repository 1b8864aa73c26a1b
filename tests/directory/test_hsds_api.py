"""`/api/hsds/`: every endpoint, its pages and filters, as its own OpenAPI and the official schemas say."""

import datetime as dt
import json
from pathlib import Path
from urllib.parse import urlencode

import jsonschema
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duga.directory import actions
from duga.directory.actions.exchange import import_hsds
from duga.directory.models import Provider, Service, ServiceAtLocation, TaxonomyTerm
from duga.directory.rules.hsds import openapi, profile
from duga.directory.rules.hsds.tables import PAGE
from duga.plain.errors import Refused
from tests.directory import build

COMPILED = Path(__file__).resolve().parents[3] / "shared/data/hsds/3.1-dev/schema/compiled"
needs_schemas = pytest.mark.skipif(not COMPILED.is_dir(), reason="the compiled schemas lie in ../shared/data/hsds only")


@pytest.fixture(autouse=True)
def at_any_pace(settings):
    """These tests ask more in a minute than one address may; the bound has a test of its own."""
    settings.PUBLIC_RATES = {}


@pytest.fixture
def directory(cast):
    """Two providers, three services; one about violence whose place is under seal; one not listed."""
    build.terms()
    cast.provider = build.provider(cast)
    cast.centre = build.state(cast)
    cast.legal = build.service(
        cast, cast.provider, contacts=[
            {"name": "Objavljena Osoba", "title": "pravnica", "email": "javno@example.org", "published": True},
            {"name": "Tajna Osoba", "email": "tajno@example.org"},
        ],
        capacities=[{"unit": "places", "available": 3, "maximum": 8}, {"unit": "hours", "maximum": 8}],
        closures=[{"first_day": "2026-12-31", "last_day": "2027-01-02", "reason": "praznik"}],
        referral_conditions="samo uz uput", minimum_age=18,
    )  # fmt: skip
    cast.social = build.service(
        cast, cast.centre, who="national", name="Socijalni rad", description="Novčana pomoć i podrška porodici",
        locations=[{"city": "Podgorica", "postal_code": "81000", "latitude": 42.44, "longitude": 19.26}],
        terms={"needs": ["legal"]},
    )  # fmt: skip
    cast.unlisted = build.service(cast, cast.provider, name="Interna usluga", listed=False)
    return cast


def get(client, path="", status=200, **asked):
    reply = client.get(f"/api/hsds{path}", asked)
    assert reply.status_code == status, reply.content
    return json.loads(reply.content)


def test_the_root_says_version_profile_and_where_the_openapi_is(client, directory):
    told = get(client)
    assert told["version"] == "3.1"
    assert client.get(told["openapi_url"]).json()["info"]["title"]
    assert client.get(told["profile"]).json()["uri"] == profile.URI
    assert get(client, "/") == told


@needs_schemas
def test_pages_hold_to_the_compiled_schemas(client, directory):
    for name, schema in (("services", "service_list"), ("organizations", "organization_list"),
                         ("service_at_locations", "service_at_location_list")):  # fmt: skip
        page = get(client, f"/{name}")
        assert set(page) == set(PAGE)
        assert page["contents"]
        for each in page["contents"]:
            jsonschema.validate(each, json.loads((COMPILED / f"{schema}.json").read_text()))


@needs_schemas
def test_full_services_hold_to_the_compiled_schema(client, directory):
    schema = json.loads((COMPILED / "service_with_definitions.json").read_text())
    for row in (directory.legal, directory.social):
        jsonschema.validate(get(client, f"/services/{row.pk}"), schema)
    for each in get(client, "/services", full="true")["contents"]:
        jsonschema.validate(each, schema)


def test_a_service_tells_what_it_has_and_nothing_kept_inside(client, directory):
    told = get(client, f"/services/{directory.legal.pk}")
    assert told["phones"][0]["number"] == "+382 40 000 001"
    assert told["organization"]["name"] == directory.provider.name
    assert [each["name"] for each in told["contacts"]] == ["Objavljena Osoba"]
    assert [each["available"] for each in told["capacities"]] == [3]
    terms = {each["taxonomy_term"]["code"] for each in told["attributes"]}
    assert {"legal", "free_of_charge", "service.closure", "service.verified", "service.country"} <= terms
    whole = json.dumps(told, ensure_ascii=False)
    for hidden in ("Tajna", "tajno@", "uput", '@example.org"}'):
        assert hidden not in whole.replace("javno@example.org", "")


def test_what_is_not_listed_is_nowhere(client, directory):
    get(client, f"/services/{directory.unlisted.pk}", status=404)
    for path in ("/services", "/service_at_locations", "/organizations"):
        for more in ({}, {"full": "true"}, {"full": "true", "full_service": "true"}):
            assert "Interna" not in json.dumps(get(client, path, **more), ensure_ascii=False)
    lines = client.get("/api/hsds/services?format=ndjson&full=true")
    assert "Interna" not in b"".join(lines.streaming_content).decode()


def test_filters_are_cumulative(client, directory):
    legal = str(TaxonomyTerm.objects.get(taxonomy__key="needs", code="legal").pk)
    free = str(TaxonomyTerm.objects.get(taxonomy__key="conditions", code="free_of_charge").pk)

    def found(path="/services", **asked):
        return {each["id"] for each in get(client, path, **asked)["contents"]}

    both = {str(directory.legal.pk), str(directory.social.pk)}
    assert found() == both
    assert found(taxonomy_term_id=legal) == both
    assert found(taxonomy_term_id=[legal, free]) == {str(directory.legal.pk)}
    assert found(taxonomy_term_id=legal, organization_id=directory.centre.pk) == {str(directory.social.pk)}
    assert found(taxonomy_term_id=free, organization_id=directory.centre.pk) == set()
    assert found(search="pomoc", taxonomy_term_id=free) == {str(directory.legal.pk)}
    assert found(search="НОВЧАНА") == {str(directory.social.pk)}
    assert found(search="ništa takvo") == set()
    assert found(modified_after="2100-01-01T00:00:00Z") == set()
    assert found(modified_after="2000-01-01T00:00:00+02:00") == both
    assert len(found("/service_at_locations", postcode="81000")) == 1
    assert len(found("/service_at_locations", postcode="81000", proximity="100000")) == 2
    assert found("/service_at_locations", postcode="81000", proximity="1", search="xilofon") == set()
    assert found("/organizations", taxonomy_term_id=free) == {str(directory.provider.pk)}


def test_pages_and_minimal(client, directory):
    first = get(client, "/services", per_page=1)
    second = get(client, "/services", per_page=1, page=2)
    third = get(client, "/services", per_page=1, page=3)
    assert (first["total_items"], first["total_pages"], first["first_page"], first["last_page"]) == (2, 2, True, False)
    assert (second["last_page"], second["size"], third["empty"]) == (True, 1, True)
    assert first["contents"][0]["id"] != second["contents"][0]["id"]
    minimal = get(client, "/services", minimal="true")
    assert [set(each) for each in minimal["contents"]] == [{"id", "modified_date"}] * 2


def test_post_asks_the_same_without_leaving_it_in_the_address(client, directory):
    reply = client.post("/api/hsds/services", "search=pravna", content_type="application/x-www-form-urlencoded")
    assert reply.json() == get(client, "/services", search="pravna")
    assert reply.headers["Cache-Control"] == "no-store"
    assert client.post("/api/hsds/services", "{}", content_type="application/json").status_code == 415


def test_whoever_has_it_is_told_so(client, directory):
    reply = client.get("/api/hsds/services")
    again = client.get("/api/hsds/services", headers={"If-None-Match": reply.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    actions.change_service(
        by=directory.viewer("coordinator"), service_id=directory.legal.pk,
        version=Service.objects.get(pk=directory.legal.pk).version, changes={"name": "Pravna pomoć za sve"},
    )  # fmt: skip
    assert client.get("/api/hsds/services", headers={"If-None-Match": reply.headers["ETag"]}).status_code == 200


def test_any_page_may_read_and_none_may_write(client, directory):
    reply = client.options("/api/hsds/services")
    assert (reply.status_code, reply.headers["Access-Control-Allow-Origin"]) == (204, "*")
    for method in ("put", "patch", "delete"):
        assert getattr(client, method)("/api/hsds/services").status_code == 405
    assert client.post(f"/api/hsds/services/{directory.legal.pk}").status_code == 405
    assert client.get("/api/hsds/services").cookies == {}


def test_what_cannot_be_is_said(client, directory):
    for asked in ("page=0", "per_page=x", "full=maybe", "modified_after=soon", "format=xml", "search=" + "a" * 300):
        assert "message" in get(client, f"/services?{asked}", status=400)
    get(client, "/service_at_locations", status=400, proximity="10")
    get(client, "/services/no-such-id", status=404)


def test_a_merged_service_leads_to_the_one_that_stayed(client, directory):
    Service.objects.filter(pk=directory.social.pk).update(merged_into=directory.legal)
    reply = client.get(f"/api/hsds/services/{directory.social.pk}")
    assert reply.status_code == 301
    assert reply.headers["Location"].endswith(f"/api/hsds/services/{directory.legal.pk}")


def test_terms_and_taxonomies(client, directory):
    names = {each["name"] for each in get(client, "/taxonomies")["contents"]}
    assert profile.NAME in names
    needs = next(
        each for each in get(client, "/taxonomies")["contents"] if each.get("uri") == "urn:duga:taxonomy:needs"
    )
    terms = get(client, "/taxonomy_terms", taxonomy_id=needs["id"])
    assert "legal" in {each["code"] for each in terms["contents"]}
    one = terms["contents"][0]
    assert get(client, f"/taxonomy_terms/{one['id']}") == one
    assert get(client, f"/taxonomies/{needs['id']}") == needs
    assert get(client, f"/taxonomies/{profile.TAXONOMY_ID}")["uri"] == profile.URI
    for trait in profile.TRAITS:
        assert get(client, f"/taxonomy_terms/{trait.id}")["code"] == trait.code


@pytest.mark.parametrize("path", ["/services?full=true", "/services", "/service_at_locations?full=true",
                                  "/organizations?full=true&full_service=true"])  # fmt: skip
def test_queries_do_not_grow_with_rows(client, directory, path):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(f"/api/hsds{path}")
        return len(caught)

    before = asked()
    for number in range(5):
        build.service(directory, directory.centre if number % 2 else directory.provider, who="national",
                      name=f"Usluga {number}")  # fmt: skip
    assert asked() == before <= 40


# --- the document is true --------------------------------------------------------------------------------


def schema_of(document, path, method="get"):
    schema = document["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
    return {**schema, "components": document["components"]}


def test_every_address_and_parameter_of_the_document_answers(client, directory):
    document = get(client, "/openapi.json")
    ids = {"services": directory.legal.pk, "organizations": directory.provider.pk, "taxonomies": profile.TAXONOMY_ID,
           "service_at_locations": ServiceAtLocation.objects.first().pk,
           "taxonomy_terms": profile.TRAITS[0].id}  # fmt: skip
    for path in document["paths"]:
        name = path.strip("/").split("/")[0]
        told = get(client, path.replace("{id}", str(ids.get(name))))
        jsonschema.validate(told, schema_of(document, path))
        if not path.endswith("}") and name in ids:
            assert client.post(f"/api/hsds{path}").status_code == 200


def asked_strategy(names, *, true=False):
    """Values of parameters; `true`: only those the document allows."""
    right = {
        "flag": st.sampled_from(["true", "false"]),
        "integer": st.integers(1, 10**9).map(str),
        "format": st.sampled_from(["json", "json", "ndjson"]),
        "moment": st.datetimes(timezones=st.just(dt.UTC)).map(lambda each: each.isoformat().replace("+00:00", "Z")),
        "metres": st.floats(0, 50_000_000).map(str),
    }
    wrong = {
        "flag": ["1", "", "x", "null"],
        "integer": ["", "x", "9" * 30, "٣", "0", "-1", "1.0"],
        "format": ["", "xml"],
        "moment": ["", "x", "9999-12-31T23:59:59-12:00"],
        "metres": ["", "1e9", "nan", "-1", "inf", "x"],
    }
    text = st.one_of(
        st.text(max_size=30), st.uuids().map(str), st.sampled_from([*list(profile.BY_ID)[:4], "pomoć", "81000"])
    )
    kinds = {name: openapi.PARAMETERS[name].kind for name in names}
    values = {name: right.get(kind, text) for name, kind in kinds.items()}
    if not true:
        values |= {name: values[name] | st.sampled_from(wrong[kind]) for name, kind in kinds.items() if kind in wrong}
    return st.fixed_dictionaries({}, optional=values)


@pytest.mark.parametrize("name", list(openapi.LISTINGS))
def test_no_question_breaks_it_and_every_answer_is_as_told(client, directory, name):
    """What schemathesis does, cheaply: any parameters, no 5xx, what the document allows is answered as it says."""
    document = get(client, "/openapi.json")
    validator = jsonschema.Draft202012Validator(schema_of(document, f"/{name}"))
    error = jsonschema.Draft202012Validator(document["components"]["schemas"]["Error"])
    names = openapi.LISTINGS[name].parameters

    @settings(max_examples=40, deadline=None, database=None, derandomize=True,
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(asked=asked_strategy(names), form=asked_strategy(names), true=asked_strategy(names, true=True),
           way=st.sampled_from(["get", "post", "true", "true"]))  # fmt: skip
    def check(asked, form, true, way):
        path = f"/api/hsds/{name}"
        if way == "true":
            asked = true
            if "proximity" in asked:
                asked["postcode"] = "81000"
        reply = client.post(f"{path}?{urlencode(asked)}", form) if way == "post" else client.get(path, asked)
        assert reply.status_code in ((200,) if way == "true" else (200, 400)), reply.content
        if reply.status_code == 400:
            error.validate(reply.json())
        elif reply.headers["Content-Type"] == "application/x-ndjson":
            for line in b"".join(reply.streaming_content).splitlines():
                json.loads(line)
        else:
            validator.validate(reply.json())

    check()


@pytest.mark.parametrize("wrong", ["full=null", "page=1.0", "page=", "modified_after=", "search=" + "a" * 201])
def test_a_wrong_value_is_refused_wherever_it_stands(client, directory, wrong):
    name = wrong.split("=")[0]
    good = {"full": "true", "page": "1", "modified_after": "2000-01-01T00:00:00Z", "search": "a"}[name]
    for path, form in ((f"?{wrong}", {}), (f"?{wrong}", {name: good}), (f"?{name}={good}", dict([wrong.split("=")]))):
        assert client.post(f"/api/hsds/services{path}", form).status_code == 400


def test_what_is_no_key_is_nobodys(client, directory):
    for asked in ("parent_id=x", "taxonomy_id=x"):
        assert get(client, f"/taxonomy_terms?{asked}")["total_items"] == 0
    for asked in ("organization_id=x", "taxonomy_id=x", "taxonomy_term_id=x"):
        assert get(client, f"/services?{asked}")["total_items"] == 0


def test_a_form_that_cannot_be_read_is_said(client, directory):
    broken = {"data": b"--x\r\nnothing", "content_type": "multipart/form-data; boundary=\u00e9"}
    reply = client.post("/api/hsds/services", **broken)
    assert (reply.status_code, reply.headers["Content-Type"]) == (400, "application/json")


# --- confidential places ---------------------------------------------------------------------------------

SECRET = {"address": "Tajnovita 17", "city": "Nikšić", "latitude": 42.79, "longitude": 18.93, "phone": "040 777 333"}
TRACES = ("ajnovit", "42.79", "18.93", "777 333")


def everything_public(client):
    """All that the API says to anyone."""
    for name in openapi.LISTINGS:
        for asked in ("", "?full=true&full_service=true", "?format=ndjson&full=true", "?minimal=true", "?stale=true"):
            reply = client.get(f"/api/hsds/{name}{asked}")
            yield b"".join(reply.streaming_content).decode() if reply.streaming else reply.content.decode()
    doors = (("services", Service), ("organizations", Provider), ("service_at_locations", ServiceAtLocation))
    for name, model in doors:
        for key in model.objects.values_list("pk", flat=True):
            yield client.get(f"/api/hsds/{name}/{key}?full_service=true").content.decode()


def test_a_confidential_place_is_in_no_answer(client, directory):
    by = directory.viewer("coordinator")
    shelter = build.service(
        directory, directory.provider, name="Sigurna kuća", discreet=True,
        locations=[{"address_1": "Tajnovita 17", "city": "Nikšić", "latitude": 42.79, "longitude": 18.93}],
    )  # fmt: skip
    before = "".join(everything_public(client))
    assert "Tajnovita" in before and "42.79" in before  # the attack finds what is public
    actions.keep_place(by=by, service_id=shelter.pk, kind="shelter", told=SECRET)
    after = "".join(everything_public(client))
    assert "Sigurna kuća" in after
    assert [trace for trace in TRACES if trace in after] == []
    near = client.get("/api/hsds/service_at_locations?postcode=81000&proximity=1000000").json()["contents"]
    assert str(shelter.pk) not in json.dumps(near)


def test_what_a_source_told_of_a_place_goes_with_it(client, directory):
    """Metadata, extensions and notes of an imported service may hold its old address in words."""
    key = "0f9f2c1e-5a52-4b53-9c8e-1d2f3a4b5c6d"
    told = {
        "id": key, "name": "Prihvatilište", "status": "active", "x_directions": "Tajnovita 17",
        "organization": {"id": "0f9f2c1e-5a52-4b53-9c8e-1d2f3a4b5c6e", "name": "Drugi", "description": ""},
        "metadata": [{"id": key, "last_action_date": "2020-01-01", "last_action_type": "update",
                      "field_name": "address", "previous_value": "Tajnovita 17", "replacement_value": "",
                      "updated_by": "neko"}],
        "schedules": [{"id": key, "freq": "WEEKLY", "byday": "MO", "notes": "ulaz iz Tajnovite, Tajnovita 17"}],
    }  # fmt: skip
    by = directory.viewer("national")
    import_hsds(by=by, network_id=directory.me.pk, name="x.json", data=json.dumps(told).encode(), country="ME")
    assert "Tajnovita" in "".join(everything_public(client))
    Service.objects.filter(pk=key).update(provider=directory.provider)  # as a merge would
    try:
        actions.keep_place(by=directory.viewer("coordinator"), service_id=key, kind="shelter", told=SECRET)
    except Refused:
        return  # told to take it out first
    assert [trace for trace in TRACES if trace in "".join(everything_public(client))] == []
