"""Lawful basis by purpose and country; consent taken, told, and taken back at once everywhere."""

import datetime as dt
import json

import pytest
from django.conf import settings
from django.utils import timezone

from duga.casework import actions, queries, rules
from duga.casework.models import ConsentRecord
from duga.casework.queries.objections import agreeing, objecting
from duga.casework.rules import Given, Receiver, decide
from duga.places.rules import codes, countries, table
from duga.plain.errors import NotFound, Refused
from duga.plain.text import fold

DAY = dt.date(2026, 11, 22)
SCAN = b"%PDF-1.4 signed by Jelena"


@pytest.fixture
def jelena(add, area):
    """An adult of Nikšić."""
    return add("Jelena", "Popović", birth_year=1980)


@pytest.fixture
def nis_(cast):
    """The organisation in Niš as a receiver."""
    return Receiver("organisation", cast.nis.pk)


def ask(cast, person, purpose, recipient=None, by="worker", **more):
    return queries.may_use(cast.viewer(by), person.pk, purpose, recipient, **more)


def take(cast, person, *purposes, by="worker", **more):
    if more.get("recipient"):
        more.setdefault("categories", ["name", "needs"])
    return actions.take_consent(by=cast.viewer(by), person_id=person.pk, purposes=purposes, **more)


# --- The tables of law --------------------------------------------------------------------------------


def test_the_tables_name_codes_that_exist_and_every_country_of_ours_has_a_law():
    known = {name: {row.code for row in codes(name)} for name in ("purposes", "lawful_bases", "basis_conditions")}
    for row in table("basis_openings"):
        assert row["purpose"] in known["purposes"] and row["basis"] in known["lawful_bases"]
        assert row["condition"] in known["basis_conditions"] and row["standing"] in ("yes", "no")
    assert {row["purpose"] for row in table("basis_openings")} == known["purposes"]
    told = {row["country"] for row in table("basis_articles")}
    assert {"RS", "BA", "MK", "ME", "AL", "XK", "HR"} == told == {row["country"] for row in table("consent_ages")}
    assert told <= {country.code for country in countries()}
    for code in told:
        law = rules.law_of(code)
        assert law.fields["number"] and {law.fields["special"], law.fields["abroad"]} <= known["basis_conditions"]
    # What is called checked says where it was read.
    for row in (*table("basis_articles"), *table("consent_ages")):
        assert row["checked"] == "no" or (row["page"] and (row.get("article") or row.get("note")))


def test_where_another_basis_is_the_right_one_nobody_is_asked():
    for country in ("RS", "BA", "ME"):
        assert rules.rests_on_its_own(country, "assistance").basis == "contract"
        assert not decide(country, "assistance", today=DAY).ask
        assert rules.rests_on_its_own(country, "communication") is None
    with pytest.raises(Refused, match="no basis for this purpose"):
        rules.opening("RS", "audit", "consent")


def test_a_countrys_own_row_takes_the_place_of_the_common_one(monkeypatch):
    common = {"country": "*", "purpose": "contact", "basis": "contract", "standing": "yes", "condition": "may_object"}
    rows = {"basis_openings": (common, {**common, "country": "RS", "standing": "no"}), "basis_articles": ()}
    monkeypatch.setattr("duga.casework.rules.bases.law.table", rows.__getitem__)
    rules.openings.cache_clear()
    try:
        assert rules.rests_on_its_own("RS", "contact") is None
        assert rules.rests_on_its_own("ME", "contact").basis == "contract"
    finally:
        rules.openings.cache_clear()


@pytest.mark.parametrize(
    "case, allowed, basis",
    [
        ({}, False, ""),
        ({"answers": [Given(1, DAY, True)]}, True, "consent"),
        ({"answers": [Given(1, DAY, False)]}, False, ""),
        ({"answers": [Given(1, DAY, True), Given(2, DAY, False)]}, False, ""),
        ({"answers": [Given(1, DAY, False), Given(2, DAY, True)]}, True, "consent"),
        ({"answers": [Given(1, DAY, True, until=DAY)]}, True, "consent"),
        ({"answers": [Given(1, DAY, True, until=DAY - dt.timedelta(1))]}, False, ""),
        ({"answers": [Given(1, DAY, True, withdrawn_on=DAY)]}, False, ""),
        ({"answers": [Given(1, DAY, True, by_conflicted=True)]}, False, ""),
        ({"answers": [Given(1, DAY, True, receiver="named:somebody")]}, False, ""),
        ({"stated": "legitimate_interests"}, False, ""),  # not open for her story
    ],
)
def test_what_she_answered_last_counts(case, allowed, basis):
    use = decide("RS", "communication", today=DAY, **case)
    assert (use.allowed, use.basis) == (allowed, basis)


