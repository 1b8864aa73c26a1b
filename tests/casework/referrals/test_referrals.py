"""A referral from sending to its outcome: states, blocks, the three copies, what each side sees, and what it leaves."""

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override

from duga.casework.actions import (
    add_goal,
    add_guardian,
    add_programme,
    add_step,
    end_basis,
    erase_person,
    flag_guardian,
    name_worker,
    open_case,
    register_person,
    seal_person,
    state_basis,
)
from duga.casework.actions import referrals as actions
from duga.casework.actions.bases import withdraw_consent
from duga.casework.models import (
    Case,
    ConsentRecord,
    Disclosure,
    LawfulBasis,
    Person,
    Referral,
    ReferralCopy,
    ReferralGuest,
    ReferralMessage,
)
from duga.casework.queries import referrals as queries
from duga.casework.rules.referrals import (
    GUEST_QUESTIONS,
    QUESTIONS,
    REFERRAL_TRANSITIONS,
    ReferralState,
    SentTo,
    Went,
    measure,
)
from duga.members.models import Notice, RoleGrant, TrailEntry
from duga.members.rules import VISITOR, Role, Viewer
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused

CLOCK = Viewer(system="clock")
TOLD = {
    "reason": "needs a warm room", "text": "Alone since May; the roof leaks.", "categories": ["name", "situation"],
    "contact": "mornings only", "need": "shelter", "services": ["shelter"], "agreed": True, "informed": True,
}  # fmt: skip


@pytest.fixture
def ana(cast):
    """A person of Nikšić who consented to being referred."""
    identity = {"given": "Ana", "family": "Kovač", "phone": "+382 69 000 111", "address": "Trebjeska 5"}
    person = register_person(
        by=cast.viewer("worker"), organisation_id=cast.niksic.pk, identity=identity, sex="female", birth_year=1956
    )
    consent(cast, person)
    return person


def consent(cast, person, by="worker"):
    state_basis(
        by=cast.viewer(by), person_id=person.pk, purpose="referral", basis="consent", given_on=dt.date(2026, 1, 2),
        how="spoken",
    )  # fmt: skip


def made(cast, person, by="worker", to=None, **more):
    to = to or {"organisation": cast.nis.pk}
    return actions.make_referral(by=cast.viewer(by), person_id=person.pk, to=to, **(TOLD | more))


def sent(cast, person, by="worker", **more):
    row = made(cast, person, by, **more)
    return actions.send_referral(by=cast.viewer(by), referral_id=row.pk, version=row.version)


OUTSIDE = {"name": "Dom zdravlja Laktaši", "contact": "prijem@example.org"}


# --- From one house to another ----------------------------------------------------------------------


def test_a_referral_goes_and_comes_back_with_its_outcome(cast, ana):
    row = sent(cast, ana, priority="urgent")
    assert row.due_at - row.sent_at == dt.timedelta(hours=72)
    there = cast.viewer("other_worker")
    assert [each.pk for each in queries.received(there, cast.nis)] == [row.pk]
    opened = actions.open_referral(by=there, referral_id=row.pk)
    assert opened.side == "receiver"
    assert opened.content["identity"] == {"given": "Ana", "family": "Kovač"}  # no phone, no address: not chosen
    assert "Trebjeska" not in str(opened.content)
    assert TrailEntry.objects.filter(event="referral.opened", organisation_id=cast.nis.pk).count() == 1
    actions.accept_referral(by=there, referral_id=row.pk)
    actions.begin_service(by=there, referral_id=row.pk)
    actions.close_referral(by=there, referral_id=row.pk, successful=True)
    mine, side = queries.referral(cast.viewer("worker"), row.pk)
    assert (mine.state, mine.successful, mine.told_by, side) == ("done", True, "receiver", "sender")
    assert mine.seen_at and mine.answered_at and mine.began_at and mine.ended_at
    titles = {notice.title for notice in Notice.objects.filter(account=cast.accounts["worker"])}
    assert len(titles) == 3


def test_the_receiver_registers_a_person_of_its_own_in_one_tap(cast, ana):
    row = sent(cast, ana, categories=["name", "birth"])
    there = cast.viewer("other_worker")
    with pytest.raises(Refused):
        actions.register_from_referral(by=there, referral_id=row.pk)
    actions.ask_about_referral(by=there, referral_id=row.pk, text="When can she come?")
    actions.accept_referral(by=there, referral_id=row.pk)
    hers = actions.register_from_referral(by=there, referral_id=row.pk)
    assert (hers.organisation_id, hers.birth_year, hers.sex) == (cast.nis.pk, 1956, "female")
    assert hers.code != ana.code or hers.pk != ana.pk
    assert not LawfulBasis.objects.filter(person=hers).exists()  # consent there is asked there
    assert actions.open_referral(by=there, referral_id=row.pk).content["identity"]["given"] == "Ana"
    assert [each.text for each in actions.open_referral(by=there, referral_id=row.pk).said] == ["When can she come?"]
    with pytest.raises(Refused):
        actions.register_from_referral(by=there, referral_id=row.pk)
    # Erased here, she stays there; erased there, nothing of her is left there.
    erase_person(by=cast.viewer("coordinator"), person_id=ana.pk, reason="asked for it")
    actions.withdraw_referrals(by=CLOCK, person_id=ana.pk)
    assert actions.open_referral(by=there, referral_id=row.pk).content["identity"]["given"] == "Ana"
    erase_person(by=cast.viewer("other_coordinator"), person_id=hers.pk, reason="asked for it")
    assert bytes(ReferralCopy.objects.get(referral=row).content) == b""
    assert all(bytes(each.text) == b"" for each in ReferralMessage.objects.all())


