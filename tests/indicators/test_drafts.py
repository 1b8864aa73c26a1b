"""Draft → audited → checked by a second person → released: the steps, who may take them, and the screens."""

import html
import re

import pytest
from django.db import OperationalError
from django.db.models import QuerySet
from django.urls import reverse

from duga.evidence import disclosure
from duga.indicators import actions, queries, rules
from duga.indicators.actions import countings
from duga.indicators.models import Counting, Release
from duga.indicators.rules import CountingKind
from duga.members.models import TrailEntry
from duga.members.rules import Viewer
from duga.plain.errors import NotAllowed, NotFound, Refused
from tests.indicators.ledgers import people_of
from tests.indicators.test_building import build

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_people(settings):
    """The rule as it stands everywhere but in a demo."""
    settings.SECOND_PERSON = True


@pytest.fixture
def drafts(cast, snapshot):
    """Montenegro 2020, drafted by the secretariat."""
    return actions.draft_release(by=cast.viewer("secretariat"), country="ME", year=2020)


def states(drafts):
    return set(Release.objects.filter(pk__in=[each.pk for each in drafts]).values_list("state", flat=True))


def test_the_table_of_states_has_no_way_around_audit_and_check():
    """Every path from draft to released goes through both; nothing leaves a final state."""

    def paths(state, seen):
        if state is rules.ReleaseState.RELEASED:
            yield seen
        for to in rules.TRANSITIONS[state] - set(seen):
            yield from paths(to, [*seen, to])

    found = list(paths(rules.ReleaseState.DRAFT, [rules.ReleaseState.DRAFT]))
    assert found
    for path in found:
        assert path.index("audited") < path.index("checked") < path.index("released")
    assert not rules.TRANSITIONS[rules.ReleaseState.SUPERSEDED] | rules.TRANSITIONS[rules.ReleaseState.WITHDRAWN]
    assert set(rules.STATE_LABELS) == set(rules.TRANSITIONS) == set(rules.ReleaseState)


def test_through_all_steps_by_two_people(cast, drafts):
    assert states(drafts) == {"audited"} and len({draft.batch for draft in drafts}) == 1
    by, batch = cast.viewer("secretariat"), drafts[0].batch
    with pytest.raises(Refused, match="second person"):
        actions.publish_drafts(by=by, batch=batch)
    with pytest.raises(Refused, match="second person"):
        actions.freeze_release(by=by, release_id=drafts[0].pk)
    with pytest.raises(NotAllowed, match="You drafted"):
        actions.check_drafts(by=by, batch=batch)
    with pytest.raises(NotAllowed, match="You drafted"):
        actions.return_drafts(by=by, batch=batch, reason="mine")
    actions.check_drafts(by=cast.viewer("reviewer"), batch=batch)
    assert states(drafts) == {"checked"}
    with pytest.raises(Refused):
        actions.publish_drafts(by=cast.viewer("reviewer"), batch=batch)
    actions.publish_drafts(by=by, batch=batch)
    assert states(drafts) == {"released"}
    kept = Release.objects.get(pk=drafts[0].pk)
    assert (kept.drafted_by, kept.checked_by, kept.released_by) == (
        "secretariat@example.org", "reviewer@example.org", "secretariat@example.org",
    )  # fmt: skip
    told = list(TrailEntry.objects.filter(event__startswith="indicators.release").order_by("at"))
    assert [(each.event.partition(".")[2], each.actor) for each in told] == [
        ("release_drafted", "secretariat@example.org"),
        ("release_audited", "secretariat@example.org"),
        ("release_checked", "reviewer@example.org"),
        ("released", "secretariat@example.org"),
    ]


def test_nobody_releases_alone_in_one_go(cast, snapshot):
    by = cast.viewer("secretariat")
    for act in (
        lambda: actions.release_tables(by=by, country="ME", year=2020),
        lambda: actions.release_all(by=by, years=[2020]),
    ):
        with pytest.raises(Refused, match="second person"):
            act()
    assert not Release.objects.exists()


