"""Attacks on referrals by their addresses: others' ids, guessed links, fields nobody offered, stored script."""

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone

from duga.casework.actions import (
    add_goal,
    add_guardian,
    add_programme,
    flag_guardian,
    name_worker,
    open_case,
    register_person,
)
from duga.casework.actions import referrals as actions
from duga.casework.models import Referral, ReferralGuest
from duga.members.models import TrailEntry
from tests.directory import build

SCRIPT = "<script>alert(1)</script>"
TOLD = {"reason": f"warm room {SCRIPT}", "text": "=cmd()", "categories": ["name"], "agreed": True}


@pytest.fixture
def house(cast):
    """A referral from Nikšić to Niš, one to a clinic with its link, and the person."""
    by = cast.viewer("worker")
    identity = {"given": "Ana", "family": f"Kovač {SCRIPT}", "phone": "+382 69 000 111", "address": "Trebjeska 5"}
    ana = register_person(by=by, organisation_id=cast.niksic.pk, identity=identity)

    def sent(to):
        row = actions.make_referral(by=by, person_id=ana.pk, to=to, **TOLD)
        return actions.send_referral(by=by, referral_id=row.pk, version=1)

    inside, outside = sent({"organisation": cast.nis.pk}), sent({"name": "Clinic", "contact": "a@example.org"})
    given = actions.make_guest_link(by=by, referral_id=outside.pk)
    return SimpleNamespace(ana=ana, inside=inside, outside=outside, given=given)


def page_of(row):
    return f"/workspace/referrals/{row.pk}/"


def test_the_receiver_sees_what_was_told_and_no_page_of_the_person(house, cast, sign_in):
    client = sign_in("other_worker")
    page = client.get(page_of(house.inside)).content.decode()
    assert "Ana Kovač" in page and SCRIPT not in page and "&lt;script&gt;" in page
    assert "Trebjeska" not in page and "000 111" not in page and str(house.ana.pk) not in page
    for address in ("", "refer/", "refer/form/", "bases/", "change/"):
        assert client.get(f"/workspace/people/{house.ana.pk}/{address}").status_code == 404
    assert client.get(f"/workspace/referrals/{house.outside.pk}/").status_code == 404  # sent to somebody else
    assert client.get(f"/workspace/referrals/{house.inside.pk}/change/").status_code == 404


def test_steps_of_the_other_side_are_nobody_elses(house, cast, sign_in):
    client = sign_in("other_worker")
    for do in ("send", "revoke", "link", "unlink", "told", "review", "discard", "step"):
        assert client.post(page_of(house.inside), {"do": do, "answer": "done", "version": 2}).status_code in (404, 422)
    client = sign_in("worker")
    for do in ("accept", "begin", "done", "register"):
        assert client.post(page_of(house.inside), {"do": do}).status_code == 404
    assert Referral.objects.get(pk=house.inside.pk).state == "in_progress"
    for name in ("officer", "national", "secretariat", "observer"):
        assert sign_in(name).post(page_of(house.inside), {"do": "revoke"}).status_code in (403, 404)


def test_a_form_takes_only_the_fields_it_offers(house, cast, sign_in):
    client = sign_in("worker")
    told = {
        "kind": "referral", "priority": "normal", "reason": "x", "language": "en", "how": "spoken", "name": "Clinic",
        "state": "done", "organisation": str(cast.nis.pk), "code": "KA-0000-0", "sent_at": "2020-01-01",
        "overridden_by": "1", "basis": "consent", "categories": ["name"], "version": "9",
    }  # fmt: skip
    answer = client.post(f"/workspace/people/{house.ana.pk}/refer/form/?to=outside", told)
    row = Referral.objects.order_by("-pk").first()
    assert answer.status_code == 302
    assert (row.state, row.sent_at, row.basis, row.organisation_id) == ("draft", None, "", cast.niksic.pk)
    bad = client.post(
        f"/workspace/people/{house.ana.pk}/refer/form/?to=outside", told | {"categories": ["picture_voice"]}
    )
    assert bad.status_code == 422
    for wrong in ("service=not-one", f"service={house.ana.pk}", f"organisation={house.ana.pk}"):
        assert client.get(f"/workspace/people/{house.ana.pk}/refer/form/?{wrong}").status_code == 404