def test_who_is_told_by_code_can_not_be_registered_by_name(cast, ana):
    row = sent(cast, ana, categories=["situation"])
    there = cast.viewer("other_worker")
    opened = actions.open_referral(by=there, referral_id=row.pk)
    assert opened.content["who"] == ana.code and not opened.content["identity"]
    actions.accept_referral(by=there, referral_id=row.pk)
    with pytest.raises(Refused):
        actions.register_from_referral(by=there, referral_id=row.pk)


def test_a_rejection_needs_a_reason_and_takes_away_what_was_told(cast, ana):
    row, there = sent(cast, ana), cast.viewer("other_worker")
    with pytest.raises(Refused):
        actions.reject_referral(by=there, referral_id=row.pk, reason="")
    actions.reject_referral(by=there, referral_id=row.pk, reason="wrongly_sent", text="we have no beds")
    assert actions.open_referral(by=there, referral_id=row.pk).content == {}
    said = actions.open_referral(by=cast.viewer("worker"), referral_id=row.pk).said
    assert [each.text for each in said] == ["we have no beds"]
    with pytest.raises(Refused):
        actions.accept_referral(by=there, referral_id=row.pk)


def test_revoking_takes_it_out_of_sight_at_once(cast, ana):
    row, there = sent(cast, ana), cast.viewer("other_worker")
    actions.accept_referral(by=there, referral_id=row.pk)
    actions.revoke_referral(by=cast.viewer("worker"), referral_id=row.pk)
    assert actions.open_referral(by=there, referral_id=row.pk).content == {}
    assert bytes(ReferralCopy.objects.get(referral=row).content) == b""
    with pytest.raises(Refused):
        actions.close_referral(by=there, referral_id=row.pk, successful=True)


def test_a_consent_taken_back_ends_it_at_once(cast, ana):
    row, there = sent(cast, ana), cast.viewer("other_worker")
    end_basis(by=cast.viewer("worker"), person_id=ana.pk, purpose="referral", ended_on=timezone.localdate())
    assert actions.open_referral(by=there, referral_id=row.pk).content == {}  # before the clock heard of it
    assert actions.withdraw_referrals(by=CLOCK, person_id=ana.pk, consent_only=True) == 1
    assert actions.withdraw_referrals(by=CLOCK, person_id=ana.pk, consent_only=True) == 0
    assert Referral.objects.get(pk=row.pk).state == "revoked"
    with pytest.raises(Refused):
        actions.withdraw_referrals(by=cast.viewer("coordinator"), person_id=ana.pk)


def test_her_yes_is_kept_for_this_receiver_and_these_kinds_of_data_and_no_more(cast, add):
    mira, worker = add("Mira", "Perić"), cast.viewer("worker")
    row = sent(cast, mira, how="written")
    kept = ConsentRecord.objects.get()
    assert (kept.receiver_organisation_id, kept.how, kept.categories) == (cast.nis.pk, "written", ["name", "situation"])
    sent(cast, mira, agreed=False, categories=["name"])  # covered
    with pytest.raises(Refused):
        sent(cast, mira, agreed=False, categories=["name", "health_data"])
    with pytest.raises(Refused):
        sent(cast, mira, agreed=False, to=OUTSIDE)  # another receiver
    withdraw_consent(by=worker, consent_id=kept.pk)
    assert actions.open_referral(by=cast.viewer("other_worker"), referral_id=row.pk).content == {}
    assert actions.withdraw_referrals(by=CLOCK, person_id=mira.pk, consent_only=True) == 2
    with pytest.raises(Refused):
        sent(cast, mira, agreed=False)


def test_questions_go_both_ways_sealed_for_each(cast, ana):
    row, there, here = sent(cast, ana), cast.viewer("other_worker"), cast.viewer("worker")
    actions.ask_about_referral(by=there, referral_id=row.pk, text="Does she use a wheelchair?")
    actions.ask_about_referral(by=here, referral_id=row.pk, text="No.")
    for viewer in (there, here):
        said = actions.open_referral(by=viewer, referral_id=row.pk).said
        assert [each.text for each in said] == ["Does she use a wheelchair?", "No."]
    assert [b"wheelchair" in bytes(each.text) for each in ReferralMessage.objects.all()] == [False] * 4
    actions.revoke_referral(by=here, referral_id=row.pk)
    assert actions.open_referral(by=there, referral_id=row.pk).said == ()


