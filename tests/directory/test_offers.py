"""What is offered: written, read and compared in one shape; who may write; what is refused and why."""

import pytest

from duga.directory import actions, queries
from duga.directory.models import Change, Fact, Location, Phone, SearchEntry
from duga.directory.rules.cleaning import check_offer
from duga.members.models import TrailEntry
from duga.plain.errors import Conflict, NotAllowed, Refused
from tests.directory import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(cast):
    build.terms()
    return build.service(cast, build.provider(cast))


def test_an_offer_is_read_as_it_was_written(cast, offered):
    told = queries.offer_of(offered)
    assert told["name"] == "Besplatna pravna pomoć"
    assert told["terms.needs"] == ["legal"]
    assert told["phones"][0]["number"] == "+382 40 000 001"
    assert told["schedules"][0]["opens_at"] == "09:00"
    assert told["locations"][0]["city"] == "Nikšić"
    assert [row["code"] for row in told["languages"]] == ["cnr", "sq"]
    assert check_offer(told)  # what is read can be written again
    kinds = set(Fact.objects.filter(service=offered).values_list("kind", flat=True))
    assert kinds == {"offered", "text", "phone", "hours", "address", "languages", "eligibility"}


def test_writing_what_is_there_changes_nothing(cast, offered):
    told, entries = queries.offer_of(offered), TrailEntry.objects.count()
    same = actions.change_service(by=cast.viewer("coordinator"), service_id=offered.pk, changes=told)
    assert (same.version, TrailEntry.objects.count()) == (1, entries)


def test_a_change_keeps_what_was_before(cast, offered):
    told = queries.offer_of(offered)
    phones = [{**told["phones"][0], "number": "+382 40 000 002"}, {"number": "040 000 003"}]
    by = cast.viewer("coordinator")
    changed = actions.change_service(by=by, service_id=offered.pk, changes={"phones": phones, "name": "Pravna pomoć"})
    assert changed.version == 2
    assert [row["number"] for row in queries.offer_of(changed)["phones"]] == ["+382 40 000 002", "040 000 003"]
    assert Phone.objects.filter(pk=told["phones"][0]["id"]).exists()  # the row stayed, with another number
    change = Change.objects.get(service=offered, field="phones")
    assert change.before == told["phones"] and change.version == 2
    with pytest.raises(Conflict):
        actions.change_service(by=by, service_id=offered.pk, changes={"name": "X"}, version=1)


def test_what_a_list_leaves_out_goes(cast, offered):
    changed = actions.change_service(
        by=cast.viewer("coordinator"), service_id=offered.pk, changes={"locations": [], "terms": {"needs": []}}
    )
    told = queries.offer_of(changed)
    assert told["locations"] == [] and told["terms.needs"] == [] and told["terms.service_types"] == ["legal_aid"]
    assert not Fact.objects.filter(service=offered, kind="address").exists()


@pytest.mark.parametrize("who", ["worker", "manager", "other_coordinator", "observer", "nobody", "administrator"])
def test_only_who_keeps_it_changes_it(cast, offered, who):
    with pytest.raises(NotAllowed):
        actions.change_service(by=cast.viewer(who), service_id=offered.pk, changes={"name": "Y"})


def test_an_administrators_session_opens_nothing_of_it(cast, offered):
    from duga.members.actions import start_administrator_session

    start_administrator_session(
        by=cast.viewer("administrator"), of=cast.niksic, reason="mend the mail of the organisation"
    )
    with pytest.raises(NotAllowed):
        actions.change_service(by=cast.viewer("administrator"), service_id=offered.pk, changes={"name": "Y"})


def test_the_network_keeps_who_is_no_member(cast):
    build.terms()
    office = build.state(cast)
    made = build.service(cast, office, who="national", name="Novčana pomoć")
    assert made.country == "ME"
    with pytest.raises(NotAllowed):
        actions.change_service(by=cast.viewer("coordinator"), service_id=made.pk, changes={"name": "Y"})


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"name": " "}, "Fill in"),
        ({"colour": "red"}, "no field called"),
        ({"url": "javascript:alert(1)"}, "no web address"),
        ({"email": "a@b"}, "no e-mail"),
        ({"minimum_age": 70, "maximum_age": 7}, "wrong way round"),
        ({"phones": [{"number": "call me"}]}, "no phone number"),
        ({"schedules": [{"byday": "MON", "opens_at": "9"}]}, "MO,TU"),
        ({"schedules": [{"byday": "MO", "opens_at": "25:00"}]}, "no time"),
        ({"closures": [{"first_day": "2026-02-30"}]}, "no day"),
        ({"locations": [{"latitude": 42.0}]}, "both"),
        ({"locations": [{"latitude": 142.0, "longitude": 1}]}, "not on this earth"),
        ({"terms": {"needs": ["gold"]}}, "no code"),
        ({"phones": [{"nummer": "1"}]}, "no column"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_do(cast, offered, changes, says):
    with pytest.raises(Refused, match=says):
        actions.change_service(by=cast.viewer("coordinator"), service_id=offered.pk, changes=changes)


def test_a_place_of_another_provider_is_not_taken_over(cast, offered):
    theirs = build.service(cast, build.provider(cast, "other_coordinator", cast.nis), "other_coordinator")
    place = queries.offer_of(theirs)["locations"][0]["id"]
    with pytest.raises(Refused, match="Another provider"):
        actions.change_service(
            by=cast.viewer("coordinator"), service_id=offered.pk, changes={"locations": [{"id": place, "name": "Z"}]}
        )


def test_a_place_that_moved_is_not_found_at_its_old_position(cast, offered):
    by, place = cast.viewer("coordinator"), queries.offer_of(offered)["locations"][0]["id"]

    def moved(**told):
        changed = actions.change_service(by=by, service_id=offered.pk, changes={"locations": [{"id": place, **told}]})
        return [queries.offer_of(changed)["locations"][0][name] for name in ("latitude", "longitude", "area")]

    assert moved(address_1="izmisljena ulica 1", city="NIKŠIĆ", postal_code="81400")[:2] == [42.773, 18.944]
    assert moved(address_1="Nova 5") == [None, None, None]
    assert moved(address_1="Treća 7", latitude=42.1, longitude=19.1)[:2] == [42.1, 19.1]


def test_a_place_two_services_share_is_changed_for_both_and_untouched_it_is_not_new(cast, offered):
    by, place = cast.viewer("coordinator"), queries.offer_of(offered)["locations"][0]["id"]
    other = build.service(cast, offered.provider, name="Drugo", locations=[{"id": place}])
    before = Location.objects.get(pk=place).version
    new = {"id": place, "address_1": "Nova 5", "city": "Bar", "latitude": 42.09, "longitude": 19.1}
    actions.change_service(by=by, service_id=offered.pk, changes={"locations": [new]})
    entries = {row.service_id: row.points for row in SearchEntry.objects.all()}
    assert entries[other.pk] == entries[offered.pk] != []
    assert Location.objects.get(pk=place).version == before + 1
    more = [{"id": place}, {"city": "Ulcinj"}]
    actions.change_service(by=by, service_id=offered.pk, changes={"locations": more})
    assert Location.objects.get(pk=place).version == before + 1
