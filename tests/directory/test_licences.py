"""Licences: the table of ways, readiness, who sees what, sealed papers, reminders, the network's picture."""

import datetime as dt
import io
import itertools
import zipfile
from collections import Counter

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from duga.directory import actions
from duga.directory.models import Criterion, Licence, LicenceKind, LicenceStep
from duga.directory.queries import licences as queries
from duga.directory.rules import licences as rules
from duga.directory.rules.licences import Deadline, DueKind, Finding, LicenceState, Verdict
from duga.directory.rules.licences_data import FOLDER, rows
from duga.members.models import Notice, TrailEntry
from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused
from tests.directory import build

L = LicenceState
DAY = dt.date(2026, 3, 4)
PDF = b"%PDF-1.4 evidence"


# --- Rules ------------------------------------------------------------------------------------------


def step(now, wanted, until=None, why="", was_limited=False, on=DAY, last=DAY):
    serbia = {L.LICENSED: rules.Grants(6), L.LIMITED: rules.Grants(5, at_most=True)}
    return rules.check_step(rules.Step(now, wanted, on, last, until, why, was_limited), serbia, DAY)


def test_every_state_is_in_the_table_and_can_be_reached_from_the_beginning():
    reached, new = set(), {L.STARTED}
    while new:
        reached |= new
        new = {after for state in new for after in rules.LICENCE_WAYS[state]} - reached
    assert reached == set(L) == set(rules.LICENCE_WAYS) == set(rules.LICENCE_LABELS)


def test_a_step_the_table_does_not_hold_is_refused():
    for now, wanted in itertools.product(L, L):
        if wanted not in rules.LICENCE_WAYS[now]:
            with pytest.raises(Refused):
                step(now, wanted, until=DAY.replace(year=2028), why="so")


def test_serbia_six_years_or_once_up_to_five():
    assert step(L.APPLIED, L.LICENSED) == dt.date(2032, 3, 4)
    assert step(L.INSPECTED, L.LIMITED, until=dt.date(2029, 1, 1)) == dt.date(2029, 1, 1)
    for refused in (
        {"until": dt.date(2031, 3, 5)},  # longer than five years
        {},  # "at most" leaves the day to the decision
        {"until": dt.date(2029, 1, 1), "was_limited": True},  # once only
    ):
        with pytest.raises(Refused):
            step(L.INSPECTED, L.LIMITED, **refused)
    with pytest.raises(Refused):
        step(L.APPLIED, L.LICENSED, until=dt.date(2032, 3, 5))


def test_a_suspended_limited_licence_comes_back_as_what_it_was_and_no_longer():
    assert step(L.SUSPENDED, L.LIMITED, was_limited=True) is None


def test_where_the_country_does_not_say_how_long_the_decision_must():
    albania = {L.LICENSED: rules.Grants(None)}
    with pytest.raises(Refused):
        rules.check_step(rules.Step(L.APPLIED, L.LICENSED, DAY, DAY), albania, DAY)
    told = dt.date(2027, 1, 1)
    assert rules.check_step(rules.Step(L.APPLIED, L.LICENSED, DAY, DAY, told), albania, DAY) == told
    with pytest.raises(Refused):
        rules.check_step(rules.Step(L.APPLIED, L.LIMITED, DAY, DAY, told), albania, DAY)


def test_steps_neither_run_ahead_nor_backwards_and_bad_news_says_why():
    for wrong in ({"on": DAY + dt.timedelta(days=1)}, {"last": DAY + dt.timedelta(days=1)}):
        with pytest.raises(Refused):
            step(L.STARTED, L.GATHERED, **wrong)
    with pytest.raises(Refused):
        step(L.APPLIED, L.REFUSED)
    step(L.APPLIED, L.REFUSED, why="premises")


