"""A server that is measured, and killed: Duga over HTTP in a process of its own, and workers who write to it.

`Real` is what `duga serve` becomes: Granian with its worker. `Quick` answers with the same application, threads in
place of Granian's, in a process forked from one that has loaded everything: it is there again in a moment, so that it
can be killed a thousand times. Workers are signed in with a session each and send what their phones recorded.
"""

import datetime as dt
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

CSRF = "a" * 32
HOST, NAME = "127.0.0.1", "localhost"
TAKEN = ("done", "again")


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Real:
    """The server as `duga serve` starts it, with whatever it starts itself."""

    CODE = (
        "from config.cli import django_ready; django_ready(); from config import serving; "
        "serving.start_server('{host}', {port}, clock=False)"
    )

    def __init__(self):
        self.port, self.process = free_port(), None

    def start(self) -> None:
        """Starts it; it answers some seconds later."""
        code = self.CODE.format(host=HOST, port=self.port)
        self.process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)

    def kill(self) -> None:
        """The power is cut: supervisor and worker are gone at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Quick:
    """The same application, forked from a process that has loaded it."""

    def __init__(self, **environment: str):
        self.port = free_port()
        command = [sys.executable, "-m", "benchmarks._server", str(self.port)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.mother = subprocess.Popen(command, env=os.environ | environment, **pipes)
        self.pid = None

    def start(self) -> None:
        """Forks a server; it answers within a tenth of a second."""
        self.mother.stdin.write("serve\n")
        self.mother.stdin.flush()
        self.pid = int(self.mother.stdout.readline())

    def kill(self) -> None:
        """The power is cut; the mother takes note of it."""
        os.kill(self.pid, signal.SIGKILL)
        self.mother.stdin.write("bury\n")
        self.mother.stdin.flush()
        self.mother.stdout.readline()

    def end(self) -> None:
        """Ends the process it is forked from."""
        self.mother.stdin.close()
        self.mother.stdout.close()
        self.mother.wait(20)


def wait_for(port: int, seconds: float = 60) -> None:
    """Until something listens there."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise SystemExit(f"Nothing answers on port {port}")


