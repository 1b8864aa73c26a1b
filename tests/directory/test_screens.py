"""The pages of who keeps services, as they are used: one tap, the form there and back, the link, the inbox."""

import re

import pytest
from django.urls import reverse

from duga.directory import actions, queries
from duga.directory.forms.offers import OfferForm
from duga.directory.models import ConfidentialPlace, Fact, Proposal, Service, ServiceCapacity
from tests.directory import build

pytestmark = pytest.mark.django_db


def filled(form):
    """What a browser would send of a form as it stands."""
    data = {}
    for name in form.fields:
        value = form.initial.get(name, form.fields[name].initial)
        if isinstance(value, bool):
            data |= {name: "on"} if value else {}
        elif value not in (None, ""):
            data[name] = value
    return data


@pytest.fixture
def offered(cast):
    build.terms()
    return build.service(
        cast, build.provider(cast), languages=[{"code": "cnr"}, {"name": "znakovni jezik"}],
        schedules=[
            {"freq": "WEEKLY", "byday": "MO,WE", "opens_at": "09:00", "closes_at": "15:00"},
            {"freq": "WEEKLY", "byday": "FR", "opens_at": "13:00", "closes_at": "21:00", "language": "sq"},
        ],
        capacities=[{"unit": "beds", "available": 2, "maximum": 5}],
    )  # fmt: skip


def test_the_form_there_and_back_changes_nothing(cast, offered):
    told = queries.offer_of(offered)
    form = OfferForm(told, filled(OfferForm(told, version=1)), version=1)
    assert form.is_valid(), form.errors
    by = cast.viewer("coordinator")
    assert actions.change_service(by=by, service_id=offered.pk, changes=form.changes()).version == 1
    assert queries.offer_of(Service.objects.get(pk=offered.pk)) == told


def test_hours_of_a_week_are_changed_and_those_in_a_language_stay(cast, offered, sign_in):
    client, told = sign_in("coordinator"), queries.offer_of(offered)
    data = filled(OfferForm(told, version=1)) | {"open_TU": "10:00", "close_TU": "14:00", "phone_1": "040 123 456"}
    answer = client.post(reverse("directory:edit", args=[offered.pk]), data)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    now = queries.offer_of(Service.objects.get(pk=offered.pk))
    days = {(row["byday"], row["opens_at"], row["language"]) for row in now["schedules"]}
    assert days == {("MO,WE", "09:00", ""), ("TU", "10:00", ""), ("FR", "13:00", "sq")}
    assert [row["number"] for row in now["phones"]] == ["+382 40 000 001", "040 123 456"]
    late = client.post(reverse("directory:edit", args=[offered.pk]), data | {"name": "Later"})
    assert late.status_code == 409  # someone was faster
    wrong = client.post(reverse("directory:edit", args=[offered.pk]), data | {"version": 2, "open_TU": "ten"})
    assert wrong.status_code == 422 and "09:00" in wrong.content.decode()


def test_one_tap_in_the_list(cast, offered, sign_in):
    Fact.objects.update(verified_at=None)
    client, address = sign_in("worker"), reverse("directory:services", args=["niksic"])
    assert "never checked" in client.get(address).content.decode()
    client.post(address, {"do": "verify", "service": str(offered.pk)})
    assert "Everything was checked lately" not in client.get(address).content.decode()  # free places are told apart
    row = ServiceCapacity.objects.get()
    client.post(address, {"do": "capacity", "capacity": str(row.pk), "available": "0"})
    assert "Everything was checked lately" in client.get(address).content.decode()
    assert ServiceCapacity.objects.get().available == 0
    assert client.post(address, {"do": "verify", "service": "x"}).status_code == 404


def test_an_owner_confirms_and_corrects_by_the_link_without_an_account(cast, offered, sign_in, client):
    own = sign_in("coordinator")
    list_ = reverse("directory:services", args=["niksic"])
    own.post(list_, {"do": "link", "provider": str(offered.provider_id)})
    path = re.search(r"/services/confirm/[\w-]{43}/", own.get(list_).content.decode())[0]
    client.logout()
    Fact.objects.update(verified_at=None)
    page = client.get(path)
    assert page.status_code == 200 and "no-store" in page.headers["Cache-Control"]
    assert "Besplatna pravna pomoć" in page.content.decode()
    client.post(path, {"service": str(offered.pk)})
    assert Fact.objects.filter(how="link").count() == Fact.objects.count() - 1  # all but the free places
    told = queries.offer_of(offered)
    data = filled(OfferForm(told, by_link=True)) | {"alert": "U avgustu zatvoreno"}
    answer = client.post(f"{path}{offered.pk}/", data)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert Proposal.objects.get().changes == {"alert": "U avgustu zatvoreno"}
    client.force_login(cast.accounts["coordinator"], backend="allauth.account.auth_backends.AuthenticationBackend")
    inbox = reverse("directory:inbox")
    assert "U avgustu zatvoreno" in client.get(inbox).content.decode()
    client.post(inbox, {"do": "accept", "proposal": str(Proposal.objects.get().pk), "fields": ["alert"]})
    assert Service.objects.get(pk=offered.pk).alert == "U avgustu zatvoreno"


def test_a_worker_elsewhere_proposes(cast, offered, sign_in):
    data = filled(OfferForm(queries.offer_of(offered), by_link=True)) | {"name": "Drugo ime"}
    assert sign_in("other_worker").post(reverse("directory:edit", args=[offered.pk]), data).status_code == 302
    assert Proposal.objects.get().changes == {"name": "Drugo ime"}