def test_only_the_table_of_states_holds(cast, ana):
    row = sent(cast, ana)
    there, here = cast.viewer("other_worker"), cast.viewer("worker")
    steps = {
        "accepted": lambda: actions.accept_referral(by=there, referral_id=row.pk),
        "rejected": lambda: actions.reject_referral(by=there, referral_id=row.pk, reason="other"),
        "revoked": lambda: actions.revoke_referral(by=here, referral_id=row.pk),
        "done": lambda: actions.close_referral(by=there, referral_id=row.pk, successful=False, outcome="no_capacity"),
    }
    for now, allowed in REFERRAL_TRANSITIONS.items():
        for wanted, step in steps.items():
            if now is ReferralState.DRAFT or wanted in allowed:
                continue
            _put(row, now)
            with pytest.raises(Refused):
                step()


def _put(row, state):
    over = state in ("rejected", "done")
    Referral.objects.filter(pk=row.pk).update(
        state=state, rejection="other" if over else "", successful=False if over else None,
        outcome="other" if over else "", answered_at=timezone.now(),
    )  # fmt: skip


# --- What must be there before something leaves -----------------------------------------------------


def test_nothing_leaves_without_a_basis(cast, add):
    row = made(cast, add("Mira", "Perić"), agreed=False)
    with pytest.raises(Refused):
        actions.send_referral(by=cast.viewer("worker"), referral_id=row.pk, version=row.version)
    assert not ReferralCopy.objects.exists()
    with pytest.raises(NotFound):
        queries.of_receiver(cast.viewer("other_worker"), row.pk)


def test_a_transfer_is_blocked_without_consent_unless_overridden_and_then_reviewed(cast, add):
    mira, worker = add("Mira", "Perić"), cast.viewer("worker")
    day = dt.date(2026, 1, 2)
    state_basis(by=worker, person_id=mira.pk, purpose="referral", basis="public_task", given_on=day)
    sent(cast, mira, agreed=False)  # a referral may rest on it
    blocked = made(cast, mira, kind="transfer", agreed=False)
    with pytest.raises(Refused):
        actions.send_referral(by=worker, referral_id=blocked.pk, version=1)
    row = sent(cast, mira, kind="transfer", agreed=False, override="her flat burned down")
    assert row.overridden_by_id == worker.account_id
    there = actions.open_referral(by=cast.viewer("other_worker"), referral_id=row.pk)
    assert "override" not in there.content and "burned" not in str(there.content)
    entry = TrailEntry.objects.filter(event="referral.sent", subject_id=str(row.pk)).get()
    assert entry.detail["overridden"] is True and "burned" not in str(entry.detail)
    assert Notice.objects.filter(account=cast.accounts["supervisor"]).exists()
    with pytest.raises(NotAllowed):
        actions.review_override(by=worker, referral_id=row.pk)
    assert actions.review_override(by=cast.viewer("supervisor"), referral_id=row.pk).reviewed_at


def test_consent_to_disclose_is_asked_of_all_but_survivors_of_violence(cast, ana):
    with pytest.raises(Refused):
        sent(cast, ana, agreed=False)
    line = _line(cast, "violence")
    vera = register_person(
        by=cast.viewer("operator"), organisation_id=cast.niksic.pk, identity={"given": "Vera"}, programme_id=line.pk
    )
    consent(cast, vera, "operator")
    assert sent(cast, vera, "operator", agreed=False).state == "in_progress"


def test_urgent_child_protection_goes_and_what_is_missing_waits(cast, add):
    child = add("Luka", "Ilić", birth_year=timezone.localdate().year - 9)
    told = {"agreed": False, "child_protection": True, "informed": False, "services": [], "need": ""}
    slow = made(cast, child, **told)
    with pytest.raises(Refused):
        actions.send_referral(by=cast.viewer("worker"), referral_id=slow.pk, version=1)
    row = sent(cast, child, priority="emergency", **told)
    assert set(row.missing) == {"basis", "caregiver", "need", "services"}
    assert row.overridden_by_id  # a supervisor reads it
    assert Disclosure.objects.get().basis == "vital_interests"
    actions.finish_step(by=cast.viewer("worker"), referral_id=row.pk, step="caregiver")
    assert "caregiver" not in Referral.objects.get(pk=row.pk).missing
    with pytest.raises(Refused):
        made(cast, add("Old", "Man", birth_year=1950), child_protection=True)


