"""The import on screen, from the file an organisation has to its ledger; nothing of it lies readable in between."""

import traceback
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from duga.casework.models import Assistance, StagedImport

pytestmark = pytest.mark.django_db
HERE = "/workspace/organisations/niksic"
CSV = """Ime i prezime;Datum rođenja;Opština;Vrsta pomoći;Kom;Datum podjele
Ђорђе Петровић;3.4.1956;Nikšić;paket;1;3.4.2024
Ana Marković;1.1.1980;Nikšić;paket;2;4.4.2024
Ana Marković;1.1.1980;Nikšić;paket;2;31.2.2024
Mira Kostić;1961;Nikšić;čarobni štapić;1;4.4.2024
"""


@pytest.fixture
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def bring(sign_in, files, area):

    def bring(text=CSV, name="podjela.csv", encoding="windows-1250", who="coordinator"):
        data = text.encode(encoding, "replace") if isinstance(text, str) else text
        return sign_in(who).post(f"{HERE}/import/", {"file": SimpleUploadedFile(name, data)})

    return bring


def form_of(page):
    """What the browser would send back unchanged."""
    return {name: field.initial or "" for name, field in page.context["form"].fields.items()}


def test_from_the_file_to_the_ledger(bring, client, files):
    columns = bring(encoding="utf-8").headers["Location"]
    page = client.get(columns)
    means = {bound.label: bound.initial for bound, _values in page.context["form"].columns()}
    assert means["Ime i prezime"] == "full_name" and means["Datum podjele"] == "date" and means["Kom"] == "quantity"
    assert page.context["preview"].unknown == {"service": ["čarobni štapić"]} or page.context["preview"].unknown
    check = client.post(columns, form_of(page)).headers["Location"]
    page = client.get(check)
    assert (page.context["outcome"]["read"], page.context["outcome"]["rejected"]) == (4, 2)
    assert [row for row, _column, _text in page.context["errors"]] == [4, 5]
    assert Assistance.objects.count() == 0
    kept = b"".join(path.read_bytes() for path in Path(files).rglob("*") if path.is_file())
    assert "Петровић".encode() not in kept and b"Markovi" not in kept
    rejects = client.get(f"{check}bad-rows/")
    assert rejects.content.startswith(b"PK")
    client.post(f"{check}begin/", {"bad_rows": "set-aside"})
    page = client.get(check)
    assert page.context["staged"].state == "done" and Assistance.objects.count() == 2
    again = bring(encoding="utf-8").headers["Location"]
    check = client.post(again, form_of(client.get(again))).headers["Location"]
    page = client.get(check)
    assert (page.context["outcome"]["already"], page.context["outcome"]["imported"]) == (2, 0)
    assert b"Nothing in this file is new" in page.content and f"{check}begin/".encode() not in page.content


def test_a_word_nobody_knows_is_asked_for_once_and_remembered(bring, client):
    columns = bring(encoding="utf-8").headers["Location"]
    page = client.get(columns)
    form = form_of(page)
    for name, field in page.context["form"].fields.items():
        if field.label == "čarobni štapić":
            form[name] = "home_visit"
    check = client.post(columns, form).headers["Location"]
    assert client.get(check).context["outcome"]["rejected"] == 1
    client.post(f"{check}begin/", {"bad_rows": "set-aside"})
    other = bring(CSV.replace("2024", "2023"), "lani.csv", "utf-8").headers["Location"]
    page = client.get(other)
    assert page.context["preview"].remembered and not page.context["preview"].unknown


def test_the_check_shows_how_words_and_rows_were_understood_and_no_name(bring, client):
    columns = bring(encoding="utf-8").headers["Location"]
    page = client.get(columns)
    form = form_of(page)
    (name,) = (name for name, field in page.context["form"].fields.items() if field.label == "čarobni štapić")
    assert form[name] == "" and "pay no attention" in page.content.decode()
    check = client.post(columns, form | {name: "home_visit"}).headers["Location"]
    page = client.get(check)
    assert page.context["words"] == [
        ("Service", "paket", "Distribution of parcels"), ("Service", "čarobni štapić", "Home visit"),
    ]  # fmt: skip
    first = page.context["sample"][0]
    assert (first["what"], first["unit"], first["who"], first["quantity"]) == (
        "Distribution of parcels", "parcel", "person", 1,
    )  # fmt: skip
    assert not {"Петровић", "Marković"} & set(page.content.decode().replace("<", " ").split())
    assert "3 good rows" in page.content.decode()
    assert "paket" not in str(StagedImport.objects.values("outcome").get())
    again = client.get(columns)  # back to the columns: what was said stands there, and may be said otherwise
    assert form_of(again)[name] == "home_visit"
    client.post(columns, form_of(again))
    assert client.get(check).context["outcome"]["rejected"] == 1
    client.post(columns, form_of(again) | {name: "-"})
    page = client.get(check)
    assert page.context["outcome"]["rejected"] == 2
    assert ("Service", "čarobni štapić", "pay no attention to this word") in page.context["words"]
    client.post(columns, form_of(again) | {name: ""})
    assert client.get(columns).context["preview"].unknown == {"service": ["čarobni štapić"]}


