"""The screens of places, used as the network's secretariat would."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from duga.places import queries
from duga.places.models import Area, AreaUpload

pytestmark = pytest.mark.django_db
FILE = "šifra;naziv opštine;okrug šifra\nA;Горња;\nA1;Mala;A\n"


@pytest.fixture
def secretariat(client, cast):
    client.force_login(cast.accounts["secretariat"], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def send(client, text=FILE, name="opstine.csv", **told):
    file = SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)
    told = {"country": "SI", "scheme": "national", "kind": "municipality", "own_scheme": "", **told}
    return client.post(reverse("places:load"), {"file": file, **told})


def test_a_file_is_sent_mapped_checked_and_loaded(secretariat):
    answer = send(secretariat)
    assert answer.status_code == 302
    page = secretariat.get(answer.url).content.decode()
    assert "opstine.csv" in page
    assert "Горња" in page
    columns = {"code": "0", "name": "1", "parent": "2"}
    form = secretariat.get(answer.url).context["form"]
    assert {name: form.fields[name].initial for name in columns} == columns, "the columns are guessed"
    checked = secretariat.post(answer.url, {**columns, "do": "check"})
    assert checked.status_code == 200
    assert "Every row can be loaded" in checked.content.decode()
    assert Area.objects.count() == 0
    loaded = secretariat.post(answer.url, {**columns, "do": "load"})
    assert loaded.url == reverse("places:country", args=["SI"])
    assert queries.area_by_code("national", "A1").parent.name == "Gornja"
    assert AreaUpload.objects.count() == 0
    shown = secretariat.get(loaded.url).content.decode()
    assert "Gornja" in shown
    assert "A (national)" in shown


def test_wrong_rows_are_shown_and_the_good_ones_may_be_taken(secretariat):
    address = send(secretariat, FILE + "A2;;A\nA3;Treća;Z\n").url
    columns = {"code": "0", "name": "1", "parent": "2"}
    refused = secretariat.post(address, {**columns, "do": "load"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "2 rows need mending" in page
    assert "No area has the code Z" in page
    assert Area.objects.count() == 0
    secretariat.post(address, {**columns, "do": "load-good"})
    assert Area.objects.count() == 2


def test_what_is_no_table_is_refused_in_words(secretariat):
    answer = send(secretariat, b"PK\x03\x04 cut off", name="x.xlsx")
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    answer = send(secretariat, "{", name="x.geojson")
    assert "not a GeoJSON file" in answer.content.decode()


def test_a_mapping_without_code_is_asked_again(secretariat):
    answer = secretariat.post(send(secretariat).url, {"name": "1", "do": "load"})
    assert answer.status_code == 422
    assert Area.objects.count() == 0


def test_anothers_file_is_not_found(client, cast, secretariat):
    address = send(secretariat).url
    from duga.members.models import RoleGrant

    RoleGrant.objects.create(account=cast.accounts["observer"], role="network_secretariat", network=cast.region)
    client.force_login(cast.accounts["observer"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(address).status_code == 404


def test_countries_and_areas_are_looked_at_in_the_readers_script(shipped, secretariat):
    page = secretariat.get(reverse("places:overview")).content.decode()
    assert "Kosovo*" in page
    assert "1244/1999" in page
    page = secretariat.get(reverse("places:country", args=["RS"])).content.decode()
    assert "Nišava District" in page
    inside = secretariat.get(reverse("places:country", args=["RS"]), {"inside": "RS-20"}).content.decode()
    assert "Niš" in inside
    cyrillic = secretariat.get(reverse("places:country", args=["RS"]), {"q": "nis", "lang": "sr"}).content.decode()
    assert "Ниш" in cyrillic
    assert "Србија" in cyrillic


def test_the_list_does_not_ask_more_for_more_areas(shipped, secretariat, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        secretariat.get(reverse("places:country", args=["HR"]), {"q": "s"})
