"""Attendance by one tap a child; lists to print, sign and record; sealed programmes and who is named for them."""

import pytest

from duga.casework.models import Assistance, Group, Household, Person, Programme
from tests.casework.test_screens_people import add

pytestmark = pytest.mark.django_db
HERE = "/workspace/organisations/niksic"


def test_a_tap_is_one_attendance_and_a_second_takes_it_back(sign_in):
    client = sign_in("worker")
    add(client)
    person = Person.objects.get()
    form = {"name": "Prijepodne", "service_type": "day_centre", "unit": "day_centre_attendance",
            "target_group": "children"}  # fmt: skip
    assert client.post(f"{HERE}/groups/", form).status_code == 302
    group = f"/workspace/groups/{Group.objects.get().pk}/"
    assert client.post(f"{group}members/", {"q": "djordje"}, follow=True).context["found"][0][1] is False
    client.post(f"{group}members/", {"join": str(person.pk)})
    for _tap in range(2):
        client.post(f"{group}?day=3.4.2024", {"present": str(person.pk)})
    assert Assistance.objects.filter(state="recorded", date="2024-04-03").count() == 1
    page = client.get(f"{group}?day=3.4.2024")
    assert [line.present for line in page.context["lines"]] == [True]
    client.post(f"{group}?day=3.4.2024", {"absent": str(person.pk)})
    assert Assistance.objects.filter(state="recorded").count() == 0


def test_a_distribution_list_is_printed_signed_and_recorded_once(sign_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = sign_in("worker")
    add(client)
    person = Person.objects.get()
    client.post(f"/workspace/people/{person.pk}/record/", {
        "service_type": "parcel_distribution", "quantity": "1", "date": "3.4.2024", "once": "x"})  # fmt: skip
    form = {"title": "Maj", "date": "3.5.2024", "service_type": "parcel_distribution", "unit": "parcel",
            "quantity": "2", "who": "service"}  # fmt: skip
    address = client.post(f"{HERE}/lists/", form).headers["Location"]
    page = client.get(address)
    assert "Ђорђе Петровић" in page.content.decode()
    line = page.context["lines"][0]
    for _twice in range(2):
        client.post(address, {"received": str(line.id)})
    assert Assistance.objects.filter(date="2024-05-03", quantity=2).count() == 1
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.post(f"{address}attach/", {"scan": SimpleUploadedFile("a.pdf", b"%PDF-1.4 signed by all")})
    scan = client.get(f"{address}scan/")
    assert scan.content == b"%PDF-1.4 signed by all" and "attachment" in scan.headers["Content-Disposition"]
    assert b"signed by all" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_programme_is_closed_and_a_households_size_changed(sign_in):
    client = sign_in("coordinator")
    client.post(f"{HERE}/programmes/", {"do": "add", "name": "Zima", "kind": "general"})
    programme = Programme.objects.get()
    client.post(f"{HERE}/programmes/", {"do": "close", "programme": programme.pk})
    programme.refresh_from_db()
    assert programme.closed_at and "Close the programme" not in client.get(f"{HERE}/programmes/").content.decode()
    client = sign_in("worker")
    add(client)
    person = Person.objects.get()
    client.post(f"/workspace/people/{person.pk}/household/", {"size": "3"})
    home = Household.objects.get()
    address = f"/workspace/households/{home.pk}/"
    assert address in client.get(f"/workspace/people/{person.pk}/").content.decode()
    assert client.post(address, {"size": "4", "version": "1"}).headers["Location"].endswith(f"/people/{person.pk}/")
    home.refresh_from_db()
    assert home.size == 4
    assert client.post(address, {"size": "5", "version": "1"}).status_code == 409  # someone was faster


def test_a_list_of_nobody_is_not_made(sign_in):
    form = {"title": "Maj", "date": "3.5.2024", "service_type": "parcel_distribution", "unit": "parcel",
            "quantity": "2", "who": "service"}  # fmt: skip
    page = sign_in("worker").post(f"{HERE}/lists/", form)
    assert page.status_code == 422 and page.context["form"].errors["who"]


def test_only_who_is_named_works_in_a_sealed_programme(sign_in):
    client = sign_in("coordinator")
    client.post(f"{HERE}/programmes/", {"do": "add", "name": "SOS", "kind": "helpline"})
    programme = Programme.objects.get()
    assert programme.sealed
    client.post(f"{HERE}/programmes/", {"do": "name", "programme": programme.pk, "email": "operator@example.org"})
    client = sign_in("operator")
    add(client, programme=str(programme.pk))
    find = {"q": "djordje"}
    assert len(client.post(f"{HERE}/find/", find, follow=True).context["found"]) == 1
    for other in ("worker", "coordinator"):
        assert sign_in(other).post(f"{HERE}/find/", find, follow=True).context["found"] == []
        assert client.get(f"/workspace/people/{Person.objects.get().pk}/").status_code == 404
