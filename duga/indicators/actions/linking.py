"""The work of a counting round, done by processes apart: encoding inside each organisation, then linking.

Linking itself runs in a process of its own once more, which is given a folder of encodings and nothing else: no key,
no database, no settings. What it finds comes back through a pipe and is sealed here; no map is ever written open.
"""

import fcntl
import json
import logging
import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from duga.casework.actions import encode_people
from duga.evidence import across
from duga.indicators.actions._rounds import _destroy_files, _destroy_key, _locked, _move, _remove_part, _stem, _tell
from duga.indicators.models import CountingRound, RoundPart
from duga.indicators.queries.rounds import COUNTS_FIELD, COUNTS_KEY, MAP, MAP_FIELD, folder_of_round, map_box
from duga.indicators.rules.rounds import Answer, RoundState, check_round_move, linking_step
from duga.members.rules import Viewer
from duga.plain.errors import DugaError, Refused, gettext_noop
from duga.vault import sealing

#: A line of the linking process: what it is doing, and before it, if it knows, how far of the whole (0 to 1).
_SAID = re.compile(r"· (?:(?P<share>[01]\.\d+) )?(?P<words>.+)")
log = logging.getLogger(__name__)
_HOUSE = gettext_noop("Encoding and linking are done by the house itself: start them on the round's page.")
_FAILED = gettext_noop("Something went wrong. Try again; `duga doctor` may tell more.")
#: All that the linking process gets of our environment: nothing of Duga's.
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "JAVA_HOME")


def encode_parts(*, by: Viewer, round_id, progress=None) -> int:
    """Encodes every organisation that agreed and has not been encoded; returns how many were. One process at a time.

    What fails is said on the round's page and does not stop the others. `progress(done, of)` after each.
    """
    if not by.system:
        raise Refused(_HOUSE)
    done = 0
    with _only_one(round_id, "encode") as mine:
        while mine and (part := _waiting(round_id)):
            _encode(by, part)
            done += 1
            if progress:
                progress(done, done + RoundPart.objects.filter(**_WAITS, round_id=round_id).count())
    return done


_WAITS = {"answer": Answer.AGREED, "encoded_at": None, "message": "", "round__state": RoundState.OPEN}


def _waiting(round_id) -> RoundPart | None:
    return RoundPart.objects.filter(**_WAITS, round_id=round_id).select_related("round").first()


def _encode(by: Viewer, part: RoundPart) -> None:
    """One organisation, inside its walls. Its answer is looked at again afterwards: it may have changed meanwhile."""
    round_, encoded, message = part.round, None, ""
    folder_of_round(round_.pk).mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        encoded = encode_people(
            by=by, organisation_id=part.organisation_id, round_id=round_.pk, roles=round_.roles,
            years=range(round_.first_year, round_.last_year + 1), countries=round_.countries,
            only_stated=part.only_stated, out=_stem(part), progress=_percent_of(part),
        )  # fmt: skip
    except DugaError as error:
        message = str(error)[:300]
    except Exception:
        log.exception("Encoding for round %s failed", round_.pk)
        message = _FAILED
    with transaction.atomic():
        state = _locked(round_.pk).state
        kept = RoundPart.objects.filter(
            pk=part.pk, answer=Answer.AGREED, answered_at=part.answered_at, only_stated=part.only_stated
        )
        if not encoded or state != RoundState.OPEN or not kept.exists():
            _remove_part(part)
            kept.update(message=message)
        else:
            kept.update(encoded_at=timezone.now(), sha256=encoded.sha256, message="")