def test_a_check_returns_with_a_reason_and_drafting_anew_begins_again(cast, drafts):
    reviewer, batch = cast.viewer("reviewer"), drafts[0].batch
    with pytest.raises(Refused, match="Say what is wrong"):
        actions.return_drafts(by=reviewer, batch=batch, reason=" ")
    actions.return_drafts(by=reviewer, batch=batch, reason="Budva is missing")
    assert states(drafts) == {"returned"}
    for act in (actions.check_drafts, actions.publish_drafts):
        with pytest.raises(Refused):
            act(by=cast.viewer("secretariat") if act is actions.publish_drafts else reviewer, batch=batch)
    entry = TrailEntry.objects.get(event="indicators.release_returned")
    assert entry.detail["reason"] == "Budva is missing" and entry.actor == "reviewer@example.org"
    new = actions.draft_release(by=cast.viewer("national"), country="ME", year=2020)
    assert states(drafts) == {"withdrawn"} and states(new) == {"audited"}
    assert Release.objects.filter(pk=drafts[0].pk).get().reason == "drafted anew"
    with pytest.raises(NotFound):
        actions.check_drafts(by=reviewer, batch=batch)


def test_what_was_checked_can_still_be_returned_and_thrown_away(cast, drafts):
    batch = drafts[0].batch
    actions.check_drafts(by=cast.viewer("reviewer"), batch=batch)
    actions.return_drafts(by=cast.viewer("national"), batch=batch, reason="second thoughts")
    actions.discard_drafts(by=cast.viewer("secretariat"), batch=batch)
    assert states(drafts) == {"withdrawn"}


def test_a_failed_audit_goes_no_further(cast, snapshot, monkeypatch, settings):
    """Not even where one person may release alone."""
    from dataclasses import replace

    audit = disclosure.audit
    with monkeypatch.context() as patch:
        patch.setattr(disclosure, "audit", lambda *a, **k: replace(audit(*a, **k), findings=("a cell",)))
        drafts = actions.draft_release(by=cast.viewer("secretariat"), country="ME", year=2020)
    batch = drafts[0].batch
    assert states(drafts) == {"draft"}
    assert "gives away a small number" in drafts[0].audit["findings"][0]["text"]
    with pytest.raises(Refused, match="audit"):
        actions.check_drafts(by=cast.viewer("reviewer"), batch=batch)
    for settings.SECOND_PERSON in (False, True):
        with pytest.raises(Refused, match="audit"):
            actions.publish_drafts(by=cast.viewer("secretariat"), batch=batch)
    Release.objects.filter(batch=batch).update(state="checked")  # even if somebody helps it along
    with pytest.raises(Refused, match="audit"):
        actions.publish_drafts(by=cast.viewer("secretariat"), batch=batch)


def test_too_little_change_is_found_by_the_audit(cast, sign_in, drafts, rows):
    from duga.casework.models import Assistance

    by = cast.viewer("secretariat")
    actions.check_drafts(by=cast.viewer("reviewer"), batch=drafts[0].batch)
    actions.publish_drafts(by=by, batch=drafts[0].batch)
    told = next(row for row in rows if row.person_id and row.date.year == 2020 and row.area.country == "ME")
    for month in range(1, 13):
        Assistance.objects.create(
            organisation=told.organisation, recipient="person", person=told.person, service_type="shelter",
            unit="overnight", date=told.date.replace(month=month), area=told.area, age_band=told.age_band,
        )  # fmt: skip
    actions.take_snapshot(by=by)
    new = actions.draft_release(by=by, country="ME", year=2020)
    assert states(new) == {"draft"} and "Too little has changed" in new[0].audit["findings"][0]["text"]
    page = html.unescape(sign_in("secretariat").get(reverse("drafts", args=[new[0].batch])).content.decode())
    assert "Too little has changed since the release in force" in page and "audit did not pass" not in page
    listed = sign_in("secretariat").get(reverse("network_figures")).content.decode()
    assert "too little has changed" in listed and "audit did not pass" not in listed


