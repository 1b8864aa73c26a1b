"""Cases: their states, who sees which section, notes, files, approvals; and every way in that should be shut."""

import datetime as dt

import pytest
from django.db import connection

from duga.casework import actions, queries
from duga.casework.models import Case, CaseNote
from duga.casework.rules import (
    CASE_TRANSITIONS,
    CASE_WRITES,
    SECTION_SEEN,
    CaseState,
    Section,
    Tie,
    check_case_step,
    needs_approval,
    sections_for,
)
from duga.members.rules import ROLES, Permission, Role
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused
from duga.vault import sealing
from tests.plain.test_attached import EXIF, jpeg, part, pdf, png

TODAY = dt.date.today()
SECRET = "Dragica from the corner house was beaten"


@pytest.fixture
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def manager(cast):
    return cast.viewer("manager")


@pytest.fixture
def case(cast, manager, add):
    person = add("Ana", "Kovač", by="manager")
    return actions.open_case(by=manager, person_id=person.pk, basis="legal_duty")


@pytest.fixture
def sealed_case(cast, add, shelter):
    """A case of the safe house, led by the case manager named for it."""
    actions.name_worker(by=cast.viewer("coordinator"), programme_id=shelter.pk, email="manager@example.org")
    hidden = add("Mirjana", "Vukadinović", by="operator", programme_id=shelter.pk)
    return actions.open_case(by=cast.viewer("manager"), person_id=hidden.pk, basis="vital_interests")


# --- Rules ----------------------------------------------------------------------------------------------


def test_the_table_of_states_is_whole():
    assert set(CASE_TRANSITIONS) == set(CaseState)
    for now in CaseState:
        for wanted in CaseState:
            if wanted in CASE_TRANSITIONS[now]:
                assert check_case_step(now, wanted) is wanted
            else:
                with pytest.raises(Refused):
                    check_case_step(now, wanted)


#: Who sees what, said once more and by role: general, health, legal, violence.
SEEN = {
    (Role.CASE_MANAGER, Tie.LEAD): "ghlv", (Role.CASE_MANAGER, Tie.TEAM): "ghl", (Role.CASE_MANAGER, Tie.NONE): "g",
    (Role.FIELD_WORKER, Tie.TEAM): "g", (Role.FIELD_WORKER, Tie.NONE): "", (Role.FIELD_WORKER, Tie.NAMED): "ghlv",
    (Role.HELPLINE_OPERATOR, Tie.NAMED): "ghlv", (Role.HELPLINE_OPERATOR, Tie.NONE): "",
    (Role.CASE_SUPERVISOR, Tie.NONE): "ghl", (Role.CASE_SUPERVISOR, Tie.TEAM): "ghlv",
    (Role.ORGANISATION_COORDINATOR, Tie.NONE): "ghl", (Role.DATA_PROTECTION_OFFICER, Tie.NONE): "",
    (Role.DATA_PROTECTION_OFFICER, Tie.TEAM): "", (Role.NETWORK_SECRETARIAT, Tie.NONE): "",
}  # fmt: skip


@pytest.mark.parametrize("who, told", SEEN.items(), ids=str)
def test_sections_by_role_and_by_assignment(who, told):
    role, tie = who
    seen = sections_for(tie, ROLES[role].permissions)
    assert "".join(section[0] for section in Section if section in seen) == told


def test_whoever_writes_reads_and_no_section_is_forgotten():
    assert set(SECTION_SEEN) == set(Section) and set(CASE_WRITES) == set(Tie)
    for tie, permission in CASE_WRITES.items():
        assert SECTION_SEEN[Section.GENERAL][tie] in (permission, Permission.FOLLOW_CASES)


@pytest.mark.parametrize("kind, said, told", [
    ("violence", None, True), ("child_protection", None, True), ("general", None, False), ("", None, False),
    ("general", True, True), ("violence", False, False),
])  # fmt: skip
def test_whose_closing_is_approved(kind, said, told):
    assert needs_approval(kind, said) is told


# --- A case's life --------------------------------------------------------------------------------------


def test_a_case_needs_a_basis_and_stands_once(cast, manager, add):
    ana = add("Ana", "Kovač")
    with pytest.raises(Refused, match="lawful basis"):
        actions.open_case(by=manager, person_id=ana.pk)
    with pytest.raises(Refused):
        actions.open_case(by=manager, person_id=ana.pk, basis="because")
    case = actions.open_case(by=manager, person_id=ana.pk, basis="legal_duty")
    assert (case.state, case.lead_id, case.review_on) == ("open", manager.account_id, TODAY + dt.timedelta(days=90))
    with pytest.raises(Refused, match="open case"):
        actions.open_case(by=manager, person_id=ana.pk)
    with pytest.raises(NotAllowed):
        actions.open_case(by=cast.viewer("worker"), person_id=ana.pk)
    with pytest.raises(Refused, match="one person"):
        actions.open_case(by=manager)