def test_a_link_tells_nothing_without_its_code_and_the_same_of_every_wrong_one(house, client):
    page = client.get(house.given.path)
    assert page.status_code == 200
    text = page.content.decode()
    assert "Dnevni centar" in text and "Ana" not in text and "warm room" not in text and "Clinic" not in text
    assert "no-store" in page["Cache-Control"] and page["Referrer-Policy"] == "same-origin"
    assert "noindex" in page["X-Robots-Tag"] and not page.cookies.get("sessionid")
    never = client.get(f"/referral/{'A' * 43}/")
    ReferralGuest.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    over = client.get(house.given.path)
    tried = client.post(house.given.path, {"code": house.given.code})
    assert {never.status_code, over.status_code, tried.status_code} == {404}
    main = [answer.content.decode().split("<main", 1)[1] for answer in (never, over, tried)]
    assert len(set(main)) == 1


def test_a_link_opens_with_its_code_escapes_what_was_written_and_answers(house, client, cast):
    page = client.post(house.given.path, {"code": house.given.code})
    text = page.content.decode()
    assert "Ana Kovač" in text and SCRIPT not in text and "Trebjeska" not in text
    code = ReferralGuest.objects.get().code_digest
    own = text.split('name="code" value="')[1].split('"')[0]
    assert own.replace(" ", "") not in code
    refused = client.post(house.given.path, {"code": own, "answer": "rejected"})
    assert "choose a reason" in refused.content.decode()
    for wrong in ("revoked", "draft", "__class__"):
        client.post(house.given.path, {"code": own, "answer": wrong})
    assert Referral.objects.get(pk=house.outside.pk).state == "in_progress"
    client.post(house.given.path, {"code": own, "answer": "accepted", "state": "done"})
    assert Referral.objects.get(pk=house.outside.pk).state == "accepted"
    entry = TrailEntry.objects.filter(event="referral.answered_by_link").get()
    assert entry.actor == "visitor" and "Ana" not in str(entry.detail)


def test_who_guesses_is_slowed_down(house, client, settings):
    settings.PUBLIC_RATES = {"/referral/": "3/m/ip"}
    cache.clear()
    answers = [client.get(f"/referral/{number:043d}/").status_code for number in range(5)]
    assert answers == [404, 404, 404, 429, 429]
    page = client.get(house.given.path, headers={"Accept": "text/html"})  # a browser is told in words
    assert page.status_code == 429 and page["Retry-After"] and page["Content-Type"].startswith("text/html")
    text = page.content.decode()
    assert "Wait a minute" in text and "Dnevni centar" not in text and house.given.path not in text
    cache.clear()


def test_who_sent_it_is_not_told_before_the_code_where_that_tells_what_it_is_about(house, cast, client):
    boss, by = cast.viewer("coordinator"), cast.viewer("operator")
    line = add_programme(by=boss, organisation_id=cast.niksic.pk, name="SOS", kind="violence")
    name_worker(by=boss, programme_id=line.pk, email="operator@example.org")
    vera = register_person(by=by, organisation_id=cast.niksic.pk, identity={"given": "Vera"}, programme_id=line.pk)
    row = actions.make_referral(by=by, person_id=vera.pk, to={"name": "Clinic"}, **TOLD)
    actions.send_referral(by=by, referral_id=row.pk, version=1)
    given = actions.make_guest_link(by=by, referral_id=row.pk)
    assert "Dnevni centar" not in client.get(given.path).content.decode().split("<main", 1)[1]


def test_the_way_is_drawn_with_times_and_what_is_left_when_nobody_takes_it(house, cast, sign_in):
    build.terms()
    told = {"terms": {"needs": ["shelter"]}, "phones": [{"number": "+382 20 555 111"}]}
    told |= {"name": "Sigurna <kuća>", "referral_conditions": "Only women."}
    build.service(cast, build.state(cast), "national", **told)
    client, address = sign_in("worker"), "/workspace/organisations/niksic/referrals/pathways/"
    for priority, time in (("", "14 days"), ("urgent", "3 days")):
        page = client.post(address, {"need": "shelter", "priority": priority}).content.decode()
        drawing = page.split('<figure class="chart">')[1].split("</figure>")[0]
        assert "Sigurna &lt;kuća&gt;" in drawing and "Only women." in drawing
        assert "+382\u00a020\u00a0555\u00a0111" in drawing
        assert f"No, or no answer within {time}" in drawing and "Nobody took it" in drawing
        assert "The lists below tell the same" in drawing
    person = client.post(f"/workspace/people/{house.ana.pk}/refer/", {"need": "shelter", "priority": "emergency"})
    assert "&priority=emergency" in person.content.decode().replace("&amp;", "&")
    assert client.post(address, {"need": "shelter", "priority": "nope"}).status_code == 422


