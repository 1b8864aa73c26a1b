"""The screens of cases and parties: what is shown, kept, refused; nothing written by people ever runs."""

import pytest
from django.urls import reverse

from duga.casework import actions, queries
from tests.casework.test_cases import SECRET, TODAY, pdf

SCRIPT = "<script>alert(1)</script> %(x)s {{ 7*7 }}"


def url(name, **kwargs):
    return reverse(f"casework:{name}", kwargs=kwargs)


@pytest.fixture
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def case(cast, add, files):
    return actions.open_case(by=cast.viewer("manager"), person_id=add("Ana", "Kovač").pk, basis="legal_duty")


def test_from_a_person_to_a_closed_case(cast, sign_in, add, files):
    client, person = sign_in("manager"), add("Ana", "Kovač")
    refused = client.post(url("case_person", person_id=person.pk), {"programme": ""})
    assert refused.status_code == 422 and b"lawful basis" in refused.content
    opened = client.post(url("case_person", person_id=person.pk), {"basis": "legal_duty"})
    (case,) = queries.caseload(cast.viewer("manager"), cast.niksic)
    assert opened.headers["Location"] == url("case_plan", case_id=case.pk)
    plan, page = url("case_plan", case_id=case.pk), url("case", case_id=case.pk)
    client.post(plan, {"goal": f"Papers {SCRIPT}", "need": "legal"})
    client.post(plan, {"step": f"To the registrar {SCRIPT}", "due": "1.1.2020"})
    client.post(url("case_note", case_id=case.pk), {
        "text": f"{SECRET} {SCRIPT}", "section": "violence", "kind": "visit", "on": "",
    })  # fmt: skip
    told = client.get(f"{page}?section=violence").content.decode()
    assert SECRET in told and "<script>alert" not in told and "{{ 7*7 }}" in told and "late" in told
    assert "Ana" not in client.get(url("caseload", slug="niksic")).content.decode()
    assert "Ana Kovač" in client.post(url("caseload", slug="niksic"), {"names": "1"}).content.decode()
    found = client.post(url("caseload", slug="niksic"), {"code": case.code.lower()})
    assert found.headers["Location"] == page
    wrong = client.post(url("caseload", slug="niksic"), {"code": "KA-0000-0"})
    assert wrong.status_code == 422
    (step,) = queries.steps_of(case)
    assert (
        b"still open"
        in client.post(url("case_close", case_id=case.pk), {"reason": "plan_done", "outcome": "reached"}).content
    )
    client.post(page, {"done": step.pk})
    client.post(url("case_close", case_id=case.pk), {"reason": "plan_done", "outcome": "reached"})
    case.refresh_from_db()
    assert case.state == "closed"
    assert "Goals reached" in client.get(page).content.decode()
    client.post(url("case_close", case_id=case.pk), {"reason": "she came back"})
    case.refresh_from_db()
    assert case.state == "open"


def test_a_half_written_note_is_kept_and_comes_back(cast, sign_in, case):
    client, page = sign_in("manager"), url("case_note", case_id=case.pk)
    answer = client.post(page, {"autosave": "1", "text": SECRET, "section": "health", "kind": "visit"})
    assert answer.status_code == 204
    again = client.get(page).content.decode()
    assert SECRET in again and "your draft" in again
    assert SECRET not in sign_in("supervisor").get(page).content.decode()
    assert "Go on with your note" in sign_in("manager").get(url("case", case_id=case.pk)).content.decode()


def test_files_by_screen(cast, sign_in, case):
    from django.core.files.uploadedfile import SimpleUploadedFile as Upload

    client, page = sign_in("manager"), url("case_files", case_id=case.pk)
    wrong = client.post(page, {"file": Upload("x.pdf", b"<script>"), "section": "general"})
    assert wrong.status_code == 422 and b"PDF, JPEG or PNG" in wrong.content
    client.post(page, {"file": Upload("Rešenje.pdf", pdf(), "text/html"), "section": "legal"})
    (file,) = queries.attachments_of(cast.viewer("manager"), case)
    answer = client.get(url("case_file", attachment_id=file.pk))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    client.post(url("case_file", attachment_id=file.pk))
    assert client.get(url("case_file", attachment_id=file.pk)).status_code == 404


