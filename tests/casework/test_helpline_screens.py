"""The screens of duty: kept at every pause, silent titles and addresses, out at once."""

import json
import re

import pytest
from django.urls import reverse

from duga.casework.actions import helpline
from duga.casework.models import Call
from tests.casework.helpline import SAFE, begin, make_line, take


@pytest.fixture
def line(cast):
    return make_line(cast)[0]


def test_a_call_on_screen_from_the_first_tap_to_the_end(cast, line, sign_in):
    operator = sign_in("operator")
    duty = reverse("casework:duty", kwargs={"slug": "niksic"})
    assert "Take a call" in operator.get(duty).content.decode()
    answer = operator.post(reverse("casework:duty_begin", kwargs={"line_id": line.pk}))
    call = Call.objects.get()
    address = reverse("casework:duty_call", kwargs={"call_id": call.pk})
    assert answer.headers["Location"] == address
    begun = operator.get(address).content.decode()  # nothing was asked yet: nothing is said of danger
    assert "No question about safety is answered yet" in begun and "danger (" not in begun
    typed = {"version": 1, "note": "half <script>alert(1)</script>", "area": "Nik", "opens": "abc", "q_now": "yes"}
    saved = operator.post(address, {**typed, "autosave": "1"}, headers={"accept": "application/json"}).json()
    assert saved["version"] == 2 and "High danger" in saved["parts"]["owed"]
    late = operator.post(address, {**typed, "autosave": "1"}, headers={"accept": "application/json"})
    assert late.status_code == 409 and json.loads(late.content)["message"]
    page = operator.get(address)
    text = page.content.decode()
    assert "<script>alert(1)" not in text and "half &lt;script&gt;" in text and 'value="abc"' in text
    assert page.headers["Cache-Control"].count("no-store") == 1 and page.headers["Referrer-Policy"] == "same-origin"
    title = re.search("<title>(.*?)</title>", text)[1]
    assert title == "Workspace · Duga" and 'autocomplete="off"' in text
    for wrong in ({}, {"caller": "self"}, {"caller": "self", "services": ["talk"], "opens": "abc"}):
        version = Call.objects.get().version
        assert operator.post(address, {"version": version, "do": "finish", **wrong}).status_code == 422
    told = {
        **SAFE, "do": "finish", "version": Call.objects.get().version, "caller": "self",
        "services": ["talk", "referral"],
        "often_talk": "2", "q_now": "yes", "done": ["emergency"], "channel": "phone", "callback": "on", "note": "told",
    }  # fmt: skip
    assert operator.post(address, told).status_code == 302
    call.refresh_from_db()
    assert (call.state, call.services, call.callback) == ("kept", {"talk": 2, "referral": 1}, "waiting")
    kept = operator.get(address).content.decode()
    assert "told" in kept and "High danger" in kept and SAFE["number"] not in kept
    number = operator.post(address, {"do": "number"})
    assert (number.status_code, SAFE["number"] in number.content.decode()) in ((200, True), (422, False))
    assert operator.post(address, {"do": "reached"}).status_code == 302
    assert "Open the call" in operator.get(duty).content.decode()


def test_codes_on_screen_are_never_given_back(cast, line, sign_in):
    operator = sign_in("operator")
    first, second = begin(cast, line), begin(cast, line)
    for call, do, status in (
        (first, "find", 422),
        (first, "choose", 302),
        (second, "find", 302),
        (second, "drop", 302),
    ):
        call.refresh_from_db()
        address = reverse("casework:duty_call", kwargs={"call_id": call.pk})
        answer = operator.post(address, {"version": call.version, "do": do, "code": "žuta kuća 7", "note": "so far"})
        assert answer.status_code == status, (do, answer.content.decode()[-600:])
        assert "kuća" not in operator.get(address).content.decode()
    assert "kuća" not in str(helpline.open_draft(by=cast.viewer("operator"), call_id=first.pk))


def test_leaving_keeps_what_was_typed_ends_the_session_and_tells_nothing(cast, line, sign_in, client):
    operator, call = sign_in("operator"), begin(cast, line)
    told = {"call": str(call.pk), "version": "1", "note": "half a sentence"}
    left = operator.post(reverse("casework:duty_leave"), told)
    assert "wikipedia" in left.content.decode() and "no-store" in left.headers["Cache-Control"]
    assert helpline.open_draft(by=cast.viewer("operator"), call_id=call.pk) == {"note": "half a sentence"}
    address = reverse("casework:duty_call", kwargs={"call_id": call.pk})
    assert operator.get(address).status_code == 302
    assert (
        operator.post(reverse("casework:duty_leave"), told).status_code == 200
    )  # signed out already: out all the same
    for who in ("worker", "coordinator", "supervisor"):  # leaving is no way to write into another's draft
        sign_in(who).post(reverse("casework:duty_leave"), {**told, "version": "2", "note": "changed"})
    assert helpline.open_draft(by=cast.viewer("operator"), call_id=call.pk) == {"note": "half a sentence"}


def test_lines_months_and_the_supervisors_page_on_screen(cast, line, sign_in):
    take(cast, line, answers={"now": "yes"})
    coordinator = sign_in("coordinator")
    lines = reverse("casework:duty_lines", kwargs={"slug": "niksic"})
    assert "Duga starter safety questions" in coordinator.get(lines).content.decode()
    told = {"do": "add", "programme": str(line.programme_id), "name": "Second", "language_0": "sq", "days_0": ["FR"]}
    assert coordinator.post(lines, {**told, "opens_0": "25", "closes_0": "21"}).status_code == 422
    assert coordinator.post(lines, {**told, "opens_0": "13", "closes_0": "21.00"}).status_code == 302
    one = reverse("casework:duty_line", kwargs={"line_id": line.pk})
    assert coordinator.post(one, {"programme": str(line.programme_id), "name": "SOS 2"}).status_code == 302
    assert (
        coordinator.get(reverse("casework:duty", kwargs={"slug": "niksic"})).content.decode().count("Take a call") == 0
    )
    assert coordinator.post(lines, {"do": "close", "line": str(line.pk)}).status_code == 302
    supervisor = sign_in("supervisor")
    page = supervisor.get(reverse("casework:duty_supervision", kwargs={"slug": "niksic"})).content.decode()
    assert "High danger" in page and "Today" in page
    months = reverse("casework:duty_months", kwargs={"slug": "niksic"})
    told = {
        "programme": str(line.programme_id), "asked_by": "Ministry", "asked_on": "3.11.2025", "purpose": "Report",
        "month": "5.10.2025",
    }  # fmt: skip
    asked = supervisor.post(months, told)
    assert asked.status_code == 302 and "Somebody else" in supervisor.get(asked.headers["Location"]).content.decode()
    from duga.casework.actions import name_worker

    name_worker(by=cast.viewer("coordinator"), programme_id=line.programme_id, email="coordinator@example.org")
    second = sign_in("coordinator")
    assert second.post(asked.headers["Location"], {"do": "tell"}).status_code == 422
    assert second.post(asked.headers["Location"], {"do": "refuse", "reason": "too few"}).status_code == 302