def test_what_says_the_same_is_left_out_also_of_a_newer_snapshot(cast, drafts, rows):
    from duga.casework.models import Assistance

    by = cast.viewer("secretariat")
    actions.check_drafts(by=cast.viewer("reviewer"), batch=drafts[0].batch)
    actions.publish_drafts(by=by, batch=drafts[0].batch)
    told = next(row for row in rows if row.person_id and row.area.country == "ME")
    Assistance.objects.create(
        organisation=told.organisation, recipient="person", person=told.person, service_type="shelter",
        unit="overnight", date=told.date.replace(year=2021), area=told.area, age_band=told.age_band,
    )  # fmt: skip
    assert actions.take_snapshot(by=by).pk != drafts[0].snapshot_id
    assert actions.draft_release(by=by, country="ME", year=2020) == []


def test_a_lapsed_review_shows_on_the_drafts(cast, sign_in, drafts):
    rows = Release.objects.filter(pk__in=[each.pk for each in drafts if each.indicator == drafts[0].indicator])
    address = reverse("drafts", args=[drafts[0].batch])
    for day, lapsed in (("9999-01-01", False), ("2021-01-01", True)):
        rows.update(definition=re.sub(r"next_review: \S+", f"next_review: {day}", drafts[0].definition))
        page = sign_in("secretariat").get(address).content.decode()
        assert ("has lapsed: it was due on 1. 1. 2021" in page) == ("has lapsed" in page) == lapsed


def test_what_older_tables_alone_give_away_is_said_on_the_draft(cast, rows, snapshot, sign_in):
    """A kept table that hides one number alone: no newer one can mend that, and its owner is told."""
    by = cast.viewer("secretariat")
    kept = build(cast, breakdown=["sex"])
    actions.keep_table(by=by, table_id=kept.pk, choice=0)
    kept.refresh_from_db()
    for cell in kept.proposals[0]["cells"]:
        number = len(people_of(rows, country="ME", year=2020, sex=cell["sex"]))
        cell |= (
            {"value": None, "status": "hidden"} if cell["sex"] == "unknown" else {"value": number, "status": "shown"}
        )
    kept.save(update_fields=["proposals"])
    drafts = actions.draft_release(by=by, country="ME", year=2020)
    assert {draft.state for draft in drafts} == {"audited"}, "today's tables tell nothing more"
    assert any(draft.audit["opened"] == ["2020 / ME / unknown"] for draft in drafts if "opened" in draft.audit)
    page = sign_in("secretariat").get(reverse("drafts", kwargs={"batch": drafts[0].batch})).content.decode()
    assert "already tell these numbers too closely" in page and "2020 / ME / unknown" in page
    assert not any("opened" in str(draft.table) for draft in drafts), "nothing of it in what becomes public"


def test_who_only_reads_is_led_to_shared_tables(sign_in):
    observer = sign_in("observer")
    assert observer.get(reverse("network_figures"))["Location"] == reverse("tables")
    assert reverse("network_figures") in observer.get("/workspace/").content.decode()
    crumbs = observer.get(reverse("tables")).context["crumbs"]
    assert reverse("network_figures") not in [url for _name, url in crumbs]


# --- Asked for on screen, counted apart ---------------------------------------------------------------------


def ask(cast, **arguments):
    kind = rules.CountingKind.DRAFTS if arguments else rules.CountingKind.SNAPSHOT
    return actions.ask_counting(by=cast.viewer("secretariat"), kind=kind, arguments=arguments, start=False)


def run(asked):
    from duga.members.rules import Viewer

    return actions.run_counting(by=Viewer(system="command"), counting_id=asked.pk)


