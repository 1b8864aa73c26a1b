"""A call, from the moment it is taken: kept at every pause, finished, opened again."""

import datetime as dt
import json
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from duga.casework.actions._help import _check_code, _check_version, _tell
from duga.casework.actions.helpline._sealed import (
    ANSWERS,
    DRAFT,
    NOTE,
    SAFE,
    _answers,
    _open,
    _safe,
    _seal,
)
from duga.casework.models import Call, Person, RiskAssessment
from duga.casework.queries import helpline as queries
from duga.casework.queries import person_id_by_code
from duga.casework.rules import helpline as rules
from duga.casework.rules import risk
from duga.casework.rules.helpline import Callback, Caller, CallState
from duga.members.queries import NOT_HERE
from duga.plain.errors import NotFound, Refused, gettext_noop

LONGEST, NOTE_LONGEST = 20_000, 8_000  #: letters of a draft, of a note
MOST_SERVICES = 20

_CLOSED = gettext_noop("This line is closed. Calls are taken on another.")
_FINISHED = gettext_noop("This call is finished. Open it again to change it.")
_TOO_LONG = gettext_noop("This is more than can be kept of one call. Shorten the note.")
_WHO = gettext_noop("Say who called: for herself or himself, or for somebody else.")
_RELATION = gettext_noop("Say what the caller is to her, or to him: a friend, a neighbour…")
_SERVICES = gettext_noop("Say what was given in this call: at least one, each at most 20 times.")
_NOT_OF_LINE = gettext_noop("Nobody in this line's programme bears this case code. Without it the call is anonymous.")
_NOT_OLD = gettext_noop("A draft is its operator's for a day. Ask her to finish it.")


@dataclass(frozen=True)
class OpenedCall:
    """A finished call, open. `safe` is without the number: that is handed out by `hand_out_number` alone."""

    call: Call
    note: str
    safe: dict = field(repr=False)
    answers: dict = field(repr=False)
    assessment: RiskAssessment | None = None


@transaction.atomic
def begin_call(*, by, line_id, at: dt.datetime | None = None) -> Call:
    """Takes a call: an empty draft, from now (or `at`) on, that only its operator sees."""
    line = queries.line(by, line_id)
    if line.closed_at is not None:
        raise Refused(_CLOSED)
    at = at or timezone.now()
    call = Call(line=line, operator_id=by.account_id, started_at=at, changed_at=at)
    call.save(force_insert=True)
    _tell(by, "call.begun", call)
    return call


def _draft(by, call_id) -> Call:
    """One's own unfinished call, locked: two presses, or two windows, come one after the other."""
    call = queries.call(by, call_id)
    call.refresh_from_db(from_queryset=Call.objects.select_for_update())
    if call.state != CallState.DRAFT:
        raise Refused(_FINISHED)
    return call


@transaction.atomic
def save_draft(*, by, call_id, version, told: dict) -> Call:
    """Keeps what was typed so far, as it was typed: {field: text or list of texts}. Leaves no entry: it is a pause.

    Conflict when another window of hers saved in between.
    """
    call = _draft(by, call_id)
    _check_version(_named(call), version)
    if len(json.dumps(told)) > LONGEST:
        raise Refused(_TOO_LONG)
    call.draft, call.changed_at = _seal(call, DRAFT, told), timezone.now()
    call.version += 1
    call.save(update_fields=["draft", "changed_at", "version"])
    return call


def _named(call):
    call.changed_by = call.operator  # what a conflict tells: a draft is changed by its operator alone
    return call


@transaction.atomic
def open_draft(*, by, call_id) -> dict:
    """What was typed so far in one's own unfinished call."""
    call = _draft(by, call_id)
    if not call.draft:
        return {}
    _tell(by, "call.draft_opened", call)
    return _open(call, DRAFT, call.draft)


@transaction.atomic
def discard_draft(*, by, call_id) -> None:
    """Takes away an unfinished call: a wrong number, a caller who hung up at once. Nothing of it stays."""
    call = _draft(by, call_id)
    rules.check_call(call.state, CallState.DISCARDED, ended=None, at=timezone.now())
    if call.ended_at is not None:
        raise Refused(_FINISHED)  # it was finished once: it is put right, not taken away
    _tell(by, "call.discarded", call)
    call.delete()


@transaction.atomic
def take_over_draft(*, by, call_id) -> Call:
    """A supervisor takes over a draft that was left for more than a day, to finish it in its operator's place."""
    rows = Call.objects.select_related("line__organisation").filter(pk=call_id, state=CallState.DRAFT)
    call = rows.first()
    if call is None or call.line_id not in queries.supervised(by, call.line.organisation):
        raise NotFound(NOT_HERE)
    if timezone.now() - call.started_at < rules.OLD_DRAFT:
        raise Refused(_NOT_OLD)
    call.operator_id = by.account_id
    call.save(update_fields=["operator"])
    _tell(by, "call.taken_over", call)
    return call


@transaction.atomic
def finish_call(*, by, call_id, version, keep_safe=False, ended_at: dt.datetime | None = None, **told) -> Call:
    """Finishes a call. What is told: caller, relation, language, channel, area_id, sex, age_band, services ({code:
    often}), safe (rules.SAFE_FIELDS), note, callback (bool), person_code, answers, done (codes of obligations).

    `keep_safe`: her safe contact stays as she told it earlier. Refused where something asked for is missing.
    """
    call = _draft(by, call_id)
    _check_version(_named(call), version)
    rules.check_call(call.state, CallState.KEPT, ended=None, at=timezone.now())
    safe = _kept_safe(by, call) if keep_safe else rules.clean_safe(told.get("safe") or {})
    if told.get("callback"):
        rules.check_callable(safe, words=gettext)
    note = (told.get("note") or "").strip()
    if len(note) > NOTE_LONGEST:
        raise Refused(_TOO_LONG)
    _write(call, told)
    call.person = _person(by, call.line, told.get("person_code") or "")
    call.anonymous = call.person is None and not told.get("named")
    call.state, call.ended_at = CallState.KEPT, ended_at or call.ended_at or max(timezone.now(), call.started_at)
    call.draft, call.safe, call.note = b"", _seal(call, SAFE, safe), _seal(call, NOTE, note)
    call.callback = Callback.WAITING if told.get("callback") else Callback.NONE
    call.version, call.changed_at = call.version + 1, timezone.now()
    call.save()
    _assess(by, call, told.get("answers") or {}, told.get("done") or ())
    _tell(by, "call.finished", call)
    return call