def test_cases_of_households_and_parties(cast, manager, add):
    here = {"by": manager, "organisation_id": cast.niksic.pk}
    home = actions.register_household(**here, size=3, head_id=add("Ana", "Kovač").pk)
    party = actions.start_party(**here, size=3, since=TODAY)
    for about in ({"household_id": home.pk}, {"party_id": party.pk}):
        case = actions.open_case(by=manager, **about)
        actions.add_note(by=manager, case_id=case.pk, text=SECRET)
        assert [text for _, text in actions.open_notes(by=manager, case_id=case.pk)] == [SECRET]
        assert queries.cases_about(manager, **about) == [case]


def test_closing_asks_for_reason_outcome_and_a_plan_without_open_steps(manager, case):
    step = actions.add_step(by=manager, case_id=case.pk, text="Ring the school", due=TODAY)
    for told in ({"reason": "", "outcome": "reached"}, {"reason": "plan_done", "outcome": ""}):
        with pytest.raises(Refused, match="what came of it"):
            actions.close_case(by=manager, case_id=case.pk, **told)
    with pytest.raises(Refused, match="still open"):
        actions.close_case(by=manager, case_id=case.pk, reason="plan_done", outcome="reached")
    actions.end_step(by=manager, case_id=case.pk, step_id=step.pk)
    with pytest.raises(Refused):
        actions.close_case(by=manager, case_id=case.pk, reason="tired", outcome="reached")
    closed = actions.close_case(by=manager, case_id=case.pk, reason="plan_done", outcome="reached")
    assert (closed.state, closed.closed_on, closed.review_on) == ("closed", TODAY, None)
    with pytest.raises(Refused, match="closed"):
        actions.add_note(by=manager, case_id=case.pk, text="More")
    again = actions.reopen_case(by=manager, case_id=case.pk, reason="she came back")
    assert (again.state, again.reason, again.closed_on) == ("open", "", None)


def test_a_case_on_hold_is_taken_up_again(manager, case):
    held = actions.change_case(by=manager, case_id=case.pk, version=case.version, state="on_hold")
    assert held.state == "on_hold"
    with pytest.raises(Conflict):
        actions.change_case(by=manager, case_id=case.pk, version=case.version, state="open")
    with pytest.raises(Refused):
        actions.change_case(by=manager, case_id=case.pk, version=held.version, review_on=TODAY)
    with pytest.raises(Refused):  # closing has its own door
        actions.change_case(by=manager, case_id=case.pk, version=held.version, state="closed")


def test_lead_and_team(cast, manager, case):
    worker, supervisor = cast.accounts["worker"].pk, cast.accounts["supervisor"].pk
    for nobody in (cast.accounts["officer"].pk, cast.accounts["other_worker"].pk, cast.accounts["nobody"].pk):
        with pytest.raises(Refused):
            actions.join_case_team(by=manager, case_id=case.pk, account_id=nobody)
    with pytest.raises(NotFound):
        queries.case(cast.viewer("worker"), case.pk)
    actions.join_case_team(by=manager, case_id=case.pk, account_id=worker)
    assert queries.sections_seen(cast.viewer("worker"), case) == {Section.GENERAL}
    actions.add_note(by=cast.viewer("worker"), case_id=case.pk, text="I was there")
    with pytest.raises(NotAllowed):
        actions.add_note(by=cast.viewer("worker"), case_id=case.pk, text="x", section="health")
    with pytest.raises(NotAllowed, match="lead or a supervisor"):
        actions.join_case_team(by=cast.viewer("worker"), case_id=case.pk, account_id=supervisor)
    with pytest.raises(Refused, match="lead must"):
        actions.hand_over(by=manager, case_id=case.pk, lead_id=worker)
    actions.hand_over(by=manager, case_id=case.pk, lead_id=supervisor)
    assert Section.VIOLENCE not in queries.sections_seen(manager, queries.case(manager, case.pk))
    actions.leave_case_team(by=cast.viewer("worker"), case_id=case.pk, account_id=worker)
    with pytest.raises(NotFound):
        queries.case(cast.viewer("worker"), case.pk)


