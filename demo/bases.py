"""Consents, a child with an aunt and a father who may be the danger, a decision and two disclosures: all invented."""

import datetime as dt

from demo.cast import HOME
from duga.casework import actions
from duga.casework import queries as casework
from duga.casework.rules import Receiver
from duga.members import queries

PAPER = b"%PDF-1.4\n% an invented signed consent\n"


def fill(by) -> str:
    """A few rows of each kind, through actions, as the demo's workers."""
    home, belgrade = (queries.organisation_by_slug(by, slug) for slug in (HOME, "krug-dobrote-beograd"))
    worker, manager, supervisor = (
        queries.viewer_by_email(f"{name}@demo.example") for name in ("worker", "manager", "supervisor")
    )
    ids = casework.people_for_list(by, home, limit=60)
    people = casework.people_by_id(by, home.pk, ids)
    adults = [people[pk] for pk in ids if people[pk].birth_year in range(1930, 2000)][-6:]
    for person in adults[:3]:
        actions.take_consent(by=worker, person_id=person.pk, purposes=["communication"], language="sr")
    [paper] = actions.take_consent(
        by=worker, person_id=adults[3].pk, purposes=["referral"], how="written", language="sr",
        recipient=Receiver("organisation", belgrade.pk), categories=["name", "contact_details", "needs"],
    )  # fmt: skip
    actions.attach_proof(by=worker, consent_id=paper.pk, data=PAPER)
    [changed] = actions.take_consent(by=worker, person_id=adults[4].pk, purposes=["statistics_linkage"], language="sr")
    actions.withdraw_consent(by=worker, consent_id=changed.pk)
    actions.take_consent(by=worker, person_id=adults[5].pk, purposes=["contact"], given=False, language="sr")
    _child(worker, manager, supervisor, home)
    return "6 consents, 1 child with her guardians, 2 disclosures"


def _child(worker, manager, supervisor, home) -> None:
    identity = {"given": "Lana", "family": "Nepostojić", "birth_date": "2016-02-11"}
    her = actions.register_person(by=manager, organisation_id=home.pk, identity=identity, sex="female")
    about = {"person_id": her.pk}
    father = actions.add_guardian(by=worker, **about, kind="parent", name="Otac Nepostojić", relation="otac")
    actions.add_guardian(by=worker, **about, kind="relative", name="Mara Nepostojić", relation="tetka")
    actions.flag_guardian(by=worker, guardianship_id=father.pk, reason="Dijete se boji da ide kući; vidi bilješku.")
    centre = Receiver("named", "Centar za socijalni rad (izmišljen)")
    told = actions.disclose(
        by=worker, **about, recipient=centre, basis="vital_interests", categories=["name", "situation"],
        reason="Modrice, strah, u kući nikog drugog.",
    )  # fmt: skip
    actions.review_disclosure(by=supervisor, disclosure_id=told.pk, outcome="justified")
    actions.disclose(
        by=manager, **about, recipient=Receiver("named", "Policija (izmišljena stanica)"), basis="legal_duty",
        duty="Zakon o zaštiti od nasilja u porodici (da se provjeri)", categories=["name", "violence"],
        reason="Dužnost prijave.",
    )  # fmt: skip
    plan = actions.propose_decision(
        by=manager, **about, question="Kod koga će boraviti dok traje postupak?", decision="Kod tetke.",
        reasons="Dijete to želi, tetka je blizu škole.", review_on=dt.date.today() + dt.timedelta(days=60),
    )  # fmt: skip
    actions.approve_decision(by=supervisor, decision_id=plan.pk)
