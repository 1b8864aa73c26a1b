"""What comes in: taken whole, once, whatever it is; looked at, reviewed, mended, and never lost."""

import datetime as dt
import errno
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duga.members.models import TrailEntry
from duga.plain.errors import Conflict, NotFound, Refused, Unreadable
from duga.surveys.actions.openrosa import connect_phone
from duga.surveys.actions.receiving import (
    Incoming,
    News,
    comment_submission,
    drop_orphans,
    edit_submission,
    flag_outliers,
    look_after_answers,
    open_submission,
    receive,
    review_submission,
)
from duga.surveys.models import Submission, SubmissionFile
from duga.surveys.queries.receiving import file_path, forget_kept, open_file, open_xml
from duga.surveys.queries.receiving.lists import submissions
from duga.surveys.rules.receiving import Judge, differing, read_submission, safe_name, with_answers
from duga.surveys.rules.receiving.xpath import compiled, day_number, holds
from tests.casework.parallel import at_once, real_database
from tests.surveys.phones import BOUNDARY, add_version, answers, days, make_form, multipart, send

NOW = dt.datetime(2026, 11, 22, 19, 0)


@pytest.fixture
def form(cast):
    """A form of Nikšić."""
    forget_kept()
    return make_form(cast.niksic).form


@pytest.fixture
def take(cast, form):
    """`take(xml, …)` takes it as a phone's post."""

    def take(xml=None, **told):
        return receive(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, xml=xml or answers(), **told)

    return take


# --- reading -------------------------------------------------------------------------------------------

BOMB = b'<!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;&b;&b;">]><data id="f">&d;</data>'


@pytest.mark.parametrize(
    "xml",
    [
        BOMB,
        b'<?xml version="1.0"?><!-- a <b> --> \n' + BOMB,
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><data id="f"/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://example.org/">]><data id="f">&x;</data>',
        ('<?xml version="1.0" encoding="UTF-16"?>' + BOMB.decode()).encode("utf-16"),
        b'<data id="f">&undefined;</data>',
        b'<?xml version="1.0" encoding="UTF-7"?><data id="f"/>',
        b'<?xml version="1.0" encoding="UTF-8"?><data id="f">\xff\xfe</data>',
        b'<data id="f"><a>cut',
        b"<data id='f'>" + b"<a>" * 5000,
        b"<!-- " * 100_000,
        b"<data/>",
        b"",
        b"\0\0\0\0",
        b'{"id": "f"}',
        b'<data id="f"><meta><instanceID>' + b"x" * 500 + b"</instanceID></meta></data>",
    ],
)
def test_what_would_harm_or_is_not_whole_is_refused_with_a_sentence(xml):
    with pytest.raises(Unreadable):
        read_submission(xml)


def test_letters_of_every_encoding_that_phones_use_arrive():
    for encoding in ("utf-8", "utf-16", "iso-8859-1"):
        told = f'<?xml version="1.0" encoding="{encoding}"?><data id="f"><a>Živa</a></data>'
        if encoding == "iso-8859-1":
            told = told.replace("Živa", "Zoë")
        assert read_submission(told.encode(encoding)).answers["/a"] in ("Živa", "Zoë")


def test_repeats_namespaces_and_what_the_phone_says_of_itself():
    xml = (
        b'<x:data xmlns:x="http://example.org/f" id="f" version="3" xmlns:orx="http://openrosa.org/xforms">'
        b"<x:start>2026-11-22T10:00:00.000+01:00</x:start><x:deviceid>collect:abc</x:deviceid>"
        b"<x:g><x:r><x:a>1</x:a></x:r><x:r><x:a>2</x:a><x:in><x:b>3</x:b></x:in></x:r></x:g>"
        b"<orx:meta><orx:deprecatedID>uuid:0</orx:deprecatedID></orx:meta></x:data>"
    )
    told = read_submission(xml, ["/g/r/in"])
    assert told.answers["/g/r"] == [{"/g/r/a": "1"}, {"/g/r/a": "2", "/g/r/in": [{"/g/r/in/b": "3"}]}]
    assert (told.phone, told.deprecated_id, told.version) == ("collect:abc", "uuid:0", "3")
    assert told.instance_id == ""