def test_notes_lie_in_sections_and_drafts_are_their_authors(cast, manager, case):
    for section in Section:
        actions.add_note(by=manager, case_id=case.pk, text=f"{SECRET} {section}", section=section, kind="visit")
    supervisor = cast.viewer("supervisor")
    told = {note.section for note, _ in actions.open_notes(by=supervisor, case_id=case.pk)}
    assert told == {"general", "health", "legal"}
    with pytest.raises(NotAllowed):
        actions.open_notes(by=supervisor, case_id=case.pk, section="violence")
    actions.keep_note_draft(by=manager, case_id=case.pk, text="half writ", section="legal", kind="decision")
    actions.keep_note_draft(by=manager, case_id=case.pk, text="half written", section="legal", kind="decision")
    assert actions.open_note_draft(by=manager, case_id=case.pk) == {
        "text": "half written", "section": "legal", "kind": "decision",
    }  # fmt: skip
    assert actions.open_note_draft(by=supervisor, case_id=case.pk) == {}
    assert len(actions.open_notes(by=manager, case_id=case.pk)) == 4
    actions.add_note(by=manager, case_id=case.pk, text="half written, and done", section="legal")
    assert actions.open_note_draft(by=manager, case_id=case.pk) == {} and CaseNote.objects.count() == 5
    with pytest.raises(Refused, match="Write something"):
        actions.add_note(by=manager, case_id=case.pk, text="  ")
    with pytest.raises(Refused, match="too long"):
        actions.add_note(by=manager, case_id=case.pk, text="a" * 20_001)


def test_a_supervisor_says_yes_and_never_to_herself(cast, manager, sealed_case, shelter):
    case = sealed_case
    closing = {"reason": "plan_done", "outcome": "partly"}
    with pytest.raises(Refused, match="supervisor closes"):
        actions.close_case(by=manager, case_id=case.pk, **closing)
    asked = actions.ask_approval(by=manager, case_id=case.pk, what="closure", **closing)
    with pytest.raises(Refused, match="already"):
        actions.ask_approval(by=manager, case_id=case.pk, what="closure", **closing)
    supervisor = cast.viewer("supervisor")
    with pytest.raises(NotFound):  # not named for the programme: there is no such case
        actions.decide_approval(by=supervisor, approval_id=asked.pk, decision="approved")
    assert list(queries.approvals_waiting(supervisor, cast.niksic)) == []
    actions.name_worker(by=cast.viewer("coordinator"), programme_id=shelter.pk, email="supervisor@example.org")
    assert [row.pk for row in queries.approvals_waiting(supervisor, cast.niksic)] == [asked.pk]
    with pytest.raises(Refused, match="what should be changed"):
        actions.decide_approval(by=supervisor, approval_id=asked.pk, decision="returned")
    actions.decide_approval(by=supervisor, approval_id=asked.pk, decision="returned", word="Ask her first")
    texts = actions.open_case_texts(by=manager, case_id=case.pk).texts
    assert texts[asked.pk] == "Ask her first"
    again = actions.ask_approval(by=supervisor, case_id=case.pk, what="closure", **closing)
    with pytest.raises(Refused, match="Another person"):
        actions.decide_approval(by=supervisor, approval_id=again.pk, decision="approved")
    with pytest.raises(NotAllowed):
        actions.decide_approval(by=manager, approval_id=again.pk, decision="approved")
    assert Case.objects.get(pk=case.pk).state == "open"


def test_an_approved_closing_closes_at_once(cast, manager, sealed_case, shelter):
    actions.name_worker(by=cast.viewer("coordinator"), programme_id=shelter.pk, email="supervisor@example.org")
    asked = actions.ask_approval(
        by=manager, case_id=sealed_case.pk, what="closure", reason="moved", outcome="not_known"
    )
    actions.decide_approval(by=cast.viewer("supervisor"), approval_id=asked.pk, decision="approved")
    closed = Case.objects.get(pk=sealed_case.pk)
    assert (closed.state, closed.reason, closed.outcome) == ("closed", "moved", "not_known")
    with pytest.raises(Refused):
        actions.decide_approval(by=cast.viewer("supervisor"), approval_id=asked.pk, decision="approved")


def test_the_organisation_says_where_a_supervisor_closes(cast, manager, sealed_case, shelter):
    with pytest.raises(NotAllowed):
        actions.set_closing_approval(by=manager, programme_id=shelter.pk, wanted=False)
    actions.set_closing_approval(by=cast.viewer("coordinator"), programme_id=shelter.pk, wanted=False)
    assert actions.close_case(by=manager, case_id=sealed_case.pk, reason="moved", outcome="not_known").state == "closed"


