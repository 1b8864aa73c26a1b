"""A shift on the reference phone: 3G that comes and goes (400 kbit/s, 400 ms), a processor six times slower, kills.

A server of its own holds a worker with 200 people and a directory of 320 services; Debian's Chromium is the phone,
slowed down by its own tools. What is measured is what a worker waits for. Then, at the full speed, the server is killed
while it takes letters in and the browser while it sends them: every record kept on the phone must arrive, each once.

    .venv/bin/python -m benchmarks.phone [--kills N]
"""

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks import row

COMMAND, PORT, PIN = "python -m benchmarks.phone", 8973, "plava kuca na brdu 7"
LINE = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
FAST = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
DOWN = FAST | {"offline": True}
SLOWER, PEOPLE, SERVICES, RECORDS, NOTE = 6, 200, 320, 25, "visited, waits for an answer from the clinic"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--kills", type=int, default=12)
    asked.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.fill:
        return fill()
    with tempfile.TemporaryDirectory(prefix="duga-phone-") as folder:
        house = House(Path(folder))
        house.start()
        try:
            walk(house, told.kills)
        finally:
            house.kill()
    return 0


def fill() -> int:
    """A worker's caseload and a directory; prints her session."""
    from benchmarks._casework import begin, names

    by, organisation, _where = begin()
    from django.test import Client
    from django.utils import timezone

    from duga.casework import actions
    from duga.directory import actions as directory
    from duga.members import actions as members
    from duga.members.queries import viewer_of
    from duga.members.rules import Role, Viewer
    from tests.directory.build import OFFER

    house = Viewer(system="bench")
    account = members.create_account(by=house, email="worker@example.org", name="Worker", password="only measuring 77")
    members.give_role(by=house, account=account, role=Role.FIELD_WORKER, of=organisation)
    worker, today = viewer_of(account), timezone.localdate()
    for given, family in names(PEOPLE):
        identity = {"given": given, "family": family, "phone": "069 000 111", "address": "Izmišljena ulica 12"}
        person = actions.register_person(by=worker, organisation_id=organisation.pk, identity=identity)
        actions.record_assistance(
            by=worker, organisation_id=organisation.pk, person_id=person.pk, service_type="home_visit", date=today
        )
    directory.load_terms(by=house)
    entry = directory.list_organisation(by=by, organisation_id=organisation.pk, told={})
    for number in range(SERVICES):
        offer = {**OFFER, "name": f"{OFFER['name']} {number}"}
        directory.add_service(by=by, provider_id=entry.pk, offer=offer)
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor_seen"] = str(account.pk)  # as after a sign-in with both factors
    session.save()
    print(json.dumps({"session": client.cookies["sessionid"].value}))
    return 0


class House:
    """A server that can be killed."""

    def __init__(self, folder: Path):
        self.folder, self.url = folder, f"http://localhost:{PORT}"
        self.environment = os.environ | {
            "DUGA_DATA": str(folder / "data"), "DUGA_SECRET": "only for measuring" * 3, "DUGA_HOSTS": "localhost",
            "DUGA_HTTPS": "0", "DUGA_KEY": "22" * 32, "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": "",
        }  # fmt: skip
        filling = [sys.executable, "-m", "benchmarks.phone", "--fill"]
        told = subprocess.run(filling, env=self.environment, check=True, capture_output=True, text=True).stdout
        self.session = json.loads(told.splitlines()[-1])["session"]
        self.running = None

    def start(self) -> None:
        serve = [sys.executable, "-m", "config.cli", "serve", "--host", "127.0.0.1", "--port", str(PORT)]
        self.running = subprocess.Popen(
            serve, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=2).read()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("the server did not answer")

    def kill(self) -> None:
        os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()

    def written(self) -> list[int]:
        """The quantities of what came from the phone."""
        base = sqlite3.connect(self.folder / "data" / "duga.sqlite3")
        try:
            return sorted(
                int(n) for (n,) in base.execute("SELECT quantity FROM casework_assistance WHERE quantity > 1")
            )
        finally:
            base.close()


