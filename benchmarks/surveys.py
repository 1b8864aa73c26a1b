"""Answers from phones through the real server, and their export while more come in.

A form of 250 questions, 50 posts a second for 30 seconds; a small form from eight phones that never pause; then
100,000 submissions of 250 questions exported while 20 posts a second come in; and phones that send until they are told
that it came, while the server is killed under them: afterwards nothing may be missing, doubled or unreadable.

All on one machine: the phones are a process of their own and take their share of it. The peer's numbers are those of
ODK Central 2026.1 on a machine of two cores like this one (Node 24, PostgreSQL 15): 49.6 posts/s, 11.2 ms mean, 101 ms
worst; 276 posts/s; 31 % of exports failing.

    .venv/bin/python -m benchmarks.surveys [--seconds N] [--rows N] [--kills N] [--postgres]
"""

import argparse
import http.client
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks import row

COMMAND = "python -m benchmarks.surveys"
QUESTIONS, RATE, PHONES, PORT = 250, 50, 8, 8977
BOUNDARY = "b0undary"
SECRETS = {
    "DUGA_SECRET": "only for measuring" * 3, "DUGA_KEY": "22" * 32, "DUGA_HTTPS": "0", "DUGA_HOSTS": "localhost",
    "DJANGO_SETTINGS_MODULE": "config.settings", "DUGA_REQUIRE_TOTP": "1",
}  # fmt: skip