# --- Needs and the timeline -------------------------------------------------------------------------------


def test_needs_have_days_and_an_end(cast, add, give):
    worker, ana = cast.viewer("worker"), add("Ana", "Kovač")
    need = actions.add_need(by=worker, person_id=ana.pk, code="food", urgency="urgent", since=dt.date(2026, 1, 5))
    with pytest.raises(Refused, match="open already"):
        actions.add_need(by=worker, person_id=ana.pk, code="food")
    for wrong in ({"code": "gold"}, {"code": "health", "urgency": "soon"}):
        with pytest.raises(Refused):
            actions.add_need(by=worker, person_id=ana.pk, **wrong)
    with pytest.raises(NotFound):
        actions.end_need(by=cast.viewer("other_worker"), need_id=need.pk, met="by_us")
    with pytest.raises(Refused):
        actions.end_need(by=worker, need_id=need.pk, met="magic")
    actions.end_need(by=worker, need_id=need.pk, met="by_us", until=dt.date(2026, 2, 1))
    give(ana)
    told = [(moment.on.year, moment.kind) for moment in queries.timeline(worker, ana.pk)]
    assert sorted(told) == [(2020, "assistance"), (2026, "need"), (2026, "need"), (2026, "registered")]


def test_the_timeline_tells_of_cases_to_those_who_see_them(cast, manager, case):
    kinds = {who: {m.kind for m in queries.timeline(cast.viewer(who), case.person_id)} for who in ("worker", "manager")}
    assert kinds == {"worker": {"registered"}, "manager": {"registered", "case"}}


# --- The caseload -----------------------------------------------------------------------------------------


def test_the_caseload_mine_the_teams_overdue_and_to_look_at(cast, manager, case, add):
    supervisor = cast.viewer("supervisor")
    other = actions.open_case(by=supervisor, person_id=add("Mira", "Perić").pk, basis="legal_duty")
    actions.add_step(by=supervisor, case_id=other.pk, text="Visit", due=TODAY - dt.timedelta(days=3))
    actions.join_case_team(by=supervisor, case_id=other.pk, account_id=manager.account_id)
    Case.objects.filter(pk=case.pk).update(review_on=TODAY)

    def load(by=manager, **asked):
        return [row.code for row in queries.caseload(by, cast.niksic, **asked)]

    assert load() == [case.code] and set(load(whose="team")) == {case.code, other.code} == set(load(whose="all"))
    assert load(whose="all", due="overdue") == [other.code] and load(due="review") == [case.code]
    row = next(row for row in queries.caseload(manager, cast.niksic, whose="all") if row.pk == other.pk)
    assert (row.late, row.next_due) == (1, TODAY - dt.timedelta(days=3))
    assert load(cast.viewer("worker"), whose="all") == []
    assert queries.case_numbers(manager, cast.niksic) == {"mine": 1, "overdue": 0, "review": 1, "approvals": 0}
    assert queries.case_id_by_code(manager, cast.niksic, other.person.code) == other.pk
    for code in (other.code, "nonsense"):
        with pytest.raises(NotFound):
            queries.case_id_by_code(cast.viewer("worker"), cast.niksic, code)


def test_the_caseload_asks_as_much_for_many_cases_as_for_few(cast, manager, add, django_assert_max_num_queries):
    for number in range(8):
        case = actions.open_case(by=manager, person_id=add("Ana", f"Kovač {number}").pk, basis="legal_duty")
        actions.add_step(by=manager, case_id=case.pk, text="Visit", due=TODAY)
    with django_assert_max_num_queries(5):
        assert len({row.lead.name + row.person.code for row in queries.caseload(manager, cast.niksic)}) == 8


# --- Attacks ------------------------------------------------------------------------------------------------

OUTSIDERS = ["worker", "operator", "officer", "other_worker", "other_coordinator", "national", "secretariat",
             "administrator", "nobody"]  # fmt: skip


