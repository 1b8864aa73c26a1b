"""Everything that shows people, asked for a test: pages by who sees most of them, exports, papers."""

from django.urls import reverse

from duga.casework import actions, models
from tests import pages

#: Who sees most of an organisation, first; each page is opened by the first of them who may.
EYES = ("coordinator", "supervisor", "manager", "officer", "operator", "worker")
#: Where a row shows itself.
SHOWN = {
    models.Person: ("person", "person_id"), models.Request: ("request", "request_id"),
    models.Assignment: ("assignment", "assignment_id"), models.RecurringVisit: ("visit", "visit_id"),
    models.Case: ("case", "case_id"), models.TravellingParty: ("party", "party_id"),
    models.Household: ("household_members", "household_id"), models.Assistance: ("entry", "assistance_id"),
    models.DistributionList: ("list", "list_id"), models.ConsentRecord: ("consent", "consent_id"),
    models.Disclosure: ("disclosure", "disclosure_id"), models.BestInterestsDecision: ("decision", "decision_id"),
    models.Referral: ("referral", "referral_id"), models.Call: ("duty_call", "call_id"),
    models.ErasureCertificate: ("certificate", "certificate_id"), models.BreakGlass: ("glass_open", "glass_id"),
}  # fmt: skip


def exports(cast):
    """All that leaves in files: the ledger with names, everything an organisation owns, its papers."""
    at = {"by": cast.viewer("coordinator"), "organisation_id": cast.niksic.pk}
    _name, _media, data = actions.export_assistance(**at, names=True, form="csv")
    yield "ledger", data.decode("utf-8-sig")
    for name, _columns, lines in actions.export_everything(**at):
        yield name, "\n".join(map(repr, lines))
    for name, data in actions.export_files(**at):
        yield name, data.decode("latin-1")


def shown(cast, client, rows):
    """Every list of the organisation and every page of a row of hers, opened by who sees most of it."""
    addresses = [
        (name, reverse(name, kwargs={"slug": cast.niksic.slug}), page.who)
        for name, page in pages.PAGES.items()
        if page.args is pages.of_niksic and page.method == "get" and name.startswith("casework:")
    ]
    for model, found in rows.items():
        page, key = SHOWN[model]
        who = pages.PAGES[f"casework:{page}"].who
        addresses += [(page, reverse(f"casework:{page}", kwargs={key: row.pk}), who) for row in found]
    for name, address, who in addresses:
        eyes = next((each for each in EYES if each in who.split()), "coordinator")
        client.force_login(cast.accounts[eyes])
        answer = client.get(address)
        assert answer.status_code < 500, f"{address}: {answer.status_code}"
        yield f"{name} as {eyes}", answer.content.decode("utf-8", "replace")