def test_a_draft_is_changed_and_thrown_away_what_was_sent_is_not(cast, ana):
    worker, row = cast.viewer("worker"), made(cast, ana)
    changed = actions.change_referral(
        by=worker, referral_id=row.pk, version=1, kind="referral", priority="emergency", **(TOLD | {"text": "new"})
    )
    with pytest.raises(Conflict):
        actions.send_referral(by=worker, referral_id=row.pk, version=1)
    actions.send_referral(by=worker, referral_id=row.pk, version=changed.version)
    assert actions.open_referral(by=cast.viewer("other_worker"), referral_id=row.pk).content["text"] == "new"
    with pytest.raises(Refused):
        actions.change_referral(by=worker, referral_id=row.pk, version=3, kind="referral", priority="normal", **TOLD)
    with pytest.raises(Refused):
        actions.discard_referral(by=worker, referral_id=row.pk)
    other = made(cast, ana)
    actions.discard_referral(by=worker, referral_id=other.pk)
    assert not Referral.objects.filter(pk=other.pk).exists()


def test_a_colleague_is_given_a_person_inside_the_house(cast, add):
    manager = cast.accounts["manager"]
    row = sent(cast, add("Mira", "Perić"), to={"account": manager.pk})
    assert (row.kind, row.sent_to) == ("assignment", SentTo.COLLEAGUE)
    assert actions.accept_referral(by=cast.viewer("manager"), referral_id=row.pk).state == "accepted"
    with pytest.raises(NotFound):
        actions.accept_referral(by=cast.viewer("other_worker"), referral_id=row.pk)
    for wrong in (cast.accounts["worker"].pk, cast.accounts["officer"].pk, cast.accounts["other_worker"].pk):
        with pytest.raises(Refused):
            made(cast, add("Iva", "Perić"), to={"account": wrong})


# --- Sealed programmes ------------------------------------------------------------------------------


def _line(cast, kind, organisation=None, coordinator="coordinator", worker="operator"):
    organisation = organisation or cast.niksic
    by = cast.viewer(coordinator)
    line = add_programme(by=by, organisation_id=organisation.pk, name=f"Line {kind}", kind=kind)
    name_worker(by=by, programme_id=line.pk, email=f"{worker}@example.org")
    return line


def _vera(cast):
    line = _line(cast, "violence")
    vera = register_person(
        by=cast.viewer("operator"), organisation_id=cast.niksic.pk, identity={"given": "Vera"}, programme_id=line.pk
    )
    consent(cast, vera, "operator")
    return vera


def test_what_comes_from_a_sealed_programme_is_in_no_general_inbox(cast, ana):
    vera = _vera(cast)
    row = sent(cast, vera, "operator")
    for name in ("worker", "manager", "coordinator", "other_worker"):
        with pytest.raises(NotFound):
            queries.referral(cast.viewer(name), row.pk)
    assert row.pk not in [each.pk for each in queries.sent(cast.viewer("coordinator"), cast.niksic)]
    assert queries.received(cast.viewer("other_worker"), cast.nis) == []
    with pytest.raises(NotFound):
        made(cast, vera, "worker")
    # Nobody in Niš is named for such a programme yet: it lies with who approves cases, who puts it into one.
    boss = cast.viewer("other_coordinator")
    assert [each.pk for each in queries.received(boss, cast.nis)] == [row.pk]
    assert not Notice.objects.filter(account=cast.accounts["other_worker"]).exists()
    line = _line(cast, "violence", cast.nis, "other_coordinator", "other_worker")
    with pytest.raises(NotFound):
        actions.place_referral(by=boss, referral_id=row.pk, programme_id=line.pk)  # not named for it herself
    name_worker(by=boss, programme_id=line.pk, email="other_coordinator@example.org")
    actions.place_referral(by=boss, referral_id=row.pk, programme_id=line.pk)
    actions.accept_referral(by=cast.viewer("other_worker"), referral_id=row.pk)
    hers = actions.register_from_referral(by=cast.viewer("other_worker"), referral_id=row.pk)
    assert Person.objects.get(pk=hers.pk).programme_id == line.pk


def test_a_sealed_programme_there_takes_it_in_at_once(cast):
    _line(cast, "violence", cast.nis, "other_coordinator", "other_worker")
    row = sent(cast, _vera(cast), "operator")
    with pytest.raises(NotFound):
        queries.referral(cast.viewer("other_coordinator"), row.pk)
    assert actions.open_referral(by=cast.viewer("other_worker"), referral_id=row.pk).content["reason"]
    told = Notice.objects.filter(path__contains=str(row.pk)).values_list("account__name", flat=True)
    assert set(told) == {"Other Worker"}
    assert queries.how_it_went(cast.viewer("coordinator"), cast.niksic, dt.date(2020, 1, 1)) == []