@pytest.fixture
def full(cast, manager, case, files):
    """A case with something of everything, in the violence section where there are sections."""
    goal = actions.add_goal(by=manager, case_id=case.pk, text=SECRET, need="shelter")
    step = actions.add_step(by=manager, case_id=case.pk, text=SECRET, goal_id=goal.pk)
    actions.add_note(by=manager, case_id=case.pk, text=SECRET, section="violence")
    file = actions.attach_file(by=manager, case_id=case.pk, name="Nalaz Ana Kovač.pdf", data=pdf(), section="violence")
    return case, goal, step, file


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_id_of_a_case_opens_anything_for_outsiders(cast, full, who):
    case, goal, step, file = full
    by, refused = cast.viewer(who), (NotFound, NotAllowed)
    doors = [
        lambda: queries.case(by, case.pk), lambda: queries.attachment(by, file.pk),
        lambda: actions.open_notes(by=by, case_id=case.pk), lambda: actions.open_case_texts(by=by, case_id=case.pk),
        lambda: actions.open_file(by=by, attachment_id=file.pk),
        lambda: actions.remove_file(by=by, attachment_id=file.pk),
        lambda: actions.open_note_draft(by=by, case_id=case.pk),
        lambda: actions.keep_note_draft(by=by, case_id=case.pk, text="x"),
        lambda: actions.add_note(by=by, case_id=case.pk, text="x"),
        lambda: actions.add_goal(by=by, case_id=case.pk, text="x"),
        lambda: actions.add_step(by=by, case_id=case.pk, text="x"),
        lambda: actions.end_goal(by=by, case_id=case.pk, goal_id=goal.pk, state="reached"),
        lambda: actions.end_step(by=by, case_id=case.pk, step_id=step.pk),
        lambda: actions.close_case(by=by, case_id=case.pk, reason="moved", outcome="reached"),
        lambda: actions.hand_over(by=by, case_id=case.pk, lead_id=by.account_id),
        lambda: actions.join_case_team(by=by, case_id=case.pk, account_id=by.account_id),
        lambda: actions.ask_approval(by=by, case_id=case.pk, what="plan"),
        lambda: actions.change_case(by=by, case_id=case.pk, version=1, state="on_hold"),
        lambda: actions.reopen_case(by=by, case_id=case.pk, reason="x"),
    ]  # fmt: skip
    for door in doors:
        with pytest.raises(refused):
            door()
    case.refresh_from_db()
    assert (case.state, case.version) == ("open", 1)


@pytest.mark.parametrize("who", ["worker", "supervisor", "coordinator"])
def test_a_sealed_case_is_not_there_for_those_not_named(cast, sealed_case, who, add):
    by = cast.viewer(who)
    told = []
    for pk in (sealed_case.pk, "018f0000-0000-7000-8000-000000000000"):
        with pytest.raises(NotFound) as error:
            queries.case(by, pk)
        told.append(str(error.value))
    assert told[0] == told[1]
    assert list(queries.caseload(by, cast.niksic, whose="all")) == []
    assert sum(queries.case_numbers(by, cast.niksic).values()) == 0
    with pytest.raises(NotFound):
        queries.case_id_by_code(by, cast.niksic, sealed_case.code)
    with pytest.raises(Refused):  # nor is anybody made its lead or taken into its team
        actions.hand_over(by=cast.viewer("manager"), case_id=sealed_case.pk, lead_id=cast.accounts[who].pk)


def test_a_row_of_one_case_is_no_key_to_another(cast, manager, full, add):
    _, goal, step, _ = full
    other = actions.open_case(by=manager, person_id=add("Mira", "Perić").pk, basis="legal_duty")
    for door in (
        lambda: actions.end_goal(by=manager, case_id=other.pk, goal_id=goal.pk, state="reached"),
        lambda: actions.end_step(by=manager, case_id=other.pk, step_id=step.pk),
        lambda: actions.add_step(by=manager, case_id=other.pk, text="x", goal_id=goal.pk),
    ):
        with pytest.raises((NotFound, Refused)):
            door()


def test_a_supervisor_meets_no_file_of_the_violence_section(cast, full):
    *_, file = full
    supervisor = cast.viewer("supervisor")
    assert queries.attachments_of(supervisor, queries.case(supervisor, file.case_id)) == []
    with pytest.raises(NotFound):
        actions.open_file(by=supervisor, attachment_id=file.pk)


def test_files_come_back_as_they_were_under_a_name_that_leads_nowhere(manager, case, files):
    photo = jpeg(part(0xE1, EXIF))
    file = actions.attach_file(by=manager, case_id=case.pk, name="../../Слика Ане.exe", data=photo)
    name, kind, data = actions.open_file(by=manager, attachment_id=file.pk)
    assert (name, kind) == ("Слика Ане.jpg", "image/jpeg") and b"GPS" not in data
    for wrong in (b"PK\x03\x04", b"<script>alert(1)</script>", png(width=90_000, height=90_000), pdf() + b"PK"):
        with pytest.raises(Refused):
            actions.attach_file(by=manager, case_id=case.pk, name="x.pdf", data=wrong)
    assert len(list(files.rglob("*.sealed"))) == 1
    (path,) = files.rglob("*.sealed")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(NotFound, match="damaged"):
        actions.open_file(by=manager, attachment_id=file.pk)