def main() -> int:
    """Runs the server on SQLite, or on a PostgreSQL of its own, and measures."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--seconds", type=int, default=30)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--postgres", action="store_true")
    asked.add_argument("--kills", type=int, default=5)
    asked.add_argument("--fill", type=int, help=argparse.SUPPRESS)
    asked.add_argument("--check", help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.fill is not None or told.check:
        print(json.dumps(check(told.check) if told.check else fill(told.fill)))
        return 0
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit(1))  # so that the server goes as well
    with tempfile.TemporaryDirectory(prefix="duga-bench-") as folder:
        environment = os.environ | SECRETS | {"DUGA_DATA": folder, "DATABASE_URL": ""}
        if not told.postgres:
            return measure(told, environment, "SQLite")
        from tests.everywhere import postgres_programs, throwaway_cluster

        with throwaway_cluster(postgres_programs()) as url:
            return measure(told, environment | {"DATABASE_URL": url}, "PostgreSQL")


def measure(told, environment, where: str) -> int:
    """All rows on one database; the number of bars that were missed."""
    command = [sys.executable, "-m", "benchmarks.surveys", "--fill", str(told.rows)]
    here = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    server = start(environment)
    try:
        missed = at_a_rate(told.seconds, here, where) + at_saturation(here, where)
        if told.rows:
            missed += exports(told.rows, here, where, server)
    finally:
        server.terminate()
        server.wait(30)
    return missed + (kills(told.kills, here, environment, where) if told.kills else 0)


def start(environment):
    """The server, answering; in a session of its own, so that all of it can be killed at once."""
    serve = [sys.executable, "-m", "config.cli", "serve", "--port", str(PORT), "--no-clock"]
    server = subprocess.Popen(serve, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    wait_for(server)
    return server


def wait_for(server) -> None:
    """Until the server answers."""
    for _try in range(600):
        if server.poll() is not None:
            raise SystemExit("the server did not start")
        try:
            ask("GET", "/health")
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not answer")


def ask(method, path, body=None, headers=None, connection=None):
    """(status, body) of one request."""
    connection = connection or http.client.HTTPConnection("localhost", PORT, timeout=60)
    connection.request(method, path, body, headers or {})
    reply = connection.getresponse()
    return reply.status, reply.read()


# --- Posts ---------------------------------------------------------------------------------------------


def submission(form: str, questions: int, number: str, file: bytes = b"") -> bytes:
    """A post as Collect writes it: numbers, words and choices; with a file where there is one."""
    told = "".join(f"<q{at}>{answer(at)}</q{at}>" for at in range(questions))
    xml = (
        f'<?xml version="1.0"?><data xmlns:orx="http://openrosa.org/xforms" id="{form}" version="1">{told}<orx:meta>'
        f"<orx:instanceID>uuid:{number}</orx:instanceID></orx:meta></data>"
    )
    post = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="x.xml"\r\n'
        f"Content-Type: text/xml\r\n\r\n{xml}\r\n"
    ).encode()
    if file:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="1.bin"; filename="1.bin"\r\n'
        post += f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + file + b"\r\n"
    return post + f"--{BOUNDARY}--\r\n".encode()


def answer(at: int) -> str:
    """An answer to the question with this number: a number, one of three choices, some words, in turn."""
    kind = at % 3
    return str(random.randrange(100)) if kind == 0 else random.choice("abc") if kind == 1 else f"reč {random.random()}"


class Phone(threading.Thread):
    """Sends what it is given, at the moment it is given for; notes how long each took, from that moment on."""

    def __init__(self, path, jobs):
        super().__init__(daemon=True)
        self.path, self.jobs, self.took, self.failed = path, jobs, [], []

    def run(self):
        connection = http.client.HTTPConnection("localhost", PORT, timeout=60)
        head = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "X-OpenRosa-Version": "1.0"}
        for at, body in self.jobs:
            time.sleep(max(0.0, at - time.perf_counter()))
            begin = at or time.perf_counter()
            try:
                status, said = ask("POST", self.path, body, head, connection)
            except (OSError, http.client.HTTPException) as error:
                status, said = 0, repr(error).encode()
                connection.close()
            self.took.append(time.perf_counter() - begin)
            if status != 201:
                self.failed.append((status, said[:200]))


def send(path, jobs, phones=PHONES):
    """(seconds each post took, those that failed, seconds in all) of jobs (when, body), spread over phones."""
    crew = [Phone(path, jobs[each::phones]) for each in range(phones)]
    begin = time.perf_counter()
    for phone in crew:
        phone.start()
    for phone in crew:
        phone.join()
    took = [each for phone in crew for each in phone.took]
    return took, [each for phone in crew for each in phone.failed], time.perf_counter() - begin


def at_a_rate(seconds, here, where) -> int:
    """50 posts a second of a long form."""
    bodies = [submission("long", QUESTIONS, f"rate-{number}") for number in range(RATE * seconds)]
    send(here["path"], [(0, submission("long", QUESTIONS, f"warm-{number}")) for number in range(20)])
    begin = time.perf_counter() + 0.2
    took, failed, all_ = send(here["path"], [(begin + at / RATE, body) for at, body in enumerate(bodies)])
    mean, worst = statistics.fmean(took) * 1000, max(took) * 1000
    met = not failed and mean <= 11.2 and worst <= 101
    row(
        f"{QUESTIONS} questions, {RATE} posts/s for {seconds} s, {where}, beside ODK Central",
        ours=f"{len(took) / all_:.1f}/s {mean:.1f} ms", peer="49.6/s 11.2 ms", ratio=f"{11.2 / mean:.1f}x",
        bar="all taken", met=met, command=COMMAND,
    )  # fmt: skip
    row("… worst latency", ours=f"{worst:.0f} ms", peer="101 ms", ratio=f"{101 / worst:.1f}x", command=COMMAND)
    print(
        f"  p50 {statistics.median(took) * 1000:.1f} ms, failed {len(failed)} of {len(took)} {failed[:2]}", flush=True
    )
    return not met


def at_saturation(here, where, number=3000) -> int:
    """A small form from eight phones that never pause."""
    bodies = [(0, submission("short", 5, f"short-{each}")) for each in range(number)]
    took, failed, all_ = send(here["path"], bodies)
    rate = number / all_
    row(
        f"5 questions, {PHONES} phones that never pause, {where}, beside ODK Central", ours=f"{rate:.0f}/s",
        peer="276/s", ratio=f"{rate / 276:.1f}x", bar=">=276/s", met=not failed and rate >= 276, command=COMMAND,
    )  # fmt: skip
    print(f"  mean {statistics.fmean(took) * 1000:.1f} ms, failed {len(failed)} {failed[:2]}", flush=True)
    return bool(failed or rate < 276)


# --- Export --------------------------------------------------------------------------------------------


def exports(rows, here, where, server) -> int:
    """Three exports, one after another, while posts come in; what the server's processes hold meanwhile."""
    stop, most, before = threading.Event(), [0.0], whole(server.pid)
    watch = threading.Thread(target=_watch, args=(server.pid, stop, most), daemon=True)
    watch.start()
    load = threading.Thread(target=_load, args=(here, stop, results := []), daemon=True)
    load.start()
    begin, wrong = time.perf_counter(), []
    for _each in range(3):
        connection = http.client.HTTPConnection("localhost", PORT, timeout=600)
        connection.request("GET", here["export"], headers={"Authorization": f"Bearer {here['key']}"})
        reply, lines = connection.getresponse(), 0
        while part := reply.read(1 << 20):
            lines += part.count(b"\n")
        if reply.status != 200 or lines < rows:
            wrong.append((reply.status, lines))
    took = (time.perf_counter() - begin) / 3
    stop.set()
    load.join(30)
    posts, failed = results
    grown, size = most[0] - before, rows * QUESTIONS
    row(
        f"export of {rows:,} x {QUESTIONS} while 20 posts/s come in, {where}, beside ODK Central",
        ours=f"{len(wrong)} of 3 failed", peer="31 % failing", bar="none", met=not wrong and not failed,
        command=COMMAND,
    )  # fmt: skip
    row(
        "… how long one takes, and how much more memory at most", ours=f"{took:.0f} s {grown:.0f} MB",
        bar="<=300 MB", met=grown <= 300, command=COMMAND,
    )  # fmt: skip
    print(
        f"  {size / took / 1e6:.2f} M answers/s; posts meanwhile: mean {statistics.fmean(posts) * 1000:.0f} ms, worst "
        f"{max(posts) * 1000:.0f} ms, failed {len(failed)} of {len(posts)}; {wrong}", flush=True,
    )  # fmt: skip
    return bool(wrong or failed or grown > 300)