def test_who_is_sealed_after_sending_leaves_every_general_place_of_the_sender_at_once(cast, ana):
    rows = [sent(cast, ana, follows_id=None) for _ in range(5)]
    given = sent(cast, ana, to={"account": cast.accounts["manager"].pk})
    there, since = cast.viewer("other_worker"), dt.date(2020, 1, 1)
    actions.ask_about_referral(by=there, referral_id=rows[0].pk, text="When?")
    assert queries.how_it_went(cast.viewer("coordinator"), cast.niksic, since)[0].n == 5
    assert cast.nis.pk in queries.experience(cast.viewer("worker"), cast.niksic, since)
    line = _line(cast, "violence", worker="worker")
    seal_person(by=cast.viewer("worker"), person_id=ana.pk, programme_id=line.pk)
    _react("person.sealed", ana)
    for name in ("manager", "supervisor", "coordinator"):
        by = cast.viewer(name)
        assert queries.sent(by, cast.niksic) == [] and queries.received(by, cast.niksic) == []
        assert not Notice.objects.filter(account=cast.accounts[name], path__contains="/referrals/").exists()
        for row in (rows[0], given):
            with pytest.raises(NotFound):
                queries.referral(by, row.pk)
    assert queries.how_it_went(cast.viewer("coordinator"), cast.niksic, since) == []
    assert queries.experience(cast.viewer("worker"), cast.niksic, since) == {}
    assert len(queries.sent(cast.viewer("worker"), cast.niksic)) == 6  # named for it
    assert Notice.objects.filter(account=cast.accounts["worker"], path__contains=str(rows[0].pk)).exists()
    # What reached Niš is Niš's own; what it says, and what the clock says, is heard by those named alone.
    assert len(queries.received(there, cast.nis)) == 5
    Notice.objects.all().delete()
    actions.accept_referral(by=there, referral_id=rows[0].pk)
    actions.look_after_referrals(by=CLOCK, now=timezone.now() + dt.timedelta(days=60))
    assert {name for name in ("manager", "supervisor", "coordinator", "worker") if _told(cast, name)} == {"worker"}


def _told(cast, name):
    return Notice.objects.filter(account=cast.accounts[name]).exists()


def _react(event, person):
    """What config.reactions does after such an entry."""
    from config.reactions import ON_EVENT

    entry = TrailEntry.objects.filter(event=event, subject_id=str(person.pk)).latest("number")
    for react in ON_EVENT[event]:
        react(entry)


def test_what_was_sealed_by_who_made_it_no_more_is_heard_by_those_named(cast, ana):
    row = sent(cast, ana)
    line = _line(cast, "violence")
    name_worker(by=cast.viewer("coordinator"), programme_id=line.pk, email="manager@example.org")
    seal_person(by=cast.viewer("manager"), person_id=ana.pk, programme_id=line.pk)
    actions.accept_referral(by=cast.viewer("other_worker"), referral_id=row.pk)
    told = Notice.objects.filter(path__contains=str(row.pk), title__contains="accepted")
    assert set(told.values_list("account__name", flat=True)) == {"Operator", "Manager"}
    with pytest.raises(NotFound):
        actions.revoke_referral(by=cast.viewer("worker"), referral_id=row.pk)


def test_sealed_at_the_receiver_its_copy_goes_under_the_seal_there(cast, ana):
    row, there, boss = sent(cast, ana, priority="emergency"), cast.viewer("other_worker"), "other_coordinator"
    actions.accept_referral(by=there, referral_id=row.pk)
    hers = actions.register_from_referral(by=there, referral_id=row.pk)
    line = _line(cast, "violence", cast.nis, boss, "other_worker")
    seal_person(by=there, person_id=hers.pk, programme_id=line.pk)
    _react("person.sealed", hers)
    assert queries.received(cast.viewer(boss), cast.nis) == []
    assert not _told(cast, boss)
    with pytest.raises(NotFound):
        actions.open_referral(by=cast.viewer(boss), referral_id=row.pk)
    actions.look_after_referrals(by=CLOCK, now=row.sent_at + dt.timedelta(days=9))
    assert not _told(cast, boss) and _told(cast, "other_worker")
    assert actions.open_referral(by=there, referral_id=row.pk).content["reason"]
    assert queries.sent(cast.viewer("supervisor"), cast.niksic) == [row]  # the sender's own is as it was


# --- From a case, and of a child --------------------------------------------------------------------


def _case(cast, person):
    by = cast.viewer("manager")
    case = open_case(by=by, person_id=person.pk, basis="consent", how="spoken")
    add_goal(by=by, case_id=case.pk, text="A flat of her own")
    add_step(by=by, case_id=case.pk, text="Call the housing office")
    return case


