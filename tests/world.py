"""Something on every shelf, put there by actions: each stage adds what its pages need to be opened once."""

from tests.casework.volunteering import furnish_volunteers
from tests.surveys.designing import furnish_designs
from tests.surveys.filled import furnish_filling
from tests.surveys.phones import furnish_receiving


def furnish(cast):
    """Adds to the cast what the pages show; each stage's part is a function of its own."""
    furnish_members(cast)
    furnish_places(cast)
    furnish_directory(cast)
    furnish_filling(cast)
    furnish_receiving(cast)
    furnish_designs(cast)
    furnish_casework(cast)
    furnish_duty(cast)
    furnish_requests(cast)
    furnish_bases(cast)
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
    furnish_cases(cast)
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
    _accountability(cast)
    _feedback(cast)


def _feedback(cast):
    """A sensitive complaint, typed in from paper."""
    from duga.casework.actions.feedback import receive_feedback
    from duga.casework.models import Feedback

    told = {"kind": "sensitive", "words": "the parcels were sold", "language": "sr", "channel": "paper"}
    receive_feedback(by=cast.viewer("worker"), organisation=cast.niksic, **told)
    cast.feedback = Feedback.objects.get()


def _accountability(cast):
    """A read to ask about, a broken glass, a request, a certificate, a breach."""
    from duga.casework import actions, queries

    coordinator, here = cast.viewer("coordinator"), {"organisation_id": cast.niksic.pk}
    actions.open_person(by=cast.viewer("manager"), person_id=cast.person.pk)
    log = queries.reads(cast.viewer("officer"), cast.niksic)
    cast.a_read = {"number": str(log.lines[-1].read.number)}
    programme = actions.add_programme(by=coordinator, name="SOS glass", kind="helpline", sealed=True, **here)
    actions.name_worker(by=coordinator, programme_id=programme.pk, email=cast.accounts["operator"].email)
    sealed = actions.register_person(by=cast.viewer("operator"), identity={}, programme_id=programme.pk, **here)
    reason = "somebody is in danger tonight"
    cast.glass = actions.break_glass(by=cast.viewer("manager"), code=sealed.code, reason=reason, **here)
    cast.subject_request = actions.receive_request(by=coordinator, person_id=cast.person.pk, asked="copy")
    gone = actions.register_person(by=coordinator, identity={"given": "Vera"}, **here)
    cast.certificate = actions.erase_person(by=coordinator, person_id=gone.pk, reason="she asked")
    cast.breach = actions.log_breach(by=coordinator, kind="other", what="a paper was left in the van", **here)


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


def furnish_bases(cast):
    """A consent with its paper, a guardian, a decision that waits and a disclosure to review."""
    import datetime as dt

    from duga.casework import actions
    from duga.casework.rules import Receiver

    worker, her = cast.viewer("worker"), {"person_id": cast.person.pk}
    [cast.consent] = actions.take_consent(by=worker, **her, purposes=["communication"], language="sr")
    actions.attach_proof(by=worker, consent_id=cast.consent.pk, data=b"%PDF-1.4 signed")
    actions.add_guardian(by=worker, **her, kind="relative", name="Mara Kovač")
    cast.decision = actions.propose_decision(
        by=cast.viewer("manager"), **her, question="Where?", decision="At home", reasons="She wishes it",
        review_on=dt.date.today() + dt.timedelta(days=30),
    )  # fmt: skip
    cast.disclosure = actions.disclose(
        by=worker, **her, recipient=Receiver("named", "Hitna pomoć"), basis="vital_interests", categories=["name"],
        reason="Heart attack",
    )  # fmt: skip


def furnish_cases(cast):
    """A case with a file and something asked, a travelling party, and two records made one."""
    import datetime as dt

    from duga.casework import actions
    from tests.plain.test_attached import pdf

    manager, here = cast.viewer("manager"), {"by": cast.viewer("worker"), "organisation_id": cast.niksic.pk}
    cast.party = actions.start_party(**here, size=3, since=dt.date(2024, 4, 3))
    cast.twin = actions.register_person(**here, identity={"given": "Anna", "family": "Kovač"})
    third = actions.register_person(**here, identity={"given": "Mira", "family": "Perić"})
    fourth = actions.register_person(**here, identity={"given": "Mirra", "family": "Perić"})
    cast.merge = actions.merge_people(by=manager, kept_id=third.pk, gone_id=fourth.pk)
    cast.case = actions.open_case(by=manager, person_id=cast.person.pk, basis="legal_duty")
    cast.case_file = actions.attach_file(by=manager, case_id=cast.case.pk, name="a.pdf", data=pdf())
    cast.approval = actions.ask_approval(by=manager, case_id=cast.case.pk, what="plan")


def furnish_requests(cast):
    """A call that waits, one that a worker was given, and a visit that comes round."""
    from django.utils import timezone

    from duga.casework import actions

    worker, manager = cast.viewer("worker"), cast.viewer("manager")
    here = {"by": worker, "organisation_id": cast.niksic.pk, "need": "food", "service_type": "parcel_distribution"}
    cast.request = actions.take_request(
        **here, person_id=cast.person.pk, caller={"name": "Zora", "phone": "069 1 11 22"}
    )
    given = actions.take_request(**here, assessed=True)
    told = {"request_id": given.pk, "version": given.version, "account_id": cast.accounts["worker"].pk}
    cast.errand = actions.assign_request(by=manager, **told)
    cast.draft = actions.keep_draft(by=worker, organisation_id=cast.niksic.pk, fields={"details": "half"})
    cast.visit = actions.plan_visit(
        by=manager, organisation_id=cast.niksic.pk, need="care", service_type="home_visit", rhythm="weekly",
        weekdays=[0], begins_on=timezone.localdate(), person_id=cast.person.pk,
        account_id=cast.accounts["worker"].pk,
    )  # fmt: skip


def furnish_duty(cast):
    """A line with a finished call, and a month that was told."""
    import datetime as dt

    from duga.casework.models import MonthlyRequest, RiskAssessment
    from tests.casework.helpline import make_line, take

    cast.line, programme = make_line(cast)
    cast.call = take(cast, cast.line, answers={"now": "yes"})
    cast.assessment = RiskAssessment.objects.get(call=cast.call)
    day, by = dt.date(2020, 4, 1), cast.accounts["supervisor"]
    cast.month = MonthlyRequest.objects.create(
        programme=programme, asked_by="Ministry", asked_on=day, purpose="Report", month=day, noted_by=by, decided_by=by,
        decided_at=dt.datetime(2020, 5, 4, tzinfo=dt.UTC), state="released",
        table={"country": "ME", "month": "2020-04", "tables": []},
    )  # fmt: skip


def furnish_indicators(cast):
    """A released number and an organisation's own figures; counting them is tested elsewhere."""
    from duga.indicators.actions import ask_counting
    from tests.indicators.ledgers import own_figures_by_hand, release_by_hand, table_by_hand
    from tests.indicators.workloads import report_by_hand

    cast.release = release_by_hand(cast)
    cast.figures = own_figures_by_hand(cast)
    cast.report = report_by_hand(cast)
    cast.table = table_by_hand(cast)
    cast.counting = ask_counting(by=cast.viewer("secretariat"), kind="snapshot", start=False)
    furnish_rounds(cast)


def furnish_rounds(cast):
    """A counting round that waits for answers, and one whose result is public; linking is tested elsewhere."""
    from tests.indicators.rounds import open_by_hand, released_by_hand

    cast.round = open_by_hand(cast)
    cast.released_round = released_by_hand(cast)
