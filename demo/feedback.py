"""What people and other organisations say of a house's work, each kind in each state. Invented."""

from demo.cast import HOME
from duga.casework.actions import feedback as actions
from duga.casework.queries import feedback as found
from duga.members import queries
from duga.members.rules import VISITOR

#: (kind, language, words, rating, by paper, may be counted)
TOLD = (
    ("praise", "sr-latn", "Hvala za tople obroke i za razgovor. Djevojke su strpljive.", 5, True, True),
    ("suggestion", "sq", "Do të ishte mirë të jeni hapur edhe të shtunën.", 4, False, True),
    ("complaint", "sr", "Пакет је каснио десет дана, а нико није јавио.", 2, True, True),
    ("complaint", "fa", "مترجم نبود و من نفهمیدم چه امضا کردم.", 1, False, False),
    ("praise", "rom", "Nais tumenge vaš o žutipe.", 5, True, True),
    ("sensitive", "bs", "Jedan vozač traži novac za pakete i prijeti da će nas brisati sa spiska.", None, False, True),
)
ANSWER = "Izvinjavamo se: kamion je bio u kvaru. Od sada javljamo telefonom kad kasnimo."
PARTNER = "Pozovite nas prije nego što nekoga pošaljete: dva puta je dočekao zaključana vrata."


def fill(by) -> str:
    """Messages by page and paper, one answered, one looked into, a sensitive one apart; one between organisations."""
    home = queries.organisation_by_slug(by, HOME)
    worker, manager, officer, olga = (
        queries.viewer_by_email(f"{name}@demo.example") for name in ("worker", "manager", "officer", "beograd")
    )
    service = next(iter(found.feedback_services(home)), None)
    for kind, language, words, rating, on_paper, may_count in TOLD:
        actions.receive_feedback(
            by=worker if on_paper else VISITOR, organisation=home, channel="paper" if on_paper else "page", kind=kind,
            words=words, language=language, rating=rating, may_count=may_count, wants_contact=False,
            service_id=service.pk if service and kind == "complaint" else None,
        )  # fmt: skip
    late, unread = (row for row in found.feedback_inbox(manager, home) if row.kind == "complaint")
    actions.step_feedback(by=manager, feedback_id=late.pk, version=1, to="answered", text=ANSWER)
    actions.step_feedback(by=manager, feedback_id=unread.pk, version=1, to="looked_into")
    apart = next(row for row in found.feedback_inbox(officer, home) if row.kind == "sensitive")
    actions.step_feedback(by=officer, feedback_id=apart.pk, version=1, to="looked_into")
    belgrade = queries.organisation_by_slug(by, "krug-dobrote-beograd")
    actions.tell_partner(
        by=olga, organisation_id=belgrade.pk, partner_id=home.pk, kind="suggestion", words=PARTNER, language="sr-latn"
    )
    return f"{len(TOLD)} messages"
