"""Forms from upload to publishing: versions, what is personal, translations, files, who may."""

import pytest

from duga.plain.errors import Conflict, NotAllowed, NotFound, Refused, Unreadable
from duga.surveys import queries
from duga.surveys.actions import designs as actions
from duga.surveys.models import Form
from duga.surveys.queries.designs import readiness
from tests.surveys.designing import YOUTH, changed, here  # noqa: F401 a fixture

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture
def by(cast):
    return cast.viewer("coordinator")


@pytest.fixture
def draft(cast, by):
    return actions.bring_form(by=by, owner=cast.niksic, data=YOUTH.encode(), name="youth.md").version


@pytest.fixture
def published(by, draft):
    actions.mark_personal(by=by, version_id=draft.pk, paths=draft.personal)
    return actions.publish_version(by=by, version_id=draft.pk)


def test_a_form_comes_in_with_its_questions_languages_and_a_guess_at_what_is_personal(draft):
    assert (draft.form.slug, draft.form.title, draft.version, draft.state) == ("youth", "Young people", "1", "draft")
    assert draft.languages == ["English (en)", "Српски (sr)"]
    assert [q["path"] for q in draft.questions] == [
        "/name", "/age", "/skills", "/skills/languages", "/skills/works", "/adult",
    ]  # fmt: skip
    works = draft.questions[4]
    assert works["labels"]["Српски (sr)"] == "Да ли радиш?"
    assert [c["value"] for c in works["choices"]] == ["yes", "no"]
    assert works["relevant"] == " /data/age  > 14" or works["relevant"].split() == ["/data/age", ">", "14"]
    assert works["row"] == 6
    assert draft.personal == ["/name"]


def test_only_who_designs_here_brings_forms(cast, draft):
    for name, wrong in (("worker", NotAllowed), ("other_coordinator", NotFound), ("secretariat", NotAllowed)):
        with pytest.raises(wrong):
            actions.bring_form(by=cast.viewer(name), owner=cast.niksic, data=YOUTH.encode(), name="youth.md")
    with pytest.raises(NotFound):
        queries.version_by_id(cast.viewer("worker"), draft.pk)
    with pytest.raises(NotFound):
        queries.form_by_id(cast.viewer("secretariat"), draft.form_id)


def test_a_form_id_is_taken_once_and_never_from_the_network(cast, by, draft):
    with pytest.raises(Refused, match="already a form"):
        actions.bring_form(by=by, owner=cast.niksic, data=YOUTH.encode(), name="youth.md")
    data = changed(YOUTH, ("| youth |", "| needs |"))
    actions.bring_form(by=cast.viewer("secretariat"), owner=cast.region, data=data, name="needs.md")
    with pytest.raises(Refused, match="Your network has"):
        actions.bring_form(by=by, owner=cast.niksic, data=data, name="needs.md")


def test_what_is_wrong_comes_back_with_its_cell_and_nothing_is_kept(cast, by):
    data = changed(YOUTH, ("${age} > 14", "${agee} > 14"))
    brought = actions.bring_form(by=by, owner=cast.niksic, data=data, name="youth.md")
    assert brought.version is None
    (finding,) = [each for each in brought.findings if each.level == "error"]
    assert (finding.sheet, finding.row, finding.column, finding.cell) == ("survey", 6, "relevant", "E6")
    assert finding.params == {"q": "agee"}
    assert not Form.objects.exists()


def test_publishing_waits_for_the_word_on_personal_questions(cast, by, draft):
    with pytest.raises(Refused, match="which questions are personal"):
        actions.publish_version(by=by, version_id=draft.pk)
    actions.mark_personal(by=by, version_id=draft.pk, paths=["/name", "/age", "/nowhere"])
    version = actions.publish_version(by=by, version_id=draft.pk)
    assert version.personal == ["/name", "/age"]
    assert [each.pk for each in queries.form_list(cast.niksic.pk)] == [version.pk]
    assert queries.published(cast.niksic.pk, "youth").pk == version.pk
    with pytest.raises(NotFound):
        queries.published(cast.nis.pk, "youth")


