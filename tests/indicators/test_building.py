"""Tables of analysts: right, protected together with all that can be read, kept and shared by their rules."""

import csv
import io

import pytest
from django.urls import reverse

from duga.evidence import disclosure
from duga.evidence.model import ALL
from duga.indicators import actions, queries, rules
from duga.indicators.models import BuiltTable
from duga.indicators.queries.guard import labels_of, lifted, older_tables, safe_of
from duga.members.models import TrailEntry
from duga.members.rules import Viewer
from duga.plain.errors import NotAllowed, NotFound, Refused
from tests.indicators.ledgers import fill, people_of

pytestmark = pytest.mark.django_db


def build(cast, who="secretariat", **question):
    """A table asked for and counted."""
    told = {"indicator": "people_assisted", "breakdown": ["sex"], "country": "ME", "year": 2020} | question
    asked = actions.ask_table(by=cast.viewer(who), start=False, **told)
    done = actions.run_counting(by=Viewer(system="command"), counting_id=asked.pk)
    assert done.state == "done", done.message
    return BuiltTable.objects.get(pk=done.result["table"])


def cells(document):
    return {rules.cell_key(document, cell): cell["value"] for cell in document["cells"]}


def test_every_shown_number_is_the_slow_twins(cast, rows, snapshot):
    table = build(cast, breakdown=["service_type", "sex"])
    assert table.state == "done", table.message
    hidden = 0
    for (service, sex), value in cells(table.proposals[0]).items():
        true = len(people_of(rows, country="ME", year=2020, service_type=service, sex=sex))
        hidden += value is None
        assert value in (None, true) and (value is None or value == 0 or value >= rules.MINIMUM)
    assert hidden


def test_coarser_tables_stand_beside_and_are_right(cast, rows, snapshot):
    table = build(cast, breakdown=["month", "age_band"])
    by = {tuple(document["coarser"]): document for document in table.proposals}
    assert () in by and ("month",) in by and ("-month",) in by
    assert queries.hidden_in(by["month",])[0] < queries.hidden_in(by[()])[0]
    for (quarter, band), value in cells(by["month",]).items():
        if ALL not in (quarter, band) and value is not None:
            months = range(3 * int(quarter[-1]) - 2, 3 * int(quarter[-1]) + 1)
            found = set().union(
                *(people_of(rows, country="ME", year=2020, age_band=band, month=f"2020-{m:02}") for m in months)
            )
            assert value == len(found)


def test_all_countries_always_stand_apart(cast, snapshot):
    table = build(cast, country="", breakdown=["sex"])
    assert table.proposals[0]["breakdown"] == ["country", "sex"]


@pytest.mark.parametrize(
    "question, words",
    [
        ({"breakdown": ["sex", "age_band", "month"]}, "two things at most"),
        ({"breakdown": ["month", "quarter"]}, "not both"),
        ({"breakdown": ["organisation"]}, "not broken down by organisation. It goes by: sex, age_band"),
        ({"breakdown": ["area"], "country": ""}, "one country at a time"),
        ({"where": {"sex": "male"}}, "subtraction"),
        ({"breakdown": ["channel"], "where": {"channel": "phone"}}, "Either"),
        ({"indicator": "assistance_delivered"}, "no indicator"),
        ({"indicator": "people_assisted_per_10000"}, "no indicator"),  # nobody said how many people live where
        ({"indicator": "people_assisted_change", "breakdown": ["month"]}, "not broken down"),
        ({"indicator": "share_with_psychosocial_support", "where": {"channel": "phone"}}, "not kept to"),
    ],
)
def test_what_cannot_be_asked_says_what_can(cast, snapshot, question, words):
    told = {"indicator": "people_assisted", "breakdown": ["sex"], "country": "ME", "year": 2020} | question
    with pytest.raises(Refused, match=words):
        actions.ask_table(by=cast.viewer("secretariat"), start=False, **told)


def named(safe, key):
    """A cell by the labels that it has, whatever table it stands in."""
    return frozenset((name, word) for name, word in zip(safe.dimensions, key, strict=True) if word != ALL)


def test_a_table_is_protected_together_with_what_is_released_and_kept(cast, released):
    """Its audit holds against everything that can be read; and one that would not is not offered."""
    table = build(cast, breakdown=["service_type", "sex"])
    assert table.against == len([name for name in released if name.startswith("people_assisted")])
    hidden = set()
    for each in older_tables("people_assisted", 2020, "ME"):
        safe = each[0] if isinstance(each, tuple) else each
        hidden |= {named(safe, key) for key, cell in safe.cells.items() if cell.hidden}
    met = 0
    for document in table.proposals:
        safe = lifted(safe_of(document), labels_of(document))
        for key, cell in safe.cells.items():
            if named(safe, key) in hidden:
                met += 1
                assert cell.hidden, "shown here, hidden in a release"
    assert met
    actions.keep_table(by=cast.viewer("secretariat"), table_id=table.pk, choice=0)
    assert build(cast, breakdown=["channel"]).against == table.against + 1