def test_readiness_is_met_of_applicable_and_unknown_is_told_apart():
    """The slow twin: count by hand."""
    kinds = [
        Finding(Verdict.MET), Finding(Verdict.MET, DAY), Finding(Verdict.MET, DAY - dt.timedelta(days=1)),
        Finding(Verdict.NOT_MET), Finding(Verdict.UNKNOWN), Finding(Verdict.NOT_APPLICABLE),
    ]  # fmt: skip
    for number in range(4):
        for found in itertools.product(kinds, repeat=number):
            told = rules.readiness(found, DAY)
            apply = [each for each in found if each.verdict is not Verdict.NOT_APPLICABLE]
            good = [each for each in apply if each.verdict is Verdict.MET and (each.good_until or DAY) >= DAY]
            assert (told.applicable, told.met) == (len(apply), len(good))
            assert told.met + told.not_met + told.outdated + told.unknown == told.applicable
            assert told.percent == (int(100 * len(good) / len(apply)) if apply else None)


def test_reminders_come_each_time_once_and_not_for_what_is_long_past():
    due = Deadline(DueKind.LICENCE, DAY, "", "")
    days = {left: rules.reminder_due(due, DAY - dt.timedelta(days=left)) for left in (200, 180, 91, 90, 30, 6, 0, -61)}
    assert days == {200: None, 180: 180, 91: 180, 90: 90, 30: 30, 6: 7, 0: 7, -61: None}


def test_months_and_years_end_on_days_that_exist():
    assert rules.add_months(dt.date(2026, 1, 31), 1) == dt.date(2026, 2, 28)
    assert rules.add_months(dt.date(2026, 11, 30), 12) == dt.date(2027, 11, 30)
    assert rules.add_years(dt.date(2024, 2, 29), 6) == dt.date(2030, 2, 28)


def test_the_files_name_a_source_for_each_kind_and_standard_and_no_country_without_rules():
    assert all(row["source"] and row["url"] and row["read_on"] for row in rows("kinds"))
    assert all(row["source"] and row["url"] for row in rows("standards"))
    assert {row["country"] for row in rows("kinds")} == {row["country"] for row in rows("criteria")}
    assert [row["years"] for row in rows("kinds") if row["country"] == "RS"] == ["6", "5"]
    assert len([row for row in rows("kinds") if row["country"] == "AL"]) == 2
    assert [row["from_year"] for row in rows("kinds") if row["country"] == "MK"] == ["2019"]


def test_what_no_source_lists_is_never_told_as_certain():
    """A criterion a source lists says where; the rest are told to be checked with the rule book, and counted."""
    assert all(bool(row["cite"]) == (row["basis"] == "source") for row in rows("criteria"))
    unproven = Counter(row["country"] for row in rows("criteria") if row["basis"] == "duga")
    assert unproven == {"RS": 12, "AL": 2, "MK": 3}
    told = (FOLDER / "README.md").read_text()
    assert f"Of {len(rows('criteria'))} criteria" in told and f"{unproven.total()} are to be checked" in told


# --- With tables --------------------------------------------------------------------------------------


