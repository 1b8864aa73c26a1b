"""A person's copy of her own data: every table that leads to her stands in it, or is excused with a reason."""

import datetime as dt
import json

import pytest
from django.apps import apps
from django.utils import timezone

from duga.casework import actions, models, queries
from duga.casework.actions import referrals
from duga.casework.actions.accountability.copying import PARTS, Words
from duga.casework.models import BreakGlass, Person, RequestStep
from duga.casework.rules import Receiver
from duga.casework.rules.accountability import READS
from duga.casework.rules.copying import OPENED_LABELS
from duga.plain.errors import NotAllowed, NotFound
from tests.casework.helpline import SAFE, make_line, take
from tests.plain.test_attached import pdf

DAY = dt.date(2026, 3, 4)

#: Tables that lead to a person and stand in no copy, with the reason.
EXCUSED = {
    models.PersonToken: "keyed hashes of her name: they tell nothing that her record does not",
    models.CaseWorker: "who of the staff works in her case is the staff's data",
    models.Assignment: "who of the staff was given her request; what was done stands in request and entry",
    models.StockMovement: "where the goods she was given came from; what she was given stands in the entry",
    models.ErasureCertificate: "about nobody: made when everything about her was destroyed",
}


def test_every_table_that_leads_to_a_person_is_copied_or_excused():
    lead = {Person}
    while True:
        more = {
            model for model in apps.get_models()
            if model not in lead and any(column.related_model in lead for column in model._meta.concrete_fields)
        }  # fmt: skip
        if not more:
            break
        lead |= more
    copied = {model for part in PARTS for model in part.of}
    assert not copied & set(EXCUSED)
    assert lead == copied | set(EXCUSED), "add the table to a Part of actions/accountability/copying, or excuse it"


def test_every_read_of_hers_has_its_word():
    others = {"organisation", "people", "list"}
    assert {event.split(".")[0] for event in READS} - others == set(OPENED_LABELS)


@pytest.fixture
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def her(cast, files):
    """Somebody a helpline knows, with a row in every table that leads to her; its words begin with W."""
    line, programme = make_line(cast, named=("operator", "supervisor", "manager"))
    by, here = cast.viewer("manager"), {"organisation_id": cast.niksic.pk, "programme_id": programme.pk}
    today = timezone.localdate()
    ana, other = (
        actions.register_person(
            by=by, **here, identity={"given": given, "family": "Wfamily", "birth_date": "1980-05-06", "note": "Wnote"},
            special={"health": "Whealth", "violence": "Wviolence"},
        )
        for given in ("Wgiven", "Wtwin")
    )  # fmt: skip
    her, me = {"by": by, "person_id": ana.pk}, {"by": by}
    actions.merge_people(by=by, kept_id=ana.pk, gone_id=other.pk)
    home = actions.register_household(**me, organisation_id=cast.niksic.pk, size=3, head_id=ana.pk)
    actions.add_household_member(**me, household_id=home.pk, role="child", person_id=ana.pk)
    actions.start_party(**me, **here, size=3, since=today, person_ids=[ana.pk])
    group = actions.add_group(**me, **here, name="Wgroup")
    actions.join_group(**me, group_id=group.pk, person_ids=[ana.pk])
    actions.add_need(**her, code="food")
    actions.add_guardian(**her, kind="relative", name="Wguardian", phone="Xphone")
    danger = actions.add_guardian(**her, kind="parent", name="Wfather")
    actions.flag_guardian(**me, guardianship_id=danger.pk, reason="Wconflict")
    _given(cast, by, ana, here)
    _followed(cast, by, ana)
    _called(cast, by, ana, line)
    _sent(cast, by, ana)
    _why(cast, by, ana)
    return ana, by


def _given(cast, by, ana, here):
    entry = actions.record_assistance(
        by=by, **here, person_id=ana.pk, service_type="parcel_distribution", date=DAY, note="Wentry", place="Wplace"
    )
    actions.correct_assistance(
        by=by, assistance_id=entry.pk, changes={"quantity": 2}, reason="Wcorrection", version=entry.version
    )
    actions.make_distribution_list(by=by, **here, title="Wlist", date=DAY, person_ids=[ana.pk])
    told = {"by": by, **here, "person_id": ana.pk, "need": "food", "service_type": "errands"}
    request = actions.take_request(**told, caller={"name": "Wcaller", "phone": "W069"}, details="Wasked")
    RequestStep.objects.create(request=request, what="called", state=request.state, words="Wstep")
    actions.take_request(**told, asked_by="neighbour", caller={"name": "Xneighbour"}, details="Xconfided")
    actions.plan_visit(
        **told, rhythm="weekly", weekdays=[0], begins_on=timezone.localdate(), details="Wvisit",
        account_id=cast.accounts["manager"].pk,
    )  # fmt: skip


