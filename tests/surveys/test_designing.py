"""The screens of designing: a form from the bank or a file, its faults, its words, its paper."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from duga.plain.xlsforms.__main__ import answer
from duga.surveys.models import Form, FormVersion
from duga.surveys.queries.designs import bank_sheets
from duga.surveys.rules.designs import BANK, changes, check_version_rises, languages_of, missing, next_version
from duga.surveys.rules.designs.personal import guess_personal
from duga.surveys.rules.designs.telling import said_when
from tests.surveys.designing import YOUTH, changed, here  # noqa: F401 a fixture

pytestmark = pytest.mark.usefixtures("here")


def upload(client, url, data, name="youth.md", **more):
    return client.post(url, {"file": SimpleUploadedFile(name, data), **more})


def test_a_form_goes_from_upload_to_published_on_screen(sign_in, cast):
    client = sign_in("coordinator")
    url = "/workspace/organisations/niksic/surveys/new/"
    wrong = upload(client, url, changed(YOUTH, ("${age} > 14", "${agee} > 14")), kind="survey")
    assert wrong.status_code == 422
    assert "survey, E6, relevant" in wrong.content.decode() and "${agee}" in wrong.content.decode()
    there = upload(client, url, YOUTH.encode(), kind="survey")
    version = FormVersion.objects.get()
    page = f"/workspace/surveys/versions/{version.pk}/"
    assert there.url == page
    assert "lacks 1 text" in client.get(page).content.decode()
    refused = client.post(page, {"do": "publish"}, follow=True).content.decode()
    assert "which questions are personal" in refused
    client.post(f"{page}personal/", {"personal": ["/name"]})
    client.post(page, {"do": "publish"})
    version.refresh_from_db()
    assert (version.state, version.personal) == ("published", ["/name"])
    again = client.post(page, {"do": "again"})
    words = f"{again.url}words/"
    shown = client.get(words, {"from": "English (en)", "into": "Српски (sr)"}).content.decode()
    assert shown.index("Which languages do you speak?") < shown.index("How old are you?")  # what is missing comes first
    stamp = re.search(r'name="changed_at" value="([^"]+)"', shown)[1]
    told = {"changed_at": stamp, "text:5:label:survey": "Које језике говориш?"}
    done = client.post(f"{words}?from=English+(en)&into=Српски+(sr)", told, follow=True)
    assert "The words are kept" in done.content.decode()
    draft = FormVersion.objects.get(state="draft")
    assert draft.questions[3]["labels"]["Српски (sr)"] == "Које језике говориш?"
    client.post(f"/workspace/surveys/versions/{draft.pk}/", {"do": "drop", "sure": "1"})
    client.post(f"/workspace/surveys/forms/{version.form_id}/", {"do": "close"})
    assert Form.objects.get().closed_at


def test_a_form_begins_from_the_bank_in_two_languages_and_is_printed_right_to_left(sign_in, cast):
    client = sign_in("secretariat")
    url = "/workspace/networks/region/surveys/new/satisfaction/"
    assert "العربية" in client.get(url).content.decode()
    client.post(url, {"title": "One minute", "slug": "one_minute", "languages": ["English (en)", "العربية (ar)"]})
    version = FormVersion.objects.select_related("form").get()
    assert (version.form.slug, version.form.title, version.form.network_id) == (
        "one_minute",
        "One minute",
        cast.region.pk,
    )
    assert version.languages == ["English (en)", "العربية (ar)"]
    page = f"/workspace/surveys/versions/{version.pk}/"
    read = client.get(f"{page}reading/", {"language": "العربية (ar)"}).content.decode()
    assert 'dir="rtl"' in read and "راضٍ جداً" in read
    paper = client.get(f"{page}paper.pdf", {"language": "العربية (ar)", "large": "1"})
    assert paper.content.startswith(b"%PDF") and b"/Lang" in paper.content


def test_every_form_of_the_bank_is_whole_in_each_of_its_languages(cast):
    by = cast.viewer("coordinator")
    for template in BANK:
        sheets = bank_sheets(by, template.name)
        told = answer(_as_json(sheets), f"{template.name}.json")
        assert "xform" in told, (template.name, told["findings"])
        assert set(missing(sheets).values()) == {0}, (template.name, missing(sheets))
        assert len(languages_of(sheets)) >= 5
    pair = []
    for name in ("dual_users", "dual_organisations"):
        asked = answer(_as_json(bank_sheets(by, name)), "f.json")["parsed"]["questions"]
        pair.append({question["name"] for question in asked if question["list"] == "scale"})
    assert pair[0] == pair[1] and len(pair[0]) == 8


def _as_json(sheets):
    import json

    return json.dumps(sheets).encode()


def question(path, kind="text", label="?", **more):
    told = {"path": path, "name": path.rsplit("/", 1)[-1], "type": kind, "labels": {"en": label}, "choices": []}
    return told | more


def test_what_changed_between_versions():
    before = [question("/a", label="A"), question("/b", "integer", "B"), question("/g/c", label="C"), question("/d")]
    after = [question("/a", label="Aa"), question("/b", "decimal", "B"), question("/c", label="C"), question("/e")]
    found = [(each.kind.value, each.old, each.new, each.loses) for each in changes(before, after)]
    assert found == [
        ("reworded", "A", "Aa", False), ("retyped", "integer", "decimal", False), ("moved", "/g/c", "/c", True),
        ("renamed", "/d", "/e", True),
    ]  # fmt: skip


def test_versions_are_compared_as_people_read_them():
    check_version_rises("2026.10", ["2026.9"])
    check_version_rises("1", [])
    for new, old in (("2026.9", "2026.10"), ("1", "1"), ("", "1")):
        with pytest.raises(Exception, match="rises"):
            check_version_rises(new, [old])
    assert [next_version(each) for each in ("1", "2026.9", "v09a", "", "x")] == ["2", "2026.10", "v10a", "2", "x.2"]


def test_the_guess_at_what_is_personal():
    assert guess_personal(question("/x", "text"))
    assert guess_personal(question("/x", "geopoint"))
    assert guess_personal(question("/telefon", "integer"))
    assert guess_personal(question("/x", "date", "Датум рођења"))
    assert not guess_personal(question("/needs", "select_multiple", "What do you need?"))
    assert not guess_personal(question("/x", "note", "Your name"))


def test_conditions_are_told_in_words():
    asked = {
        "/works": question("/works", "select_one", "Do you work?", choices=[{"value": "y", "labels": {"en": "Yes"}}]),
        "/age": question("/age", "integer", "Age"),
    }
    assert said_when("/data/works = 'y' and /data/age >= 15", asked, "en") == "“Do you work?” = Yes & “Age” ≥ 15"
    assert said_when("selected( /data/works , 'y')", asked, "en") == "“Do you work?” = Yes"
    assert said_when("count(/data/kids) > 2", asked, "en") is None
