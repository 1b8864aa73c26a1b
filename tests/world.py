"""Something on every shelf, put there by actions: each stage adds what its pages need to be opened once."""


from tests.casework.volunteering import furnish_volunteers


def furnish(cast):
    """Adds to the cast what the pages show; each stage's part is a function of its own."""
    furnish_members(cast)
    furnish_places(cast)
    furnish_directory(cast)
    furnish_casework(cast)
    furnish_volunteers(cast)
    furnish_indicators(cast)


def furnish_members(cast):
    """An invitation that waits, and a link to set a new password."""
    from duga.members import actions, queries
    from duga.members.rules import Role

    by = cast.viewer("coordinator")
    cast.invitation = actions.invite(by=by, of=cast.niksic, role=Role.FIELD_WORKER, name="Mira")
    cast.invitation_token = queries.invitation_token(by, cast.invitation)
    cast.recovery_token = actions.make_recovery_link(by=by, account=cast.accounts["worker"])[1]


def furnish_places(cast):
    """A file of areas that the secretariat sent and has not loaded yet."""
    from duga.places.actions import keep_upload

    told = {"country_code": "SI", "scheme": "national", "kind": "region", "name": "areas.csv"}
    cast.area_file = keep_upload(by=cast.viewer("secretariat"), data=b"code,name\nA,Gornja\n", **told).pk


def furnish_directory(cast):
    """A service of the organisation, in the directory."""
    from tests.directory import build

    build.terms()
    cast.provider = build.provider(cast)
    cast.service = build.service(cast, cast.provider)
    build.waiting(cast)
    cast.guide, cast.saved_list = build.guide(cast, cast.provider, cast.service), build.saved_list(cast, cast.service)
    cast.recording = build.recording(cast, cast.service)
    cast.licence, cast.paper = build.licence(cast, cast.service)
    cast.funds = build.funds(cast)
    cast.staged_directory = build.staged(cast)


def furnish_casework(cast):
    """A person with an entry, a group, a signed list, and files on their way in."""
    import datetime as dt

    from duga.casework import actions

    worker, coordinator, day = cast.viewer("worker"), cast.viewer("coordinator"), dt.date(2024, 4, 3)
    here = {"by": worker, "organisation_id": cast.niksic.pk}
    cast.person = actions.register_person(**here, identity={"given": "Ana", "family": "Kovač"}, birth_year=1956)
    cast.entry = actions.record_assistance(**here, service_type="home_visit", date=day, person_id=cast.person.pk)
    cast.household = actions.register_household(**here, size=4, head_id=cast.person.pk)
    cast.group = actions.add_group(**here, name="Morning")
    cast.list = actions.make_distribution_list(**here, title="May", date=day, person_ids=[cast.person.pk])
    actions.attach_scan(by=worker, list_id=cast.list.pk, data=b"%PDF-1.4 signed")
    rows = b"Ime i prezime;Vrsta pomo\xc4\x87i;Datum\nMira Peri\xc4\x87;paket;3.4.2024\nAna;paket;31.2.2024\n"
    mapping = {"full_name": 0, "service": 1, "date": 2}
    told = {"by": coordinator, "organisation_id": cast.niksic.pk, "name": "may.csv"}
    cast.staged = actions.stage_import(**told, data=rows)
    cast.staged_bad = actions.stage_import(**told, data=rows)
    for staged in (cast.staged, cast.staged_bad):
        actions.check_staged(by=coordinator, staged_id=staged.pk, mapping=mapping)
        actions.run_staged(by=coordinator, staged_id=staged.pk)
    outcome = actions.import_assistance(**told, data=rows, mapping=mapping, bad_rows="set-aside")
    cast.batch_id = outcome.batch_id
    _referrals(cast)


def _referrals(cast):
    """A referral from another house to ours, a draft of ours, and one with a link."""
    from duga.casework import actions as casework
    from duga.casework.actions import referrals as actions

    told = {"reason": "needs a room", "categories": ["name"], "agreed": True}
    there, here = cast.viewer("other_worker"), cast.viewer("worker")
    iva = casework.register_person(by=there, organisation_id=cast.nis.pk, identity={"given": "Iva"})
    asked = actions.make_referral(by=there, person_id=iva.pk, to={"organisation": cast.niksic.pk}, **told)
    cast.referral = actions.send_referral(by=there, referral_id=asked.pk, version=1)
    cast.draft_referral = actions.make_referral(by=here, person_id=cast.person.pk, to={"name": "Clinic"}, **told)
    sent = actions.make_referral(by=here, person_id=cast.person.pk, to={"name": "School"}, **told)
    actions.send_referral(by=here, referral_id=sent.pk, version=1)
    cast.referral_token = actions.make_guest_link(by=here, referral_id=sent.pk).path.split("/")[2]


def furnish_indicators(cast):
    """A released number and an organisation's own figures; counting them is tested elsewhere."""
    from duga.indicators.actions import ask_counting
    from tests.indicators.ledgers import own_figures_by_hand, release_by_hand, table_by_hand

    cast.release = release_by_hand(cast)
    cast.figures = own_figures_by_hand(cast)
    cast.table = table_by_hand(cast)
    cast.counting = ask_counting(by=cast.viewer("secretariat"), kind="snapshot", start=False)
    furnish_rounds(cast)


def furnish_rounds(cast):
    """A counting round that waits for answers, and one whose result is public; linking is tested elsewhere."""
    from tests.indicators.rounds import open_by_hand, released_by_hand

    cast.round = open_by_hand(cast)
    cast.released_round = released_by_hand(cast)
