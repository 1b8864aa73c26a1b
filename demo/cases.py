"""Cases of the demo's organisation: a plan under way, one late, one closed; a party on its way."""

import datetime as dt

from demo.cast import HOME
from duga.casework import actions
from duga.casework import queries as casework
from duga.members import queries

PHOTO = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
    b"\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)
ROUTE = "plava-kapija-bihac"


def fill(by) -> str:
    """A handful of everything that the screens of cases show, through actions, the same each time."""
    home = queries.organisation_by_slug(by, HOME)
    manager, worker, supervisor = (
        queries.viewer_by_email(f"{n}@demo.example") for n in ("manager", "worker", "supervisor")
    )
    today = dt.date.today()
    people = casework.people_for_list(manager, home, service_type="home_visit", limit=6)
    first, second, third, fourth = people[:4]

    actions.add_need(by=worker, person_id=first, code="care", urgency="urgent", since=today - dt.timedelta(days=40))
    case = actions.open_case(by=manager, person_id=first, basis="legal_duty")
    goal = actions.add_goal(by=manager, case_id=case.pk, text="Da može ostati u svojoj kući preko zime", need="care")
    here = {"by": manager, "case_id": case.pk}
    step = actions.add_step(
        **here, text="Pozvati kćerku u Podgorici", goal_id=goal.pk, due=today + dt.timedelta(days=3)
    )
    actions.add_step(**here, text="Zahtjev za tuđu njegu i pomoć", goal_id=goal.pk, due=today + dt.timedelta(days=12))
    actions.end_step(**here, step_id=step.pk)
    actions.join_case_team(**here, account_id=worker.account_id)
    actions.add_note(
        **here, text="Sama je od proljeća. Kćerka dolazi jednom mjesečno, spremna je da pomogne.", kind="visit"
    )
    actions.add_note(**here, text="Pritisak, ljekar mijenja terapiju u petak.", section="health", kind="contact")
    actions.attach_file(**here, name="Nalaz.png", data=PHOTO, section="health")

    late = actions.open_case(by=manager, person_id=second, basis="legal_duty")
    actions.add_step(by=manager, case_id=late.pk, text="Lična karta je istekla", due=today - dt.timedelta(days=9))
    actions.ask_approval(by=manager, case_id=late.pk, what="plan")
    closed = actions.open_case(by=supervisor, person_id=third, basis="legal_duty")
    actions.close_case(by=supervisor, case_id=closed.pk, reason="plan_done", outcome="reached")
    household = actions.register_household(by=worker, organisation_id=home.pk, size=3, head_id=fourth)
    for role, person in (("head", fourth), ("grandchild", None)):
        actions.add_household_member(by=worker, household_id=household.pk, role=role, person_id=person)
    return f"3 cases, {_party()}"


def _party() -> str:
    """Six who travel together near Bihać: two go on, one is lost from sight."""
    amra = queries.viewer_by_email("bihac@demo.example")
    house = queries.organisation_by_slug(amra, ROUTE)
    people = casework.people_for_list(amra, house, limit=4)
    on = {"since": dt.date(2026, 9, 14)}
    party = actions.start_party(by=amra, organisation_id=house.pk, size=6, person_ids=people, **on)
    ids = [member.pk for member in casework.party_members(amra, party.pk)]
    actions.split_party(by=amra, party_id=party.pk, member_ids=ids[:1], size=2, on=dt.date(2026, 9, 16))
    actions.leave_party(
        by=amra, party_id=party.pk, member_ids=ids[1:2], why="lost_one_another", left=dt.date(2026, 9, 17)
    )
    return "a party on its way"