def test_a_no_ends_what_stands_on_an_interest_but_no_duty_and_no_life():
    no = [Given(1, DAY, False)]
    assert not decide("ME", "contact", today=DAY, answers=no).allowed
    assert not decide("ME", "statistics_linkage", today=DAY, stated="legitimate_interests", objects=True).allowed
    to = Receiver("named", "Centar")
    assert decide("ME", "referral", today=DAY, answers=no, stated="legal_duty", receiver=to).basis == "legal_duty"
    assert decide("ME", "referral", today=DAY, answers=no, urgent=True).basis == "vital_interests"
    assert not decide("ME", "communication", today=DAY, answers=no, urgent=True).allowed  # no life hangs on a story


# --- Taking it, taking it back ------------------------------------------------------------------------


def test_a_referral_needs_consent_for_that_very_receiver(cast, jelena, nis_):
    assert not ask(cast, jelena, "referral", nis_).allowed
    with pytest.raises(Refused, match="Say to whom"):
        take(cast, jelena, "referral")
    with pytest.raises(Refused, match="Choose what is told"):
        take(cast, jelena, "referral", recipient=nis_, categories=[])
    [row] = take(cast, jelena, "referral", recipient=nis_)
    use = ask(cast, jelena, "referral", nis_)
    assert use.allowed and use.basis == "consent" and use.consent_id == row.pk
    assert queries.consent_categories(cast.viewer("worker"), row.pk) == ["name", "needs"]
    assert not ask(cast, jelena, "referral", Receiver("named", "anybody")).allowed
    actions.withdraw_consent(by=cast.viewer("worker"), consent_id=row.pk)
    assert not ask(cast, jelena, "referral", nis_).allowed
    assert queries.consent_categories(cast.viewer("worker"), row.pk) == []
    with pytest.raises(Refused, match="took her consent back"):
        actions.require_use(by=cast.viewer("worker"), person_id=jelena.pk, purpose="referral", recipient=nis_)
    with pytest.raises(Refused, match="taken back already"):
        actions.withdraw_consent(by=cast.viewer("worker"), consent_id=row.pk)


def test_a_receiver_in_words_is_known_again_in_any_script_and_lies_sealed(cast, jelena):
    [row] = take(cast, jelena, "referral", recipient=Receiver("named", "Др Мира Џаковић"))
    assert ask(cast, jelena, "referral", Receiver("named", "dr  Mira Džaković")).allowed
    assert not ask(cast, jelena, "referral", Receiver("named", "dr Mira")).allowed
    row.refresh_from_db()
    assert fold("Džaković").encode() not in bytes(row.receiver_name).lower()
    assert actions.open_consent(by=cast.viewer("worker"), consent_id=row.pk)[1] == "Др Мира Џаковић"


def test_nobody_is_named_who_is_no_fellow_and_no_provider(cast, jelena):
    import uuid

    for kind in ("organisation", "institution"):
        with pytest.raises(NotFound):
            take(cast, jelena, "referral", recipient=Receiver(kind, uuid.uuid4()))
    with pytest.raises(Refused, match="Choose to whom"):
        take(cast, jelena, "referral", recipient=Receiver("named", "  "))


@pytest.mark.parametrize("purpose", ["communication", "research", "contact", "statistics_linkage"])
def test_withdrawing_is_enforced_at_once(cast, jelena, purpose):
    [row] = take(cast, jelena, purpose)
    assert ask(cast, jelena, purpose).basis == "consent"
    actions.withdraw_consent(by=cast.viewer("worker"), consent_id=row.pk)
    use = ask(cast, jelena, purpose)
    assert not use.allowed and use.withdrawn  # the basis that would have stood is not put in its place
    take(cast, jelena, purpose)
    assert ask(cast, jelena, purpose).allowed  # only she gives it again


