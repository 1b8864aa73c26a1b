"""A shift without a connection, in a browser that is killed: each record arrives once, no name lies on the phone."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone

from duga.casework import actions
from duga.casework.models import Assistance, Device, DeviceRecord
from tests.conftest import ARGUMENTS, CHROMIUM
from tests.journeys.conftest import no_violations, nothing_hangs_over, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
PIN = "plava kuca 7"


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
        return context, context.pages[0] if context.pages else context.new_page()

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


def unlock(page):
    page.goto("/workspace/shift/")
    page.fill("input[name=pin]", PIN)
    page.click("text=Open")
    page.wait_for_selector("[data-people]")


def record(page, name, quantity):
    page.click(f"button.row:has-text('{name}')")
    page.select_option("select[name=service_type]", "home_visit")
    page.fill("input[name=quantity]", str(quantity))
    page.fill("textarea[name=note]", "čeka nalaz")
    page.click("text=Record it")
    page.wait_for_selector("[data-people]")


def test_a_shift_without_a_connection(transactional_db, cast, settings, tmp_path, phone, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "files"
    start, kill, profile = phone
    worker = cast.viewer("worker")
    person = actions.register_person(
        by=worker, organisation_id=cast.niksic.pk, identity={"given": "Stanislava", "family": "Perunović"}
    )
    told = {"by": worker, "organisation_id": cast.niksic.pk, "service_type": "home_visit"}

    actions.record_assistance(**told, date=timezone.localdate(), person_id=person.pk)
    context, page = start()
    sign_in(page, "worker@example.org")
    page.goto("/workspace/shift/")
    page.fill("input[name=pin]", PIN)
    page.fill("input[name=again]", PIN)
    page.click("text=Make this phone ready")
    page.wait_for_selector("button.row:has-text('Stanislava')")
    nothing_hangs_over(page)
    no_violations(page)
    page.evaluate("navigator.serviceWorker.ready")

    context.set_offline(True)
    unlock(page)
    record(page, "Stanislava", 2)
    record(page, "Stanislava", 3)
    assert "2 waiting" in page.inner_text("#screen")
    kill()
    assert Assistance.objects.count() == 1
    lying = b"".join(file.read_bytes() for file in Path(profile).rglob("*") if file.is_file())
    for word in ("Stanislava", "Perunovi", "nalaz"):
        assert word.encode() not in lying and word.encode("utf-16-le") not in lying

    context, page = start()
    context.set_offline(True)
    unlock(page)
    assert "2 waiting" in page.inner_text("#screen")
    # The server takes them, and its answer is lost on the way: sent again, they are still one each.
    take_in = actions.receive_records
    monkeypatch.setattr(actions, "receive_records", lambda **told: take_in(**told) and 1 / 0)
    context.set_offline(False)
    page.click("text=Send now")
    page.wait_for_selector("text=Sign in first")  # the browser forgot who was signed in, as it should
    sign_in(page, "worker@example.org")
    unlock(page)
    page.click("text=Send now")
    page.wait_for_selector("#say:has-text('did not work')")
    assert Assistance.objects.count() == 3
    monkeypatch.setattr(actions, "receive_records", take_in)
    page.click("text=Send now")
    page.wait_for_selector("#say:has-text('Sent')")
    assert sorted(Assistance.objects.values_list("quantity", flat=True)) == [1, 2, 3]
    assert DeviceRecord.objects.count() == 2

    page.goto("/workspace/")
    page.click("details.menu:has(form[data-forgets]) summary")
    page.click("form[data-forgets] button")
    page.wait_for_url("**/")
    sign_in(page, "worker@example.org")
    unlock(page)
    assert "The shift is over" in page.inner_text("#screen"), "signing out, the phone forgot whom it carried"

    actions.wipe_device(by=cast.viewer("coordinator"), device_id=Device.objects.get().pk)
    page.click("button:has-text('Take the newest along')")
    page.wait_for_selector("#say:has-text('emptied')")
    assert page.evaluate("async () => (await indexedDB.databases()).length") <= 1
    page.wait_for_selector("input[name=again]")  # the phone is as new
    assert Device.objects.get().told_at