class Worker:
    """Someone at work: calls taken down in the browser, and letters of records that her phone hands in.

    `kept` are the numbers of calls and records that the server said it has, `open` the last whose answer was lost.
    """

    def __init__(self, port: int, slug: str, session: str, keys, person_id):
        self.port, self.slug, self.session, self.keys, self.person_id = port, slug, session, keys, person_id
        self.kept, self.open, self.connection = {"call": set(), "letter": set()}, None, None

    def write(self) -> None:
        """Sends what was lost, as it was; else something new, calls and letters by turns. OSError or HTTPException
        where nothing answers."""
        if self.open is None:
            nonce, call = str(uuid.uuid4()), len(self.kept["call"]) <= len(self.kept["letter"])
            self.open = ("call", nonce, self._call(nonce)) if call else ("letter", nonce, self._letter(nonce))
        kind, nonce, body = self.open
        if kind == "call":
            path, media = f"/workspace/organisations/{self.slug}/requests/new/", "application/x-www-form-urlencoded"
        else:
            path, media = "/workspace/shift/contact/", "application/json"
        cookie = f"sessionid={self.session}; csrftoken={CSRF}"
        status, text = self._post(path, body, {"Content-Type": media, "Cookie": cookie, "X-CSRFToken": CSRF})
        if kind == "letter" and status == 200 and not text.endswith(b"}"):
            raise http.client.IncompleteRead(text)  # killed in the middle of its answer
        taken = status == 302 if kind == "call" else status == 200 and json.loads(text)["records"][0]["sent"] in TAKEN
        if not taken:
            raise AssertionError(f"{kind}: {status}: {text[-2000:]}")
        self.kept[kind].add(nonce)
        self.open = None

    def _post(self, path, body, headers):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(NAME, self.port, timeout=60)
        try:
            self.connection.request("POST", path, body, headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise

    def _call(self, nonce) -> str:
        told = {
            "need": "food", "details": "Treba hljeb i mlijeko.", "urgency": "normal", "quantity": "1",
            "asked_by": "self", "channel": "phone", "once": nonce, "caller_name": "Ime", "new": "on",
        }  # fmt: skip
        return urlencode(told)

    def _letter(self, nonce) -> str:
        from duga.vault.letters import write_letter

        now = dt.datetime.now(dt.UTC)
        record = {
            "nonce": nonce, "kind": "assistance", "about": str(self.person_id), "made_at": now.isoformat(),
            "date": dt.date.today().isoformat(), "service_type": "home_visit", "quantity": "1",
        }  # fmt: skip
        sealed = write_letter({"secret": self.keys.secret, "record": record}, self.keys.server)
        letters = [{"nonce": nonce, "letter": sealed}]
        return json.dumps({"token": self.keys.token, "letters": letters, "waiting": 1})


def workers(organisation, port: int, number: int) -> list[Worker]:
    """So many field workers of an organisation, signed in, each with a phone and somebody to record visits for."""
    from django.test import Client, override_settings

    from duga.casework.actions import add_device, register_person
    from duga.members.actions import create_account, give_role
    from duga.members.queries import viewer_of
    from duga.members.rules import Role, Viewer

    house, found = Viewer(system="bench"), []
    for n in range(number):
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
            told = {"email": f"field{port}-{n}@example.org", "name": f"Field {n}", "password": "only for measuring 77"}
            account = create_account(by=house, **told)
        give_role(by=house, account=account, role=Role.FIELD_WORKER, of=organisation)
        by = viewer_of(account)
        person = register_person(by=by, organisation_id=organisation.pk, identity={"given": f"Ime {n}"})
        _device, keys = add_device(by=by, organisation_id=organisation.pk, name="Android")
        browser = Client()
        browser.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = browser.cookies["sessionid"].value
        found.append(Worker(port, organisation.slug, session, keys, person.pk))
        found[-1].account_id = account.pk
    return found


@dataclass(frozen=True)
class Looked:
    """What the tables say of what workers were told: acknowledged, of it lost, and what stands there twice."""

    acknowledged: int
    lost: int
    twice: int


def look(organisation, team: list[Worker]) -> Looked:
    """Looks for every call and every record that was acknowledged, and that nothing stands there more than once."""
    from collections import Counter

    from duga.casework.actions._help import _marked
    from duga.casework.models import Assistance, DeviceRecord, Request

    entries = set(Assistance.objects.filter(organisation=organisation).values_list("pk", flat=True))
    records = list(DeviceRecord.objects.values_list("nonce", "result"))
    written = {str(nonce) for nonce, result in records if result in entries}
    marks = Counter(bytes(mark) for mark in Request.objects.values_list("mark", flat=True) if mark)
    told = [(worker.account_id, nonce) for worker in team for nonce in worker.kept["call"]]
    wanted = _marked(organisation.pk, [f"request:{account}:{nonce}" for account, nonce in told]) if told else []
    letters = {nonce for worker in team for nonce in worker.kept["letter"]}
    return Looked(
        len(told) + len(letters), sum(mark not in marks for mark in wanted) + len(letters - written),
        sum(count - 1 for count in marks.values()) + len(records) - len(written) + len(entries) - len(written),
    )  # fmt: skip


def _serve(port: int) -> None:
    """The forked server: a thread for each connection, as many as workers."""
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

    from django.db import connections

    from config.wsgi import application

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True
        request_queue_size = 100

        def process_request_thread(self, request, client_address):
            super().process_request_thread(request, client_address)
            connections.close_all()

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_words):
            """Nobody reads it."""

    make_server(HOST, port, application, Server, Quiet).serve_forever()


def _mother(port: int) -> None:
    """Loads everything once; forks a server for each line "serve", buries it at "bury"."""
    from django.db import connections
    from django.test import Client
    from django.urls import get_resolver

    from config.wsgi import application  # noqa: F401 loaded before the fork
    from duga.vault import sealing

    get_resolver().url_patterns  # noqa: B018 the views are loaded with them
    Client(SERVER_NAME=NAME).get("/health")
    connections.close_all()
    sealing.store().close()
    pid = 0
    for line in sys.stdin:
        if line.strip() == "serve":
            pid = os.fork()
            if not pid:
                sys.stdin.close()
                _serve(port)
            print(pid, flush=True)
        else:
            os.waitpid(pid, 0)
            print("buried", flush=True)


if __name__ == "__main__":
    _mother(int(sys.argv[1]))