def _followed(cast, by, ana):
    case = actions.open_case(by=by, person_id=ana.pk, basis="vital_interests")
    goal = actions.add_goal(by=by, case_id=case.pk, text="Wgoal")
    actions.add_step(by=by, case_id=case.pk, goal_id=goal.pk, text="Wplanstep")
    actions.add_note(by=by, case_id=case.pk, text="Wcasenote")
    actions.add_note(by=by, case_id=case.pk, text="Wdanger", section="violence")
    actions.keep_note_draft(by=by, case_id=case.pk, text="Xdraft")
    actions.attach_file(by=by, case_id=case.pk, name="Wfile.pdf", data=pdf())
    asked = actions.ask_approval(by=by, case_id=case.pk, what="plan")
    actions.decide_approval(by=cast.viewer("supervisor"), approval_id=asked.pk, decision="returned", word="Wsupervisor")
    actions.open_case_texts(by=by, case_id=case.pk)
    actions.propose_decision(
        by=by, person_id=ana.pk, question="Wquestion", decision="Wdecision", reasons="Wreasons", others="Xjudge",
        review_on=timezone.localdate() + dt.timedelta(days=30),
    )  # fmt: skip


def _called(cast, by, ana, line):
    take(cast, line, safe={**SAFE, "word": "Wword"}, note="Wcall", person_code=ana.code, answers={"now": "yes"})
    take(cast, line, caller="third_party", relation="neighbour", note="Xthird", person_code=ana.code)


def _sent(cast, by, ana):
    told = {"reason": "Wreason", "text": "Wdisclosed", "categories": ["name"], "need": "food", "informed": True,
            "services": ["errands"], "agreed": True, "to": {"name": "Wclinic"}}  # fmt: skip
    row = referrals.make_referral(by=by, person_id=ana.pk, **told)
    row = referrals.send_referral(by=by, referral_id=row.pk, version=row.version)
    referrals.make_guest_link(by=by, referral_id=row.pk)
    referrals.ask_about_referral(by=by, referral_id=row.pk, text="Wmessage")
    there = cast.viewer("other_worker")
    iva = actions.register_person(by=there, organisation_id=cast.nis.pk, identity={"given": "Iva"})
    came = referrals.make_referral(
        by=there, person_id=iva.pk, **{**told, "reason": "Wcame", "to": {"organisation": cast.niksic.pk}}
    )
    came = referrals.send_referral(by=there, referral_id=came.pk, version=came.version)
    copy = came.copy
    content = referrals._help._open_receivers(copy)
    copy.person = ana
    copy.content = referrals._help._seal_receivers(copy, content)
    copy.save()


def _why(cast, by, ana):
    her = {"by": by, "person_id": ana.pk}
    actions.state_basis(**her, purpose="assistance", basis="vital_interests", given_on=DAY)
    actions.take_consent(
        **her, purposes=["referral"], recipient=Receiver("named", "Wreceiver"), categories=["name"], witness="Xwitness",
    )  # fmt: skip
    actions.object_to_counting(**her)
    actions.disclose(
        **her, recipient=Receiver("named", "Wpolice"), basis="vital_interests", categories=["name"], reason="Wwhy"
    )
    actions.receive_request(**her, asked="copy")
    actions.place_hold(by=cast.viewer("supervisor"), person_id=ana.pk, reason="Wheld for a court")
    actions.keep_longer(
        by=cast.viewer("supervisor"), person_id=ana.pk, reason="Wkept still",
        until=timezone.localdate() + dt.timedelta(days=9),
    )  # fmt: skip
    BreakGlass.objects.create(
        organisation=cast.niksic, person=ana, by=cast.accounts["operator"], reason="Wglass", until=timezone.now()
    )


#: Every word of hers that the tables above hold sealed or in words.
WORDS = (
    "Wgiven", "Wfamily", "Wnote", "Whealth", "Wviolence", "Wgroup", "Wguardian", "Wfather", "Wconflict", "Wentry",
    "Wplace", "Wcorrection", "Wlist", "W069", "Wasked", "Wstep", "Wvisit", "Wgoal", "Wplanstep", "Wcasenote", "Wdanger",
    "Wfile.pdf", "Wsupervisor", "Wquestion", "Wdecision", "Wreasons", "Wword", "Wcall", "Wreason", "Wdisclosed",
    "Wclinic", "Wmessage", "Wcame", "Wreceiver", "Wpolice", "Wwhy", "Wheld", "Wkept", "Wglass",
)  # fmt: skip
#: What would be a danger to her in another's hands.
DANGEROUS = {
    "Wviolence", "Wfather", "Wconflict", "Wdanger", "Wquestion", "Wdecision", "Wreasons", "Wword", "Wcall", "Wpolice",
    "Wwhy",
}  # fmt: skip


