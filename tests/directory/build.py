"""Builders that tests of the directory share: each calls an action, nothing writes to tables directly."""

import datetime as dt

from duga.directory import actions
from duga.directory.rules.search import Ask
from duga.members.rules import VISITOR, Viewer

HOUSE = Viewer(system="tests")


def terms():
    """Our taxonomies, loaded."""
    return actions.load_terms(by=HOUSE)


def provider(cast, who="coordinator", organisation=None, **fields):
    """The directory's entry of `niksic` (or another member organisation)."""
    organisation = organisation or cast.niksic
    return actions.list_organisation(by=cast.viewer(who), organisation_id=organisation.pk, told=fields)


def state(cast, who="national", **more):
    """A state institution that the network of Montenegro lists."""
    told = {"network_id": cast.me.pk, "name": "Centar za socijalni rad", "kind": "state", **more}
    return actions.add_provider(by=cast.viewer(who), **told)


OFFER = {
    "name": "Besplatna pravna pomoć",
    "description": "Savjet i pratnja do ustanova.",
    "language": "cnr",
    "terms": {"needs": ["legal"], "service_types": ["legal_aid"], "conditions": ["free_of_charge"]},
    "phones": [{"number": "+382 40 000 001", "free": True}],
    "languages": [{"code": "cnr"}, {"code": "sq", "interpreted": True}],
    "schedules": [{"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR", "opens_at": "09:00", "closes_at": "15:00"}],
    "locations": [{"address_1": "Izmišljena ulica 1", "city": "Nikšić", "latitude": 42.773, "longitude": 18.944}],
}


def service(cast, provider_, who="coordinator", **changes):
    """A service as OFFER tells it, with changes."""
    return actions.add_service(by=cast.viewer(who), provider_id=provider_.pk, offer={**OFFER, **changes})


NOW = dt.datetime.now(dt.UTC)


def ask(**what):
    """A question to the search."""
    return Ask(**what)


def waiting(cast):
    """Something of everything that keepers decide on, for the pages that show it."""
    by, national = cast.viewer("coordinator"), cast.viewer("national")
    beds = [{"unit": "beds", "available": 2, "maximum": 5}]
    shelter = service(cast, cast.provider, name="Sigurna kuća", locations=[], capacities=beds, discreet=True)
    told = {"address": "Nevidljiva 3", "city": "Nikšić"}
    cast.place = actions.keep_place(by=by, service_id=shelter.pk, kind="shelter", told=told)
    twin = service(cast, cast.provider)
    pair_of = {"first_id": cast.service.pk, "second_id": twin.pk, "likeness": 1.0, "reasons": ["name"]}
    cast.duplicate = actions.note_duplicate(by=by, entity="service", **pair_of)
    actions.propose(by=cast.viewer("worker"), service_id=twin.pk, changes={"wait_time": "sat"}, why="asked there")
    actions.report(by=VISITOR, service_id=twin.pk, kind="hours", note="zatvoreno")
    source = actions.add_source(by=national, network_id=cast.me.pk, name="Lista", kind="institution")
    cast.directory_source = source
    differs = {"entity": "service", "record_id": twin.pk, "field": "wait_time", "theirs": "dan"}
    actions.note_disagreement(by=national, source_id=source.pk, **differs)
    last = dt.date.today() + dt.timedelta(days=30)
    asked = {"network_id": cast.me.pk, "name": "Spring", "countries": ["ME"], "due_on": last}
    cast.campaign = actions.open_campaign(by=national, **asked)
    cast.confirm_token = actions.make_confirm_link(by=national, provider_id=cast.provider.pk)[1]


def licence(cast, service_, who="coordinator", **told):
    """(its way to a licence, a document handed in for it): what countries ask is loaded first."""
    from duga.directory.queries.licences import licence_kinds

    actions.load_licensing(by=HOUSE)
    kind = licence_kinds(service_.country)[0]
    begun = actions.start_licence(by=cast.viewer(who), service_id=service_.pk, kind_id=kind.pk, **told)
    paper = actions.attach_document(by=cast.viewer(who), licence_id=begun.pk, title="Statut", data=b"%PDF-1.4 statute")
    return begun, paper


def guide(cast, provider_, service_, who="coordinator", **changes):
    """A guide in three steps beside a service."""
    told = {"title": "Doctor's appointment online", "language": "en", "steps": ["Open.", "Choose.", "Confirm."]}
    told |= {"provider_id": provider_.pk, "service_ids": [service_.pk], **changes}
    return actions.write_guide(by=cast.viewer(who), **told)


def saved_list(cast, service_, who="worker"):
    """A worker's list with one service."""
    kept = actions.save_list(by=cast.viewer(who), name="Legal help in town")
    return actions.keep_in_list(by=cast.viewer(who), list_id=kept.pk, service_id=service_.pk)


FUNDS = """Opština;Usluga;Godina;Izvor;Plan;Utrošeno;Strana
Nikšić;dnevni boravak;2024;opština;12.000,00;9.500,50;14
Nikšić;pomoć u kući;2024;opština;8.000;;15
Crna Gora;smještaj;2024;država;;120.000;3
"""


def funds(cast, who="national", text=FUNDS, **told):
    """A table of a budget that waits for its columns."""
    told = {"country": "ME", "name": "budget.csv", "document": "Invented budget of 2024", **told}
    return actions.send_funds(by=cast.viewer(who), data=text.encode(), **told)


def staged(cast):
    """A list that the coordinator of Montenegro's network looks at before it comes in."""
    from duga.directory.actions import exchange

    told = {"source": "Registar", "country": "", "kind": "state"}
    return exchange.stage_file(
        by=cast.viewer("national"), network_id=cast.me.pk, name="ustanove.csv", told=told,
        data="Ustanova;Usluga;Opština\nDom zdravlja;Patronaža;Bar\n".encode(),
    )  # fmt: skip


SOUND = b"OggS" + b"\0" * 60


def recording(cast, service_, who="coordinator", language="cnr"):
    """What a service is, spoken."""
    told = {"service_id": service_.pk, "field": "description", "language": language, "data": SOUND}
    return actions.record_text(by=cast.viewer(who), **told)