def test_fields_nobody_offers_change_nothing(cast, sign_in, case):
    """Lead, state, organisation and person of a case come from its own doors only."""
    client = sign_in("manager")
    extra = {"lead": cast.accounts["worker"].pk, "organisation": cast.nis.pk, "person_id": "x", "closed_on": TODAY,
             "code": "KA-0000-0", "state": "closed"}  # fmt: skip
    client.post(url("case_note", case_id=case.pk), {"text": "x", "section": "general", "kind": "visit", **extra})
    client.post(url("case_close", case_id=case.pk), {"review_on": "1.1.2099", "version": case.version, **extra})
    before = (case.lead_id, case.organisation_id, case.person_id, case.code, "open")
    case.refresh_from_db()
    assert (case.lead_id, case.organisation_id, case.person_id, case.code, case.state) == before
    client.post(url("case", case_id=case.pk), {"state": "closed", "version": case.version})
    case.refresh_from_db()
    assert case.state == "open"


def test_a_supervisor_reads_decides_and_the_word_comes_back(cast, sign_in, case):
    asked = actions.ask_approval(by=cast.viewer("manager"), case_id=case.pk, what="plan")
    client = sign_in("supervisor")
    assert case.code in client.get(url("approvals", slug="niksic")).content.decode()
    client.post(url("approval_decide", approval_id=asked.pk), {"decision": "returned", "word": f"Too vague {SCRIPT}"})
    told = sign_in("manager").get(url("case", case_id=case.pk)).content.decode()
    assert "Too vague" in told and "<script>alert" not in told


def test_the_team_and_a_new_lead(cast, sign_in, case):
    client, page = sign_in("manager"), url("case_team", case_id=case.pk)
    client.post(page, {"colleague": cast.accounts["worker"].pk})
    assert sign_in("worker").get(url("case", case_id=case.pk)).status_code == 200
    sign_in("manager").post(page, {"lead": cast.accounts["supervisor"].pk})
    case.refresh_from_db()
    assert case.lead_id == cast.accounts["supervisor"].pk
    assert sign_in("manager").post(page, {"lead": "nonsense"}).status_code == 422


def test_needs_and_what_happened(cast, sign_in, add, give):
    client, person = sign_in("worker"), add("Ana", "Kovač")
    give(person)
    client.post(url("needs", person_id=person.pk), {"code": "food", "urgency": "urgent", "since": "1.2.2026"})
    (need,) = queries.needs_of(cast.viewer("worker"), person.pk)
    client.post(url("needs", person_id=person.pk), {"need": need.pk, "met": "by_us"})
    told = client.get(url("timeline", person_id=person.pk)).content.decode()
    assert "Need: Food" in told and "by us" in told and "1 × parcel" in told.replace("\xa0", " ").lower()


def test_two_records_side_by_side(cast, sign_in, add):
    client, one, other = sign_in("manager"), add("Ana", "Kovač", phone="069 111 222"), add("Anna", "Kovač")
    page = url("merge_pair", person_id=one.pk, other_id=other.pk)
    told = client.get(page).content.decode()
    assert "069 111 222" in told and other.code in told
    client.post(page, {"keep": other.pk})
    (merge,) = queries.merges_of(cast.viewer("manager"), other.pk)
    assert merge.gone_id == one.pk
    assert other.code in client.get(url("person", person_id=one.pk)).content.decode()
    client.post(url("merge_undo", merge_id=merge.pk))
    assert client.get(url("person", person_id=one.pk)).status_code == 200


def test_a_party_on_the_phone(cast, sign_in, add):
    client = sign_in("worker")
    client.post(url("parties", slug="niksic"), {"size": "3", "size_qualifier": "at_least", "since": "1.3.2026"})
    (party,) = queries.parties(cast.viewer("worker"), cast.niksic)
    page = url("party", party_id=party.pk)
    person = add("Ahmad", "Karimi")
    client.post(page, {"role": "head", "person": person.pk})
    (member,) = queries.party_members(cast.viewer("worker"), party.pk)
    assert "Ahmad Karimi" in client.get(page).content.decode()
    assert "Red Cross" not in client.get(page).content.decode()
    client.post(page, {"why": "lost_one_another", "member": member.pk})
    told = client.get(page).content.decode()
    assert "Red Cross" in told and "lost one another" in told


def test_a_household_with_roles(cast, sign_in, add):
    client, person = sign_in("worker"), add("Ana", "Kovač")
    home = actions.register_household(
        by=cast.viewer("worker"), organisation_id=cast.niksic.pk, size=2, head_id=person.pk
    )
    page = url("household_members", household_id=home.pk)
    client.post(page, {"role": "head", "person": person.pk})
    client.post(page, {"role": "child"})
    told = client.get(page).content.decode()
    assert "Ana Kovač" in told and "Son or daughter" in told
    assert client.post(page, {"role": "other_relative"}).status_code == 422
