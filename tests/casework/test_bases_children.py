"""Children: who is asked, guardians, the one who may be the danger; decisions and disclosures, looked at by two."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from config.reactions import CLOCK
from duga.casework import actions, queries, rules
from duga.casework.models import Guardianship
from duga.casework.rules import Asked, Receiver
from duga.plain.errors import NotFound, Refused

TODAY = timezone.localdate
FATHER = "Milorad Opasnić"
PHONE = "+382 69 555 010"
REASON = "She told that he beats her"


@pytest.fixture
def child(add, area):
    """Ten years old, of Nikšić."""
    return add("Lana", "Babić", birth_date=f"{TODAY().year - 10}-01-01")


@pytest.fixture
def guardian(cast, child):
    """`guardian()` adds her father; any field may be said otherwise."""

    def one(by="worker", **more):
        told = {"kind": "parent", "name": FATHER, "phone": PHONE} | more
        return actions.add_guardian(by=cast.viewer(by), person_id=child.pk, **told)

    return one


def consent(cast, child, **more):
    return actions.take_consent(by=cast.viewer("worker"), person_id=child.pk, purposes=["communication"], **more)


# --- Who is asked -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "country, age, asked",
    [
        ("RS", 15, Asked.PERSON), ("RS", 14, Asked.ASSENT), ("RS", 5, Asked.GUARDIAN), ("HR", 15, Asked.ASSENT),
        ("ME", 17, Asked.ASSENT), ("MK", 14, Asked.PERSON), ("RS", None, Asked.UNKNOWN), ("FR", 17, Asked.ASSENT),
    ],
)  # fmt: skip
def test_who_answers_at_which_age(country, age, asked):
    assert rules.who_is_asked(country, age) == asked


def test_a_guardian_agrees_and_the_child_is_asked_too(cast, child, guardian):
    with pytest.raises(Refused, match="10: a guardian agrees"):
        consent(cast, child)
    with pytest.raises(Refused, match="Choose which guardian"):
        consent(cast, child, how="guardian")
    father = guardian()
    with pytest.raises(Refused, match="a guardian agrees"):  # a guardian can be asked: the child is not left alone
        consent(cast, child, how="assent")
    with pytest.raises(Refused, match="what the child says"):
        consent(cast, child, how="guardian", guardianship_id=father.pk)
    with pytest.raises(Refused, match="The child says no"):
        consent(cast, child, how="guardian", guardianship_id=father.pk, with_assent="no")
    consent(cast, child, how="guardian", guardianship_id=father.pk, with_assent="yes")
    assert queries.may_use(cast.viewer("worker"), child.pk, "communication").allowed
    consent(cast, child, given=False)  # a no of her own always stands
    assert not queries.may_use(cast.viewer("worker"), child.pk, "communication").allowed


def test_without_a_guardian_the_child_is_asked_alone_and_nothing_waits(cast, child):
    actions.add_guardian(by=cast.viewer("worker"), person_id=child.pk, kind="none")
    consent(cast, child, how="assent")
    use = queries.may_use(cast.viewer("worker"), child.pk, "referral", Receiver("named", "Centar"), urgent=True)
    assert use.allowed and use.basis == "vital_interests"


def test_another_childs_guardian_is_no_guardian(cast, child, guardian, add):
    other = add("Petra", "Babić", birth_year=TODAY().year - 9)
    with pytest.raises(NotFound):
        consent(cast, other, how="guardian", guardianship_id=guardian().pk)


# --- The guardian may be the danger -------------------------------------------------------------------


def test_a_guardian_who_may_be_the_danger_is_out_of_everything(cast, child, guardian):
    father, worker, manager = guardian(), cast.viewer("worker"), cast.viewer("manager")
    [row] = consent(cast, child, how="guardian", guardianship_id=father.pk, with_assent="yes")
    assert [each.details["name"] for each in actions.open_guardians(by=worker, person_id=child.pk)] == [FATHER]
    actions.flag_guardian(by=worker, guardianship_id=father.pk, reason=REASON)
    # No contact for anybody, not even for who follows the case.
    assert queries.guardians_for(worker, child.pk) == queries.guardians_for(manager, child.pk) == []
    assert actions.open_guardians(by=worker, person_id=child.pk) == []
    # What he agreed to counts no more, and he is asked for nothing.
    use = queries.may_use(worker, child.pk, "communication")
    assert not use.allowed and "may be the danger" in use.why
    with pytest.raises(Refused, match="never asked"):
        consent(cast, child, how="guardian", guardianship_id=father.pk)
    # The child may now answer alone.
    consent(cast, child, how="assent")
    # Only who follows the case sees him, and why; only a supervisor ends the warning.
    with pytest.raises(Refused):
        actions.open_guardians(by=worker, person_id=child.pk, all_=True)
    with pytest.raises(NotFound):
        actions.end_guardian(by=worker, guardianship_id=father.pk)
    [opened] = actions.open_guardians(by=manager, person_id=child.pk, all_=True)
    assert opened.conflict == REASON and opened.details["phone"] == PHONE
    with pytest.raises(Refused):
        actions.clear_guardian(by=manager, guardianship_id=father.pk)
    # No export tells of him: neither the record in ISO terms nor the organisation's own tables.
    assert FATHER not in json.dumps(actions.export_consent(by=worker, consent_id=row.pk))
    export = actions.export_everything(by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk)
    assert FATHER not in str({name: list(rows) for name, _columns, rows in export})
    actions.clear_guardian(by=cast.viewer("supervisor"), guardianship_id=father.pk)
    assert [each.pk for each in queries.guardians_for(worker, child.pk)] == [father.pk]


def test_nothing_of_a_guardian_lies_open_in_the_database(cast, child, guardian):
    actions.flag_guardian(by=cast.viewer("worker"), guardianship_id=guardian().pk, reason=REASON)
    [row] = Guardianship.objects.filter(person=child).values()
    assert "Opasnić" not in str({name: value for name, value in row.items() if not isinstance(value, memoryview)})
    for name in ("details", "conflict"):
        assert b"Opasni" not in bytes(row[name]) and b"beats" not in bytes(row[name])


# --- Best interests -----------------------------------------------------------------------------------


def propose(cast, child, by="manager", **more):
    told = {"question": "Where to sleep?", "decision": "Shelter", "reasons": REASON} | more
    told.setdefault("review_on", TODAY() + dt.timedelta(days=30))
    return actions.propose_decision(by=cast.viewer(by), person_id=child.pk, **told)


def test_two_decide_and_one_of_them_may_approve(cast, child):
    row = propose(cast, child)
    with pytest.raises(Refused):
        propose(cast, child, by="worker")
    with pytest.raises(Refused, match="within a year"):
        propose(cast, child, review_on=TODAY())
    for name in ("manager", "worker"):
        with pytest.raises(Refused):
            actions.approve_decision(by=cast.viewer(name), decision_id=row.pk)
    done = actions.approve_decision(by=cast.viewer("supervisor"), decision_id=row.pk)
    assert done.decided_on == TODAY()
    with pytest.raises(Refused, match="taken already"):
        actions.approve_decision(by=cast.viewer("coordinator"), decision_id=row.pk)
    own = propose(cast, child, by="supervisor")
    with pytest.raises(Refused, match="Someone else decides"):
        actions.approve_decision(by=cast.viewer("supervisor"), decision_id=own.pk)
    assert actions.open_decision(by=cast.viewer("manager"), decision_id=row.pk)[1]["reasons"] == REASON
    with pytest.raises(Refused):
        actions.open_decision(by=cast.viewer("worker"), decision_id=row.pk)
    with pytest.raises(NotFound):
        actions.open_decision(by=cast.viewer("other_coordinator"), decision_id=row.pk)


# --- Disclosures --------------------------------------------------------------------------------------


def disclose(cast, child, by="worker", **more):
    told = {"basis": "vital_interests", "categories": ["name", "needs"], "reason": REASON} | more
    told.setdefault("recipient", Receiver("named", "Policija Nikšić"))
    return actions.disclose(by=cast.viewer(by), person_id=child.pk, **told)


def test_what_was_told_without_consent_is_written_down_and_reviewed_by_another(cast, child):
    row = disclose(cast, child)
    assert row.review_due == TODAY() + dt.timedelta(days=14)
    for refused, match in (
        ({"basis": "consent"}, "no basis"), ({"basis": "legal_duty"}, "law and article"), ({"reason": " "}, "Say why"),
        ({"categories": []}, "Choose what is told"), ({"categories": ["everything"]}, "Choose what is told"),
        ({"told_on": TODAY() + dt.timedelta(days=1)}, "told already"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=match):
            disclose(cast, child, **refused)
    disclose(cast, child, by="manager", basis="legal_duty", duty="Porodični zakon, član 263")
    told = queries.to_review(cast.viewer("supervisor"), cast.niksic)[0]
    assert len(told) == 2
    with pytest.raises(Refused, match="law|role|allow"):
        actions.review_disclosure(by=cast.viewer("worker"), disclosure_id=row.pk, outcome="justified")
    with pytest.raises(Refused, match="what has to change"):
        actions.review_disclosure(by=cast.viewer("supervisor"), disclosure_id=row.pk, outcome="too_much")
    actions.review_disclosure(
        by=cast.viewer("supervisor"), disclosure_id=row.pk, outcome="too_much", note="Her school was not needed"
    )
    with pytest.raises(Refused, match="already"):
        actions.review_disclosure(by=cast.viewer("coordinator"), disclosure_id=row.pk, outcome="justified")
    own = disclose(cast, child, by="supervisor")
    with pytest.raises(Refused, match="Somebody else"):
        actions.review_disclosure(by=cast.viewer("supervisor"), disclosure_id=own.pk, outcome="justified")
    row, words = actions.open_disclosure(by=cast.viewer("manager"), disclosure_id=row.pk)
    assert words["reason"] == REASON and words["receiver_name"] == "Policija Nikšić"


def test_the_clock_reminds_who_may_review_and_says_nothing_of_whom(cast, child, shelter, mailoutbox):
    from duga.members.models import Notice

    disclose(cast, child)
    hidden = actions.register_person(
        by=cast.viewer("operator"), organisation_id=cast.niksic.pk, identity={}, programme_id=shelter.pk
    )
    disclose(cast, hidden, by="operator")
    when = TODAY() + dt.timedelta(days=12)
    told = actions.remind_reviews(by=CLOCK, today=when)
    assert actions.remind_reviews(by=CLOCK, today=when) == 0  # once a day
    by_mail = {name: cast.accounts[name].pk for name in ("supervisor", "coordinator", "operator", "worker")}
    notices = {row.account_id: row for row in Notice.objects.all()}
    # The operator decided the sealed one herself and is alone there: nobody else may know of it.
    assert told == 2 and set(notices) == {by_mail["supervisor"], by_mail["coordinator"]}
    assert all(row.params["disclosures"] == "1" for row in notices.values())
    text = " ".join(f"{row.title} {row.text} {row.params} {row.path}" for row in notices.values())
    text += " ".join(f"{mail.subject} {mail.body}" for mail in mailoutbox)
    for word in ("Lana", "Babić", child.code, hidden.code, "Safe house", "Policija", REASON, str(child.pk)):
        assert word not in text
    with pytest.raises(NotFound):
        actions.remind_reviews(by=cast.viewer("supervisor"))


def test_sealed_and_foreign_disclosures_are_not_there(cast, child, shelter):
    row = disclose(cast, child)
    with pytest.raises(NotFound):
        queries.disclosure(cast.viewer("other_coordinator"), row.pk)
    actions.seal_person(by=cast.viewer("operator"), person_id=child.pk, programme_id=shelter.pk)
    for name in ("manager", "supervisor", "coordinator"):
        with pytest.raises(NotFound):
            queries.disclosure(cast.viewer(name), row.pk)
        assert queries.to_review(cast.viewer(name), cast.niksic)[0] == []
    assert queries.disclosure(cast.viewer("operator"), row.pk).pk == row.pk


def test_erasing_her_leaves_the_days_and_deciders_and_nothing_that_names(cast, child, guardian):
    row, father, plan = disclose(cast, child), guardian(), propose(cast, child)
    actions.flag_guardian(by=cast.viewer("worker"), guardianship_id=father.pk, reason=REASON)
    actions.erase_person(by=cast.viewer("coordinator"), person_id=child.pk, reason="asked")
    for each in (row, father, plan):
        each.refresh_from_db()
    assert row.basis == "vital_interests" and row.decided_by_id and row.categories == ["name", "needs"]
    assert not any((row.reason, row.receiver_name, row.receiver_mark, father.details, father.conflict, plan.content))