def test_a_version_must_rise_and_the_form_id_stay(by, published):
    form = published.form
    with pytest.raises(Refused, match="rises"):
        actions.bring_draft(by=by, form_id=form.pk, data=YOUTH.encode(), name="youth.md")
    with pytest.raises(Refused, match="form_id"):
        data = changed(YOUTH, ("| youth | 1 |", "| other | 2 |"))
        actions.bring_draft(by=by, form_id=form.pk, data=data, name="youth.md")
    second = actions.bring_draft(by=by, form_id=form.pk, data=changed(YOUTH, ("| 1 |\n", "| 10 |\n")), name="y.md")
    assert second.version.number == 2
    assert second.version.personal == published.personal  # what people said stays
    assert second.version.checked_at is None


def test_changes_that_would_lose_answers_are_told_and_asked_about(cast, by, published):
    data = changed(
        YOUTH, ("| 1 |\n", "| 2 |\n"), ("| text | name |", "| text | full_name |"),
        ("| integer | age |", "| text | age |"),
        ("| | langs | en | English | енглески |\n", ""),
    )  # fmt: skip
    draft = actions.bring_draft(by=by, form_id=published.form_id, data=data, name="y.md").version
    told = {(each.kind.value, each.path): each.loses for each in readiness(draft).changes}
    assert told == {
        ("renamed", "/name"): True,
        ("retyped", "/age"): True,
        ("choice_removed", "/skills/languages"): True,
    }
    actions.mark_personal(by=by, version_id=draft.pk, paths=[])
    _answer(cast, published)
    with pytest.raises(Refused, match="no longer fit"):
        actions.publish_version(by=by, version_id=draft.pk)
    assert actions.publish_version(by=by, version_id=draft.pk, accept_losses=True).state == "published"


def _answer(cast, version):
    from django.utils import timezone

    from duga.surveys.models import Submission

    Submission.objects.create(
        organisation=cast.niksic, form=version.form, form_version=version, instance_id="uuid:1", mark=b"1",
        source="browser", received_at=timezone.now(),
    )  # fmt: skip


def test_withdrawn_versions_are_not_offered_but_still_known(cast, by, published):
    actions.withdraw_version(by=by, version_id=published.pk)
    assert queries.form_list(cast.niksic.pk) == []
    assert queries.published(cast.niksic.pk, "youth", "1").pk == published.pk
    with pytest.raises(NotFound):
        queries.published(cast.niksic.pk, "youth")
    actions.publish_version(by=by, version_id=published.pk)
    actions.close_form(by=by, form_id=published.form_id)
    assert queries.form_list(cast.niksic.pk) == []
    assert queries.published(cast.niksic.pk, "youth", "1").pk == published.pk
    with pytest.raises(Refused, match="already closed"):
        actions.close_form(by=by, form_id=published.form_id)
    actions.reopen_form(by=by, form_id=published.form_id)
    assert len(queries.form_list(cast.niksic.pk)) == 1


def test_translating_a_draft(by, published):
    draft = actions.draft_again(by=by, version_id=published.pk)
    assert (draft.version, draft.number, draft.state) == ("2", 2, "draft")
    assert actions.draft_again(by=by, version_id=published.pk).pk == draft.pk
    assert readiness(draft).missing == {"English (en)": 0, "Српски (sr)": 1}
    when = draft.changed_at.isoformat()
    texts = {("survey", 5, "label"): "Које језике говориш?", ("survey", 99, "label"): "nowhere"}
    told = actions.translate_draft(
        by=by, version_id=draft.pk, language="Српски (sr)", texts=texts, changed_at=when
    )  # fmt: skip
    assert told.questions[3]["labels"]["Српски (sr)"] == "Које језике говориш?"
    assert "Које језике говориш?".encode() in bytes(told.xform)
    assert readiness(told).missing == {"English (en)": 0, "Српски (sr)": 0}
    with pytest.raises(Conflict):
        actions.translate_draft(by=by, version_id=draft.pk, language="Српски (sr)", texts={}, changed_at=when)
    language = actions.speak_also(by=by, version_id=draft.pk, code="sq")
    draft.refresh_from_db()
    assert readiness(draft).missing[language] > 5
    with pytest.raises(Refused, match="already speaks"):
        actions.speak_also(by=by, version_id=draft.pk, code="sr")