def test_answers_without_a_number_are_one_however_often_they_come(take):
    xml = answers().replace(b"<orx:instanceID>uuid:1</orx:instanceID>", b"")
    first = take(xml).submission
    assert take(xml).submission == first and first.instance_id.startswith("unnumbered:")


@pytest.mark.parametrize(
    "name, kept",
    [("../../etc/passwd", "passwd"), ("a\\b\\c.jpg", "c.jpg"), ("a\u202egpj.exe", "agpj.exe"), ("..", "file"),
     ("\0x.jpg", "x.jpg"), ("n" * 400, "n" * 200), ("слика.jpg", "слика.jpg")],
)  # fmt: skip
def test_names_of_files_lead_nowhere(name, kept):
    assert safe_name(name) == kept


# --- judging -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule, value, true",
    [
        (". > 5", "7", True), (". > 5", "4", False), (". >= 0 and . <= 120", "121", False),
        ("regex(., '[A-Z]{2}\\d+')", "RS12", True), ("regex(., '[A-Z]{2}\\d+')", "x RS12", False),
        ("selected(., 'b')", "a b", True), ("count-selected(.) <= 2", "a b c", False),
        ("selected-at(., 1) = 'b'", "a b", True), ("string-length(.) < 3", "abcd", False),
        ("if(. > 5, true(), false())", "9", True), ("coalesce(/data/none, .) = 'x'", "x", True),
        ("/data/other + 1 = .", "3", True), ("not(. = 'x')", "x", False), ("int(. div 2) = 3", "7", True),
        ("max(., /data/other) = 9", "9", True), ("pow(., 2) = 9", "3", True), ("once(.) = 'x'", "x", True),
        ("indexed-repeat(/data/r, /data/q, 1) = .", "x", None), ("instance('list')/root/item = .", "x", None),
        (". >", "x", None), ("unheard-of(.)", "x", None), ("regex(., '(')", "x", None),
        ("regex(., '(a+)+b')", "a" * 600, None), ("format-date(., '%Y') = '2020'", "18262", True),
    ],
)  # fmt: skip
def test_a_forms_own_rules_are_worked_out_or_left_alone(rule, value, true):
    from lxml import etree

    root = etree.fromstring("<data><q/><other>2</other></data>")
    root[0].text = value
    assert holds(rule, root[0], NOW) is true
    assert compiled("instance('a')") is None


def test_days_and_moments_are_compared_as_phones_do():
    assert day_number("1970-01-02") == 1.0
    assert day_number("1970-01-01T12:00:00.000Z") == 0.5
    assert day_number("1970-01-01T12:00:00.000+02:00") == pytest.approx(10 / 24)
    assert day_number("2026-02-31") is None and day_number("soon") is None


IMPOSSIBLE = [
    ("<name>Ana</name><age>34</age>", []),
    ("<age>34</age>", ["required:/name"]),
    ("<name>Ana</name><age>134</age>", ["constraint:/age"]),
    ("<name>Ana</name><age>old</age>", ["wrong_type:/age"]),
    (f"<name>Ana</name><born>{days(9)}</born>", ["future:/born"]),
    ("<name>Ana</name><needs>food gold</needs>", ["not_a_choice:/needs"]),
    ("<name>Ana</name><child><age>19</age></child>", ["constraint:/child/age"]),
    ("<name>Ana</name><surprise>1</surprise>", ["unknown_question:/surprise"]),
    ("<name>Ana</name><start>1999-01-01T10:00:00.000Z</start>", ["clock"]),
    (f"<name>Iva</name><end>{days(30)}T10:00:00.000Z</end>", ["clock"]),
    (f"<name>Mia</name><start>{days(0)}T01:00:00Z</start><end>{days(-9)}T01:00:00Z</end>", ["clock"]),
]


def test_impossible_answers_are_flagged_and_taken(take):
    told = [take(answers(f"uuid:{n}", inside=inside)).submission.flags for n, (inside, _flags) in enumerate(IMPOSSIBLE)]
    assert told == [flags for _inside, flags in IMPOSSIBLE]


