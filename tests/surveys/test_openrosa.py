"""OpenRosa as phones speak it: the list, forms, files, posts, and letting phones in."""

import datetime as dt
import hashlib

import pytest
from django.test import Client
from lxml import etree

from duga.surveys.actions import openrosa as actions
from duga.surveys.models import Submission, SubmissionFile
from duga.surveys.queries.receiving import open_file, open_xml
from duga.surveys.rules import openrosa as rules
from tests.surveys.phones import add_version, answers, attach, make_form, send

NOW = dt.datetime(2026, 11, 22, 19, 0, tzinfo=dt.UTC)


@pytest.fixture
def phone(cast):
    """A phone of Nikšić, connected by its worker."""
    return actions.connect_phone(by=cast.viewer("worker"), organisation_id=cast.niksic.pk, name="Mira's phone")


@pytest.fixture
def base(phone):
    """Its address."""
    return f"/collect/niksic/key/{phone.token}"


def said(reply) -> tuple[str, str]:
    """(nature, words) of an answer."""
    message = etree.fromstring(reply.content)[0]
    return message.get("nature"), message.text


# --- rules ---------------------------------------------------------------------------------------------


def test_list_and_manifest_are_what_the_specification_asks_for():
    listed = rules.Listed("f<1", "Needs & more", "2", "ab" * 16, "https://x/f.xml?version=2")
    xml = etree.fromstring(rules.form_list([listed]))
    assert xml.tag == "{http://openrosa.org/xforms/xformsList}xforms"
    told = {etree.QName(child).localname: child.text for child in xml[0]}
    assert told == {
        "formID": "f<1", "name": "Needs & more", "version": "2", "hash": "md5:" + "ab" * 16,
        "downloadUrl": "https://x/f.xml?version=2",
    }  # fmt: skip
    xml = etree.fromstring(rules.manifest([rules.Media("a.csv", "cd" * 16, "https://x/a.csv")]))
    assert [child.text for child in xml[0]] == ["a.csv", "md5:" + "cd" * 16, "https://x/a.csv"]
    assert rules.headers(NOW)["Date"] == "Sun, 22 Nov 2026 19:00:00 GMT"


def test_settings_of_a_phone_come_out_of_the_code_as_they_went_in():
    told = rules.managed_settings(server="https://d.example/collect/niksic", project="Дневни центар")
    assert rules.unpacked(rules.packed(told)) == told
    assert told["general"]["server_url"] == "https://d.example/collect/niksic"


def test_digest_answers_as_the_rfc_computes_them():
    """The example of RFC 7616, 3.9.1, with its realm."""
    told = rules.Told(
        "Mufasa", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "/dir/index.html",
        "8ca523f5e9506fed4657c9700eebdbec", "MD5", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", 1, "00000001",
    )  # fmt: skip
    ha1 = hashlib.md5(b"Mufasa:http-auth@example.org:Circle of Life").hexdigest()
    assert rules.answers_to(told, {"MD5": ha1}, "GET")
    assert not rules.answers_to(told, {"MD5": ha1}, "POST")


@pytest.mark.parametrize(
    "header",
    [
        "", "Basic abc", "Digest", "Digest username=", 'Digest username="a", username="b"',
        'Digest username="a", realm="Duga", nonce="n", uri="/", response="r", qop=auth-int, nc=00000001, cnonce="c"',
        'Digest username="a", realm="Duga", nonce="n", uri="/", response="r", qop=auth, nc=1, cnonce="c"',
        'Digest username="a", realm="Other", nonce="n", uri="/", response="r", qop=auth, nc=00000001, cnonce="c"',
        'Digest username="a", realm="Duga", nonce="n", uri="/", response="r", qop=auth, nc=00000001, algorithm=MD4',
        "Digest " + "a=b," * 5000,
    ],
)  # fmt: skip
def test_what_is_no_answer_to_our_challenge_is_not_read(header):
    assert rules.read_authorization(header) is None


def test_a_nonce_is_known_again_by_its_key_alone():
    nonce = rules.make_nonce(b"k" * 32, 1000, b"c")
    assert rules.nonce_age(b"k" * 32, nonce, 1007) == 7
    assert rules.nonce_age(b"l" * 32, nonce, 1007) is None
    assert rules.nonce_age(b"k" * 32, "junk", 1007) is None


# --- the doors -----------------------------------------------------------------------------------------