def test_one_more_delivery_tells_nothing_by_a_second_table(cast, snapshot, rows):
    """The first table is kept; one person more is recorded; the same table again does not give her away."""
    from duga.casework.models import Assistance, Person

    by = cast.viewer("secretariat")
    first = build(cast, breakdown=["sex", "age_band"])
    actions.keep_table(by=by, table_id=first.pk, choice=0)
    told = next(row for row in rows if row.person_id and row.date.year == 2020 and row.area.country == "ME")
    new = Person.objects.create(organisation=told.organisation, code="T-new", sex="female")
    Assistance.objects.create(
        organisation=told.organisation, recipient="person", person=new, service_type="home_visit", unit="visit",
        date=told.date, area=told.area, age_band="60-79",
    )  # fmt: skip
    actions.take_snapshot(by=by)
    second = build(cast, breakdown=["sex", "age_band"])
    before = cells(first.proposals[0])
    if second.state == "done":
        for key, value in cells(second.proposals[0]).items():
            old = before.get(key)
            assert value is None or old is None or abs(value - old) == 0 or abs(value - old) >= rules.MINIMUM, key
    else:
        assert "Too few" in second.message


def test_kept_once_and_not_behind_a_newer_figure(cast, snapshot):
    by = cast.viewer("secretariat")
    table, late = build(cast), build(cast, breakdown=["channel"])
    actions.keep_table(by=by, table_id=table.pk, choice=0, title="Who we met")
    with pytest.raises(Exception, match="kept already"):
        actions.keep_table(by=by, table_id=table.pk, choice=0)
    with pytest.raises(Refused, match="Count it again"):
        actions.keep_table(by=by, table_id=late.pk, choice=0)
    actions.discard_table(by=by, table_id=late.pk)
    assert not BuiltTable.objects.filter(pk=late.pk).exists()


def test_what_was_kept_is_guarded_against_though_it_was_deleted(cast, snapshot, client):
    by = cast.viewer("secretariat")
    table = build(cast)
    before = table.against
    actions.keep_table(by=by, table_id=table.pk, choice=0)
    actions.share_table(by=by, table_id=table.pk)
    assert queries.built_table(cast.viewer("worker"), table.pk)
    actions.unshare_table(by=by, table_id=table.pk)
    with pytest.raises(NotFound):
        queries.built_table(cast.viewer("worker"), table.pk)
    actions.discard_table(by=by, table_id=table.pk)
    with pytest.raises(NotFound):
        queries.built_table(by, table.pk)
    assert queries.built_tables(by) == ([], [])
    assert build(cast, breakdown=["channel"]).against == before + 1
    events = set(TrailEntry.objects.values_list("event", flat=True))
    assert {"indicators.table_unshared", "indicators.table_deleted"} <= events


def test_no_number_is_seen_of_what_was_not_kept(cast, sign_in, snapshot):
    """Two proposals side by side are subtracted: so each says how much it hides, and only the kept one its numbers."""
    table = build(cast, breakdown=["month", "age_band"])
    address = reverse("table", kwargs={"table_id": table.pk})
    secretariat = sign_in("secretariat")
    page = secretariat.get(address)
    offers = page.context["offers"]
    assert len(offers) == len(table.proposals) > 2 and page.context["kept"] is None
    assert len({each["title"] for each in offers}) == len(offers)
    assert all(each.keys() == {"place", "title", "hidden", "cells", "lost", "left_out"} for each in offers)
    assert all(each["lost"] % 10 == 0 and bool(each["hidden"]) >= bool(each["lost"]) for each in offers)
    assert "<table" not in page.content.decode()
    secretariat.post(address, {"step": f"keep-{offers[1]['place']}"})
    kept = BuiltTable.objects.get(pk=table.pk)
    assert kept.proposals == [table.proposals[1]] and kept.choice == 0
    assert "<table" in secretariat.get(address).content.decode()


def test_drafts_are_not_published_beside_a_table_kept_since(cast, snapshot, settings):
    """Neither was protected against the other."""
    settings.SECOND_PERSON = False
    by = cast.viewer("secretariat")
    drafts = actions.draft_release(by=by, country="ME", year=2020)
    actions.keep_table(by=by, table_id=build(cast, breakdown=["channel"]).pk, choice=0)
    with pytest.raises(Refused, match="Count it again"):
        actions.publish_drafts(by=by, batch=drafts[0].batch)
    again = actions.draft_release(by=by, country="ME", year=2020)
    assert actions.publish_drafts(by=by, batch=again[0].batch)


def test_kept_quarters_and_drafted_months_leave_no_hidden_month_alone(cast, snapshot):
    """A quarter that is shown, with all its months but one, would tell at least how few the one can be."""
    by = cast.viewer("secretariat")
    kept = build(cast, breakdown=["quarter"])
    actions.keep_table(by=by, table_id=kept.pk, choice=0)
    drafts = actions.draft_release(by=by, country="ME", year=2020)
    assert {each.state for each in drafts} == {"audited"}
    months = cells(next(each.table for each in drafts if each.breakdown == "month"))
    for (quarter,), value in cells(kept.proposals[0]).items():
        if quarter != ALL and value is not None:
            first = 3 * int(quarter[-1]) - 2
            hidden = [month for month in range(first, first + 3) if months[f"2020-{month:02}",] is None]
            assert len(hidden) != 1, quarter