def _percent_of(part: RoundPart):
    """Notes how far an organisation's encoding is, once for each percent; nobody is told of how many people."""
    told = 0

    def say(done, of):
        nonlocal told
        if (percent := 100 * done // max(1, of)) > told:
            told = percent
            RoundPart.objects.filter(pk=part.pk).update(done=percent)

    return say


def link_round(*, by: Viewer, round_id, progress=None) -> CountingRound:
    """Links an encoded round in a process that holds no key, seals the map, destroys the encodings.

    A failure is said on the round's page and may be tried again. `progress(words, percent)` is told how far it is.
    """
    if not by.system:
        raise Refused(_HOUSE)
    with _only_one(round_id, "link") as mine:
        found = CountingRound.objects.get(pk=round_id)
        if not mine:
            return found
        check_round_move(found.state, RoundState.LINKED)

        def say(words, share=None):
            said, done = linking_step(words, share)
            CountingRound.objects.filter(pk=round_id).update(progress=said, done=done)
            if progress:
                progress(words, done)

        try:
            _destroy_key(found.pk)
            _require_whole(found)
            result = _link_apart(folder_of_round(round_id), say)
        except DugaError as error:
            return _failed(by, round_id, str(error))
        except Exception:
            log.exception("Linking round %s failed", round_id)
            return _failed(by, round_id, _FAILED)
        return _keep(by, round_id, result)


def _require_whole(found: CountingRound) -> None:
    """The files are those that were encoded, no more and no fewer: not so after a restore, or when one was changed."""
    parts = found.parts.filter(answer=Answer.AGREED).exclude(encoded_at=None)
    told = {_stem(part): part.sha256 for part in parts}
    here = {path.with_suffix("") for path in folder_of_round(found.pk).glob(f"*{across.ENCODINGS}")}
    try:
        whole = here == set(told) and all(across.digest(stem) == sha256 for stem, sha256 in told.items())
    except OSError:
        whole = False
    if not whole:
        raise Refused(
            gettext_noop("The files of this round are not what was encoded. Cancel the round and open another.")
        )


def _link_apart(folder: Path, say) -> dict:
    """The linking process: its arguments are a folder, its environment nothing of ours, its answer JSON on a pipe."""
    process = subprocess.Popen(  # noqa: S603 our own command, no shell
        [sys.executable, "-m", "config.cli", "round", "apart", str(folder)],
        cwd=Path(settings.ROOT), env={name: os.environ[name] for name in _KEPT if name in os.environ},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    last, answer = [], []
    with process:
        listener = threading.Thread(target=lambda: answer.append(process.stdout.read()))
        listener.start()  # two pipes: an answer longer than its pipe must not wait for us, nor we for it
        for line in process.stderr:
            last = [*last, line.strip()][-20:]
            if told := _SAID.match(line):
                say(told["words"], float(told["share"]) if told["share"] else None)
        listener.join()
    if process.returncode:
        log.error("Linking ended with %s: %s", process.returncode, " | ".join(last))
        raise Refused(gettext_noop("Linking did not finish: %(why)s"), why=(last or ["?"])[-1][:200])
    return json.loads(answer[0])


def _keep(by: Viewer, round_id, result: dict) -> CountingRound:
    """Seals map and counts, then forgets the encodings: in this order, so that a crash loses nothing but time."""
    folder, store = folder_of_round(round_id), sealing.store()
    presence = {path.stem: across.read_presence(path) for path in sorted(folder.glob(f"*{across.PRESENCE}"))}
    presence = {name: told for name, told in presence.items() if name in result["map"]}
    store.add_box(map_box(round_id))
    kept = {"map": result["map"], "presence": presence}
    _write(
        folder / MAP,
        sealing.seal(owner=round_id, field=MAP_FIELD, value=kept, key=store.box_key(map_box(round_id))),
    )
    counts = {name: result[name] for name in ("counts", "files")}
    with transaction.atomic():
        found = _locked(round_id)
        found.result = across.published(result["counts"])
        found.fingerprint = across.fingerprint(**counts)
        key = sealing.derived(COUNTS_KEY)
        found.sealed_counts = sealing.seal(owner=round_id, field=COUNTS_FIELD, value=counts, key=key)
        found.progress, found.message, found.done = "", "", 100
        _move(found, RoundState.LINKED)
        _tell(by, "indicators.round_linked", found, fingerprint=found.fingerprint)
    _destroy_files(round_id)
    return found


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    part = path.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _failed(by: Viewer, round_id, why: str) -> CountingRound:
    with transaction.atomic():
        found = _locked(round_id)
        found.message, found.progress, found.done = why[:300], "", 0
        found.save(update_fields=["message", "progress", "done"])
        _tell(by, "indicators.round_not_linked", found)
    return found


@contextmanager
def _only_one(round_id, what: str):
    """True for the one process that encodes (or links) a round, False for another that came too late."""
    folder = folder_of_round(round_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder / f"{what}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
