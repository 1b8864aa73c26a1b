"""Links made on screen; rounds planned, assigned, followed, reminded of; the consent that somebody agreed to."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from duga.surveys.models import FillLink
from duga.surveys.rules.asking import ON_ONE_SHEET
from tests.surveys.filled import asked_form
from tests.surveys.phones import BOUNDARY, answers, multipart

pytestmark = pytest.mark.django_db
ADDRESS = re.compile(r"<code>https?://[^/]+(/collect/fill/by-link/[^<]+)</code>")


@pytest.fixture
def version(cast):
    return asked_form(cast.niksic)


@pytest.fixture
def screen(cast, client, version):
    client.force_login(cast.accounts["coordinator"])
    return reverse("surveys:links", args=[cast.niksic.slug, version.form_id])


def post(client, address, xml):
    return client.post(address, multipart(xml), content_type=f"multipart/form-data; boundary={BOUNDARY}")


def test_links_are_made_on_screen_shown_once_and_counted(client, screen):
    day = timezone.localdate() + dt.timedelta(days=3)
    shown = client.post(screen, {"kind": "once", "count": "3", "until": f"{day:%d.%m.%Y}"}).content.decode()
    found = ADDRESS.findall(shown)
    assert len(found) == len(set(found)) == 3 and shown.count("<svg") >= 3 and f"{day.day}. {day.month}." in shown
    link = FillLink.objects.first()
    assert timezone.localdate(link.expires_at - dt.timedelta(seconds=1)) == day  # its last day counts whole
    client.logout()
    assert post(client, f"{found[0]}send/", answers(form="visit")).status_code == 201
    assert FillLink.objects.exclude(used_at=None).count() == 1


def test_the_list_shows_what_came_and_takes_links_back(cast, client, screen):
    address = ADDRESS.search(client.post(screen, {"kind": "open"}).content.decode())[1]
    post(client, f"{address}send/", answers(form="visit"))
    page = client.get(screen).content.decode()
    assert address not in page and 'data-label="Answers">1</td>' in page
    link = FillLink.objects.get()
    assert client.post(screen, {"revoke": str(link.pk)}).status_code == 302
    assert client.get(address).status_code == 410 and "taken back" in client.get(screen).content.decode()


def test_more_links_than_a_sheet_holds_and_days_gone_by_are_refused(client, screen):
    for wrong in ({"kind": "once", "count": str(ON_ONE_SHEET + 1)}, {"kind": "open", "until": "1.1.2020"}):
        assert client.post(screen, wrong).status_code == 422
    assert not FillLink.objects.exists()


def test_who_only_collects_gives_out_no_links(cast, client, screen, version):
    assert screen in client.get(reverse("surveys:form", args=[version.form_id])).content.decode()
    client.force_login(cast.accounts["worker"])
    assert client.get(screen).status_code == 404
    assert screen not in client.get(reverse("surveys:form", args=[version.form_id])).content.decode()
