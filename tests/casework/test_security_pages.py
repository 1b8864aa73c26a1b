"""Attacks on every address and every file of casework, by tables read off the house: what is new is attacked, too."""

import importlib
import inspect
import io
import pkgutil
import re
import uuid
import zipfile
from pathlib import Path

import pytest
from django import forms
from django.urls import URLPattern, reverse

from duga.casework import actions, models
from duga.casework import forms as casework_forms
from duga.casework import urls as casework_urls
from duga.casework.actions import volunteers
from duga.plain.errors import DugaError
from duga.plain.tables import write_csv
from tests.casework import lives
from tests.casework.looking import SHOWN, shown

pytestmark = pytest.mark.django_db
#: What an id in an address is of; where one word means several things, by the address's name.
OF = {
    "person_id": models.Person, "other_id": models.Person, "household_id": models.Household,
    "party_id": models.TravellingParty, "case_id": models.Case, "assignment_id": models.Assignment,
    "visit_id": models.RecurringVisit, "consent_id": models.ConsentRecord, "group_id": models.Group,
    "decision_id": models.BestInterestsDecision, "disclosure_id": models.Disclosure, "merge_id": models.Merge,
    "list_id": models.DistributionList, "assistance_id": models.Assistance, "referral_id": models.Referral,
    "call_id": models.Call, "line_id": models.HelplineLine, "glass_id": models.BreakGlass,
    "certificate_id": models.ErasureCertificate, "volunteer_id": models.Volunteer, "item_id": models.StockItem,
    "approval_id": models.Approval, "attachment_id": models.Attachment, "assessment_id": models.RiskAssessment,
    "batch_id": models.ImportBatch, "staged_id": models.StagedImport, "draft_id": models.Request,
    "feedback_id": models.Feedback, "breach_id": models.Breach, "request_id": models.Request,
}  # fmt: skip
REQUESTS = {"subject_reply": models.SubjectRequest, "duty_month": models.MonthlyRequest,
            "duty_month_file": models.MonthlyRequest}  # fmt: skip
#: Open by their nature: they answer a phone or a visitor alike, whatever stands in the address.
ALIKE = {"phone_tick"}
#: Say what is missing in what was sent before they look whose it is: the same for all.
ASKED_FIRST = {"post person_copy"}


