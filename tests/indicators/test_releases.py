"""From the ledger to released figures: counted right, protected, frozen, superseded, never edited."""

import json

import pytest

from duga.evidence.model import ALL
from duga.indicators import actions, rules
from duga.indicators.models import Release
from duga.indicators.queries.verifying import differences
from duga.plain.errors import NotFound, Refused
from tests.indicators.ledgers import fill, people_of

pytestmark = pytest.mark.django_db


def test_every_shown_number_is_the_slow_twins(rows, released):
    for name, release in released.items():
        if not name.startswith("people_assisted"):
            continue
        for cell in release.table["cells"]:
            labels = {dimension: cell[dimension] for dimension in release.table["breakdown"]}
            true = len(people_of(rows, country="ME", year=2020, **labels))
            if cell["status"] == "shown":
                assert cell["value"] == true, (name, labels)
                assert true == 0 or true >= rules.MINIMUM, (name, labels)
            else:
                assert cell["value"] is None and true > 0, (name, labels)


def test_something_is_hidden_at_all(released):
    hidden = [c for r in released.values() for c in r.table["cells"] if c["status"] == "hidden"]
    assert len(hidden) > 4


def test_all_tables_of_people_show_the_same_total(rows, released):
    totals = {rules.grand_total(r.table)["value"] for n, r in released.items() if n.startswith("people_assisted")}
    assert totals == {len(people_of(rows, country="ME", year=2020))}


def test_tallies_and_institutions_stand_apart(released):
    beside = {each["code"]: each for each in released["people_assisted:sex,age_band"].table["beside"]}
    assert beside["people_in_groups"]["value"] == 320
    assert beside["people_in_groups"]["qualifier"] == "about"
    assert beside["deliveries_to_institutions"]["value"] == 1


def test_files_say_the_same_as_the_release(released):
    release = released["people_assisted:sex,age_band"]
    files = {file.kind: file for file in release.files.all()}
    assert json.loads(bytes(files["json"].data)) == release.table
    text = bytes(files["csv"].data)
    assert text.startswith(b"\xef\xbb\xbf")
    lines = text.decode("utf-8-sig").splitlines()
    assert len(lines) == len(release.table["cells"]) + 1
    assert all(release.table["snapshot"]["fingerprint"] in line and str(release.pk) in line for line in lines[1:])
    import io

    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(bytes(files["parquet"].data))).to_pylist()
    assert [row["value"] for row in table] == [cell["value"] for cell in release.table["cells"]]


def test_a_release_is_verified_from_its_snapshot(cast, released):
    for release in released.values():
        assert differences(cast.viewer("secretariat"), release.pk) == []
    release = released["people_assisted:month"]
    Release.objects.filter(pk=release.pk).update(table=release.table | {"cells": release.table["cells"][1:]})
    assert differences(cast.viewer("secretariat"), release.pk)


def test_the_same_again_changes_nothing(cast, released):
    assert actions.release_tables(by=cast.viewer("secretariat"), country="ME", year=2020) == []
    assert Release.objects.count() == len(released)


def test_newer_records_supersede_and_the_old_stays_as_it_was(cast, released):
    old = released["people_assisted:month"]
    before = old.table
    fill(cast, people=200, seed=2)
    actions.take_snapshot(by=cast.viewer("secretariat"))
    new = actions.release_tables(by=cast.viewer("secretariat"), country="ME", year=2020)
    old.refresh_from_db()
    assert old.state == "superseded" and old.closed_at and old.table == before
    assert {each.supersedes_id for each in new} == {each.pk for each in released.values()}
    assert Release.objects.filter(state="released").count() == len(new)


def test_one_more_delivery_changes_nothing_that_is_public(cast, rows, released):
    """Both releases stay readable: their difference would be that one person's age, month and region."""
    from duga.casework.models import Assistance

    told = next(row for row in rows if row.person_id and row.date.year == 2020 and row.area.country == "ME")
    for month in (1, 2):
        Assistance.objects.create(
            organisation=told.organisation, recipient="person", person=told.person,
            service_type="shelter", unit="overnight",
            date=told.date.replace(month=month), area=told.area, age_band=told.age_band,
        )  # fmt: skip
    by = cast.viewer("secretariat")
    actions.take_snapshot(by=by)
    with pytest.raises(Refused, match="Too little has changed"):
        actions.release_tables(by=by, country="ME", year=2020)
    assert actions.release_all(by=by, years=[2020], countries=["ME"], side_by_side=False) == []
    assert set(Release.objects.filter(state="released").values_list("pk", flat=True)) == {
        r.pk for r in released.values()
    }


def test_how_much_must_change():
    def document(country, *cells):
        told = [{"country" if not country else "month": word, "value": value} for word, value in cells]
        return {
            "indicator": {"code": "people_assisted", "unit": "person"},
            "country": country, "period": "2020-01..2020-12",
            "breakdown": ["month" if country else "country"], "beside": [], "cells": told,
        }  # fmt: skip

    old = document("ME", ("2020-01", 40), (ALL, 40))
    rules.check_difference([old], [old])
    rules.check_difference([old], [document("ME", ("2020-01", 45), (ALL, 45))])
    rules.check_difference([], [old])
    for cells in ([("2020-01", 41), (ALL, 41)], [("2020-01", 39), (ALL, 40)], [("2020-01", None), (ALL, 44)]):
        with pytest.raises(rules.TooLittleChanged):
            rules.check_difference([old], [document("ME", *cells)])
    side = document("", ("ME", 40), ("RS", None))
    rules.check_difference([side], [document("", ("ME", 50), ("RS", None))])
    for cells in ([("ME", 42), ("RS", None)], [("ME", 50), ("RS", 9)]):
        with pytest.raises(rules.TooLittleChanged):
            rules.check_difference([side], [document("", *cells)])