def test_a_removed_file_leaves_the_disk(manager, full, files, django_capture_on_commit_callbacks):
    *_, file = full
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_file(by=manager, attachment_id=file.pk)
    assert not list(files.rglob("*.sealed"))
    with pytest.raises(NotFound):
        actions.open_file(by=manager, attachment_id=file.pk)


def _everything_stored(files) -> bytes:
    """All that lies in the tables and in the files folder, as a thief would read it."""
    tables = [name for name in connection.introspection.table_names() if name.startswith(("casework_", "members_"))]
    told = b"".join(path.read_bytes() for path in files.rglob("*") if path.is_file())
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                told += b"|".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row)
    return told


def test_a_copy_of_database_and_files_tells_no_name_note_or_file_name(cast, manager, full, files):
    case, *_ = full
    actions.keep_note_draft(by=manager, case_id=case.pk, text=f"draft {SECRET}")
    asked = actions.ask_approval(by=manager, case_id=case.pk, what="plan")
    actions.decide_approval(by=cast.viewer("supervisor"), approval_id=asked.pk, decision="returned", word=SECRET)
    told = _everything_stored(files)
    assert case.code.encode() in told  # the search itself works
    for plain in ("Dragica", "corner house", "Kovač", "Nalaz", "%PDF", "Ana"):
        assert plain.encode() not in told, plain


def test_an_erased_persons_case_says_nothing_any_more(cast, manager, full, files):
    case, _, _, file = full
    key = sealing.store().person_key(case.person_id)
    actions.erase_person(by=cast.viewer("coordinator"), person_id=case.person_id, reason="she asked")
    assert not list(files.rglob("*.sealed"))
    told = _everything_stored(files)
    for row in [*CaseNote.objects.all()]:
        assert bytes(row.text) == b""
    assert key not in told
    case.refresh_from_db()
    assert (case.state, case.reason) == ("closed", "erased")


def test_a_person_moved_under_a_seal_takes_her_case_along(cast, manager, case, shelter):
    actions.seal_person(by=cast.viewer("operator"), person_id=case.person_id, programme_id=shelter.pk)
    with pytest.raises(NotFound):
        queries.case(manager, case.pk)
    assert list(queries.caseload(manager, cast.niksic, whose="all")) == []
    case.refresh_from_db()
    assert case.programme_id == shelter.pk


# --- Leaving, and sensitive facts -----------------------------------------------------------------------------


def test_everything_leaves_with_the_organisation_but_what_the_coordinator_never_saw(cast, manager, full, files):
    coordinator = cast.viewer("coordinator")
    case, *_ = full
    actions.add_note(by=manager, case_id=case.pk, text="about school")
    actions.attach_file(by=manager, case_id=case.pk, name="Plan.pdf", data=pdf())
    told = {n: list(rows) for n, _, rows in actions.export_everything(by=coordinator, organisation_id=cast.niksic.pk)}
    assert len(told["cases"]) == 1 and SECRET in told["case_goals"][0] and SECRET in told["case_steps"][0]
    assert [row[-1] for row in told["case_notes"]] == ["about school"]
    out = dict(actions.export_files(by=coordinator, organisation_id=cast.niksic.pk))
    assert [path.split("-", 9)[-1][-8:] for path in out] == ["Plan.pdf"] and set(out.values()) == {pdf()}


def test_what_makes_her_vulnerable_lies_sealed_and_comes_from_the_list(cast, manager, sign_in, add):
    person, client = add("Ana", "Kovač"), sign_in("manager")
    page = f"/workspace/people/{person.pk}/sensitive/"
    told = {"version": 1, "vulnerabilities": ["single_parent", "no_documents"], "health": ""}
    client.post(page, told)
    opened = actions.open_special(by=manager, person_id=person.pk)
    assert opened == {"vulnerabilities": "single_parent|no_documents"}
    shown = client.get(page).content.decode()
    assert shown.count("checked") == 2
    with pytest.raises((Refused, NotFound)):
        actions.update_person(by=manager, person_id=person.pk, version=2, special={"vulnerabilities": "rich"})