def test_a_phone_finds_its_forms_downloads_them_and_their_files(client, cast, base):
    version = make_form(cast.niksic)
    attach(version, "villages.csv", b"name\nGrahovo\n")
    make_form(cast.nis, slug="elsewhere")
    make_form(network=cast.region, slug="common")
    reply = client.get(f"{base}/formList", headers={"X-OpenRosa-Version": "1.0"})
    assert reply.status_code == 200
    assert reply["Content-Type"] == "text/xml; charset=utf-8"
    assert reply["X-OpenRosa-Version"] == "1.0"
    assert reply["X-OpenRosa-Accept-Content-Length"] == "100000000"
    forms = [{etree.QName(c).localname: c.text for c in form} for form in etree.fromstring(reply.content)]
    assert [form["formID"] for form in forms] == ["common", "needs"]
    assert "manifestUrl" not in forms[0]
    assert forms[1]["hash"] == f"md5:{version.md5}"
    assert client.get(forms[1]["downloadUrl"]).content == bytes(version.xform)
    manifest = etree.fromstring(client.get(forms[1]["manifestUrl"]).content)
    assert client.get(manifest[0][2].text).content == b"name\nGrahovo\n"
    one = etree.fromstring(client.get(f"{base}/formList/?formID=common").content)
    assert len(one) == 1


def test_a_post_is_on_the_disk_as_it_came_and_the_same_again_is_one(client, cast, base):
    make_form(cast.niksic)
    head = client.head(f"{base}/submission?deviceID=collect%3Aabc")
    assert (head.status_code, head["X-OpenRosa-Accept-Content-Length"]) == (204, "100000000")
    xml = answers()
    reply = send(client, f"{base}/submission?deviceID=collect%3Aabc", xml)
    assert reply.status_code == 201
    assert reply.content == (
        b'<OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0"><message nature="">full submission '
        b"upload was successful!</message></OpenRosaResponse>"
    )
    row = Submission.objects.get()
    assert open_xml(cast.niksic.pk, row.pk, row.xml) == xml
    assert (row.organisation, row.account, row.test, row.complete) == (
        cast.niksic,
        cast.accounts["worker"],
        False,
        True,
    )
    assert send(client, f"{base}/submission/", xml).status_code == 201
    assert Submission.objects.count() == 1
    other = send(client, f"{base}/submission", answers(inside="<name>Iva</name>"))
    assert (other.status_code, said(other)) == (409, ("error", rules.ALREADY_DIFFERENT))
    assert Submission.objects.count() == 1


def test_files_come_in_several_posts_and_none_is_doubled(client, cast, base):
    make_form(cast.niksic)
    xml = answers(inside="<name>Ana</name><photo>1.jpg</photo><child><age>3</age></child>")
    more = {"fields": {"*isIncomplete*": "yes"}}
    assert send(client, f"{base}/submission", xml, **more).status_code == 201
    row = Submission.objects.get()
    assert (row.complete, [bytes(file.mark) for file in row.files.all()]) == (False, [b""])
    picture = bytes(range(256)) * 1000
    assert send(client, f"{base}/submission", xml, [("1.jpg", "image/jpeg", picture)], **more).status_code == 201
    send(client, f"{base}/submission", xml, [("1.jpg", "image/jpeg", picture), ("../2.csv", "text/csv", b"log")])
    row.refresh_from_db()
    assert row.complete
    files = list(SubmissionFile.objects.all())
    assert sorted(b"".join(open_file(cast.niksic.pk, file.pk)) for file in files) == sorted([picture, b"log"])
    send(client, f"{base}/submission", xml, [("1.jpg", "image/jpeg", b"another picture")])
    row.refresh_from_db()
    assert (SubmissionFile.objects.count(), row.flags) == (3, ["files_differ"])


def test_only_the_organisation_of_the_token_and_only_until_it_is_revoked(client, cast, phone, base):
    make_form(cast.niksic)
    assert client.get(f"/collect/nis/key/{phone.token}/formList").status_code == 404
    other = phone.token[:-1] + ("x" if phone.token[-1] != "x" else "y")
    assert client.get(f"/collect/niksic/key/{other}/formList").status_code == 404
    actions.revoke_phone(by=cast.viewer("coordinator"), device_id=phone.device.pk)
    reply = send(client, f"{base}/submission", answers())
    assert (reply.status_code, said(reply)) == (404, ("error", rules.NOT_SIGNED_IN))
    assert not Submission.objects.exists()


