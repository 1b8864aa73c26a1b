"""A shift without a connection, in a browser that is killed while it sends: each record arrives once, no name lies on
the phone, and what is locked is sent all the same. One walk; what needs no browser is in casework/test_devices.py.
"""

import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from duga.casework import actions
from duga.casework.models import Assistance, Device, DeviceRecord
from tests.casework.volunteering import PIN as VOLUNTEERS_PIN
from tests.casework.volunteering import errand, recruit
from tests.conftest import ARGUMENTS, CHROMIUM
from tests.journeys.conftest import no_violations, nothing_hangs_over

pytestmark = pytest.mark.django_db(transaction=True)
PIN, SHIFT = "plava kuca 7", "/workspace/shift/"


@pytest.fixture
def phone(chromium, live_server, tmp_path):
    """(start, kill, profile): a phone's browser with a profile of its own on disk, ended as a dead battery does."""
    profile, open_ = tmp_path / "profile", []

    def start():
        context = chromium.browser_type.launch_persistent_context(
            str(profile), executable_path=CHROMIUM, args=ARGUMENTS, base_url=live_server.url,
            viewport={"width": 360, "height": 740}, has_touch=True,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        open_.append(context)
        page = context.pages[0] if context.pages else context.new_page()
        return context, page, context.new_cdp_session(page)

    def kill():
        open_.pop()
        found = subprocess.run(["pgrep", "-f", f"user-data-dir={profile}"], capture_output=True, text=True, check=False)
        for pid in found.stdout.split():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                continue
        (profile / "SingletonLock").unlink(missing_ok=True)

    yield start, kill, profile
    for context in open_:
        context.close()


def come_in(context, cast, url):
    """Signs the worker in, as the front door would: its own journey opens it by hand."""
    client = Client()
    client.force_login(cast.accounts["worker"], backend="allauth.account.auth_backends.AuthenticationBackend")
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    return client


def unlock(page):
    page.goto(SHIFT)
    page.fill("input[name=pin]", PIN)
    page.click("form button")
    page.wait_for_selector("[data-people]")


def record(page, name, quantity, saved=True):
    page.click(f"button.row:has-text('{name}')")
    page.select_option("select[name=service_type]", "home_visit")
    page.fill("input[name=quantity]", str(quantity))
    page.fill("textarea[name=note]", "čeka nalaz")
    page.click("text=Record it")
    if saved:
        page.wait_for_selector("[data-people]")


def make_ready(page):
    page.goto(SHIFT)
    for name in ("pin", "again"):
        page.fill(f"input[name={name}]", PIN)
    page.click("text=Make this phone ready")
    page.wait_for_selector("button.row:has-text('Stanislava')")


def add_passkey(page, told):
    page.click("text=Open with a passkey, too")
    page.fill("input[name=pin]", PIN)
    page.click("text=Add the passkey")
    page.wait_for_selector(f"#say:has-text('{told}')")


def tidied(page, hours):
    """(whether it was emptied, whether the shift is still there) once the phone's clock was moved by so many hours."""
    return page.evaluate(
        """async (hours) => {
          const real = Date.now, kept = self.dugaKept("shift");
          Date.now = () => real() + hours * 3600000;
          const emptied = await kept.tidy();
          Date.now = real;
          return [emptied, Boolean(await kept.get("pack"))];
        }""",
        hours,
    )


def test_a_shift_without_a_connection(transactional_db, cast, settings, tmp_path, phone, live_server, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "files"
    start, kill, profile = phone
    worker = cast.viewer("worker")
    identity = {"given": "Stanislava", "family": "Perunović"}
    person = actions.register_person(by=worker, organisation_id=cast.niksic.pk, identity=identity)
    told = {"by": worker, "organisation_id": cast.niksic.pk, "service_type": "home_visit"}
    actions.record_assistance(**told, date=timezone.localdate(), person_id=person.pk)

    context, page, cdp = start()
    come_in(context, cast, live_server.url)
    cdp.send("WebAuthn.enable")
    authenticator = {
        "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
    }  # fmt: skip
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator})
    make_ready(page)
    page.evaluate("navigator.serviceWorker.ready")
    nothing_hangs_over(page)
    no_violations(page)
    assert cdp.send("Page.getInstallabilityErrors")["installabilityErrors"] == []

    # A passkey that gives no key cannot open an encrypted store, and is told so; one that gives a key does.
    add_passkey(page, "gives no key")
    cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": made["authenticatorId"]})
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator | {"hasPrf": True}})
    page.click("text=Back")
    add_passkey(page, "passkey opens")
    page.click("#lock")
    context.set_offline(True)
    page.click("text=With your passkey")
    page.wait_for_selector("[data-people]")

    # Without a connection it opens, finds blind to script, keeps what is recorded; a full phone says so.
    unlock(page)
    page.fill("[data-find]", "перуновић stan")
    record(page, "Stanislava", 2)
    record(page, "Stanislava", 3)
    assert "2 waiting" in page.inner_text("#screen")
    page.evaluate("() => { IDBObjectStore.prototype.add = () => { throw new DOMException('', 'QuotaExceededError') } }")
    record(page, "Stanislava", 4, saved=False)
    page.wait_for_selector("#say:has-text('NOT kept')")
    assert page.input_value("input[name=quantity]") == "4", "what was typed is still there"

    # The server takes them in, and the browser dies before it hears so.
    hear, heard = actions.hear_device, threading.Event()

    def hear_and_wait(**told):
        answer = hear(**told)
        if answer.outcomes:
            heard.set()
            threading.Event().wait(1)
        return answer

    monkeypatch.setattr(actions, "hear_device", hear_and_wait)
    context.set_offline(False)
    assert heard.wait(20)
    kill()
    monkeypatch.setattr(actions, "hear_device", hear)
    assert Assistance.objects.count() == 3
    lying = b"".join(file.read_bytes() for file in Path(profile).rglob("*") if file.is_file())
    for word in ("Stanislava", "Perunovi", "nalaz"):
        assert word.encode() not in lying and word.encode("utf-16-le") not in lying

    # Nobody is signed in any more, and nobody knows the PIN: letters are sent all the same, by the worker in the
    # background, each once.
    context, page, cdp = start()
    page.goto(SHIFT)
    page.wait_for_function("() => self.dugaKept('shift').queue().then((all) => all.length === 0)")
    assert sorted(Assistance.objects.values_list("quantity", flat=True)) == [1, 2, 3]
    assert DeviceRecord.objects.count() == 2
    context.set_offline(True)
    unlock(page)
    record(page, "Stanislava", 5)
    page.click("#lock")
    registration = registration_of(page, cdp)
    page.goto("about:blank")
    context.set_offline(False)
    told = {"origin": live_server.url, "registrationId": registration, "tag": "letters", "lastChance": False}
    cdp.send("ServiceWorker.dispatchSyncEvent", told)  # as the browser does when it notices a connection
    until(page, lambda: Assistance.objects.filter(quantity=5).exists())
    assert Assistance.objects.filter(quantity=5).count() == 1

    # Her session is ended elsewhere: at the next word, without a session, nothing that can be read is left.
    client = come_in(context, cast, live_server.url)
    unlock(page)
    with page.expect_response("**/directory/"):
        page.click("text=Take the newest along")
    context.clear_cookies()
    client.logout()
    page.goto(SHIFT)
    page.wait_for_selector("#say:has-text('emptied')")
    page.wait_for_selector("text=Sign in first")

    # A clock that is set back ends the shift; days without a word from the server empty the phone.
    come_in(context, cast, live_server.url)
    make_ready(page)
    assert tidied(page, 1) == [False, True]
    assert tidied(page, -1) == [False, False]
    assert tidied(page, 24 * 8) == [True, False]

    # A phone that is lost: the order reaches it before anything is handed to it.
    come_in(context, cast, live_server.url)
    make_ready(page)
    actions.wipe_device(by=cast.viewer("coordinator"), device_id=Device.objects.first().pk)
    page.click("text=Take the newest along")
    page.wait_for_selector("#say:has-text('emptied')")
    page.wait_for_selector("input[name=again]")  # the phone is as new
    assert Device.objects.first().told_at