def whole(pid) -> float:
    """Proportional memory of a process and all below it, in MB: exports run in a process of their own."""
    try:
        below = [each for file in Path(f"/proc/{pid}/task").glob("*/children") for each in file.read_text().split()]
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    own = next((int(line.split()[1]) / 1024 for line in rollup if line.startswith("Pss:")), 0.0)
    return own + sum(whole(int(child)) for child in below)


def _watch(pid, stop, most) -> None:
    while not stop.wait(0.5):
        most[0] = max(most[0], whole(pid))


def _load(here, stop, results) -> None:
    took, failed, number = [], [], 0
    while not stop.is_set():
        begin = time.perf_counter()
        jobs = [(begin + at / 20, submission("short", 5, f"load-{number + at}")) for at in range(20)]
        number += 20
        some, wrong, _all = send(here["path"], jobs, 2)
        took += some
        failed += wrong
    results += [took, failed]


# --- Kills ---------------------------------------------------------------------------------------------


class Stubborn(threading.Thread):
    """A phone that sends each of its answers until it is told that it came, as Collect does."""

    def __init__(self, path, bodies):
        super().__init__(daemon=True)
        self.path, self.bodies, self.told, self.refused = path, bodies, 0, []

    def run(self):
        head = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        for body in self.bodies:
            until = time.monotonic() + 120
            while time.monotonic() < until:
                try:
                    status, said = ask("POST", self.path, body, head)
                except (OSError, http.client.HTTPException):
                    time.sleep(0.2)
                    continue
                if status == 201:
                    self.told += 1
                    break
                self.refused.append((status, said[:120]))
                time.sleep(0.2)


def kills(number, here, environment, where) -> int:
    """The server is killed (SIGKILL, all of it) again and again while phones send; then everything is looked at."""
    every, size = 60 * number, 200_000
    bodies = [
        submission("short", 5, f"kill-{each}", os.urandom(size) if each % 5 == 0 else b"") for each in range(every)
    ]
    crew, server = [Stubborn(here["path"], bodies[each::4]) for each in range(4)], start(environment)
    for phone in crew:
        phone.start()
    for _each in range(number):
        time.sleep(random.uniform(0.3, 1.2))
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(30)
        server = start(environment)
    for phone in crew:
        phone.join(180)
    server.terminate()
    server.wait(30)
    command = [sys.executable, "-m", "benchmarks.surveys", "--check", "uuid:kill-"]
    found = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    told = sum(phone.told for phone in crew)
    good = told == every == found["rows"] and not found["broken"] and found["files"] == len(range(0, every, 5))
    row(
        f"{every} answers while the server is killed {number} times, {where}: lost, doubled, unreadable",
        ours=f"{every - found['rows']}, {max(0, found['rows'] - every)}, {found['broken']}", bar="none", met=good,
        command=COMMAND,
    )  # fmt: skip
    print(f"  {told} acknowledged, {found}, {[each for phone in crew for each in phone.refused][:3]}", flush=True)
    return not good