def test_a_required_answer_is_missed_only_where_it_was_asked(take):
    asked = answers(inside="<name>A</name><age>40</age>").replace(b"<rooms>2</rooms>", b"")
    not_asked = answers("uuid:2", inside="<name>A</name><age>4</age>").replace(b"<rooms>2</rooms>", b"")
    assert take(asked).submission.flags == ["required:/home/rooms"]
    assert take(not_asked).submission.flags == []


def test_answers_that_break_the_judge_are_taken(take, monkeypatch):
    monkeypatch.setattr(Judge, "flags", lambda *_told: 1 / 0)
    assert take().submission.flags == ["not_judged"]


def test_numbers_far_from_all_others_are_flagged_until_they_are_not(cast, form, take):
    for number in range(25):
        take(answers(f"uuid:{number}", inside=f"<name>A{number}</name><age>{30 + number % 7}</age>"))
    far = take(answers("uuid:far", inside="<name>B</name><age>110</age>")).submission
    assert look_after_answers(by=cast.viewer("manager")) == 1
    far.refresh_from_db()
    assert far.flags == ["outlier:/age"]
    assert flag_outliers(by=cast.viewer("manager"), organisation_id=cast.niksic.pk, form_id=form.pk) == 0
    assert differing([1.0] * 19) is None and differing([1.0] * 30) is None


# --- taking --------------------------------------------------------------------------------------------


def test_which_version_answers_are_of(cast, form, take):
    withdrawn = add_version(form, version="0", state="withdrawn")
    draft = add_version(form, version="2", state="draft")
    late = take(answers(version="0")).submission
    assert (late.form_version, late.flags, late.test) == (withdrawn, ["withdrawn_version"], False)
    unknown = take(answers("uuid:2", version="77", inside="<name>B</name>")).submission
    assert (unknown.form_version.version, unknown.flags) == ("1", ["unknown_version"])
    tried = take(answers("uuid:3", version="2", inside="<name>C</name>")).submission
    assert (tried.form_version, tried.test) == (draft, True)
    form.closed_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    form.save()
    forget_kept()
    assert take(answers("uuid:4", inside="<name>D</name>")).submission.flags == ["form_closed"]
    with pytest.raises(NotFound):
        take(answers(form="elsewhere"))


def test_the_same_answers_under_another_number_are_flagged_and_kept(cast, take):
    take(answers("uuid:1", inside="<name>Ana</name><end>2026-11-20T10:00:00Z</end>"))
    again = take(answers("uuid:2", inside="<name>Ana</name><end>2026-11-20T11:00:00Z</end>"))
    assert (again.news, again.submission.flags) == (News.NEW, ["same_content"])
    assert take(answers("uuid:3", inside="<name>Iva</name>")).submission.flags == []


def test_the_same_phone_within_minutes_is_flagged_by_its_own_clock(cast, take):
    more = "<age>40</age><needs>food</needs><born>1990-01-01</born><where>42 19</where>"
    inside = "<name>{}</name><end>2026-11-20T1{}:00.000Z</end>" + more
    take(answers("uuid:1", inside=inside.format("Ana", "0:00")), phone="collect:a")
    near = take(answers("uuid:2", inside=inside.format("Anna", "0:03")), phone="collect:a")
    late = take(answers("uuid:3", inside=inside.format("Anne", "2:00")), phone="collect:a")
    other = take(answers("uuid:4", inside=inside.format("Anka", "0:03")), phone="collect:b")
    assert [each.submission.flags for each in (near, late, other)] == [["same_phone"], [], []]


def test_a_phone_that_sends_an_answer_anew_mends_it_and_what_came_first_stays(cast, take):
    first, xml = take(), answers()
    anew = answers("uuid:2", inside="<name>Ana</name><age>35</age>", deprecatedID="uuid:1")
    done = take(anew)
    assert (done.news, done.submission.pk) == (News.MENDED, first.submission.pk)
    assert take(anew).news is News.AGAIN and take(xml).news is News.AGAIN
    opened = open_submission(by=cast.viewer("manager"), submission_id=first.submission.pk)
    assert (opened.received["/age"], opened.answers["/age"], opened.submission.state) == ("34", "35", "edited")
    assert opened.edits[0][4] == {"/age": ["34", "35"]}
    with pytest.raises(Conflict):
        take(answers("uuid:2", inside="<name>Iva</name>", deprecatedID="uuid:1"))