def registration_of(page, cdp):
    """The browser's number of the shift's service worker."""
    found = []
    cdp.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
    cdp.send("ServiceWorker.enable")
    until(page, lambda: any(each["scopeURL"].endswith(SHIFT) for each in found))
    return next(each["registrationId"] for each in found if each["scopeURL"].endswith(SHIFT))


def until(page, true):
    """Waits until something holds, five seconds at most, while the browser goes on."""
    for _ in range(100):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came")


def test_a_volunteers_day_with_a_bad_connection(transactional_db, cast, chromium, live_server):
    """What was loaded opens with her PIN; each tap is sent once; one that somebody was faster with stands beside it."""
    jelena = recruit(cast)
    errand(cast, jelena, caller={"name": "Petar Đurić"})
    lost = errand(cast, jelena, caller={"name": "Mara"}, details="")
    _row, code = actions.make_card(by=cast.viewer("manager"), volunteer_id=jelena.pk)
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 360, "height": 740}, has_touch=True)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"/v/card/{code}/")
    for name in ("pin", "again"):
        page.fill(f"input[name={name}]", VOLUNTEERS_PIN)
    page.click("text=This is my phone")
    page.wait_for_selector("text=Petar Đurić")
    page.wait_for_function("() => self.dugaKept('errands').get('pack')")
    page.evaluate("navigator.serviceWorker.ready")
    page.goto("/v/")  # a page that was on its way when the worker woke is led by it only from the next one on
    page.wait_for_function("() => navigator.serviceWorker.controller")

    context.set_offline(True)
    page.goto("/v/")
    assert "Petar" not in page.content()
    page.fill("input[name=pin]", VOLUNTEERS_PIN)
    page.click("form button")
    page.wait_for_selector("text=Petar Đurić")
    nothing_hangs_over(page)
    no_violations(page)
    for name in ("Petar", "Mara"):
        card = f"section.card:has-text('{name}')"
        page.click(f"{card} >> text=I am on the way")
        page.click(f"{card} >> text=Done")
        page.wait_for_selector(card, state="detached")
    assert "4 waiting" in page.inner_text("#screen")
    actions.take_back_assignment(by=cast.viewer("manager"), request_id=lost.request_id, version=lost.request.version)
    context.set_offline(False)
    page.wait_for_selector("text=no longer yours")
    assert Assistance.objects.count() == 1 and DeviceRecord.objects.count() == 2
    page.goto("/v/")
    page.wait_for_selector("#untaken:not([hidden])")
    context.close()