class Phone:
    """Debian's Chromium with a profile on disk."""

    def __init__(self, play, house):
        from tests.conftest import ARGUMENTS

        self.house, self.profile = house, house.folder / "profile"
        self.context = play.chromium.launch_persistent_context(
            str(self.profile), executable_path=shutil.which("chromium"), args=ARGUMENTS, base_url=house.url,
            viewport={"width": 360, "height": 740}, has_touch=True,
        )  # fmt: skip
        self.context.set_default_timeout(90_000)
        self.page = self.context.pages[0]
        self.cdp = self.context.new_cdp_session(self.page)
        self.cdp.send("Network.enable")
        self.bytes = 0
        self.cdp.on("Network.loadingFinished", self._loaded)

    def _loaded(self, told):
        self.bytes += int(told["encodedDataLength"])

    def line(self, conditions, slower=1):
        self.cdp.send("Network.emulateNetworkConditions", conditions)
        self.cdp.send("Emulation.setCPUThrottlingRate", {"rate": slower})

    def come_in(self):
        self.context.add_cookies([{"name": "sessionid", "value": self.house.session, "url": self.house.url}])

    def kill(self):
        found = subprocess.run(
            ["pgrep", "-f", f"user-data-dir={self.profile}"], capture_output=True, text=True, check=False
        )
        for pid in found.stdout.split():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                continue
        (self.profile / "SingletonLock").unlink(missing_ok=True)

    def unlock(self):
        self.page.fill("input[name=pin]", PIN)
        self.page.click("form button")
        self.page.wait_for_selector("[data-people]")

    def record(self, quantity):
        self.touch(quantity)
        self.page.wait_for_selector("[data-people]")

    def touch(self, quantity):
        self.page.click("button.row >> nth=0")
        self.page.select_option("select[name=service_type]", "home_visit")
        self.page.fill("input[name=quantity]", str(quantity))
        self.page.fill("textarea[name=note]", NOTE)
        self.page.click("form[data-do=record] button")

    def left(self):
        return self.page.evaluate("() => self.dugaKept('shift').queue().then((all) => all.length)")

    def sent(self, seconds=90):
        """Waits until nothing is left to send."""
        until = time.perf_counter() + seconds
        while self.left():
            if time.perf_counter() > until:
                raise SystemExit(f"{self.left()} records were never sent")
            self.page.wait_for_timeout(100)


def timed(what) -> float:
    begin = time.perf_counter()
    what()
    return time.perf_counter() - begin


def told(name, seconds, bar):
    row(name, ours=f"{seconds:.2f} s", bar=f"<={bar} s", met=seconds <= bar, command=COMMAND)


def walk(house, kills) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        phone = Phone(play, house)
        number = slow_line(phone)
        number = coming_and_going(phone, full(phone, number))
        number = killed(play, phone, number, kills)
        want = list(range(2, number))
        missing, twice = len(set(want) - set(house.written())), len(house.written()) - len(set(house.written()))
        row(
            f"phone: {number - 2} records over a bad line and {kills} kills of server and browser: lost, twice",
            ours=f"{missing}, {twice}", bar="0, 0", met=(missing, twice) == (0, 0), command=COMMAND,
        )  # fmt: skip


