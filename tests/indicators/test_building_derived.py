"""Means, shares, rates and changes in the table builder: right, and no way around the guard of their counts."""

import pytest
from django.urls import reverse

from duga.evidence.model import ALL
from duga.indicators import actions, queries, rules
from duga.indicators.models import BuiltTable
from duga.indicators.queries import offering
from duga.indicators.queries.guard import kept_counts, older_tables
from duga.places.actions import load_population
from duga.plain.errors import Refused
from tests.indicators.ledgers import people_of
from tests.indicators.test_building import build

pytestmark = pytest.mark.django_db
MEAN, CHANGE, RATE = "deliveries_per_person", "people_assisted_change", "people_assisted_per_10000"


@pytest.fixture
def inhabitants(cast):
    load_population(
        by=cast.viewer("secretariat"), name="p.csv", source="Office of statistics", licence="CC0",
        data=b"country,year,population\nME,2019,6000\nME,2020,5000\nRS,2020,7000\n",
    )  # fmt: skip


def cells(document):
    return {rules.cell_key(document, cell): cell for cell in document["cells"]}


def keep(cast, table, choice=0):
    actions.keep_table(by=cast.viewer("secretariat"), table_id=table.pk, choice=choice)
    return BuiltTable.objects.get(pk=table.pk).proposals[0]


def test_a_mean_is_right_and_shown_only_where_its_counts_may_be(cast, rows, snapshot):
    document = build(cast, indicator=MEAN, breakdown=["age_band", "sex"]).proposals[0]
    assert document["terms"] == ["sum", "n"]
    hidden = 0
    for (band, sex), cell in cells(document).items():
        people = people_of(rows, country="ME", year=2020, age_band=band, sex=sex)
        if cell["status"] == "hidden":
            hidden += 1
            assert cell["value"] is cell["sum"] is cell["n"] is None
        else:
            assert cell["n"] == len(people) and (cell["n"] == 0 or cell["n"] >= rules.MINIMUM)
            assert cell["status"] == "unknown" or cell["value"] == pytest.approx(cell["sum"] / cell["n"], abs=0.05)
    assert hidden


def test_a_change_stands_on_two_years(cast, rows, snapshot):
    document = build(cast, indicator=CHANGE, breakdown=["sex"]).proposals[0]
    cell = cells(document)["female",]
    before, now = (len(people_of(rows, country="ME", year=year, sex="female")) for year in (2019, 2020))
    assert (cell["before"], cell["now"]) == (before, now)
    assert cell["value"] == pytest.approx((now - before) / before * 100, abs=0.05)


def test_a_rate_names_its_inhabitants(cast, rows, inhabitants, snapshot, sign_in):
    table = build(cast, indicator=RATE, country="", breakdown=["month"])
    address = reverse("table", kwargs={"table_id": table.pk})
    secretariat = sign_in("secretariat")
    assert "Office of statistics" not in secretariat.get(address).content.decode()
    document = keep(cast, table)
    cell = cells(document)["ME", ALL]
    assert cell["value"] == pytest.approx(len(people_of(rows, country="ME", year=2020)) * 2, abs=0.05)
    page = secretariat.get(address).content.decode()
    assert "Office of statistics" in page and "Montenegro 2020" in page
    with pytest.raises(Refused, match="not by sex"):
        actions.ask_table(
            by=cast.viewer("secretariat"), indicator=RATE, breakdown=["sex"], year=2020, country="ME", start=False
        )


def test_what_a_derived_table_shows_is_guarded_against_like_its_counts(cast, snapshot):
    """The people behind a kept mean, and behind both years of a kept change, stand among the older tables."""
    plain = len(older_tables("people_assisted", 2020, "ME"))
    mean = keep(cast, build(cast, indicator=MEAN, breakdown=["sex"]))
    keep(cast, build(cast, indicator=CHANGE, breakdown=["age_band"]))
    assert len(older_tables("people_assisted", 2020, "ME")) == plain + 2
    assert len(older_tables("people_assisted", 2019, "ME")) == 1
    assert len(older_tables("deliveries_to_people", 2020, "ME")) == 1
    found = [shown for _table, shown in kept_counts(2020) if "sex" in shown["breakdown"]]
    people = next(shown for shown in found if shown["indicator"]["code"] == "people_assisted")
    for key, cell in cells(mean).items():
        assert cells(people)[key]["value"] == cell["n"]


def test_a_mean_hides_what_a_release_hides(cast, released):
    """Else its n would give the hidden number away."""
    hidden = {
        (cell["age_band"], cell["sex"])
        for cell in released["people_assisted:sex,age_band"].table["cells"] if cell["status"] == "hidden"
    }  # fmt: skip
    document = build(cast, indicator=MEAN, breakdown=["age_band", "sex"]).proposals[0]
    shown = {key for key, cell in cells(document).items() if cell["status"] != "hidden"}
    assert hidden and not hidden & shown


def test_drafts_wait_for_nothing_that_a_kept_mean_tells(cast, snapshot, settings):
    settings.SECOND_PERSON = False
    by = cast.viewer("secretariat")
    drafts = actions.draft_release(by=by, country="ME", year=2020)
    keep(cast, build(cast, indicator=MEAN, breakdown=["sex"]))
    with pytest.raises(Refused, match="Count it again"):
        actions.publish_drafts(by=by, batch=drafts[0].batch)


def test_a_share_and_its_rest(cast, snapshot):
    """Nobody in the ledger had psychosocial support: a share of nought is shown, and hides nothing."""
    document = build(cast, indicator="share_with_psychosocial_support", breakdown=["sex"]).proposals[0]
    assert document["parts"][0]["where"] == {"service_type": ["psychosocial_support"]}
    told = cells(document)[ALL,]
    assert told["part"] == 0 and told["value"] == 0 and told["whole"] > 100


def test_the_form_offers_them(cast, sign_in, inhabitants, snapshot):
    assert {MEAN, CHANGE, RATE} <= queries.buildable_indicators().keys()
    page = sign_in("secretariat").get(reverse("table_new")).content.decode()
    assert "per 10,000 inhabitants" in page


def test_a_share_beside_older_counts_opens_no_cell(cast, rows, snapshot, monkeypatch):
    """Older counts of its whole take part when a share is protected: whom two new people are with is not told."""
    from duga.casework.models import Assistance, Person

    keep(cast, build(cast, breakdown=["sex"]))
    told = next(row for row in rows if row.person_id and row.date.year == 2020 and row.area.country == "ME")
    for n in range(12):
        helped = next(row.person for row in rows[n * 9 :] if row.person_id and row.area.country == "ME")
        if not n:
            helped = Person.objects.create(organisation=told.organisation, code="T-new", sex="female")
        Assistance.objects.create(
            organisation=told.organisation, recipient="person", person=helped, service_type="psychosocial_support",
            unit="counselling_session", date=told.date, area=told.area, age_band="30-59",
        )  # fmt: skip
    actions.take_snapshot(by=cast.viewer("secretariat"))
    asked, passes = [], offering._passes
    monkeypatch.setattr(offering, "_passes", lambda *all_of: asked.append((all_of, passes(*all_of))) or asked[-1][1])
    document = build(cast, indicator="share_with_psychosocial_support", breakdown=["sex"]).proposals[0]
    (_table, _safe, _counted, parts), passed = asked[-1]
    assert passed and any(part.older for part in parts)
    assert cells(document)["female",]["whole"] is None, "one woman more than in the table kept before"
