"""Links made on screen; rounds planned, assigned, followed, reminded of; the consent that somebody agreed to."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from duga.members.models import Notice
from duga.members.rules import Viewer
from duga.places.models import Area
from duga.plain.errors import NotAllowed, NotFound, Refused
from duga.surveys.actions.asking import (
    assign,
    change_round,
    close_round,
    make_links,
    plan_round,
    remind_of_rounds,
    send_by_link,
    take_back,
)
from duga.surveys.models import FillLink, Round, RoundAssignment, Submission
from duga.surveys.queries.asking.rounds import progress, rounds_of
from duga.surveys.rules.asking import ON_ONE_SHEET
from tests.surveys.filled import asked_form
from tests.surveys.phones import BOUNDARY, answers, make_form, multipart

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


DAY, WORDS = dt.timedelta(days=1), {"en": "We ask.", "sr": "Pitamo."}


def planned(cast, version, **more):
    today = timezone.localdate()
    told = {"title": "Autumn", "opens_on": today, "closes_on": today + 2 * DAY, "consent": WORDS}
    return plan_round(by=cast.viewer("coordinator"), owner=cast.niksic, form_id=version.form_id, **told | more)


def again(cast, round_, **more):
    kept = {name: getattr(round_, name) for name in ("title", "opens_on", "closes_on", "consent", "targets")}
    return change_round(by=cast.viewer("coordinator"), round_id=round_.pk, **kept | more)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"closes_on": dt.date(2020, 1, 1)}, "before the first"), ({"targets": {"": 0}}, "at least one"),
        ({"title": " "}, "title"), ({"closes_on": None, "remind_days": 2}, "needs a last day"),
        ({"remind_days": 0}, "between 1 and"), ({"languages": ["xx"]}, "does not speak xx"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused_in_words(cast, version, wrong, said):
    with pytest.raises(Refused, match=said):
        planned(cast, version, **wrong)


def test_personal_questions_are_not_asked_without_words_of_consent(cast, version):
    version.personal = ["/name"]
    version.save(update_fields=["personal"])
    with pytest.raises(Refused, match="what people agree to"):
        planned(cast, version, consent={})


def test_answers_keep_the_version_of_the_consent_that_was_shown(cast, client, version):
    round_ = planned(cast, version)
    made = make_links(by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, round_id=round_.pk)[0]
    page = client.get(reverse("surveys:link", kwargs={"token": made.token})).content.decode()
    address = re.search(r'data-send="([^"]+)"', page)[1]
    assert again(cast, round_, consent={"en": "We ask more.", "sr": "Pitamo."}).consent_version == 2
    assert (
        again(cast, round_, title="Late autumn", consent={"en": "We ask more.", "sr": "Pitamo."}).consent_version == 2
    )
    assert post(client, address, answers("uuid:1", form="visit")).status_code == 201
    send_by_link(token=made.token, xml=answers("uuid:2", form="visit"))
    assert sorted(Submission.objects.values_list("consent_version", "round")) == [(1, round_.pk), (2, round_.pk)]


def test_progress_counts_organisation_and_worker_against_targets(cast, version):
    by, worker = cast.viewer("coordinator"), cast.accounts["worker"]
    round_ = planned(cast, version, targets={"": 10})
    where = {"by": by, "round_id": round_.pk, "organisation_id": cast.niksic.pk}
    made = assign(**where, account_id=worker.pk, target=4)
    with pytest.raises(Refused, match="already"):
        assign(**where, account_id=worker.pk)
    with pytest.raises(Refused, match="at least one"):
        assign(**where, account_id=cast.accounts["operator"].pk, target=0)
    with pytest.raises(NotFound):
        assign(**where | {"by": cast.viewer("other_coordinator")})
    link = make_links(by=by, organisation_id=cast.niksic.pk, round_id=round_.pk, assignment=made)[0]
    for number in range(3):
        send_by_link(token=link.token, xml=answers(f"uuid:{number}", form="visit"))
    Submission.objects.filter(instance_id="uuid:0").update(state="rejected")
    told = progress(by, round_)
    assert (told.whole.came, told.whole.target) == (2, 10)
    assert [(each.came, each.target) for each in told.workers] == [(2, 4)]
    assert [each.came for each in told.organisations] == [2]
    assert [each.came for each in rounds_of(by, cast.niksic)] == [2]
    with pytest.raises(NotFound):
        close_round(by=cast.viewer("other_coordinator"), round_id=round_.pk)
    take_back(by=by, assignment_id=made.pk)
    assert RoundAssignment.objects.exclude(until=None).get() == made


def test_who_asks_is_reminded_once(cast, version):
    round_, clock = planned(cast, version, remind_days=1), Viewer(system="clock")
    assert remind_of_rounds(by=clock) == 0
    tomorrow = timezone.localdate() + DAY
    told = remind_of_rounds(by=clock, today=tomorrow)
    assert told and remind_of_rounds(by=clock, today=tomorrow) == 0
    assert Notice.objects.filter(path="/collect/fill/").count() == told
    again(cast, round_, closes_on=round_.closes_on + DAY, remind_days=1)
    assert Round.objects.get().reminded_at is None


def test_a_closed_round_opens_nothing_and_changes_no_more(cast, client, version):
    round_ = planned(cast, version)
    made = make_links(by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, round_id=round_.pk)[0]
    with pytest.raises((NotFound, NotAllowed)):
        close_round(by=cast.viewer("worker"), round_id=round_.pk)
    close_round(by=cast.viewer("coordinator"), round_id=round_.pk)
    assert client.get(reverse("surveys:link", kwargs={"token": made.token})).status_code == 410
    with pytest.raises(Refused, match="closed"):
        again(cast, round_)


def test_a_round_is_planned_assigned_and_closed_on_screen(cast, client, version):
    client.force_login(cast.accounts["coordinator"])
    new = f"{reverse('surveys:round_new', args=[cast.niksic.slug])}?form={version.form_id}"
    plan = {"title": "Autumn", "opens_on": "1.11.2026", "targets": "40", "consent_en": "We ask."}
    assert client.post(new, plan | {"targets": "forty"}).status_code == 422
    assert client.post(new, plan | {"closes_on": "1.10.2026"}).status_code == 422
    here = client.post(new, plan).url
    assert Round.objects.get().targets == {"": 40} and Round.objects.get().languages == ["en"]
    who = f"{cast.niksic.pk} {cast.accounts['worker'].pk}"
    assert client.post(here, {"who": who, "target": "5"}).status_code == 302
    page = client.get(here).content.decode()
    assert 'max="40" value="0"' in page and 'max="5" value="0"' in page
    assert client.post(here, {"do": "close", "sure": "1"}).status_code == 302
    assert Round.objects.get().closed_at


def test_a_network_counts_organisations_and_never_who_collected(cast):
    national = cast.viewer("national")
    form = make_form(network=cast.me, slug="needs").form
    plan = {"title": "All", "opens_on": timezone.localdate()}
    round_ = plan_round(by=national, owner=cast.me, form_id=form.pk, **plan)
    assign(by=national, round_id=round_.pk, organisation_id=cast.niksic.pk, target=5)
    coordinator, worker = cast.viewer("coordinator"), cast.accounts["worker"].pk
    own = {"round_id": round_.pk, "organisation_id": cast.niksic.pk, "account_id": worker}
    with pytest.raises(NotAllowed):
        assign(by=national, **own)
    assign(by=coordinator, **own)
    link = make_links(by=coordinator, organisation_id=cast.niksic.pk, round_id=round_.pk)[0]
    send_by_link(token=link.token, xml=answers())
    told = progress(national, round_)
    assert [(each.came, each.target) for each in told.organisations] == [(1, 5)] and told.workers == []
    assert [each.came for each in progress(coordinator, round_).workers] == [0]
    assert [each.pk for each in rounds_of(coordinator, cast.niksic)] == [round_.pk]


def test_an_area_holds_what_came_from_within_it_and_none_lies_abroad(cast, version):
    by, told = cast.viewer("coordinator"), {"kind": "municipality"}
    town = Area.objects.create(country="ME", code="t:1", name="Grad", **told)
    village = Area.objects.create(country="ME", code="t:2", name="Selo", parent=town, level=2, **told)
    abroad = Area.objects.create(country="RS", code="t:3", name="Varoš", **told)
    where = {"by": by, "organisation_id": cast.niksic.pk}
    with pytest.raises(Refused, match="another country"):
        planned(cast, version, targets={abroad.pk: 5})
    round_ = planned(cast, version, targets={town.pk: 5})
    given = assign(**where, round_id=round_.pk, area=village)
    link = make_links(**where, round_id=round_.pk, assignment=given)[0]
    send_by_link(token=link.token, xml=answers(form="visit"))
    assert [(each.name, each.came, each.target) for each in progress(by, round_).areas] == [(town.name, 1, 5)]
