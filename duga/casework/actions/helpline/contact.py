"""Who calls again, and who is called back: codes that callers choose, safe numbers, the queue of those who wait."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from duga.casework.actions._help import _mark, _tell
from duga.casework.actions.bases.consents import require_use
from duga.casework.actions.helpline._sealed import _safe
from duga.casework.actions.helpline.calls import _draft
from duga.casework.models import Call
from duga.casework.queries import helpline as queries
from duga.casework.rules import helpline as rules
from duga.casework.rules.helpline import Callback, CallState
from duga.directory.rules.hours import Openness, zone
from duga.members.rules import Viewer
from duga.plain.errors import Refused, gettext_noop

_TAKEN = gettext_noop("Somebody chose this code already. Let her add a word or a number to it.")
_NONE = gettext_noop("No code belongs to this call.")


def _code_mark(call, code: str) -> bytes:
    return _mark(call.organisation_id, f"{call.line.programme_id}:helpline code:{rules.read_code(code)}")


def _bearing(call, mark: bytes):
    return Call.objects.filter(line__programme=call.line.programme_id, mark=mark)


def find_caller(*, by, call_id, code) -> bool:
    """Whether a returning caller of this programme chose this code; from then on the call is hers. Codes tried in vain
    are counted, and after five in one call no more are looked for. Found or not, the same is done."""
    with transaction.atomic():
        call = _draft(by, call_id)
        rules.check_tries(call.tries)
        mark = _code_mark(call, code)
        found = _bearing(call, mark).exclude(pk=call.pk).exists()
        call.mark, call.tries = (mark, call.tries) if found else (call.mark, call.tries + 1)
        call.save(update_fields=["mark", "tries"])
        _tell(by, "call.code_asked", call)
    return found


def choose_code(*, by, call_id, code) -> None:
    """The code she chooses, kept as a keyed blind alone. Where she had one it is changed for all her calls."""
    with transaction.atomic():
        call = _draft(by, call_id)
        rules.check_tries(call.tries)
        mark = _code_mark(call, code)
        hers = bytes(call.mark) == mark
        taken = not hers and _bearing(call, mark).exists()
        if taken:
            Call.objects.filter(pk=call.pk).update(tries=call.tries + 1)
        elif not hers:
            rows = _bearing(call, bytes(call.mark)) if call.mark else Call.objects.filter(pk=call.pk)
            rows.update(mark=mark)
            _tell(by, "call.code_chosen", call)
    if taken:  # after the count is written: whoever tries codes this way is stopped, too
        raise Refused(_TAKEN)


@transaction.atomic
def drop_code(*, by, call_id) -> int:
    """She wants no code any more: it is taken off all her calls. Returns how many that were."""
    call = queries.call(by, call_id)
    if not call.mark:
        raise Refused(_NONE)
    _tell(by, "call.code_dropped", call)
    return _bearing(call, bytes(call.mark)).update(mark=b"")


@transaction.atomic
def forget_told(*, by, call_id) -> Call:
    """She takes back what she told: note, safe contact, answers and code of this call are destroyed. What was given
    stays as a number. For a finished call."""
    call = queries.call(by, call_id)
    if call.state != CallState.KEPT:
        raise Refused(gettext_noop("This call is not finished. Discard it instead."))
    call.note = call.safe = call.mark = b""
    call.callback = Callback.NONE
    call.save(update_fields=["note", "safe", "mark", "callback"])
    assessed = queries.assessment_of(by, call)
    if assessed:
        assessed.answers = b""
        assessed.save(update_fields=["answers"])
    _tell(by, "call.forgotten", call)
    return call


@dataclass(frozen=True)
class SafeContact:
    """How somebody may be called, now: the number, and what must not happen."""

    number: str = field(repr=False)
    word: str = field(repr=False)
    voicemail: bool
    message: bool
    until: object  #: aware: when it stops being safe


@transaction.atomic
def hand_out_number(*, by, call_id, now=None) -> SafeContact:
    """The safe number of a finished call, for calling it now. Refused, saying what is missing or when it is safe,
    unless she told all that a contact needs. The trail says so."""
    call = queries.call(by, call_id)
    now, safe, at = now or timezone.now(), _safe(call), zone(call.line.organisation.country)
    if call.person_id:
        require_use(by=by, person_id=call.person_id, purpose="contact")
    rules.check_contact(safe, now, at, words=gettext)
    _tell(by, "call.number_opened", call)
    return SafeContact(
        safe["number"], safe.get("word", ""), safe["voicemail"] == "yes", safe["message"] == "yes",
        rules.safe_now(safe, now, at).until.astimezone(at),
    )  # fmt: skip


@transaction.atomic
def end_callback(*, by, call_id, reached: bool) -> Call:
    """She was called back, or could not be reached safely: nobody waits any more."""
    call = queries.call(by, call_id)
    wanted = Callback.DONE if reached else Callback.GIVEN_UP
    rules.check_callback(call.callback, wanted)
    call.callback = wanted
    call.save(update_fields=["callback"])
    _tell(by, "call.called_back", call, outcome=str(wanted))
    return call


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits to be called, and when that is safe: `openness` as at the moment it was asked."""

    call: Call
    openness: Openness


def open_waiting(*, by: Viewer, organisation, now=None) -> list[Waiting]:
    """Who waits to be called, those first whom it is safe to call now, then by when it will be. Only the hours are
    opened; one trail entry, where anybody waits."""
    now, rows = now or timezone.now(), queries.waiting(by, organisation)
    at = zone(organisation.country)
    found = [Waiting(call, rules.safe_now(_safe(call), now, at)) for call in rows]
    if found:
        _tell(by, "call.waiting_shown", found[0].call, people=len(found))
    return sorted(found, key=lambda each: (not each.openness.open, each.openness.next or now, each.call.started_at))