def _kept_safe(by, call):
    if call.safe:
        return _safe(call)
    return next((found for each in queries.earlier_calls(by, call) if (found := _safe(each))), {})


def _write(call, told) -> None:
    if told.get("caller") not in [each.value for each in Caller]:
        raise Refused(_WHO)
    call.caller = told["caller"]
    if call.caller == Caller.THIRD_PARTY and not told.get("relation"):
        raise Refused(_RELATION)
    third = call.caller == Caller.THIRD_PARTY
    call.relation = _check_code("caller_relations", told["relation"]) if third else ""
    lists = {"language": "languages", "channel": "channels", "sex": "sexes", "age_band": "age_bands"}
    for name, list_name in lists.items():
        setattr(call, name, _check_code(list_name, told[name]) if told.get(name) else "")
    call.area_id = told.get("area_id")
    services = {_check_code("call_services", code): int(often) for code, often in (told.get("services") or {}).items()}
    if not services or not all(0 < often <= MOST_SERVICES for often in services.values()):
        raise Refused(_SERVICES)
    call.services = services


def _person(by, line, code: str) -> Person | None:
    """The person of the line's programme who bears this case code; None without one."""
    if not code:
        return None
    try:
        found = Person.objects.get(pk=person_id_by_code(by, line.organisation, code))
    except NotFound:
        raise Refused(_NOT_OF_LINE) from None
    if found.programme_id != line.programme_id:
        raise Refused(_NOT_OF_LINE)
    return found


def _assess(by, call, answers, done) -> None:
    """Keeps the answers to the questions about safety, with what they oblige to do; none where none was asked."""
    RiskAssessment.objects.filter(call=call).delete()
    answers = {question: answer for question, answer in answers.items() if answer}
    used = queries.instrument_in_use(call.organisation_id)
    if not answers or used is None:
        return
    row, instrument = used
    scored = risk.score(instrument, answers)
    duties = risk.obligations_due(scored, call.started_at)
    for duty in duties:
        if duty["code"] in done:
            duty.update(done=timezone.now().isoformat(), by=str(by.account_id))
    made = RiskAssessment(
        instrument=row, programme_id=call.line.programme_id, call=call, person=call.person, by_id=by.account_id,
        score=scored.total, level=scored.level.code, obligations=duties,
        undone=sum(not duty["done"] for duty in duties),
    )  # fmt: skip
    made.answers = _seal(made, ANSWERS, answers)
    made.save(force_insert=True)


@transaction.atomic
def reopen_call(*, by, call_id) -> Call:
    """Goes back into one's own finished call, within a day: it is a draft again, with all that was told in it."""
    call = queries.call(by, call_id)
    if call.operator_id != by.account_id:
        raise Refused(rules._CANNOT)
    rules.check_call(call.state, CallState.DRAFT, ended=call.ended_at, at=timezone.now())
    assessed = RiskAssessment.objects.filter(call=call).select_related("instrument").first()
    told = {
        "caller": call.caller, "relation": call.relation, "language": call.language, "channel": call.channel,
        "area": call.area.name if call.area else "", "sex": call.sex, "age_band": call.age_band,
        "services": list(call.services), "note": _open(call, NOTE, call.note) or "",
        "person_code": call.person.code if call.person else "", "keep_safe": "on" if call.safe else "",
        "callback": "on" if call.callback == Callback.WAITING else "",
        **{f"often_{code}": str(often) for code, often in call.services.items() if often > 1},
        **{f"q_{question}": answer for question, answer in _answers(assessed).items()},
        "done": [duty["code"] for duty in assessed.obligations if duty["done"]] if assessed else [],
    }  # fmt: skip
    call.draft = _seal(call, DRAFT, told)
    call.state = CallState.DRAFT
    call.version, call.changed_at = call.version + 1, timezone.now()
    call.save(update_fields=["draft", "state", "version", "changed_at"])
    _tell(by, "call.reopened", call)
    return call


@transaction.atomic
def open_call(*, by, call_id) -> OpenedCall:
    """Opens a finished call: note, answers, and how she may be contacted, without the number. The trail says so."""
    call = queries.call(by, call_id)
    if call.state == CallState.DRAFT:
        raise NotFound(NOT_HERE)
    _tell(by, "call.opened", call)
    safe = {name: value for name, value in _safe(call).items() if name not in ("number", "word")}
    assessed = queries.assessment_of(by, call)
    return OpenedCall(call, _open(call, NOTE, call.note) or "", safe, _answers(assessed), assessed)


@transaction.atomic
def record_call(*, by, line_id, started_at: dt.datetime, ended_at: dt.datetime | None = None, **told) -> Call:
    """A call that was noted on paper, brought in whole: `started_at` aware; the rest as in `finish_call`."""
    if started_at > timezone.now():
        raise Refused(gettext_noop("A call that was noted on paper cannot lie in the future."))
    call = begin_call(by=by, line_id=line_id, at=started_at)
    return finish_call(by=by, call_id=call.pk, version=call.version, ended_at=ended_at or started_at, **told)
