"""Referrals between invented organisations of three countries, and one to an invented clinic without an account."""

from demo.cast import HOME
from duga.casework import queries as casework
from duga.casework.actions import referrals as actions
from duga.members import queries
from duga.members.rules import VISITOR

ADULTS = range(1930, 2000)
CLINIC = {"name": "Ambulanta Kod Česme (izmišljena)", "contact": "+382 40 000 010"}


def fill(by) -> str:
    """One referral in each state, both ways, so that board, page, paper and link have something to show."""
    home, belgrade, bihac = (
        queries.organisation_by_slug(by, slug) for slug in (HOME, "krug-dobrote-beograd", "plava-kapija-bihac")
    )
    worker, manager, olga, amra = (
        queries.viewer_by_email(f"{name}@demo.example") for name in ("worker", "manager", "beograd", "bihac")
    )
    ours, theirs, travellers = (_adults(by, house) for house in (home, belgrade, bihac))

    given = _sent(worker, ours[0], bihac, "urgent", "shelter", "Putuje prema sinu, treba joj smještaj za dvije noći.")
    for step in (actions.accept_referral, actions.begin_service):
        step(by=amra, referral_id=given.pk)
    actions.close_referral(by=amra, referral_id=given.pk, successful=True)
    full = _sent(worker, ours[1], belgrade, "normal", "care", "Seli se kod kćerke i treba pomoć u kući.")
    actions.reject_referral(by=olga, referral_id=full.pk, reason="no_capacity", text="Slobodno je tek od marta.")
    waits = _sent(manager, ours[2], belgrade, "normal", "legal", "Penzija iz dvije države.", kind="transfer")
    actions.ask_about_referral(by=olga, referral_id=waits.pk, text="Ima li rješenje o penziji?")
    _sent(olga, theirs[0], home, "emergency", "food", "Без хране и огрева, сама у кући.")
    taken = _sent(amra, travellers[0], home, "urgent", "health", "Treba zavoj i pregled prije nastavka puta.")
    actions.accept_referral(by=worker, referral_id=taken.pk)
    clinic = _sent(worker, ours[3], None, "urgent", "health", "Pritisak, lijekovi su nestali.")
    link = actions.make_guest_link(by=worker, referral_id=clinic.pk)
    actions.answer_as_guest(by=VISITOR, token=link.path.split("/")[2], code=link.code, answer="accepted")
    _draft(worker, ours[4], belgrade, "normal", "mental_health", "Želi u grupu podrške u novom gradu.")
    return "7 referrals"


def _adults(by, house) -> list:
    ids = casework.people_for_list(by, house, limit=60)
    people = casework.people_by_id(by, house.pk, ids)
    return [people[pk] for pk in ids if people[pk].birth_year in ADULTS]


def _draft(by, person, house, priority, need, reason, kind="referral"):
    to = {"organisation": house.pk} if house else CLINIC
    return actions.make_referral(
        by=by, person_id=person.pk, to=to, kind=kind, priority=priority, need=need, reason=reason,
        categories=["name", "birth", "needs"], agreed=True, sender=by.name,
    )  # fmt: skip


def _sent(*args, **more):
    row = _draft(*args, **more)
    return actions.send_referral(by=args[0], referral_id=row.pk, version=row.version)