def test_tables_of_two_snapshots_never_stand_side_by_side(cast, released):
    fill(cast, people=200, seed=2)
    actions.take_snapshot(by=cast.viewer("secretariat"))
    with pytest.raises(Refused, match="another snapshot"):
        actions.release_tables(
            by=cast.viewer("secretariat"), country="ME", year=2020,
            tables=[rules.public_table("people_assisted", ["month"], "ME")],
        )  # fmt: skip
    assert Release.objects.filter(state="draft").count() == 0


def test_released_figures_are_never_edited(cast, released):
    release = released["people_assisted:month"]
    with pytest.raises(Refused, match="stays as it is"):
        actions.freeze_release(by=cast.viewer("secretariat"), release_id=release.pk)
    actions.withdraw_release(by=cast.viewer("secretariat"), release_id=release.pk, reason="a test")
    for act in (actions.freeze_release, lambda **k: actions.withdraw_release(**k, reason="again")):
        with pytest.raises(Refused):
            act(by=cast.viewer("secretariat"), release_id=release.pk)


def test_what_was_changed_after_the_audit_does_not_go_out(cast, snapshot):
    from duga.plain.errors import Conflict

    draft = actions.draft_release(by=cast.viewer("secretariat"), country="ME", year=2020)[0]
    table = draft.table
    table["cells"][0]["value"] = 9999
    Release.objects.filter(pk=draft.pk).update(table=table)
    with pytest.raises(Conflict):
        actions.freeze_release(by=cast.viewer("secretariat"), release_id=draft.pk)
    Release.objects.filter(pk=draft.pk).update(protection={"audit": {"passed": False}})
    with pytest.raises(Refused):
        actions.freeze_release(by=cast.viewer("secretariat"), release_id=draft.pk)


@pytest.mark.parametrize("name", ["coordinator", "worker", "reviewer", "observer", "administrator", "nobody"])
def test_who_may_not_count_for_a_network(cast, name):
    with pytest.raises(Refused):
        actions.take_snapshot(by=cast.viewer(name))
    with pytest.raises(Refused):
        actions.draft_release(by=cast.viewer(name), country="ME", year=2020)


def test_a_national_coordinator_drafts_and_does_not_release(cast, snapshot):
    drafts = actions.draft_release(by=cast.viewer("national"), country="ME", year=2020)
    assert {draft.state for draft in drafts} == {"audited"}
    with pytest.raises(Refused):
        actions.freeze_release(by=cast.viewer("national"), release_id=drafts[0].pk)


def test_drafts_are_not_public(cast, snapshot):
    from duga.indicators.queries import readable_release
    from duga.members.rules import VISITOR

    draft = actions.draft_release(by=cast.viewer("secretariat"), country="ME", year=2020)[0]
    for viewer in (VISITOR, cast.viewer("coordinator"), cast.viewer("observer")):
        with pytest.raises(NotFound):
            readable_release(viewer, draft.pk)
    assert readable_release(cast.viewer("reviewer"), draft.pk) == draft
    actions.withdraw_release(by=cast.viewer("secretariat"), release_id=draft.pk, reason="a draft thrown away")
    with pytest.raises(NotFound):
        readable_release(VISITOR, draft.pk)


def test_a_handful_of_people_is_not_published(cast, data):
    rows = fill(cast, people=12, seed=3, years=(2020,))
    assert len(people_of(rows, country="RS", year=2020)) == 3
    by = cast.viewer("secretariat")
    actions.take_snapshot(by=by)
    assert actions.release_tables(by=by, country="RS", year=2020) == []
    network = actions.release_tables(by=by, country="", year=2020)[0]
    cells = {cell["country"]: cell for cell in network.table["cells"]}
    assert cells["RS"]["status"] == "hidden" and cells["ME"]["value"] == 9
    assert ALL not in cells  # the sum would give Serbia away


def test_countries_with_enough_people_are_summed(cast, snapshot):
    made = actions.release_all(by=cast.viewer("secretariat"), years=[2020])
    network = next(each for each in made if not each.country)
    cells = {cell["country"]: cell["value"] for cell in network.table["cells"]}
    assert cells[ALL] == cells["ME"] + cells["RS"]
    assert {each.country for each in made} == {"", "ME", "RS"}


def test_the_trail_tells_of_snapshots_and_releases(cast, released):
    from duga.members.models import TrailEntry

    actions.draft_release(by=cast.viewer("secretariat"), country="RS", year=2020)
    events = set(TrailEntry.objects.values_list("event", flat=True))
    assert {"indicators.snapshot_taken", "indicators.release_drafted", "indicators.released"} <= events


def test_two_networks_that_are_strangers_do_not_share_figures(cast, tmp_path):
    """One must neither publish nor read the other's: an installation with both counts for neither."""
    from duga.indicators.actions import take_snapshot
    from duga.members.models import Network
    from duga.members.rules import Viewer
    from duga.plain.errors import Refused

    Network.objects.create(slug="other", name="Other")
    for by in (cast.viewer("secretariat"), Viewer(system="command")):
        with pytest.raises(Refused, match="Several networks"):
            take_snapshot(by=by, out=tmp_path)
