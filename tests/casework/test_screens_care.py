"""What needs care, on screen: sensitive facts, lawful bases, notes, sealing and erasing."""

import pytest

from duga.casework.models import Assistance, Household, Person
from duga.vault.keystore import KeyDestroyed
from tests.casework.test_screens_people import add

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(sign_in):
    add(sign_in("worker"))
    return Person.objects.get()


def test_sensitive_facts_open_for_those_who_follow_her_only(sign_in, person):
    address = f"/workspace/people/{person.pk}/sensitive/"
    client = sign_in("manager")
    assert client.post(address, {"version": person.version, "health": "asthma"}).status_code == 302
    assert "asthma" in client.get(address).content.decode()
    assert sign_in("worker").get(address).status_code == 403
    person.refresh_from_db()
    assert b"asthma" not in bytes(person.special)


def test_a_note_is_read_where_it_belongs(sign_in, person):
    client = sign_in("worker")
    form = {"service_type": "home_visit", "quantity": "1", "date": "3.4.2024", "once": "x", "note": "dog bites"}
    client.post(f"/workspace/people/{person.pk}/record/", form)
    entry = Assistance.objects.get()
    assert "dog bites" in client.get(f"/workspace/entries/{entry.pk}/note/").content.decode()
    assert sign_in("operator").get(f"/workspace/entries/{entry.pk}/note/").status_code == 403


def test_a_household_receives_as_one(sign_in, person):
    client = sign_in("worker")
    client.post(f"/workspace/people/{person.pk}/household/", {"size": "5"})
    form = {"service_type": "parcel_distribution", "quantity": "1", "date": "3.4.2024", "once": "h"}
    client.post(f"/workspace/households/{Household.objects.get().pk}/record/", form)
    entry = Assistance.objects.get()
    assert (entry.recipient, entry.size) == ("household", 5)


def test_erasing_is_the_coordinators_and_for_good(sign_in, person, key_store):
    address = f"/workspace/people/{person.pk}/erase/"
    assert sign_in("manager").get(address).status_code == 403
    client = sign_in("coordinator")
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "she asked for it"}).status_code == 302
    assert client.get(f"/workspace/people/{person.pk}/").status_code == 404
    with pytest.raises(KeyDestroyed):
        key_store.person_key(person.pk)