def test_her_copy_holds_every_word_of_hers_and_says_what_it_does_not_hold(cast, her, sign_in):
    ana, by = her
    made = actions.copy_of_person(by=by, person_id=ana.pk, language="en", form="json", alone=True)
    text = json.dumps(made, ensure_ascii=False)
    assert [word for word in WORDS if word not in text] == []
    # What others told, what is theirs, and what is half written stays out, and the copy says so.
    assert "X" not in text
    assert {each["why"][:14]: each["count"] for each in made["withheld"]} == {"It says someth": 5, "It is half wri": 1}
    # Every table that leads to her has a row in it: no part can be empty unseen.
    assert {model.__name__ for part in PARTS for model in part.of if not _rows(model, ana)} == set()
    assert any(section["title"].startswith("When somebody here") for section in made["sections"])
    # In another's hands some of it would be a danger: then only this stays out.
    other = json.dumps(actions.copy_of_person(by=by, person_id=ana.pk, language="en", form="json"), ensure_ascii=False)
    assert {word for word in WORDS if word not in other} == DANGEROUS and "could put you" in other
    _looked_through(by, ana)
    page = sign_in("manager").post(f"/workspace/people/{ana.pk}/copy/", {"language": "en", "form": "look"})
    assert "Wcasenote" in page.content.decode() and "Wdanger" not in page.content.decode()
    with pytest.raises(NotFound):
        actions.look_through_copy(by=cast.viewer("coordinator"), person_id=ana.pk, language="en")


def test_her_timeline_tells_of_calls_to_those_who_may_hear_of_them(cast, her, sign_in):
    ana, by = her
    told = {
        name: [moment.kind for moment in queries.timeline(cast.viewer(name), ana.pk, limit=200)]
        for name in ("operator", "supervisor", "manager")
    }
    assert {name: kinds.count("call") for name, kinds in told.items()} == {"operator": 2, "supervisor": 2, "manager": 0}
    everything = {"registered", "assistance", "need", "request", "case", "party", "household", "referral", "consent",
                  "disclosure", "right", "hold", "guardian", "group", "merge", "objection"}  # fmt: skip
    assert everything <= set(told["manager"])
    page = sign_in("manager").get(f"/workspace/people/{ana.pk}/").content.decode()
    assert "a guardian may be the danger" in page and "another relative" in page and "Wguardian" not in page


def _rows(model, person) -> bool:
    """Whether a table holds anything: everything in this test's database is about her."""
    return model.objects.exists()


def _looked_through(by, ana):
    """Who makes the copy leaves out what tells of others, cell by cell."""
    shown = actions.look_through_copy(by=by, person_id=ana.pk, language="en")
    keys = {str(cell): cell.key for section in shown.sections for row in section.rows for cell in row
            if isinstance(cell, Words)}  # fmt: skip
    made = actions.copy_of_person(
        by=by, person_id=ana.pk, language="en", form="json", leave_out=[keys["Wcasenote"], "nonsense"]
    )
    text = json.dumps(made, ensure_ascii=False)
    assert "Wcasenote" not in text and "left out: see the end" in text and "Wgoal" in text
    assert made["withheld"][0]["count"] == shown.withheld[0][0] + 1


def test_a_copy_gives_nobody_a_look_at_what_she_may_not_see(cast, add, files):
    """A case manager who does not lead her case makes her copy: what lies in closed sections is not in it."""
    manager, supervisor = cast.viewer("manager"), cast.viewer("supervisor")
    ana = add("Ana", "Kovač")
    case = actions.open_case(by=supervisor, person_id=ana.pk, basis="legal_duty")
    for section in ("general", "violence", "health"):
        actions.add_note(by=supervisor, case_id=case.pk, text=f"W{section}", section=section)
    made = actions.copy_of_person(by=manager, person_id=ana.pk, language="en", form="json", alone=True)
    text = json.dumps(made)
    assert "Wgeneral" in text and "Wviolence" not in text and "Whealth" not in text
    assert [each["count"] for each in made["withheld"]] == [2] and "follow your case" in made["withheld"][0]["why"]
    with pytest.raises(NotAllowed):
        actions.look_through_copy(by=cast.viewer("worker"), person_id=ana.pk, language="en")