def test_an_accepted_transfer_ends_the_case_it_was_made_from(cast, ana, add):
    case = _case(cast, ana)
    row = sent(cast, ana, "manager", case_id=case.pk, kind="transfer")
    actions.reject_referral(by=cast.viewer("other_worker"), referral_id=row.pk, reason="other")
    case.refresh_from_db()
    assert case.state == "open"
    row = sent(cast, ana, "manager", case_id=case.pk, kind="transfer")
    opened = actions.open_referral(by=cast.viewer("other_worker"), referral_id=row.pk)
    assert opened.content["plan"] == {} and "flat" not in str(opened.content)  # nobody chose to send it
    actions.accept_referral(by=cast.viewer("other_worker"), referral_id=row.pk)
    case.refresh_from_db()
    assert (case.state, case.reason, case.changed_by) == ("closed", "transferred", None)
    with pytest.raises(NotFound):
        made(cast, add("Iva", "Perić"), case_id=case.pk)  # another's case


def test_a_referral_leaves_the_case_open_and_a_guest_ends_it_like_anybody(cast, ana):
    case = _case(cast, ana)
    actions.accept_referral(by=cast.viewer("other_worker"), referral_id=sent(cast, ana, "manager", case_id=case.pk).pk)
    assert Case.objects.get().state == "open"
    row = sent(cast, ana, "manager", case_id=case.pk, kind="transfer", to=OUTSIDE)
    actions.note_answer(by=cast.viewer("manager"), referral_id=row.pk, answer="done")
    assert Case.objects.get().state == "closed"


def test_the_plan_of_a_case_goes_only_when_chosen_and_with_her_consent(cast, add):
    mira, worker, there = add("Mira", "Perić"), cast.viewer("worker"), cast.viewer("other_worker")
    case = _case(cast, mira)
    more = {"case_id": case.pk, "plan": True}
    row = sent(cast, mira, "manager", **more)
    told = actions.open_referral(by=there, referral_id=row.pk).content
    assert told["plan"] == {"goals": ["A flat of her own"], "steps": ["Call the housing office"]}
    assert set(ConsentRecord.objects.get().categories) == {"name", "situation", "needs", "help_received"}
    assert "case" not in told and case.code not in str(told)
    petra = add("Petra", "Perić")
    case = _case(cast, petra)
    day = dt.date(2026, 1, 2)
    state_basis(by=worker, person_id=petra.pk, purpose="referral", basis="public_task", given_on=day)
    row = sent(cast, petra, "manager", case_id=case.pk, plan=True, agreed=False)
    assert actions.open_referral(by=there, referral_id=row.pk).content["plan"] == {}
    assert actions.open_referral(by=cast.viewer("manager"), referral_id=row.pk).content["plan"] == {}


def test_a_guardian_who_may_be_the_danger_is_on_no_form_no_side_and_no_link(cast, add):
    child, manager = add("Luka", "Ilić", birth_year=timezone.localdate().year - 9), cast.viewer("manager")
    uncle = add_guardian(by=manager, person_id=child.pk, kind="relative", name="Zoran Ilić", relation="uncle")
    more = {"child_protection": True, "priority": "emergency", "guardian_id": str(uncle.pk), "how": "guardian"}
    row, link = sent(cast, child, **more), sent(cast, child, to=OUTSIDE, **more)
    draft = made(cast, child, **more)
    given = actions.make_guest_link(by=cast.viewer("worker"), referral_id=link.pk)
    token, there = given.path.split("/")[2], cast.viewer("other_worker")
    assert actions.open_referral(by=there, referral_id=row.pk).content["caregiver"] == "Zoran Ilić, uncle"
    page = actions.open_as_guest(by=VISITOR, token=token, code=given.code)
    assert page.content["caregiver"]
    assert "guardian" in set(ConsentRecord.objects.values_list("how", flat=True))
    flag_guardian(by=manager, guardianship_id=uncle.pk, reason="he hits the child")
    for viewer, which in ((there, row), (cast.viewer("worker"), row), (cast.viewer("worker"), draft)):
        assert "Zoran" not in str(actions.open_referral(by=viewer, referral_id=which.pk).content)
    assert "Zoran" not in str(actions.open_as_guest(by=VISITOR, token=token, code=page.code).content)
    with pytest.raises(Refused):
        made(cast, child, **more)
    actions.send_referral(by=cast.viewer("worker"), referral_id=draft.pk, version=1)
    assert "Zoran" not in str(actions.open_referral(by=there, referral_id=draft.pk).content)


# --- By link, without an account --------------------------------------------------------------------


def test_a_link_and_a_code_show_exactly_what_was_told_once(cast, ana):
    row = sent(cast, ana, to=OUTSIDE)
    given = actions.make_guest_link(by=cast.viewer("worker"), referral_id=row.pk)
    token = given.path.split("/")[2]
    assert actions.open_as_guest(by=VISITOR, token=token, code="0000 0000").wrong
    page = actions.open_as_guest(by=VISITOR, token=token, code=given.code)
    assert page.fresh and page.content["identity"] == {"given": "Ana", "family": "Kovač"}
    assert "Trebjeska" not in str(page.content) and "outside" not in page.content
    assert actions.open_as_guest(by=VISITOR, token=token, code=given.code).wrong  # it worked once
    again = actions.open_as_guest(by=VISITOR, token=token, code=page.code)
    assert not again.fresh and again.content == page.content
    guest = ReferralGuest.objects.get()
    assert len(guest.seen) == 2 and guest.opened_at
    assert token not in str(vars(guest)) and page.code.replace(" ", "") not in str(vars(guest))


