"""Kinds of help by region: without those about violence, and so that nothing follows of them."""

import pytest
from django.urls import reverse

from duga.evidence.model import ALL
from duga.indicators import actions
from duga.indicators.models import BuiltTable
from duga.indicators.queries import leaving_out
from duga.indicators.queries.guard import labels_of, older_tables, safe_of
from duga.plain.errors import Refused
from tests.indicators.ledgers import people_of
from tests.indicators.test_building import build, cells

pytestmark = pytest.mark.django_db
KINDS = {"indicator": "people_assisted", "breakdown": ["area", "service_type"], "country": "ME", "year": 2020}


@pytest.fixture
def survivors(cast, rows):
    """Sixty people in one region who had a place in a shelter and nothing else."""
    from duga.casework.models import Assistance, Person
    from duga.places.models import Area

    told = next(row for row in rows if row.person_id and row.date.year == 2020 and row.area.country == "ME")
    people = [Person(organisation=told.organisation, code=f"T-{n}", sex="female") for n in range(60)]
    Person.objects.bulk_create(people)
    Assistance.objects.bulk_create(
        Assistance(
            organisation=told.organisation, recipient="person", person=each, service_type="shelter", unit="overnight",
            date=told.date, area=Area.objects.get(code="ME-21"), age_band="30-59",
        ) for each in people
    )  # fmt: skip
    return people


@pytest.fixture
def many_kinds(cast, rows):
    """Everybody in the ledger had home visits and parcels in 2020, beside what else: no kind stands alone."""
    from duga.casework.models import Assistance

    known = {row.person_id: row for row in rows if row.person_id and row.date.year == 2020}
    more = [
        Assistance(
            organisation=row.organisation, recipient="person", person=row.person, service_type=kind, unit=unit,
            date=row.date, area=row.area, age_band=row.age_band,
        )
        for row in known.values() for kind, unit in (("home_visit", "visit"), ("parcel_distribution", "parcel"))
    ]  # fmt: skip
    Assistance.objects.bulk_create(more)
    return [*rows, *more]


def least_by_violence(whole, kinds) -> dict[str, int]:
    """The attack: people of each region less all that its kinds may be (a hidden one: what it is not known to pass)."""
    found = {}
    for (area,), people in cells(whole).items():
        told = [value for (place, _kind), value in cells(kinds).items() if place == area]
        if people is not None and area != ALL and None not in told:
            found[area] = people - sum(told)
    return found


def test_kinds_by_region_come_without_those_about_violence(cast, many_kinds, snapshot, sign_in):
    table = build(cast, **KINDS)
    offer = table.proposals[0]
    assert offer["coarser"] == [] and offer["left_out"] == {"service_type": ["helpline", "shelter"]}
    labels = {kind for _area, kind in cells(offer)}
    assert ALL not in labels and not labels & {"shelter", "helpline"} and "home_visit" in labels
    for (area, kind), value in cells(offer).items():
        true = len(people_of(many_kinds, country="ME", year=2020, area=area, service_type=kind))
        assert value in (None, true)
    assert {tuple(each["coarser"]) for each in table.proposals} == {(), ("-area",), ("-service_type",)}
    by_kind = next(each for each in table.proposals if each["coarser"] == ["-area"])
    assert ("shelter",) in cells(by_kind) and not by_kind["left_out"], "of the country they may be told"
    address = reverse("table", kwargs={"table_id": table.pk})
    secretariat = sign_in("secretariat")
    assert "Left out: Helpline, Shelter." in secretariat.get(address).content.decode()
    secretariat.post(address, {"step": "keep-0"})
    assert "Left out: Helpline, Shelter." in secretariat.get(address).content.decode()
    assert b"service_type=helpline,shelter" in secretariat.post(f"{address}csv").content


def test_whole_less_the_others_tells_of_nobody(cast, many_kinds, snapshot):
    """Older tables with the marked kinds (the whole by region) and without: the guard knows both as what they are."""
    by = cast.viewer("secretariat")
    whole = build(cast, breakdown=["area"])
    actions.keep_table(by=by, table_id=whole.pk, choice=0)
    kinds = build(cast, **KINDS)
    assert kinds.against == 1
    actions.keep_table(by=by, table_id=kinds.pk, choice=0)
    assert all(least <= 0 for least in least_by_violence(whole.proposals[0], kinds.proposals[0]).values())
    safe = safe_of(BuiltTable.objects.get(pk=kinds.pk).proposals[0])
    assert safe.no_total == ("service_type",)
    older = older_tables("people_assisted", 2020, "ME")
    assert len(older) == 2 and all(isinstance(each, tuple) for each in older)
    assert build(cast, breakdown=["channel"]).against == 2
    by_kind = build(cast, **KINDS | {"breakdown": ["service_type"]})
    assert by_kind.state == "failed", "every other kind follows from the regions': a rare one cannot hide among them"


def test_where_survivors_would_follow_it_is_not_offered(cast, survivors, snapshot, monkeypatch, sign_in):
    """Sixty people had the shelter alone: their region less the kinds that are told would say so."""
    table = build(cast, **KINDS)
    assert table.proposals and all(each["coarser"] for each in table.proposals)
    page = sign_in("secretariat").get(reverse("table", kwargs={"table_id": table.pk})).content.decode()
    assert "Not as asked for" in page
    asked = actions.ask_table(
        by=cast.viewer("secretariat"), start=False, where={"service_type": "home_visit"},
        **KINDS | {"breakdown": ["area"]},
    )  # fmt: skip
    done = actions.run_counting(by=cast.viewer("secretariat"), counting_id=asked.pk)
    assert BuiltTable.objects.get(pk=done.result["table"]).message == leaving_out.FOLLOWS
    monkeypatch.setattr("duga.indicators.queries.offering.check_accounted_for", lambda *all_of: None)
    open_one = build(cast, **KINDS).proposals[0]
    whole = build(cast, breakdown=["area"]).proposals[0]
    assert open_one["coarser"] == [] and least_by_violence(whole, open_one)


def test_what_is_about_violence_alone_stays_refused(cast, snapshot):
    with pytest.raises(Refused, match="shelter"):
        actions.ask_table(
            by=cast.viewer("secretariat"), start=False, where={"service_type": "shelter"},
            **KINDS | {"breakdown": ["area"]},
        )  # fmt: skip


def test_several_words_are_a_label_of_their_own():
    document = {
        "country": "ME",
        "period": "2020",
        "where": {"country": ["ME"], "service_type": ["outreach", "errands"]},
    }
    told = labels_of(document)
    assert told == {"year": "2020", "country": "ME", "service_type": "errands + outreach"}
