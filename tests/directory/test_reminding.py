"""What the clock asks of keepers: once for each due day, in their language, by notice, mail or letter."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from duga.directory import actions, queries
from duga.directory.models import Campaign, ConfirmLink, Fact, Verification
from duga.directory.rules import CampaignReminder, FactKind, campaign_reminder, remind_after
from duga.members.models import Notice
from duga.plain.errors import NotFound
from tests.directory import build

pytestmark = pytest.mark.django_db
TODAY = dt.date.today()


def day(days):
    return TODAY + dt.timedelta(days=days)


def look(on=TODAY):
    told = actions.look_after_services(by=build.HOUSE, today=on)
    return told.keepers, told.mailed, told.letters


@pytest.fixture
def offered(cast):
    build.terms()
    service = build.service(cast, build.provider(cast), capacities=[{"unit": "beds", "available": 2, "maximum": 5}])
    Fact.objects.filter(service=service, kind=FactKind.CAPACITY).update(due_on=day(400))
    return service


def notices(cast, who):
    return [each.title_shown for each in queries_of_notices(cast.viewer(who))]


def queries_of_notices(viewer):
    from duga.members.queries import notices_of

    return notices_of(viewer).object_list


def test_keepers_are_asked_once_for_each_due_day(cast, offered):
    assert look() == (0, 0, 0)
    due = Fact.objects.get(service=offered, kind=FactKind.HOURS).due_on
    assert look(due - dt.timedelta(days=1)) == (0, 0, 0)
    assert look(due) == (1, 0, 0) and look(due) == (0, 0, 0) and look(due + dt.timedelta(days=3)) == (0, 0, 0)
    (notice,) = Notice.objects.filter(account=cast.accounts["coordinator"])
    assert notice.path == f"/workspace/organisations/{cast.niksic.slug}/services/"
    assert notices(cast, "coordinator") == ["Services to check again: 1. One tap says that it is all still so."]
    assert not Notice.objects.exclude(account=cast.accounts["coordinator"]).exists()
    Fact.objects.filter(service=offered, kind=FactKind.HOURS).update(due_on=due + dt.timedelta(days=1))
    assert look(due + dt.timedelta(days=2)) == (1, 0, 0)  # a new due day


def test_what_falls_due_soon_is_asked_along_and_free_places_when_readers_see_them_old(cast, offered):
    facts = Fact.objects.filter(service=offered)
    facts.update(due_on=day(200))
    facts.filter(kind=FactKind.HOURS).update(due_on=day(0))
    facts.filter(kind=FactKind.PHONE).update(due_on=day(10))
    assert look() == (1, 0, 0) and look(day(10)) == (0, 0, 0)
    facts.filter(kind=FactKind.CAPACITY).update(due_on=day(20), reminded_for=None)
    assert remind_after(FactKind.CAPACITY) == dt.timedelta(days=2) and remind_after(FactKind.HOURS) == dt.timedelta()
    assert look(day(21)) == (0, 0, 0) and look(day(22)) == (1, 0, 0)


def test_what_nobody_sees_is_not_asked_for(cast, offered):
    Fact.objects.update(due_on=day(-1))
    actions.change_service(by=cast.viewer("coordinator"), service_id=offered.pk, changes={"listed": False})
    assert look() == (0, 0, 0)


def test_who_has_no_account_gets_a_letter_to_print(cast, offered, sign_in):
    office = build.state(cast, name="Centar za socijalni rad", told={"language": "cnr", "email": "csr@example.org"})
    build.service(cast, office, "national", name="Novčana pomoć")
    Fact.objects.filter(service__provider=office).update(due_on=day(-5))
    assert look() == (0, 0, 1)  # no mail server: nothing is said to be mailed
    link = ConfirmLink.objects.get(provider=office)
    assert link.mailed_at is None and link.made_by is None
    assert notices(cast, "national") == ["Letters to print for providers without an account: 1."]
    page = sign_in("national")  # one browser
    told = page.get("/workspace/directory/letters/").content.decode()
    token = re.search(r"/services/confirm/([\w-]+)/", told)[1]
    assert queries.link_by_token(token) == link and "Novčana pomoć" in told and told.count('class="qr"') == 1
    assert 'lang="sr-latn"' in told  # the nearest language of the house to Montenegrin
    assert sign_in("other_coordinator").get("/workspace/directory/letters/").content.decode().count('class="qr"') == 0
    with pytest.raises(NotFound):
        actions.note_letters_sent(by=cast.viewer("other_coordinator"), link_ids=[link.pk], campaign_id=link.pk)
    assert actions.note_letters_sent(by=cast.viewer("other_coordinator"), link_ids=[link.pk]) == 0
    sign_in("national").post("/workspace/directory/letters/", {"link": str(link.pk)})
    assert queries.waiting_letters(cast.viewer("national")) == []
    Fact.objects.filter(service__provider=office).update(due_on=day(-1))
    assert look() == (0, 0, 1) and ConfirmLink.objects.count() == 1  # asked again by the link it has


def test_where_there_is_a_mail_server_the_link_goes_by_mail_in_the_providers_language(
    cast, offered, settings, mailoutbox, django_capture_on_commit_callbacks
):
    settings.HAS_MAIL, settings.MAIL_IN_BACKGROUND = True, False
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    office = build.state(cast, name="Dom zdravlja", told={"language": "sr", "email": "dz@example.org"})
    build.service(cast, office, "national", name="Patronaža")
    Fact.objects.filter(service__provider=office).update(due_on=day(-5))
    with django_capture_on_commit_callbacks(execute=True):
        assert look() == (0, 1, 0)
    (mail,) = mailoutbox
    link = ConfirmLink.objects.get(provider=office)
    assert mail.to == ["dz@example.org"] and queries.link_token(link) in mail.body
    assert re.search("[а-ш]", mail.subject) and queries.waiting_letters(cast.viewer("national")) == []


def test_a_campaign_asks_who_has_not_answered_yet(cast, offered):
    office = build.state(cast)
    build.service(cast, office, "national", name="Novčana pomoć")
    Verification.objects.all().delete()
    asked = {"network_id": cast.me.pk, "name": "Jesen", "countries": ["ME"], "due_on": day(30)}
    campaign = actions.open_campaign(by=cast.viewer("national"), **asked)
    Campaign.objects.filter(pk=campaign.pk).update(starts_on=day(1))
    assert look() == (0, 0, 0)
    assert look(day(1)) == (1, 0, 1) and look(day(2)) == (0, 0, 0)
    assert notices(cast, "coordinator") == ["Jesen: is it still so? Services to confirm: 1."]
    assert [each.provider for each in queries.waiting_letters(cast.viewer("national"), campaign)] == [office]
    actions.verify(by=cast.viewer("worker"), service_id=offered.pk)
    Verification.objects.update(at=timezone.now() + dt.timedelta(days=3))
    assert look(day(24)) == (0, 0, 1)  # within a week of its end: the organisation has answered
    assert look(day(31)) == (0, 0, 0) and look(day(40)) == (0, 0, 0)
    assert notices(cast, "national")[0] == "Jesen is over. Look at what was verified, and close it."
    assert ConfirmLink.objects.count() == 1


def test_reminders_of_a_campaign_follow_its_days():
    first, last = dt.date(2026, 3, 1), dt.date(2026, 3, 31)
    told = [campaign_reminder(first, last, dt.date(2026, month, on)) for month, on in
            ((2, 28), (3, 1), (3, 23), (3, 24), (3, 30), (3, 31), (4, 1))]  # fmt: skip
    r = CampaignReminder
    assert told == [None, r.BEGUN, r.BEGUN, r.WEEK, r.WEEK, r.LAST, r.OVER]


def test_many_providers_cost_few_queries(cast, offered, django_assert_max_num_queries):
    rows = [build.service(cast, offered.provider, name=f"Usluga {number}") for number in range(6)]
    Fact.objects.filter(service__in=rows).update(due_on=day(-5))
    with django_assert_max_num_queries(16):
        assert look() == (1, 0, 0)