def test_two_organisations_may_use_one_number(cast, take):
    make_form(cast.nis)
    take()
    receive(by=cast.viewer("other_worker"), organisation_id=cast.nis.pk, xml=answers(inside="<name>Iva</name>"))
    assert Submission.objects.count() == 2


def test_nothing_of_answers_or_names_lies_in_the_open(cast, take):
    picture = Incoming.of(cast.niksic.pk, "Ana Kovač.jpg", "image/jpeg", b"\xff\xd8 Kovac")
    row = take(answers(inside="<name>Kovač</name><photo>Ana Kovač.jpg</photo>"), files=[picture]).submission
    with connection.cursor() as cursor:
        for table in (
            "surveys_submission",
            "surveys_submissionanswers",
            "surveys_submissionfile",
            "members_trailentry",
        ):
            cursor.execute(f"SELECT * FROM {table}")
            for found in cursor.fetchall():
                assert not any(
                    "Kova" in str(cell) or b"Kova" in bytes(cell)
                    if isinstance(cell, bytes | memoryview)
                    else "Kova" in str(cell)
                    for cell in found
                )
    file = row.files.get()
    assert b"Kova" not in file_path(file.pk).read_bytes()
    assert b"".join(open_file(cast.niksic.pk, file.pk)) == b"\xff\xd8 Kovac"


def test_a_file_that_was_cut_or_moved_does_not_open(cast, take):
    files = [Incoming.of(cast.niksic.pk, f"{n}.bin", "", bytes([n]) * 200_000) for n in (1, 2)]
    take(files=files)
    one, two = (file_path(file.file_id) for file in files)
    whole = one.read_bytes()
    for broken in (whole[:65_560], whole[:-1], two.read_bytes(), b"junk"):
        one.write_bytes(broken)
        with pytest.raises(Refused):
            list(open_file(cast.niksic.pk, files[0].file_id))


def test_orphans_go_after_a_day_and_what_belongs_to_answers_stays(cast, take):
    import os
    import time

    kept = Incoming.of(cast.niksic.pk, "1.bin", "", b"kept")
    take(files=[kept])
    lost, new = (Incoming.of(cast.niksic.pk, "2.bin", "", b"lost") for _each in range(2))
    for file in (kept, lost):
        os.utime(file_path(file.file_id), (0, time.time() - 90_000))
    assert drop_orphans(by=cast.viewer("manager")) == 1
    assert [file_path(file.file_id).exists() for file in (kept, lost, new)] == [True, False, True]


# --- posts that are broken -----------------------------------------------------------------------------


@pytest.fixture
def door(cast, form):
    """The address a phone of Nikšić posts to."""
    phone = connect_phone(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, name="Phone")
    return f"/collect/niksic/key/{phone.token}/submission"


def stored() -> int:
    """How many rows and files are there."""
    from django.conf import settings

    folder = settings.MEDIA_ROOT / "surveys" / "answers"
    return Submission.objects.count() + SubmissionFile.objects.count() + len(list(folder.glob("*/*")))