def test_a_guest_asks_back_and_is_answered_each_in_their_own_language(
    cast, ana, mailoutbox, settings, django_capture_on_commit_callbacks
):
    settings.HAS_MAIL = True
    row = sent(cast, ana, to=OUTSIDE)
    worker = cast.viewer("worker")
    given = actions.make_guest_link(by=worker, referral_id=row.pk)
    here = {"by": VISITOR, "token": given.path.split("/")[2]}
    asked = actions.ask_as_guest(**here, code=given.code, ask=["papers"], text="Iz koje zemlje?")
    code = asked.page.code
    with override("sr"):
        (said,) = actions.open_referral(by=worker, referral_id=row.pk).said
        assert said.from_receiver and said.text == f"{gettext(QUESTIONS['papers'])} Iz koje zemlje?"
    assert TrailEntry.objects.filter(subject_id=row.pk, event="referral.asked_by_link").count() == 1
    assert Notice.objects.filter(account=cast.accounts["worker"], title__contains="question").count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        actions.ask_about_referral(by=worker, referral_id=row.pk, text="A passport only.", mail=True)
    assert "passport" not in mailoutbox[-1].body and here["token"] in mailoutbox[-1].body
    with override("bs"):
        told = actions.open_as_guest(**here, code=code).said
    assert [each.from_receiver for each in told] == [True, False] and told[1].text == "A passport only."
    assert b"passport" not in b"".join(bytes(each.text) for each in ReferralMessage.objects.all())
    for wrong in ({"ask": []}, {"ask": ["nope"]}, {"text": "x" * 1001}):
        assert actions.ask_as_guest(**here, code=code, **wrong).refused
    assert actions.ask_as_guest(**here, code="1111 1111", text="Who is she?").page.wrong
    assert ReferralMessage.objects.count() == 2
    for _ in range(GUEST_QUESTIONS - 1):
        assert not actions.ask_as_guest(**here, code=code, ask=["when"]).refused
    assert actions.ask_as_guest(**here, code=code, ask=["when"]).refused
    end_basis(by=worker, person_id=ana.pk, purpose="referral", ended_on=timezone.localdate())
    page = actions.open_as_guest(**here, code=code)
    assert page.over or not page.said  # with what was told, what was asked is gone too


def test_a_guest_answers_and_says_that_it_was_given(cast, ana):
    row = sent(cast, ana, to=OUTSIDE)
    given = actions.make_guest_link(by=cast.viewer("worker"), referral_id=row.pk)
    token = given.path.split("/")[2]
    done = actions.answer_as_guest(by=VISITOR, token=token, code=given.code, answer="accepted")
    assert done.refused is None
    refused = actions.answer_as_guest(by=VISITOR, token=token, code=done.page.code, answer="not_done")
    assert refused.refused is not None
    actions.answer_as_guest(by=VISITOR, token=token, code=done.page.code, answer="done")
    row.refresh_from_db()
    assert (row.state, row.successful, row.told_by) == ("done", True, "link")


def test_five_wrong_codes_close_a_link(cast, ana):
    row = sent(cast, ana, to=OUTSIDE)
    given = actions.make_guest_link(by=cast.viewer("worker"), referral_id=row.pk)
    token = given.path.split("/")[2]
    for _ in range(5):
        assert actions.open_as_guest(by=VISITOR, token=token, code="1234 5678").wrong
    assert actions.open_as_guest(by=VISITOR, token=token, code=given.code).over
    assert bytes(ReferralGuest.objects.get().content) == b""


def test_a_link_shows_nothing_once_it_is_over_revoked_replaced_or_never_was(cast, ana):
    worker, row = cast.viewer("worker"), sent(cast, ana, to=OUTSIDE)
    first = actions.make_guest_link(by=worker, referral_id=row.pk)
    second = actions.make_guest_link(by=worker, referral_id=row.pk)

    def over(given):
        return actions.open_as_guest(by=VISITOR, token=given.path.split("/")[2], code=given.code).over

    assert over(first)
    ReferralGuest.objects.filter(closed_at=None).update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    assert over(second)
    actions.look_after_referrals(by=CLOCK)
    assert all(bytes(guest.content) == b"" for guest in ReferralGuest.objects.all())
    third = actions.make_guest_link(by=worker, referral_id=row.pk)
    actions.revoke_referral(by=worker, referral_id=row.pk)
    assert over(third)
    assert actions.open_as_guest(by=VISITOR, token="x" * 43, code="1").over
    with pytest.raises(Refused):
        actions.make_guest_link(by=worker, referral_id=row.pk)


