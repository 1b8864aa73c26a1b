"""Running counts of a year in the table builder: right, and their steps tell of no few people."""

import pytest
from django.urls import reverse

from duga.evidence.model import ALL
from duga.indicators import actions, rules
from duga.indicators.models import BuiltTable
from duga.indicators.queries.guard import older_tables
from duga.indicators.queries.running import OTHERWISE
from duga.plain.errors import Refused
from tests.indicators.ledgers import people_of
from tests.indicators.test_building import build

pytestmark = pytest.mark.django_db
RUNNING = {"indicator": "people_assisted_since_start", "breakdown": ["month"], "country": "ME", "year": 2020}


def cells(document):
    return {cell[document["breakdown"][0]]: cell for cell in document["cells"]}


def keep(cast, table, choice=0):
    actions.keep_table(by=cast.viewer("secretariat"), table_id=table.pk, choice=choice)
    return BuiltTable.objects.get(pk=table.pk).proposals[0]


def months(rows):
    """The slow twin: {month: (met since January, met then, of them for the first time)}."""
    found, seen = {}, set()
    for number in range(1, 13):
        here = people_of(rows, country="ME", year=2020, month=f"2020-{number:02}")
        found[f"2020-{number:02}"] = (len(seen | here), len(here), len(here - seen))
        seen |= here
    return found


def test_a_running_count_is_right_and_tells_of_no_few(cast, rows, snapshot):
    document, true = build(cast, **RUNNING).proposals[0], months(rows)
    assert document["terms"] == ["met", "first"]
    shown = hidden = 0
    for month, cell in cells(document).items():
        if month == ALL:
            assert cell["value"] == len(people_of(rows, country="ME", year=2020))
            continue
        told = (cell["value"], cell["met"], cell["first"])
        assert all(mine in (None, twins) for mine, twins in zip(told, true[month], strict=True))
        assert all(value is None or value == 0 or value >= rules.MINIMUM for value in told)
        shown, hidden = shown + (cell["value"] is not None), hidden + (cell["value"] is None)
    assert shown > 3 and hidden


def steps(document):
    """What anybody subtracts: each shown running number less the shown one before it."""
    told = [
        cell["value"] for time, cell in sorted(cells(document).items()) if time != ALL and cell["value"] is not None
    ]
    return [after - before for before, after in zip([0, *told], told, strict=False)]


def test_the_difference_of_two_shown_numbers_is_never_a_few(cast, snapshot):
    for document in build(cast, **RUNNING).proposals:
        if document["breakdown"]:
            assert all(step == 0 or step >= rules.MINIMUM for step in steps(document))


def test_it_is_guarded_against_like_what_it_tells(cast, rows, snapshot, sign_in):
    """The people met in a month, the steps and the running numbers: later tables know all three."""
    by = cast.viewer("secretariat")
    table = build(cast, **RUNNING)
    document = keep(cast, table)
    plain, first = (older_tables(code, 2020, "ME") for code in ("people_assisted", RUNNING["indicator"]))
    assert len(plain) == len(first) == 2 and all(isinstance(each, tuple) for each in (*plain, *first))
    for safe, true in (*plain, *first):
        assert all(cell.hidden or cell.value == true.cells[key].value for key, cell in safe.cells.items() if cell.value)
    later = build(cast, breakdown=["month"])
    assert later.against == 2
    for (month,), value in {
        rules.cell_key(later.proposals[0], c): c["value"] for c in later.proposals[0]["cells"]
    }.items():
        told = cells(document)[month]["met"] if month != ALL else None
        assert told is None or value == told, "what is told already is hidden to no use"
    quarters = build(cast, **RUNNING | {"breakdown": ["quarter"]})
    assert quarters.message == OTHERWISE
    drafts = actions.draft_release(by=by, country="ME", year=2020)
    assert {each.state for each in drafts} == {"audited"}
    page = sign_in("secretariat").get(reverse("table", kwargs={"table_id": table.pk})).content.decode()
    assert "from January 2020" in page and "for the first time" in page


def test_months_hidden_in_a_release_are_not_narrowed(cast, released):
    """Of so few people nothing can be told beside released months: each running number sums hidden ones."""
    months = released["people_assisted:month"].table["cells"]
    assert [cell["month"] for cell in months if cell["status"] == "hidden"][:2] == ["2020-01", "2020-02"]
    assert build(cast, **RUNNING).state == "failed"


def test_a_few_more_people_show_in_no_running_number(cast, rows, snapshot):
    from duga.casework.models import Assistance, Person

    before = keep(cast, build(cast, **RUNNING))
    told = next(row for row in rows if row.person_id and row.date.year == 2020 and row.area.country == "ME")
    for n in range(2):
        new = Person.objects.create(organisation=told.organisation, code=f"T-new{n}", sex="female")
        Assistance.objects.create(
            organisation=told.organisation, recipient="person", person=new, service_type="home_visit", unit="visit",
            date=told.date, area=told.area, age_band="60-79",
        )  # fmt: skip
    actions.take_snapshot(by=cast.viewer("secretariat"))
    again = build(cast, **RUNNING)
    for document in again.proposals:
        for time, cell in cells(document).items() if document["breakdown"] == ["month"] else ():
            for name in ("value", "met", "first"):
                old = cells(before)[time][name]
                assert None in (old, cell[name]) or abs(cell[name] - old) not in range(1, rules.MINIMUM), (time, name)


@pytest.mark.parametrize(
    "more, words",
    [
        ({"breakdown": ["sex"]}, "not broken down"),
        ({"breakdown": []}, "by month or by quarter"),
        ({"country": ""}, "one country at a time"),
        ({"where": {"channel": "phone"}}, "not kept to"),
    ],
)
def test_what_cannot_be_asked_of_a_running_count(cast, snapshot, more, words):
    with pytest.raises(Refused, match=words):
        actions.ask_table(by=cast.viewer("secretariat"), start=False, **RUNNING | more)