def test_a_snapshot_and_drafts_asked_for(cast, rows):
    taken = run(ask(cast))
    assert (taken.state, taken.result["rows"]) == ("done", len(rows))
    done = run(ask(cast, country="*", year=2020))
    assert done.state == "done" and (done.done, done.of) == (2, 3)  # all side by side, Montenegro, Serbia
    made = Release.objects.filter(batch__in=done.result["batches"])
    assert {(each.country, each.state) for each in made} == {("", "audited"), ("ME", "audited"), ("RS", "audited")}
    assert {each.drafted_by for each in made} == {"secretariat@example.org"}
    with pytest.raises(NotFound):
        run(done)


def test_one_thing_is_counted_at_a_time_and_failure_is_said(cast, data):
    first = ask(cast, country="ME", year=2020)
    assert ask(cast, country="ME", year=2020) == first
    with pytest.raises(Refused, match=r"since \d\d:\d\d, last heard of at \d\d:\d\d"):
        ask(cast)
    done = run(first)
    assert done.state == "failed" and "No snapshot was taken yet" in done.message
    with pytest.raises(NotAllowed):
        actions.ask_counting(by=cast.viewer("reviewer"), kind="snapshot", start=False)


def test_who_asks_meanwhile_is_told_so_and_keeps_the_form(cast, snapshot, sign_in):
    ask(cast, country="RS", year=2020)
    answer = sign_in("secretariat").post(reverse("draft_new"), {"country": "ME", "year": "2020"})
    assert answer.status_code == 422 and "Something else is being counted since" in answer.content.decode()
    assert answer.context["form"]["country"].value() == "ME"
    assert "last heard of at" in sign_in("secretariat").post(reverse("snapshot_new")).content.decode()


def test_a_busy_database_costs_signs_of_life_and_not_the_end_of_a_counting(cast, data, monkeypatch):
    """A counting whose end is not written keeps everybody else from counting, until it is given up."""
    asked, waits, trail = ask(cast), iter([True, True, False]), countings.write_trail

    def busy(*_args, **_more):
        raise OperationalError("database is locked")

    def counted(viewer, arguments, told):
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(QuerySet, "update", busy)
            told(5, 0, "")
        busy()

    monkeypatch.setitem(countings._WORK, CountingKind.SNAPSHOT, counted)
    monkeypatch.setattr(countings, "write_trail", lambda **told: busy() if next(waits) else trail(**told))
    monkeypatch.setattr(countings, "PAUSE", 0)
    run(asked)
    assert next(waits, "") == "", "tried until it was written"
    asked.refresh_from_db()
    assert asked.state == "failed" and "Try again" in asked.message
    monkeypatch.undo()
    assert ask(cast, country="ME", year=2020).state == "asked"


def test_old_countings_are_forgotten(cast, data):
    import datetime as dt

    from django.utils import timezone

    from duga.members.rules import Viewer

    old = ask(cast)
    Counting.objects.filter(pk=old.pk).update(created_at=timezone.now() - dt.timedelta(days=40))
    assert actions.discard_old_countings(by=Viewer(system="clock")) == 1


def test_the_screens_lead_from_draft_to_release(cast, sign_in, drafts, client):
    batch = drafts[0].batch
    page = reverse("drafts", kwargs={"batch": batch})
    answer = sign_in("secretariat").get(page)
    text = html.unescape(answer.content.decode())
    assert "somebody else checks them" in text and 'value="check"' not in text and 'value="release"' not in text
    assert sign_in("secretariat").post(page, {"step": "check"}).status_code == 403
    assert sign_in("secretariat").post(page, {"step": "release"}).status_code == 422
    reviewer = sign_in("reviewer")
    listed = html.unescape(reviewer.get(reverse("network_figures")).content.decode())
    assert str(batch) in listed and "waits for a second person" in listed
    assert reviewer.get("/workspace/").content.decode().count(reverse("network_figures"))
    text = reviewer.get(page).content.decode()
    for address in re.findall(r'href="(/evidence/release/[^"]+)"', text):
        assert reviewer.get(address).status_code == 200
    assert reviewer.post(page, {"step": "return", "reason": ""}).status_code == 422
    assert reviewer.post(page, {"step": "check"}).status_code == 302
    assert 'value="release"' not in reviewer.get(page).content.decode()
    secretariat = sign_in("secretariat")
    assert secretariat.post(page, {"step": "release"}).status_code == 302
    assert states(drafts) == {"released"}
    assert secretariat.get(page).status_code == 200  # it stays, and says so
    client.logout()
    assert client.get("/evidence/me/2020/").status_code == 200


