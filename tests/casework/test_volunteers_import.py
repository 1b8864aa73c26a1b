"""A spreadsheet of volunteers: any column names, either script; all or nothing, nobody twice, minors with a yes."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from duga.casework import actions
from duga.casework.models import Volunteer
from duga.casework.rules.importing.volunteers import VolunteerReader
from duga.members.models import TrailEntry
from duga.plain.errors import NotAllowed
from duga.plain.tables import write_xlsx

HEAD = ["Име и презиме", "Телефон", "Вештине", "Језици", "Општина", "Доступност", "Возило", "Датум рођења", "Родитељ"]
GOOD = ["Јелена Вучковић", "067 000 111", "home_visit, errands", "srpski, engleski", "Nikšić",
        "Pon, čet 9-13; sub 10-12", "da", "3.4.1980", ""]  # fmt: skip
MINOR = dt.date.today().replace(year=dt.date.today().year - 16, day=1)


@pytest.fixture
def bring(cast, area):
    def bring(rows, head=HEAD, by="coordinator", **more):
        return actions.volunteers.import_volunteers(
            by=cast.viewer(by), organisation_id=cast.niksic.pk, name="volonteri.xlsx", data=write_xlsx(head, rows),
            **more,
        )  # fmt: skip

    return bring


def test_what_a_row_says_is_understood_and_kept_sealed(cast, bring, area):
    outcome = bring([GOOD])
    assert (outcome.imported, outcome.rejected) == (1, 0), [str(each) for each in outcome.errors]
    row = Volunteer.objects.get()
    assert (row.skills, row.languages, row.drives) == (["errands", "home_visit"], ["en", "sr"], True)
    assert row.available == {"0": ["09:00", "13:00"], "3": ["09:00", "13:00"], "5": ["10:00", "12:00"]}
    assert row.areas == [str(area.town.pk)]
    assert actions.open_volunteer(by=cast.viewer("manager"), volunteer_id=row.pk).identity["phone"] == "067 000 111"
    entry = TrailEntry.objects.filter(event="volunteers.imported").get()
    assert entry.detail == {"imported": 1, "already": 0, "rejected": 0}
    assert "Вучковић" not in repr(TrailEntry.objects.values_list("detail", flat=True))
    # The same again, or another way to write her, is nobody new.
    assert bring([["Jelena Vučković", "+381 67 000 111", *GOOD[2:]]]).already == 1


def test_three_bad_rows_of_five_thousand_bring_in_none_or_the_others(cast, bring):
    rows = [[f"Ana {number}", f"06{number:07d}", "errands", "sr", "", "", "", "", ""] for number in range(5000)]
    rows[7][2] = "letenje"
    rows[8][0] = ""
    rows[4999][5] = "svaki dan"
    outcome = bring(rows)
    assert (outcome.imported, outcome.rejected, Volunteer.objects.count()) == (0, 3, 0) and outcome.stopped
    assert [(each.row, each.column) for each in outcome.errors] == [(9, HEAD[2]), (10, HEAD[0]), (5001, HEAD[5])]
    outcome = bring(rows, bad_rows="set-aside")
    assert (outcome.imported, Volunteer.objects.count()) == (4997, 4997)
    back = openpyxl.load_workbook(io.BytesIO(outcome.rejects)).active
    assert back.max_row == 4 and "letenje" in str([cell.value for cell in back[2]])


@pytest.mark.parametrize(
    ("born", "guardian", "fault"),
    [(MINOR, "", "agreed in writing"), (MINOR, "ne", "agreed in writing"), (MINOR, "Mara Perić", ""), (MINOR, "da", ""),
     (MINOR.replace(year=MINOR.year + 3), "Mara Perić", "under 15")],
)  # fmt: skip
def test_no_minor_comes_in_without_a_parents_yes(cast, bring, born, guardian, fault):
    outcome = bring([["Iva Perić", "1", "", "", "", "", "", f"{born.day}.{born.month}.{born.year}", guardian]])
    assert [fault in str(each) for each in outcome.errors] == ([True] if fault else [])
    if guardian == "Mara Perić" and not fault:
        opened = actions.open_volunteer(by=cast.viewer("manager"), volunteer_id=Volunteer.objects.get().pk)
        assert opened.identity["contact"] == "Mara Perić"  # a minor's parent is whom to call


@pytest.mark.parametrize(
    ("cells", "available"),
    [({"available": "mon 9-13"}, {"0": ["09:00", "13:00"]}), ({"wednesday": "9.30-12"}, {"2": ["09:30", "12:00"]}),
     ({"available": "utorak i petak 17-19h"}, {"1": ["17:00", "19:00"], "4": ["17:00", "19:00"]})],
)  # fmt: skip
def test_times_are_read_as_people_write_them(cells, available):
    columns = {name: at for at, name in enumerate(("full_name", *cells))}
    reader = VolunteerReader(columns, today=dt.date(2026, 1, 1), find_area=None)
    assert reader.read(1, ["Ana", *cells.values()]).details["available"] == available


def test_it_comes_in_by_the_screens_of_every_import(cast, area, sign_in):
    client = sign_in("coordinator")
    upload = io.BytesIO(write_xlsx(HEAD, [GOOD, ["", *GOOD[1:]]]))
    upload.name = "volonteri.xlsx"
    page = client.post(
        reverse("casework:import", kwargs={"slug": "niksic"}), {"file": upload, "kind": "volunteers"}, follow=True
    )
    assert "Whom to call in an emergency" in page.content.decode()
    columns = page.redirect_chain[-1][0]
    data = {f"column_{at}": name for name, at in page.context["preview"].mapping.items()}
    page = client.post(columns, data, follow=True)
    assert page.context["outcome"]["imported"] == 1 and page.context["outcome"]["rejected"] == 1
    page = client.post(columns.replace("columns", "begin"), {"bad_rows": "set-aside"}, follow=True)
    assert Volunteer.objects.count() == 1 and "/volunteers/" in page.content.decode()


def test_only_who_keeps_volunteers_and_brings_in_files_may(cast, bring):
    for name in ("worker", "manager"):
        with pytest.raises(NotAllowed):
            bring([GOOD], by=name)