def test_counting_leaves_out_who_said_no_took_it_back_or_let_it_run_out(cast, jelena, add, monkeypatch):
    here = cast.niksic.pk
    others = [add(name, "Marić", birth_year=1970) for name in ("Ana", "Iva", "Maja", "Sara")]
    assert objecting(here) == agreeing(here) == set()
    [row] = take(cast, jelena, "statistics_linkage")
    take(cast, others[0], "statistics_linkage", given=False)
    actions.object_to_counting(by=cast.viewer("worker"), person_id=others[1].pk)
    take(cast, others[2], "statistics_linkage", expires_on=timezone.localdate())
    actions.state_basis(
        by=cast.viewer("worker"), person_id=others[3].pk, purpose="statistics_linkage", basis="public_task",
        given_on=DAY,
    )  # fmt: skip
    assert agreeing(here) == {jelena.pk, others[2].pk, others[3].pk}
    assert objecting(here) == {others[0].pk, others[1].pk}
    ConsentRecord.objects.filter(person=others[2]).update(expires_on=timezone.localdate() - dt.timedelta(1))
    actions.withdraw_consent(by=cast.viewer("worker"), consent_id=row.pk)
    actions.end_basis(by=cast.viewer("worker"), person_id=others[3].pk, purpose="statistics_linkage", ended_on=DAY)
    assert agreeing(here) == set()
    assert objecting(here) == {jelena.pk, *(other.pk for other in others)}
    for person in (jelena, *others):  # the door and the round say the same
        assert not ask(cast, person, "statistics_linkage").allowed


def test_ending_a_purpose_ends_its_consents_towards_everybody(cast, jelena, nis_):
    take(cast, jelena, "referral", recipient=nis_)
    take(cast, jelena, "referral", recipient=Receiver("named", "Centar"))
    actions.end_basis(by=cast.viewer("worker"), person_id=jelena.pk, purpose="referral", ended_on=DAY)
    assert not ConsentRecord.objects.filter(person=jelena, withdrawn_at=None).exists()
    assert not ask(cast, jelena, "referral", nis_).allowed


def test_a_consent_runs_out_and_lasts_no_lifetime(cast, jelena):
    with pytest.raises(Refused, match="five years"):
        take(cast, jelena, "communication", expires_on=timezone.localdate() + dt.timedelta(days=3650))
    with pytest.raises(Refused, match="five years"):
        take(cast, jelena, "communication", expires_on=timezone.localdate() - dt.timedelta(days=1))


def test_consent_is_not_taken_where_the_law_knows_none(cast, jelena):
    with pytest.raises(Refused, match="no basis for this purpose"):
        take(cast, jelena, "audit")


# --- Proof, export, what stays ------------------------------------------------------------------------


def test_the_signed_paper_lies_sealed_under_her_own_key(cast, jelena):
    [row] = take(cast, jelena, "communication", how="written", witness="Mira Ilić")
    by = cast.viewer("worker")
    assert actions.attach_proof(by=by, consent_id=row.pk, data=SCAN) == "application/pdf"
    path = settings.MEDIA_ROOT / "consents" / f"{row.pk}.sealed"
    assert b"Jelena" not in path.read_bytes()
    assert actions.open_proof(by=by, consent_id=row.pk) == (SCAN, "application/pdf")
    with pytest.raises(Refused, match="PDF, JPEG or PNG"):
        actions.attach_proof(by=by, consent_id=row.pk, data=b"<svg onload=alert(1)>")
    actions.erase_person(by=cast.viewer("coordinator"), person_id=jelena.pk, reason="asked for it")
    assert not path.exists()
    row.refresh_from_db()
    # What audit and licence law keep: that she was asked, for what, when, how, by whom. Not who she or a witness was.
    assert (row.purpose, row.how, row.answer) == ("communication", "written", "given")
    assert not row.witness and not row.scan_type
    assert not ask(cast, jelena, "communication").allowed


