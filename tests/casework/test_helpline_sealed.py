"""Helpline records stand apart: whoever is not named for the line learns nothing, by no door, no hint and no byte."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duga.casework import actions
from duga.casework.actions import helpline
from duga.casework.models import Call
from duga.casework.queries import facts
from duga.casework.queries import helpline as queries
from duga.members.models import Notice, TrailEntry
from duga.plain.errors import NotFound, Refused
from tests.casework.helpline import SAFE, TOLD, begin, make_line, take

UNNAMED = [
    "worker", "manager", "coordinator", "officer", "other_worker", "other_coordinator", "national", "secretariat",
    "reviewer", "observer", "administrator", "nobody",
]  # fmt: skip
SECRETS = ("069 765 432", "069765432", "Zimzelen", "zimzelen", "reads her phone", "zutakuca7", "žuta kuća")


@pytest.fixture
def told(cast):
    """A finished call with all that may be told, a draft, and their line."""
    line, _programme = make_line(cast)
    by = cast.viewer("operator")
    call = begin(cast, line)
    helpline.choose_code(by=by, call_id=call.pk, code="žuta kuća 7")
    helpline.finish_call(
        by=by, call_id=call.pk, version=1, **TOLD, safe=SAFE, note="He reads her phone", callback=True,
        answers={"now": "yes", "throat": "yes"},
    )  # fmt: skip
    draft = begin(cast, line)
    helpline.save_draft(
        by=by, call_id=draft.pk, version=1, told={"note": "He reads her phone", "number": "069 765 432"}
    )
    call.refresh_from_db()
    return line, call, draft


def doors(by, line, call, draft, organisation):
    """Every way to a call, its line or its month."""
    made = queries.RiskAssessment.objects.get(call_id=call)
    return [
        lambda: helpline.begin_call(by=by, line_id=line), lambda: helpline.open_call(by=by, call_id=call),
        lambda: helpline.open_draft(by=by, call_id=draft), lambda: helpline.reopen_call(by=by, call_id=call),
        lambda: helpline.save_draft(by=by, call_id=draft, version=2, told={}),
        lambda: helpline.finish_call(by=by, call_id=draft, version=2, **TOLD),
        lambda: helpline.discard_draft(by=by, call_id=draft), lambda: helpline.take_over_draft(by=by, call_id=draft),
        lambda: helpline.hand_out_number(by=by, call_id=call), lambda: helpline.forget_told(by=by, call_id=call),
        lambda: helpline.end_callback(by=by, call_id=call, reached=True),
        lambda: helpline.find_caller(by=by, call_id=draft, code="žuta kuća 7"),
        lambda: helpline.choose_code(by=by, call_id=draft, code="another 8"),
        lambda: helpline.drop_code(by=by, call_id=call), lambda: queries.call(by, call),
        lambda: queries.line(by, line), lambda: queries.assessment(by, made.pk),
        lambda: helpline.do_obligation(by=by, assessment_id=made.pk, code="again"),
        lambda: queries.picture(by, organisation), lambda: queries.months(by, organisation)[0],
    ]  # fmt: skip


@pytest.mark.parametrize("who", UNNAMED)
def test_whoever_is_not_named_finds_no_door_and_nothing_in_any_list(cast, told, who):
    line, call, draft = told
    by = cast.viewer(who)
    before = list(Call.objects.order_by("pk").values())
    for door in doors(by, line.pk, call.pk, draft.pk, cast.niksic):
        with pytest.raises((NotFound, Refused, IndexError)) as refused:
            door()
        assert not any(secret in str(refused.value) for secret in SECRETS)
    assert list(Call.objects.order_by("pk").values()) == before
    assert (
        queries.lines(by, cast.niksic) == queries.own_drafts(by, cast.niksic) == queries.waiting(by, cast.niksic) == []
    )
    assert helpline.open_waiting(by=by, organisation=cast.niksic) == [] and not queries.supervises(by, cast.niksic)
    assert queries.own_calls(by, cast.niksic, dt.datetime(2020, 1, 1, tzinfo=dt.UTC)) == []


def test_what_is_not_hers_looks_as_what_is_not_there(cast, told):
    line, call, draft = told
    nowhere = "018f0000-0000-7000-8000-000000000000"
    for who in ("coordinator", "worker", "other_coordinator"):
        by = cast.viewer(who)
        for door, pk in ((queries.call, call.pk), (queries.call, draft.pk), (queries.line, line.pk)):
            said = []
            for each in (pk, nowhere):
                with pytest.raises(NotFound) as refused:
                    door(by, each)
                said.append((type(refused.value), str(refused.value)))
            assert said[0] == said[1]


def test_the_general_registers_know_nothing_of_it(cast, told, add):
    add("Ana", "Ilić")
    coordinator = cast.viewer("coordinator")
    assert list(facts()) == []
    for typed in ("069 765 432", "Zimzelen", "žuta kuća 7", str(told[1].pk)):
        assert actions.find_people(by=coordinator, organisation_id=cast.niksic.pk, text=typed) == []
    everything = actions.export_everything(by=coordinator, organisation_id=cast.niksic.pk)
    out = {name: [list(map(str, row)) for row in rows] for name, _columns, rows in everything}
    assert out["helpline_calls"] == out["helpline_lines"] == out["risk_assessments"] == []
    for secret in (*SECRETS, str(told[1].pk), str(told[0].programme_id)):
        assert secret not in str(out)
    actions.name_worker(by=coordinator, programme_id=told[0].programme_id, email="coordinator@example.org")
    everything = actions.export_everything(by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk)
    out = {name: [list(map(str, row)) for row in rows] for name, _columns, rows in everything}
    assert "069 765 432" in str(out["helpline_calls"]) and "throat" in str(out["risk_assessments"])


def test_the_database_the_trail_and_the_notices_hold_no_word_of_it(cast, told):
    helpline.open_call(by=cast.viewer("supervisor"), call_id=told[1].pk)
    helpline.open_waiting(by=cast.viewer("operator"), organisation=cast.niksic)
    with connection.cursor() as cursor:
        held = b""
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    held += bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
    for secret in SECRETS:
        assert secret.encode() not in held, secret
    entries = TrailEntry.objects.filter(event__startswith="call.")
    assert {entry.subject_label for entry in entries} == {"casework.Call"}
    assert {key for entry in entries for key in entry.detail} <= {"people"}
    assert not Notice.objects.exists()


def test_a_code_found_and_one_not_found_ask_the_same_of_the_database_and_leave_the_same_entry(cast, told):
    line, by = told[0], cast.viewer("operator")
    asked = []
    for code in ("žuta kuća 7", "plava vrata"):
        call = begin(cast, line)
        with CaptureQueriesContext(connection) as context:
            helpline.find_caller(by=by, call_id=call.pk, code=code)
        asked.append(
            [
                query["sql"].split("WHERE")[0].split("SET")[0][:60]
                for query in context.captured_queries
                if "SAVEPOINT" not in query["sql"]
            ]
        )
    assert asked[0] == asked[1]
    entries = TrailEntry.objects.filter(event="call.code_asked").values_list("detail", flat=True)
    assert list(entries) == [{}] * 2


def test_one_named_for_another_line_or_named_without_the_role_sees_nothing(cast, told):
    make_line(cast, name="Other", named=("manager", "worker", "coordinator"))
    for who in ("manager", "worker", "coordinator"):
        by = cast.viewer(who)
        for pk in (told[1].pk, told[2].pk):
            with pytest.raises(NotFound):
                queries.call(by, pk)
    coordinator = cast.viewer("coordinator")
    actions.name_worker(by=coordinator, programme_id=told[0].programme_id, email="worker@example.org")
    with pytest.raises(Refused):
        helpline.open_call(by=cast.viewer("worker"), call_id=told[1].pk)
    with pytest.raises(Refused):
        begin(cast, told[0], by="supervisor")  # who supervises does not answer


def test_who_is_no_longer_named_sees_nothing_at_once(cast, told):
    actions.unname_worker(
        by=cast.viewer("coordinator"), programme_id=told[0].programme_id, account_id=cast.accounts["operator"].pk
    )
    by = cast.viewer("operator")
    for door in doors(by, told[0].pk, told[1].pk, told[2].pk, cast.niksic):
        with pytest.raises((NotFound, Refused, IndexError)):
            door()


def test_a_code_means_nothing_on_another_line_or_in_another_organisation(cast, told):
    other, _programme = make_line(cast, name="Other")
    call = begin(cast, other)
    assert helpline.find_caller(by=cast.viewer("operator"), call_id=call.pk, code="žuta kuća 7") is False
    helpline.choose_code(by=cast.viewer("operator"), call_id=call.pk, code="žuta kuća 7")
    call.refresh_from_db()
    assert bytes(call.mark) != bytes(told[1].mark)
    assert take(cast, other).mark == b""
