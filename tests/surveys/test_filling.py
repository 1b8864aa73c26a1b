"""Filling forms in on our own pages: who gets in, what a link opens, what counts once, the page without scripts."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from duga.plain.errors import NotFound, Refused
from duga.surveys.actions.asking import make_links, revoke_link, send_by_link
from duga.surveys.actions.receiving import open_submission
from duga.surveys.models import FillLink, Round, Submission
from duga.surveys.rules import LinkKind
from duga.surveys.rules.asking import Door, check_door, plain_questions
from tests.surveys.filled import asked_form
from tests.surveys.phones import BOUNDARY, answers, multipart

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture
def version(cast):
    return asked_form(cast.niksic)


def link(cast, version, **more):
    return make_links(by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, form_id=version.form_id, **more)[0]


def at(made, name="link"):
    return reverse(f"surveys:{name}", kwargs={"token": made.token})


def post(client, address, xml, **more):
    return client.post(address, multipart(xml), content_type=f"multipart/form-data; boundary={BOUNDARY}", **more)


OPEN = {"once": False, "used": False, "revoked": False, "closed": False, "expires_at": None}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"revoked": True}, "taken back"), ({"once": True, "used": True}, "for one person"),
        ({"closed": True}, "closed"), ({"closes_on": dt.date(2026, 11, 21)}, "has ended"),
        ({"opens_on": dt.date(2026, 11, 23)}, "from 23.11.2026. on"), ({"expires_at": NOW}, "has ended"),
    ],
)  # fmt: skip
def test_a_link_that_opens_no_more_says_why(more, said):
    with pytest.raises(Refused, match=said):
        check_door(Door(**OPEN | more), NOW)


def test_a_link_opens_on_its_first_and_its_last_day():
    for day in ("opens_on", "closes_on"):
        check_door(Door(**OPEN | {day: NOW.date()}), NOW)
    check_door(Door(**OPEN | {"once": True, "used": True}), NOW, again=True)


def test_who_has_the_link_fills_in_and_nobody_is_asked_who_they_are(cast, client, version):
    made = link(cast, version)
    page = client.get(at(made))
    assert page.status_code == 200 and "wasm-unsafe-eval" in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert client.get(at(made, "link_xform")).content == bytes(version.xform)
    assert post(client, at(made, "link_send"), answers(form="visit")).status_code == 201
    found = Submission.objects.get()
    assert (found.link, found.source, found.account) == (made.link, "link", None)
    assert open_submission(by=cast.viewer("coordinator"), submission_id=found.pk).answers["/name"] == "Ana"


def test_only_the_keyed_hash_of_a_link_is_kept_and_a_guess_opens_nothing(cast, client, version):
    made = link(cast, version)
    assert made.token.encode() not in bytes(made.link.token)
    assert client.get(at(made).replace(made.token, "x" * 24)).status_code == 404
    assert post(client, at(made, "link_send"), answers(form="other")).status_code == 404  # it opens this form alone


def test_a_one_time_link_takes_one_persons_answers_however_often_they_are_sent(cast, client, version):
    made = link(cast, version, kind=LinkKind.ONCE)
    xml = answers("uuid:first", form="visit")
    assert [post(client, at(made, "link_send"), xml).status_code for _ in range(2)] == [201, 201]
    assert post(client, at(made, "link_send"), answers("uuid:second", form="visit")).status_code == 422
    assert Submission.objects.count() == 1
    assert client.get(at(made)).status_code == 410


def test_a_refused_sending_does_not_use_up_a_link(cast, version):
    made = link(cast, version, kind=LinkKind.ONCE)
    with pytest.raises(Refused):
        send_by_link(token=made.token, xml=b"<cut off")
    assert FillLink.objects.get().used_at is None
    send_by_link(token=made.token, xml=answers(form="visit"))
    assert FillLink.objects.get().used_at


def test_links_are_made_and_taken_back_by_who_designs_or_reviews(cast, version):
    where = {"organisation_id": cast.niksic.pk, "form_id": version.form_id}
    many = make_links(by=cast.viewer("coordinator"), kind=LinkKind.ONCE, count=3, **where)
    assert len({each.token for each in many}) == 3
    for stranger in ("worker", "other_coordinator", "national", "administrator"):
        with pytest.raises(NotFound):
            make_links(by=cast.viewer(stranger), organisation_id=cast.niksic.pk, form_id=version.form_id)
        with pytest.raises(NotFound):
            revoke_link(by=cast.viewer(stranger), link_id=many[0].link.pk)
    revoke_link(by=cast.viewer("coordinator"), link_id=many[0].link.pk)
    with pytest.raises(Refused, match="taken back"):
        send_by_link(token=many[0].token, xml=answers(form="visit"))
    for wrong in ({"kind": LinkKind.ONCE, "count": 0}, {"expires_at": timezone.now()}):
        with pytest.raises(Refused):
            link(cast, version, **wrong)


def test_a_round_asks_for_consent_in_the_readers_words_and_between_its_days(cast, client, version):
    today = timezone.localdate()
    round_ = Round.objects.create(
        form=version.form, organisation=cast.niksic, title="Autumn", opens_on=today, closes_on=today,
        consent={"en": "Nobody outside sees your name.", "sr": "Нико споља не види ваше име."},
    )  # fmt: skip
    made = make_links(by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, round_id=round_.pk)[0]
    assert "Nobody outside" in client.get(at(made)).text
    assert "Нико споља" in client.get(at(made), headers={"accept-language": "sr"}).text
    Round.objects.update(opens_on=today - dt.timedelta(days=9), closes_on=today - dt.timedelta(days=1))
    assert "has ended" in client.get(at(made)).text
    assert post(client, at(made, "link_send"), answers(form="visit")).status_code == 422


def sent_by(client, xml, more="", who=None):
    where = {"slug": "niksic", "form_id": "visit"}
    page = client.get(reverse("surveys:fill")).text
    who = who or re.search(r'data-who="(\w+)"', page)[1]
    return post(client, reverse("surveys:fill_send", kwargs=where) + more, xml, headers={"x-duga-who": who})


def test_a_worker_fills_in_for_her_organisation_alone(cast, sign_in, version):
    where = {"slug": "niksic", "form_id": "visit"}
    client = sign_in("worker")
    assert client.get(reverse("surveys:fill_form", kwargs=where)).status_code == 200
    assert "A visit" in client.get(reverse("surveys:fill")).text
    assert sent_by(client, answers(form="visit"), "?from=paper").status_code == 201
    assert Submission.objects.get().source == "paper"
    client = sign_in("other_worker")
    assert "A visit" not in client.get(reverse("surveys:fill")).text
    assert client.get(reverse("surveys:fill_form", kwargs=where)).status_code == 404
    assert sent_by(client, answers("uuid:2", form="visit")).status_code == 404
    assert Submission.objects.count() == 1


def test_answers_are_sent_only_in_the_session_of_who_filled_them_in(cast, sign_in, version):
    client = sign_in("worker")
    hers = re.search(r'data-who="(\w+)"', client.get(reverse("surveys:fill")).text)[1]
    client = sign_in("manager")
    assert sent_by(client, answers(form="visit"), who=hers).status_code == 401
    # another site's page can send a form in her session, but not this header
    where = reverse("surveys:fill_send", kwargs={"slug": "niksic", "form_id": "visit"})
    assert post(client, where, answers(form="visit")).status_code == 401
    client.logout()
    assert sent_by(client, answers(form="visit"), who=hers).status_code == 401
    assert Submission.objects.count() == 0


def test_the_page_without_scripts_takes_what_is_right_and_hands_back_what_is_not(cast, client):
    made = link(cast, asked_form(cast.niksic, "minute"))
    page = client.get(at(made, "link_plain")).text
    number = re.search(r'name="number" value="([^"]+)"', page)[1]
    wrong = client.post(at(made, "link_plain"), {"number": number, "q1": "430", "q2": "<b>slow</b>"})
    assert wrong.status_code == 422 and "An age lies between 1 and 119." in wrong.text
    assert "&lt;b&gt;slow" in wrong.text and number in wrong.text and Submission.objects.count() == 0
    for _twice in range(2):
        done = client.post(at(made, "link_plain"), {"number": number, "q0": "good", "q1": "43", "q2": "<b>slow</b>"})
        assert done.status_code == 200 and "have arrived" in done.text
    found = open_submission(by=cast.viewer("coordinator"), submission_id=Submission.objects.get().pk)
    assert {**found.answers, "/mood": "good", "/age": "43", "/why": "<b>slow</b>"} == found.answers


def test_a_form_that_asks_depending_on_answers_says_that_it_needs_scripts(cast, client, version):
    made = link(cast, version)
    assert plain_questions(version.questions) is None
    gone = client.get(at(made, "link_plain"))
    assert gone.status_code == 410 and "needs scripts" in gone.text


def test_who_designs_tries_a_draft_and_others_do_not(cast, sign_in, version):
    type(version).objects.update(state="draft", published_at=None)
    where = reverse("surveys:trial", kwargs={"version_id": version.pk})
    assert sign_in("worker").get(where).status_code == 404
    page = sign_in("coordinator").get(where)
    assert page.status_code == 200 and 'data-send=""' in page.text