def test_what_is_no_table_is_refused_in_plain_words(bring):
    for name, data in (
        ("slika.xlsx", b"\x89PNG\r\n\x1a\n" + b"x" * 99),
        ("pola.xlsx", b"PK\x03\x04half"),
        ("a.csv", b""),
    ):
        page = bring(data, name)
        assert page.status_code == 422 and page.context["form"].errors, name
    assert StagedImport.objects.count() == 0


def test_a_file_belongs_to_who_brought_it(bring, sign_in):
    columns = bring(encoding="utf-8").headers["Location"]
    for other in ("worker", "other_coordinator", "secretariat"):
        assert sign_in(other).get(columns).status_code == 404


def test_a_whole_file_is_taken_out_again(bring, client):
    columns = bring(encoding="utf-8").headers["Location"]
    check = client.post(columns, form_of(client.get(columns))).headers["Location"]
    client.post(f"{check}begin/", {"bad_rows": "set-aside"})
    batch = StagedImport.objects.get().batch_id
    undo, reason = f"/workspace/imported/{batch}/undo/", {"reason": "wrong year"}
    entries = Assistance.objects.filter(state="recorded")
    asked = client.post(undo, reason)
    people = entries.exclude(person=None).values("person").distinct().count()
    assert f"count no more: {entries.count()}. Different people of the register in them: {people}." in (
        asked.content.decode()
    )
    assert entries.exists() and ("reason", "wrong year") in asked.context["given"], "asked before it is done"
    client.post(undo, reason | {"sure": "1"})
    assert Assistance.objects.filter(state="recorded").count() == 0


def test_files_that_waited_too_long_are_destroyed(bring, files):
    import datetime as dt

    from duga.casework.actions import discard_old_staged
    from duga.members.rules import Viewer

    bring(encoding="utf-8")
    assert discard_old_staged(by=Viewer(system="clock")) == 0
    StagedImport.objects.update(created_at=StagedImport.objects.get().created_at - dt.timedelta(hours=49))
    assert discard_old_staged(by=Viewer(system="clock")) == 1
    assert not [path for path in Path(files).rglob("*") if path.is_file()]


def test_a_file_too_large_is_never_laid_down_and_its_limit_is_said(sign_in, files, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 20_000
    large = SimpleUploadedFile("large.csv", CSV.encode() * 200)
    page = sign_in("coordinator").post(f"{HERE}/import/", {"file": large, "csrfmiddlewaretoken": "as a browser sends"})
    assert page.status_code == 422 and b"10 MB" in page.content
    assert StagedImport.objects.count() == 0


def test_what_breaks_inside_says_nothing_of_the_file(bring, client, cast, monkeypatch):
    from duga.casework.actions import staging

    def breaks(**_):
        raise ValueError("could not read 'Ana Marković'")

    columns = bring(encoding="utf-8").headers["Location"]
    staged = StagedImport.objects.get()
    staged.state = "checking"
    staged.save()
    monkeypatch.setitem(staging.READERS, "assistance", (staging.preview_import, breaks))
    with pytest.raises(Exception) as broken:
        staging.run_staged(by=cast.viewer("coordinator"), staged_id=staged.pk)
    told = "".join(traceback.format_exception(broken.value))
    assert "Marković" not in told and "ValueError at" in told
    staged.refresh_from_db()
    assert staged.state == "failed" and columns


def test_a_word_for_a_service_may_be_explained_by_the_thing_that_was_given(bring, client):
    text = "Ime;Vrsta pomoći;Jed. mjere;Datum\nAna Ilić;paket br. 2;kom;3.4.2024\n"
    columns = bring(text, encoding="utf-8").headers["Location"]
    page = client.get(columns)
    assert "paket br. 2" in page.context["form"].fields["word_service_0"].label
    data = form_of(page) | {"word_service_0": "parcel"}
    check = client.post(columns, data).headers["Location"]
    client.post(f"{check}begin/")
    entry = Assistance.objects.get()
    assert (entry.service_type, entry.unit) == ("parcel_distribution", "parcel")  # not a "piece" of something


def test_an_empty_file_is_told_of_in_our_words(bring):
    page = bring(b"")
    assert page.status_code == 422 and "This file is empty." in page.content.decode()