def digest(client, path, phone, *, method="GET", algorithm="MD5", nonce=None, nc=1, password=None, **more):
    """Answers the server's challenge as a phone does, and asks again."""
    if nonce is None:
        reply = getattr(client, method.lower())(path)
        assert reply.status_code == 401
        nonce = reply["WWW-Authenticate"].split('nonce="')[1].split('"')[0]

    def h(text):
        return hashlib.new(algorithm.replace("-", ""), text.encode()).hexdigest()

    user = phone.device.username
    ha1, ha2 = h(f"{user}:{rules.REALM}:{password or phone.password}"), h(f"{method}:{path}")
    response = h(f"{ha1}:{nonce}:{nc:08x}:abc:auth:{ha2}")
    header = (
        f'Digest username="{user}", realm="{rules.REALM}", nonce="{nonce}", uri="{path}", response="{response}", '
        f'qop=auth, nc={nc:08x}, cnonce="abc", algorithm={algorithm}'
    )
    return nonce, getattr(client, method.lower())(more.pop("ask", path), headers={"Authorization": header}, **more)


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_a_phone_signs_in_by_digest_and_no_answer_works_twice(client, cast, phone, algorithm):
    make_form(cast.niksic)
    path = "/collect/niksic/formList"
    nonce, reply = digest(client, path, phone, algorithm=algorithm)
    assert reply.status_code == 200
    _, again = digest(client, path, phone, algorithm=algorithm, nonce=nonce)
    assert (again.status_code, "stale=true" in again["WWW-Authenticate"]) == (401, True)
    assert digest(client, path, phone, algorithm=algorithm, nonce=nonce, nc=2)[1].status_code == 200
    assert digest(client, path, phone, nonce=nonce, nc=3, ask="/collect/niksic/formList?formID=x")[1].status_code == 401
    assert digest(client, path, phone, nonce=nonce, nc=4, password="guessed")[1].status_code == 401
    assert digest(client, path, phone, nonce="bm9uZQ==", nc=5)[1].status_code == 401
    assert digest(client, "/collect/nis/formList", phone)[1].status_code == 401
    assert digest(client, "/collect/niksic/submission", phone, method="HEAD")[1].status_code == 204


def test_a_phone_that_tries_a_draft_sees_it_alone_and_what_it_sends_counts_nowhere(client, cast):
    live = make_form(cast.niksic)
    draft = add_version(live.form, version="2", state="draft")
    trying = actions.connect_phone(
        by=cast.viewer("coordinator"), organisation_id=cast.niksic.pk, name="Try", trial_id=draft.pk
    )
    base = f"/collect/niksic/key/{trying.token}"
    listed = etree.fromstring(client.get(f"{base}/formList").content)
    assert [form[2].text for form in listed] == ["2"]
    assert send(client, f"{base}/submission", answers(version="2")).status_code == 201
    row = Submission.objects.get()
    assert (row.test, row.form_version) == (True, draft)


def test_how_a_broken_door_is_answered(client, cast, base, monkeypatch):
    from duga.surveys.views.openrosa import doors

    make_form(cast.niksic)
    assert client.post(f"{base}/formList").status_code == 405
    assert client.get(f"{base}/forms/other.xml").status_code == 404
    assert Client().get("/collect/nowhere/formList").status_code == 401

    def broken(**_told):
        raise RuntimeError

    monkeypatch.setattr(doors, "receive", broken)
    reply = send(client, f"{base}/submission", answers())
    assert (reply.status_code, said(reply)) == (500, ("error", doors.BROKEN))


def test_who_collects_here_no_more_is_let_in_no_more(client, cast, phone, base):
    from types import SimpleNamespace

    from config.reactions import ON_EVENT
    from duga.members.models import RoleGrant

    entry = SimpleNamespace(
        event="role.taken", organisation_id=cast.niksic.pk, detail={"account": str(cast.accounts["worker"].pk)}
    )
    ON_EVENT["role.taken"][-1](entry)
    assert client.get(f"{base}/formList").status_code == 200
    RoleGrant.objects.filter(account=cast.accounts["worker"]).delete()
    ON_EVENT["role.taken"][-1](entry)
    phone.device.refresh_from_db()
    assert phone.device.revoked_at