def test_posts_that_are_broken_leave_nothing_and_are_answered(client, door, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    body = multipart(answers(), [("1.jpg", "image/jpeg", b"x" * 300_000)])
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    cut = client.post(door, body[:-20_000], content_type=kind)
    short = client.generic("POST", door, body, content_type=kind, **{"wsgi.input": io.BytesIO(body[:-5])})
    none = client.post(door, multipart(None, [("1.jpg", "image/jpeg", b"x")]), content_type=kind)
    other = client.post(door, b"{}", content_type="application/json")
    huge = client.generic("POST", door, b"x", content_type=kind, CONTENT_LENGTH="200000000")
    bomb = send(client, door, BOMB, [("1.jpg", "image/jpeg", b"x")])
    nowhere = send(client, door, answers(form="other"), [("1.jpg", "image/jpeg", b"x")])
    statuses = [reply.status_code for reply in (cut, short, none, other, huge, bomb, nowhere)]
    assert statuses == [400, 400, 400, 400, 413, 400, 404]
    assert all(b"OpenRosaResponse" in reply.content for reply in (cut, short, none, other, huge, bomb, nowhere))
    assert stored() == 0


def test_a_full_disk_is_told_and_nothing_is_half_there(client, door, settings, tmp_path, monkeypatch):
    import os

    from duga.surveys.views.openrosa.doors import FULL

    settings.MEDIA_ROOT = tmp_path

    def full(_file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    reply = send(client, door, answers(), [("1.jpg", "image/jpeg", b"x" * 70_000)])
    assert (reply.status_code, FULL.encode() in reply.content, reply["Retry-After"]) == (503, True, "60")
    monkeypatch.undo()
    settings.MEDIA_ROOT = tmp_path
    assert stored() == 0
    assert send(client, door, answers(), [("1.jpg", "image/jpeg", b"x" * 70_000)]).status_code == 201


def test_a_full_database_is_told_too(client, door, monkeypatch):
    from django.db import OperationalError

    from duga.surveys.views.openrosa import doors

    for said, words in (("database or disk is full", doors.FULL), ("database is locked", doors.BUSY)):

        def broken(said=said, **_told):
            raise OperationalError(said)

        monkeypatch.setattr(doors, "receive", broken)
        reply = send(client, door, answers())
        assert (reply.status_code, words.encode() in reply.content) == (503, True)


# --- reviewing -----------------------------------------------------------------------------------------


def test_mending_keeps_what_was_received_and_says_who_when_why(cast, take):
    row = take(answers(inside="<name>Ana</name><age>134</age>")).submission
    by = cast.viewer("manager")
    with pytest.raises(Refused):
        edit_submission(by=by, submission_id=row.pk, version=1, changed={"/age": "34"}, reason=" ")
    with pytest.raises(Refused):
        edit_submission(by=by, submission_id=row.pk, version=1, changed={"/age": "134"}, reason="same")
    edit_submission(by=by, submission_id=row.pk, version=1, changed={"/age": "34", "/photo": "x"}, reason="a typo")
    with pytest.raises(Conflict):
        edit_submission(by=by, submission_id=row.pk, version=1, changed={"/age": "35"}, reason="late")
    opened = open_submission(by=by, submission_id=row.pk)
    number, _at, who, reason, changes = opened.edits[0]
    assert (number, who, reason, changes) == (2, cast.accounts["manager"], "a typo", {"/age": ["134", "34"]})
    assert (opened.submission.flags, opened.submission.state) == ([], "edited")
    assert open_xml(cast.niksic.pk, row.pk, row.xml) == answers(inside="<name>Ana</name><age>134</age>")


def test_reviews_and_comments(cast, take):
    row, by = take().submission, cast.viewer("manager")
    with pytest.raises(Refused):
        review_submission(by=by, submission_id=row.pk, version=1, state="rejected")
    review_submission(by=by, submission_id=row.pk, version=1, state="rejected", comment="was a rehearsal")
    with pytest.raises(Refused):
        review_submission(by=by, submission_id=row.pk, version=2, state="rejected", comment="again")
    with pytest.raises(Refused):
        review_submission(by=by, submission_id=row.pk, version=2, state="edited", comment="no")
    with pytest.raises(Refused):
        comment_submission(by=by, submission_id=row.pk, text=" ")
    comment_submission(by=by, submission_id=row.pk, text="call her")
    opened = open_submission(by=by, submission_id=row.pk)
    assert [text for _at, _by, text in opened.comments] == ["was a rehearsal", "call her"]
    assert opened.submission.decided_by == cast.accounts["manager"]
    events = list(TrailEntry.objects.filter(event__startswith="submission.").values_list("event", flat=True))
    assert sorted(events) == sorted(
        ["submission.received", "submission.reviewed", "submission.commented", "submission.opened"]
    )


def test_nobody_else_opens_answers(cast, take):
    row = take().submission
    for who in ("worker", "officer", "secretariat", "other_coordinator", "nobody"):
        with pytest.raises((NotFound, Refused)):
            open_submission(by=cast.viewer(who), submission_id=row.pk)


def test_a_list_asks_no_more_as_answers_grow(cast, form, take):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = submissions(cast.viewer("manager"), cast.niksic, form)
            assert [row.form_version.version for row in page.rows]
        return len(queries)

    take()
    few = asked()
    for number in range(2, 8):
        take(answers(f"uuid:{number}"))
    assert asked() == few <= 6


def test_an_edit_of_xml_touches_what_was_meant_alone():
    xml, changes = with_answers(answers(), {"/home/rooms": "3", "/home/new": "x", "/none": ""})
    told = read_submission(xml)
    assert (told.answers["/home/rooms"], told.answers["/home/new"], told.instance_id) == ("3", "x", "uuid:1")
    assert [change.path for change in changes] == ["/home/rooms", "/home/new"]
    with pytest.raises(Refused):
        with_answers(answers(), {"/home": "x"})


# --- screens -------------------------------------------------------------------------------------------


def test_answers_are_read_reviewed_and_mended_on_screen(cast, form, take, sign_in):
    row = take(answers(inside="<name>&lt;b&gt;Ana</name><needs>food</needs><child><nick>Mi</nick></child>")).submission
    client = sign_in("manager")
    listed = client.get(f"/workspace/organisations/niksic/answers/{form.pk}/?flagged=1&after=junk")
    assert listed.status_code == 200 and b"Ana" not in listed.content
    page = client.get(f"/workspace/answers/{row.pk}/")
    assert b"&lt;b&gt;Ana" in page.content and b"Food" in page.content and b"Mi" in page.content
    assert b'name="a:/name"' in client.get(f"/workspace/answers/{row.pk}/?edit=1").content
    here = f"/workspace/answers/{row.pk}/"
    client.post(here, {"do": "edit", "version": "1", "a:/name": "Ana", "reason": "letters"})
    client.post(here, {"version": "2", "state": "approved", "text": ""})
    client.post(here, {"do": "comment", "text": ""}, follow=True)
    row.refresh_from_db()
    assert (row.state, row.version) == ("approved", 3)
    assert "letters" in client.get(here).content.decode()
    export = client.post(f"/workspace/organisations/niksic/answers/{form.pk}/export/", {"kind": "csv"})
    assert b"food" in b"".join(export.streaming_content)


def test_a_phone_is_connected_with_a_code_and_revoked_on_screen(cast, sign_in):
    client = sign_in("coordinator")
    page = client.post("/workspace/organisations/niksic/surveys/phones/", {"name": "Shared", "shared": "on"})
    assert b"<svg" in page.content and b"/collect/niksic/key/" in page.content
    from duga.surveys.models import CollectDevice

    device = CollectDevice.objects.get()
    assert device.account is None
    client.post("/workspace/organisations/niksic/surveys/phones/", {"revoke": str(device.pk)})
    device.refresh_from_db()
    assert device.revoked_at
    made = client.post("/workspace/answers/keys/", {"name": "Excel"})
    assert b"duga_" in made.content


@pytest.mark.django_db(transaction=True)
def test_one_phone_that_sends_the_same_twice_at_once_is_one(cast, form, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    by, organisation_id, xml = cast.viewer("worker"), cast.niksic.pk, answers()

    def post(number):
        file = Incoming.of(organisation_id, "1.jpg", "image/jpeg", b"a picture")
        return receive(by=by, organisation_id=organisation_id, xml=xml, files=[file]).news

    with real_database(tmp_path):
        told = at_once(post, 8)
        assert sorted(told) == [News.AGAIN] * 7 + [News.NEW]
        rows = at_once(lambda _number: (Submission.objects.count(), SubmissionFile.objects.count()), 1)
    assert rows == [(1, 1)]
    assert len(list((tmp_path / "surveys" / "answers").glob("*/*"))) == 1