@pytest.fixture
def offered(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    build.terms()
    actions.load_licensing(by=build.HOUSE)
    return build.service(cast, build.provider(cast))


def begun(cast, service, **told):
    kind = queries.licence_kinds(service.country)[0]
    return actions.start_licence(by=cast.viewer("coordinator"), service_id=service.pk, kind_id=kind.pk, **told)


def go(cast, licence, *states, **told):
    for state in states:
        licence = actions.step_licence(by=cast.viewer("coordinator"), licence_id=licence.pk, state=state, **told)
    return licence


def page(cast, licence, who="coordinator"):
    return queries.licence_page(cast.viewer(who), licence.pk, timezone.localdate())


@pytest.mark.django_db
def test_what_countries_ask_is_loaded_once(offered):
    before = list(LicenceKind.objects.values())
    actions.load_licensing(by=build.HOUSE)
    assert list(LicenceKind.objects.values()) == before


@pytest.mark.django_db
def test_a_service_goes_its_way_and_every_step_stays(cast, offered):
    licence = begun(cast, offered)
    with pytest.raises(Conflict):
        begun(cast, offered)
    licence = go(cast, licence, L.GATHERED, L.APPLIED, L.INSPECTED, L.LICENSED, number="12-3/26")
    today = timezone.localdate()
    assert licence.valid_until == rules.add_years(today, 6)
    told = queries.licences_in_force([offered.pk], today)[offered.pk]
    assert (told.number, told.limited) == ("12-3/26", False)
    assert queries.licences_in_force([offered.pk], licence.valid_until + dt.timedelta(days=1)) == {}
    assert [row.state for row in page(cast, licence).steps] == [
        "started", "gathered", "applied", "inspected", "licensed",
    ]  # fmt: skip
    assert TrailEntry.objects.filter(event="directory.licence_step").count() == 4


@pytest.mark.django_db
def test_who_looks_at_a_licence(cast, offered):
    licence = begun(cast, offered)
    assert page(cast, licence).edits and page(cast, licence).papers
    assert page(cast, licence, "national").edits and not page(cast, licence, "national").papers
    with pytest.raises(NotAllowed):
        page(cast, licence, "worker")
    with pytest.raises(NotFound):
        page(cast, licence, "other_coordinator")
    actions.name_mentor(by=cast.viewer("secretariat"), licence_id=licence.pk, organisation_id=cast.nis.pk)
    standing = cast.nis.memberships.get()
    standing.until = dt.date.today()
    standing.save()
    with pytest.raises(NotFound):  # who left the network is nobody's mentor any more
        page(cast, licence, "other_coordinator")
    standing.until = None
    standing.save()
    mentor = page(cast, licence, "other_coordinator")
    assert not mentor.edits and not mentor.papers
    with pytest.raises(NotAllowed):
        actions.assess(by=cast.viewer("other_coordinator"), licence_id=licence.pk, verdicts={})
    due = timezone.localdate()
    actions.add_licence_task(by=cast.viewer("other_coordinator"), licence_id=licence.pk, what="Nacrt", due_on=due)
    assert len(page(cast, licence).deadlines) == 1


@pytest.mark.django_db
def test_assessing_moves_readiness_and_tasks_follow_what_is_missing(cast, offered):
    licence = begun(cast, offered)
    seen = page(cast, licence)
    assert (seen.readiness.percent, seen.readiness.unknown) == (0, len(seen.checked))
    first, second, third = (row.criterion.pk for row in seen.checked[:3])
    verdicts = {first: ("met", ""), second: ("not_met", "nema ugovora"), third: ("not_applicable", "")}
    by = cast.viewer("coordinator")
    assert actions.assess(by=by, licence_id=licence.pk, verdicts=verdicts) == 3
    assert actions.assess(by=by, licence_id=licence.pk, verdicts=verdicts) == 0
    told = page(cast, licence).readiness
    assert (told.met, told.not_met, told.applicable) == (1, 1, len(seen.checked) - 1)
    made = actions.make_licence_tasks(by=by, licence_id=licence.pk, due_on=timezone.localdate())
    assert made == len(seen.checked) - 2
    assert actions.make_licence_tasks(by=by, licence_id=licence.pk, due_on=timezone.localdate()) == 0


@pytest.mark.django_db
def test_papers_lie_sealed_and_open_to_the_organisation_alone(cast, offered, settings):
    licence, by = begun(cast, offered), cast.viewer("coordinator")
    criterion = page(cast, licence).checked[0].criterion
    told = {"licence_id": licence.pk, "title": "Rješenje o upisu", "criterion_id": criterion.pk}
    row = actions.attach_document(by=by, data=PDF, **told)
    on_disk = [path.read_bytes() for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert len(on_disk) == 1 and b"evidence" not in on_disk[0]
    assert actions.open_document(by=by, document_id=row.pk) == (PDF, "application/pdf", "rjesenje-o-upisu.pdf")
    for who in ("national", "secretariat"):
        with pytest.raises(NotAllowed):
            actions.open_document(by=cast.viewer(who), document_id=row.pk)
    for data in (b"MZ\x90 program", b"", b"%PDF-" + b"x" * (10 * 1024 * 1024)):
        with pytest.raises(Refused):
            actions.attach_document(by=by, data=data, **told)
    data, name = actions.make_application_file(by=by, licence_id=licence.pk)
    with zipfile.ZipFile(io.BytesIO(data)) as folder:
        inside = folder.namelist()
        assert name.endswith(".zip") and any(path.endswith("rjesenje-o-upisu.pdf") for path in inside)
        assert folder.read(next(path for path in inside if path.endswith(".pdf"))) == PDF
        assert folder.read(next(path for path in inside if path.endswith("checklist.csv"))).startswith(b"\xef\xbb\xbf")
    with pytest.raises(NotAllowed):
        actions.make_application_file(by=cast.viewer("national"), licence_id=licence.pk)


def test_a_removed_document_is_gone_from_the_disk(cast, offered, settings, django_capture_on_commit_callbacks):
    licence, by = begun(cast, offered), cast.viewer("coordinator")
    row = actions.attach_document(by=by, licence_id=licence.pk, title="Statut", data=PDF)
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_document(by=by, document_id=row.pk)
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    with pytest.raises(NotFound):
        actions.open_document(by=by, document_id=row.pk)


@pytest.mark.django_db
def test_the_clock_expires_and_reminds_each_once(cast, offered):
    today = timezone.localdate()
    on = today - dt.timedelta(days=5 * 365)
    licence = begun(cast, offered, state=L.LICENSED, on=on, until=today + dt.timedelta(days=20))
    clock = build.HOUSE
    assert actions.look_after_licences(by=clock) == (0, 1)
    assert actions.look_after_licences(by=clock) == (0, 0)
    assert Notice.objects.filter(account=cast.accounts["coordinator"]).count() == 1
    assert actions.look_after_licences(by=clock, today=today + dt.timedelta(days=21)) == (1, 0)
    licence.refresh_from_db()
    assert licence.state == L.EXPIRED and LicenceStep.objects.filter(state="expired").count() == 1
    assert actions.look_after_licences(by=clock, today=today + dt.timedelta(days=21)) == (0, 0)


@pytest.mark.django_db
def test_the_picture_counts_what_is_in_force_today_and_the_steps_of_each_year(cast, offered):
    today = timezone.localdate()
    licence = begun(cast, offered, state=L.LICENSED, on=today - dt.timedelta(days=400))
    picture = queries.licence_picture(cast.viewer("national"), today)
    assert picture.today["ME"] == {"services": 1, "in_force": 1, "limited": 0, "begun": 0, "applied": 0}
    assert picture.years[licence.since.year, "ME"] == {L.LICENSED: 1}
    past = queries.licence_picture(cast.viewer("national"), licence.valid_until + dt.timedelta(days=1))
    assert (past.today["ME"]["in_force"], past.today["ME"]["ended"]) == (0, 1)
    with pytest.raises(NotAllowed):
        queries.licence_picture(cast.viewer("coordinator"), today)


@pytest.mark.django_db
def test_many_are_loaded_at_once_by_the_network_that_keeps_them(cast, offered):
    kind = queries.licence_kinds("ME")[0]
    row = {"service_id": offered.pk, "kind_id": kind.pk, "steps": [("started", DAY, None, "", "")]}
    other = cast.viewer("other_coordinator")
    with pytest.raises((NotAllowed, NotFound)):
        actions.load_licences(by=other, network_id=cast.me.pk, rows=[row])
    with pytest.raises(Refused):
        actions.load_licences(
            by=cast.viewer("secretariat"), network_id=cast.rs.pk, rows=[{**row, "service_id": kind.pk}]
        )
    assert actions.load_licences(by=cast.viewer("national"), network_id=cast.me.pk, rows=[row]) == 1
    assert Licence.objects.get().state == L.STARTED


# --- Screens ------------------------------------------------------------------------------------------


def test_a_coordinator_goes_the_whole_way_on_screen(cast, offered, sign_in):
    client, kind = sign_in("coordinator"), queries.licence_kinds("ME")[0]
    begin = {"service": offered.pk, "kind": kind.pk, "state": "started"}
    answer = client.post("/workspace/organisations/niksic/licences/", begin, follow=True)
    licence = Licence.objects.get()
    here = f"/workspace/licences/{licence.pk}/"
    assert answer.redirect_chain[-1][0] == here
    key = page(cast, licence).checked[0].criterion.pk.hex
    fields = {
        name: value
        for row in page(cast, licence).checked
        for name, value in ((f"v_{row.criterion.pk.hex}", "unknown"), (f"n_{row.criterion.pk.hex}", ""))
    }
    shown = client.get(f"{here}checklist/").content.decode()
    assert "attachments to the request" in shown and "to be checked with the rule book" not in shown  # all listed
    Criterion.objects.filter(pk=key).update(basis="duga", cite="")
    shown = client.get(f"{here}checklist/").content.decode()
    assert "to be checked with the rule book" in shown and "1 criterion below is a heading" in shown
    assert client.post(f"{here}checklist/", {**fields, f"v_{key}": "met"}).status_code == 302
    assert page(cast, licence).readiness.met == 1
    for sent in (
        {"do": "task", "what": "Statut", "due_on": "1.2.2027", "criterion": ""},
        {"do": "tasks", "all_due_on": "1.2.2027"},
        {"do": "step", "state": "gathered", "version": licence.version},
        {"do": "attach", "title": "Statut", "criterion": "", "file": ContentFile(PDF, "a.pdf")},
    ):
        assert client.post(here, sent).status_code == 302, sent
    assert client.post(here, {"do": "step", "state": "gathered", "version": 2}).status_code == 422
    assert client.post(here, {"do": "attach", "title": "x", "file": ContentFile(b"MZ", "a.exe")}).status_code == 422
    assert client.post(here, {"do": "step", "state": "applied", "version": 1}).status_code == 409
    told = client.post(f"{here}application/")
    assert told["Content-Type"] == "application/zip" and told.content.startswith(b"PK")


def test_a_country_without_rules_is_told_as_unknown(cast, offered, sign_in):
    LicenceKind.objects.update(retired=True)
    text = sign_in("national").get("/workspace/licences/").content.decode()
    assert "which is not nought" in text
    assert (
        "No rules are known" in sign_in("coordinator").get("/workspace/organisations/niksic/licences/").content.decode()
    )


@pytest.mark.django_db
def test_evidence_that_gets_old_is_told_in_time_and_then_counts_no_more(cast, offered):
    Criterion.objects.update(months=12)
    licence, today = begun(cast, offered), timezone.localdate()
    criterion = page(cast, licence).checked[0].criterion
    on = rules.add_months(today, -12) + dt.timedelta(days=5)
    told = {"licence_id": licence.pk, "verdicts": {criterion.pk: ("met", "")}, "on": on}
    actions.assess(by=cast.viewer("coordinator"), **told)
    (deadline,) = page(cast, licence).deadlines
    assert deadline.names == criterion.names and page(cast, licence).readiness.met == 1
    assert actions.look_after_licences(by=build.HOUSE) == (0, 1)
    assert str(criterion.names["en"]) not in str(Notice.objects.values())
    late = queries.licence_page(cast.viewer("coordinator"), licence.pk, deadline.on + dt.timedelta(days=1))
    assert (late.readiness.met, late.readiness.outdated) == (0, 1)