def test_a_record_in_the_terms_of_iso_27560(cast, jelena, nis_):
    [one, two] = take(cast, jelena, "communication", "research", language="sr", expires_on=timezone.localdate())
    actions.withdraw_consent(by=cast.viewer("worker"), consent_id=two.pk)
    told = json.loads(json.dumps(actions.export_consent(by=cast.viewer("worker"), consent_id=one.pk)))
    assert told["schema_version"] == "ISO/IEC TS 27560:2023"
    assert told["pii_principal_id"] == jelena.code and "Jelena" not in json.dumps(told)
    assert [each["purpose"] for each in told["pii_processing"]["purposes"]] == ["communication", "research"]
    assert [each["event_state"] for each in told["event"]] == ["explicitly given", "explicitly given", "withdrawn"]
    assert told["event"][0]["validity_duration"]
    assert told["party_identification"][0]["party_role"] == "PII controller"
    [row] = take(cast, jelena, "referral", recipient=nis_)
    told = actions.export_consent(by=cast.viewer("worker"), consent_id=row.pk)
    assert told["party_identification"][1]["party_name"] == cast.nis.name
    assert told["pii_processing"]["purposes"][0]["pii_information"] == [{"pii_type": "name"}, {"pii_type": "needs"}]


def test_sentences_are_read_in_her_language_or_honestly_are_not():
    text, own = rules.consent_sentence("referral", "ar", receiver="Niš")
    assert own and "Niš" in text
    text, own = rules.consent_sentence("referral", "ps", receiver="Niš", fallback="sr-latn")
    assert not own and text.startswith("Smemo li")
    assert rules.sentence_in("rights", "hr") == rules.sentence_in("rights", "bs")
    for row in table("consent_texts"):
        assert all(row[language] for language in ("en", "sr", "sq", "mk", "bs"))
        told = {language: text for language, text in row.items() if language != "code" and text}
        assert len({("%(receiver)s" in text) for text in told.values()}) == 1


# --- Attacks ------------------------------------------------------------------------------------------


def test_another_organisation_meets_nothing(cast, jelena):
    [row] = take(cast, jelena, "communication")
    actions.attach_proof(by=cast.viewer("worker"), consent_id=row.pk, data=SCAN)
    for name in ("other_worker", "other_coordinator", "secretariat", "officer", "administrator", "nobody"):
        by = cast.viewer(name)
        for call in (
            lambda by=by: queries.may_use(by, jelena.pk, "communication"),
            lambda by=by: queries.consents_of(by, jelena.pk),
            lambda by=by: queries.consent_categories(by, row.pk),
            lambda by=by: actions.take_consent(by=by, person_id=jelena.pk, purposes=["research"]),
            lambda by=by: actions.withdraw_consent(by=by, consent_id=row.pk),
            lambda by=by: actions.open_proof(by=by, consent_id=row.pk),
            lambda by=by: actions.attach_proof(by=by, consent_id=row.pk, data=SCAN),
            lambda by=by: actions.export_consent(by=by, consent_id=row.pk),
            lambda by=by: actions.open_consent(by=by, consent_id=row.pk),
        ):
            with pytest.raises((NotFound, Refused)):
                call()


def test_under_a_seal_only_her_named_workers_meet_it(cast, jelena, shelter):
    [row] = take(cast, jelena, "communication")
    actions.seal_person(by=cast.viewer("operator"), person_id=jelena.pk, programme_id=shelter.pk)
    for name in ("worker", "manager", "supervisor", "coordinator"):
        by = cast.viewer(name)
        with pytest.raises(NotFound):
            queries.may_use(by, jelena.pk, "communication")
        with pytest.raises(NotFound):
            actions.export_consent(by=by, consent_id=row.pk)
    assert ask(cast, jelena, "communication", by="operator").allowed
    tables = {name: list(rows) for name, _columns, rows in _export(cast)}
    assert tables["consents"] == []


def _export(cast):
    return actions.export_everything(by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk)


def test_the_organisations_own_export_holds_them(cast, jelena):
    [row] = take(cast, jelena, "communication", witness="Mira Ilić")
    actions.attach_proof(by=cast.viewer("worker"), consent_id=row.pk, data=SCAN)
    tables = {name: (columns, list(rows)) for name, columns, rows in _export(cast)}
    columns, [line] = tables["consents"]
    assert dict(zip(columns, line, strict=True))["witness"] == "Mira Ilić"
    files = dict(actions.export_files(by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk))
    assert files[f"consents/{row.pk}.pdf"] == SCAN