def test_a_place_is_shown_only_when_asked_and_then_destroyed(cast, offered, sign_in):
    client = sign_in("coordinator")
    address = reverse("directory:place_add", args=[offered.pk])
    answer = client.post(address, {"kind": "shelter", "address": "Nevidljiva 3"})
    assert answer.status_code == 302, answer.content.decode()[:1500]
    place = reverse("directory:place", args=[ConfidentialPlace.objects.get().pk])
    assert "Nevidljiva" not in client.get(place).content.decode()
    assert "Nevidljiva 3" in client.post(place, {"do": "open"}).content.decode()
    client.post(place, {"do": "close"})
    assert bytes(ConfidentialPlace.objects.get().told) == b""


def test_the_inbox_and_the_pair_do_what_is_tapped(cast, sign_in):
    build.terms()
    cast.provider = build.provider(cast)
    cast.service = build.service(cast, cast.provider)
    build.waiting(cast)
    client, inbox = sign_in("coordinator"), reverse("directory:inbox")
    page = client.get(inbox).content.decode()
    assert "zatvoreno" not in page and "dan" in page
    report = queries.reports_for(cast.viewer("coordinator"))[0]
    assert "zatvoreno" in client.post(inbox, {"do": "open", "report": str(report.pk)}).content.decode()
    client.post(inbox, {"do": "mended", "report": str(report.pk)})
    said = queries.disagreements_for(cast.viewer("coordinator"))[0]
    client.post(inbox, {"do": "take", "disagreement": str(said.pk), "answer": "zvali smo"})
    assert Service.objects.get(pk=said.record_id).wait_time == "dan"
    proposal = Proposal.objects.get()
    client.post(inbox, {"do": "reject", "proposal": str(proposal.pk), "answer": "ne"})
    assert queries.waiting_numbers(cast.viewer("coordinator")) == {"proposals": 0, "reports": 0, "disagreements": 0}
    pair = reverse("directory:pair", args=[cast.duplicate.pk])
    client.post(pair, {"do": "merge", "keep": str(cast.service.pk)})
    assert Service.objects.filter(merged_into=cast.service).count() == 1
    client.post(pair, {"do": "undo"})
    assert Service.objects.filter(merged_into=cast.service).count() == 0


def test_a_coordinator_of_the_network_lists_an_institution_and_runs_a_campaign(cast, sign_in):
    build.terms()
    client = sign_in("national")
    told = {"name": "Centar za socijalni rad", "kind": "state", "email": "", "website": ""}
    made = client.post(reverse("directory:providers"), told)
    assert made.status_code == 302
    service = filled(OfferForm({"listed": True})) | {"name": "Novčana pomoć", "status": "active"}
    answer = client.post(f"{made.headers['Location']}add/", service)
    assert answer.status_code == 302, answer.content.decode()[:1500]
    opened = client.post(reverse("directory:campaigns"), {"name": "Jesen", "countries": ["ME"], "due_on": "1.12.2099"})
    assert opened.status_code == 302
    client.post(opened.headers["Location"], {"do": "links"})
    page = client.get(opened.headers["Location"]).content.decode()
    assert "Centar za socijalni rad" in page and "/services/confirm/" in page
    client.post(opened.headers["Location"], {"do": "close"})


def test_a_workers_own_service_is_told_as_hers_and_no_link_leads_to_a_refusal(cast, offered, sign_in):
    client = sign_in("worker")
    pages = {name: reverse(f"directory:{name}", args=[offered.pk]) for name in ("offer", "edit", "times", "more")}
    for name, address in pages.items():
        text = client.get(address).content.decode()
        assert "another organisation" not in text
        assert name == "offer" or "your coordinator decides" in text
        for link in sorted(set(re.findall(r'href="(/workspace/directory/[^"#?]+)"', text))):
            assert client.get(link).status_code == 200, link
    refused = client.get(reverse("directory:texts", args=[offered.pk]))
    assert refused.status_code == 403 and "your coordinator" in refused.content.decode()
    elsewhere = sign_in("other_worker").get(pages["times"]).content.decode()
    assert "another organisation" in elsewhere and pages["offer"] not in elsewhere


def test_closed_today_tapped_twice_is_told_once_and_at_once(cast, offered, sign_in):
    client = sign_in("coordinator")
    actions.change_service(by=cast.viewer("coordinator"), service_id=offered.pk, changes={"schedules": []})
    for _tap in range(2):
        assert client.post(reverse("directory:times", args=[offered.pk]), {"do": "today"}).status_code == 302
    assert len(queries.offer_of(offered)["closures"]) == 1
    page = client.get(reverse("directory:service", args=[offered.pk])).content.decode()
    assert "Closed now" in page and "Hours not known" not in page


def test_nothing_ticked_is_nothing_accepted(cast, offered, sign_in):
    changes = {"name": "Drugo ime", "description": "Drugi opis"}
    waiting = actions.propose(by=cast.viewer("other_worker"), service_id=offered.pk, changes=changes)
    client, told = sign_in("coordinator"), {"proposal": waiting.pk, "do": "accept"}
    assert "Choose what you accept" in client.post(reverse("directory:inbox"), told, follow=True).content.decode()
    assert Proposal.objects.get().state == "open" and queries.offer_of(offered)["name"] != "Drugo ime"
    client.post(reverse("directory:inbox"), told | {"fields": ["name"]})
    now = queries.offer_of(Service.objects.get(pk=offered.pk))
    assert now["name"] == "Drugo ime" and now["description"] != "Drugi opis"


def test_empty_hours_are_asked_for_and_a_phone_is_led_to_the_map(cast, offered, sign_in):
    answer = sign_in("worker").post(reverse("directory:times", args=[offered.pk]), {"do": "hours"})
    assert answer.status_code == 422 and "Choose the day." in answer.content.decode()
    page = sign_in("worker").get(reverse("directory:map"), {"need": "food", "country": "ME"}).content.decode()
    assert 'href="#map-head"' in page and 'id="map-head"' in page