def test_share_and_take_along(cast, sign_in, snapshot, client):
    by = cast.viewer("secretariat")
    table = build(cast)
    address = reverse("table", kwargs={"table_id": table.pk})
    secretariat = sign_in("secretariat")
    page = secretariat.get(address).content.decode()
    assert "As asked for" in page and "Keep this one" in page
    assert secretariat.post(f"{address}csv").status_code == 422  # not kept yet
    with pytest.raises(Refused, match="Keep"):
        actions.share_table(by=by, table_id=table.pk)
    assert secretariat.post(address, {"step": "keep-0", "title": "Who we met"}).status_code == 302
    with pytest.raises(NotFound):
        queries.built_table(cast.viewer("worker"), table.pk)
    assert secretariat.post(address, {"step": "share"}).status_code == 302
    assert secretariat.get(f"{address}csv").status_code == 405  # looking never writes
    told = secretariat.post(f"{address}csv").content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(told)))
    assert {line["snapshot"] for line in lines} == {snapshot.fingerprint} and lines[0]["country"] == "ME"
    assert secretariat.post(f"{address}xlsx").content[:2] == b"PK"
    worker = sign_in("worker")
    page = worker.get(address).content.decode()
    assert "Who we met" in page and "Share in the network" not in page
    assert "Who we met" in worker.get(reverse("tables")).content.decode()
    with pytest.raises(NotAllowed):
        actions.keep_table(by=cast.viewer("worker"), table_id=table.pk, choice=0)
    events = set(TrailEntry.objects.values_list("event", flat=True))
    assert {"indicators.table_kept", "indicators.table_shared", "indicators.table_taken"} <= events


@pytest.mark.parametrize(
    "people, wide, hidden",
    [
        ({"0-5": 3, "6-13": 20, "14-17": 30, "18-29": 9, "30-59": 40}, {"0-17": 53, "18-59": 49}, True),
        ({"0-5": 13, "6-13": 20, "18-29": 9, "30-59": 40}, {"0-17": 33, "18-59": 49}, False),
    ],
)
def test_what_is_hidden_does_not_follow_from_wider_labels(people, wide, hidden):
    """53 in all, 20 and 30 of them shown: that the rest are 3 is plain to anybody who has both tables."""
    narrow, coarse = (
        disclosure.table_of({(word,): n for word, n in each.items()}, ["age_band"]) for each in (people, wide)
    )
    rule = disclosure.Rule(rules.MINIMUM)
    older = [(disclosure.protect(narrow, rule), narrow)]
    assert disclosure.protect(coarse, rule, published=older).cell(age_band="0-17").hidden == hidden


def test_asking_on_screen(cast, sign_in, snapshot):
    secretariat = sign_in("secretariat")
    page = secretariat.get(reverse("table_new")).content.decode()
    assert "People assisted" in page and "Montenegro" in page
    told = {"indicator": "people_assisted", "year": "2020", "country": "ME", "first": "month", "second": "quarter"}
    assert "not both" in secretariat.post(reverse("table_new"), told).content.decode()
    answer = secretariat.post(reverse("table_new"), told | {"second": "sex"})
    table = BuiltTable.objects.get()
    assert answer["Location"] == reverse("table", kwargs={"table_id": table.pk})
    assert 'http-equiv="refresh"' in secretariat.get(answer["Location"]).content.decode()


def test_what_was_never_kept_is_forgotten(cast, snapshot):
    import datetime as dt

    from django.utils import timezone

    for kept in (False, True):
        table = build(cast)
        if kept:
            actions.keep_table(by=cast.viewer("secretariat"), table_id=table.pk, choice=0)
        BuiltTable.objects.filter(pk=table.pk).update(created_at=timezone.now() - dt.timedelta(days=40))
    with pytest.raises(NotAllowed):
        actions.discard_old_tables(by=cast.viewer("secretariat"))
    assert actions.discard_old_tables(by=Viewer(system="clock")) == 1
    assert BuiltTable.objects.get().kept_at


def test_a_table_nobody_may_see_a_number_of(cast, data):
    fill(cast, people=12, seed=3, years=(2020,))
    actions.take_snapshot(by=cast.viewer("secretariat"))
    table = build(cast, country="RS")
    shown = [value for document in table.proposals for value in cells(document).values() if value]
    assert table.state == "failed" or not shown


def test_hidden_stays_hidden_for_an_attacker_of_all(cast, released):
    """The audit with everything readable finds nothing in any proposal."""
    table = build(cast, breakdown=["age_band", "service_type"])
    assert all(document["protection"]["audit"]["passed"] for document in table.proposals)
    assert disclosure.Rule(rules.MINIMUM).minimum == table.proposals[0]["protection"]["minimum"]