def check(prefix: str) -> dict:
    """How many answers with such a number there are, their files, and how many of both cannot be read."""
    import django

    django.setup()
    from duga.surveys.models import Submission, SubmissionFile
    from duga.surveys.queries.receiving import open_answers, open_file, open_xml
    from duga.surveys.rules.receiving import read_submission

    rows = Submission.objects.filter(instance_id__startswith=prefix).select_related("answers")
    files = SubmissionFile.objects.filter(submission__in=rows)
    broken = 0
    for each in rows:
        told = read_submission(open_xml(each.organisation_id, each.pk, each.xml))
        answers = open_answers(each.organisation_id, each.pk, each.answers.answers)
        broken += told.instance_id != each.instance_id or told.answers != answers
    for file in files.select_related("submission"):
        broken += sum(map(len, open_file(file.submission.organisation_id, file.pk))) != file.size
    return {"rows": len(rows), "files": len(files), "broken": broken}


# --- Filling -------------------------------------------------------------------------------------------


def fill(rows: int) -> dict:
    """An installation with two forms, a phone, a key for exports, and answers to the long form."""
    Path(os.environ["DUGA_DATA"]).mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    from django.core.management import call_command
    from django.urls import reverse

    call_command("migrate", verbosity=0)
    from duga.members import actions as members
    from duga.members.queries import viewer_of
    from duga.members.rules import Role, Viewer
    from duga.surveys.actions.exports import make_feed
    from duga.surveys.actions.openrosa import connect_phone
    from duga.vault import sealing
    from tests.surveys.phones import make_form

    by = Viewer(system="bench")
    sealing.prepare()
    network = members.found_network(by=by, slug="bench", name="Bench")
    organisation = members.create_organisation(
        by=by, slug="bench", name="Bench", country="RS", network=network, demo=True
    )
    who = members.create_account(by=by, email="bench@example.org", name="Bench", password="only for measuring")
    members.give_role(by=by, account=who, role=Role.ORGANISATION_COORDINATOR, of=organisation)
    make_form(organisation, slug="short", questions=_questions(5))
    long = make_form(organisation, slug="long", questions=_questions(QUESTIONS))
    viewer = viewer_of(who)
    phone = connect_phone(by=viewer, organisation_id=organisation.pk, name="Bench")
    if rows:
        _answers(organisation, long, rows)
    address = reverse("surveys:export_key", kwargs={"slug": "bench", "form_id": long.form_id, "kind": "csv"})
    key = make_feed(by=viewer, name="Bench").key
    return {"path": f"/collect/bench/key/{phone.token}/submission", "export": address, "key": key}


def _questions(number):
    kinds = ("integer", "select_one", "text")
    told = []
    for at in range(number):
        question = {
            "path": f"/q{at}",
            "name": f"q{at}",
            "type": kinds[at % 3],
            "labels": {"default": f"Question {at}"},
        }
        if at % 3 == 0:
            question["constraint"] = ". >= 0 and . <= 120"
            question["required"] = "true()"
        if at % 3 == 1:
            question["choices"] = [{"value": each, "labels": {"default": each.upper()}} for each in "abc"]
        told.append(question)
    return told


def _answers(organisation, version, rows) -> None:
    """Rows as `receive` writes them, written in bulk."""
    from django.utils import timezone

    from duga.plain.ids import uuid7
    from duga.surveys.models import Submission, SubmissionAnswers
    from duga.surveys.queries.receiving import seal_answers

    some = [{f"/q{at}": answer(at) for at in range(QUESTIONS)} for _each in range(50)]
    for start in range(0, rows, 1000):
        ids = [uuid7() for _each in range(min(1000, rows - start))]
        now = timezone.now()
        Submission.objects.bulk_create([
            Submission(
                pk=pk, organisation=organisation, form_id=version.form_id, form_version=version, source="collect",
                instance_id=f"uuid:{pk}", mark=pk.bytes, received_at=now,
            )
            for pk in ids
        ])  # fmt: skip
        SubmissionAnswers.objects.bulk_create([
            SubmissionAnswers(submission_id=pk, answers=seal_answers(organisation.pk, pk, some[at % 50]))
            for at, pk in enumerate(ids)
        ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(bool(main()))