def slow_line(phone) -> int:
    """What a worker waits for, on 3G and a slow processor."""
    page, on = phone.page, "on 3G, processor 6x slower"
    phone.come_in()
    phone.line(LINE, SLOWER)
    first = timed(lambda: (page.goto("/workspace/shift/"), page.wait_for_selector("input[name=again]")))
    told(f"phone: first opening, {on}", first, 6)
    row("phone: first opening, over the line", ours=f"{phone.bytes / 1024:.0f} KB", bar="<=40 KB",
        met=phone.bytes <= 40 * 1024, command=COMMAND)  # fmt: skip
    page.fill("input[name=pin]", PIN)
    page.fill("input[name=again]", PIN)
    phone.bytes = 0
    take = timed(lambda: (page.click("text=Make this phone ready"), page.wait_for_selector("button.row >> nth=0")))
    told(f"phone: PIN made and {PEOPLE} people taken along, {on}", take, 12)
    services = timed(lambda: page.wait_for_selector("[data-do=places]:not([hidden])"))
    told(f"phone: then the directory, {on}", services, 10)
    row(f"phone: {PEOPLE} people and the directory, over the line", ours=f"{phone.bytes / 1024:.0f} KB", bar="<=150 KB",
        met=phone.bytes <= 150 * 1024, command=COMMAND)  # fmt: skip
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_timeout(2000)
    phone.context.set_offline(True)
    phone.line(DOWN, SLOWER)
    told("phone: opened without a connection, processor 6x slower", timed(lambda: page.goto("/workspace/shift/")), 3)
    told("phone: unlocked by PIN to the list, processor 6x slower", timed(phone.unlock), 4)
    page.click("[data-do=places]")
    page.wait_for_selector("section.card")
    names = page.eval_on_selector_all("section.card h2", "found => found.map((each) => each.textContent)")
    digits = next(name.split()[-1] for name in names if len(name.split()[-1]) > 1)
    few = "() => document.querySelectorAll('section.card').length < 20"
    search = timed(lambda: (page.fill("[data-find]", f"бесплатна помоћ {digits}"), page.wait_for_function(few)))
    told("phone: directory searched in Cyrillic, processor 6x slower", search, 1)
    page.click("[data-do=back]")
    number = 2
    kept = []
    for number in range(2, 2 + RECORDS):
        kept.append(timed(lambda n=number: phone.record(n)))
    told("phone: a record kept (slowest of 25, with typing), processor 6x slower", max(kept), 3)
    heap = phone.cdp.send("Runtime.getHeapUsage")["usedSize"] / 2**20
    row("phone: memory of the script", ours=f"{heap:.1f} MB", bar="<=30 MB", met=heap <= 30, command=COMMAND)
    phone.context.set_offline(False)
    phone.line(LINE, SLOWER)
    phone.bytes = 0
    told(f"phone: {RECORDS} records sent, {on}", timed(phone.sent), 10)
    return number + 1


def full(phone, number) -> int:
    """A phone whose memory is full keeps nothing, says so, and goes on when there is room."""
    page, origin = phone.page, phone.house.url
    phone.line(FAST)
    phone.cdp.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1})
    page.wait_for_timeout(31_000)  # for so long the browser trusts what it knew of the room there was
    phone.touch(number)
    page.wait_for_selector("#say:has-text('NOT kept')")
    stands = page.input_value("input[name=quantity]") == str(number) and not phone.left()
    phone.cdp.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    page.click("form[data-do=record] button")
    page.wait_for_selector("[data-people]")
    row("phone: full, it says so and what was typed stands", ours="yes" if stands else "no", bar="yes", met=stands,
        command=COMMAND)  # fmt: skip
    return number + 1


def coming_and_going(phone, number) -> int:
    """A line that is there for two seconds and gone for two."""
    last = number + RECORDS
    for each in range(number, last):
        phone.line(DOWN if each % 2 else LINE, 1)
        phone.record(each)
    begin = time.perf_counter()
    while phone.left() and time.perf_counter() - begin < 120:
        phone.line(LINE, 1)
        phone.page.evaluate("dispatchEvent(new Event('online'))")
        phone.page.wait_for_timeout(2000)
        phone.line(DOWN, 1)
        phone.page.wait_for_timeout(2000)
    told(f"phone: {RECORDS} records sent on a line gone every other two seconds", time.perf_counter() - begin, 60)
    return last


def killed(play, phone, number, kills) -> int:
    """The server, then the browser, killed at a random moment of a sending; the phone goes on with what it holds."""
    chance = random.Random(11)
    for turn in range(kills):
        phone.line(FAST)
        phone.context.set_offline(True)
        for _ in range(3):
            phone.record(number)
            number += 1
        phone.context.set_offline(False)
        time.sleep(chance.random() * 0.12)
        if turn % 3 == 2:
            phone.kill()
            phone = Phone(play, phone.house)
            phone.page.goto("/workspace/shift/")
            phone.unlock()
        else:
            phone.house.kill()
            phone.house.start()
        phone.page.evaluate("dispatchEvent(new Event('online'))")
        phone.sent()
    phone.context.close()
    return number


if __name__ == "__main__":
    sys.exit(main())