def test_a_published_version_never_changes(by, published):
    for change in (
        lambda: actions.mark_personal(by=by, version_id=published.pk, paths=[]),
        lambda: actions.translate_draft(by=by, version_id=published.pk, language="English (en)", texts={}),
        lambda: actions.keep_attachment(by=by, version_id=published.pk, name="a.png", data=PNG),
        lambda: actions.drop_draft(by=by, version_id=published.pk),
    ):
        with pytest.raises(Refused, match="no draft"):
            change()


def test_files_that_a_form_names_are_asked_for_and_told_by_their_bytes(cast, by, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    data = changed(
        YOUTH, ("| relevant | calculation |", "| relevant | calculation | media::image |"),
        ("| Твоје име | | |", "| Твоје име | | | face.png |"),
        ("| select_one yes_no | works", "| select_one_from_file towns.csv | works"),
    )  # fmt: skip
    draft = actions.bring_form(by=by, owner=cast.niksic, data=data, name="youth.md").version
    assert {row.name: row.kind for row in draft.attachments.all()} == {"face.png": "image", "towns.csv": "csv"}
    actions.mark_personal(by=by, version_id=draft.pk, paths=[])
    with pytest.raises(Refused, match=r"face\.png, towns\.csv"):
        actions.publish_version(by=by, version_id=draft.pk)
    keep = lambda name, data, **more: actions.keep_attachment(  # noqa: E731
        by=by, version_id=draft.pk, name=name, data=data, **more
    )
    with pytest.raises(Unreadable, match="should be a picture"):
        keep("face.png", b"name,label\n1,One\n")
    with pytest.raises(Unreadable, match="no name"):
        keep("../face.png", PNG)
    with pytest.raises(Unreadable, match="column called name"):
        keep("towns.csv", b"town,people\nNiksic,1\n")
    people = b"name,label,telefon\n1,Ana,069\n"
    with pytest.raises(Refused, match="telefon"):
        keep("towns.csv", people)
    keep("towns.csv", people, no_people=True)
    kept = keep("face.png", PNG)
    assert queries.attachment_bytes(kept) == PNG
    version = actions.publish_version(by=by, version_id=draft.pk)
    again = actions.draft_again(by=by, version_id=version.pk)
    assert all(row.sha256 for row in again.attachments.all())  # files go along


def test_dropping_the_only_draft_drops_the_form(by, draft):
    assert actions.drop_draft(by=by, version_id=draft.pk) is None
    assert not Form.objects.exists()


def test_a_networks_form_is_used_by_its_members_and_changed_by_the_network(cast, by):
    secretariat = cast.viewer("secretariat")
    data = changed(YOUTH, ("| youth |", "| needs |"))
    version = actions.bring_form(by=secretariat, owner=cast.region, data=data, name="needs.md").version
    actions.mark_personal(by=secretariat, version_id=version.pk, paths=[])
    actions.publish_version(by=secretariat, version_id=version.pk)
    for organisation in (cast.niksic, cast.nis):
        assert [each.form.slug for each in queries.form_list(organisation.pk)] == ["needs"]
    assert [form.slug for form in queries.forms_of(cast.viewer("worker"), cast.niksic)] == ["needs"]
    with pytest.raises(NotAllowed):
        actions.close_form(by=by, form_id=version.form_id)
