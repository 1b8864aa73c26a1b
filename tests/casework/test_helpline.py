"""Calls through actions: drafts, safe contact, codes, questions about safety, the supervisor's picture."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from duga.casework.actions import helpline
from duga.casework.models import Call, RiskAssessment
from duga.casework.queries import helpline as queries
from duga.plain.errors import Conflict, NotFound, Refused
from tests.casework.helpline import HERE, SAFE, TOLD, TUESDAY, begin, make_line, take


@pytest.fixture
def line(cast):
    return make_line(cast)[0]


def test_half_finished_work_is_kept_as_it_was_typed_and_is_its_operators_alone(cast, line):
    by, call = cast.viewer("operator"), begin(cast, line)
    told = {"note": "half a sen", "area": "Nik", "services": ["talk"]}
    saved = helpline.save_draft(by=by, call_id=call.pk, version=1, told=told)
    assert helpline.open_draft(by=by, call_id=call.pk) == told and saved.version == 2
    with pytest.raises(Conflict):
        helpline.save_draft(by=by, call_id=call.pk, version=1, told={})
    with pytest.raises(Refused, match="more than can be kept"):
        helpline.save_draft(by=by, call_id=call.pk, version=2, told={"note": "x" * 30_000})
    for who in ("supervisor", "coordinator", "worker", "manager", "other_coordinator"):
        with pytest.raises(NotFound):
            helpline.open_draft(by=cast.viewer(who), call_id=call.pk)
    assert [each.pk for each in queries.own_drafts(by, cast.niksic)] == [call.pk]
    helpline.discard_draft(by=by, call_id=call.pk)
    assert not Call.objects.exists()


def test_a_call_needs_no_person_and_says_who_called_and_what_was_given(cast, line):
    call = take(cast, line, services={"talk": 1, "information": 2}, note="  he reads her phone ")
    call.refresh_from_db()
    assert (call.anonymous, call.person, call.state, call.services["information"]) == (True, None, "kept", 2)
    opened = helpline.open_call(by=cast.viewer("operator"), call_id=call.pk)
    assert opened.note == "he reads her phone" and opened.safe == {} and opened.assessment is None
    for wrong, said in (
        ({"caller": ""}, "who called"), ({"caller": "third_party"}, "what the caller is"), ({"services": {}}, "given"),
        ({"services": {"talk": 99}}, "20 times"), ({"services": {"magic": 1}}, "no “magic”"),
        ({"language": "xx"}, "no “xx”"), ({"person_code": "KA-0000-0"}, "case code"), ({"callback": True}, "Missing"),
        ({"note": "x" * 9000}, "Shorten"), ({"safe": {"contact": "perhaps"}}, "cannot be read"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=said):
            take(cast, line, **wrong)
    third = take(cast, line, caller="third_party", relation="neighbour")
    assert third.relation == "neighbour" and take(cast, line, relation="neighbour").relation == ""


def test_a_person_of_the_programme_may_be_named_by_her_code_and_then_her_key_seals(cast, line, add):
    mira = add("Mira", "Perić", by="operator", programme_id=line.programme_id)
    outside = add("Ana", "Ilić")
    call = take(cast, line, person_code=mira.code, note="hers", safe=SAFE)
    assert (call.person_id, call.anonymous) == (mira.pk, False)
    with pytest.raises(Refused, match="case code"):
        take(cast, line, person_code=outside.code)
    from duga.casework.actions import erase_person

    erase_person(by=cast.viewer("operator"), person_id=mira.pk, reason="she asked")
    call.refresh_from_db()
    assert bytes(call.note) == bytes(call.safe) == b"" and call.services == {"talk": 1}


def test_the_number_is_handed_out_only_when_all_was_told_and_only_in_safe_hours(cast, line):
    by, call = cast.viewer("operator"), take(cast, line, safe=SAFE, callback=True)
    contact = helpline.hand_out_number(by=by, call_id=call.pk, now=TUESDAY)
    assert (contact.number, contact.word, contact.voicemail, contact.message) == (
        "069 765 432", "Zimzelen", False, False,
    )  # fmt: skip
    assert contact.until.hour == 12
    with pytest.raises(Refused, match=r"Next safe time: 17\.11\. 10:00"):
        helpline.hand_out_number(by=by, call_id=call.pk, now=TUESDAY - dt.timedelta(hours=3))
    assert "number" not in helpline.open_call(by=by, call_id=call.pk).safe
    for safe in ({}, {"contact": "no"}, {**SAFE, "message": ""}):
        with pytest.raises(Refused):
            helpline.hand_out_number(by=by, call_id=take(cast, line, safe=safe).pk, now=TUESDAY)
    (waiting,) = helpline.open_waiting(by=by, organisation=cast.niksic, now=TUESDAY)
    assert waiting.call.pk == call.pk and waiting.openness.open
    helpline.end_callback(by=by, call_id=call.pk, reached=True)
    with pytest.raises(Refused):
        helpline.end_callback(by=by, call_id=call.pk, reached=True)
    assert helpline.open_waiting(by=by, organisation=cast.niksic, now=TUESDAY) == []


def test_a_returning_caller_is_known_by_her_code_can_change_it_and_drop_it(cast, line):
    by, first = cast.viewer("operator"), begin(cast, line)
    assert helpline.find_caller(by=by, call_id=first.pk, code="žuta kuća 7") is False
    helpline.choose_code(by=by, call_id=first.pk, code="žuta kuća 7")
    helpline.finish_call(by=by, call_id=first.pk, version=1, **TOLD, safe=SAFE)
    second = begin(cast, line)
    assert helpline.find_caller(by=by, call_id=second.pk, code="ЖУТА КУЋА 7") is True
    second.refresh_from_db()
    assert [each.pk for each in queries.earlier_calls(by, second)] == [first.pk]
    helpline.choose_code(by=by, call_id=second.pk, code="plava vrata")  # she changes it, for all her calls
    done = helpline.finish_call(by=by, call_id=second.pk, version=1, **TOLD, keep_safe=True, callback=True)
    assert helpline.hand_out_number(by=by, call_id=done.pk, now=TUESDAY).number == SAFE["number"]
    third = begin(cast, line)
    assert helpline.find_caller(by=by, call_id=third.pk, code="žuta kuća 7") is False
    assert helpline.find_caller(by=by, call_id=third.pk, code="plava vrata") is True
    with pytest.raises(Refused, match="chose this code already"):
        helpline.choose_code(by=by, call_id=begin(cast, line).pk, code="plava vrata")
    assert helpline.drop_code(by=by, call_id=third.pk) == 3
    assert not Call.objects.exclude(mark=b"").exists()
    with pytest.raises(Refused):
        helpline.drop_code(by=by, call_id=third.pk)


def test_codes_cannot_be_tried_one_after_another(cast, line):
    by, call = cast.viewer("operator"), begin(cast, line)
    helpline.choose_code(by=by, call_id=begin(cast, line).pk, code="taken code")
    for number in range(4):
        assert not helpline.find_caller(by=by, call_id=call.pk, code=f"guess number {number}")
    with pytest.raises(Refused, match="already"):  # asking by choosing counts as well
        helpline.choose_code(by=by, call_id=call.pk, code="taken code")
    for again in (helpline.find_caller, helpline.choose_code):
        with pytest.raises(Refused, match="Five codes"):
            again(by=by, call_id=call.pk, code="one more guess")


def test_questions_oblige_and_what_is_owed_stays_until_it_is_done(cast, line):
    call = take(cast, line, answers={"now": "yes", "weapon": ""}, done=["emergency", "plan"])
    made = RiskAssessment.objects.select_related("instrument").get(call=call)
    assert (made.level, made.score, made.undone) == ("high", 5, 3)
    assert helpline.open_call(by=cast.viewer("operator"), call_id=call.pk).answers == {"now": "yes"}
    supervisor = cast.viewer("supervisor")
    assert [each.pk for each in queries.undone(supervisor, cast.niksic)] == [made.pk]
    for code in ("supervisor", "offer", "again"):
        helpline.do_obligation(by=supervisor, assessment_id=made.pk, code=code)
    with pytest.raises(Refused):
        helpline.do_obligation(by=supervisor, assessment_id=made.pk, code="again")
    assert queries.undone(supervisor, cast.niksic) == []
    with pytest.raises(Refused, match="no answer"):
        take(cast, line, answers={"now": "maybe"})


def test_another_instrument_is_data_and_earlier_answers_keep_theirs(cast, line):
    by = cast.viewer("coordinator")
    first = RiskAssessment.objects.get(call=take(cast, line, answers={"now": "no"})).instrument
    told = queries.starter_instrument() | {"code": "ours", "licence": "CC BY 4.0"}
    row = helpline.use_instrument(by=by, organisation_id=cast.niksic.pk, text=json.dumps(told))
    assert queries.instrument_in_use(cast.niksic.pk)[0].pk == row.pk != first.pk
    for text in (json.dumps(told), "a: [", "5", "x" * 300_000, "{}", "a: &a [*a, *a]"):
        with pytest.raises(Refused):
            helpline.use_instrument(by=by, organisation_id=cast.niksic.pk, text=text)
    with pytest.raises(Refused):
        helpline.use_instrument(by=cast.viewer("supervisor"), organisation_id=cast.niksic.pk, text="{}")


def test_a_finished_call_can_be_put_right_for_a_day(cast, line):
    by = cast.viewer("operator")
    call = take(cast, line, safe=SAFE, note="first", answers={"now": "yes"}, done=["plan"], services={"talk": 3})
    helpline.reopen_call(by=by, call_id=call.pk)
    told = helpline.open_draft(by=by, call_id=call.pk)
    assert (told["note"], told["q_now"], told["often_talk"], told["keep_safe"]) == ("first", "yes", "3", "on")
    assert SAFE["number"] not in str(told)
    with pytest.raises(Refused):
        helpline.discard_draft(by=by, call_id=call.pk)
    call.refresh_from_db()
    helpline.finish_call(by=by, call_id=call.pk, version=call.version, **TOLD, keep_safe=True, answers={"now": "no"})
    assert helpline.hand_out_number(by=by, call_id=call.pk, now=TUESDAY).number == SAFE["number"]
    assert RiskAssessment.objects.get().level == "low"
    with pytest.raises(Refused):
        helpline.reopen_call(by=cast.viewer("supervisor"), call_id=call.pk)
    Call.objects.update(
        ended_at=timezone.now() - dt.timedelta(hours=25), started_at=dt.datetime(2026, 1, 1, tzinfo=HERE)
    )
    with pytest.raises(Refused):
        helpline.reopen_call(by=by, call_id=call.pk)
    helpline.forget_told(by=by, call_id=call.pk)
    call.refresh_from_db()
    assert not bytes(call.note) and not bytes(call.safe) and not bytes(RiskAssessment.objects.get().answers)


def test_the_supervisor_sees_what_stands_open_and_nothing_of_what_is_in_a_draft(cast, line):
    supervisor, draft = cast.viewer("supervisor"), begin(cast, line)
    helpline.save_draft(by=cast.viewer("operator"), call_id=draft.pk, version=1, told={"note": "secret"})
    call = take(cast, line)
    seen = queries.picture(supervisor, cast.niksic)
    assert [each.pk for each in seen.today] == [call.pk] and seen.old_drafts == [] and seen.week.calls is None
    with pytest.raises(Refused, match="for a day"):
        helpline.take_over_draft(by=supervisor, call_id=draft.pk)
    Call.objects.filter(pk=draft.pk).update(started_at=timezone.now() - dt.timedelta(hours=25))
    (old,) = queries.picture(supervisor, cast.niksic).old_drafts
    assert old.get_deferred_fields() == {"draft"}
    for who in ("operator", "worker", "coordinator", "other_coordinator", "secretariat"):
        with pytest.raises((NotFound, Refused)):
            helpline.take_over_draft(by=cast.viewer(who), call_id=draft.pk)
    helpline.take_over_draft(by=supervisor, call_id=draft.pk)
    with pytest.raises(NotFound):
        helpline.open_draft(by=cast.viewer("operator"), call_id=draft.pk)


def test_a_rise_is_seen_against_the_weeks_before_and_last_year(cast, line):
    now = dt.datetime(2026, 11, 17, 20, tzinfo=HERE)
    days = [now - dt.timedelta(days=n, hours=3) for n in range(400) if n % 2 or n < 7]
    days += [now - dt.timedelta(days=n, hours=4) for n in range(7) for _ in range(2)]
    operator = cast.accounts["operator"]
    Call.objects.bulk_create(
        Call(line=line, operator=operator, state="kept", started_at=at, ended_at=at, changed_at=at) for at in days
    )
    seen = queries.picture(cast.viewer("supervisor"), cast.niksic, now)
    assert seen.week.calls == 21 and seen.week.rising and seen.week.usual is None  # three or four a week before
    assert seen.week.before is None
    assert seen.days == 17 and seen.month.usual is None and seen.month.before in (8, 9)


def test_lines_are_set_up_by_who_runs_the_organisation_and_closed_for_new_calls(cast, line, add):
    by = cast.viewer("coordinator")
    for who in ("operator", "supervisor", "other_coordinator", "secretariat"):
        with pytest.raises((NotFound, Refused)):
            helpline.change_line(by=cast.viewer(who), line_id=line.pk, name="Mine")
    for wrong in ({"name": ""}, {"name": "x", "hours": [{"byday": "FR"}]}, {"name": "x", "service_id": line.pk}):
        with pytest.raises(Refused):
            helpline.change_line(by=by, line_id=line.pk, **wrong)
    from duga.casework.actions import add_programme

    in_the_open = add_programme(by=by, organisation_id=cast.niksic.pk, name="Parcels")
    with pytest.raises(Refused, match="sealed"):
        helpline.add_line(by=by, organisation_id=cast.niksic.pk, programme_id=in_the_open.pk, name="x")
    with pytest.raises(Refused, match="already"):
        helpline.add_line(by=by, organisation_id=cast.niksic.pk, programme_id=line.programme_id, name="SOS")
    (told,) = queries.told(
        queries.lines(cast.viewer("operator"), cast.niksic), dt.datetime(2026, 11, 20, 14, tzinfo=HERE)
    )
    assert told.open["sq"].open and told.open["sq"].until.astimezone(HERE).hour == 21  # Albanian, on Fridays 13–21
    (told,) = queries.told(queries.lines(cast.viewer("operator"), cast.niksic), TUESDAY)
    assert not told.open["sq"].open and told.open["cnr"].open
    helpline.close_line(by=by, line_id=line.pk)
    with pytest.raises(Refused, match="closed"):
        begin(cast, line)


def test_number_and_hours_are_those_of_the_directory(cast):
    from tests.directory import build

    build.terms()
    service = build.service(cast, build.provider(cast))
    line, _programme = make_line(cast, name="Second")
    helpline.change_line(by=cast.viewer("coordinator"), line_id=line.pk, name="Second", service_id=service.pk)
    (told,) = queries.told(queries.lines(cast.viewer("operator"), cast.niksic), TUESDAY)
    from duga.directory.models import Phone

    assert told.numbers == list(Phone.objects.filter(service=service).values_list("number", flat=True))