@pytest.fixture
def life(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    words = lives.Words(21)
    found = lives.open_life(cast, words)
    found.hidden = lives.sealed_life(cast, words, "SOS")
    lives.the_house(cast, words)
    here = {"by": cast.viewer("coordinator"), "organisation_id": cast.niksic.pk}
    actions.log_breach(**here, kind="other", what="a paper was left in the van")
    return found


def with_ids():
    """(name, {id in the address: its table}) of every address of casework that holds an id."""
    for entry in casework_urls.urlpatterns:
        if isinstance(entry, URLPattern):
            converters = entry.pattern.converters
            ids = [name for name, each in converters.items() if type(each).__name__ == "UUIDConverter"]
            if ids and entry.name not in ALIKE:
                yield entry.name, {name: REQUESTS.get(entry.name, OF[name]) for name in ids}, set(converters) - {*ids}


def test_nobody_outside_learns_by_an_address_whether_something_is_there(cast, life, client):
    client.force_login(cast.accounts["other_coordinator"])
    tried, told = 0, []
    for name, ids, others in with_ids():
        more = {"slug": cast.niksic.slug} if "slug" in others else {}
        more |= {"step": "hold"} if "step" in others else {}
        rows = {key: a_row(model) for key, model in ids.items()}
        if None in rows.values():
            continue
        there = reverse(f"casework:{name}", kwargs=more | {key: row.pk for key, row in rows.items()})
        nowhere = reverse(f"casework:{name}", kwargs=more | {key: uuid.uuid4() for key in rows})
        for method in ("get", "post"):
            answers = [getattr(client, method)(address) for address in (there, nowhere)]
            tried += 1
            closed = {302, 404, 405} if f"{method} {name}" in ASKED_FIRST else {404, 405}
            if {answer.status_code for answer in answers} - closed or bare(answers[0]) != bare(answers[1]):
                told.append(f"{method} {name}: {[answer.status_code for answer in answers]}")
    assert told == [] and tried > 130


def a_row(model):
    """A row of the other organisation; a referral that was not sent to the one who tries."""
    rows = model._base_manager.all()
    return (rows.filter(to_organisation=None) if model is models.Referral else rows).order_by("pk").first()


def bare(answer) -> str:
    """A page without what differs from one opening to the next."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", answer.content.decode())
    return re.sub(r'(csrfmiddlewaretoken" value=")[^"]+|nonce-[\w-]+', "", text)


def test_a_form_takes_the_fields_it_names_and_no_others():
    """Nothing a browser adds reaches a row: no form is made from a table, no view hands on all that was posted."""
    modules = [
        importlib.import_module(f"{casework_forms.__name__}.{each.name}")
        for each in pkgutil.iter_modules(casework_forms.__path__)
    ]
    found = {form for module in modules for _name, form in inspect.getmembers(module, inspect.isclass)}
    found = {form for form in found if issubclass(form, forms.BaseForm)}
    assert len(found) > 40 and [form for form in found if issubclass(form, forms.BaseModelForm)] == []
    for path in (Path(casework_forms.__file__).parents[1] / "views").rglob("*.py"):
        code = path.read_text("utf-8")
        assert not re.search(r"\*\*\s*request\.(POST|GET|FILES)|\*\*\s*form\.data", code), path.name


class Hostile(lives.Words):
    """Every word is a formula and runs where a page forgets to show it as a word."""

    def name(self) -> str:
        return f"=1+{self.draw()}<script>alert('{self.draw()}')</script>"

    def phone(self) -> str:
        return f"+381 6{self.chance.randrange(10**6):06d}<img src=x onerror=alert(1)>"

    open = name


def test_a_word_is_a_word_on_every_page_and_a_cell_in_every_file(cast, settings, tmp_path, client):
    settings.MEDIA_ROOT = tmp_path / "files"
    words = Hostile(31)
    her, hidden = lives.open_life(cast, words), lives.sealed_life(cast, words, "=SOS<script>alert(2)</script>")
    lives.the_house(cast, words)
    people_ = [her.person.pk, hidden.person.pk]
    rows = {model: lives.rows_of(model, people_) for model in SHOWN if model in lives.ways_to_a_person()}
    rows[models.Person] = [her.person, hidden.person]
    seen = dict(shown(cast, client, rows))
    assert sum("&lt;script&gt;alert" in text for text in seen.values()) > 8, "the words are shown"
    assert [name for name, text in seen.items() if "<script>alert" in text or "<img src=x" in text] == []
    at = {"by": cast.viewer("coordinator"), "organisation_id": cast.niksic.pk}
    for form in ("csv", "xlsx"):
        _name, _media, data = actions.export_assistance(**at, names=True, form=form)
        assert formulas(data, f"x.{form}") == []
    for name, columns, lines in actions.export_everything(**at):
        assert formulas(write_csv(columns, ([str(cell) for cell in line] for line in lines)), f"{name}.csv") == []


def formulas(data: bytes, name: str) -> list:
    """Cells a spreadsheet would work out."""
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            return [part for part in file.namelist() if b"<f>" in file.read(part)]
    lines = data.decode("utf-8-sig").splitlines()
    cells = [cell for line in lines for cell in re.findall(r'(?:^|,)"?([^",]*)', line)]
    return [cell for cell in cells if re.match(r"[=+@\t\r]|-[^\d]", cell)]


# --- what is sent in ----------------------------------------------------------------------------------------

TRICKS = {
    "a page": b"<html><script>alert(1)</script>", "a picture that runs": b"<svg onload=alert(1) xmlns='x'/>",
    "a program": b"MZ\x90\x00" + bytes(200), "nothing": b"", "too much": b"%PDF-" + bytes(11 << 20),
    "an archive": b"PK\x03\x04" + bytes(50), "a page called a picture": b"GIF89a/*<script>alert(1)</script>*/",
}  # fmt: skip
NAMES = (
    "../../escaped.png",
    "/etc/escaped.pdf",
    "C:\\escaped.png",
    "escaped\x00.png",
    "<script>.csv",
    "x" * 500 + ".png",
)


def test_what_is_no_paper_is_not_kept_and_no_name_leads_out_of_the_folder(cast, life, tmp_path):
    manager, here = cast.viewer("manager"), {"organisation_id": cast.niksic.pk}
    coordinator = {"by": cast.viewer("coordinator"), **here}
    consent = models.ConsentRecord.objects.filter(scan_type="").first()
    ways = {
        "attach_file": lambda data, name: actions.attach_file(by=manager, case_id=life.case.pk, name=name, data=data),
        "attach_scan": lambda data, name: actions.attach_scan(by=manager, list_id=life.list.pk, data=data),
        "attach_proof": lambda data, name: actions.attach_proof(by=manager, consent_id=consent.pk, data=data),
        "stage_import": lambda data, name: actions.stage_import(**coordinator, name=name, data=data),
        "import_assistance": lambda data, name: actions.import_assistance(**coordinator, name=name, data=data),
        "preview_import": lambda data, name: actions.preview_import(**coordinator, name=name, data=data),
        "import_volunteers": lambda data, name: volunteers.import_volunteers(**coordinator, name=name, data=data),
        "preview_volunteers": lambda data, name: volunteers.preview_volunteers(**coordinator, name=name, data=data),
    }
    taking = {
        name
        for each in pkgutil.walk_packages(actions.__path__, f"{actions.__name__}.")
        for name, action in inspect.getmembers(importlib.import_module(each.name), inspect.isfunction)
        if "data" in inspect.signature(action).parameters and action.__module__ == each.name and name[0] != "_"
    }
    assert taking == set(ways), "a new way in is attacked, too"
    before, kept = set(tmp_path.rglob("*")), []
    for way, send in ways.items():
        for what, data in TRICKS.items():
            for name in NAMES[:2]:
                try:
                    send(data, name)
                except DugaError:
                    continue
                kept.append(f"{way}: {what}")
    assert [each for each in kept if each.startswith("attach")] == []
    for name in NAMES:
        for way in ("stage_import", "attach_file"):
            try:
                ways[way](lives.pdf("x") if way == "attach_file" else b"Ime;Usluga;Datum\nAna;paket;3.4.2024\n", name)
            except DugaError:
                continue
    new = set(tmp_path.rglob("*")) - before
    assert new and all(path.is_relative_to(tmp_path / "files") for path in new)
    assert not [path for path in new if "escaped" in path.name or "script" in path.name]
    assert not list(Path("/etc").glob("escaped*"))