def test_a_guest_asks_on_the_page_and_reads_the_answer_there(house, cast, client, sign_in):
    page = client.post(house.given.path, {"code": house.given.code}).content.decode()
    code = re.search(r'name="code" value="([\d ]+)"', page)[1]
    told = {"code": code, "answer": "ask", "ask": ["when"], "text": "Ujutru?"}
    page = client.post(house.given.path, told).content.decode()
    assert "When can she come? Ujutru?" in page and "Thank you. Whoever sent it" not in page
    mine = sign_in("worker")
    shown = mine.get(page_of(house.outside)).content.decode()
    assert "When can she come? Ujutru?" in shown and "<details open><summary>Answer" in shown
    assert mine.post(page_of(house.outside), {"do": "ask", "text": "At nine."}).status_code == 302
    assert "At nine." in client.post(house.given.path, {"code": code}).content.decode()
    assert "Choose a question" in client.post(house.given.path, {"code": code, "answer": "ask"}).content.decode()


def test_a_board_names_nobody(house, sign_in, cast):
    for name, slug in (("worker", "niksic"), ("other_worker", "nis")):
        page = sign_in(name).get(f"/workspace/organisations/{slug}/referrals/").content.decode()
        assert "Ana" not in page and house.inside.code in page and house.ana.code not in page


def test_a_case_leads_to_a_referral_and_to_a_transfer_that_ends_it(house, sign_in, cast):
    by = cast.viewer("manager")
    case = open_case(by=by, person_id=house.ana.pk, basis="consent", how="spoken")
    add_goal(by=by, case_id=case.pk, text=f"A flat {SCRIPT}")
    client = sign_in("manager")
    page = client.get(f"/workspace/cases/{case.pk}/").content.decode()
    whom = f"/workspace/people/{house.ana.pk}/refer/?case={case.pk}"
    assert f'"{whom}"' in page and f'"{whom}&amp;kind=transfer"' in page
    text = client.get(f"{whom}&kind=transfer").content.decode()
    form = whom.replace("refer/?", "refer/form/?to=outside&") + "&kind=transfer"
    assert form.replace("&", "&amp;") in text and "to=colleague" not in text
    told = {"kind": "transfer", "priority": "normal", "reason": "x", "language": "en", "how": "spoken", "plan": "on"}
    assert client.post(form, told | {"name": "Clinic"}).status_code == 302
    row = Referral.objects.order_by("-pk").first()
    assert (row.case_id, row.kind) == (case.pk, "transfer")
    draft = client.get(page_of(row)).content.decode()
    assert "A flat" in draft and SCRIPT not in draft
    other = register_person(by=by, organisation_id=cast.niksic.pk, identity={"given": "Iva"})
    for wrong in (house.ana.pk, "x"):
        assert client.get(f"/workspace/people/{house.ana.pk}/refer/?case={wrong}").status_code == 404
    assert client.get(f"/workspace/people/{other.pk}/refer/form/?to=outside&case={case.pk}").status_code == 404


def test_a_guardian_who_may_be_the_danger_is_not_offered_and_on_no_paper(house, sign_in, cast):
    by = cast.viewer("manager")
    child = register_person(by=by, organisation_id=cast.niksic.pk, identity={"given": "Luka"}, birth_year=2018)
    uncle, aunt = (add_guardian(by=by, person_id=child.pk, kind="relative", name=name) for name in ("Zoran", "Milena"))
    row = actions.make_referral(
        by=by, person_id=child.pk, to={"name": "Clinic"}, child_protection=True, guardian_id=uncle.pk, **TOLD
    )
    client, form = sign_in("manager"), f"/workspace/people/{child.pk}/refer/form/?to=outside"
    assert "Zoran" in client.get(form).content.decode()
    assert "Zoran" in client.get(f"{page_of(row)}paper/").content.decode()
    flag_guardian(by=by, guardianship_id=uncle.pk, reason="he hits the child")
    page = client.get(form).content.decode()
    assert "Milena" in page and "Zoran" not in page and str(uncle.pk) not in page
    for address in ("", "paper/", "change/"):
        assert "Zoran" not in client.get(f"{page_of(row)}{address}").content.decode()
    told = {"kind": "referral", "priority": "normal", "reason": "x", "language": "en", "how": "spoken", "name": "C"}
    told |= {"child_protection": "on", "guardian_id": str(uncle.pk)}
    assert client.post(form, told).status_code == 422
    assert client.post(form, told | {"guardian_id": str(aunt.pk)}).status_code == 302


def test_paper_has_three_copies_in_two_languages_and_no_more_than_was_told(house, sign_in):
    page = sign_in("worker").get(f"{page_of(house.inside)}paper/").content.decode()
    assert page.count('<article class="letter">') == 3
    assert "Trebjeska" not in page and SCRIPT not in page and "Ana Kovač" in page
