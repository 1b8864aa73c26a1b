"""The screens of volunteers and of stores, as those who keep them use them."""

import datetime as dt
import re

from duga.casework.models import Assistance, StockItem, StockMovement, Volunteer, VolunteerAccess
from duga.members.models import TrailEntry
from tests.casework.volunteering import furnish_volunteers, phone_of, recruit

TODAY = f"{dt.date.today():%d.%m.%Y}"


def said(answer):
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.content.decode()))


def test_a_volunteer_is_added_changed_and_ended(cast, area, sign_in):
    client = sign_in("manager")
    told = {
        "name": "Jelena Vučković", "phone": "067", "skills": ["errands"], "languages": ["sq"],
        "areas": "Nikšić, Grahovo", "drives": "on", "since": "1.2.2024", "insured_until": "1.3.2024",
        "day0": "9-13",
    }  # fmt: skip
    listed = f"/workspace/organisations/{cast.niksic.slug}/volunteers/"
    assert client.post(f"{listed}add/", told | {"day1": "14-9"}).status_code == 422
    answer = client.post(f"{listed}add/", told)
    row = Volunteer.objects.get()
    address = f"/workspace/volunteers/{row.pk}/"
    assert answer.headers["Location"] == address and row.available == {"0": ["09:00", "13:00"]}
    page = said(client.get(address))
    for text in ("Jelena Vučković", "Grahovo", "Monday 09:00–13:00", "The insurance ran out", "Albanian"):
        assert text in page, text
    form = client.get(f"{address}change/").content.decode()
    assert 'value="Grahovo, Nikšić"' in form or 'value="Nikšić, Grahovo"' in form
    assert client.post(f"{address}change/", told | {"version": "1", "insured_until": ""}).status_code == 302
    assert client.post(f"{address}change/", told | {"version": "1"}).status_code == 409
    hours = {"do": "hours", "once": "x", "activity": "errands", "date": TODAY, "hours": "3"}
    assert client.post(address, hours).status_code == 302
    train = {"do": "train", "title": "First aid", "date": "1.2.2024", "hours": "4", "expires_on": "1.2.2025"}
    assert client.post(address, train).status_code == 302
    assert client.post(address, train | {"expires_on": "1.1.2024"}).status_code == 422
    assert "expired" in said(client.get(address)) and "3 h this year" in said(client.get(listed))
    client.post(address, {"do": "untrain", "row": row.trainings.get().pk})
    client.post(address, {"do": "unhours", "row": row.hours.get().pk})
    assert client.post(address, {"do": "device", "row": "nonsense"}).status_code == 404
    client.post(address, {"do": "paused"})
    assert "paused" in said(client.get(listed))
    assert client.post(address, {"do": "end", "until": TODAY}).status_code == 302
    assert "Jelena" not in said(client.get(listed)) and "Jelena" in said(client.get(f"{listed}?ended=1"))


def test_a_card_is_shown_once_and_a_phone_is_ended(cast, sign_in):
    row, client = recruit(cast), sign_in("coordinator")
    page = client.post(f"/workspace/volunteers/{row.pk}/card/")
    assert re.search(r"\d{4}-\d{4}-\d{4}", said(page)) and "<svg" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    address = f"/workspace/volunteers/{row.pk}/"
    assert "shown once" in said(client.get(f"{address}card/", follow=True))  # loaded again it leads to her
    assert "not used yet" in said(client.get(address))
    phone_of(cast, row)
    assert "last used" in said(client.get(address))
    client.post(address, {"do": "device", "row": VolunteerAccess.objects.get(used_at__isnull=False).pk})
    assert "last used" not in said(client.get(address))
    assert TrailEntry.objects.filter(event="volunteer.phone_ended").count() == 1


def test_lists_cost_the_same_however_many_they_are(cast, sign_in, django_assert_max_num_queries):
    for number in range(6):
        recruit(cast, f"Volunteer {number}")
    client = sign_in("manager")
    address = f"/workspace/organisations/{cast.niksic.slug}/volunteers/"
    client.get(address)
    with django_assert_max_num_queries(22):
        client.get(address)


def test_a_store_from_empty_to_counted(cast, sign_in):
    client = sign_in("manager")
    listed = f"/workspace/organisations/{cast.niksic.slug}/stock/"
    told = {"name": "Food parcel", "store": "Warehouse", "unit": "parcel", "minimum": "10"}
    answer = client.post(listed, told)
    item = StockItem.objects.get()
    address = f"/workspace/stock/{item.pk}/"
    assert answer.headers["Location"] == address
    assert client.post(listed, told).status_code == 422
    soon = f"{dt.date.today() + dt.timedelta(days=9):%d.%m.%Y}"
    receipt = {"do": "receive", "once": "a", "quantity": "5", "date": TODAY, "source": "Donor", "expires_on": soon}
    for _ in range(2):
        assert client.post(address, receipt).status_code == 302
    page = said(client.get(address))
    assert "5 × parcel" in page and "Donor" in page and "Expires on" in page and "runs low" in page
    lost = {"do": "lose", "once": "b", "quantity": "9", "date": TODAY, "reason": "damaged"}
    assert "holds 5" in said(client.post(address, lost))
    assert client.post(address, lost | {"quantity": "1"}).status_code == 302
    page = client.get(f"{listed}count/").content.decode()
    assert f'name="counted-{item.pk}"' in page
    counted = {f"counted-{item.pk}": "3", f"seen-{item.pk}": "5"}
    assert "went from 5 to 4" in said(client.post(f"{listed}count/", counted))
    assert client.post(f"{listed}count/", counted | {f"seen-{item.pk}": "4"}).status_code == 302
    item.refresh_from_db()
    assert item.balance == 3
    assert "still holds 3" in said(client.post(address, {"do": "close"}, follow=True))
    change = {"do": "change", "name": "Parcel, small", "store": "Warehouse", "minimum": ""}
    assert client.post(address, change).status_code == 302
    assert "runs low" not in said(client.get(listed))


def test_a_worker_sees_what_there_is_and_changes_nothing(cast, sign_in):
    furnish_volunteers(cast)
    client, address = sign_in("worker"), f"/workspace/stock/{cast.stock_item.pk}/"
    page = said(client.get(address))
    assert "5 × parcel" in page and "Receive" not in page
    receipt = {"do": "receive", "once": "a", "quantity": "5", "date": TODAY}
    assert client.post(address, receipt).status_code == 403
    assert StockMovement.objects.count() == 1


def test_a_list_is_handed_out_from_a_store(cast, add, sign_in):
    from duga.casework import actions

    furnish_volunteers(cast)
    person, worker = add("Ana", "Kovač"), cast.viewer("worker")
    made = actions.make_distribution_list(
        by=worker, organisation_id=cast.niksic.pk, title="May", date=dt.date(2024, 5, 1), person_ids=[person.pk]
    )
    client, address = sign_in("worker"), f"/workspace/lists/{made.pk}/"
    assert "Food parcel" in said(client.get(address))
    ticked = {"received": made.lines.get().pk, "from_stock": cast.stock_item.pk}
    assert client.post(address, ticked).status_code == 302
    cast.stock_item.refresh_from_db()
    assert cast.stock_item.balance == 4 and Assistance.objects.count() == 1