def test_asking_on_screen(cast, sign_in, snapshot):
    secretariat = sign_in("secretariat")
    page = secretariat.get(reverse("draft_new")).content.decode()
    assert "Montenegro" in page and ">2020<" in page
    answer = secretariat.post(reverse("draft_new"), {"country": "ME", "year": "2020"})
    asked = Counting.objects.get()
    assert answer["Location"] == reverse("counting", kwargs={"counting_id": asked.pk})
    assert asked.arguments == {"country": "ME", "year": 2020}
    assert 'http-equiv="refresh"' in secretariat.get(answer["Location"]).content.decode()
    from click.testing import CliRunner

    from config.commands.indicators import figures

    assert CliRunner().invoke(figures, ["--counting", str(asked.pk)]).exit_code == 0  # as the process apart is started
    done = secretariat.get(answer["Location"]).content.decode()
    assert 'http-equiv="refresh"' not in done and asked.pk and reverse("drafts", args=[asked_batch()]) in done
    assert secretariat.post(reverse("draft_new"), {"country": "XX", "year": "2020"}).status_code == 422


def asked_batch():
    return Counting.objects.get().result["batches"][0]


def test_the_list_is_filtered_paged_and_asks_few_questions(cast, sign_in, released, django_assert_max_num_queries):
    secretariat = sign_in("secretariat")
    address = reverse("network_figures")

    def listed(query=""):
        return secretariat.get(address + query).content.decode().count("/evidence/release/")

    assert listed("?country=ME&year=2020") == len(released)
    fields = [field.attname for field in Release._meta.concrete_fields if field.attname != "id"]
    told = {name: getattr(released[0], name) for name in fields}
    for year in range(1950, 1990):
        Release.objects.create(**told | {"year": year, "period": f"{year}-01..{year}-12"})
    assert listed("?year=1950") == 1
    with django_assert_max_num_queries(14):
        page = secretariat.get(address).content.decode()
    assert page.count("/evidence/release/") == queries.drafts.PAGE
    assert "page=2" in page


@pytest.fixture
def released(cast, drafts):
    actions.check_drafts(by=cast.viewer("reviewer"), batch=drafts[0].batch)
    return actions.publish_drafts(by=cast.viewer("secretariat"), batch=drafts[0].batch)


def test_a_country_drafted_alone_offers_the_table_of_all(cast, sign_in, snapshot):
    """Else its page and the table of all countries would show two numbers for one year."""
    by = cast.viewer("secretariat")
    asked = actions.ask_counting(
        by=by, kind=CountingKind.DRAFTS, arguments={"country": "ME", "year": 2020}, start=False
    )
    done = actions.run_counting(by=Viewer(system="command"), counting_id=asked.pk)
    secretariat = sign_in("secretariat")
    page = secretariat.get(reverse("counting", kwargs={"counting_id": asked.pk}))
    assert page.context["together"] == {"country": "-", "year": 2020}
    drafts = reverse("drafts", kwargs={"batch": done.result["batches"][0]})
    told = secretariat.get(drafts).content.decode()
    assert "Draft the table of all countries too" in told
    assert "Secretariat, " in told and "secretariat@example.org, " not in told  # her name, not her address
    actions.draft_release(by=by, country="", year=2020)
    assert secretariat.get(drafts).context["together"] is None