def test_what_was_told_by_phone_is_noted_and_is_no_confirmation(cast, ana):
    row = sent(cast, ana, to=OUTSIDE)
    actions.note_answer(by=cast.viewer("worker"), referral_id=row.pk, answer="done")
    row.refresh_from_db()
    assert (row.state, row.told_by) == ("done", "sender")
    inside = sent(cast, ana)
    with pytest.raises(Refused):
        actions.note_answer(by=cast.viewer("worker"), referral_id=inside.pk, answer="done")


def test_a_mail_names_nobody(cast, ana, mailoutbox, settings, django_capture_on_commit_callbacks):
    settings.HAS_MAIL = True
    with django_capture_on_commit_callbacks(execute=True):
        row = sent(cast, ana, to=OUTSIDE)
        given = actions.make_guest_link(by=cast.viewer("worker"), referral_id=row.pk, mail=True)
        sent(cast, ana)
    text = "".join(f"{mail.subject}{mail.body}" for mail in mailoutbox)
    assert given.path in text and given.code not in text
    for secret in ("Ana", "Kovač", ana.code, "warm room", "Nikšić", "shelter"):
        assert secret not in text


# --- By the clock, and afterwards -------------------------------------------------------------------


def test_reminders_and_escalation_go_out_once_a_step(cast, ana):
    row = sent(cast, ana, priority="emergency")
    Notice.objects.all().delete()

    def told(hours):
        actions.look_after_referrals(by=CLOCK, now=row.sent_at + dt.timedelta(hours=hours))
        names = set(Notice.objects.values_list("account__name", flat=True))
        Notice.objects.all().delete()
        return names

    assert told(6) == set()
    assert told(13) == {"Other Coordinator"}
    assert told(14) == set()
    assert told(25) == {"Other Coordinator", "Worker"}
    assert told(37) == {"Other Coordinator", "Worker", "Supervisor", "Coordinator"}
    assert told(100) == set()
    actions.accept_referral(by=cast.viewer("other_worker"), referral_id=row.pk)
    assert queries.overdue(Referral.objects.get(pk=row.pk), timezone.now() + dt.timedelta(hours=25))


def test_an_erased_person_is_in_no_copy_that_was_not_accepted(cast, ana):
    row = sent(cast, ana)
    link = sent(cast, ana, to=OUTSIDE)
    actions.make_guest_link(by=cast.viewer("worker"), referral_id=link.pk)
    erase_person(by=cast.viewer("coordinator"), person_id=ana.pk, reason="asked for it")
    assert bytes(ReferralGuest.objects.get().content) == b""
    actions.withdraw_referrals(by=CLOCK, person_id=ana.pk)
    assert bytes(ReferralCopy.objects.get(referral=row).content) == b""
    assert bytes(Referral.objects.get(pk=row.pk).content) == b""
    assert actions.open_referral(by=cast.viewer("other_worker"), referral_id=row.pk).content == {}


def test_a_house_where_nobody_signs_in_is_asked_by_link(cast, ana):
    RoleGrant.objects.filter(organisation=cast.nis, role__in=[Role.FIELD_WORKER, Role.ORGANISATION_COORDINATOR]).update(
        until=timezone.now()
    )
    with pytest.raises(Refused):
        made(cast, ana)


def test_measures_hide_what_few_went():
    def went(n, way, **more):
        return [Went(pathway=(way,), **more) for _ in range(n)]

    few, many = measure(
        [
            *went(4, "few", to_answer=1.0, within=24),
            *went(5, "many", to_answer=10.0, within=24, state="done", closed=True, confirmed=True, to_service=30.0),
            *went(4, "many", to_answer=50.0, within=24, state="rejected", closed=True, wrong=True),
            *went(1, "many", within=24),
        ]
    )[::-1]
    assert (few.n, few.enough, few.hours_to_answer) == (4, False, None)
    assert (many.n, many.answered, many.hours_to_answer, many.hours_to_service) == (10, 9, 10.0, 30.0)
    assert many.in_time == 0.5
    assert many.accurate == pytest.approx(5 / 9)
    assert many.effective == pytest.approx(5 / 9)


def test_no_table_of_ours_shows_a_name_in_the_open(cast, ana):
    row = sent(cast, ana, to=OUTSIDE)
    actions.make_guest_link(by=cast.viewer("worker"), referral_id=row.pk)
    actions.ask_about_referral(by=cast.viewer("other_worker"), referral_id=sent(cast, ana).pk, text="Kovač, which?")
    for model in (Referral, ReferralCopy, ReferralGuest, ReferralMessage, TrailEntry, Notice):
        for values in model.objects.values():
            text = str(values) + "".join(bytes(v).decode("latin-1") for v in values.values() if isinstance(v, bytes))
            for secret in ("Kovač", "Trebjeska", "warm room", "Laktaši", "prijem@"):
                assert secret not in text, (model, secret)
