"""The coordinator's ledger: listed with case codes, filtered, corrected with a reason, withdrawn, exported."""

import pytest
from django.utils.translation import override

from duga.casework.models import Assistance, Person
from duga.casework.views.shown import where
from tests.casework.test_screens_people import add

pytestmark = pytest.mark.django_db
HERE = "/workspace/organisations/niksic/ledger/"


@pytest.fixture
def entry(sign_in):
    client = sign_in("worker")
    add(client)
    form = {"service_type": "home_visit", "quantity": "1", "date": "3.4.2024", "once": "x"}
    client.post(f"/workspace/people/{Person.objects.get().pk}/record/", form)
    return Assistance.objects.get()


def test_the_ledger_shows_codes_not_names_and_can_be_filtered(sign_in, entry):
    client = sign_in("coordinator")
    text = client.get(HERE).content.decode()
    assert entry.person.code in text and "Петровић" not in text
    assert client.get(HERE, {"since": "1.4.2024", "sex": "male"}).context["page"].paginator.count == 1
    assert client.get(HERE, {"since": "4.4.2024"}).context["page"].paginator.count == 0
    broken = client.get(HERE, {"since": "soon"})
    assert broken.status_code == 200 and broken.context["form"].errors["since"]


def test_a_correction_needs_a_reason_and_keeps_what_was(sign_in, entry):
    client = sign_in("coordinator")
    address = f"/workspace/entries/{entry.pk}/correct/"
    form = dict(client.get(address).context["form"].initial, date="4.4.2024", area="", reason="")
    assert client.post(address, form).status_code == 422
    assert client.post(address, form | {"reason": "wrong day"}).status_code == 302
    page = client.get(f"/workspace/entries/{entry.pk}/")
    assert page.context["corrections"][0].changes["date"] == ["2024-04-03", "2024-04-04"]
    assert client.post(address, form | {"reason": "again", "date": "5.4.2024"}).status_code == 409


def test_a_withdrawn_entry_stays_and_counts_no_more(sign_in, entry):
    client = sign_in("coordinator")
    client.post(f"/workspace/entries/{entry.pk}/withdraw/", {"reason": "recorded for the wrong person"})
    assert client.get(HERE).context["page"].paginator.count == 0
    assert client.get(HERE, {"state": "withdrawn"}).context["page"].paginator.count == 1


def test_workers_do_not_correct_and_observers_see_no_ledger(sign_in, entry):
    assert sign_in("worker").get(f"/workspace/entries/{entry.pk}/correct/").status_code == 403
    assert sign_in("observer").get(HERE).status_code == 403
    assert sign_in("other_coordinator").get(HERE).status_code == 404


def test_pages_ask_no_more_of_the_database_as_rows_grow(sign_in, entry, django_assert_max_num_queries):
    client = sign_in("worker")
    form = {"service_type": "home_visit", "quantity": "1", "date": "3.4.2024"}
    for number in range(12):
        client.post(f"/workspace/people/{entry.person_id}/record/", form | {"once": str(number)})
    client = sign_in("coordinator")
    client.get(HERE)
    with django_assert_max_num_queries(16):
        assert client.get(HERE).context["page"].paginator.count == 13


def test_a_place_and_its_area_of_one_name_are_said_once(cast, area):
    area.town.names = {"sr": "Никшић"}
    with override("sr"):
        assert where("Nikšić", area.town) == where("НИКШИЋ", area.town) == where("", area.town) == "Никшић"
        assert where("Grahovo", area.town) == "Grahovo, Никшић"
    assert where("Dom kulture", None) == "Dom kulture" and where("", None) == ""
